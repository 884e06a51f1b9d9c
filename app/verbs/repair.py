"""Repair of a project: the file as it was is kept first, each repair is named and counted, nothing is invented.

What is decided here: rows that belong to nothing, codes that stand twice, values outside their lists and outlines that
cross themselves are named and left: only a person knows what was meant. Rows of other programs are adopted first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from app.project import PROGRAM, Project
from app.verbs.check import check_report
from gis.store import lock
from gis.store.mending import MENDED
from gis.store.opening import check_header
from gis.store.repairing import check_repairable, copy_of, repair_structure
from models.notices import N_, Notice
from models.progress import Watch
from models.repairs import Repair, RepairReport


def backup_beside(path: Path) -> Path:
    """Keep the file as it is, under a name of its own in the same folder."""
    stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
    base = f"{path.stem}.before-repair-{stamp}"
    names = (path.with_name(f"{base}{f'-{n}' if n else ''}.gpkg") for n in range(1000))
    return copy_of(path, next(name for name in names if not name.exists()))


def repair_project(
    path: Path, *, backup: Callable[[Path], Path] = backup_beside, watch: Watch | None = None
) -> RepairReport:
    """Repair the project file at `path`: its structure, then its rows as one step that can be undone.

    `backup` keeps the file as it is before anything is written, and says where. Raises Unreadable for a file whose
    pages are broken (see app.verbs.rescue), Unwritable; the file is as it was then. Raises Cancelled.
    """
    watch = watch or Watch()
    path = Path(path).absolute()
    check_header(path)
    check_repairable(path)
    held, _ = lock.acquire(path, PROGRAM)
    try:
        kept = backup(path)
        watch.report(0.1)
        repairs = repair_structure(path, watch.part(0.1, 0.4))
    finally:
        held.release()
    with Project.open(path) as project:
        if project.outside is not None:
            text = N_("changes of other programs taken into the change log: {count}")
            count = len(project.outside.changes)
            repairs.append(
                Repair("repair.adopted", Notice("repair.adopted", text, count=count), count, project.outside.adopted)
            )
        step, mended = project.store.mend(Notice("store.mended", N_("repair of the project")))
        kinds = Counter(m.kind for m in mended)
        repairs += [
            Repair(f"repair.{kind}", Notice(f"repair.{kind}", text, count=kinds[kind]), kinds[kind], step.revision)
            for kind, text in MENDED.items()
            if kinds[kind]
        ]
        left = check_report(project, watch.part(0.5, 1.0), quick=True).problems
    return RepairReport(str(kept), tuple(repairs), left)
