"""Paths as people have them: Chinese, spaces, # % and emoji, very long; places that cannot be written; odd names."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin
from shapely.geometry import box

from app.i18n import translator
from app.project import Project
from app.verbs.deliver import make_site_sheet
from app.verbs.estimate import EstimateRequest, estimate
from app.verbs.export import export_layer
from app.verbs.import_ import import_features
from app.verbs.import_account import write_account
from app.verbs.terrain import add_terrain
from models.errors import Missing, Refused, Unreadable, Unwritable

X, Y = 417_000.0, 4_496_000.0
HOME = "EPSG:4546"
FOLDERS = {
    "chinese and signs": Path("资料 目录 #1 100% 😀"),
    "shell words": Path("a&b;c=d!e,f[g]{h} 'i' $(j)"),
    "dashes and dots": Path("-x", "...y", "z.shp"),
    "over 260 characters": Path("长" * 25, "pit" * 40, "坑" * 25, "x" * 80),
}


def outlines(path: Path) -> Path:
    frame = gpd.GeoDataFrame(
        {"编号": ["SK-9"], "名称": ["砂坑"]}, geometry=[box(X + 19.5, Y - 60.5, X + 60.5, Y - 19.5)], crs=HOME
    )
    with tempfile.TemporaryDirectory() as plain:  # the libraries that make it take some signs for a path in an archive
        made = Path(plain) / f"a{path.suffix}"
        frame.to_file(made, engine="pyogrio", **({"encoding": "GB18030"} if path.suffix == ".shp" else {}))
        for part in Path(plain).iterdir():
            shutil.copy(part, path.with_suffix(part.suffix))
    return path


def terrain(path: Path) -> Path:
    z = np.full((100, 100), 1050.0, "float32")
    z[20:60, 20:60] = 1040.0
    grid: dict[str, Any] = {"width": 100, "height": 100, "count": 1, "dtype": "float32", "crs": HOME}
    with rasterio.open(path, "w", driver="GTiff", transform=from_origin(X, Y, 1, 1), **grid) as out:
        out.write(z, 1)
    return path


@pytest.fixture
def project(project_file: Path) -> Iterator[Project]:
    with Project.open(project_file) as opened:
        yield opened


@pytest.mark.parametrize("place", FOLDERS)
def test_the_whole_way_works_under_any_folder(place: str, tmp_path: Path) -> None:
    folder = tmp_path / FOLDERS[place]
    folder.mkdir(parents=True)
    name = "工程 #1 50% 😀"
    with Project.create(folder / f"{name}.gpkg", crs=HOME) as made:
        assert import_features(made, outlines(folder / f"{name}.shp"), layer="sand_pits").codes == ["SK-9"]
        assert import_features(made, outlines(folder / f"{name}.geojson"), layer="red_lines").added == 1
        add_terrain(made, terrain(folder / f"{name}.tif"))
        assert estimate(made, None, request=EstimateRequest()).estimates[0].fill_m3 == pytest.approx(16_000, rel=0.02)
        for key, suffix in (("gpkg", "gpkg"), ("shp", "shp"), ("geojson", "geojson")):
            out = folder / f"出 {name}.{suffix}"
            export_layer(made, layer="sand_pits", format=key, out=out)
            assert import_features(made, out, layer="mine_pits", duplicates="add", dry_run=True).added == 1
        report = import_features(made, folder / f"{name}.shp", layer="mine_pits", duplicates="add", dry_run=True)
        assert write_account(report, folder / f"报告 {name}.csv", translator("zh_CN")).stat().st_size > 20
    with Project.open(folder / f"{name}.gpkg", read_only=True) as again:
        assert again.store.count("sand_pits") == 1
    assert not [p for p in folder.iterdir() if p.name.startswith(".")]


def test_a_sheet_is_made_under_such_a_name(tmp_path: Path) -> None:
    folder = tmp_path / FOLDERS["over 260 characters"]
    folder.mkdir(parents=True)
    with Project.create(folder / "p.gpkg", crs=HOME) as made:
        import_features(made, outlines(folder / "a.shp"), layer="sand_pits")
        add_terrain(made, terrain(folder / "地形 #1 50%.tif"))
        estimate(made, None, request=EstimateRequest())
        out = folder / "图 #1 50% 😀.pdf"
        make_site_sheet(made, "SK-9", out, kind="present_state")
    assert out.read_bytes().startswith(b"%PDF")


def test_a_path_that_no_project_file_can_have_is_told_as_that(tmp_path: Path) -> None:
    folder = tmp_path / ("长" * 60) / ("坑" * 60) / ("宽" * 60)
    folder.mkdir(parents=True)
    with pytest.raises(Unwritable, match="too long for a project file"):
        Project.create(folder / "p.gpkg", crs=HOME)
    assert list(folder.iterdir()) == []


def test_files_deeper_than_a_project_can_lie_come_in(project: Project, tmp_path: Path) -> None:
    folder = tmp_path / ("长" * 60) / ("坑" * 60) / ("宽" * 60)
    folder.mkdir(parents=True)
    assert import_features(project, outlines(folder / "a.shp"), layer="sand_pits").added == 1
    assert add_terrain(project, terrain(folder / "地形.tif"))


def test_relative_paths_mean_the_folder_one_stands_in(project: Project, tmp_path: Path) -> None:
    outlines(tmp_path / "a b.shp")
    with chdir(tmp_path):
        assert import_features(project, Path("a b.shp"), layer="sand_pits").added == 1
        export_layer(project, layer="sand_pits", format="gpkg", out=Path("出.gpkg"))
    assert (tmp_path / "出.gpkg").is_file()


@pytest.mark.parametrize("name", ["NUL.gpkg", "con.gpkg", "Aux.gpkg", "COM1.gpkg", "lpt9.gpkg", "com².gpkg"])
def test_nothing_is_made_under_the_name_of_a_device(name: str, project: Project, tmp_path: Path) -> None:
    out = tmp_path / name
    with pytest.raises(Refused, match="device"):
        Project.create(out, crs=HOME)
    import_features(project, outlines(tmp_path / "a.shp"), layer="sand_pits")
    with pytest.raises(Refused, match="device"):
        export_layer(project, layer="sand_pits", format="gpkg", out=out)
    with pytest.raises(Refused, match="device"):
        make_site_sheet(project, "SK-9", out.with_suffix(".pdf"))
    assert not out.exists()


@pytest.mark.parametrize("name", ["控制室.gpkg", "console.gpkg", "nul2.gpkg", "com10.gpkg", "a con.gpkg"])
def test_names_that_only_look_alike_are_fine(name: str, tmp_path: Path) -> None:
    Project.create(tmp_path / name, crs=HOME).close()
    assert (tmp_path / name).is_file()


@pytest.mark.parametrize("name", ["a\nb.gpkg", "a\u202egpj.gpkg", "a\tb.gpkg"])
def test_names_that_mislead_are_refused_and_shown_plainly(name: str, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="control characters") as caught:
        Project.create(tmp_path / name, crs=HOME)
    assert name not in caught.value.sentence()


def test_a_folder_named_like_a_file_is_told_as_a_folder(project: Project, tmp_path: Path) -> None:
    folder = tmp_path / "x.shp"
    folder.mkdir()
    with pytest.raises(Refused, match="this is a folder"):
        import_features(project, folder, layer="sand_pits")
    import_features(project, outlines(tmp_path / "a.shp"), layer="sand_pits")
    for key in ("shp", "gpkg", "geojson"):
        out = tmp_path / f"y.{key}"
        out.mkdir()
        with pytest.raises((Refused, Unwritable)):
            export_layer(project, layer="sand_pits", format=key, out=out)
        with pytest.raises((Refused, Unwritable)):
            export_layer(project, layer="sand_pits", format=key, out=out, overwrite=True)
        assert out.is_dir()
    with pytest.raises((Refused, Unwritable)):
        Project.create(tmp_path / "y.gpkg", crs=HOME)
    sheet = tmp_path / "z.pdf"
    sheet.mkdir()
    report = import_features(project, tmp_path / "a.shp", layer="sand_pits", duplicates="add", dry_run=True)
    (tmp_path / "r.csv").mkdir()
    with pytest.raises((Refused, Unwritable)):
        write_account(report, tmp_path / "r.csv", translator("en"), overwrite=True)


def test_a_folder_named_like_a_terrain_is_told(project: Project, tmp_path: Path) -> None:
    (tmp_path / "x.tif").mkdir()
    with pytest.raises((Missing, Refused, Unreadable)) as caught:
        add_terrain(project, tmp_path / "x.tif")
    assert "x.tif" in caught.value.sentence()


class _Busy:
    """Another program holds the file, as Windows tells it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, held: Path) -> None:
        real_open, real_replace = Path.open, os.replace

        def opened(path: Path, *how: Any, **more: Any) -> Any:
            if path == held:
                raise PermissionError(13, "being used by another process", str(path))
            return real_open(path, *how, **more)

        def replaced(source: Any, target: Any, **more: Any) -> None:
            if Path(target) == held:
                raise PermissionError(13, "being used by another process", str(target))
            real_replace(source, target, **more)

        monkeypatch.setattr(Path, "open", opened)
        monkeypatch.setattr(os, "replace", replaced)
        monkeypatch.setattr(Path, "replace", replaced)


