"""The drawing of the grid method: squares that the paper carries, texts that never meet, totals that add up."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely

from app.i18n import Translator
from app.package.build import build_content
from app.package.content import SheetContent
from app.package.drawing_settings import drawing_settings
from app.package.earthwork_detail import corner_name, corners, drawn_detail, row_name
from app.package.earthwork_layout import DETAILS, FULL, grid_sheets, squares_bounds
from app.package.earthwork_table import grid_table
from app.package.layout import layout_of
from app.package.page import Page
from app.package.sheet import SheetRequest, compose, draw_sheet
from app.package.template import sheet_kind
from app.project import Project
from app.verbs.asked import asked
from app.verbs.terrain import add_terrain
from gis.earthwork import measure
from gis.store import Store
from models.earthwork import Earthwork, GridMethod
from models.errors import Refused
from models.estimate import EstimateRequest
from tests.app.conftest import GROUND_M, X0, Y0, pit_outline

KIND = sheet_kind("earthwork_grid")
NUMBER = re.compile(r"^[+\u2212]?[\d\u2009 ]+(\.\d+)?$")


def value(text: str) -> float:
    return float(re.sub(r"[\u2009 ]", "", text).replace("\u2212", "-"))


def content_of(
    project_file: Path, dem_file: Path, add_site: Callable[..., None], outline: shapely.MultiPolygon | None = None,
    **changes: object,
) -> SheetContent:  # fmt: skip
    add_site("SK-001", outline)
    with Project.open(project_file) as project:
        add_terrain(project, dem_file, name="t")
        from app.verbs.estimate import estimate

        estimate(project, ["SK-001"], request=EstimateRequest("level", {"level_m": GROUND_M - 2}))
        return build_content(project, SheetRequest("SK-001", kind="earthwork_grid", **changes))  # type: ignore[arg-type]


def with_all_texts(project_file: Path, dem_file: Path, add_site: Callable[..., None]) -> SheetContent:
    """The pit with squares so wide that they bear all their texts."""
    content = content_of(project_file, dem_file, add_site)
    place = grid_sheets(content.outline, layout_of("A3"), KIND, "S")[0]
    found = measured(project_file, [place.side_m])
    return replace(content, earthwork=found, window=place.window, earthwork_detail=place.detail.key)


def pages_of(content: SheetContent) -> list[Page]:
    with drawing_settings():
        pages, _ = compose(content)
        for page in pages:
            page.check()
    return pages


def named(page: Page, name: str) -> list[str]:
    return [t.text for t in page.texts if t.name == name]


def test_every_figure_is_there_and_the_columns_add_up(project_file: Path, dem_file: Path, add_site) -> None:
    content = with_all_texts(project_file, dem_file, add_site)
    (page,) = pages_of(content)
    assert content.earthwork is not None
    grid = content.earthwork.grid
    assert len(named(page, "number of a square")) == len(grid.squares)
    corners = {(s.column + a, s.row - b) for s in grid.squares for (a, b), g in
               zip(((0, 1), (1, 1), (1, 0), (0, 0)), s.ground_m, strict=True) if g is not None}  # fmt: skip
    assert len(named(page, "elevations at a corner")) == 3 * len(corners)
    volumes = [value(t) for t in named(page, "volume of a square")]
    totals = [value(t) for t in named(page, "column totals") if NUMBER.match(t)]
    wide = grid.columns + 1
    fill, cut = totals[:wide], totals[wide:]
    assert len(cut) == wide
    assert fill[-1] == pytest.approx(sum(fill[:-1]), abs=1e-9)
    assert cut[-1] == pytest.approx(sum(cut[:-1]), abs=1e-9)
    assert fill[-1] == pytest.approx(sum(v for v in volumes if v > 0), abs=1e-9)
    assert cut[-1] == pytest.approx(sum(v for v in volumes if v < 0), abs=1e-9)
    assert (fill[-1], -cut[-1]) == grid.printed_m3
    assert {"施工高度", "设计高程", "地面高程"} <= set(named(page, "key to the corners"))
    assert any("“+”为填方" in t for t in named(page, "notes"))


def test_working_height_is_the_difference_beside_it(project_file: Path, dem_file: Path, add_site) -> None:
    (page,) = pages_of(with_all_texts(project_file, dem_file, add_site))
    texts = named(page, "elevations at a corner")
    for height, design, ground in zip(texts[::3], texts[1::3], texts[2::3], strict=True):
        assert round(float(design) - float(ground), 2) == value(height)


def test_texts_are_two_millimetres_high_and_of_three_sizes(project_file: Path, dem_file: Path, add_site) -> None:
    (page,) = pages_of(with_all_texts(project_file, dem_file, add_site))
    sizes = {t.size_pt for t in page.texts}
    assert sizes <= {16.0, 12.0, 8.5}
    assert min(sizes) * 25.4 / 72 * 0.733 >= 2.0


def test_the_zero_line_is_drawn_and_explained(project_file: Path, dem_file: Path, add_site) -> None:
    content = with_all_texts(project_file, dem_file, add_site)
    (page,) = pages_of(content)
    assert content.earthwork is not None
    assert content.earthwork.grid.zero_line.length > 100  # round a pit of 60 m, 2 m below its rim
    assert {"零线", "填方（+）", "挖方（−）"} <= set(named(page, "legend"))


def test_parts_and_islands_are_drawn(project_file: Path, dem_file: Path, add_site) -> None:
    low, high = X0 + 30, Y0 - 90
    ring = shapely.box(low, high, low + 34, high + 60).difference(shapely.box(low + 10, high + 20, low + 18, high + 30))
    outline = shapely.MultiPolygon([ring, shapely.box(low + 42, high + 10, low + 60, high + 50)])
    content = content_of(project_file, dem_file, add_site, outline)
    pages_of(content)
    assert content.earthwork is not None
    shapes = content.earthwork.grid
    covered = shapes.fill_shape.area + shapes.cut_shape.area
    assert covered == pytest.approx(outline.area, rel=1e-6)


def test_the_same_content_gives_the_same_bytes(project_file: Path, dem_file: Path, add_site, tmp_path: Path) -> None:
    content = content_of(project_file, dem_file, add_site)
    for name in ("a.pdf", "b.pdf"):
        report = draw_sheet(content, tmp_path / name)
        assert report.scale == content.window.scale
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()


@pytest.mark.parametrize("size", [12.0, 31.0, 60.0, 137.0, 260.0, 700.0, 2400.0])
@pytest.mark.parametrize("paper", ["A4", "A3", "A1"])
def test_squares_suit_the_paper(size: float, paper: str) -> None:
    x, y, layout = 500_003.0, 4_000_001.0, layout_of(paper)
    outline = shapely.box(x, y, x + size, y + 0.7 * size)
    every = grid_sheets(outline, layout, KIND, "S")
    assert [s.side_m for s in every] == sorted({s.side_m for s in every}, reverse=True)
    assert every[0].detail is FULL
    order = list(DETAILS.values())
    assert all(s.detail is not FULL for s in every[1:])
    for found in every:
        mm, rect, detail = found.side_m * 1000 / found.window.scale, found.window.rect, found.detail
        assert mm >= detail.least_mm - 1e-9
        assert detail in order
        box = found.window.box(squares_bounds(outline.bounds, found.side_m))
        assert rect.x0 + detail.left <= box.x0 + 1e-6
        assert box.x1 + detail.right <= rect.x1 + 1e-6
        assert rect.y0 + detail.below <= box.y0 + 1e-6
        assert box.y1 + detail.top <= rect.y1 + 1e-6
        # The best texts that this side can have, at the largest scale for them.
        (alone,) = grid_sheets(outline, layout, KIND, "S", side=found.side_m)
        assert alone == found
    finer = {"A4": "A3", "A3": "A1"}.get(paper)
    if finer:
        assert grid_sheets(outline, layout_of(finer), KIND, "S")[-1].side_m <= every[-1].side_m


def test_a_side_that_crowds_the_sheet_is_refused_with_one_that_does_not() -> None:
    outline = shapely.box(0.0, 0.0, 300.0, 200.0)
    with pytest.raises(Refused) as caught:
        grid_sheets(outline, layout_of("A3"), KIND, "S", side=5.0)
    assert caught.value.key == "earthwork.sheet_side"
    side = float(caught.value.what.facts["side"])
    (again,) = grid_sheets(outline, layout_of("A3"), KIND, "S", side=side)
    assert again.window.scale == caught.value.what.facts["scale"]
    with pytest.raises(Refused):
        grid_sheets(outline, layout_of("A3"), KIND, "S", scale=100)
    with pytest.raises(Refused) as caught:
        grid_sheets(shapely.box(0.0, 0.0, 1e8, 1e8), layout_of("A4"), KIND, "S")
    assert caught.value.key == "earthwork.sheet"


def wide(project_file: Path, dem_file: Path, add_site: Callable[..., None], **changes: object) -> SheetContent:
    """The pit with so much level ground around it that its squares must be small."""
    outline = shapely.box(X0 + 2, Y0 - 118, X0 + 118, Y0 - 2)
    return content_of(project_file, dem_file, add_site, shapely.MultiPolygon([outline]), **changes)


def test_on_small_paper_squares_stay_as_fine_as_the_method_needs(project_file: Path, dem_file: Path, add_site) -> None:
    content = content_of(project_file, dem_file, add_site, paper="A4")
    assert content.earthwork is not None
    found, grid = content.earthwork, content.earthwork.grid
    layout = layout_of("A4")
    places = grid_sheets(content.outline, layout, KIND, "S")
    coarse = measured(project_file, [places[0].side_m])
    assert abs(percent(found)) < abs(percent(coarse))
    assert abs(percent(found)) <= 2 or grid.side_m == places[-1].side_m
    pages = pages_of(content)
    assert len(pages) > 1
    assert len(named(pages[0], "number of a square")) == len(grid.squares)


@pytest.mark.parametrize(
    ("paper", "detail"), [("A4", "heights"), ("A4", "volumes"), ("A3", "heights"), ("A3", "numbers")]
)
def test_what_narrow_squares_do_not_bear_is_in_tables(
    project_file: Path, dem_file: Path, add_site, detail: str, paper: str
) -> None:
    content = wide(project_file, dem_file, add_site, paper=paper)
    place = next(p for p in grid_sheets(content.outline, layout_of(paper), KIND, "S") if p.detail.key == detail)
    found = measured(project_file, [place.side_m])
    content = replace(content, earthwork=found, window=place.window, earthwork_detail=detail)
    drawn, grid = DETAILS[detail], found.grid
    assert drawn_detail(content) is drawn
    pages = pages_of(content)
    table = grid_table(grid, Translator("zh_CN"))
    known = corners(grid)
    assert len(named(pages[0], "elevations at a corner")) == (len(known) if drawn.working else 0)
    rows = [t for page in pages[1:] for t in named(page, "table of corners")]
    for row, column, ground, design, height in known:
        at = rows.index(corner_name(row, column))
        assert [value(t) for t in rows[at + 1 : at + 4]] == [round(ground, 2), round(design, 2), height]
    volumes = [value(t) for t in named(pages[0], "volume of a square")]
    if drawn.volumes:
        assert round(sum(v for v in volumes if v > 0), 1) == grid.printed_m3[0]
        assert not [t for page in pages for t in named(page, "table of squares")]
    else:
        assert volumes == []
        cells = [t for page in pages[1:] for t in named(page, "table of squares") if NUMBER.match(t)]
        lines = [[value(t) for t in cells[i : i + 5]] for i in range(0, len(cells) - 4, 5)]
        assert lines == [[r[0], *r[13:17]] for r in table.rows]
        assert [value(t) for t in cells[-4:]] == list(table.totals[13:17])
    # Every corner's name is that of two lines on the drawing.
    names = set(named(pages[0], "name of a line of the squares"))
    assert {row_name(r) for r, *_ in known} | {str(c + 1) for _, c, *_ in known} <= names


def test_volumes_that_are_wider_than_their_squares_stand_in_the_table(
    project_file: Path, dem_file: Path, add_site
) -> None:
    content = with_all_texts(project_file, dem_file, add_site)
    assert content.earthwork is not None
    first, *rest = content.earthwork.grid.squares
    huge = replace(content.earthwork.grid, squares=(replace(first, fill_m3=12_345_678_901.5), *rest))
    content = replace(content, earthwork_detail="volumes")
    assert drawn_detail(content).key == "volumes"
    content = replace(content, earthwork=replace(content.earthwork, grid=huge))
    assert drawn_detail(content).key == "numbers"


def test_names_of_lines_tell_letters_from_figures() -> None:
    assert [row_name(n) for n in (0, 7, 8, 12, 13, 23, 24, 48)] == ["A", "H", "J", "N", "P", "Z", "AA", "BA"]
    assert corner_name(2, 6) == "C7"


@pytest.mark.parametrize("paper", ["A4", "A3", "A2"])
def test_the_code_stands_close_above_the_squares(project_file: Path, dem_file: Path, add_site, paper: str) -> None:
    content = content_of(project_file, dem_file, add_site, paper=paper)
    page = pages_of(content)[0]
    (code,) = [t for t in page.texts if t.name == "code of the site"]
    assert content.earthwork is not None
    side = content.earthwork.grid.side_m
    squares = shapely.union_all([shapely.box(s.x_m, s.y_m, s.x_m + side, s.y_m + side)
                                 for s in content.earthwork.grid.squares])  # fmt: skip
    assert 0 < code.shape.distance(content.window.page(squares)) < 9.5
    arrows = [t.shape for t in page.texts if t.name == "north arrow"]
    assert not any(a.intersects(content.window.page(squares)) for a in arrows)


def measured(project_file: Path, sides: list[float]) -> Earthwork:
    with Project.open(project_file, read_only=True) as project:
        q = asked(project, "SK-001")
        return measure(q.site, q.terrain, q.dem, q.request, sides_m=sides, inputs=q.inputs)


def percent(found: Earthwork) -> float:
    return found.difference_percent(found.grid.fill_m3, found.grid.cut_m3) or 0.0


@pytest.mark.parametrize(("deep", "high"), [(0.004, 9.0), (130.0, 8848.0), (30.0, -154.0)])
def test_wide_and_narrow_figures_find_room(
    project_file: Path, dem_file: Path, add_site, deep: float, high: float
) -> None:
    """Elevations of five places, working heights of three: still no text touches another."""
    content = content_of(project_file, dem_file, add_site)
    assert content.earthwork is not None
    grid = content.earthwork.grid
    stretched = replace(grid, squares=tuple(
        replace(s, ground_m=tuple(None if g is None else high - deep for g in s.ground_m),
                design_m=tuple(None if g is None else high for g in s.design_m),
                fill_m3=s.area_m2 * deep, cut_m3=0.0)
        for s in grid.squares
    ))  # fmt: skip
    pages_of(replace(content, earthwork=replace(content.earthwork, grid=stretched)))


def test_volumes_of_millions_are_printed_whole() -> None:
    from models.earthwork import printed, total, volume_decimals

    assert volume_decimals(999_999.0, 3.0) == 1
    assert volume_decimals(3.0, 1_000_000.0) == 0
    assert printed((0.04, 0.06, -0.04), 1) == [0.0, 0.1, 0.0]
    values = list(np.random.default_rng(1).uniform(0, 500, 1000))
    assert total(values, 1) == pytest.approx(sum(round(v, 1) for v in values), abs=1e-7)
    assert round(total(values, 1), 1) == total(values, 1)
    assert isinstance(GridMethod.printed_m3, property)


def test_the_store_is_not_written(project_file: Path, dem_file: Path, add_site) -> None:
    add_site("SK-001", pit_outline())
    with Project.open(project_file) as project:
        add_terrain(project, dem_file, name="t")
    before = project_file.read_bytes()
    with Project.open(project_file, read_only=True) as project:
        build_content(project, SheetRequest("SK-001", kind="earthwork_grid"))
        assert isinstance(project.store, Store)
    assert project_file.read_bytes() == before
