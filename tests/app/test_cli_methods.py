"""The commands earthwork and why, as a user runs them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import rasterio

from app.cli import main
from tests.app.conftest import GROUND_M, PIT_M3, X0, Y0


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


def test_what_follows_an_estimate_stays_on_its_terrain(
    ready: Path, dem_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not on the one that would be chosen anew: a curve that ends at another volume than the estimate misleads."""
    deeper = dem_file.with_name("deeper.tif")
    with rasterio.open(dem_file) as source:
        profile, z = source.profile, source.read()
    with rasterio.open(deeper, "w", **profile) as out:
        out.write(GROUND_M - 2 * (GROUND_M - z))
    run(capsys, "terrain", "add", ready, deeper, "--name", "surer", "--sigma-z", "0.01", "--range", "30")
    line = ("estimate", ready, "--all", "--level", GROUND_M, "--json")
    (e,) = run(capsys, *line)["estimates"]
    assert e["terrain"]["name"] == "surer"
    (e,) = run(capsys, *line, "--terrain", "t")["estimates"]
    assert e["fill_m3"] == pytest.approx(PIT_M3, rel=0.01)
    curve = run(capsys, "curve", ready, "--site", "SK-001", "--at", GROUND_M, "--json")
    assert (curve["terrain"], curve["reference"], curve["over"]) == ("t", "level", None)
    assert curve["rows"][-1]["volume_m3"] == pytest.approx(e["fill_m3"], rel=1e-9)
    assert curve["levels"][0]["fill_m3"] == pytest.approx(e["fill_m3"], rel=1e-6)
    for command in ("spill", "why", "earthwork", "section"):
        assert run(capsys, command, ready, "--site", "SK-001", "--json")["terrain"] == "t", command
    for command in ("curve", "why", "earthwork"):
        text = run(capsys, "--lang", "en", command, ready, "--site", "SK-001")
        assert "SK-001: terrain t, reference level" in text, command


def test_the_methods_take_the_surfaces_that_an_estimate_takes(ready: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Above all the options that a refusal names: `graded needs --fall` of a command without --fall is a dead end."""
    at = f"{X0 + 30},{Y0 - 60}"
    run(capsys, "rim", "raise", ready, "--site", "SK-001", "--at", at, "--length", 20, "--by", 1)
    for line in (
        ("--reference", "graded", "--level", GROUND_M, "--fall", 2, "--azimuth", 90),
        ("--crown", "--fall", 5, "--level", GROUND_M),
        ("--over", "rim_surface"),
    ):
        (e,) = run(capsys, "estimate", ready, "--all", "--terrain", "t", *line, "--json")["estimates"]
        for command in ("earthwork", "why"):
            found = run(capsys, command, ready, "--site", "SK-001", "--terrain", "t", *line, "--json")
            assert found["fill_m3"] == pytest.approx(e["fill_m3"], rel=1e-12), (command, line)
            assert found["reference"] == e["reference"]["key"]
    assert found["over"] == "rim_surface"
    text = run(capsys, "--lang", "en", "earthwork", ready, "--site", "SK-001", "--reference", "edited_rim")
    assert "reference edited_rim (spill)" in text, "what is laid over the rim is said where nobody chose it"


def test_rim_edits_that_changed_since_the_estimate_are_told(ready: Path, capsys: pytest.CaptureFixture[str]) -> None:
    at = f"{X0 + 30},{Y0 - 60}"
    run(capsys, "rim", "lower", ready, "--site", "SK-001", "--at", at, "--length", 20, "--by", 1)
    (e,) = run(capsys, "estimate", ready, "--all", "--over", "spill", "--json")["estimates"]
    assert run(capsys, "check", ready, "--json")["problems"] == []
    run(capsys, "rim", "remove", ready, "--site", "SK-001", 1)
    document = run(capsys, "--lang", "en", "check", ready, "--json")
    assert document["ok"], "the estimate is sound, of the rim as it was"
    (problem,) = document["problems"]
    assert problem["severity"] == "warning"
    assert "the rim edits of SK-001 changed since its estimate" in problem["message"]
    for command in ("curve", "why", "earthwork"):
        found = run(capsys, "--lang", "en", command, ready, "--site", "SK-001", "--json")
        said = found.get("warnings") or found.get("notices")
        assert any("the rim edits of SK-001 changed" in w for w in said), command
    assert found["fill_m3"] == pytest.approx(e["fill_m3"], rel=1e-12)
    assert "sound" in run(capsys, "--lang", "en", "check", ready)
    assert "(estimates )" not in run(capsys, "--lang", "en", "check", ready)
