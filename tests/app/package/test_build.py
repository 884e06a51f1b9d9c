"""The content of a sheet from a project: what is taken, what is computed anew, what is left out."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely

from app.package.build import build_content, sheet_crs
from app.package.sheet import SheetRequest, make_sheet
from app.project import Project
from app.verbs.deliver import make_site_sheet
from app.verbs.estimate import estimate
from app.verbs.terrain import add_terrain
from models.changes import Insert, Update
from models.errors import Missing, Refused, Unreadable
from models.estimate import EstimateRequest
from models.notices import Notice
from models.progress import Watch
from models.site import Site

X0, Y0 = 424000.0, 4499000.0
PIT = shapely.box(X0 + 80, Y0 + 60, X0 + 140, Y0 + 110)
LABEL = Notice("test", "test")


def write_dem(path: Path, crs: str, x0: float = X0, y0: float = Y0, cell: float = 1.0, size: int = 200) -> None:
    """A plane at 1000 m with a pit of 5 m with upright walls 1 m inside PIT."""
    y, x = np.mgrid[0:size, 0:size]
    east, north = x0 + (x + 0.5) * cell, y0 + (size - y - 0.5) * cell
    z = np.full((size, size), 1000.0, np.float32)
    z[shapely.contains_xy(PIT.buffer(-1), east, north)] -= 5.0
    transform = rasterio.transform.from_origin(x0, y0 + size * cell, cell, cell)
    facts = {"driver": "GTiff", "width": size, "height": size, "count": 1, "dtype": "float32", "crs": crs}
    with rasterio.open(path, "w", transform=transform, **facts) as out:
        out.write(z, 1)


@pytest.fixture
def project(tmp_path: Path):
    write_dem(tmp_path / "dem.tif", "EPSG:4546")
    settings = {"sign_off": {"unit": "某测绘院", "drawn": "甲"}}
    with Project.create(tmp_path / "工程.gpkg", crs="EPSG:4546", name="试验工程", settings=settings) as opened:
        add_terrain(opened, tmp_path / "dem.tif", name="测区", vertical_datum="1985国家高程基准", source="lidar")

        def area(code: str, shape: shapely.Polygon, **more):
            return {"code": code, "geometry": shapely.MultiPolygon([shape]), **more}

        far = shapely.box(X0 + 5000, Y0, X0 + 5100, Y0 + 100)
        near = shapely.box(X0 + 130, Y0 + 90, X0 + 190, Y0 + 190)
        opened.store.transact(LABEL, [
            Insert("sand_pits", area("SK-001", PIT, name="一号坑", source="RTK测量", surveyed_on="2026-05-01")),
            Insert("sand_pits", area("SK-002", shapely.box(X0 + 30, Y0 + 60, X0 + 60, Y0 + 90))),
            Insert("red_lines", area("HX-001", near, name="近红线", source="某局", effective_on="2024-01-01")),
            Insert("red_lines", area("HX-002", far, name="远红线")),
            Insert("red_lines", area("HX-003", near, name="旧红线", status="replaced")),
            Insert("control_areas", area("KZ-001", near, kind="permanent_basic_farmland")),
        ])  # fmt: skip
        yield opened


def content_of(project: Project, **request):
    return build_content(project, SheetRequest("SK-001", **request))


def test_what_a_sheet_takes_from_the_project(project: Project) -> None:
    got = content_of(project)
    assert (got.project_name, got.site_code, got.site_name) == ("试验工程", "SK-001", "一号坑")
    assert got.window.scale == 500
    assert [c.code for c in got.controls] == ["KZ-001", "HX-001"]
    assert [n.code for n in got.neighbours] == ["SK-002"]
    assert {f.code for f in got.around} == {"SK-002", "HX-001", "HX-002", "KZ-001"}
    assert got.area_m2 == 3000
    assert got.sign_off.unit == "某测绘院"
    assert got.banner == ""
    texts = {s.what: (s.text, s.date) for s in got.sources}
    assert texts["outline"] == ("RTK测量", "2026-05-01")
    assert texts["ecological red lines"] == ("某局", "2024-01-01")
    assert texts["terrain"][0] == "测区（DTM，格网 1 m）"
    assert got.terrain_facts.vertical_datum == "1985国家高程基准"


def test_an_estimate_is_computed_where_none_is_stored_and_nothing_is_written(project: Project) -> None:
    before = project.store.revision
    got = content_of(project)
    assert got.estimate.fill_m3 == pytest.approx(58 * 48 * 5, rel=0.03)
    assert got.estimate.reference.key == "spill"
    assert float(np.nanmax(got.depth.values)) == pytest.approx(5.0)
    assert got.notes == ()
    assert project.store.revision == before


def test_the_stored_estimate_is_shown_until_the_outline_changes(project: Project) -> None:
    request = EstimateRequest(reference="level", parameters={"level_m": 998.0}, cover_m=0.5)
    stored = estimate(project, ["SK-001"], request=request).estimates[0]
    assert content_of(project).estimate == stored
    row = project.store.rows("sand_pits", code="SK-001")[0]
    shape = shapely.MultiPolygon([PIT.buffer(2, join_style="mitre")])
    project.store.transact(LABEL, [Update("sand_pits", row["fid"], {"geometry": shape})])
    got = content_of(project)
    assert got.estimate != stored
    assert got.estimate.request == request
    assert [n.key for n in got.notes] == ["sheet.estimate_stale"]


def test_overlay_and_present_state_need_no_estimate(project: Project) -> None:
    overlay = content_of(project, kind="control_overlay")
    assert overlay.estimate is None
    assert {c.code: c.relation for c in overlay.conflicts if c.area_m2}.keys() == {"HX-001", "KZ-001"}
    assert content_of(project, kind="present_state").conflicts is None


def test_a_made_up_project_is_marked(tmp_path: Path) -> None:
    write_dem(tmp_path / "dem.tif", "EPSG:4546")
    with Project.create(tmp_path / "p.gpkg", crs="EPSG:4546", name="p", settings={"made_up": True}) as project:
        add_terrain(project, tmp_path / "dem.tif")
        row = {"code": "SK-001", "geometry": shapely.MultiPolygon([PIT])}
        project.store.transact(LABEL, [Insert("sand_pits", row)])
        assert content_of(project).banner == "示例数据（虚构）"
        assert content_of(project, language="en").banner == "sample data (made up)"
        assert content_of(project, banner="").banner == ""
        report = make_sheet(project, SheetRequest("SK-001", language="en"), tmp_path / "s.pdf")
    if shutil.which("pdftotext"):
        text = subprocess.run(["pdftotext", str(report.path), "-"], check=True, capture_output=True).stdout.decode()
        assert "sample data (made up)" in text


def test_a_terrain_in_another_system_lies_where_it_belongs(tmp_path: Path) -> None:
    write_dem(tmp_path / "dem.tif", "EPSG:4546")
    with Project.create(tmp_path / "p.gpkg", crs="EPSG:4525", name="p") as project:  # the same zone, with its number
        add_terrain(project, tmp_path / "dem.tif")
        shape = shapely.transform(PIT, lambda xy: np.add(xy, [37_000_000, 0]))
        project.store.transact(
            LABEL, [Insert("sand_pits", {"code": "SK-001", "geometry": shapely.MultiPolygon([shape])})]
        )
        got = content_of(project, kind="present_state")
    deep = got.terrain.values < 997
    x0, y0, x1, y1 = got.terrain.extent
    columns = np.flatnonzero(deep.any(0)) / deep.shape[1] * (x1 - x0) + x0
    rows = y1 - np.flatnonzero(deep.any(1)) / deep.shape[0] * (y1 - y0)
    assert columns[0] == pytest.approx(37_424_081, abs=1.5)
    assert rows[-1] == pytest.approx(Y0 + 61, abs=1.5)
    assert got.crs.zone == 37
    assert got.crs.east(got.points[0].y_east) == pytest.approx(37_424_080)


@pytest.mark.parametrize(
    ("crs", "x", "prefix", "wide", "sign"),
    [("EPSG:4546", 424000, 37, 3, -1), ("EPSG:4546", 576000, 37, 3, 1), ("EPSG:4525", 37424000, None, 3, -1),
     ("EPSG:32649", 424000, None, None, -1)],
)  # fmt: skip
def test_facts_of_the_system(crs: str, x: float, prefix: int | None, wide: int | None, sign: int) -> None:
    site = Site("u", "SK", "", "sand_pits", shapely.box(x, Y0, x + 10, Y0 + 10), crs, True)
    facts = sheet_crs(site)
    assert facts.prefix == prefix
    assert facts.degrees_wide == wide
    # Convergence ≈ (λ − λ₀)·sin φ: east of the central meridian grid north lies east of true north.
    assert facts.convergence_deg == pytest.approx(
        sign * 76000 / (111320 * np.cos(np.radians(40.62))) * np.sin(np.radians(40.62)), rel=0.02
    )


def test_refusals_leave_nothing(project: Project, tmp_path: Path) -> None:
    out = tmp_path / "s.pdf"
    with pytest.raises(Missing, match="SK-00"):
        make_site_sheet(project, "SK-009", out)
    with pytest.raises(Missing, match="backfill_design"):
        make_site_sheet(project, "SK-001", out, kind="poster")
    with pytest.raises(Refused, match="does not fit"):
        make_site_sheet(project, "SK-001", out, scale=150)
    (tmp_path / "dem.tif").unlink()
    with pytest.raises(Unreadable, match="not there"):
        make_site_sheet(project, "SK-001", out)
    assert not out.exists()


def test_progress_runs_from_nothing_to_all(project: Project, tmp_path: Path) -> None:
    seen: list[float] = []
    watch = Watch(lambda fraction, _: seen.append(fraction))
    report = make_site_sheet(project, "SK-001", tmp_path / "s.pdf", kind="present_state", watch=watch)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    assert report.scale == 500
    assert report.path.read_bytes()[:5] == b"%PDF-"


KINDS_OF_D2 = ("backfill_design", "present_state")


def test_real_lidar_pits(shared_data: Path, tmp_path: Path) -> None:
    """The sheet says what the estimate says, and that is what the data's README says."""
    from app.verbs.import_ import import_features

    folder = shared_data / "lidar_pits_1m"
    with Project.create(tmp_path / "pits.gpkg", crs="EPSG:26915", name="lidar") as project:
        add_terrain(project, folder / "pits_1m.tif", source="lidar")
        import_features(project, folder / "outlines.gpkg", layer="sand_pits", sublayer="pits")
        request = EstimateRequest(reference="level", parameters={"level_m": 390.5})
        estimate(project, None, request=request)
        content = build_content(project, SheetRequest("D2"))
        reports = [make_site_sheet(project, "D2", tmp_path / f"{k}.pdf", kind=k) for k in KINDS_OF_D2]
    assert content.estimate.fill_m3 == pytest.approx(2040.4, rel=0.003)
    assert float(np.nanmax(content.depth.values)) == pytest.approx(4.07, abs=0.01)
    assert content.crs.prefix is None
    if shutil.which("pdftotext"):
        solid = ""
        for report in reports:
            text = subprocess.run(["pdftotext", "-layout", str(report.path), "-"], check=True, capture_output=True)
            solid += "".join(text.stdout.decode("utf8").split())
        assert "NAD83/UTMzone15N" in solid
        assert "1029m²=0.1029公顷" in solid
        for point in content.points:
            assert f"{point.number}{point.x_north:.3f}{point.y_east:.3f}" in solid
