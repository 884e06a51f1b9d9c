"""The grid method for CAD: read back by ezdxf and GDAL, in true coordinates, with the figures of the table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import ezdxf
import fiona
import pytest
import shapely
from ezdxf import bbox
from ezdxf.render import hatching

from app.i18n import Translator
from app.package.earthwork_dxf import DrawnGrid, earthwork_dxf
from app.package.earthwork_table import grid_table
from app.package.sheet import SheetRequest, make_sheet
from app.project import Project
from app.verbs.earthwork import Delivery, earthwork
from app.verbs.estimate import estimate
from app.verbs.terrain import add_terrain
from gis.drawings.writing import FONT_FAMILY, FONT_FILE
from models.earthwork import Earthwork
from models.errors import Refused
from models.estimate import EstimateRequest
from tests.app.conftest import GROUND_M, X0, Y0, pit_outline

SAY = Translator("zh_CN")
ZONE = 37_000_000.0
"""The project's system is EPSG:4546, zone 37, whose number stands before the eastings in print."""


@pytest.fixture
def project(project_file: Path, dem_file: Path, add_site: Callable[..., None]):
    add_site("SK-001")
    with Project.open(project_file) as opened:
        add_terrain(opened, dem_file, name="t")
        estimate(opened, ["SK-001"], request=EstimateRequest("level", {"level_m": GROUND_M - 2}))
        yield opened


@pytest.fixture
def written(project: Project, tmp_path: Path) -> tuple[Earthwork, Path]:
    out = tmp_path / "方格 网.dxf"
    return earthwork(project, "SK-001", out=out, side_m=10.0).earthwork, out


def texts(path: Path, layer: str) -> dict[str, list[tuple[float, float]]]:
    """Texts of a layer with the places of their alignment."""
    found: dict[str, list[tuple[float, float]]] = {}
    for t in ezdxf.readfile(path).modelspace().query(f'TEXT[layer=="{layer}"]'):
        place = t.get_placement()[1]
        found.setdefault(t.dxf.text, []).append((place.x, place.y))
    return found


def test_the_file_is_sound_and_its_texts_are_chinese(written: tuple[Earthwork, Path]) -> None:
    _, out = written
    document = ezdxf.readfile(out)
    audit = document.audit()
    assert not audit.errors
    assert not audit.fixes
    assert document.units == 6
    for style in {t.dxf.style for t in document.modelspace().query("TEXT")}:
        own = document.styles.get(style)
        assert own.dxf.font == FONT_FILE
        assert own.get_extended_font_data()[0] == FONT_FAMILY
    used = {e.dxf.layer for e in document.modelspace()}
    assert used == {"填方区", "挖方区", "方格网", "范围线", "零线", "施工高度", "设计高程", "地面高程", "方格编号",
                    "填方量", "挖方量", "土方合计", "图名与说明"}  # fmt: skip
    words = " ".join(texts(out, "图名与说明"))
    assert "SK-001" in words
    assert "方格网土方图" in words
    assert "111°E (EPSG:4546)" in words
    words.encode("gbk")  # SimSun has what GBK has


def test_figures_are_those_of_the_table(written: tuple[Earthwork, Path]) -> None:
    found, out = written
    table = grid_table(found.grid, SAY)
    for layer, column, sign in (("填方量", 15, 1), ("挖方量", 16, -1)):
        drawn = sorted(float(t) for t, places in texts(out, layer).items() for _ in places)
        assert [sign * v for v in drawn if v] == pytest.approx(
            sorted((v for r in table.rows if (v := float(r[column] or 0))), reverse=sign < 0), abs=1e-9
        )
    numbers = texts(out, "方格编号")
    assert {int(n) for n in numbers} == {r[0] for r in table.rows}
    sums = [float(t) for t in texts(out, "土方合计") if "m" not in t and t[-1].isdigit()]
    assert {round(float(table.totals[15] or 0), 1), round(-float(table.totals[16] or 0), 1)} <= set(sums)


def test_corners_stand_where_they_are(written: tuple[Earthwork, Path]) -> None:
    """Working height upper left, design upper right, ground lower right of the corner, east with the zone number."""
    found, out = written
    square = next(s for s in found.grid.squares if s.whole)
    x, y = square.x_m + ZONE, square.y_m + found.grid.side_m
    row = next(r for r in grid_table(found.grid, SAY).rows if r[0] == square.number)
    ground, design, working = (float(v or 0) for v in row[1:4])
    for layer, text, right, up in (
        ("施工高度", f"{working:+.2f}", False, True),
        ("设计高程", f"{design:.2f}", True, True),
        ("地面高程", f"{ground:.2f}", True, False),
    ):
        near = [p for p in texts(out, layer)[text] if abs(p[0] - x) < 1 and abs(p[1] - y) < 1]
        assert len(near) == 1, layer
        assert (near[0][0] > x, near[0][1] > y) == (right, up)


def test_lines_lie_where_the_outline_does(written: tuple[Earthwork, Path]) -> None:
    found, out = written
    space = ezdxf.readfile(out).modelspace()
    (line,) = space.query('LWPOLYLINE[layer=="范围线"]')
    drawn = shapely.Polygon([(x - ZONE, y) for x, y, *_ in line.get_points()])
    assert line.closed
    assert drawn.equals(shapely.get_parts(pit_outline())[0])
    zero = [shapely.LineString([(x - ZONE, y) for x, y, *_ in e.get_points()])
            for e in space.query('LWPOLYLINE[layer=="零线"]')]  # fmt: skip
    assert sum(z.length for z in zero) == pytest.approx(found.grid.zero_line.length)
    edges = {tuple(sorted((round(x, 3), round(y, 3)) for x, y, *_ in e.get_points()))
             for e in space.query('LWPOLYLINE[layer=="方格网"]')}  # fmt: skip
    assert len(edges) == len(space.query('LWPOLYLINE[layer=="方格网"]'))  # each edge once
    square = found.grid.squares[0]
    west = ((square.x_m + ZONE, square.y_m), (square.x_m + ZONE, square.y_m + 10.0))
    assert west in edges


