"""The commands earthwork and why, as a user runs them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.cli import main
from tests.app.conftest import GROUND_M, PIT_M3


@pytest.fixture
def ready(
    project_file: Path, dem_file: Path, add_site: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> Path:
    add_site("SK-001")
    assert main(["terrain", "add", str(project_file), str(dem_file), "--name", "t"]) == 0
    capsys.readouterr()
    return project_file


def run(capsys: pytest.CaptureFixture[str], *line: object, want: int = 0) -> Any:
    code = main([str(a) for a in line])
    out, err = capsys.readouterr()
    assert code == want, err
    return json.loads(out) if "--json" in line else out + err


def test_earthwork(ready: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "表.xlsx"
    line = ("earthwork", ready, "--site", "SK-001", "--level", GROUND_M, "--side", 2)
    document = run(capsys, *line, "--out", out, "--json")
    assert document["grid"]["fill_m3"] == pytest.approx(PIT_M3, rel=0.01)
    assert document["grid"]["side_m"] == 2
    assert document["grid"]["squares"][0]["working_m"]
    assert document["sections"]["rows"][0]["station_m"] == 0
    assert document["path"] == str(out)
    assert out.is_file()
    text = run(capsys, *line)
    assert "grid method" in text
    assert "900 squares of 2 m" in text
    assert "exists" in run(capsys, *line, "--out", out, want=1)
    run(capsys, *line, "--out", tmp_path / "x.docx", want=1)
    run(capsys, *line, "--paper", "B7", want=2)
    run(capsys, "sheet", ready, "--site", "SK-001", "--kind", "earthwork_grid", "--out", tmp_path / "s.pdf")
    assert (tmp_path / "s.pdf").is_file()


def test_why(ready: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = run(capsys, "why", ready, "--site", "SK-001", "--level", GROUND_M - 1, "--json")
    assert {"cell_centre", "all_touched", "tin", "grid", "sections", "net"} <= {
        r["key"] for r in document["conventions"]
    }
    text = run(capsys, "why", ready, "--site", "SK-001")
    assert "QGIS" in text
    assert "this program" in text
    run(capsys, "why", ready, "--site", "nobody", want=1)


def test_estimate_shows_the_checks(ready: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (e,) = run(capsys, "estimate", ready, "--all", "--level", GROUND_M, "--json")["estimates"]
    assert [c["method"] for c in e["checks"]] == ["tin", "grid", "sections"]
    assert "TIN / grid / sections %" in run(capsys, "estimate", ready, "--all", "--level", GROUND_M)
