"""The import command and the datum parameters as scripts use them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import shapely

from app.cli import main
from app.project import Project
from app.verbs import import_, import_memory
from tests.gis.formats.making import made_raw

X, Y = 389800.0, 4497400.0
HOME = "EPSG:4546"
Run = Callable[..., tuple[int, str, str]]
SPIKE = shapely.Polygon([(X, Y), (X + 9, Y), (X + 9, Y + 9), (X + 20, Y + 9), (X + 9, Y + 9), (X, Y + 9)])


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    monkeypatch.setenv("HUITIAN_HOME", str(tmp_path / "home"))

    def go(*words: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(["--lang", "en", *map(str, words)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return go


@pytest.fixture
def file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Path]:
    """A file whose reader's answer is made here."""

    def put(raw: object) -> Path:
        for module in (import_, __import__("gis.formats.read", fromlist=["read"])):
            monkeypatch.setattr(module, "read_raw", lambda *_a, **_k: raw)
        return tmp_path / "f.shp"

    return put


def test_the_account_names_rule_and_areas_and_is_kept(run: Run, file: Callable[..., Path], project_file: Path) -> None:
    path = file(made_raw([SPIKE, None], HOME, code=["A", "B"]))
    kept = project_file.with_name("account.csv")
    code, out, _err = run("import", project_file, path, "--layer", "sand_pits", "--report", kept)
    assert code == 0
    assert "added 1, updated 0, repaired 1, skipped 1" in out
    assert "repaired row 1: " in out
    assert "(81.00 → 81.00 m²)" in out
    assert "skipped row 2: it has no outline" in out
    assert "millimetre grid" in out
    assert len(kept.read_text("utf-8-sig").splitlines()) == 4
    code, _out, err = run("import", project_file, path, "--layer", "sand_pits", "--report", kept)
    assert (code, "already" in err) == (1, True)  # asked before anything is done
    with Project.open(project_file, read_only=True) as opened:
        assert opened.store.codes("sand_pits") == {"A"}


def test_taken_codes_and_the_memory_of_fields(run: Run, file: Callable[..., Path], project_file: Path) -> None:
    raw = made_raw([SPIKE], HOME, k=["A"])
    path = file(raw)
    import_memory.remember(raw, "sand_pits", {"k": "code"})
    plain = ("import", project_file, path, "--layer", "sand_pits", "--json")
    assert json.loads(run(*plain, "--fields-as-last")[1])["codes"] == ["A"]
    code, _out, err = run(*plain, "--fields-as-last")
    assert (code, "--duplicates" in err) == (1, True)
    again = json.loads(run(*plain, "--fields-as-last", "--duplicates", "add")[1])
    assert again["renumbered"] == [{"row": 1, "was": "A", "code": "SK-001"}]
    assert again["tolerance_m"] == 0.002
    assert again["repaired"][0]["rule"] == "spike"


def test_an_old_datum_comes_in_once_the_project_has_its_parameters(
    run: Run, file: Callable[..., Path], project_file: Path
) -> None:
    path = file(made_raw([SPIKE], "EPSG:2382", code=["A"]))
    code, _out, err = run("import", project_file, path, "--layer", "sand_pits")
    assert (code, "another datum" in err) == (1, True)
    wrong = ("crs", "add", project_file, "Q", "--from", "xian1980", "--values", "1,2,3")
    assert run(*wrong)[0] == 1
    assert run(*wrong[:-1], "1,2,x")[0] == 2
    code, out, _err = run("crs", "add", project_file, "Q", "--from", "xian1980", "--values=100,-50,20,0.5,-0.3,1.1,2.5")
    assert (code, "kept" in out) == (0, True)
    answer = json.loads(run("import", project_file, path, "--layer", "sand_pits", "--json")[1])
    assert any("parameters “Q”: moved by" in w for w in answer["warnings"])
    shifts = json.loads(run("crs", "list", project_file, "--json")[1])["shifts"]
    assert [s["name"] for s in shifts] == ["Q"]
    assert run("crs", "remove", project_file, "Q")[0] == 0
    assert run("crs", "remove", project_file, "Q")[0] == 1


def test_degrees_that_may_be_packed_are_asked_for(run: Run, project_file: Path) -> None:
    path = project_file.with_name("a.csv")
    corners = [(109.4511, 40.3922), (109.4515, 40.3923), (109.4519, 40.3926), (109.4512, 40.3925)]
    path.write_text("code,L,B\n" + "".join(f"P-1,{lon:.6f},{lat:.6f}\n" for lon, lat in corners), "utf-8")
    words = ("import", project_file, path, "--layer", "sand_pits", "--crs", "EPSG:4490")
    code, _out, err = run(*words)
    assert code == 1
    assert "109.4515°, 40.3924°" in err
    assert "109.7542°, 40.6567°" in err
    assert "--degrees packed" in err
    code, _out, err = run(*words, "--degrees", "packed")
    assert code == 0
    assert "as stated" in err
    with Project.open(project_file) as opened:
        xy = shapely.get_coordinates(opened.store.read("sand_pits").to_crs(4490).geometry.iloc[-1])
    # 109°45′11″ to 109°45′19″, 40°39′22″ to 40°39′26″
    assert xy.min(axis=0) == pytest.approx([109 + 2711 / 3600, 40 + 2362 / 3600], abs=1e-7)
    assert xy.max(axis=0) == pytest.approx([109 + 2719 / 3600, 40 + 2366 / 3600], abs=1e-7)
