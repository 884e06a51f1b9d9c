"""A working copy: the whole project in a second file, which knows from which state it was made."""

from __future__ import annotations

import uuid
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gis.store.cells import MARK
from gis.store.connection import connect
from gis.store.faults import sqlite_faults
from gis.store.opening import _check_place, _put_in_place
from gis.store.steps import user_name
from gis.store.values import now_text
from models.changes import Update
from models.errors import AppError, Unwritable
from models.notices import N_, Notice
from models.progress import Watch

if TYPE_CHECKING:
    from gis.store.store import Store

_PAGES = 2000  # copied in one go, between two looks at the watch


def copy_out(project: Store, out: Path, watch: Watch | None = None) -> dict[str, Any]:
    """Write a working copy to `out` (written beside, then put in place); returns its mark.

    The mark holds uid (of this copy), revision (the last step of the project in it), made_at, made_by, of (the file's
    name). Raises Refused (no .gpkg name, exists), Missing (no such folder), Unwritable, Cancelled.
    """
    from gis.store.store import Store

    watch = watch or Watch()
    out = Path(out).absolute()
    _check_place(out)
    draft = out.with_name(f".{out.name[:60]}.{uuid.uuid4().hex[:8]}.part")
    try:
        _backup(project, draft, watch)
        with Store.open(draft) as copy:
            row = copy.rows("project")[0]
            mark = {"uid": str(uuid.uuid4()), "revision": copy.revision, "made_at": now_text(),
                    "made_by": user_name(), "of": project.path.name}  # fmt: skip
            label = Notice("copy.mark", N_("made as a working copy of {file}"), file=project.path.name)
            copy.transact(label, [Update("project", row["fid"], {"settings": {**(row["settings"] or {}), MARK: mark}})])
        _put_in_place(draft, out)
    except OSError as cause:
        if isinstance(cause, AppError):
            raise
        raise Unwritable("copy.unwritable", N_("the copy could not be written"), where=str(out),
                         advice=N_("check the folder and the room on the disk")) from cause  # fmt: skip
    finally:
        for left in (draft, Path(f"{draft}-journal")):
            with suppress(OSError):
                left.unlink(missing_ok=True)
    watch.report(1.0)
    return mark


def _backup(project: Store, draft: Path, watch: Watch) -> None:
    with project.reader() as source, sqlite_faults(draft, writing=True):
        target = connect(draft, "rwc")
        try:
            source.backup(target, pages=_PAGES, progress=lambda _s, left, total: watch.report(0.9 * (1 - left / total)))
        finally:
            target.close()
