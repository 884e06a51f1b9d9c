"""The folder of a package: what a killed run left is put right, what somebody added is not lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.package.dossier.place import FORMAT, MANIFEST, built_beside, check_place, untouched
from gis.files import sha256_of
from gis.leftovers import draft_name
from gis.processes import computer
from models.errors import Refused, Unwritable


def package(folder: Path, text: str = "a") -> Path:
    folder.mkdir()
    (folder / "plan.txt").write_text(text, encoding="utf8")
    files = [{"path": "plan.txt", "sha256": sha256_of(folder / "plan.txt")}]
    (folder / MANIFEST).write_text(json.dumps({"format": FORMAT, "files": files}), encoding="utf8")
    return folder


def rebuild(out: Path, text: str = "new") -> list[Path]:
    with built_beside(out) as (draft, kept):
        (draft / "plan.txt").write_text(text, encoding="utf8")
    return kept


def test_untouched_means_no_byte_and_no_file_more_or_less(tmp_path: Path) -> None:
    out = package(tmp_path / "p")
    assert untouched(out)
    (out / "mine.txt").write_text("x", encoding="utf8")
    assert not untouched(out)
    (out / "mine.txt").unlink()
    (out / "plan.txt").write_text("b", encoding="utf8")
    assert not untouched(out)
    (out / "plan.txt").unlink()
    assert not untouched(out)


def test_what_somebody_put_into_it_is_kept(tmp_path: Path) -> None:
    out = package(tmp_path / "p")
    (out / "letter.txt").write_text("mine", encoding="utf8")
    (kept,) = rebuild(out)
    assert (kept / "letter.txt").read_text(encoding="utf8") == "mine"
    assert (out / "plan.txt").read_text(encoding="utf8") == "new"


def test_a_package_between_its_two_names_comes_back(tmp_path: Path) -> None:
    """Killed after the old one was moved aside and before the new one was in its place."""
    package(tmp_path / f".p.h{computer()[:8]}-4194399-12345678-12345678.old", "old")
    with pytest.raises(RuntimeError), built_beside(tmp_path / "p"):
        raise RuntimeError
    assert (tmp_path / "p" / "plan.txt").read_text(encoding="utf8") == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["p"]


def test_another_run_that_is_at_it_keeps_what_it_moved_aside(tmp_path: Path) -> None:
    """A name of this very process: it is alive."""
    package(tmp_path / draft_name("p", "old"), "old")
    rebuild(tmp_path / "p")
    assert (tmp_path / "p" / "plan.txt").read_text(encoding="utf8") == "new"
    assert len(list(tmp_path.glob(".p.h*.old"))) == 1


def test_a_rename_that_fails_brings_the_old_one_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = package(tmp_path / "p", "old")
    real = Path.rename

    def fails(self: Path, target: Path) -> Path:
        if self.name.endswith(".part"):
            raise PermissionError(13, "in use")
        return real(self, target)

    monkeypatch.setattr(Path, "rename", fails)
    with pytest.raises(Unwritable, match="cannot be written"):
        rebuild(out)
    assert (out / "plan.txt").read_text(encoding="utf8") == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["p"]


def test_a_manifest_that_is_none_makes_no_package(tmp_path: Path) -> None:
    out = package(tmp_path / "p")
    for text in ("", "{", "[]", '{"format": "other", "files": []}', '{"format": "huitian-package", "files": [1]}'):
        (out / MANIFEST).write_text(text, encoding="utf8")
        with pytest.raises(Refused, match="other things"):
            check_place(out, tmp_path / "x.gpkg")


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    package(tmp_path / "real")
    (tmp_path / "link").symlink_to(tmp_path / "real", target_is_directory=True)
    with pytest.raises(Refused, match="something else"):
        check_place(tmp_path / "link", tmp_path / "x.gpkg")
