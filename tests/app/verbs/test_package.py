"""Commands and verbs of the package: boundary points as a file, the template, the package by the command line."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import ezdxf
import pytest

from app.cli import main
from app.project import Project
from app.verbs.package import Dialect, write_boundary, write_template
from models.errors import Refused
from tests.app.package.dossier.world import STAMP, make_world


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_world(tmp_path_factory.mktemp("world"))


def test_boundary_points_as_txt_xlsx_and_dxf(world: Path, tmp_path: Path) -> None:
    with Project.open(world, read_only=True) as project:
        for name in ("a.txt", "a.xlsx", "a.dxf"):
            record = write_boundary(
                project, ["SK-001"], tmp_path / name, dialect=Dialect("UTF-8", zone_prefix=False), stamp=STAMP
            )
    points = [(p.number, p.x_north, p.y_east) for p in record.sites[0].points]
    lines = (tmp_path / "a.txt").read_text(encoding="utf8").splitlines()[-5:-1]
    assert [(n, float(x), float(y)) for n, _r, x, y in (t.split(",") for t in lines)] == points
    rows = import_module("openpyxl").load_workbook(tmp_path / "a.xlsx").active.iter_rows(min_row=5, values_only=True)
    assert [(r[3], r[4], r[5] - 37e6) for r in rows] == points
    space = ezdxf.readfile(tmp_path / "a.dxf").modelspace()
    assert [t.dxf.text for t in space.query("TEXT")] == ["J1", "J2", "J3", "J4", "SK-001 一号 <坑> & 塘"]
    (outline,) = space.query("LWPOLYLINE")
    assert [(y, round(x - 37e6, 3)) for x, y in outline.get_points("xy")] == [(x, y) for _n, x, y in points]


def test_boundary_refuses_other_endings(world: Path, tmp_path: Path) -> None:
    with Project.open(world, read_only=True) as project, pytest.raises(Refused, match=r"\.txt"):
        write_boundary(project, None, tmp_path / "a.gpkg")


def test_the_template_is_written_once(tmp_path: Path) -> None:
    path = write_template(tmp_path / "模板.docx")
    assert import_module("docx").Document(str(path)).paragraphs
    with pytest.raises(Refused, match="already"):
        write_template(path)
    with pytest.raises(Refused, match=r"\.docx"):
        write_template(tmp_path / "a.txt")


def test_the_commands(world: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def run(*arguments: Any) -> tuple[int, str, str]:
        code = main([str(a) for a in arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    code, text, _err = run("boundary", world, "--all", "--out", tmp_path / "b.txt", "--shared-numbers", "--json")
    document = json.loads(text)
    assert code == 0
    assert [p["point"] for p in document["points"]] == [f"J{i}" for i in range(1, 9)]
    assert document["sites"] == {"SK-001": 3600.0, "SK-002": 3600.0}
    out = tmp_path / "成果"
    code, text, _err = run(
        "package", world, "--site", "SK-002", "--out", out, "--no-sheets", "--stamp", "2026-11-26T08:30:00", "--json"
    )
    document = json.loads(text)
    assert code == 0
    assert document["stamp"] == "2026-11-26T08:30:00+00:00"
    assert {f["role"] for f in document["files"]} == {
        "report", "tables", "boundary_table", "boundary_txt", "drawing", "geopackage", "page",
    }  # fmt: skip
    assert all((out / f["path"]).is_file() for f in document["files"])
    assert run("package", world, "--out", out)[0] == 2
    code, _text, err = run("package", world, "--all", "--out", out, "--kind", "nonsense")
    assert code == 1
    assert err.startswith("error: ")
    assert run("report-template", tmp_path / "t.docx")[0] == 0
