"""The drawing of the grid method: squares that the paper carries, texts that never meet, totals that add up."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely

from app.package.build import build_content
from app.package.content import SheetContent
from app.package.drawing_settings import drawing_settings
from app.package.earthwork_layout import SQUARE_MM, grid_sheet, squares_bounds
from app.package.layout import layout_of
from app.package.page import Page
from app.package.sheet import SheetRequest, compose, draw_sheet
from app.package.template import sheet_kind
from app.project import Project
from app.verbs.terrain import add_terrain
from gis.store import Store
from models.earthwork import GridMethod
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


def pages_of(content: SheetContent) -> list[Page]:
    with drawing_settings():
        pages, _ = compose(content)
        for page in pages:
            page.check()
    return pages


def named(page: Page, name: str) -> list[str]:
    return [t.text for t in page.texts if t.name == name]


def test_every_figure_is_there_and_the_columns_add_up(project_file: Path, dem_file: Path, add_site) -> None:
    content = content_of(project_file, dem_file, add_site)
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
    (page,) = pages_of(content_of(project_file, dem_file, add_site))
    texts = named(page, "elevations at a corner")
    for height, design, ground in zip(texts[::3], texts[1::3], texts[2::3], strict=True):
        assert round(float(design) - float(ground), 2) == value(height)


def test_texts_are_two_millimetres_high_and_of_three_sizes(project_file: Path, dem_file: Path, add_site) -> None:
    (page,) = pages_of(content_of(project_file, dem_file, add_site))
    sizes = {t.size_pt for t in page.texts}
    assert sizes <= {16.0, 12.0, 8.5}
    assert min(sizes) * 25.4 / 72 * 0.733 >= 2.0


def test_the_zero_line_is_drawn_and_explained(project_file: Path, dem_file: Path, add_site) -> None:
    content = content_of(project_file, dem_file, add_site)
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
    layout, bounds = layout_of(paper), (500_003.0, 4_000_001.0, 500_003.0 + size, 4_000_001.0 + 0.7 * size)
    found = grid_sheet(bounds, layout, KIND, "S")
    mm = found.side_m * 1000 / found.window.scale
    assert mm >= SQUARE_MM - 1e-9
    x0, y0, x1, y1 = squares_bounds(bounds, found.side_m)
    box = found.window.box((x0, y0, x1, y1))
    rect = found.window.rect
    assert rect.x0 + 20 < box.x0
    assert box.x1 < rect.x1 - 20
    assert rect.y0 + 18 < box.y0
    assert box.y1 < rect.y1
    # No finer customary square would do at any scale.
    finer = {"A4": "A3", "A3": "A1"}.get(paper)
    if finer:
        assert grid_sheet(bounds, layout_of(finer), KIND, "S").side_m <= found.side_m


def test_a_side_that_crowds_the_sheet_is_refused_with_one_that_does_not() -> None:
    bounds = (0.0, 0.0, 300.0, 200.0)
    with pytest.raises(Refused) as caught:
        grid_sheet(bounds, layout_of("A3"), KIND, "S", side=5.0)
    assert caught.value.key == "earthwork.sheet_side"
    side = float(caught.value.what.facts["side"])
    again = grid_sheet(bounds, layout_of("A3"), KIND, "S", side=side)
    assert again.window.scale == caught.value.what.facts["scale"]
    with pytest.raises(Refused):
        grid_sheet(bounds, layout_of("A3"), KIND, "S", scale=100)
    with pytest.raises(Refused) as caught:
        grid_sheet((0.0, 0.0, 1e8, 1e8), layout_of("A4"), KIND, "S")
    assert caught.value.key == "earthwork.sheet"


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
