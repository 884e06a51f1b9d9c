"""Laboratory tables in either orientation, from workbooks, documents and text."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import docx
import openpyxl
import pytest

from app.project import Project
from app.verbs.lab.grids import Grid, address, column_number
from app.verbs.lab.layout import find_layout, parameter_and_unit
from app.verbs.lab.rows import Given
from app.verbs.samples import import_samples
from app.verbs.waste import add_waste
from models.errors import AppError, Missing, Refused, Unreadable

PARAMETERS = [
    ["检测报告", "", "", "", "", ""],
    ["浸出方法：HJ 557-2010", "", "采样日期：2026年9月30日", "检测单位：某某检测公司", "", ""],
    ["序号", "检测项目", "单位", "检测方法", "检出限", "FA-1-01", "FA-1-02", "标准限值"],
    ["1", "pH值", "无量纲", "HJ 1147", "", 9.4, "9.1", "6~9"],
    ["2", "总汞", "mg/L", "HJ 702", "0.00002", "未检出", "0.00004L", "0.05"],
    ["3", "六价铬", "mg/L", "GB/T 15555.4", "0.004", "＜0.004", 0.012, "0.5"],
    ["4", "氟化物", "mg/L", "HJ 84", "0.006", "3.55", "", "10"],
    ["5", "硒", "ug/L", "HJ 702", "0.1", "1.2×10¹", "15", "100"],
]
SAMPLES = [
    ["固废", "样品编号", "采样日期", "pH", "总镉(mg/L)", "总铅（μg/L）", "氟化物 mg/L"],
    ["W1", "S1", "2026-10-01", "8.2", "0.001", "12", "1.2"],
    ["W1", "S2", "2026-10-01", "8.4", "<0.001", "ND", "/"],
]


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with Project.create(tmp_path / "化验 项目.gpkg", crs="EPSG:4546") as made:
        add_waste(made, "W1", kind="fly_ash", name="一电粉煤灰")
        yield made


def workbook(path: Path, **sheets: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def document(path: Path, *tables: list[list[object]]) -> Path:
    made = docx.Document()
    for rows in tables:
        width = max(len(r) for r in rows)
        table = made.add_table(len(rows), width)
        for i, row in enumerate(rows):
            for j, text in enumerate(row):
                table.cell(i, j).text = str(text)
    made.save(path)
    return path


def kept(project: Project) -> dict[tuple[str, str], tuple[float | None, bool, str, str]]:
    return {(v.sample, v.parameter): (v.value, v.below, v.unit, v.raw) for v in project.store.lab_values()}


def test_one_row_a_parameter(project: Project, tmp_path: Path) -> None:
    path = workbook(tmp_path / "报告 一.xlsx", 浸出=PARAMETERS)
    report = import_samples(project, path, Given(waste="W1"))
    found = kept(project)
    assert found["FA-1-01", "pH"] == (9.4, False, "-", "9.4")
    assert found["FA-1-01", "Hg"] == (0.00002, True, "mg/L", "ND(0.00002)")
    assert found["FA-1-02", "Hg"] == (0.00004, True, "mg/L", "0.00004L")
    assert found["FA-1-01", "Cr6"] == (0.004, True, "mg/L", "＜0.004")
    assert found["FA-1-02", "Cr6"] == (0.012, False, "mg/L", "0.012")
    assert found["FA-1-01", "Se"][:3] == (12.0, False, "µg/L")
    assert len(found) == report.added == 9
    assert [(s.cell, s.reason.key) for s in report.skipped] == [("G7", "lab.blank")]
    (one,) = {(v.method.split(";")[0], v.date) for v in project.store.lab_values()}
    assert one == ("HJ 557", "2026-09-30")
    assert {r["lab"] for r in project.store.rows("samples")} == {"某某检测公司"}
    assert [u.key for u in report.understood] == [
        "lab.parameters",
        "lab.columns",
        "lab.stated",
        "lab.stated",
        "lab.stated",
    ]


def test_a_later_table_says_what_the_first_left_open_of_a_sample(project: Project, tmp_path: Path) -> None:
    solid = [["样品编号", "铀-238(Bq/kg)", "钍-232(Bq/kg)", "钾-40(Bq/kg)"], ["FA-1-01", "90", "94", "222"]]
    import_samples(project, workbook(tmp_path / "放射.xlsx", 一=solid), Given(waste="W1"))
    (bare,) = project.store.rows("samples")
    assert (bare["lab"], bare["date"]) == (None, None)
    import_samples(project, workbook(tmp_path / "浸出.xlsx", 一=PARAMETERS), Given(waste="W1"))
    told = {r["code"]: r for r in project.store.rows("samples")}
    assert (told["FA-1-01"]["lab"], str(told["FA-1-01"]["date"])) == ("某某检测公司", "2026-09-30")
    project.store.undo()
    (again,) = project.store.rows("samples")
    assert (again["lab"], again["date"]) == (None, None)


def test_headings_of_two_rows_with_merged_cells(project: Project, tmp_path: Path) -> None:
    head = ["序号", "检测项目", "单位", "检测结果", "", "GB 8978-1996一级", "平均值"]
    names = ["", "", "", "FMH-1", "FMH-2", "", ""]
    values = [
        ["1", "总汞", "μg/L", "0.04L", "0.5", "50", "0.3"],
        ["2", "总铅", "mg/L", "5×10⁻³", "１．０", "1.0", "0.5"],
    ]
    book = workbook(tmp_path / "合并.xlsx", 浸出=[["HJ 557-2010"], head, names, *values])
    doubled = ["检测结果" if i == 4 else c for i, c in enumerate(head)]
    below = [n or h for n, h in zip(names, doubled, strict=True)]
    found = []
    for path in (book, document(tmp_path / "合并.docx", [["HJ 557-2010"], doubled, below, *values])):
        report = import_samples(project, path, Given(waste="W1", method="HJ 557", date="2026-10-01"))
        assert (report.added, report.skipped) == (4, [])
        found.append(kept(project))
        project.store.undo()
    assert found[0] == found[1]
    assert found[0]["FMH-1", "Pb"] == (0.005, False, "mg/L", "5×10⁻³")
    assert found[0]["FMH-2", "Pb"][:2] == (1.0, False)
    assert found[0]["FMH-1", "Hg"][:3] == (0.04, True, "µg/L")


def test_a_heading_merged_downwards_and_a_unit_over_several_parameters(project: Project, tmp_path: Path) -> None:
    rows = [["样品编号", "检测结果(mg/L)", "", "", "酸碱度"], ["", "铅", "镉", "汞(μg/L)", "pH"],
            ["S-1", "<0.05", "0.001", "ND", "8.1"]]  # fmt: skip
    path = workbook(tmp_path / "合并.xlsx", 浸出=rows)
    report = import_samples(project, path, Given(waste="W1", method="HJ 557", date="2026-10-01"))
    assert (report.added, report.skipped) == (4, [])
    units = {parameter: values[2] for (_, parameter), values in kept(project).items()}
    assert units == {"Pb": "mg/L", "Cd": "mg/L", "Hg": "µg/L", "pH": "-"}


@pytest.mark.parametrize("heading", ["GB 8978-1996一级", "Ⅱ类水标准（mg/L）", "GB/T 14848 限值", "平均值", "最大值"])
def test_limits_and_means_are_no_samples(project: Project, tmp_path: Path, heading: str) -> None:
    rows = [["项目", "单位", "GB-1号样", heading], ["总汞", "mg/L", "0.01", "0.05"], ["总铅", "mg/L", "0.1", "1.0"],
            ["总镉", "mg/L", "0.01", "0.1"]]  # fmt: skip
    path = workbook(tmp_path / "a.xlsx", 一=rows)
    import_samples(project, path, Given(waste="W1", method="HJ 557"))
    assert {v.sample for v in project.store.lab_values()} == {"GB-1号样"}


def test_one_row_a_sample_in_workbook_document_and_text(project: Project, tmp_path: Path) -> None:
    text = tmp_path / "横表.csv"
    text.write_text("\n".join(",".join(map(str, r)) for r in SAMPLES), encoding="gb18030")
    files = [workbook(tmp_path / "横表.xlsx", 结果=SAMPLES), document(tmp_path / "横表.docx", SAMPLES), text]
    results = []
    for file in files:
        report = import_samples(project, file, Given(method="HJ 557"))
        results.append((kept(project), [(s.cell, s.reason.key) for s in report.skipped]))
        project.store.undo()
        assert not project.store.lab_values()
    assert results[0] == results[1] == results[2]
    found, skipped = results[0]
    assert found["S1", "Pb"] == (12.0, False, "µg/L", "12")
    assert found["S2", "Cd"] == (0.001, True, "mg/L", "<0.001")
    assert found["S2", "Pb"] == (None, True, "µg/L", "ND")
    assert skipped == [("G3", "lab.blank")]


def test_nothing_is_guessed(project: Project, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", 一=SAMPLES)
    report = import_samples(project, path)
    assert report.added == 0
    assert {s.reason.key for s in report.skipped} == {"samples.no_method", "lab.blank"}
    again = import_samples(project, workbook(tmp_path / "b.xlsx", 一=PARAMETERS))
    assert again.added == 0
    assert {s.reason.key for s in again.skipped} == {"samples.waste"}
    no_units = [
        [c if i else str(c).split("(")[0].split("（")[0].split(" ")[0] for c in r] for i, r in enumerate(SAMPLES)
    ]
    units = import_samples(project, workbook(tmp_path / "c.xlsx", 一=no_units), Given(method="HJ 557"))
    assert {s.reason.key for s in units.skipped} == {"lab.no_unit", "lab.blank"}
    assert {v.parameter for v in project.store.lab_values()} == {"pH"}


def test_a_trial_writes_nothing_and_what_was_said_is_remembered(project: Project, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", 一=PARAMETERS)
    revision = project.store.revision
    trial = import_samples(project, path, Given(waste="W1"), trial=True)
    assert (trial.added, trial.to_json()["dry_run"], project.store.revision) == (9, True, revision)
    import_samples(project, path, Given(waste="W1"))
    assert project.store.revision == revision + 1
    later = [row[:] for row in PARAMETERS]
    later[2] = [*later[2][:5], "FA-2-01", "FA-2-02", "标准限值"]
    report = import_samples(project, workbook(tmp_path / "b.xlsx", 一=later))
    assert {s.reason.key for s in report.skipped} == {"samples.waste"}, "the next report may be of another waste"
    assert import_samples(project, tmp_path / "b.xlsx", Given(waste="W1")).added == 9
    project.store.undo()
    project.store.undo()
    assert import_samples(project, path, trial=True).added == 0


def test_columns_are_remembered_and_waste_and_test_are_asked_for_again(project: Project, tmp_path: Path) -> None:
    rows = [["A", "B", "C", "D"], *[[r[1], r[2], r[5], r[6]] for r in PARAMETERS[3:]]]
    path = workbook(tmp_path / "a.xlsx", 一=rows)
    roles = {"parameter": ["A"], "unit": ["B"], "values": ["C"]}
    import_samples(project, path, Given(waste="W1", method="HJ 557", roles=roles))
    again = import_samples(project, path)
    assert "lab.remembered" in [u.key for u in again.understood]
    assert {s.reason.key for s in again.skipped} == {"samples.waste"}
    solid = import_samples(project, path, Given(waste="W1"))
    assert {s.reason.key for s in solid.skipped} == {"samples.no_method"}, "the test is not taken from the last table"
    other = import_samples(project, path, Given(waste="W1", method="HJ/T 299"))
    assert other.added == 5
    assert {v.method for v in project.store.lab_values()} == {"HJ 557", "HJ/T 299"}


def test_columns_that_a_person_names(project: Project, tmp_path: Path) -> None:
    rows = [["A", "B", "C", "D"], *[[r[1], r[2], r[5], r[6]] for r in PARAMETERS[3:]]]
    path = workbook(tmp_path / "a.xlsx", 一=rows)
    roles = {"parameter": ["A"], "unit": ["B"], "values": ["C"]}
    report = import_samples(project, path, Given(waste="W1", method="HJ 557", roles=roles))
    assert {v.sample for v in project.store.lab_values()} == {"C"}
    assert report.added == 5
    for bad, key in (({"colour": ["A"]}, "samples.role"), ({"unit": ["1"]}, "samples.column_name")):
        with pytest.raises(Refused) as caught:
            import_samples(project, path, Given(waste="W1", roles=bad))
        assert caught.value.key == key


def test_several_tables_and_none(project: Project, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", 封面=[["某公司"]], 浸出=SAMPLES, 全量=SAMPLES)
    with pytest.raises(Refused) as caught:
        import_samples(project, path, Given(method="HJ 557"))
    assert (caught.value.key, caught.value.advice.facts["names"]) == ("samples.which_table", "浸出, 全量")
    assert import_samples(project, path, Given(method="HJ 557", table="浸出")).added == 7
    with pytest.raises(Missing):
        import_samples(project, path, Given(table="毒性"))
    with pytest.raises(Refused) as caught:
        import_samples(project, workbook(tmp_path / "b.xlsx", 一=[["a", "b"], ["1", "2"]]))
    assert caught.value.key == "samples.no_values"


def test_duplicates_are_named_with_their_cell(project: Project, tmp_path: Path) -> None:
    rows = [*SAMPLES, ["W1", "S1", "2026-10-01", "8.2", "0.002", "", ""]]
    report = import_samples(project, workbook(tmp_path / "a.xlsx", 一=rows), Given(method="HJ 557"))
    told = {s.cell: s.reason.key for s in report.skipped}
    assert (told["D4"], told["E4"], told["F4"]) == ("lab.known", "lab.conflict", "lab.blank")
    impossible = [SAMPLES[0], ["W1", "S9", "2026-10-01", "15", "-0.1", "1", "1"]]
    report = import_samples(project, workbook(tmp_path / "b.xlsx", 一=impossible), Given(method="HJ 557"))
    assert {s.cell: s.reason.key for s in report.skipped} == {"D2": "lab.impossible", "E2": "lab.negative"}


def test_formulas_need_their_saved_value(project: Project, tmp_path: Path) -> None:
    rows = [SAMPLES[0], ["W1", "S1", "2026-10-01", "8.2", "=0.5*0.002", "12", "1"]]
    with pytest.raises(Refused) as caught:
        import_samples(project, workbook(tmp_path / "a.xlsx", 一=rows), Given(method="HJ 557"))
    assert (caught.value.key, caught.value.what.facts["cell"]) == ("samples.formula", "E2")


def test_percent_cells_and_long_numbers_keep_their_meaning(project: Project, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["固废", "样品", "方法", "项目", "结果", "单位"])
    sheet.append(["W1", "S1", "HJ 761", "有机质", 0.0123, "%"])
    sheet["E2"].number_format = "0.0%"
    sheet.append(["W1", "S1", "HJ 557", "总汞", 0.00004123, "mg/L"])
    sheet["E3"].number_format = "0.00"
    book.save(tmp_path / "a.xlsx")
    import_samples(project, tmp_path / "a.xlsx")
    assert {k[1]: v[0] for k, v in kept(project).items()} == {"organic": 1.23, "Hg": 0.00004123}


def bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<a/>")
        archive.writestr("xl/sharedStrings.xml", b"\0" * 300_000_000)


def macros(path: Path) -> None:
    workbook(path, 一=SAMPLES)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")


def entities(path: Path) -> None:
    workbook(path, 一=SAMPLES)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/worksheets/sheet9.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')


@pytest.mark.parametrize(
    ("make", "error", "key"),
    [
        (bomb, Refused, "samples.zip_bomb"),
        (macros, Refused, "samples.macros"),
        (entities, Unreadable, "samples.damaged"),
        (lambda p: p.write_bytes(b"PK\x03\x04" + b"x" * 100), Unreadable, "samples.damaged"),
        (lambda p: p.write_bytes(b"\xd0\xcf\x11\xe0" + b"x" * 100), Refused, "samples.old_format"),
        (lambda p: zipfile.ZipFile(p, "w").writestr("a.txt", "x"), Refused, "samples.no_table"),
        (lambda p: p.write_bytes(workbook(p, 一=SAMPLES).read_bytes()[:900]), Unreadable, "samples.damaged"),
    ],
)
def test_hostile_and_damaged_files(
    project: Project, tmp_path: Path, make: object, error: type[AppError], key: str
) -> None:
    path = tmp_path / "坏 文件.xlsx"
    make(path)
    revision = project.store.revision
    with pytest.raises(error) as caught:
        import_samples(project, path, Given(waste="W1", method="HJ 557"))
    assert caught.value.key == key
    assert str(path) in caught.value.where
    assert project.store.revision == revision


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("总汞 (mg/L)", ("Hg", "mg/L")),
        ("总汞（μg/L）", ("Hg", "μg/L")),
        ("氟化物 mg/L", ("F", "mg/L")),
        ("pH", ("pH", "")),
        ("pH值（无量纲）", ("pH", "无量纲")),
        ("六价铬", ("Cr6", "")),
        ("铬(六价)", ("Cr6", "")),
        ("有机质(%)", ("organic", "%")),
        ("镭-226 Bq/kg", ("Ra226", "Bq/kg")),
        ("备注", None),
        ("", None),
    ],
)
def test_headings(text: str, found: tuple[str, str] | None) -> None:
    assert parameter_and_unit(text) == found


def test_cells_are_named_as_spreadsheets_do() -> None:
    assert [address(0, 0), address(6, 2), address(9, 26), address(9, 701), address(9, 702)] == [
        "A1", "C7", "AA10", "ZZ10", "AAA10"
    ]  # fmt: skip
    assert [column_number(c) for c in ("A", "c", "AA", "ZZ", "AAA")] == [0, 2, 26, 701, 702]
    assert [column_number(c) for c in ("", "1", "A1", "AAAA", "汞")] == [None] * 5
    assert find_layout(Grid("", (("a",), ("b",)))) is None
