"""Reference surfaces against terrains whose rim is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely

from gis.job import open_job
from gis.surfaces import SURFACES, rim_surface
from gis.volume import estimate
from models.errors import Missing, Refused
from models.estimate import EstimateRequest
from models.surface_names import SURFACE_NAMES
from tests.gis.ground import X0, Y0, box, disc, made, site

_T = np.linspace(0, 2 * np.pi, 181)[:-1]
_WAVE = 9 * np.sin(5 * _T)
WAVY = shapely.Polygon(
    np.column_stack((X0 + 50 + (27 + _WAVE + 4 * np.cos(9 * _T)) * np.cos(_T), Y0 + 50 + (28 + _WAVE) * np.sin(_T)))
)


def dug(ground):
    """`ground` with a pit of 8 m dug well inside WAVY."""
    return lambda x, y: ground(x - X0 - 50, y - Y0 - 50) - 8 * np.exp(-((x - X0 - 50) ** 2 + (y - Y0 - 50) ** 2) / 8)


def reference(tmp_path: Path, f, outline, key: str, **grid) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(x, y, elevation) of the surface at all cell centres whose cells the outline touches, x and y from the pit."""
    terrain, path = made(tmp_path, f, **grid)
    with open_job(site(outline), terrain, path, EstimateRequest(key)) as job:
        from gis.coverage import coverage

        surface = job.reference()[0]
        r0, r1, c0, c1 = job.placed.parts[0].edges.bounds
        i, j = np.nonzero(coverage(job.placed.parts[0].edges, r0, r1, c0, c1))
        z = np.broadcast_to(surface.block(r0, r1, c0, c1), (r1 - r0, c1 - c0))[i, j]
        x, y = job.dem.grid.to_world(j + c0 + 0.5, i + r0 + 0.5)
        return x - X0 - 50, y - Y0 - 50, z


@pytest.mark.parametrize("key", ["rim_plane", "rim_surface"])
def test_a_plane_comes_back(tmp_path: Path, key: str) -> None:
    x, y, z = reference(tmp_path, dug(lambda u, v: 100 + 0.08 * u - 0.03 * v), WAVY, key)
    assert np.abs(z - (100 + 0.08 * x - 0.03 * y)).max() < 1e-6


@pytest.mark.parametrize("grid", [{}, {"dx": 1.25, "cols": 80}, {"south_up": True}], ids=str)
def test_a_saddle_comes_back(tmp_path: Path, grid: dict) -> None:
    """u·v is harmonic and bilinear: the rim's heights and the membrane are both exact."""
    x, y, z = reference(tmp_path, dug(lambda u, v: 100 + 0.004 * u * v), WAVY, "rim_surface", **grid)
    assert np.abs(z - (100 + 0.004 * x * y)).max() < 1e-6


def test_a_very_large_outline_is_solved_coarser_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rim_surface, "MAX_NODES", 1500)
    f = dug(lambda u, v: 100 + 0.004 * u * v)
    x, y, z = reference(tmp_path, f, WAVY, "rim_surface")
    assert np.abs(z - (100 + 0.004 * x * y)).max() < 0.05
    terrain, path = made(tmp_path, f)
    answer = estimate(site(WAVY), terrain, path, EstimateRequest("rim_surface"))
    notice = next(w for w in answer.warnings if w.key == "surface.coarser")
    assert notice.facts["step"] == answer.reference.parameters["node_step_cells"] == 4
    monkeypatch.undo()
    fine = estimate(site(WAVY), terrain, path, EstimateRequest("rim_surface"))
    assert answer.fill_m3 == pytest.approx(fine.fill_m3, rel=2e-3)


def test_islands_belong_to_the_rim(tmp_path: Path) -> None:
    ring = WAVY.difference(disc(50, 50, 4, 16))
    x, y, z = reference(tmp_path, lambda x, y: 100 + 0.004 * (x - X0 - 50) * (y - Y0 - 50), ring, "rim_surface")
    assert np.abs(z - (100 + 0.004 * x * y)).max() < 1e-6


def test_levels_of_the_rim(tmp_path: Path) -> None:
    """A rectangle on a slope of 10 %: lowest point, mean, and the plane itself."""
    terrain, path = made(tmp_path, lambda x, y: 90 + 0.1 * (x - X0))
    outline = box(20.2, 30.1, 70.7, 60.3)
    spill = estimate(site(outline), terrain, path, EstimateRequest("spill"))
    assert spill.reference.parameters["level_m"] == pytest.approx(92.02, abs=1e-9)
    assert spill.reference.parameters["spill_x"] == pytest.approx(X0 + 20.2, abs=1e-6)
    mean = estimate(site(outline), terrain, path, EstimateRequest("rim_mean"))
    assert mean.reference.mean_elevation_m == pytest.approx(90 + 0.1 * (20.2 + 70.7) / 2, abs=1e-9)
    plane = estimate(site(outline), terrain, path, EstimateRequest("rim_plane"))
    assert plane.reference.parameters["fall_percent"] == pytest.approx(10, rel=1e-9)
    assert plane.reference.parameters["azimuth_deg"] == pytest.approx(270, abs=1e-6)
    assert plane.fill_m3 == pytest.approx(0, abs=1e-6)


