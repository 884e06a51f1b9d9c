"""The approval package as a whole: one number in all files, the same bytes, hostile names, nothing half done."""

from __future__ import annotations

import json
import math
import re
import shutil
import subprocess
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import ezdxf
import pyogrio
import pytest
import shapely

from app.package.dossier.make import make_package
from app.package.dossier.options import PackageOptions
from app.package.dossier.place import MANIFEST
from app.project import Project
from app.verbs.workers import Died
from gis.files import sha256_of
from gis.formats import read_features
from models.changes import Update
from models.errors import Cancelled, Missing, Refused
from models.notices import Notice
from models.progress import Watch
from tests.app.conftest import PIT_M3
from tests.app.package.dossier.world import HOSTILE, STAMP, make_world

DATA_ONLY = PackageOptions(kinds=(), stamp=STAMP)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_world(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="module")
def made(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package with one kind of sheet."""
    out = tmp_path_factory.mktemp("out") / "成果 包"
    with Project.open(world, read_only=True) as project:
        report = make_package(project, out, PackageOptions(kinds=("backfill_design",), stamp=STAMP))
    assert report.left == ()
    return out


def role(folder: Path, name: str) -> list[Path]:
    files = json.loads((folder / MANIFEST).read_text(encoding="utf8"))["files"]
    return [folder / f["path"] for f in files if f["role"] == name]


def sheet_rows(path: Path, title: str) -> list[dict[str, Any]]:
    """The rows of a sheet of a workbook by their headings."""
    book = import_module("openpyxl").load_workbook(path)
    rows = [[c.value for c in r] for r in book[title].iter_rows(min_row=4)]
    return [dict(zip(rows[0], r, strict=True)) for r in rows[1:]]


def word_tables(path: Path) -> dict[str, list[list[str]]]:
    """The tables of a document by their caption, without the number."""
    document = import_module("docx").Document(str(path))
    found, caption = {}, ""
    for element in document.element.body:
        if element.tag.endswith("}p"):
            text = "".join(t.text or "" for t in element.iter("{*}t"))
            caption = re.sub(r"^表 \d+\s+", "", text) if text.startswith("表 ") else caption
        elif element.tag.endswith("}tbl"):
            rows = [
                ["".join(t.text or "" for t in c.iter("{*}t")) for c in r.iter("{*}tc")] for r in element.iter("{*}tr")
            ]
            found.setdefault(caption, []).extend(rows)
    return found


def plain_number(text: str) -> float:
    return float(text.replace("\u2009", "").replace("\u2212", "-"))


def test_volume_area_and_tonnage_are_one_number_in_every_file(world: Path, made: Path) -> None:
    with Project.open(world, read_only=True) as project:
        estimate = {e.site: e for e in project.store.estimates()}["SK-001"]
        area = project.store.site("SK-001").outline.area
    assert estimate.fill_m3 == pytest.approx(PIT_M3, rel=0.05)
    fill, tonnes = round(estimate.fill_m3, 1), round(estimate.tonnage_t or 0, 1)
    released = round(estimate.land_released_m2, 2)

    said = next(s for s in json.loads((made / MANIFEST).read_text(encoding="utf8"))["sites"] if s["code"] == "SK-001")
    assert (said["fill_m3"], said["tonnage_t"], said["land_released_m2"]) == (fill, tonnes, released)
    assert said["area_m2"] == round(area, 2)

    (book,) = role(made, "tables")
    volumes = next(r for r in sheet_rows(book, "库容成果表") if r["编号"] == "SK-001")
    assert volumes["回填方量 (m³)"] == fill
    land = next(r for r in sheet_rows(book, "释放土地") if r["编号"] == "SK-001")
    assert land["释放土地 (m²)"] == released
    assert land["释放土地 (公顷)"] == round(estimate.land_released_m2 / 1e4, 4)
    total = sheet_rows(book, "固废消纳量表")[-1]
    both = [s["tonnage_t"] for s in json.loads((made / MANIFEST).read_text(encoding="utf8"))["sites"]]
    assert total["消纳量（干） (t)"] == pytest.approx(sum(both), abs=0.11)

    (plan,) = role(made, "report")
    row = next(r for r in word_tables(plan)["库容成果表"] if r[0] == "SK-001")
    assert plain_number(row[3]) == fill
    row = next(r for r in word_tables(plan)["释放土地"] if r[0] == "SK-001")
    assert plain_number(row[2]) == released

    (data,) = role(made, "geopackage")
    table = pyogrio.read_dataframe(data, layer="sites").set_index("code").loc["SK-001"]
    assert (table.fill_m3, table.tonnage_t, table.land_released_m2) == (fill, tonnes, released)
    assert table.area_m2 == round(area, 2)


def test_other_surfaces_and_the_parts_of_the_interval_are_in_workbook_and_plan(world: Path, made: Path) -> None:
    with Project.open(world, read_only=True) as project:
        e = {e.site: e for e in project.store.estimates()}["SK-001"]
    (book,) = role(made, "tables")
    rows = [r for r in sheet_rows(book, "各参考面体积表") if r["编号"] == "SK-001"]
    assert [r["体积 (m³)"] for r in rows] == [
        round(e.fill_m3, 1), *(None if a.fill_m3 is None else round(a.fill_m3, 1) for a in e.alternatives)
    ]  # fmt: skip
    assert rows[0]["所选"] == "是"
    assert rows[1]["差值 (m³)"] == pytest.approx(rows[1]["体积 (m³)"] - rows[0]["体积 (m³)"], abs=0.11)
    sure = next(r for r in sheet_rows(book, "库容不确定度表") if r["编号"] == "SK-001")
    assert sure["± 95 % (m³)"] == round(e.interval95.fill_m3, 1)
    parts = [sure[f"{k} (± m³)"] for k in ("地形高程", "参考面", "高程整体偏差", "范围线", "噪声引起的偏移")]
    assert math.sqrt(sum(v**2 for v in parts)) == pytest.approx(e.interval95.fill_m3, abs=0.3)
    assert sure["地形 σz (m)"] == e.terrain.errors.sigma_z_m
    assert sure["误差依据"]
    (plan,) = role(made, "report")
    text = next(p.text for p in import_module("docx").Document(str(plan)).paragraphs if "按其他参考面" in p.text)
    assert "区间依据" in text
    for other in e.alternatives:
        if other.fill_m3 is not None:
            assert f"{other.fill_m3 / 1e4:.2f}" in text


def test_coordinates_are_one_number_in_every_file(world: Path, made: Path) -> None:
    with Project.open(world, read_only=True) as project:
        outline = project.store.site("SK-001").outline
    (book,) = role(made, "boundary_table")
    rows = [r for r in sheet_rows(book, "界址点成果表") if r["编号"] == "SK-001"]
    points = [(r["点号"], r["X（纵坐标） (m)"], r["Y（横坐标） (m)"]) for r in rows]
    assert [p[0] for p in points] == ["J1", "J2", "J3", "J4"]
    assert {(x, y - 37e6) for _n, x, y in points} == {(y, x) for x, y in outline.geoms[0].exterior.coords}

    text = next(p for p in role(made, "boundary_txt") if p.name == "SK-001.txt").read_bytes().decode("gb18030")
    lines = [line.split(",") for line in text.splitlines() if line.startswith("J")]
    assert [(n, float(x), float(y)) for n, _ring, x, y in lines[:4]] == points
    assert f",{outline.area / 1e4:.4f}," not in text.split("[地块坐标]")[0]
    assert text.splitlines()[-6].split(",")[1] == f"{outline.area / 1e4:.4f}"

    (plan,) = role(made, "report")
    assert [(r[0], float(r[1]), float(r[2])) for r in word_tables(plan)["SK-001 界址点成果表"][1:5]] == points

    (data,) = role(made, "geopackage")
    kept = pyogrio.read_dataframe(data, layer="boundary_points")
    kept = kept[kept.site == "SK-001"]
    assert list(zip(kept.point, kept.x_north_m, kept.y_east_m, strict=True)) == points
    assert {(p.y, p.x) for p in kept.geometry} == {(x, y - 37e6) for _n, x, y in points}

    (drawn,) = role(made, "drawing")
    space = ezdxf.readfile(drawn).modelspace()
    circles = {(round(c.dxf.center.y, 3), round(c.dxf.center.x, 3)) for c in space.query("CIRCLE")}
    assert {(x, y) for _n, x, y in points} <= circles
    assert {t.dxf.text for t in space.query("TEXT")} >= {"J1", "J2", "J3", "J4"}


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed")
def test_the_sheet_says_the_same_numbers(made: Path) -> None:
    sheet = next(p for p in role(made, "sheet") if "SK-001" in p.name)
    text = subprocess.run(["pdftotext", "-layout", sheet, "-"], capture_output=True, check=True, text=True).stdout
    book = sheet_rows(role(made, "boundary_table")[0], "界址点成果表")
    for row in (r for r in book if r["编号"] == "SK-001"):
        assert f"{row['X（纵坐标） (m)']:.3f}" in text
        assert f"{row['Y（横坐标） (m)']:.3f}" in text
    volumes = next(r for r in sheet_rows(role(made, "tables")[0], "库容成果表") if r["编号"] == "SK-001")
    shown, half = (float(t) for t in re.search(r"([\d.]+) ± ([\d.]+) 万m", text).groups())  # type: ignore[union-attr]
    digits = len(str(shown).partition(".")[2])
    assert shown == pytest.approx(volumes["回填方量 (m³)"] / 1e4, abs=0.5 * 10**-digits + 1e-9)
    assert half == pytest.approx(volumes["填方 ±（95 %） (m³)"] / 1e4, rel=0.2)
    assert f"{1e-4 * 3600:.4f}" in text


def test_the_coordinate_file_reads_back_to_the_outlines(world: Path, made: Path) -> None:
    every = next(p for p in role(made, "boundary_txt") if p.name == "全部场地.txt")
    got = read_features(every, target_crs="EPSG:4546")
    with Project.open(world, read_only=True) as project:
        sites = project.store.sites()
    assert [f.fields["地块编号"] for f in got.features] == [s.code for s in sites]
    for feature, site in zip(got.features, sites, strict=True):
        assert shapely.hausdorff_distance(feature.geometry.boundary, site.outline.boundary) < 0.001


def test_the_manifest_names_every_file_with_its_hash(world: Path, made: Path) -> None:
    document = json.loads((made / MANIFEST).read_text(encoding="utf8"))
    found = {p.relative_to(made).as_posix() for p in made.rglob("*") if p.is_file()}
    assert found == {f["path"] for f in document["files"]} | {MANIFEST}
    for f in document["files"]:
        assert (sha256_of(made / f["path"]), (made / f["path"]).stat().st_size) == (f["sha256"], f["bytes"])
    with Project.open(world, read_only=True) as project:
        assert document["project"]["revision"] == project.store.revision
        assert document["terrains"][0]["sha256"] == project.store.terrains()[0].sha256
    assert document["stamp"] == "2026-11-26T08:30:00+00:00"
    assert {"gb_18599_2020"} <= {p["id"] for p in document["rule_packs"]}
    assert all(re.fullmatch(r"[0-9a-f]{64}", p["sha256"]) for p in document["rule_packs"])
    page = role(made, "page")[0].read_text(encoding="utf8")
    assert "&lt;坑&gt; &amp; 塘" in page
    assert "<坑>" not in page
    assert all(f["sha256"] in page for f in document["files"] if f["role"] != "page")
    folded = re.findall(r"<details open><summary>(.*?) .*?</summary>(.*?)</details>", page, re.DOTALL)
    assert [code for code, _ in folded] == [s["code"] for s in document["sites"]]
    for code, part in folded:
        own = [f["sha256"] for f in document["files"] if f["site"] == code]
        assert own
        assert re.findall(r"<code>(\w+)</code>", part) == own


def test_the_same_project_and_stamp_give_the_same_bytes(world: Path, made: Path, tmp_path: Path) -> None:
    with Project.open(world, read_only=True) as project:
        make_package(project, tmp_path / "again", PackageOptions(kinds=("backfill_design",), stamp=STAMP))
    before = {p.relative_to(made).as_posix(): p.read_bytes() for p in made.rglob("*") if p.is_file()}
    after = {
        p.relative_to(tmp_path / "again").as_posix(): p.read_bytes()
        for p in (tmp_path / "again").rglob("*")
        if p.is_file()
    }
    assert before.keys() == after.keys()
    assert [k for k in before if before[k] != after[k]] == []


def test_the_order_of_a_set_leaves_no_trace_in_the_drawing(
    world: Path, made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sets of texts are in another order in every process."""
    in_use = ezdxf.entitydb.EntityDB.dxf_types_in_use
    for n, backwards in enumerate((False, True)):
        monkeypatch.setattr(
            "ezdxf.entitydb.EntityDB.dxf_types_in_use",
            lambda self, backwards=backwards: dict.fromkeys(sorted(in_use(self), reverse=backwards)),
        )
        with Project.open(world, read_only=True) as project:
            make_package(project, tmp_path / str(n), DATA_ONLY)
    one, other = (role(tmp_path / str(n), "drawing")[0].read_bytes() for n in (0, 1))
    assert one == other


def test_the_package_says_what_is_missing_and_what_is_in_conflict(made: Path) -> None:
    document = json.loads((made / MANIFEST).read_text(encoding="utf8"))
    missing = "\n".join(document["missing"])
    assert "未填写最高地下水位：SK-001, SK-002" in missing
    assert "固废 FA-1 没有检测数据" in missing
    assert "未填写责任主体" not in missing
    conflicts = sheet_rows(role(made, "tables")[0], "场地与控制线关系表")
    row = next(r for r in conflicts if r["场地"] == "SK-001")
    assert (row["控制区"], row["压占面积 (m²)"]) == ("HX-001", 600.0)
    with_rules = sheet_rows(role(made, "tables")[0], "符合性分析表")
    assert {r["场地"] for r in with_rules} == {"SK-001", "SK-002"}
    assert any(r["规则"] == "MO-04" for r in sheet_rows(role(made, "tables")[0], "监测与管理要求表"))


def test_figures_that_are_out_of_date_are_made_anew_and_the_project_stays(world: Path, tmp_path: Path) -> None:
    folder = tmp_path / "w"
    shutil.copytree(world.parent, folder)
    with Project.open(folder / world.name) as project:
        (row,) = project.store.rows("sand_pits", code="SK-001")
        smaller = shapely.MultiPolygon([project.store.site("SK-001").outline.buffer(-5, join_style="mitre")])
        project.store.transact(Notice("t", "t"), [Update("sand_pits", row["fid"], {"geometry": smaller})])
        stored = project.store.estimates(["SK-001"])[0]
        revision = project.store.revision
        report = make_package(project, tmp_path / "out", DATA_ONLY)
        assert project.store.revision == revision
        assert project.store.estimates(["SK-001"])[0] == stored
    site = next(s for s in report.document["sites"] if s["code"] == "SK-001")
    assert site["computed_for_package"]
    assert site["fill_m3"] < stored.fill_m3 - 100
    assert site["area_m2"] == 2500.0


def test_names_of_any_kind_harm_nothing(tmp_path: Path) -> None:
    world = make_world(tmp_path, names=HOSTILE)
    out = tmp_path / "out"
    with Project.open(world, read_only=True) as project:
        make_package(project, out, DATA_ONLY)
    openpyxl: Any = import_module("openpyxl")
    for path in (*role(out, "tables"), *role(out, "boundary_table")):
        for sheet in openpyxl.load_workbook(path).worksheets:
            assert not [c.coordinate for r in sheet.iter_rows() for c in r if c.data_type == "f"]
    names = {r["编号"]: r["名称"] for r in sheet_rows(role(out, "tables")[0], "场地台账")}
    assert names["SK-001"] == "=1+1"
    assert names["SK-005"] == "<b>&amp;\"'</b>"
    assert names["SK-006"] == "坑 二 行"
    assert names["SK-008"] == "长" * 200
    assert names["SK-012"] == "{{ 7*7 }}{% raw %}"
    assert names["SK-013"] == "gnp.exe"
    rows = word_tables(role(out, "report")[0])["场地台账"]
    assert [r[1] for r in rows[1 : len(HOSTILE) + 1]] == [names[f"SK-{i:03d}"] for i in range(1, len(HOSTILE) + 1)]
    every = next(p for p in role(out, "boundary_txt") if p.name == "全部场地.txt")
    got = read_features(every, target_crs="EPSG:4546")
    assert len(got.features) == len(HOSTILE)
    texts = [t.dxf.text for t in ezdxf.readfile(role(out, "drawing")[0]).modelspace().query("TEXT")]
    assert "SK-001 =1+1" in texts
    frame = pyogrio.read_dataframe(role(out, "geopackage")[0], layer="sites")
    assert list(frame.name) == list(names.values())[: len(HOSTILE)]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out", "地形.tif", "工程.gpkg"]


def test_codes_with_path_signs_become_plain_file_names(tmp_path: Path) -> None:
    world = make_world(tmp_path)
    with Project.open(world) as project:
        (row,) = project.store.rows("sand_pits", code="SK-001")
        project.store.transact(Notice("t", "t"), [Update("sand_pits", row["fid"], {"code": "../../坑:1"})])
        report = make_package(project, tmp_path / "out", DATA_ONLY)
    paths = [f["path"] for f in report.document["files"] if f["site"] == "../../坑:1"]
    assert paths == ["界址点坐标/坑_1.txt"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out", "地形.tif", "工程.gpkg"]


def test_cancelled_or_failed_the_old_package_stays(
    world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    with Project.open(world, read_only=True) as project:
        make_package(project, out, DATA_ONLY)
        before = {p: p.read_bytes() for p in out.rglob("*") if p.is_file()}
        shares: list[float] = []

        class Stops(Watch):
            def report(self, fraction: float, note: str = "") -> None:
                shares.append(fraction)
                if fraction > 0.86:
                    self.cancel()
                super().report(fraction, note)

        with pytest.raises(Cancelled):
            make_package(project, out, DATA_ONLY, Stops())
        assert max(shares) > 0.86
        monkeypatch.setattr("app.package.dossier.make.report", lambda *_a, **_k: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            make_package(project, out, DATA_ONLY)
    assert {p: p.read_bytes() for p in out.rglob("*") if p.is_file()} == before
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_an_edited_package_is_kept_beside_the_new_one(world: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with Project.open(world, read_only=True) as project:
        make_package(project, out, DATA_ONLY)
        (plan,) = role(out, "report")
        plan.write_bytes(b"edited by hand")
        report = make_package(project, out, DATA_ONLY)
        assert report.kept_old == tmp_path / "out (1)"
        assert (report.kept_old / plan.name).read_bytes() == b"edited by hand"
        assert plan.read_bytes().startswith(b"PK")
        assert [w.key for w in report.warnings] == ["package.kept_old"]
        assert make_package(project, out, DATA_ONLY).kept_old is None
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out", "out (1)"]


def test_a_sheet_that_cannot_be_made_is_named_and_stops_nothing(world: Path, tmp_path: Path) -> None:
    folder = tmp_path / "w"
    shutil.copytree(world.parent, folder)
    (folder / "地形.tif").unlink()
    with Project.open(folder / world.name, read_only=True) as project:
        options = PackageOptions(codes=["SK-001"], kinds=("backfill_design",), stamp=STAMP)
        report = make_package(project, tmp_path / "out", options)
    assert [(f.site, f.what) for f in report.left] == [("SK-001", "回填设计图")]
    text = "\n".join(
        p.text for p in import_module("docx").Document(str(role(tmp_path / "out", "report")[0])).paragraphs
    )
    assert "回填设计图 SK-001 未能生成" in text


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        (replace(DATA_ONLY, codes=["SK-9"]), Missing, "SK-9"),
        (replace(DATA_ONLY, kinds=("nonsense",)), Missing, "nonsense"),
        (replace(DATA_ONLY, template=Path("none.docx")), Missing, "template"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_anything_is_written(
    world: Path, tmp_path: Path, options: PackageOptions, error: type[Exception], words: str
) -> None:
    with Project.open(world, read_only=True) as project, pytest.raises(error, match=words):
        make_package(project, tmp_path / "out", options)
    assert not list(tmp_path.iterdir())


def test_a_folder_with_other_things_is_left_alone(world: Path, tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "mine.txt").write_text("mine", encoding="utf8")
    with Project.open(world, read_only=True) as project:
        with pytest.raises(Refused, match="other things"):
            make_package(project, tmp_path / "letters", DATA_ONLY)
        with pytest.raises(Refused, match="project itself"):
            make_package(project, world.parent, DATA_ONLY)
        with pytest.raises(Missing, match="no folder"):
            make_package(project, tmp_path / "no" / "where", DATA_ONLY)
    assert (tmp_path / "letters" / "mine.txt").read_text(encoding="utf8") == "mine"


def test_english_is_a_switch(world: Path, tmp_path: Path) -> None:
    with Project.open(world, read_only=True) as project:
        report = make_package(project, tmp_path / "out", replace(DATA_ONLY, language="en", shared_numbers=True))
    names = {p.relative_to(tmp_path / "out").parts[0] for p in (tmp_path / "out").rglob("*")}
    assert all(n.isascii() for n in names), names
    rows = sheet_rows(role(tmp_path / "out", "tables")[0], "Volumes by site")
    assert rows[0]["fill volume (m³)"] == report.document["sites"][0]["fill_m3"]
    points = sheet_rows(role(tmp_path / "out", "boundary_table")[0], "Boundary points")
    assert [r["point"] for r in points] == [f"J{i}" for i in range(1, 9)]


def test_one_name_of_the_coordinate_system_stands_in_all_that_people_read(made: Path) -> None:
    words = "2000国家大地坐标系，高斯—克吕格投影3°分带，中央子午线111°E"
    book = import_module("openpyxl").load_workbook(role(made, "boundary_table")[0])
    plan = import_module("docx").Document(role(made, "report")[0])
    assert words in book.active["A3"].value
    assert any(words in p.text for p in plan.paragraphs)
    assert words in role(made, "page")[0].read_text(encoding="utf8")
    assert "3-degree" not in "".join(p.text for p in plan.paragraphs)


def test_a_sheet_has_one_number_on_paper_in_its_file_and_in_the_plan(made: Path) -> None:
    (sheet,) = [p for p in role(made, "sheet") if "SK-001" in p.name]
    assert sheet.name.startswith("04 ")
    rows = word_tables(role(made, "report")[0])["图件目录"]
    assert ["SK-001-04", "SK-001"] in [r[:2] for r in rows]
    if tool := shutil.which("pdftotext"):
        text = subprocess.run([tool, str(sheet), "-"], check=True, capture_output=True).stdout.decode("utf8")
        assert "图号SK-001-04" in "".join(text.split())


def test_progress_names_sheets_as_people_read_them(
    world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It said `control_overlay`, the key of a template."""
    told: list[str] = []
    monkeypatch.setattr(
        "app.package.dossier.sheets.each_answer",
        lambda _work, jobs, _n, _watch, names: (told.extend(names), ((i, Died(1)) for i in range(len(jobs))))[1],
    )
    with Project.open(world, read_only=True) as project:
        options = PackageOptions(kinds=("backfill_design",), stamp=STAMP, language="zh_CN", workers=2)
        make_package(project, tmp_path / "out", options)
    assert told
    assert all("回填设计图" in name and "backfill" not in name for name in told)
