"""The surface `edited_rim`: each action against what it must give, over every surface; outlines that changed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely

from gis.rim_edits import about, between, rings_of
from gis.volume import depth_grid, estimate, stage_curve
from models.errors import Refused
from models.estimate import Estimate, EstimateRequest
from models.rim_edit import RimEdit
from tests.gis.ground import X0, Y0, box, made, site
from tests.gis.surfaces.making import fill

OUTLINE = box(10, 20, 90, 80)
ROAD = (X0 + 50.0, Y0 + 20.0)


def cut(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Level ground at 100 m, a floor of 90 m inside, and a road 6 m wide that cuts the southern rim to 97 m."""
    z = np.where((x > X0 + 14) & (x < X0 + 86) & (y > Y0 + 24) & (y < Y0 + 76), 90.0, 100.0)
    return np.where((np.abs(x - X0 - 50) < 3) & (y < Y0 + 24), 97.0, z)


def edits(*made_: tuple[str, float | None, tuple[float, float], float], outline=OUTLINE) -> list[dict]:
    """Edits as (action, value, middle, length)."""
    found = []
    for action, value, middle, length in made_:
        stretch = about(outline, middle, length, "P1")
        (x1, y1), (x2, y2) = stretch.ends
        found.append(RimEdit(action, x1, y1, x2, y2, stretch.length, value).to_json())
    return found


def over(tmp_path: Path, given: list[dict], key: str = "spill", ground=cut, outline=OUTLINE, **more) -> Estimate:
    return fill(tmp_path, ground, outline, "edited_rim", rim_edits=given, over=key, **more)


@pytest.mark.parametrize(
    ("action", "value", "level"),
    [
        ("leave_out", None, 100.0),
        ("raise", 1.5, 98.5),
        ("lower", 0.75, 96.25),
        ("set", 99.25, 99.25),
        ("set", 101.0, 100),
    ],
)
def test_the_spill_level_of_a_rim_that_a_road_cuts(
    tmp_path: Path, action: str, value: float | None, level: float
) -> None:
    answer = over(tmp_path, edits((action, value, ROAD, 10.0)))
    plain = fill(tmp_path, cut, OUTLINE, "spill")
    assert plain.reference.mean_elevation_m == pytest.approx(97)
    assert answer.reference.mean_elevation_m == pytest.approx(level)
    same = fill(tmp_path, cut, OUTLINE, "level", level_m=level)
    assert answer.fill_m3 == pytest.approx(same.fill_m3, rel=1e-12)
    assert answer.reference.parameters["over"] == "spill"
    assert answer.reference.parameters["edits"] == 1


def test_edits_count_in_their_order(tmp_path: Path) -> None:
    first = edits(("set", 98.0, ROAD, 12.0), ("raise", 0.5, ROAD, 12.0))
    assert over(tmp_path, first).reference.mean_elevation_m == pytest.approx(98.5)
    assert over(tmp_path, first[::-1]).reference.mean_elevation_m == pytest.approx(98.0)


def test_the_mean_moves_by_height_times_share_of_the_rim(tmp_path: Path) -> None:
    even = lambda x, y: 0 * x + 100.0  # noqa: E731 - a formula
    raised = over(tmp_path, edits(("raise", 2.0, ROAD, 14.0)), "rim_mean", ground=even)
    assert raised.reference.mean_elevation_m == pytest.approx(100 + 2.0 * 14.25 / 280, abs=2.0 * 0.5 / 280)
    left = over(tmp_path, edits(("leave_out", None, ROAD, 14.0)), "rim_mean", ground=cut)
    assert left.reference.mean_elevation_m == pytest.approx(100)


