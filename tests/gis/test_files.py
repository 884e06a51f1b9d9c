"""Files and folders that people name."""

from __future__ import annotations

from pathlib import Path

import pytest

from gis.files import files_of
from models.errors import Missing


def test_files_of_folders(tmp_path: Path) -> None:
    for name in ("b.tif", "a.TIF", "a.tif.aux.xml", "c.vrt", "说明.txt"):
        (tmp_path / name).write_bytes(b"x")
    assert [f.name for f in files_of([tmp_path], (".tif",))] == ["a.TIF", "b.tif"]
    assert [f.name for f in files_of([tmp_path / "b.tif", tmp_path], (".tif",))] == ["b.tif", "a.TIF"]
    (tmp_path / "empty").mkdir()
    with pytest.raises(Missing) as caught:
        files_of([tmp_path / "empty"], (".tif",))
    assert caught.value.key == "terrain.empty_folder"
