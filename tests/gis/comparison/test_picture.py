"""The map of differences."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gis.comparison import compare_surveys, difference_grid
from tests.gis.comparison.making import heaped, plane, survey
from tests.gis.ground import X0, Y0, box, disc, site


def test_values_stand_where_they_belong(tmp_path: Path) -> None:
    """A lift that grows to the north and east: the corner of the picture tells row 0 from the last row."""

    def lifted(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return plane(x, y) + 0.01 * (x - 100) + 0.1 * (y - 100)

    a, b = survey(tmp_path, "a", plane, cell=2.0), survey(tmp_path, "b", lifted, cell=1.0)
    grid = difference_grid(site(box(100, 100, 200, 180)), a, b)
    assert grid.extent == (X0 + 100, Y0 + 100, X0 + 200, Y0 + 180)
    assert grid.difference.shape == grid.inside.shape == (80, 100)
    x, y = np.meshgrid(np.arange(100) + 0.5, (np.arange(80) + 0.5)[::-1])
    np.testing.assert_allclose(grid.difference, 0.01 * x + 0.1 * y, atol=1e-3)
    assert grid.inside.all()


@pytest.mark.parametrize("after", [{}, {"cell": 1.5, "angle": 40.0}, {"crs": "EPSG:4545"}])
def test_the_picture_adds_up_to_the_volume(tmp_path: Path, after: dict[str, object]) -> None:
    a, b = survey(tmp_path, "a", plane, cell=2.0), survey(tmp_path, "b", heaped, **after)
    here = site(disc(150, 150, 45))
    grid = difference_grid(here, a, b, max_cells=20_000)
    x0, y0, x1, y1 = grid.extent
    cell = (x1 - x0) / grid.difference.shape[1] * (y1 - y0) / grid.difference.shape[0]
    volume = float(np.where(grid.inside, grid.difference, 0).sum()) * cell
    assert volume == pytest.approx(compare_surveys(here, a, b).net_m3, rel=0.01)


def test_margin_offset_and_size(tmp_path: Path) -> None:
    a, b = survey(tmp_path, "a", plane), survey(tmp_path, "b", lambda x, y: heaped(x, y) + 0.5)
    grid = difference_grid(site(box(100, 100, 200, 200)), a, b, offset_m=0.5, margin_m=130, max_cells=10_000)
    assert grid.difference.size <= 11_000
    assert 0 < grid.inside.mean() < 0.1
    assert np.isnan(grid.difference).any()  # 130 m around reach past the terrain
    assert np.nanmin(grid.difference) == pytest.approx(0, abs=1e-3)
