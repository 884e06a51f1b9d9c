"""A page knows where its texts stand and refuses what runs out, touches a frame or covers another text."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from app.package.drawing_settings import drawing_settings
from app.package.hatch import hatch_dots, hatch_lines, ticks
from app.package.labels import Room, plan_numbers
from app.package.page import Page
from app.package.shapes import Rect, text_shape
from models.errors import Refused

BOX = Rect(10, 10, 90, 40)


@pytest.fixture
def page():
    with drawing_settings():
        yield Page(100, 50, "1")


def put(page: Page, x: float, y: float, text: str = "砂坑 J12", **more):
    return page.text(x, y, text, "label", size=8.5, room=BOX, **more)


def test_texts_that_stand_well_pass(page: Page) -> None:
    page.frame(BOX, 0.2)
    put(page, 12, 20)
    put(page, 12, 30, rotation=30)
    page.check()


def test_a_text_out_of_its_box_is_named(page: Page) -> None:
    put(page, 85, 20)
    with pytest.raises(Refused, match=r"label runs out of its box.*砂坑 J12"):
        page.check()


def test_a_text_on_a_frame_is_named(page: Page) -> None:
    page.rule([20, 20], [10, 40], 0.2)
    put(page, 15, 20)
    with pytest.raises(Refused, match="label touches a frame"):
        page.check()


def test_a_text_on_another_is_named(page: Page) -> None:
    put(page, 15, 20)
    put(page, 20, 21, "KK-001")
    with pytest.raises(Refused, match="label covers label"):
        page.check()


def test_lines_above_each_other_do_not_cover(page: Page) -> None:
    put(page, 15, 20)
    put(page, 15, 23.9)
    page.check()


def test_an_empty_text_takes_no_room(page: Page) -> None:
    assert put(page, 15, 20, " \n ") is None
    assert page.texts == []


def test_the_box_of_a_text_holds_its_ink() -> None:
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    from app.package.fonts import MM_PER_PT, font_path

    text = "国J12g（堆"
    shape, x, y = text_shape(50, 20, text, 12, False, "center", 0)
    ink = TextPath((x, y), text, size=12 * MM_PER_PT, prop=FontProperties(fname=str(font_path()))).get_extents()
    assert shape.buffer(0.25).covers(shapely.box(ink.x0, ink.y0, ink.x1, ink.y1))


def test_settings_of_others_are_put_back() -> None:
    import matplotlib as mpl

    mpl.rcParams["pdf.fonttype"] = 3
    with drawing_settings():
        assert mpl.rcParams["pdf.fonttype"] == 42
    assert mpl.rcParams["pdf.fonttype"] == 3


def test_hatch_lines_lie_in_the_area_at_their_distance() -> None:
    area = shapely.Point(50, 25).buffer(20).difference(shapely.Point(50, 25).buffer(8))
    lines = hatch_lines(area, 45.0, 2.0)
    assert all(area.buffer(1e-6).covers(shapely.LineString(line)) for line in lines)
    offsets = sorted({round(float((xy[0][1] - xy[0][0]) / np.sqrt(2)), 6) for xy in lines})
    assert np.allclose(np.diff(offsets), 2.0)
    assert sum(shapely.LineString(xy).length for xy in lines) == pytest.approx(area.area / 2.0, rel=0.05)


def test_hatch_dots_and_ticks_stay_inside() -> None:
    area = shapely.Point(50, 25).buffer(20)
    assert len(hatch_dots(area)) == pytest.approx(area.area / (2.2 * 1.1), rel=0.1)
    assert shapely.contains_xy(area, hatch_dots(area)).all()
    ends = np.array([t[1] for t in ticks(area)])
    assert shapely.contains_xy(area, ends).all()
    assert len(ends) == pytest.approx(area.length / 2.5, abs=1)


def circle(count: int):
    from app.package.boundary import boundary_points

    a = np.linspace(0, 2 * np.pi, count, endpoint=False)
    ring = np.column_stack([50 + 30 * np.cos(a), 50 + 30 * np.sin(a)])
    points = boundary_points(shapely.Polygon(ring))
    return points, np.array([(p.y_east, p.x_north) for p in points]), shapely.Polygon(ring)


def numbers(count: int):
    points, xy, outline = circle(count)
    room = Room(Rect(0, 0, 100, 100))
    room.take_dots(xy, 0.55)
    return plan_numbers(points, xy, room, outline, 8.5)


def test_every_point_is_numbered_beside_it_where_there_is_room() -> None:
    plan = numbers(20)
    assert plan.step == 1
    assert [p.number for p, *_ in plan.spots] == [f"J{i}" for i in range(1, 21)]
    assert not any(leader for *_, leader in plan.spots)


def test_crowded_points_get_leaders_then_steps() -> None:
    some = numbers(60)
    assert some.step == 1
    assert any(leader for *_, leader in some.spots)
    many = numbers(600)
    assert many.step > 1
    assert many.unplaced == []
    wanted = [f"J{i}" for i in range(1, 601) if i == 1 or i % many.step == 0]
    assert [p.number for p, *_ in many.spots] == wanted


def test_numbers_do_not_cover_each_other() -> None:
    shapes = [text_shape(x, y, p.number, 8.5, False, "center", 0)[0] for p, x, y, _ in numbers(60).spots]
    tree = shapely.STRtree(shapes)
    i, j = tree.query(shapes, predicate="intersects")
    assert (i == j).all()
