"""Rounded heights: the error that they make of a level rim, and that no interval knows of."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio

from gis.raster import inspect_dem
from gis.volume import estimate
from models.estimate import Estimate, EstimateRequest
from models.terrain import ErrorFigures
from tests.gis.ground import X0, Y0, box, grid_transform, made, site, write

RIM = 100.4


def bowl(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """A paraboloid 12 m deep, 30 m in radius, in level ground that rounding to metres lowers by 0.4 m."""
    return RIM - 12 * np.clip(1 - ((x - X0 - 50) ** 2 + (y - Y0 - 50) ** 2) / 900, 0, None)


def of(tmp_path: Path, step: float, sigma_z: float | None = 0.05, unit: float = 1.0) -> Estimate:
    errors = ErrorFigures(sigma_z, 10.0, 0.05) if sigma_z is not None else ErrorFigures()
    f = (lambda x, y: np.rint(bowl(x, y) / unit / step) * step * unit) if step else bowl
    record, path = made(tmp_path, f, errors=errors, sha256=f"{step:g} {unit:g}".ljust(64, "0"))
    return estimate(site(box(15, 15, 85, 85)), record, path, EstimateRequest("spill"))


def told(answer: Estimate) -> float | None:
    return next((n.facts["step"] for n in answer.warnings if n.key == "terrain.rounded"), None)


def test_whole_metres_lower_a_level_rim_and_that_is_told(tmp_path: Path) -> None:
    exact, coarse = of(tmp_path, 0), of(tmp_path, 1.0)
    (notice,) = [n for n in coarse.warnings if n.key == "terrain.rounded"]
    off = abs(coarse.fill_m3 - exact.fill_m3)
    assert off > 1.5 * (coarse.interval95.fill_m3 or 0), "the interval does not hold it"
    assert off <= notice.facts["volume"] <= 1.6 * off
    assert told(exact) is None


@pytest.mark.parametrize(
    ("step", "sigma_z", "wanted"),
    [(1.0, 0.05, 1.0), (0.5, 0.05, 0.5), (0.1, 0.02, 0.1), (0.25, 0.05, 0.25), (0.1, 0.05, 0.1), (0.1, 0.15, None),
     (0.01, 0.001, None), (1.0, 0.6, None), (1.0, None, 1.0), (0.05, None, None)],
)  # fmt: skip
def test_only_steps_above_twice_the_stated_error(
    tmp_path: Path, step: float, sigma_z: float | None, wanted: float | None
) -> None:
    assert told(of(tmp_path, step, sigma_z)) == wanted


def test_whole_feet(tmp_path: Path) -> None:
    assert told(of(tmp_path, 1.0, unit=0.3048)) == pytest.approx(0.3048)


def test_integers_with_a_scale_of_centimetres_are_not_rounded(tmp_path: Path) -> None:
    centre = np.arange(100) + 0.5
    xx, yy = np.meshgrid(X0 + centre, Y0 + 100 - centre)
    path = write(tmp_path / "i.tif", np.rint((bowl(xx, yy) - 50) * 100).astype(np.int16), grid_transform())
    with rasterio.open(path, "r+") as ds:
        ds.scales, ds.offsets = [0.01], [50.0]
    record = inspect_dem(path, sigma_z_m=0.05, range_m=10.0)
    answer = estimate(site(box(15, 15, 85, 85)), record, path, EstimateRequest("spill"))
    assert told(answer) is None
