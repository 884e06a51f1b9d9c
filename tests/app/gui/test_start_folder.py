from __future__ import annotations

from pathlib import Path

from app.gui import settings


def test_files_are_asked_for_where_the_last_one_was_else_beside_the_last_project(tmp_path: Path) -> None:
    projects, files = tmp_path / "projects", tmp_path / "files"
    for folder in (projects, files):
        folder.mkdir()
    assert settings.start_folder() not in ("", ".")
    settings.add_recent(projects / "a.gpkg")
    assert settings.start_folder() == str(projects)
    settings.remember_folder(files / "b.shp")
    assert settings.start_folder() == str(files)
    assert settings.start_folder("projects") == str(projects)
    (files).rmdir()  # a stick that was taken out
    assert settings.start_folder() == str(projects)
