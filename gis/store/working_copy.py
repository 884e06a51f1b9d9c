"""A working copy: the whole project in a second file, which knows from which state it was made."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gis.store import files
from gis.store.cells import MARK
from gis.store.copying import copy_database
from gis.store.creating import check_place, put_in_place
from gis.store.steps import user_name
from gis.store.values import now_text
from models.changes import Update
from models.notices import N_, Notice
from models.progress import Watch

if TYPE_CHECKING:
    from gis.store.store import Store


def copy_out(project: Store, out: Path, watch: Watch | None = None) -> dict[str, Any]:
    """Write a working copy to `out` (written beside, then put in place); returns its mark.

    The mark holds uid (of this copy), revision (the last step of the project in it), made_at, made_by, of (the file's
    name). Raises Refused (no .gpkg name, exists), Missing (no such folder), Unwritable, Cancelled.
    """
    from gis.store.store import Store

    watch = watch or Watch()
    out = Path(out).absolute()
    check_place(out)
    with files.draft_of(out) as draft:
        with project.reader() as source:
            copy_database(source, project.path, draft, watch=watch.part(0.0, 0.9))
        with Store.open(draft) as copy:
            row = copy.rows("project")[0]
            mark = {"uid": str(uuid.uuid4()), "revision": copy.revision, "made_at": now_text(),
                    "made_by": user_name(), "of": project.path.name}  # fmt: skip
            label = Notice("copy.mark", N_("made as a working copy of {file}"), file=project.path.name)
            copy.transact(label, [Update("project", row["fid"], {"settings": {**(row["settings"] or {}), MARK: mark}})])
        put_in_place(draft, out)
    watch.report(1.0)
    return mark
