"""The numbers of docs/concepts/uncertainty.md come out of the engine, and follow from each other as the page says.

`python -m tests.gis.test_uncertainty_page` prints the page's tables.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import shapely

from gis.flooded import depths
from gis.job import open_job
from gis.raster import inspect_dem
from gis.rim_shift import lift, strip
from gis.rim_weights import hold
from gis.volume import estimate
from models.estimate import Estimate, EstimateRequest
from models.site import Site
from models.terrain import Terrain

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "concepts" / "uncertainty.md"
DATA = ROOT / "tests" / "data" / "lidar_pits_1m"
FIGURES = {"sigma_z_m": 0.15, "range_m": 50.0, "sigma_xy_m": 0.15, "bias_m": 0.05}
DENSITY = {"density_t_m3": 1.2, "density_sigma": 0.05}


@cache
def terrain() -> Terrain:
    return inspect_dem(DATA / "pits_1m.tif", **FIGURES)


@cache
def answer(key: str) -> Estimate:
    request = EstimateRequest(key, {"level_m": 390.5} if key == "level" else {}, **DENSITY)
    return estimate(pit(), terrain(), DATA / "pits_1m.tif", request)


def pit() -> Site:
    return Site("u", "D1", "", "sand_pits", shapely.from_wkt((DATA / "D1.wkt").read_text()), "EPSG:26915", True)


@cache
def inner(key: str) -> dict[str, float]:
    """What the budget works with, in the page's words."""
    request = EstimateRequest(key, {"level_m": 390.5} if key == "level" else {})
    with open_job(pit(), terrain(), DATA / "pits_1m.tif", request) as job:
        (surface,), (context,) = job.reference(), job.contexts(request.parameters)
        part, rim, area = context.part, context.rim, answer(key).flooded_m2
        wet = depths(job.dem, part, surface, fills=True)
        below = wet.below()
        region = below.weighted(below.weight * (area / below.area_m2))
        one = hold(part, rim, surface, region)
        variance, potential = one.variance(50.0), region.potential(50.0)
        shared = float(one.weight @ region.at(potential, one.places)) if one.weight.size else 0.0
        edge = strip(part, rim, surface, fills=True)
        level = np.ones(rim.z.size)  # an outline along a contour: its lowest point may lie anywhere on it
        rise = lift(job.dem, part, rim, surface, one, 0.15, level)
        bank = wet.region.weight[(wet.depth > 0.3) & (wet.depth < 0.6)].sum() / 0.3
        return {
            "area": area, "perimeter": part.perimeter_m, "edge": edge / part.perimeter_m, "slope": rise / area,
            "ground": variance.ground / area**2, "shared": shared / area**2, "joint": variance.joint / area**2,
            "bank": float(bank),
        }  # fmt: skip


def level_rows() -> list[str]:
    e, own = answer("level"), inner("level")
    parts, half = e.interval95.parts, e.interval95.fill_m3
    sigma = np.sqrt(sum(parts[k] ** 2 for k in ("terrain_m3", "bias_m3", "outline_m3")))
    tonnes = 1.2 * np.hypot(sigma, 0.05 * e.fill_m3)
    return [
        f"| `V` | fill below 390.5 m | {e.fill_m3:.1f} m³ |",
        f"| `A` | flooded area | {own['area']:.1f} m² |",
        f"| `c` | mean correlation (1/A²) ∬ ρ over it | {own['ground']:.4f} |",
        f"| terrain | 0.15 · A · √c | {parts['terrain_m3']:.1f} m³ |",
        f"| bias | 0.05 · A | {parts['bias_m3']:.1f} m³ |",
        f"| outline | {own['perimeter']:.1f} m · {own['edge']:.4f} m · 0.15 m | {parts['outline_m3']:.2f} m³ |",
        f"| `σ` | √(terrain² + bias² + outline²) | {sigma:.1f} m³ |",
        f"| offset | {own['bank']:.0f} m²/m · 0.15² / 2, noise counted as fill | {e.interval95.offset_m3:.1f} m³ |",
        f"| `U` | half width | {half:.0f} m³ |",
        f"| tonnage | 1.2 · V | {e.tonnage_t:.0f} t |",
        f"| `σ_M` | 1.2 · √(σ² + (0.05 V)²) | {tonnes:.0f} t |",
        f"| `U_M` | its half width | {e.interval95.tonnage_t:.0f} t |",
        f"| shares | terrain, bias, outline | {', '.join(f'{e.interval95.shares[k]:.0%}' for k in _THREE)} |",
    ]


_THREE = ("terrain_m3", "bias_m3", "outline_m3")