def test_a_plane_without_the_stretch_that_spoils_it(tmp_path: Path) -> None:
    """A bank on half of the rim, too much for the plane to tell by itself; left out by hand it is the slope."""

    def banked(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return 100 + 0.02 * (x - X0) + 3.0 * (y > Y0 + 50)

    outline = box(10, 20, 90, 79)
    half = between(outline, (X0 + 90, Y0 + 48), (X0 + 10, Y0 + 48), "P1", other_way=False)
    (x1, y1), (x2, y2) = half.ends
    edit = RimEdit("leave_out", x1, y1, x2, y2, half.length).to_json()
    answer = over(tmp_path, [edit], "rim_plane", ground=banked, outline=outline)
    assert answer.reference.parameters["fall_percent"] == pytest.approx(2, abs=1e-6)
    spoilt = fill(tmp_path, banked, outline, "rim_plane")
    assert spoilt.reference.parameters["fall_percent"] > 3


SADDLE = [{}, {"dx": 1.25, "cols": 80}, {"south_up": True}]


@pytest.mark.parametrize("grid", SADDLE, ids=str)
def test_a_membrane_runs_straight_over_what_is_left_out(tmp_path: Path, grid: dict) -> None:
    """The saddle u·v is linear along the edges of a box: with parts of them dug away and left out it comes back."""

    def saddle(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return 100 + 0.004 * (x - X0 - 50) * (y - Y0 - 50)

    def dug(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        hole = (np.abs(x - X0 - 40) < 7) & (y < Y0 + 30) | (np.abs(y - Y0 - 60) < 5) & (x > X0 + 80)
        return saddle(x, y) - 4.0 * hole

    given = edits(
        ("leave_out", None, (X0 + 40, Y0 + 20), 20.0), ("leave_out", None, (X0 + 90, Y0 + 62), 12.0),
        ("leave_out", None, (X0 + 90, Y0 + 58), 12.0),
    )  # fmt: skip
    answer = over(tmp_path, given, "rim_surface", ground=dug, grid=grid)
    whole = fill(tmp_path, saddle, OUTLINE, "rim_surface", grid=grid)
    assert whole.fill_m3 == pytest.approx(0, abs=1e-5 * OUTLINE.area)
    terrain, path = made(tmp_path, dug, **grid)
    request = EstimateRequest("edited_rim", {"rim_edits": given, "over": "rim_surface"})
    picture = depth_grid(site(OUTLINE), terrain, path, request)
    rows, cols = picture.reference.shape
    xmin, ymin, xmax, ymax = picture.extent
    x = xmin + (np.arange(cols) + 0.5) * (xmax - xmin) / cols
    y = ymax - (np.arange(rows) + 0.5) * (ymax - ymin) / rows
    xx, yy = np.meshgrid(x, y)
    inside = np.isfinite(picture.reference)
    assert inside.sum() > 3000
    assert np.abs(picture.reference - saddle(xx, yy))[inside].max() < 2e-5  # the picture is float32
    assert answer.reference.max_elevation_m == pytest.approx(whole.reference.max_elevation_m, abs=1e-6)


def test_a_whole_ring_raised_lifts_the_membrane(tmp_path: Path) -> None:
    ground = lambda x, y: 100 + 0.004 * (x - X0 - 50) * (y - Y0 - 50)  # noqa: E731 - a formula
    given = edits(("raise", 1.25, ROAD, 1e9))
    assert RimEdit.from_json(given[0]).whole_ring
    answer = over(tmp_path, given, "rim_surface", ground=ground)
    assert answer.fill_m3 == pytest.approx(1.25 * OUTLINE.area, rel=1e-6)
    assert answer.check.difference_percent == pytest.approx(0, abs=0.05)


def test_an_island_has_a_rim_of_its_own(tmp_path: Path) -> None:
    """An edit on the island's ring leaves the outer ring as it is."""
    island = box(40, 40, 60, 60)
    outline = OUTLINE.difference(island)

    def ground(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return np.where((np.abs(x - X0 - 50) < 12) & (np.abs(y - Y0 - 50) < 12), 95.0, 100.0)

    given = edits(("set", 99.0, (X0 + 40, Y0 + 50), 1e9), outline=outline)
    assert fill(tmp_path, ground, outline, "spill").reference.mean_elevation_m == pytest.approx(95)
    answer = over(tmp_path, given, ground=ground, outline=outline)
    assert answer.reference.mean_elevation_m == pytest.approx(99)


def test_a_height_given_by_hand_has_no_error_of_the_terrain(tmp_path: Path) -> None:
    from models.terrain import ErrorFigures

    def parts(*given) -> dict:
        terrain, path = made(tmp_path, cut, errors=ErrorFigures(0.1, 30.0, 0.1))
        request = EstimateRequest("edited_rim", {"rim_edits": edits(*given)})
        return estimate(site(OUTLINE), terrain, path, request).interval95.parts

    assert parts(("set", 98.0, ROAD, 12.0))["reference_m3"] == 0
    assert parts(("raise", 1.0, ROAD, 12.0))["reference_m3"] > 0


@pytest.mark.parametrize("key", ["spill", "rim_mean", "rim_plane", "rim_surface"])
def test_the_way_in_which_an_outline_is_written_does_not_matter(tmp_path: Path, key: str) -> None:
    given = edits(("leave_out", None, ROAD, 10.0), ("raise", 1.0, (X0 + 10, Y0 + 50), 20.0))
    first = over(tmp_path, given, key)
    points = shapely.get_coordinates(OUTLINE)[:-1]
    turned = shapely.Polygon(np.roll(points[::-1], 2, axis=0))
    again = over(tmp_path, given, key, outline=turned)
    assert again.fill_m3 == pytest.approx(first.fill_m3, rel=1e-6)


def test_each_part_keeps_its_own_rim(tmp_path: Path) -> None:
    """An edit on one part changes that part alone; the parts have different rims and different levels."""

    def ground(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return np.where(x < X0 + 50, 100.0, 110.0) - 8.0 * (
            (x > X0 + 15) & (x < X0 + 35) & (y > Y0 + 15) & (y < Y0 + 35)
        )

    left, right = box(10, 10, 40, 40), box(60, 10, 90, 40)
    parts = shapely.MultiPolygon([left, right])
    given = edits(("set", 103.0, (X0 + 25, Y0 + 10), 1e9), outline=parts)
    answer = over(tmp_path, given, ground=ground, outline=parts)
    assert [p["level_m"] for p in answer.reference.parameters["parts"]] == pytest.approx([103, 110])
    assert [p["edits"] for p in answer.reference.parameters["parts"]] == [1, 0]
    alone = over(tmp_path, given, ground=ground, outline=left)
    assert answer.fill_m3 == pytest.approx(alone.fill_m3, rel=1e-9)


def test_an_edit_that_lost_its_outline_is_told(tmp_path: Path) -> None:
    given = edits(("leave_out", None, ROAD, 10.0), ("raise", 5.0, (X0 + 90, Y0 + 50), 20.0))
    smaller = box(10, 20, 70, 80)
    answer = over(tmp_path, given, outline=smaller)
    notice = next(w for w in answer.warnings if w.key == "rim_edits.some_lost")
    assert notice.facts["numbers"] == "2"
    assert answer.reference.parameters["edits"] == 1
    with pytest.raises(Refused) as caught:
        over(tmp_path, given[1:], outline=smaller)
    assert caught.value.key == "rim_edits.lost"


def test_beside_other_surfaces_and_in_the_curve(tmp_path: Path) -> None:
    given = edits(("leave_out", None, ROAD, 10.0))
    chosen = over(tmp_path, given)
    plain = fill(tmp_path, cut, OUTLINE, "spill", rim_edits=given)
    row = next(a for a in plain.alternatives if a.key == "edited_rim")
    assert row.fill_m3 == pytest.approx(chosen.fill_m3, rel=1e-12)
    assert "edited_rim" not in {a.key for a in fill(tmp_path, cut, OUTLINE, "spill").alternatives}
    terrain, path = made(tmp_path, cut)
    rows = stage_curve(site(OUTLINE), terrain, path, EstimateRequest("edited_rim", {"rim_edits": given})).rows
    assert rows[-1].volume_m3 == pytest.approx(chosen.fill_m3, rel=1e-9)


def test_a_stored_request_gives_the_last_digit(tmp_path: Path) -> None:
    first = over(tmp_path, edits(("raise", 1.0, ROAD, 10.0)), "rim_surface")
    kept = Estimate.from_record(first.to_record())
    terrain, path = made(tmp_path, cut)
    again = estimate(site(OUTLINE), terrain, path, kept.request)
    assert (again.fill_m3, again.cut_m3, again.alternatives) == (first.fill_m3, first.cut_m3, first.alternatives)


@pytest.mark.parametrize(
    ("given", "more", "key"),
    [
        ([], {}, "rim_edits.none"),
        ([{"action": "dig"}], {}, "rim_edits.damaged"),
        (edits(("leave_out", None, ROAD, 1e9)), {}, "rim_edits.nothing_left"),
        (edits(("raise", 1.0, ROAD, 9.0)), {"key": "level"}, "surface.choice"),
    ],
)
def test_refusals(tmp_path: Path, given: list, more: dict, key: str) -> None:
    with pytest.raises(Refused) as caught:
        over(tmp_path, given, **more)
    assert caught.value.key == key


def test_heaps_have_their_default(tmp_path: Path) -> None:
    """The toe of a heap edited: a membrane over it unless said otherwise."""
    heap = lambda x, y: 100 + 5.0 * ((np.abs(x - X0 - 50) < 15) & (np.abs(y - Y0 - 50) < 15))  # noqa: E731
    answer = fill(tmp_path, heap, OUTLINE, "edited_rim", fills=False, rim_edits=edits(("lower", 1.0, ROAD, 1e9)))
    assert answer.reference.parameters["over"] == "rim_surface"
    assert answer.cut_m3 == pytest.approx(OUTLINE.area + 5 * 30**2, rel=1e-6)
    assert len(rings_of(OUTLINE)) == 1
