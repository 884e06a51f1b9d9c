"""The plan: own templates, contents, numbered captions; tags are filled in a sandbox."""

from __future__ import annotations

import zipfile
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from app.i18n import LANGUAGES, translator
from app.package.dossier.frozen import Frozen
from app.package.dossier.gather import gather
from app.package.dossier.record import PackageRecord
from app.package.dossier.report import built_in, check_template, report
from app.package.dossier.tables import all_tables
from app.package.dossier.template import template_bytes
from app.project import Project
from models.errors import Refused, Unreadable
from models.progress import Watch
from tests.app.package.dossier.world import STAMP, make_world

SAY = translator("zh_CN")


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> PackageRecord:
    world = make_world(tmp_path_factory.mktemp("world"))
    with Project.open(world, read_only=True) as project:
        still = Frozen(world, world, project, 3, frozenset(), {})
        return gather(still, None, STAMP, language="zh_CN", shared_numbers=False, watch=Watch())


def word(data: bytes) -> Any:
    return import_module("docx").Document(BytesIO(data))


def template(path: Path, *texts: str) -> Path:
    document = import_module("docx").Document()
    for text in texts:
        document.add_paragraph(text, style="Caption" if "_no" in text else None)
    document.save(str(path))
    return path


def made(record: PackageRecord, path: Path | None = None) -> bytes:
    return report(record, all_tables(record, SAY), [], [], SAY, template=path)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_shipped_templates_are_those_that_the_maker_makes(language: str) -> None:
    def parts(data: bytes) -> dict[str, bytes]:
        with zipfile.ZipFile(BytesIO(data)) as file:
            return {n: file.read(n) for n in file.namelist()}

    assert parts(built_in(language).read_bytes()) == parts(template_bytes(language))


def test_contents_and_captions_are_fields_that_show_something_already(record: PackageRecord) -> None:
    document = word(made(record))
    xml = document.element.xml
    headings = [p.text for p in document.paragraphs if p.style.name == "Heading 1"]
    entries = [
        "".join(t.text or "" for t in p._p.iter("{*}t")) for p in document.paragraphs if p.style.name.lower() == "toc 1"
    ]
    assert entries == headings
    assert headings[0] == "1 项目概况"
    captions = [p.text for p in document.paragraphs if p.style.name == "Caption"]
    assert [c.split()[0:2] for c in captions] == [["表", str(i)] for i in range(1, len(captions) + 1)]
    assert xml.count("SEQ Table") == len(captions) > 10
    assert "TOC \\o" in xml
    assert "\ue000" not in xml
    assert "{{" not in xml
    assert "{%" not in xml


def test_the_list_of_what_is_missing_stands_before_the_first_chapter(record: PackageRecord) -> None:
    texts = [p.text for p in word(made(record)).paragraphs]
    first = texts.index("1 项目概况")
    said = texts.index("待补充内容清单")
    assert said < first
    assert all(n.render(SAY) in texts[said:first] for n in record.missing)


def test_a_template_of_the_user_s_own(record: PackageRecord, tmp_path: Path) -> None:
    path = template(tmp_path / "own.docx", "{{ project }} / {{ unit }}",
                    "{% for r in volumes %}{{ r.code }};{% endfor %}",
                    "{{ table_no }} 表", "{{ figure_no }} 图", "{{ table_no }} 又一表")  # fmt: skip
    texts = [p.text for p in word(made(record, path)).paragraphs]
    assert texts == ["试验工程 / 【待填写】", "SK-001;SK-002;合计;", "表 1  表", "图 1  图", "表 2  又一表"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{ nonsense }}", "nonsense"),
        ("{% for x in %}", "template"),
        ("{{ project.__class__.__mro__ }}", "unsafe"),
        ("{{ ''.__class__.__base__.__subclasses__() }}", "unsafe"),
        ("{% include '/etc/passwd' %}", ""),
        ("{{ range(10000000) | list }}", ""),
    ],
)
def test_a_template_that_cannot_be_filled_is_refused_and_runs_nothing(
    record: PackageRecord, tmp_path: Path, text: str, said: str
) -> None:
    path = template(tmp_path / "bad.docx", text)
    with pytest.raises(Refused, match="cannot be filled") as refusal:
        made(record, path)
    assert said in str(refusal.value)
    assert refusal.value.where == str(path)


def test_what_is_no_word_document_is_told_before_work_begins(tmp_path: Path) -> None:
    for name, data in (("a.docx", b"no zip"), ("b.docx", b"")):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(Unreadable, match="Word"):
            check_template(tmp_path / name)
    with zipfile.ZipFile(tmp_path / "c.docx", "w") as file:
        file.writestr("word/other.xml", "x")
    with pytest.raises(Unreadable, match="Word"):
        check_template(tmp_path / "c.docx")
