"""The further kinds of sheet: what stands on them, measured where it is to scale."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
import shapely

from app.i18n import Translator
from app.package.build_more import dms, final_ground, window_of
from app.package.chart_sections import GROUND
from app.package.compose import compose
from app.package.content import GridPicture, MapFeature
from app.package.drawing_settings import drawing_settings
from app.package.figures import area_words, figure_rows
from app.package.layout import layout_of
from app.package.overview import CLASSES, STATUS_MARKS, diameter_of, mark
from app.package.page import Page
from app.package.section_layout import section_scales
from app.package.sheet import SheetRequest, drawn_scale
from app.package.template import sheet_kind
from models.errors import Refused
from models.site import Site
from tests.app.package import synthetic
from tests.app.package.strokes import strokes

LAYOUT = layout_of()


def pages_of(**changes) -> list[Page]:
    with drawing_settings():
        pages, _ = compose(synthetic.content(language="en", **changes))
        for page in pages:
            page.check()
    return pages


def named(page: Page, name: str) -> list[str]:
    return [t.text for t in page.texts if t.name == name]


def lines_of(page: Page, colour: str, width: float) -> list[np.ndarray]:
    return [
        line for s in strokes(page) if s.color == colour.upper() and abs(s.width_mm - width) < 1e-6 for line in s.lines
    ]


def test_sections_are_to_scale_along_and_up() -> None:
    content = synthetic.content(kind="sections")
    page = pages_of(kind="sections")[0]
    along, up = content.section_scales
    assert drawn_scale(content) == along
    drawn = [s for s in lines_of(page, GROUND.color, GROUND.width_mm) if len(s) > 50]
    assert len(drawn) == 2
    for section, line in zip(content.sections, drawn, strict=True):
        assert np.ptp(line[:, 0]) == pytest.approx(section.distance_m[-1] * 1000 / along, abs=0.1)
        assert np.ptp(line[:, 1]) == pytest.approx(np.ptp(section.ground_m) * 1000 / up, abs=0.1)


def test_the_band_of_a_section_agrees_with_itself() -> None:
    page = pages_of(kind="sections")[0]
    cells = named(page, "band of a section")
    numbers = [float(re.sub("\u2212", "-", c)) for c in cells if re.fullmatch(r"[+\u2212]?\d+\.\d\d", c)]
    assert numbers.count(1051.3) >= 4  # the design level below both
    assert {"ground m", "design m", "fill / cut m"} <= set(cells)
    ground = [n for n in numbers if 1030 < n < 1070 and n != 1051.3]
    depths = [n for n in numbers if abs(n) < 30]
    for depth in depths:
        assert any(abs(1051.3 - g - depth) < 0.006 for g in ground)


def test_the_legend_of_a_section_names_its_layers() -> None:
    legend = set(named(pages_of(kind="sections")[0], "legend"))
    assert {"waste", "cover soil", "base layer", "ground line", "highest groundwater 1 036.40 m"} <= legend
    heap = set(named(pages_of(kind="sections", fills=False)[0], "legend"))
    assert not {"waste", "cover soil"} & heap


def test_a_scale_that_a_section_does_not_fit_at_is_refused() -> None:
    views = synthetic.sections(synthetic.content().outline)
    with pytest.raises(Refused, match=r"does not fit on the sheet at 1:100\b"):
        section_scales(views, LAYOUT, 100)
    assert section_scales(views, LAYOUT, 5000)[0] == 5000


def test_the_curve_stands_where_its_axes_say() -> None:
    page = pages_of(kind="capacity_curve")[0]
    (line,) = [s for s in lines_of(page, "#08306B", 0.6) if len(s) > 10]
    ticks = {t.text: t for t in page.texts if t.name == "axis of the chart"}
    top, bottom = ticks["1 050"], ticks["1 040"]
    per_m = (top.shape.centroid.y - bottom.shape.centroid.y) / 10.0
    rise = synthetic.curve()[-1].elevation_m - synthetic.curve()[0].elevation_m
    assert np.ptp(line[:, 1]) == pytest.approx(rise * per_m, abs=0.1)
    table = named(page, "table of the curve")
    assert "1038.00" in table
    assert "1051.20" in table
    assert f"{30.0 * 13.2**3:,.0f}".replace(",", " ") in table


def test_the_ground_after_filling_is_the_higher_of_the_two_inside() -> None:
    content = synthetic.content()
    outline = content.outline
    site = Site("u", "S", "", "sand_pits", outline, "EPSG:4546", True)
    ground = content.terrain
    level = GridPicture(np.where(np.isfinite(content.depth.values), 1051.3, np.nan).astype("f4"), content.depth.extent)
    after = final_ground(site, ground, level)
    x0, _, _, y1 = ground.extent
    rows, columns = ground.values.shape
    x, y = np.meshgrid(x0 + np.arange(columns) + 0.5, y1 - np.arange(rows) - 0.5)
    inside = shapely.contains_xy(outline, x, y)
    assert np.array_equal(after.values[~inside], ground.values[~inside])
    assert after.values[inside] == pytest.approx(np.maximum(ground.values[inside], 1051.3), abs=1e-3)


def test_the_overview_counts_every_site_once() -> None:
    pages = pages_of(kind="district_overview")
    codes = [t for p in pages for t in named(p, "table of sites") if t.startswith("SK-")]
    assert sorted(codes) == [s.code for s in synthetic.inventory()]
    sums = named(pages[0], "sums by district")
    assert sums[-5:-3] == ["all districts", "40"]
    total = sum(s.fill_m3 or 0.0 for s in synthetic.inventory()) / 1e4
    assert float(sums[-3].replace(" ", "")) == pytest.approx(total, abs=0.006)


@pytest.mark.parametrize(("paper", "orientation"), [("A3", "landscape"), ("A4", "portrait")])
def test_the_overview_shortens_no_code(paper: str, orientation: str) -> None:
    sites = tuple(replace(s, code=f"SK-2026-{i:04d}") for i, s in enumerate(synthetic.inventory(6)))
    page = pages_of(kind="district_overview", inventory=sites, paper=paper, orientation=orientation)[0]
    assert {s.code for s in sites} <= set(named(page, "table of sites"))


def test_a_curve_fits_on_small_paper() -> None:
    for orientation in ("landscape", "portrait"):
        page = pages_of(kind="capacity_curve", paper="A4", orientation=orientation)[0]
        cells = named(page, "table of the curve")
        ends = [f"{synthetic.curve()[i].elevation_m:.2f}" for i in (0, -1)]
        assert {*ends} <= set(cells)
        assert len(cells) >= 3 * 6  # heads and five elevations


def test_a_site_that_is_a_speck_among_others_is_marked_and_named() -> None:
    """Points of monitoring far off make the map small: the site must be told from pits of its kind."""
    content = synthetic.content(kind="monitoring", language="en", scale=25_000)
    with drawing_settings():
        (page, *_), _ = compose(content)
    (code,) = [t for t in page.texts if t.name == "code of the site"]
    own = content.window.page(content.outline)
    assert not code.shape.intersects(own)
    assert code.shape.distance(own) < 12.0
    assert "this site (sand pit)" in " ".join(t.text for t in page.texts).lower()


@pytest.mark.parametrize("wide", [4.0, 5.0])
def test_a_site_too_narrow_for_its_code_is_named_beside_it(wide: float) -> None:
    outline = shapely.box(synthetic.X0 - 120, synthetic.Y0 - wide / 2, synthetic.X0 + 120, synthetic.Y0 + wide / 2)
    content = synthetic.content(kind="control_overlay", outline=outline, language="en")
    with drawing_settings():
        (page, *_), _ = compose(content)
    (code,) = [t for t in page.texts if t.name == "code of the site"]
    assert not content.window.page(outline).contains(code.shape)


def test_names_keep_clear_of_the_lines_of_other_areas() -> None:
    """A red line through the middle of the site, and an area that is narrower than its name is long."""
    content = synthetic.content(kind="control_overlay", language="en")
    x0, y0, x1, y1 = content.outline.bounds
    middle = (x0 + x1) / 2
    half = MapFeature("red_lines", "", "HX-1", "甲区", shapely.box(middle + 1, y0 - 30, x1 + 40, y1 + 30))
    narrow = MapFeature("red_lines", "", "HX-2", "黄河湿地生态保护红线", shapely.box(x0 - 34, y0, x0 - 12, y1))
    with drawing_settings():
        (page, *_), _ = compose(replace(content, controls=(half, narrow), conflicts=()))
    (code,) = [t for t in page.texts if t.name == "code of the site"]
    assert not code.shape.intersects(content.window.page(half.geometry.boundary))
    names = [t for t in page.texts if t.name == "name of a control area" and t.text in "黄河湿地生态保护红线"]
    assert "".join(t.text for t in names) == "黄河湿地生态保护红线"
    assert len(names) == 2
    for text in names:
        assert not text.shape.intersects(content.window.page(narrow.geometry.boundary))


def test_grades_stay_apart_in_shape_grey_and_size() -> None:
    shapes = [shape for shape, _ in STATUS_MARKS.values()]
    assert len(set(shapes)) == len(shapes)
    rgb = [[int(c[i : i + 2], 16) for i in (1, 3, 5)] for _, c in STATUS_MARKS.values()]
    grey = [0.299 * r + 0.587 * g + 0.114 * b for r, g, b in rgb]
    assert grey == sorted(grey)
    assert min(np.diff(grey)) > 8
    sizes = [diameter_of(s) for s in sorted(synthetic.inventory(), key=lambda s: s.fill_m3 or 0.0)]
    assert sizes == sorted(sizes)
    assert {d for _, d in CLASSES} <= set(sizes)
    for shape in shapes:
        assert mark(10, 20, 4, shape).centroid.coords[0] == pytest.approx((10, 20), abs=0.1)


def test_the_location_shows_the_surroundings_and_a_given_middle_is_kept() -> None:
    outline = synthetic.blob(synthetic.X0, synthetic.Y0, 62)
    site, kind = Site("u", "S", "", "sand_pits", outline, "EPSG:4546", True), sheet_kind("location")
    x0, y0, x1, y1 = window_of(site, kind, LAYOUT, SheetRequest("S"), ()).bounds
    assert x1 - x0 > 1600
    assert y1 - y0 > 1600
    moved = window_of(site, kind, LAYOUT, SheetRequest("S", centre=(1000.0, 2000.0), scale=500), ())
    a, b, c, d = moved.bounds
    assert ((a + c) / 2, (b + d) / 2) == pytest.approx((1000.0, 2000.0), abs=1.3)


def test_monitoring_points_have_code_sign_and_row() -> None:
    page = pages_of(kind="monitoring", terrain=None)[0]
    assert set(named(page, "code of a monitoring point")) == {"JC-01", "JC-02", "GC-03"}
    assert {"monitoring well", "standing water"} <= set(named(page, "legend"))
    assert named(page, "table of monitoring points").count("monitoring well") == 2
    bare = pages_of(kind="monitoring", stations=(), terrain=None, controls=())[0]
    assert "no monitoring points in the project" in named(bare, "table of monitoring points")


def test_degrees_minutes_seconds() -> None:
    assert dms(109.8509, "EW") == "109°51′03.2″E"
    assert dms(-0.99999, "NS") == "1°00′00.0″S"


def test_corner_coordinates_are_those_of_the_map() -> None:
    content = synthetic.content()
    corners = named(pages_of()[0], "coordinates of a corner")
    x0, y0, x1, y1 = content.window.bounds
    assert len(corners) == 4
    for east, north in ((x0, y0), (x1, y0), (x0, y1), (x1, y1)):
        found = [c for c in corners if c == " ".join(f"X={north:.1f}  Y={east + 37e6:.1f}".split())]
        assert len(found) == 1


def test_numbers_of_points_keep_clear_of_lines() -> None:
    content = synthetic.content()
    page = pages_of()[0]
    outline = content.window.page(content.outline).boundary
    boxes = [t.shape for t in page.texts if t.name == "number of a boundary point"]
    assert len(boxes) > 10
    assert not any(outline.intersects(b) for b in boxes)


def test_a_pit_that_fills_the_map_leaves_a_corner_for_the_north_arrow() -> None:
    kind = sheet_kind("present_state")
    x, y = synthetic.X0, synthetic.Y0
    for outline, scale in ((shapely.box(x, y, x + 120, y + 90), 1000), (synthetic.blob(x, y, 32), 500)):
        site = Site("u", "S", "", "sand_pits", outline, "EPSG:4546", True)
        assert window_of(site, kind, LAYOUT, SheetRequest("S"), ()).scale == scale
    site = Site("u", "S", "", "sand_pits", shapely.box(x, y, x + 120, y + 90), "EPSG:4546", True)
    assert window_of(site, kind, LAYOUT, SheetRequest("S", scale=500), ()).scale == 500  # what is asked for is kept


def test_small_ground_and_small_volumes_have_units_that_say_something() -> None:
    content = synthetic.content(language="zh_CN")
    half = replace(content.estimate.interval95, fill_m3=1.2, tonnage_t=1.5)
    small = replace(content.estimate, fill_m3=12.4, tonnage_t=11.0, tonnage_wet_t=None, interval95=half)
    rows = {words: value for words, value, _ in figure_rows(replace(content, estimate=small), Translator("zh_CN"))}
    assert rows["回填方量"] == "12.4 ± 1.2 m³"
    assert rows["消纳量（干）"] == "11.0 ± 1.5 t"
    assert area_words(22.0, Translator("zh_CN")) == "22 m² = 0.0022 公顷 (0.0330 亩)"
    assert area_words(2952.0, Translator("zh_CN")).endswith("(4.43 亩)")
    assert area_words(37_615.0, Translator("zh_CN")).endswith("(56.4 亩)")


def test_the_overview_explains_the_outlines_that_it_draws() -> None:
    assert "sand pit" in named(pages_of(kind="district_overview")[0], "legend")