def test_a_rim_between_vertices_is_seen(tmp_path: Path) -> None:
    """A notch 2 m deep in the middle of a long edge: no vertex lies there, the spill level does."""

    def notch(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return 100 - 2 * np.exp(-((x - X0 - 50) ** 2) / 8) * (y < Y0 + 40)

    terrain, path = made(tmp_path, notch)
    answer = estimate(site(box(10, 30, 90, 80)), terrain, path, EstimateRequest("spill"))
    assert answer.reference.mean_elevation_m == pytest.approx(98, abs=0.1)


def test_a_bank_on_the_rim_is_left_out_of_the_plane(tmp_path: Path) -> None:
    """A quarter of the rim carries a bank 3 m high: the plane stays the slope's, with a notice."""

    def banked(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return 100 + 0.02 * (x - X0) + 3.0 * (y > Y0 + 76)

    terrain, path = made(tmp_path, banked)
    answer = estimate(site(box(30, 25, 70, 78)), terrain, path, EstimateRequest("rim_plane"))
    assert answer.reference.parameters["fall_percent"] == pytest.approx(2, abs=0.01)
    assert answer.reference.parameters["left_out_share"] > 0.2
    assert "surface.plane_outliers" in {w.key for w in answer.warnings}


def test_each_part_has_its_own_spill_level(tmp_path: Path) -> None:
    terrain, path = made(tmp_path, lambda x, y: 90 + 0.1 * (x - X0))
    left, right = box(10, 10, 30, 30), box(60, 10, 90, 40)
    both = estimate(site(shapely.MultiPolygon([left, right])), terrain, path, EstimateRequest("rim_mean"))
    singles = [estimate(site(p), terrain, path, EstimateRequest("rim_mean")) for p in (left, right)]
    assert both.fill_m3 == pytest.approx(sum(s.fill_m3 for s in singles), rel=1e-9)
    assert [p["level_m"] for p in both.reference.parameters["parts"]] == [
        pytest.approx(s.reference.parameters["level_m"]) for s in singles
    ]


def test_an_island_that_sets_the_spill_level_is_named(tmp_path: Path) -> None:
    def pit(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return np.where(np.hypot(x - X0 - 50, y - Y0 - 50) < 30, 90.0, 100.0)

    terrain, path = made(tmp_path, pit)
    at_foot = disc(50, 50, 35).difference(disc(50, 50, 5))
    answer = estimate(site(at_foot), terrain, path, EstimateRequest("spill"))
    assert answer.reference.mean_elevation_m == pytest.approx(90)
    notice = next(w for w in answer.warnings if w.key == "surface.island_spill")
    assert notice.facts["outer"] == pytest.approx(100)


def test_other_surfaces_stand_beside_the_chosen_one(tmp_path: Path) -> None:
    terrain, path = made(tmp_path, dug(lambda u, v: 100 + 0.05 * u))
    answers = {
        k: estimate(site(WAVY), terrain, path, EstimateRequest(k))
        for k in ("spill", "rim_mean", "rim_plane", "rim_surface")
    }
    for key, answer in answers.items():
        beside = {a.key: a.fill_m3 for a in answer.alternatives}
        assert set(beside) == set(answers) - {key}
        assert all(beside[k] == pytest.approx(answers[k].fill_m3, rel=1e-12) for k in beside)


@pytest.mark.parametrize("parameters", [{}, {"level_m": "deep"}, {"level_m": float("nan")}, {"level_m": 99_999}])
def test_a_level_needs_a_number(tmp_path: Path, parameters: dict) -> None:
    terrain, path = made(tmp_path, lambda x, y: 0 * x + 100)
    with pytest.raises(Refused) as caught:
        estimate(site(WAVY), terrain, path, EstimateRequest("level", parameters))
    assert caught.value.key == "surface.parameter"


def test_an_unknown_surface_is_missing(tmp_path: Path) -> None:
    terrain, path = made(tmp_path, lambda x, y: 0 * x + 100)
    with pytest.raises(Missing) as caught:
        estimate(site(WAVY), terrain, path, EstimateRequest("mountain"))
    assert all(key in str(caught.value) for key in SURFACES)


def test_the_table_is_complete() -> None:
    assert {"level", "spill", "rim_mean", "rim_plane", "rim_surface", "lowest"} <= set(SURFACES)
    assert all(t.key == key for key, t in SURFACES.items())
    assert set(SURFACE_NAMES) == set(SURFACES)
