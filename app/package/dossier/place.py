"""The package's folder: built beside, renamed in. What was there stays until the new one is whole, and is not lost."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gis.files import sha256_of
from gis.leftovers import draft_name, drafts_of, remove, tidy
from models.errors import Missing, Refused, Unwritable
from models.notices import N_

MANIFEST = "manifest.json"
FORMAT = "huitian-package"
_ADVICE = N_("check the permissions of the folder, free space, and that no file of the package is open elsewhere")


def check_place(out: Path, project: Path) -> Path:
    """The absolute folder, if a package may be put there. Raises Missing, Refused; nothing is written."""
    out = Path(os.path.abspath(out))  # noqa: PTH100 - a link at the end of the path is looked at below
    where = str(out)
    if not out.parent.is_dir():
        raise Missing("package.no_folder", N_("there is no folder in which the package could be made"),
                      where=str(out.parent), advice=N_("make it first"))  # fmt: skip
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise Refused("package.no_dir", N_("there is something else of this name"), where=where,
                      advice=N_("name a folder that is not there yet"))  # fmt: skip
    if out.is_dir():
        if out == project.parent or project.is_relative_to(out):
            raise Refused("package.in_project", N_("the project itself lies in this folder"), where=where,
                          advice=N_("name a folder of its own for the package"))  # fmt: skip
        if any(out.iterdir()) and made_here(out) is None:
            raise Refused("package.foreign", N_("the folder holds other things than a package"), where=where,
                          advice=N_("name a new folder, or empty this one"))  # fmt: skip
    return out


def made_here(folder: Path) -> dict[str, str] | None:
    """sha256 of each file of a package by its path, as its manifest says; None if the folder is no package of ours."""
    try:
        data = json.loads((folder / MANIFEST).read_text(encoding="utf8"))
        if data["format"] != FORMAT:
            return None
        return {str(f["path"]): str(f["sha256"]) for f in data["files"]}
    except (OSError, ValueError, KeyError, TypeError):
        return None


def untouched(folder: Path) -> bool:
    """True if a package holds exactly what was put into it: nothing changed, nothing added."""
    said = made_here(folder)
    if said is None:
        return not any(folder.iterdir())
    found = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if not p.is_dir()}
    if found - {MANIFEST} != set(said):
        return False
    try:
        return all(sha256_of(folder / name) == digest for name, digest in said.items())
    except OSError:
        return False


@contextmanager
def built_beside(out: Path) -> Iterator[tuple[Path, list[Path]]]:
    """(A folder to fill, a list that says afterwards where an old package was kept). At the end it is `out`.

    On any error `out` is as it was. An old package that somebody edited or added to is kept under another name beside
    the new one. Raises Unwritable.
    """
    kept: list[Path] = []
    _tidy(out)
    draft = out.with_name(draft_name(out.name))
    try:
        draft.mkdir(mode=0o700)
    except OSError as cause:
        raise _unwritable(out) from cause
    try:
        yield draft, kept
        try:
            _swap(draft, out, kept)
        except OSError as cause:
            raise _unwritable(out) from cause
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _tidy(out: Path) -> None:
    """Put right what runs left that were killed: an old package between its two names, drafts."""
    with suppress(OSError):
        aside = drafts_of(out.name, out.parent, "old")
        if aside and not out.exists():
            aside.pop(0).rename(out)
        for left in [*aside, *drafts_of(out.name, out.parent, "part")]:
            remove(left)
    tidy(out.parent)


def _swap(draft: Path, out: Path, kept: list[Path]) -> None:
    for file in draft.rglob("*"):
        if file.is_file():
            with file.open("rb+") as handle:
                os.fsync(handle.fileno())
    draft.chmod(0o755)
    if not out.exists():
        draft.rename(out)
        return
    clean = untouched(out)
    aside = _free_name(out) if not clean else out.with_name(draft_name(out.name, "old"))
    out.rename(aside)
    try:
        draft.rename(out)
    except OSError:
        aside.rename(out)
        raise
    if clean:
        shutil.rmtree(aside, ignore_errors=True)
    else:
        kept.append(aside)
    with suppress(OSError):
        folder = os.open(out.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _free_name(out: Path) -> Path:
    number = 1
    while (made := out.with_name(f"{out.name} ({number})")).exists():
        number += 1
    return made


def _unwritable(out: Path) -> Unwritable:
    return Unwritable("package.unwritable", N_("the package cannot be written"), where=str(out), advice=_ADVICE)
