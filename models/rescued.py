"""What a rescue took out of a damaged project, and what it could not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from models.notices import N_, Notice, Translate, _same
from models.problems import Problem

_NAMED = 200


@dataclass(frozen=True)
class RescuedTable:
    """One table, called `label` by people. Rows are named by code, else by number.

    `rows`: how many are in the new project. Of these, `from_log` were read from the change log and `doubtful` may not
    be the last state; `without_outline` lost their geometry. `lost` rows are known to have been there.
    """

    table: str
    rows: int
    from_log: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()
    without_outline: tuple[str, ...] = ()
    set_aside: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    label: Notice | str = ""

    def to_json(self) -> dict[str, Any]:
        """Counts and names; long lists are cut, the counts are not."""
        lists = {"from_log": self.from_log, "doubtful": self.doubtful, "without_outline": self.without_outline,
                 "set_aside": self.set_aside, "lost": self.lost}  # fmt: skip
        counts = {f"{key}_count": len(names) for key, names in lists.items()}
        return {"table": self.table, "rows": self.rows, **counts, **{k: list(v[:_NAMED]) for k, v in lists.items()}}


@dataclass(frozen=True)
class RescueReport:
    """The whole rescue. `history_kept`: the change log was whole and goes on in the new project.

    `stray`: rows that could be read and belong to no known table; they are kept in the table rescued_rows.
    `left`: what a check of the new project says.
    """

    source: str
    out: str
    tables: tuple[RescuedTable, ...]
    history_kept: bool
    stray: int
    foreign_tables: tuple[str, ...]
    left: tuple[Problem, ...] = ()

    @property
    def complete(self) -> bool:
        """Nothing was lost, as far as can be known."""
        return not self.stray and not any(t.lost or t.doubtful or t.without_outline or t.set_aside for t in self.tables)

    def notices(self) -> list[Notice]:
        """The report in sentences: what was found, by table, and what was not."""
        made = [_of_table(t) for t in self.tables if t.rows or t.lost or t.set_aside]
        if self.history_kept:
            made.append(Notice("rescue.history", N_("the change log is whole: undo and history go on")))
        else:
            text = N_("the change log is not whole: what could be read of it is kept in the table rescued_log; undo "
                      "begins anew")  # fmt: skip
            made.append(Notice("rescue.no_history", text))
        if self.stray:
            text = N_("{count} rows belong to no known table; they are kept in the table rescued_rows")
            made.append(Notice("rescue.stray", text, count=self.stray))
        return made

    def to_json(self, translate: Translate = _same) -> dict[str, Any]:
        """The document that ``rescue --json`` prints."""
        return {
            "source": self.source,
            "path": self.out,
            "complete": self.complete,
            "tables": [t.to_json() for t in self.tables],
            "history_kept": self.history_kept,
            "stray": self.stray,
            "foreign_tables": list(self.foreign_tables),
            "messages": [n.render(translate) for n in self.notices()],
            "left": [p.to_json(translate) for p in self.left],
        }


def _of_table(t: RescuedTable) -> Notice:
    text = N_("{table}: {rows} rows, {log} of them from the change log, {doubtful} perhaps not in their last state, "
              "{shapeless} without their outline; {aside} set aside, {lost} lost")  # fmt: skip
    return Notice(
        "rescue.table",
        text,
        table=t.label or t.table,
        rows=t.rows,
        log=len(t.from_log),
        doubtful=len(t.doubtful),
        shapeless=len(t.without_outline),
        aside=len(t.set_aside),
        lost=len(t.lost),
    )
