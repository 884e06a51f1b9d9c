"""Tables of the customary methods: totals that add up, files whole or not at all, figures of the stored estimate."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import shapely

from app.i18n import Translator
from app.package.earthwork_table import grid_table, section_table, station, working
from app.project import Project
from app.verbs.earthwork import Delivery, earthwork
from app.verbs.estimate import estimate
from app.verbs.terrain import add_terrain
from models.changes import Update
from models.errors import Missing, Refused, Unwritable
from models.estimate import EstimateRequest
from models.notices import Notice
from tests.app.conftest import GROUND_M, PIT_M3, X0, Y0

SAY = Translator("en")


@pytest.fixture
def project(project_file: Path, dem_file: Path, add_site: Callable[..., None]):
    add_site("SK-001")
    with Project.open(project_file) as opened:
        add_terrain(opened, dem_file, name="t")
        estimate(opened, ["SK-001"], request=EstimateRequest("level", {"level_m": GROUND_M}))
        yield opened


def test_the_stored_request_is_what_is_measured(project: Project) -> None:
    report = earthwork(project, "SK-001", side_m=2.0)
    found = report.earthwork
    assert found.reference == "level"
    assert found.grid.fill_m3 == pytest.approx(PIT_M3, rel=0.01)
    assert found.sections.fill_m3 == pytest.approx(PIT_M3, rel=0.01)
    assert found.fill_m3 == pytest.approx(PIT_M3, rel=2e-3)
    assert abs(found.difference_percent(found.grid.fill_m3, found.grid.cut_m3) or 9) < 1
    assert report.warnings == []
    assert report.path is None
    other = earthwork(project, "SK-001", request=EstimateRequest("rim_plane"))
    assert other.earthwork.reference == "rim_plane"


def test_a_coarse_grid_is_flagged(project: Project) -> None:
    report = earthwork(project, "SK-001", side_m=25.0, spacing_m=30.0)
    assert {w.key for w in report.warnings} == {"earthwork.differs"}
    assert any("smaller side" in w.render() for w in report.warnings)


def test_estimates_carry_all_methods(project: Project) -> None:
    (kept,) = project.store.estimates(["SK-001"])
    assert [c.method for c in kept.checks] == ["tin", "grid", "sections"]
    assert kept.check == kept.checks[0]
    assert kept.checks[1].parameters == {"side_m": 2.0}
    assert kept.checks[2].parameters == {"spacing_m": 2.0}
    for c in kept.checks:
        assert c.fill_m3 == pytest.approx(PIT_M3, rel=0.01)
        assert c.difference_percent == pytest.approx(100 * (c.fill_m3 / kept.fill_m3 - 1))
    old = kept.to_record()
    del old["checks"]
    del old["check"]["parameters"]
    assert type(kept).from_record(old).checks == ()


def test_totals_are_the_sums_of_what_is_printed(project: Project) -> None:
    found = earthwork(project, "SK-001", side_m=7.0, spacing_m=7.0).earthwork
    for table, first in ((grid_table(found.grid, SAY), 13), (section_table(found.sections, SAY), 7)):
        for column in range(first, first + 2):
            cells = [row[column] or 0.0 for row in table.rows]
            assert sum(round(10 * float(c)) for c in cells) == round(10 * float(table.totals[column]))  # type: ignore[arg-type]
        assert len(table.heads) == len(table.decimals) == sum(n for _, n in table.groups)
        assert {len(row) for row in (*table.rows, table.totals)} == {len(table.heads)}
    assert grid_table(found.grid, SAY).totals[15:17] == found.grid.printed_m3


def test_working_heights_and_stations_as_printed() -> None:
    assert working(1048.126, 1051.304) == 3.17  # 1051.30 − 1048.13
    assert working(None, 3.0) is None
    assert station(0) == "K0+000.00"
    assert station(1234.567) == "K1+234.57"
    assert station(999.999) == "K1+000.00"


def test_a_workbook_reads_back(project: Project, tmp_path: Path) -> None:
    project.store.transact(Notice("t", "t"), [Update("sand_pits", 1, {"name": "=HYPERLINK(1)"})])
    out = tmp_path / "土方 表.xlsx"
    report = earthwork(project, "SK-001", out=out, side_m=10.0)
    assert report.path == out
    assert sorted(p.name for p in tmp_path.iterdir() if p.suffix in {".xlsx", ".part"}) == [out.name]
    book = openpyxl.load_workbook(out)
    assert book.sheetnames == ["方格网土方计算表", "断面法土方计算表", "备注"]
    sheet = book[book.sheetnames[0]]
    rows = list(sheet.iter_rows(min_row=3, values_only=True))
    found = report.earthwork
    assert [r[0] for r in rows] == [*(s.number for s in found.grid.squares), "合计"]
    assert rows[-1][15] == found.grid.printed_m3[0]
    assert sum(round(10 * r[15]) for r in rows[:-1]) == round(10 * rows[-1][15])
    whole = next(r for r in rows if r[17] == "完整")
    assert round(whole[2] - whole[1], 2) == whole[3]
    texts = [c.value for row in book["备注"].iter_rows() for c in row]
    assert "SK-001 =HYPERLINK(1)" in texts
    assert any("四方棱柱体" in str(t) for t in texts)
    for cell in (c for name in book.sheetnames for row in book[name].iter_rows() for c in row):
        assert cell.data_type != "f"


@pytest.mark.parametrize("table", ["grid", "sections"])
def test_a_csv_reads_back(project: Project, tmp_path: Path, table: str) -> None:
    out = tmp_path / "t.csv"
    found = earthwork(project, "SK-001", out=out, side_m=10.0, delivery=Delivery(table=table, language="en")).earthwork
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert len({len(r) for r in rows}) == 1
    expected = len(found.grid.squares) if table == "grid" else len(found.sections.sections)
    assert len(rows) == expected + 2
    assert rows[-1][0] == "sum"
    column = 15 if table == "grid" else 7
    assert float(rows[-1][column]) == (found.grid if table == "grid" else found.sections).printed_m3[0]


def test_a_drawing_is_of_the_same_squares(project: Project, tmp_path: Path) -> None:
    table = earthwork(project, "SK-001", out=tmp_path / "a.xlsx").earthwork
    drawing = earthwork(project, "SK-001", out=tmp_path / "a.pdf")
    assert drawing.earthwork.grid.squares == table.grid.squares
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
    assert drawing.scale


def test_what_is_in_the_way_stays(project: Project, tmp_path: Path) -> None:
    out = tmp_path / "points.csv"
    out.write_text("mine")
    with pytest.raises(Refused) as caught:
        earthwork(project, "SK-001", out=out)
    assert caught.value.key == "earthwork.exists"
    assert out.read_text() == "mine"
    earthwork(project, "SK-001", out=out, delivery=Delivery(overwrite=True))
    assert out.read_text("utf-8-sig") != "mine"
    for name, error in (("x.gpkg", Refused), (project.path.name, Refused), ("no/x.xlsx", Missing)):
        with pytest.raises(error):
            earthwork(project, "SK-001", out=tmp_path / name)
    (tmp_path / "d.xlsx").mkdir()
    with pytest.raises(Unwritable):
        earthwork(project, "SK-001", out=tmp_path / "d.xlsx", delivery=Delivery(overwrite=True))
    with pytest.raises(Refused) as caught:
        earthwork(project, "SK-001", out=tmp_path / "x.pdf", side_m=1.0)
    assert caught.value.key == "earthwork.sheet_side"
    assert not (tmp_path / "x.pdf").exists()


def test_a_heap_by_its_toe(project: Project, add_site: Callable[..., None], tmp_path: Path) -> None:
    """The pit's outline as a stockpile, base 1045 m: what stands above the base is cut."""
    add_site("DC-001", shapely.MultiPolygon([shapely.box(X0 + 30, Y0 - 90, X0 + 90, Y0 - 30)]), "stockpiles")
    request = EstimateRequest("level", {"level_m": GROUND_M - 5})
    found = earthwork(project, "DC-001", request=request, side_m=2.0).earthwork
    assert not found.fills
    # Above 1045 m: the square's area × 5 less the frustum that is cut out of it, 60 m at the top, 40 m at the base.
    assert found.grid.cut_m3 == pytest.approx(3600 * 5 - 5 / 3 * (3600 + 1600 + 2400), rel=0.01)
    assert found.grid.cut_m3 == pytest.approx(found.cut_m3, rel=0.01)
    assert found.difference_percent(found.grid.fill_m3, found.grid.cut_m3) == pytest.approx(
        100 * (found.grid.cut_m3 / found.cut_m3 - 1)
    )


def test_outside_the_terrain_is_refused(project: Project, add_site: Callable[..., None]) -> None:
    add_site("SK-002", shapely.MultiPolygon([shapely.box(X0 + 100, Y0 - 60, X0 + 150, Y0 - 20)]))
    with pytest.raises(Refused):
        earthwork(project, "SK-002", request=EstimateRequest("spill"))
