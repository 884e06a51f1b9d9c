"""Which repairs a project needs, before any is made: they are made on a copy that goes again."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from app.verbs.outside import adopt_outside
from gis.leftovers import draft_folder
from gis.store import Store
from gis.store.mending import MENDED
from gis.store.repairing import check_repairable, copy_of, repair_structure
from models.notices import Notice
from models.progress import Watch
from models.repairs import Repair


def plan_repairs(path: Path, watch: Watch | None = None) -> tuple[Repair, ...]:
    """What `app.verbs.repair.repair_project` would do to the project at `path`, each kind with its count.

    Changes of other programs, which a repair takes into the log first, are no repair and not among them. Raises
    Unreadable for a file whose pages are broken, Unwritable (no room for the copy), Cancelled.
    """
    watch = watch or Watch()
    path = Path(path).absolute()
    check_repairable(path)
    with draft_folder("huitian") as folder:
        copy = copy_of(path, folder / path.name)
        watch.report(0.3)
        repairs = repair_structure(copy, watch.part(0.3, 0.7))
        with Store.open(copy) as store:
            if store.changed_outside:
                adopt_outside(store)
            step, mended = store.mend(Notice("store.mended", ""))
    kinds = Counter(m.kind for m in mended)
    repairs += [
        Repair(f"repair.{kind}", Notice(f"repair.{kind}", text, count=kinds[kind]), kinds[kind], step.revision)
        for kind, text in MENDED.items()
        if kinds[kind]
    ]
    watch.report(1.0)
    return tuple(repairs)