def test_a_file_that_another_program_holds_is_told_and_nothing_is_lost(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = outlines(tmp_path / "a.shp")
    import_features(project, path, layer="sand_pits")
    report = import_features(project, path, layer="sand_pits", duplicates="add", dry_run=True)
    before = project.store.revision
    with monkeypatch.context() as patch:
        _Busy(patch, path)
        with pytest.raises(Unreadable, match="another program holds it"):
            import_features(project, path, layer="sand_pits", duplicates="add")
    assert project.store.revision == before
    for name, write in (
        ("b.gpkg", lambda out: export_layer(project, layer="sand_pits", format="gpkg", out=out, overwrite=True)),
        ("b.csv", lambda out: write_account(report, out, translator("en"), overwrite=True)),
        ("b.txt", lambda out: write_account(report, out, translator("en"), overwrite=True)),
    ):
        out = tmp_path / name
        out.write_bytes(b"old")
        with monkeypatch.context() as patch:
            _Busy(patch, out)
            with pytest.raises(Unwritable) as caught:
                write(out)
        assert name in caught.value.where
        assert out.read_bytes() == b"old"
    assert not [p.name for p in tmp_path.iterdir() if p.name.startswith(".")]


@pytest.mark.skipif(sys.platform != "linux", reason="needs a place that nobody may write, not even root")
def test_a_folder_that_cannot_be_written_is_told(project: Project, tmp_path: Path) -> None:
    closed = Path("/sys/kernel")
    import_features(project, outlines(tmp_path / "a.shp"), layer="sand_pits")
    report = import_features(project, tmp_path / "a.shp", layer="sand_pits", duplicates="add", dry_run=True)
    for act in (
        lambda: Project.create(closed / "p.gpkg", crs=HOME),
        lambda: export_layer(project, layer="sand_pits", format="gpkg", out=closed / "a.gpkg"),
        lambda: write_account(report, closed / "a.csv", translator("en")),
        lambda: write_account(report, closed / "a.txt", translator("en")),
    ):
        with pytest.raises(Unwritable) as caught:
            act()
        assert str(closed) in caught.value.where


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_files_in_a_read_only_folder_come_in(project: Project, tmp_path: Path) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    outlines(folder / "a.shp")
    terrain(folder / "t.tif")
    folder.chmod(0o500)
    try:
        assert import_features(project, folder / "a.shp", layer="sand_pits").added == 1
        add_terrain(project, folder / "t.tif")
        assert sorted(p.suffix for p in folder.iterdir()) == [".cpg", ".dbf", ".prj", ".shp", ".shx", ".tif"]
    finally:
        folder.chmod(0o700)
