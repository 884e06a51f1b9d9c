"""Sheets of many sites: one PDF in order with bookmarks, or a file each; what cannot be drawn is told, not lost."""

from __future__ import annotations

from pathlib import Path

import pikepdf
import pytest
import shapely

from app.package.atlas import make_sheets
from app.package.sheet import SheetRequest
from app.project import Project
from app.verbs.sheets import make_atlas_of, make_each, make_site_sheet
from app.verbs.workers import processes_for_sheets, stretches
from models.changes import Insert
from models.errors import Cancelled, Missing, Refused
from models.notices import Notice
from models.progress import Watch

X, Y = 417_000.0, 4_496_000.0
CODES = ["SK-001", "=cmd|' /C", "../x:1", 'SK<&">']


@pytest.fixture
def project(tmp_path: Path):
    with Project.create(tmp_path / "p.gpkg", crs="EPSG:4546", name="试验") as opened:
        shapes = [
            shapely.MultiPolygon([shapely.box(X + 90 * i, Y, X + 90 * i + 60, Y + 50)]) for i in range(len(CODES))
        ]
        rows = [Insert("sand_pits", {"code": c, "geometry": s}) for c, s in zip(CODES, shapes, strict=True)]
        opened.store.transact(Notice("t", "t"), rows)
        yield opened


REQUEST = SheetRequest("", kind="present_state", paper="A4")


def test_an_atlas_has_every_site_in_order(project: Project, tmp_path: Path) -> None:
    out = tmp_path / "图集.pdf"
    report = make_atlas_of(project, None, out, REQUEST, workers=1)
    assert report.sheets == len(CODES)
    assert report.refused == []
    with pikepdf.open(out) as pdf:
        assert len(pdf.pages) == report.pages
        with pdf.open_outline() as outline:
            assert sorted(str(o.title) for o in outline.root) == sorted(CODES)
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith(".huitian")) == []


def test_every_map_of_an_atlas_knows_where_it_lies(project: Project, tmp_path: Path) -> None:
    out = tmp_path / "a.pdf"
    make_atlas_of(project, CODES[:1] + CODES[2:3], out, REQUEST, workers=1)
    lons = []
    with pikepdf.open(out) as pdf:
        for page in pdf.pages:
            for port in page.obj.get("/VP", []):
                lons.append([float(v) for v in port.Measure.GPTS][1::2])
                assert int(port.Measure.GCS.EPSG) == 4546
    assert len(lons) == 2
    assert abs(sum(lons[1]) - sum(lons[0])) / 8 == pytest.approx(180 / 84_800, rel=0.05)  # sites 180 m apart


@pytest.mark.parametrize(("sheets", "cores", "wanted"), [(3, 8, 1), (7, 8, 1), (8, 8, 2), (246, 2, 2), (246, 64, 8)])
def test_as_many_processes_draw_as_pay(sheets: int, cores: int, wanted: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.verbs.workers.os.cpu_count", lambda: cores)
    assert processes_for_sheets(sheets) == wanted


@pytest.mark.slow
def test_processes_make_the_same_atlas(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the same bytes as one process makes."""
    monkeypatch.setattr("app.package.atlas._FEW", 1)
    make_atlas_of(project, None, tmp_path / "a.pdf", REQUEST, workers=1)
    make_atlas_of(project, None, tmp_path / "b.pdf", REQUEST, workers=2)
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()


def test_a_site_that_cannot_be_drawn_is_told_and_the_others_are_there(project: Project, tmp_path: Path) -> None:
    wide = shapely.MultiPolygon([shapely.box(X, Y + 500, X + 3000, Y + 600)])
    project.store.transact(Notice("t", "t"), [Insert("sand_pits", {"code": "WIDE", "geometry": wide})])
    request = SheetRequest("", kind="present_state", paper="A4", scale=500)
    report = make_atlas_of(project, ["SK-001", "WIDE"], tmp_path / "a.pdf", request)
    assert report.sheets == 1
    ((code, error),) = report.refused
    assert code == "WIDE"
    assert "does not fit" in str(error)
    with pytest.raises(Refused, match="does not fit"):
        make_atlas_of(project, ["WIDE"], tmp_path / "b.pdf", request)
    assert not (tmp_path / "b.pdf").exists()


def test_files_of_hostile_codes_stay_in_their_folder(project: Project, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    report = make_each(project, None, folder, REQUEST, workers=1)
    assert len(report.files) == len(CODES)
    assert {p.parent for p in report.files} == {folder}
    assert sorted(folder.iterdir()) == sorted(report.files)
    assert not any(c in p.name for p in report.files for c in '/\\:<>"|&')  # as the files of the package are named


def test_a_cancelled_atlas_leaves_the_old_one(project: Project, tmp_path: Path) -> None:
    out = tmp_path / "a.pdf"
    out.write_bytes(b"old")
    watch = Watch(lambda fraction, _: watch.cancel() if fraction > 0.3 else None)
    with pytest.raises(Cancelled):
        make_atlas_of(project, None, out, REQUEST, workers=1, watch=watch)
    assert out.read_bytes() == b"old"
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith(".huitian")) == []


def test_every_answer_names_its_sheet(project: Project, tmp_path: Path) -> None:
    requests = [SheetRequest(c, kind="present_state", paper="A4") for c in ("SK-001", "none")]
    found = dict(make_sheets(project, requests, [tmp_path / "a.pdf", tmp_path / "b.pdf"], 1, Watch()))
    assert found[0][0] >= 1
    assert isinstance(found[1], Missing)


def test_a_sheet_of_the_project_needs_no_site(project: Project, tmp_path: Path) -> None:
    report = make_site_sheet(project, "", tmp_path / "o.pdf", kind="district_overview")
    assert report.scale >= 2000
    assert [w.key for w in report.warnings] == ["sheet.not_estimated"]
    with pytest.raises(Refused, match="of one site"):
        make_site_sheet(project, "", tmp_path / "o.pdf", kind="present_state")
    with pytest.raises(Refused, match="whole project"):
        make_atlas_of(project, None, tmp_path / "o.pdf", SheetRequest("", kind="district_overview"))


@pytest.mark.parametrize("name", ["sheet.gpkg", "sheet", "dem.jpg", "a.PDF.exe"])
def test_other_endings_are_refused(project: Project, tmp_path: Path, name: str) -> None:
    with pytest.raises(Refused, match=r"\.pdf"):
        make_site_sheet(project, "SK-001", tmp_path / name)
    assert not (tmp_path / name).exists()


def test_impossible_dots_per_inch_are_refused(project: Project, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="dots per inch"):
        make_site_sheet(project, "SK-001", tmp_path / "a.png", dpi=9)


@pytest.mark.parametrize(("jobs", "workers"), [(0, 2), (1, 2), (7, 3), (246, 2), (2215, 8)])
def test_every_job_is_in_one_stretch_and_the_last_are_single(jobs: int, workers: int) -> None:
    found = list(stretches(jobs, workers))
    assert [i for part in found for i in part] == list(range(jobs))
    sizes = [len(part) for part in found]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-workers:] == [1] * min(workers, len(sizes))
    assert len(found) <= 12 * workers + 3 * workers * max(jobs, 1).bit_length()
