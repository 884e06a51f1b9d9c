"""A project of a network folder worked on as a copy on this computer's disk, and written back.

One folder a copy, under the user's data folder: the copy under its own name, and a card that says where it came from
and what was there then. Written back is only over what was taken; if somebody changed that meanwhile, both are kept.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from gis.store import files, lock
from gis.store.connection import connect, is_open_here
from gis.store.copying import copy_database, no_peace, quick_check
from gis.store.faults import DAMAGED_ADVICE, sqlite_faults
from gis.store.step_log import last_step
from gis.store.upgrading import content
from gis.store.values import now_text
from models.errors import AppError, Missing, Refused, Unreadable, Unwritable
from models.notices import N_
from models.progress import Watch

_log = logging.getLogger(__name__)
_CARD = "origin.json"


@dataclass(frozen=True)
class LocalCopy:
    """A local copy. `taken_sha256` is of the origin's file, `taken_content` of what it said, both when it was taken."""

    path: Path
    origin: Path
    taken_at: str
    taken_sha256: str
    taken_content: str
    taken_revision: int

    def to_json(self) -> dict[str, object]:
        """The dictionary that ``local-copy --json`` prints."""
        return {
            "path": str(self.path),
            "origin": str(self.origin),
            "taken_at": self.taken_at,
            "taken_revision": self.taken_revision,
            "changed": self.changed(),
        }

    def changed(self) -> bool:
        """True if the copy holds work that the origin does not have. A copy that cannot be read counts as changed."""
        try:
            return _said(self.path) != self.taken_content
        except AppError:
            return True


def listed(root: Path) -> list[LocalCopy]:
    """All local copies under `root`, oldest first."""
    found = []
    with suppress(OSError):
        for folder in root.iterdir():
            copy = _read(folder)
            if copy is not None:
                found.append(copy)
    return sorted(found, key=lambda c: (c.taken_at, str(c.path)))


def of_origin(root: Path, origin: Path) -> LocalCopy | None:
    """The local copy of a project, None if there is none."""
    return _read(_folder(root, origin))


def origin_of(path: Path) -> Path | None:
    """Where the project came from, if `path` is a local copy."""
    copy = _read(path.parent)
    return copy.origin if copy is not None and copy.path == path else None


def _folder(root: Path, origin: Path) -> Path:
    return root / hashlib.sha256(os.path.realpath(origin).encode("utf8", "surrogatepass")).hexdigest()[:16]


def _read(folder: Path) -> LocalCopy | None:
    try:
        said = json.loads((folder / _CARD).read_text(encoding="utf8"))
        made = LocalCopy(folder / said["name"], Path(said["origin"]), said["taken_at"], said["taken_sha256"],
                         said["taken_content"], int(said["taken_revision"]))  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return made if made.path.is_file() else None


def _write_card(copy: LocalCopy) -> None:
    said = {
        "name": copy.path.name,
        "origin": str(copy.origin),
        "taken_at": copy.taken_at,
        "taken_sha256": copy.taken_sha256,
        "taken_content": copy.taken_content,
        "taken_revision": copy.taken_revision,
    }
    files.write_text(copy.path.parent / _CARD, json.dumps(said, ensure_ascii=False, indent=1))


def _said(path: Path) -> str:
    """A digest of what a project's tables say, whatever its pages look like."""
    with sqlite_faults(path), closing(connect(path, "ro")) as con:
        return hashlib.sha256(repr(sorted(content(con).items())).encode()).hexdigest()


def _sha256(path: Path) -> str:
    _not_open(path)
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError as cause:
        raise Missing("project.absent", N_("there is no such file"), where=str(path)) from cause
    except OSError as cause:
        raise Unreadable("project.no_access", N_("the project file cannot be opened"), where=str(path),
                         advice=N_("check that you may read it and its folder")) from cause  # fmt: skip


def _not_open(path: Path) -> None:
    if is_open_here(path):
        raise Refused("copy.open", N_("the project is open in this program"), where=str(path),
                      advice=N_("close it first"))  # fmt: skip


@contextmanager
def _held(origin: Path, program: str) -> Iterator[None]:
    held, _ = lock.acquire(origin, program)
    try:
        yield
    finally:
        held.release()