def disc_rows() -> list[str]:
    area = inner("level")["area"]
    radius = np.sqrt(area / np.pi)
    u = radius / 50
    return [
        f"| `R` | √(A/π) | {radius:.2f} m |",
        f"| `u` | R / L | {u:.4f} |",
        f"| disc, exact | 1 - 1.3581 u + 0.6209 u³ | {1 - 1.3581 * u + 0.6209 * u**3:.4f} |",
        f"| disc, Rolstad et al. | 1 - u + u³/5 | {1 - u + u**3 / 5:.4f} |",
    ]


def rim_rows() -> list[str]:
    rows = []
    for key in ("rim_mean", "rim_plane", "rim_surface", "spill"):
        own, e = inner(key), answer(key)
        rim = own["joint"] - own["ground"] + 2 * own["shared"]
        first = 0.15 * own["area"] * np.sqrt(own["joint"])
        ends = f"{e.interval95.parts['outline_m3']:.1f} | {e.interval95.offset_m3:.0f} | {e.interval95.fill_m3:.0f} |"
        rows.append(
            f"| `{key}` | {e.fill_m3:.1f} | {own['area']:.1f} | {own['ground']:.4f} | {own['shared']:.4f} | "
            f"{rim:.4f} | {first:.1f} | {own['slope']:.3f} | {ends}"
        )
    return rows


_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


@pytest.mark.parametrize("rows", [level_rows, disc_rows, rim_rows])
def test_the_page_says_what_the_engine_says(rows: Callable[[], list[str]]) -> None:
    """Same words; numbers within half a per cent or a step of the last digit (drawn ones within a tenth)."""
    page = {line.split("|")[1]: line for line in PAGE.read_text(encoding="utf8").splitlines() if line.startswith("| ")}
    for row in rows():
        written = page.get(row.split("|")[1], "")
        assert _NUMBER.sub("#", written) == _NUMBER.sub("#", row)
        near = 0.1 if "spill" in row else 0.005
        for there, here in zip(_NUMBER.findall(written), _NUMBER.findall(row), strict=True):
            step = 10.0 ** -len(there.partition(".")[2])
            assert float(there) == pytest.approx(float(here), rel=near, abs=1.01 * step), row


def test_the_steps_follow_from_each_other() -> None:
    e, own = answer("level"), inner("level")
    parts = e.interval95.parts
    assert parts["terrain_m3"] == pytest.approx(0.15 * own["area"] * np.sqrt(own["ground"]), rel=1e-9)
    assert parts["bias_m3"] == pytest.approx(0.05 * own["area"])
    assert parts["outline_m3"] == pytest.approx(0.15 * own["perimeter"] * own["edge"])
    mean = inner("rim_mean")
    first = 0.15 * mean["area"] * np.sqrt(mean["joint"])
    found = answer("rim_mean").interval95.parts
    assert np.hypot(found["terrain_m3"], found["reference_m3"]) == pytest.approx(first, rel=1e-9)
    edge = mean["perimeter"] * mean["edge"] + mean["area"] * mean["slope"]
    assert found["outline_m3"] == pytest.approx(0.15 * edge, rel=1e-9)


def test_the_spill_of_the_page_by_the_deviation_that_is_drawn() -> None:
    found = answer("spill").interval95
    assert found.parts["terrain_m3"] == pytest.approx(21, rel=0.1)
    sigma = np.hypot(found.parts["terrain_m3"], found.parts["outline_m3"])
    assert found.fill_m3 == pytest.approx(found.offset_m3 + 1.69 * sigma, rel=0.005)
    assert inner("level")["bank"] * 0.15**2 / 2 == pytest.approx(-answer("level").interval95.offset_m3, rel=1e-6)


def test_the_disc_formula_of_the_page() -> None:
    """Mean distance in a disc 128R/45π and mean cube 2048R³/525π (disc line picking): the constants of the page."""
    assert 1.5 * 128 / (45 * np.pi) == pytest.approx(1.3581, abs=5e-5)
    assert 0.5 * 2048 / (525 * np.pi) == pytest.approx(0.6209, abs=5e-5)
    from scipy import integrate

    def density(s: float) -> float:
        return float(4 * s / np.pi * np.arccos(s / 2) - 2 * s * s / np.pi * np.sqrt(1 - s * s / 4))

    for power, mean in ((1, 128 / (45 * np.pi)), (3, 2048 / (525 * np.pi))):
        assert integrate.quad(lambda s, k=power: s**k * density(s), 0, 2)[0] == pytest.approx(mean, rel=1e-6)


if __name__ == "__main__":
    for table in (level_rows, disc_rows, rim_rows):
        print("\n".join(table()), "\n")  # noqa: T201
