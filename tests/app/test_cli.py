from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import rasterio
import shapely

from app.cli import main
from tests.app.conftest import GROUND_M, PIT_M3, X0, Y0, pit_outline

ROOT = Path(__file__).resolve().parents[2]
Run = Callable[..., Any]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process; returns the JSON document, or what it said."""

    def call(*arguments: object, want: int = 0) -> Any:
        code = main([str(a) for a in arguments])
        out, err = capsys.readouterr()
        assert code == want, err
        assert "Traceback" not in err
        assert "unexpected" not in err
        if want:
            assert err.startswith("error: ")
            assert err.count("\n") == 1
            return err
        return json.loads(out) if "--json" in arguments else out + err

    return call


@pytest.fixture
def ready(run: Run, project_file: Path, dem_file: Path, add_site: Callable[..., None]) -> Path:
    add_site("SK-001")
    run("terrain", "add", project_file, dem_file, "--name", "t", "--sigma-z", "0.1", "--range", "30")
    return project_file


def test_the_closed_form_comes_back(run: Run, ready: Path) -> None:
    answer = run("estimate", ready, "--all", "--reference", "level", "--level", GROUND_M, "--json")
    (e,) = answer["estimates"]
    assert answer["refused"] == []
    assert e["fill_m3"] == pytest.approx(PIT_M3, rel=2e-3)
    assert e["fill_m3"] == pytest.approx(e["waste_m3"] + e["cover_m3"] + e["base_m3"], rel=1e-12)
    assert e["interval95"]["fill_m3"] > 0
    assert e["tonnage_t"] is None


def test_a_terrain_far_from_the_sites_is_registered_and_told(run: Run, ready: Path, dem_file: Path) -> None:
    with rasterio.open(dem_file) as source:
        profile, body = source.profile | {"crs": "EPSG:4547"}, source.read()
    beside = dem_file.with_name("beside.tif")
    with rasterio.open(beside, "w", **profile) as out:
        out.write(body)
    (told,) = run("--lang", "en", "terrain", "add", ready, beside, "--json")["warnings"]
    assert "km east of everything in the project; read as EPSG:4546 they fall among it" in told
    assert "warning: the data lie 254 km east" in run("--lang", "en", "terrain", "add", ready, beside, "--name", "b")


def test_tonnage_by_stated_density(run: Run, ready: Path) -> None:
    line = ("estimate", ready, "--site", "SK-001", "--density", "1.2", "--moisture", "0.25", "--cover", "0.5", "--json")
    (e,) = run(*line)["estimates"]
    assert e["tonnage_t"] == pytest.approx(e["waste_m3"] * 1.2)
    assert e["tonnage_wet_t"] == pytest.approx(e["tonnage_t"] * 1.25)
    assert e["cover_m3"] > 0


def test_curve_ends_at_the_fill(run: Run, ready: Path) -> None:
    (e,) = run("estimate", ready, "--all", "--reference", "level", "--level", GROUND_M, "--json")["estimates"]
    rows = run("curve", ready, "--site", "SK-001", "--json")["rows"]
    assert rows[-1]["volume_m3"] == pytest.approx(e["fill_m3"], rel=1e-9)
    assert [r["volume_m3"] for r in rows] == sorted(r["volume_m3"] for r in rows)


def test_what_has_no_interval_says_so_in_every_column(run: Run, ready: Path, dem_file: Path) -> None:
    """Neither volume, cut nor tonnage of a terrain without stated errors looks as if it were exact."""
    run("terrain", "add", ready, dem_file, "--name", "u")

    def row(terrain: str) -> str:
        line = ("--lang", "en", "estimate", ready, "--all", "--terrain", terrain, "--reference", "level")
        text = run(*line, "--level", GROUND_M - 1, "--density", "1.2")
        return next(ln for ln in text.splitlines() if ln.startswith("SK-001"))

    def at(terrain: str) -> str:
        text = run("--lang", "en", "curve", ready, "--site", "SK-001", "--terrain", terrain, "--at", GROUND_M - 1)
        return next(ln for ln in reversed(text.splitlines()) if not ln.startswith("warning"))

    assert row("u").count("(not quantified)") == 3, "fill, cut and tonnage"
    assert at("u").count("(not quantified)") == 3, "fill, waste space and tonnage"
    assert (row("t").count(" ± "), row("t").count("(not quantified)")) == (2, 1), (
        "a stated density has no error of its own"
    )


def test_a_stated_density_with_its_error_gives_tonnes_an_interval(run: Run, ready: Path) -> None:
    line = ("estimate", ready, "--site", "SK-001", "--density", "1.2", "--json")
    (bare,) = run(*line)["estimates"]
    (known,) = run(*line, "--density-sigma", "0.05")["estimates"]
    assert bare["interval95"]["tonnage_t"] is None
    assert any("standard deviation" in w for w in bare["warnings"])
    volume = known["interval95"]["waste_m3"] * 1.2
    assert known["interval95"]["tonnage_t"] == pytest.approx(
        math.hypot(volume, 2 * 0.05 * known["tonnage_t"]), rel=0.01
    )
    assert known["interval95"]["parts"]["density_share"] == 0.05


def test_what_holds_for_many_sites_is_said_once(run: Run, ready: Path, add_site: Callable[..., None]) -> None:
    for n in range(2, 12):
        add_site(f"SK-{n:03d}", shapely.MultiPolygon([shapely.box(X0 + 30, Y0 - 80, X0 + 50 + n, Y0 - 40)]))
    text = run("--lang", "en", "estimate", ready, "--all", "--reference", "level", "--level", GROUND_M)
    said = [line for line in text.splitlines() if "how well the outline is placed" in line]
    assert len(said) == 1
    assert "all 11: " in said[0]


def test_other_surfaces_stand_below_the_table(run: Run, ready: Path) -> None:
    (e,) = run("estimate", ready, "--all", "--json")["estimates"]
    lines = run("--lang", "en", "estimate", ready, "--all").splitlines()
    heads = lines[lines.index("by other reference surfaces, 10⁴ m³") + 1]
    assert heads.split() == ["site", *(a["key"] for a in e["alternatives"])]
    row = next(ln for ln in lines[lines.index(heads) :] if ln.startswith("SK-001"))
    shown = [float(v) for v in row.split()[1:]]
    assert shown == pytest.approx([a["fill_m3"] / 1e4 for a in e["alternatives"]], rel=0.01)


def test_workers_change_nothing(run: Run, ready: Path, add_site: Callable[..., None]) -> None:
    for n in range(2, 5):
        add_site(f"SK-00{n}", shapely.MultiPolygon([shapely.box(X0 + 30, Y0 - 80, X0 + 50 + n, Y0 - 40)]))
    one = run("estimate", ready, "--all", "--json")
    two = run("estimate", ready, "--all", "--workers", "2", "--json")
    figures = [[{k: v for k, v in e.items() if k != "computed_at"} for e in a["estimates"]] for a in (one, two)]
    assert figures[0] == figures[1]


def test_a_level_below_the_floor_gives_nothing_and_says_so(run: Run, ready: Path) -> None:
    (e,) = run("estimate", ready, "--all", "--reference", "level", "--level", "900", "--json")["estimates"]
    assert e["fill_m3"] == 0
    assert e["warnings"]


def test_one_bad_site_does_not_stop_the_rest(run: Run, ready: Path, add_site: Callable[..., None]) -> None:
    add_site("SK-002", pit_outline(X0 + 70, Y0))
    answer = run("estimate", ready, "--all", "--json")
    assert [e["site"] for e in answer["estimates"]] == ["SK-001"]
    (refused,) = answer["refused"]
    assert refused["site"] == "SK-002"
    assert refused["reason"]
    assert refused["advice"]


def test_all_sites_refused_is_a_failure_that_still_prints_json(
    ready: Path, add_site: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    add_site("SK-009", pit_outline(X0 + 5000, Y0))
    assert main(["estimate", str(ready), "--site", "SK-009", "--json"]) == 1
    out, err = capsys.readouterr()
    assert json.loads(out)["refused"][0]["site"] == "SK-009"
    assert err.startswith("error: ")


def test_set_checks_like_a_form(run: Run, ready: Path) -> None:
    run("set", ready, "SK-001", "ground_water_m=1030.5", "district=九原区", "mineral=sand_gravel")
    assert "gold" in run("set", ready, "SK-001", "mineral=cheese", want=1)
    assert "ground_water_m" in run("set", ready, "SK-001", "ground_water=3", want=1)
    run("set", ready, "SK-001", "ground_water_m=abc", want=1)
    run("set", ready, "SK-001", "ground_water_m=99999", want=1)
    run("set", ready, "nobody", "name=x", want=1)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (("frobnicate",), 2),
        (("estimate", "{p}"), 2),
        (("estimate", "{p}", "--all", "--reference", "moon"), 1),
        (("estimate", "{p}", "--all", "--level", "3", "--reference", "spill"), 1),
        (("estimate", "{p}", "--all", "--terrain", "none"), 1),
        (("estimate", "{p}", "--site", "SK-404"), 1),
        (("info", "absent.gpkg"), 1),
        (("curve", "{p}", "--site", "SK-404"), 1),
        (("sheet", "{p}", "--site", "SK-404", "--out", "x.pdf"), 1),
        (("screen", "{p}", "--waste", "W404"), 1),
        (("export", "{p}", "--layer", "nothing", "--format", "geojson", "--out", "x.geojson"), 1),
        (("export", "{p}", "--layer", "sand_pits", "--format", "xyz", "--out", "x.xyz"), 1),
        (("rules", "show", "nothing"), 1),
        (("new", "{p}", "--crs", "EPSG:4546"), 1),
        (("new", "n.gpkg", "--crs", "EPSG:3857"), 1),
        (("new", "n.gpkg", "--crs", "cheese"), 1),
        (("terrain", "add", "{p}", "{p}"), 1),
        (("import", "{p}", "absent.shp", "--layer", "sand_pits"), 1),
    ],
)
def test_wrong_lines_are_told_in_one_line(
    run: Run, ready: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: tuple[str, ...], code: int
) -> None:
    monkeypatch.chdir(tmp_path)
    before = ready.read_bytes()
    run(*(a.format(p=ready) for a in line), want=code)
    assert ready.read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["地形 数据", "项目 一.gpkg"]


def test_info_and_check(run: Run, ready: Path, dem_file: Path) -> None:
    run("estimate", ready, "--all")
    facts = run("info", ready, "--json")
    assert facts["layers"]["sand_pits"] == facts["estimates"] == 1
    assert facts["terrains"][0]["path"] == "地形 数据/坑.tif"
    assert run("check", ready, "--json") == {"ok": True, "problems": []}
    dem_file.write_bytes(dem_file.read_bytes()[:-7] + b"changed")
    assert "not sound" in run("check", ready, want=1)


def test_a_project_without_write_permission_is_refused(run: Run, ready: Path) -> None:
    if sys.platform == "win32":
        pytest.skip("permission bits are POSIX")
    folder = ready.parent / "absent folder"
    assert "absent folder" in run("new", folder / "n.gpkg", "--crs", "EPSG:4546", want=1)


def test_chinese_messages(run: Run, ready: Path) -> None:
    assert "编号" in run("--lang", "zh_CN", "estimate", ready, "--site", "SK-404", want=1)


def test_the_module_runs_and_help_needs_no_display() -> None:
    line = [sys.executable, "-m", "app", "--help"]
    result = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, env={"PATH": ""}, check=False)
    assert result.returncode == 0
    for command in ["demo", "gui", "new", "import", "terrain", "estimate", "curve", "screen", "overlay", "sheet"]:
        assert command in result.stdout


def test_a_path_that_the_system_refuses_is_one_clear_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for out in (tmp_path / "file", tmp_path / "file" / "below", tmp_path / ("长" * 200)):
        said = run("--lang", "en", "demo", "--out", out, want=1)
        assert "check the path" in said
        assert str(out.name)[:20] in said


def test_a_name_that_is_not_utf_8_is_told_so(run: Run, tmp_path: Path) -> None:
    name = "砂坑.gpkg".encode("gbk").decode("utf8", "surrogateescape")
    assert "not written in UTF-8" in run("--lang", "en", "new", tmp_path / name, "--crs", "EPSG:4546", want=1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_no_wrong_usage(run: Run, project_file: Path) -> None:
    project_file.chmod(0)
    assert "cannot be opened" in run("--lang", "en", "info", project_file, want=1)


def test_every_command_that_makes_something_answers_in_json(run: Run, tmp_path: Path, ready: Path) -> None:
    made = run("new", tmp_path / "n.gpkg", "--crs", "EPSG:4546", "--name", "新", "--json")
    assert made == {"path": str(tmp_path / "n.gpkg"), "name": "新", "crs": "EPSG:4546"}
    assert run("waste", "add", ready, "W", "--kind", "fly_ash", "--json")["kind"] == "fly_ash"
    assert run("--lang", "en", "set", ready, "W", "moisture=0.3", "--json")["fields"] == ["moisture"]
    wrote = run(
        "export", ready, "--layer", "sand_pits", "--format", "GeoJSON", "--out", tmp_path / "x.geojson", "--json"
    )
    assert (wrote["count"], wrote["crs"]) == (1, "OGC:CRS84")


def test_a_sheet_never_takes_the_place_of_the_project_or_the_terrain(run: Run, ready: Path, dem_file: Path) -> None:
    before = ready.read_bytes(), dem_file.read_bytes()
    for out in (ready, dem_file):
        said = run("--lang", "en", "sheet", ready, "--site", "SK-001", "--out", out, want=1)
        assert f"name it {out.stem}.pdf" in said or "choose another name" in said
    assert (ready.read_bytes(), dem_file.read_bytes()) == before


def test_a_site_that_is_refused_is_one_line_on_stderr(run: Run, ready: Path, add_site: Callable[..., None]) -> None:
    add_site("FAR", pit_outline(X0 + 5000))
    assert "no terrain" in run("--lang", "en", "estimate", ready, "--site", "FAR", want=1)
    assert "FAR was refused" in run("--lang", "en", "estimate", ready, "--all")


def test_estimating_nothing_says_so(run: Run, project_file: Path) -> None:
    assert "no sites yet" in run("--lang", "en", "estimate", project_file, "--all")


def test_a_code_said_twice_is_done_once(run: Run, ready: Path) -> None:
    twice = ("--site", "SK-001", "--site", "SK-001", "--json")
    assert len(run("estimate", ready, *twice)["estimates"]) == 1
    run("waste", "add", ready, "W", "--kind", "fly_ash")
    assert len(run("screen", ready, "--waste", "W", "--waste", "W", *twice)["screenings"]) == 1


def test_an_interruption_says_that_nothing_was_kept(run: Run, ready: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("app.verbs.estimate.estimate", interrupted)
    assert "nothing half done" in run("estimate", ready, "--all", want=130)
