"""Finds steps of the change log by who, what, which row and when; page by page, newest first."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from gis.store.log import StepEntry, notice_of
from layers.registry import LAYERS

StepKind = Literal["", "features", "outlines", "imports", "deletions", "wastes", "results", "merges", "turns"]
_LAYERS = ", ".join(f"'{key}'" for key in LAYERS)
_KINDS: dict[str, str] = {
    "features": f"table_name IN ({_LAYERS})",
    "outlines": f"table_name IN ({_LAYERS}) AND op = 'update' AND before_geom IS NOT after_geom",
    "imports": "json_extract(label, '$.key') LIKE 'import.%'",
    "deletions": "op = 'delete'",
    "wastes": "table_name IN ('wastes', 'samples', 'lab_values')",
    "results": "table_name IN ('estimates', 'screenings')",
    "merges": "json_extract(label, '$.key') = 'copy.merge'",
    "turns": "kind <> 'do'",
}


@dataclass(frozen=True)
class StepFilter:
    """Which steps: of one person, of a kind, that touched the row `uid` or what belongs to it, from `since` to `until`.

    None and "" ask for all; the times are UTC as they are stored, `until` is not in it any more.
    """

    user: str | None = None
    kind: StepKind = ""
    uid: str | None = None
    since: str | None = None
    until: str | None = None

    def tests(self) -> Iterator[tuple[str, Any]]:
        """Conditions on rows of the log, each with its one value (None: it has none)."""
        if self.user is not None:
            yield "coalesce(user, '') = ?", self.user
        if self.kind:
            yield _KINDS[self.kind], None
        if self.uid is not None:
            belongs = "json_extract(coalesce(after, before), '$.site_uid')"
            yield f"? IN (row_uid, {belongs})", self.uid
        if self.since is not None:
            yield "at >= ?", self.since
        if self.until is not None:
            yield "at < ?", self.until


def find_steps(
    con: sqlite3.Connection, wanted: StepFilter, *, before: int | None = None, limit: int = 100
) -> list[StepEntry]:
    """The last `limit` steps that the filter wants and that came before step `before`, newest first.

    `rows` counts all rows of a step, also those that the filter does not ask for.
    """
    where, values = ["1"], []
    if before is not None:
        where, values = ["step < ?"], [before]
    for test, value in wanted.tests():
        where.append(test)
        values += [] if value is None else [value]
    sql = (
        f"WITH found AS (SELECT DISTINCT step FROM change_log WHERE {' AND '.join(where)} ORDER BY step DESC LIMIT ?) "
        "SELECT c.step, c.kind, c.target, c.label, c.user, c.at, "
        "(SELECT count(*) FROM change_log AS n WHERE n.step = c.step) FROM found JOIN change_log AS c "
        "ON c.fid = (SELECT min(m.fid) FROM change_log AS m WHERE m.step = found.step) ORDER BY c.step DESC"
    )
    rows = con.execute(sql, [*values, limit])
    return [StepEntry(s, k, t, notice_of(text), user or "", at or "", n) for s, k, t, text, user, at, n in rows]


def people(con: sqlite3.Connection) -> list[str]:
    """Everybody who changed something, by name."""
    return [str(r[0]) for r in con.execute("SELECT DISTINCT coalesce(user, '') FROM change_log ORDER BY 1")]
