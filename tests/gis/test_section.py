"""Cross-sections: ground and reference along a line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely.geometry import LineString

from gis.section import cross_axis, heights_along, long_axis, section
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


def test_areas_between_ground_and_reference(tmp_path: Path) -> None:
    """A trapezoid: 40 m of slope from 1 m of fill to 1 m of cut."""
    record, path = made(tmp_path, slope)
    line = LineString([(X0 + 30, Y0 + 50), (X0 + 70, Y0 + 50)])
    got = section(line, record, path, site(box(30, 30, 70, 70)), EstimateRequest("level", {"level_m": 92.5}))
    assert got.fill_m2 == pytest.approx(20 * 1 / 2, rel=1e-3)
    assert got.cut_m2 == pytest.approx(20 * 1 / 2, rel=1e-3)
    deep = section(line, record, path, site(box(30, 30, 70, 70)), EstimateRequest("level", {"level_m": 95.0}))
    assert deep.fill_m2 == pytest.approx(40 * (3.5 + 1.5) / 2, rel=1e-3)
    assert deep.cut_m2 == 0


def test_a_bent_line_and_places_on_it(tmp_path: Path) -> None:
    record, path = made(tmp_path, slope)
    line = LineString([(X0 + 10, Y0 + 10), (X0 + 40, Y0 + 10), (X0 + 40, Y0 + 60)])
    got = section(line, record, path, site(box(30, 30, 70, 70)), EstimateRequest("level", {"level_m": 99.0}))
    assert got.bends_m == (30.0,)
    assert got.place(45.0) == (pytest.approx(X0 + 40), pytest.approx(Y0 + 25))
    assert got.nearest(X0 + 43, Y0 + 25) == (pytest.approx(45), pytest.approx(3))
    assert got.nearest(X0, Y0 + 10) == (pytest.approx(0), pytest.approx(10))


def test_another_survey_at_the_same_places(tmp_path: Path) -> None:
    record, path = made(tmp_path, slope)
    before, older = made(tmp_path, lambda x, y: slope(x, y) - 2, name="before", cell=2.0, rows=30, cols=40)
    line = LineString([(X0 + 10, Y0 + 50), (X0 + 90, Y0 + 50)])
    where = site(box(30, 30, 70, 70))
    got = section(line, record, path, where, EstimateRequest("level", {"level_m": 99.0}))
    z = heights_along(got, where.crs, before, older)
    there = got.x < X0 + 79
    assert np.allclose(z[there], got.ground_m[there] - 2, atol=1e-9)
    assert np.isnan(z[got.x > X0 + 80]).all()


def test_across_the_site() -> None:
    outline = shapely.affinity.rotate(box(40, 10, 50, 90), -30)
    line = cross_axis(site(outline), overhang=0.1)
    assert line.length == pytest.approx(10 * 1.2, rel=1e-6)
    assert line.intersection(outline).length == pytest.approx(10, rel=1e-6)
    assert (
        abs(np.dot(*(np.diff(shapely.get_coordinates(v), axis=0)[0] for v in (line, long_axis(site(outline)))))) < 1e-6
    )