def take(root: Path, origin: Path, program: str, watch: Watch | None = None) -> LocalCopy:
    """Make the local copy of a project. Raises Refused "copy.exists", Unwritable, Unreadable, Missing."""
    there = of_origin(root, origin)
    if there is not None:
        raise Refused("copy.exists", N_("there is a local copy of this project already"), where=str(there.path),
                      advice=N_("go on with it, write it back, or drop it"))  # fmt: skip
    watch = watch or Watch()
    before = _sha256(origin)
    folder = _folder(root, origin)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _held(origin, program), files.draft_of(folder / origin.name) as draft:
            with sqlite_faults(origin), closing(connect(origin, "ro")) as source:
                copy_database(source, origin, draft, whole=True, watch=watch)
                revision = last_step(source)
            if _sha256(origin) != before:
                raise no_peace(origin)  # noqa: TRY301
            _check_sound(draft, origin)
            made = LocalCopy(folder / origin.name, Path(origin).absolute(), now_text(), before, _said(draft),
                             revision)  # fmt: skip
            files.replace(draft, made.path)
            _write_card(made)
    except BaseException as cause:
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(cause, OSError) and not isinstance(cause, AppError):
            raise _no_room(folder) from cause
        raise
    return made


def _no_room(folder: Path) -> Unwritable:
    advice = N_("check the room on its disk and that it can be written")
    return Unwritable("copy.not_written", N_("the copy could not be written; what was there is as it was"),
                      where=str(folder), advice=advice)  # fmt: skip


def _check_sound(draft: Path, of: Path) -> None:
    said = quick_check(draft)
    if said != "ok":
        _log.error("copy of %s: %s", of, said)
        raise Unreadable("project.damaged", N_("the project file is damaged"), where=str(of),
                         advice=DAMAGED_ADVICE)  # fmt: skip


def write_back(copy: LocalCopy, program: str, watch: Watch | None = None) -> bool:
    """Put the copy in the place of its origin; False if there was nothing to write. The copy stays until `drop`.

    Raises Refused "copy.origin_changed" if the origin is no longer what was taken (both are kept), Missing "copy.
    origin_gone", Unwritable (held by somebody, no room); the origin is as it was then.
    """
    _not_open(copy.path)
    if not copy.changed():
        return False
    if copy.origin.exists() and _said(copy.origin) == _said(copy.path):
        _write_card(replace(copy, taken_sha256=_sha256(copy.origin), taken_content=_said(copy.path)))
        return False  # written back before, and the program was killed before it could note that
    if not copy.origin.exists():
        raise Missing("copy.origin_gone", N_("the project is not there any more; the local copy is kept"),
                      where=str(copy.origin), advice=N_("bring the network folder back, or copy {copy} elsewhere"),
                      copy=str(copy.path))  # fmt: skip
    try:
        with _held(copy.origin, program), files.draft_of(copy.origin) as draft:
            files.sweep(copy.origin)
            _check_unchanged(copy)
            with sqlite_faults(copy.path), closing(connect(copy.path, "ro")) as source:
                copy_database(source, copy.path, draft, whole=True, watch=watch)
                revision = last_step(source)
            _check_sound(draft, copy.path)
            files.flush(draft)
            made = replace(copy, taken_sha256=_sha256(draft), taken_content=_said(draft), taken_revision=revision)
            _check_unchanged(copy)
            files.replace(draft, copy.origin)
    except OSError as cause:
        if isinstance(cause, AppError):
            raise
        _log.warning("cannot write back to %s: %s", copy.origin, cause)
        raise _no_room(copy.origin.parent) from cause
    try:
        _write_card(made)
    except OSError as cause:  # the work is back; that the card is old is understood the next time
        _log.warning("%s: %s", copy.path, cause)
    return True


def _check_unchanged(copy: LocalCopy) -> None:
    if _sha256(copy.origin) == copy.taken_sha256:
        return
    with suppress(AppError):
        if _said(copy.origin) == copy.taken_content:
            return  # other pages, the same content: it was opened, not changed
    text = N_("somebody changed the project since the local copy was taken; both are kept")
    raise Refused("copy.origin_changed", text, where=str(copy.origin), copy=str(copy.path),
                  advice=N_("bring your copy into the project: merge PROJECT {copy}"))  # fmt: skip


def drop(copy: LocalCopy) -> None:
    """Delete a local copy, whatever is in it. Raises Refused while it is open here."""
    _not_open(copy.path)
    shutil.rmtree(copy.path.parent, ignore_errors=True)
