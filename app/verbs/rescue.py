"""Rescue: what can be read of a damaged project becomes a new, sound one, with a report of what was and was not."""

from __future__ import annotations

from pathlib import Path

from app import __version__
from app.i18n import DOCUMENT_LANGUAGE, translator
from app.project import Project
from gis.store.rescuing import rescue_file
from gis.store.salvage import SalvagedTable
from gis.store.tables import table_word
from models.errors import AppError
from models.progress import Watch
from models.rescued import RescuedTable, RescueReport


def rescue_project(source: Path, out: Path, watch: Watch | None = None) -> RescueReport:
    """Read the damaged project `source`, which is not changed, into the new project `out`, and check that one.

    Raises Missing, Unreadable (nothing can be read), Refused (`out` exists), Unwritable, Cancelled; `out` does not
    exist then.
    """
    watch = watch or Watch()
    source, out = Path(source).absolute(), Path(out).absolute()
    done = rescue_file(source, out, program_version=__version__, translate=translator(DOCUMENT_LANGUAGE),
                       watch=watch.part(0.0, 0.8))  # fmt: skip
    try:
        with Project.open(out, read_only=True) as project:
            left = tuple(project.store.check(watch.part(0.8, 1.0)))
    except AppError:
        out.unlink(missing_ok=True)
        raise
    tables = tuple(_of_table(t) for key, t in done.salvage.tables.items() if key != "project")
    return RescueReport(
        source=str(source),
        out=str(out),
        tables=tables,
        history_kept=done.salvage.log is not None,
        stray=len(done.wreck.stray),
        foreign_tables=done.foreign_tables,
        left=left,
    )


def _of_table(t: SalvagedTable) -> RescuedTable:
    def names(fids: set[int]) -> tuple[str, ...]:
        return tuple(str((t.rows.get(fid) or {}).get("code") or f"#{fid}") for fid in sorted(fids))

    return RescuedTable(
        table=t.name,
        label=table_word(t.name),
        rows=len(t.rows),
        from_log=names(t.from_log & set(t.rows)),
        doubtful=names(t.doubtful & set(t.rows)),
        without_outline=names(t.no_outline & set(t.rows)),
        set_aside=tuple(str(row.get("code") or f"#{fid}") for fid, row in sorted(t.refused.items())),
        lost=tuple(code or f"#{fid}" for fid, code in sorted(t.lost.items())),
    )
