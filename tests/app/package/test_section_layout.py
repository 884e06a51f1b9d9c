"""Sections on a sheet: how many, at which scales, and that they stand side by side without cutting a profile off."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely

from app.package.compose import compose
from app.package.content import SectionView
from app.package.drawing_settings import drawing_settings
from app.package.layout import layout_of
from app.package.section_layout import (
    across_scale,
    along_scale,
    places,
    section_room,
    section_scales,
    span,
    up_scale,
)
from gis.section import cross_axes, cross_axis, long_axis
from models.site import Site
from tests.app.package import synthetic

LAYOUT = layout_of()


def view(letter: str, length: float, rise: float, scales: tuple[int, int] | None = None) -> SectionView:
    """A: from west to east; the others across it, one after the other."""
    x = np.linspace(0.0, length, 200)
    ground = 1000.0 + rise * np.sin(np.pi * x / length)
    at = 240.0 * "ABCD".index(letter)
    line = shapely.LineString([(at, -length / 2), (at, length / 2)] if at else [(0, 0), (length, 0)])
    return SectionView(letter, line, x, ground, np.full(200, 1000.0 + rise / 2), scales=scales)


@pytest.mark.parametrize("rise", [0.2, 14.0, 600.0, 3000.0])
def test_no_profile_is_higher_than_its_frame(rise: float) -> None:
    _, high = section_room(LAYOUT)
    made = view("A", 6000.0, rise)
    low, top = span(made)
    assert (top - low) * 1000 / up_scale([made], LAYOUT) <= high


def test_a_long_narrow_pit_has_sections_across_that_can_be_read() -> None:
    along = along_scale(960.0, LAYOUT, None)
    scale = across_scale([36.0] * 3, along, LAYOUT, kept=False)
    assert scale is not None
    assert 36.0 * 1000 / scale >= 40.0 > 36.0 * 1000 / along


def test_a_scale_that_is_asked_for_is_that_of_all_sections() -> None:
    assert across_scale([36.0] * 3, 5000, LAYOUT, kept=True) == 5000
    assert across_scale([300.0] * 2, 1000, LAYOUT, kept=True) is None


def test_sections_of_one_sheet_stand_apart_and_inside_the_page() -> None:
    along = (5000, 1000)
    sections = [view("A", 960.0, 60.0), *(view(c, 36.0, 5.0, (600, 100)) for c in "BCD")]
    boxes = [shapely.box(p.box.x0, p.box.y0, p.box.x1, p.box.y1) for p in places(sections, along, LAYOUT)]
    assert len(boxes) == 4
    body = shapely.box(LAYOUT.body.x0, LAYOUT.body.y0, LAYOUT.body.x1, LAYOUT.body.y1)
    for i, a in enumerate(boxes):
        assert body.covers(a)
        for b in boxes[i + 1 :]:
            assert a.intersection(b).area == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("narrow", [12.0, 36.0])
def test_a_sheet_of_a_narrow_pit_is_drawn_with_all_its_sections(narrow: float) -> None:
    sections = [view("A", 960.0, 60.0), *(view(c, narrow, 5.0) for c in "BCD")]
    content = synthetic.content(kind="sections", language="zh_CN")
    content = replace(content, outline=shapely.box(80, -narrow / 2, 880, narrow / 2))
    content = replace(content, sections=tuple(sections), section_scales=section_scales(sections, LAYOUT, None))
    with drawing_settings():
        (page, *_), _ = compose(content)
        page.check()
    titles = [t.text for t in page.texts if "垂直1:" in t.text]
    assert len(titles) == 4
    along = {title.text.partition("水平1:")[2].partition("，")[0] for title in page.texts if "垂直1:" in title.text}
    whose = "" if len(along) == 1 else "A—A′断面"  # a bar that does not hold for all says for which it does
    assert any(t.text.startswith(f"{whose}水平比例尺") for t in page.texts)


def test_lines_across_stand_at_even_distances_and_only_where_the_site_is() -> None:
    parts = shapely.MultiPolygon([shapely.box(0, 0, 100, 40), shapely.box(300, 0, 400, 40)])
    site = Site("u", "S", "", "sand_pits", parts, "EPSG:4546", True)
    lines = cross_axes(site, 3)
    assert [line.centroid.x for line in lines] == pytest.approx([100.0, 300.0])  # the middle one meets nothing
    assert all(line.length == pytest.approx(48.0) for line in lines)
    whole = Site("u", "S", "", "sand_pits", shapely.box(0, 0, 400, 40), "EPSG:4546", True)
    assert cross_axes(whole, 1)[0].equals_exact(cross_axis(whole), 1e-9)
    assert long_axis(whole).length == pytest.approx(480.0)
