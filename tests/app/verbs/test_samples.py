"""Laboratory tables into the project."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import shapely

from app.project import Project
from app.verbs.samples import SamplesReport, import_samples
from app.verbs.waste import add_waste
from models.changes import Insert, Update
from models.errors import AppError, Missing, Refused, Unreadable
from models.notices import Notice

HEAD = "waste,sample,date,method,parameter,value,unit\n"
CHINESE = "固废,样品,日期,方法,项目,结果,单位\n"


@pytest.fixture
def project(project_file: Path) -> Iterator[Project]:
    with Project.open(project_file) as opened:
        add_waste(opened, "W1", kind="fly_ash", name="一电粉煤灰")
        yield opened


def take(project: Project, tmp_path: Path, text: str, encoding: str = "utf-8") -> SamplesReport:
    path = tmp_path / "检测 数据.csv"
    path.write_bytes(text.encode(encoding))
    return import_samples(project, path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_chinese_tables_in_their_encodings(project: Project, tmp_path: Path, encoding: str) -> None:
    report = take(project, tmp_path, CHINESE + "W1,样1,2026/10/1,HJ557-2010,总汞,＜0.00004,ｍｇ／Ｌ\n", encoding)
    assert (report.added, report.skipped) == (1, [])
    (kept,) = project.store.lab_values("W1")
    assert (kept.parameter, kept.value, kept.below, kept.unit, kept.raw) == ("Hg", 0.00004, True, "mg/L", "＜0.00004")
    assert (kept.sample, kept.date, kept.method, kept.row) == ("样1", "2026-10-01", "HJ557-2010", 2)


def test_is_one_undo_step_with_its_samples(project: Project, tmp_path: Path) -> None:
    head = HEAD.strip() + ",place,lab,cma\n"
    take(
        project,
        tmp_path,
        head + "W1,S1,2026-10-01,HJ 557,pH,9.4,-,三号灰场,某检测公司,是\nW1,S1,,HJ 557,Hg,ND,mg/L,,,\n",
    )
    (sample,) = project.store.rows("samples", waste="W1")
    assert (sample["code"], sample["place"], sample["lab"], sample["cma"]) == ("S1", "三号灰场", "某检测公司", True)
    assert len(project.store.lab_values()) == 2
    project.store.undo()
    assert project.store.lab_values() == []
    assert project.store.rows("samples") == []


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("W2,S1,,HJ 557,Hg,1,mg/L", "no waste W2"),
        ("W1,,,HJ 557,Hg,1,mg/L", "sample has no name"),
        ("W1,S1,,HJ 557,Xx,1,mg/L", "parameter Xx is not known"),
        ("W1,S1,,HJ 557,Hg,1,", "no unit"),
        ("W1,S1,,HJ 557,Hg,1,ppm", "unit ppm is not understood"),
        ("W1,S1,,HJ 557,Hg,,mg/L", "no value"),
        ("W1,S1,,HJ 557,Hg,abc,mg/L", "not understood as a value"),
        ("W1,S1,,HJ 557,Hg,-0.1,mg/L", "Hg cannot be negative"),
        ("W1,S1,,HJ 557,pH,15,-", "pH cannot be 15"),
        ("W1,S1,,,Hg,1,mg/L", "leach test of Hg is not stated"),
        ("W1,S1,,HJ 557/HJ/T 299,Hg,1,mg/L", "two leach tests"),
        ("W1,S1,,HJ 557,Th232,100,Bq/kg", "does not fit the leach test"),
        ("W1,S1,,HJ 761,Hg,1,mg/L", "does not fit HJ 761"),
        ("W1,S1,2026-13-01,HJ 557,Hg,1,mg/L", "date 2026-13-01"),
        ("W1,S1", "parameter ? is not known"),
        ("W1,S1,,HJ 557,pH,7,1,-", "more cells than the heading"),
        ("W1,S1,,HJ 557,Pb,2e6,mg/L", "Pb cannot be"),
    ],
)
def test_unusable_rows_are_named_and_the_rest_taken(project: Project, tmp_path: Path, row: str, words: str) -> None:
    report = take(project, tmp_path, HEAD + "W1,S0,2026-10-01,HJ 557,Cd,0.01,mg/L\n\n" + row + "\n")
    assert report.added == 1
    (skipped,) = report.skipped
    assert skipped.row == 4
    assert words in skipped.reason.render()


def test_again_is_skipped_and_another_value_is_a_conflict(project: Project, tmp_path: Path) -> None:
    take(project, tmp_path, HEAD + "W1,S1,2026-10-01,HJ 557,Cd,0.01,mg/L\n")
    before = project.store.revision
    report = take(
        project, tmp_path, HEAD + "W1,S1,2026-10-01,HJ557-2010,镉,10,ug/L\nW1,S1,2026-10-01,HJ 557,Cd,0.02,mg/L\n"
    )
    assert (report.added, report.updated, project.store.revision) == (0, 0, before)
    assert [s.reason.key for s in report.skipped] == ["lab.known", "lab.conflict"]
    assert project.store.lab_values()[0].value == 0.01


def test_another_leach_test_of_the_sample_is_another_value(project: Project, tmp_path: Path) -> None:
    tests = ("HJ 557,Cd,0.01,mg/L", "HJ/T 299,Cd,0.3,mg/L", "HJ 781,Cd,3,mg/kg")
    rows = "\n".join(f"W1,S1,2026-10-01,{t}" for t in tests)
    assert take(project, tmp_path, HEAD + rows).added == 3


def test_remarks(project: Project, tmp_path: Path) -> None:
    rows = "W1,S1,2999-01-01,HJ 557,Cd,0.01,mg/L\nW1,S1,2026-10-01,HJ 766,Pb,0.01,mg/L\nW1,S1,,,organic,1,%\n"
    report = take(project, tmp_path, HEAD + rows)
    assert report.added == 3
    assert [w.key for w in report.warnings] == [
        "samples.future",
        "samples.unknown_test",
        "samples.no_method",
        "samples.undated",
    ]


def test_report_is_the_contract(project: Project, tmp_path: Path) -> None:
    answer = take(project, tmp_path, HEAD + "W2,S1,,HJ 557,Hg,1,mg/L\n").to_json()
    assert answer == {
        "added": 0, "updated": 0, "warnings": [], "encoding": "UTF-8",
        "skipped": [{"row": 2, "cell": "", "reason": "there is no waste W2 in the project; known: W1"}],
        "understood": [], "dry_run": False,
    }  # fmt: skip


def test_blank_lines_above_and_empty_cells_behind_are_no_matter(project: Project, tmp_path: Path) -> None:
    report = take(project, tmp_path, "\n,,\n" + HEAD + "W1,S1,2026-10-01,HJ 557,Cd,0.01,mg/L,,\n")
    assert (report.added, report.skipped) == (1, [])
    assert project.store.lab_values("W1")[0].row == 4


@pytest.mark.parametrize("delimiter", ["\t", ";", "，"])
def test_other_delimiters(project: Project, tmp_path: Path, delimiter: str) -> None:
    text = (HEAD + "W1,S1,2026-10-01,HJ 557,Cd,0.01,mg/L\n").replace(",", delimiter)
    assert take(project, tmp_path, text).added == 1


@pytest.mark.parametrize(
    ("data", "error", "words"),
    [
        (b"", Refused, "empty"),
        (HEAD.encode(), Refused, "no rows"),
        (b"waste,sample\nW1,S1\n", Refused, "columns method, parameter, value, unit are missing"),
        (HEAD.replace("date", "单位").encode() + b"W1,S1,,,,,\n", Refused, "two columns"),
        (b"PK\x03\x04xlsx", Unreadable, "damaged"),
        (HEAD.encode() + b"W1,S1,,," + b"x" * 200_000, Unreadable, "not a CSV"),
        (b"\x81", Unreadable, "neither UTF-8 nor GB18030"),
    ],
)
def test_files_that_are_no_table(
    project: Project, tmp_path: Path, data: bytes, error: type[AppError], words: str
) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(data)
    before = project.store.revision
    with pytest.raises(error, match=words):
        import_samples(project, path)
    assert project.store.revision == before


def test_no_file(project: Project, tmp_path: Path) -> None:
    with pytest.raises(Missing):
        import_samples(project, tmp_path / "nowhere.csv")


def test_samples_of_a_site_say_whether_they_are_water_or_soil(project: Project, tmp_path: Path) -> None:
    pit = {"code": "SK-9", "name": "坑", "geometry": shapely.box(500000, 4500000, 500100, 4500100)}
    project.store.transact(Notice("t", "pit"), [Insert("sand_pits", pit)])
    table = tmp_path / "本底.csv"
    lines = [
        "waste,sample,date,method,parameter,value,unit",
        "SK-9,JC-1,2026-10-01,地下水 HJ 84,F,1.4,mg/L",
        "SK-9,T-1,2026-10-01,土壤 HJ 803,As,12,mg/kg",
        "SK-9,T-1,2026-10-01,HJ 962,pH,8.1,-",
        "SK-9,T-1,2026-10-01,HJ 557,F,1.0,mg/L",
    ]
    table.write_text("\n".join(lines), encoding="utf8")
    report = import_samples(project, table)
    assert report.added == 2
    assert [s.row for s in report.skipped] == [4, 5]
    assert [v.parameter for v in project.store.lab_values("SK-9")] == ["F", "As"]
    assert not [p for p in project.store.check() if p.key == "row.orphan"]
    fid = next(f for f in project.store.rows("sand_pits", code="SK-9"))["fid"]
    project.store.transact(Notice("t", "rename"), [Update("sand_pits", fid, {"code": "SK-10"})])
    assert len(project.store.lab_values("SK-10")) == 2
