"""The rim as a profile: against the ground it was made of, and against the surface that is built on the same edits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gis.rim_edits import about
from gis.rim_profile import RimProfile, rim_profile
from models.rim_edit import RimEdit
from tests.gis.ground import X0, Y0, box, made, site
from tests.gis.surfaces.making import fill
from tests.gis.surfaces.test_edited_rim import OUTLINE, ROAD, cut


def edit(action: str, value: float | None, middle: tuple[float, float], length: float) -> RimEdit:
    stretch = about(OUTLINE, middle, length, "P1")
    (x1, y1), (x2, y2) = stretch.ends
    return RimEdit(action, x1, y1, x2, y2, stretch.length, value)


def profile(tmp_path: Path, *edits: RimEdit, outline=OUTLINE, most: int = 4000) -> tuple[RimProfile, ...]:
    terrain, path = made(tmp_path, cut)
    return rim_profile(site(outline), terrain, path, edits, most=most)


def test_it_is_the_ground_along_the_outline(tmp_path: Path) -> None:
    (rim,) = profile(tmp_path)
    assert rim.length_m == pytest.approx(280)
    assert rim.at_m[0] == 0
    assert rim.at_m[-1] == pytest.approx(280)
    assert (np.diff(rim.at_m) > 0).all()
    assert np.diff(rim.at_m).max() <= 0.5 + 1e-9
    away = np.hypot(rim.x - ROAD[0], rim.y - ROAD[1])
    assert rim.ground_m[away < 2] == pytest.approx(97)
    assert rim.ground_m[away > 6] == pytest.approx(100)
    assert rim.kept.all()
    assert np.array_equal(rim.ground_m, rim.edited_m)


@pytest.mark.parametrize(("action", "value"), [("leave_out", None), ("raise", 1.5), ("lower", 0.75), ("set", 99.25)])
def test_its_lowest_point_is_the_spill_level_of_the_edited_rim(
    tmp_path: Path, action: str, value: float | None
) -> None:
    one = edit(action, value, ROAD, 10.0)
    (rim,) = profile(tmp_path, one)
    spill = fill(tmp_path, cut, OUTLINE, "edited_rim", rim_edits=[one.to_json()], over="spill")
    assert rim.edited_m[rim.kept].min() == pytest.approx(spill.reference.mean_elevation_m, abs=1e-6)
    changed = ~rim.kept | (rim.edited_m != rim.ground_m)
    assert np.ptp(rim.at_m[changed]) == pytest.approx(10.0, abs=0.01)


def test_a_stretch_over_the_first_vertex_and_rings_of_an_island(tmp_path: Path) -> None:
    corner = (X0 + 10.0, Y0 + 20.0)
    (rim,) = profile(tmp_path, edit("raise", 2.0, corner, 8.0))
    raised = rim.edited_m - rim.ground_m > 1
    assert np.hypot(rim.x - corner[0], rim.y - corner[1])[raised].max() <= 4.001
    assert raised.sum() >= 16
    holed = OUTLINE.difference(box(40, 40, 60, 60))
    rings = profile(tmp_path, outline=holed)
    assert [(r.part, r.number) for r in rings] == [(0, 0), (0, 1)]
    assert rings[1].length_m == pytest.approx(80)
    assert rings[1].ground_m == pytest.approx(90)


def test_a_long_rim_is_sampled_more_coarsely_and_keeps_its_corners(tmp_path: Path) -> None:
    (rim,) = profile(tmp_path, most=20)
    assert rim.at_m.size < 30
    corners = {(X0 + 10.0, Y0 + 20.0), (X0 + 90.0, Y0 + 20.0), (X0 + 90.0, Y0 + 80.0), (X0 + 10.0, Y0 + 80.0)}
    assert corners <= set(zip(rim.x.round(6).tolist(), rim.y.round(6).tolist(), strict=True))