def test_gdal_reads_it(written: tuple[Earthwork, Path]) -> None:
    found, out = written
    with fiona.open(out) as source:
        features = list(source)
    read = [f["properties"]["Text"] for f in features if f["properties"]["Layer"] == "填方量"]
    assert sorted(read) == sorted(t for t, places in texts(out, "填方量").items() for _ in places)
    tint = shapely.union_all([shapely.geometry.shape(f["geometry"]) for f in features
                              if f["properties"]["Layer"] == "填方区"])  # fmt: skip
    assert tint.area == pytest.approx(found.grid.fill_shape.area, rel=1e-6)


def test_hatches_leave_their_holes_empty(written: tuple[Earthwork, Path]) -> None:
    """The cut is a ring round the fill: no line of its hatch runs over that."""
    found, out = written
    (hatch,) = ezdxf.readfile(out).modelspace().query('HATCH[layer=="挖方区"]')
    lines = [shapely.LineString([(a.x - ZONE, a.y), (b.x - ZONE, b.y)]) for a, b in hatching.hatch_entity(hatch)]
    cut = found.grid.cut_shape
    assert shapely.get_parts(cut)[0].interiors
    assert len(lines) > 20
    assert cut.buffer(0.01).covers(shapely.MultiLineString(lines))


def test_texts_of_neighbouring_squares_do_not_meet(written: tuple[Earthwork, Path]) -> None:
    _, out = written
    space = ezdxf.readfile(out).modelspace()
    boxes = []
    for t in space.query("TEXT"):
        if t.dxf.layer in {"施工高度", "设计高程", "地面高程", "方格编号", "填方量", "挖方量"}:
            b = bbox.extents([t])
            boxes.append(shapely.box(b.extmin.x, b.extmin.y, b.extmax.x, b.extmax.y))
    tree = shapely.STRtree(boxes)
    a, b = tree.query(boxes, predicate="overlaps")
    assert len(boxes) > 50
    assert not (a != b).any()


def test_the_same_grid_gives_the_same_bytes(written: tuple[Earthwork, Path], project: Project) -> None:
    found, _ = written
    from app.package.build_parts import sheet_crs

    site = project.store.site("SK-001")
    drawn = DrawnGrid(found, site.outline, sheet_crs(site), "=A ^ %%c <工程>", "SK-001", "甲\n乙", "", None, "en",
                      datetime(2026, 1, 2, tzinfo=UTC))  # fmt: skip
    first = earthwork_dxf(drawn)
    assert earthwork_dxf(drawn) == first
    assert earthwork_dxf(replace(drawn, stamp=datetime(2026, 1, 3, tzinfo=UTC))) != first
    assert "SK-001 甲 乙 Earthwork by the grid method".encode("gbk") in first


def test_parts_and_islands_keep_their_holes(project: Project, add_site: Callable[..., None], tmp_path: Path) -> None:
    low, high = X0 + 30, Y0 - 90
    ring = shapely.box(low, high, low + 34, high + 60).difference(shapely.box(low + 10, high + 20, low + 18, high + 30))
    add_site("SK-002", shapely.MultiPolygon([ring, shapely.box(low + 42, high + 10, low + 60, high + 50)]))
    out = tmp_path / "a.dxf"
    found = earthwork(project, "SK-002", out=out, side_m=10.0, request=EstimateRequest("level", {"level_m": GROUND_M}))
    assert len(ezdxf.readfile(out).modelspace().query('LWPOLYLINE[layer=="范围线"]')) == 3
    with fiona.open(out) as source:
        shapes = [shapely.geometry.shape(f["geometry"]) for f in source if f["properties"]["Layer"] == "填方区"]
    assert shapely.union_all(shapes).area == pytest.approx(found.earthwork.grid.fill_shape.area, rel=1e-6)


def test_a_file_that_is_there_stays(project: Project, tmp_path: Path) -> None:
    out = tmp_path / "a.dxf"
    out.write_text("mine")
    with pytest.raises(Refused) as caught:
        earthwork(project, "SK-001", out=out, side_m=10.0)
    assert caught.value.key == "earthwork.exists"
    assert out.read_text() == "mine"
    earthwork(project, "SK-001", out=out, side_m=10.0, delivery=Delivery(overwrite=True))
    assert ezdxf.readfile(out).modelspace()


def test_a_sheet_of_the_grid_method_is_written_for_cad_too(project: Project, tmp_path: Path) -> None:
    out = tmp_path / "a.dxf"
    report = make_sheet(project, SheetRequest("SK-001", kind="earthwork_grid"), out)
    side = earthwork(project, "SK-001").earthwork.grid.side_m
    assert f"{side:g} m" in texts(report.path, "图名与说明")
    with pytest.raises(Refused) as caught:
        make_sheet(project, SheetRequest("SK-001", kind="location"), tmp_path / "b.dxf")
    assert caught.value.key == "sheet.no_drawing"
