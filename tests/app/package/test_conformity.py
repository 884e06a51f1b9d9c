"""The conformity table read back: every rule once, the same in Word and Excel, and no text that acts."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import docx
import openpyxl
import pytest

from app.i18n import translator
from app.package.conformity import Conformity, conformity, sample_line
from app.package.conformity_files import clean, write_conformity
from app.project import Project
from app.sample.build import build_sample
from app.verbs.conformity import conformity_of, make_conformity
from app.verbs.rule_edits import edit_rule
from app.verbs.screen import screen
from models.errors import Missing, Refused, Unwritable
from models.notices import Notice
from models.screening import Finding, Screening
from models.site import Site
from models.waste import Waste

HOSTILE = '=HYPERLINK("http://x") <b>&\x07 \ud800 换行\n+1'


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_sample(tmp_path_factory.mktemp("示例 符合性"))


def rows_of(paper: Conformity) -> list[str]:
    return [r.rule for _title, rows in paper.steps for r in rows]


def test_word_and_excel_say_the_same_of_every_rule(sample: Path, tmp_path: Path) -> None:
    with Project.open(sample, read_only=True) as project:
        (answer,) = screen(project, ["FA-02"], ["SK-001"], store=False)
        word, excel = tmp_path / "符合性 分析.docx", tmp_path / "符合性 分析.xlsx"
        paper = make_conformity(project, "FA-02", "SK-001", word)
        make_conformity(project, "FA-02", "SK-001", excel)
    assert sorted(rows_of(paper)) == sorted(f.rule for f in answer.findings)
    document = docx.Document(word)
    from_word = [[c.text for c in r.cells] for t in document.tables[1:] for r in t.rows[1:]]
    sheet = openpyxl.load_workbook(excel).active
    table = [[str(c or "") for c in r] for r in sheet.iter_rows(values_only=True)]
    from_excel = [r for r in table if r[0].isdigit()]
    assert from_word == from_excel
    assert [r[1] for r in from_word] == rows_of(paper)
    text = "\n".join(p.text for p in document.paragraphs)
    assert "不代替任何审批" in text
    assert "需评估" in text
    assert "gb_18599_2020 1.1" in document.tables[0].rows[6].cells[1].text
    assert sheet.freeze_panes
    assert sheet.print_title_rows


def test_recalled_is_shown_as_recalled(sample: Path) -> None:
    with Project.open(sample, read_only=True) as project:
        paper = conformity_of(project, "FA-02", "SK-001")
        english = conformity_of(project, "FA-02", "SK-001", language="en")
    by_rule = {r.rule: r for _t, rows in paper.steps for r in rows}
    assert by_rule["RAD-02"].confidence == "R  凭记忆，未核对"
    assert by_rule["CL-02"].confidence.startswith("V  ")
    assert by_rule["CL-02"].clause == "GB 18599-2020  3.6, 3.7"
    assert by_rule["CL-01-Hg"].clause == "GB 8978-1996  表1 序号1"
    assert (by_rule["CL-02"].value, by_rule["CL-02"].limit, by_rule["CL-02"].margin) == ("11.7", "6–9", "−180 %")
    assert english.title == "Conformity analysis"
    assert rows_of(english) == rows_of(paper)


def paper_with(text: str) -> Conformity:
    finding = Finding("A-1", "does_not_meet", "<0.05", "mg/L", 0.01, "<=", text, "4", text, "R", "REJECT",
                      Notice("x", "{what}", what=text), title="t", method=text)  # fmt: skip
    answer = Screening("W", "P", (("p", "1"),), "reject", None, (finding,), "2026-11-01T00:00:00+00:00")
    waste, site = Waste("W", text, "fly_ash", producer=text), Site("u", "P", text, "sand_pits", None, "EPSG:4546", True)
    return conformity(answer, waste, site, {}, translator("en"), kind="coal fly ash", project=text)


@pytest.mark.parametrize("name", ["a.docx", "a.xlsx"])
def test_texts_are_texts(tmp_path: Path, name: str) -> None:
    write_conformity(paper_with(HOSTILE), tmp_path / name)
    with zipfile.ZipFile(tmp_path / name) as archive:
        inside = b"".join(archive.read(n) for n in archive.namelist() if n.endswith(".xml"))
        assert b"<f>" not in inside
        links = b"".join(archive.read(n) for n in archive.namelist() if n.endswith(".rels"))
        assert b"http://x" not in links
    if name.endswith("xlsx"):
        sheet = openpyxl.load_workbook(tmp_path / name).active
        assert {c.data_type for r in sheet.iter_rows() for c in r if c.value is not None} == {"s", "n"}
        assert clean(HOSTILE) in [c.value for r in sheet.iter_rows() for c in r]
    else:
        texts = [c.text for t in docx.Document(tmp_path / name).tables for r in t.rows for c in r.cells]
        assert any(t.startswith("=HYPERLINK") for t in texts)


def test_what_is_refused_leaves_the_old_file(sample: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.docx"
    out.write_text("old")
    with Project.open(sample, read_only=True) as project:
        with pytest.raises(Missing):
            make_conformity(project, "NOPE", "SK-001", out)
        with pytest.raises(Refused):
            make_conformity(project, "FA-02", "SK-001", tmp_path / "a.pdf")
        with pytest.raises(Unwritable):
            make_conformity(project, "FA-02", "SK-001", tmp_path / "nowhere" / "a.docx")
    assert out.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.docx"]


def test_an_outcome_that_meets_needs_no_sentence() -> None:
    paper = paper_with("x")
    finding = Finding("A-1", "meets", 0.005, "mg/L", 0.01, "<=", "S", "4", "D", "V", None, Notice("x", "long sentence"))
    answer = Screening("W", "P", (), "accept", "I", (finding,), "2026-11-01T00:00:00+00:00")
    site = Site("u", "P", "", "sand_pits", None, "EPSG:4546", True)
    met = conformity(answer, Waste("W", "", "fly_ash"), site, {}, translator("en"), kind="k", project="p")
    assert met.steps[0][1][0].finding == "meets"
    assert met.missing == ()
    assert paper.missing
    assert replace(finding).margin == pytest.approx(0.5)


def test_samples_and_mended_rules_stand_in_the_paper(sample: Path) -> None:
    with Project.open(sample) as project:
        before = dict(conformity_of(project, "FA-02", "SK-001", language="en").facts)
        assert "rules changed or added in this project" not in before
        names = {r["code"] for r in project.store.rows("samples", waste="FA-02")}
        assert names
        assert all(name in before["samples"] for name in names)
        edit_rule(project, "gb_8978_1996", "CL-01-F", {"limit": "8"}, "stricter here")
        after = dict(conformity_of(project, "FA-02", "SK-001", language="en").facts)
        line = after["rules changed or added in this project"]
        assert line.startswith("gb_8978_1996 1.0+1: CL-01-F")
        assert "stricter here" in line
        project.store.undo()


def test_a_sample_in_a_line() -> None:
    english = translator("en")
    row = {"code": "S1", "date": "2026-10-12", "place": "", "lab": "某公司", "cma": True}
    assert sample_line(row, english).split("  ")[0::2] == ["S1", "某公司"]
    assert sample_line(row, english).endswith("CMA")
    bare = sample_line({"code": "S2", "date": None, "place": None, "lab": "", "cma": None}, english)
    assert bare == "S2  no date  laboratory not stated  CMA mark not stated"
