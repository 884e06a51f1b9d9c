"""Cross-sections: ground and reference along a line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely.geometry import LineString

from gis.section import long_axis, section
from models.errors import Refused
from models.estimate import EstimateRequest
from tests.gis.ground import X0, Y0, box, disc, made, site


def slope(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return 90 + 0.05 * (x - X0)


def test_heights_along_a_line(tmp_path: Path) -> None:
    record, path = made(tmp_path, slope)
    line = LineString([(X0 - 20, Y0 + 50), (X0 + 95, Y0 + 50)])
    got = section(line, record, path, site(box(30, 30, 70, 70)), EstimateRequest("level", {"level_m": 99.0}))
    assert got.distance_m[-1] == pytest.approx(115)
    assert np.diff(got.distance_m).max() <= 0.51
    on = got.x > X0 + 1
    assert np.allclose(got.ground_m[on], 90 + 0.05 * (got.x[on] - X0), atol=1e-9)
    assert np.isnan(got.ground_m[got.x < X0 - 0.1]).all()
    inside = (got.x > X0 + 30) & (got.x < X0 + 70)
    assert (got.reference_m[inside] == 99).all()
    assert np.isnan(got.reference_m[~inside & (np.abs(got.x - X0 - 50) > 20.01)]).all()


def test_a_membrane_meets_the_ground_at_the_rim(tmp_path: Path) -> None:
    record, path = made(
        tmp_path, lambda x, y: slope(x, y) - 8 * np.exp(-((x - X0 - 50) ** 2 + (y - Y0 - 50) ** 2) / 30)
    )
    pit = site(disc(50, 50, 30))
    got = section(long_axis(pit), record, path, pit, EstimateRequest("rim_surface"))
    inside = np.isfinite(got.reference_m)
    assert np.abs(got.reference_m[inside] - 90 - 0.05 * (got.x[inside] - X0)).max() < 1e-5
    assert (got.reference_m - got.ground_m)[inside].max() > 7


def test_without_a_level_the_ground_is_still_shown(tmp_path: Path) -> None:
    record, path = made(tmp_path, slope)
    got = section(long_axis(site(disc(50, 50, 30))), record, path, site(disc(50, 50, 30)), EstimateRequest("level"))
    assert np.isnan(got.reference_m).all()
    assert np.isfinite(got.ground_m).all()


def test_long_axis_runs_along_the_site() -> None:
    outline = shapely.affinity.rotate(box(40, 10, 50, 90), -30)
    line = long_axis(site(outline), overhang=0.1)
    assert line.length == pytest.approx(80 * 1.2, rel=1e-6)
    assert line.intersection(outline).length == pytest.approx(80, rel=1e-6)
    with pytest.raises(Refused):
        section(LineString(), None, None, site(outline), EstimateRequest())  # type: ignore[arg-type]
