"""What other programs did to a project since our last step, as a person is told it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, Literal

from models.notices import N_, Notice, Translate, _same

Op = Literal["insert", "update", "delete"]
_NAMED = 5


@dataclass(frozen=True)
class OutsideChange:
    """One row that another program added, changed or removed. `row`: its code, else its name, else its number.

    `fields`: the changed columns ("geom" for the outline); empty for rows added or removed.
    """

    table: str
    fid: int
    row: str
    op: Op
    fields: tuple[str, ...]


@dataclass(frozen=True)
class OutsideReport:
    """All of it. `adopted`: the number of the step that logged these changes, None where they were only looked at.

    `foreign_tables`, `foreign_columns` ("table.column"), `foreign_styles`: what is not ours and is kept.
    """

    changes: tuple[OutsideChange, ...]
    adopted: int | None = None
    foreign_tables: tuple[str, ...] = ()
    foreign_columns: tuple[str, ...] = ()
    foreign_styles: tuple[str, ...] = ()

    @property
    def tells(self) -> bool:
        """Whether there is anything of other programs in the project."""
        return bool(self.changes or self.foreign_tables or self.foreign_columns or self.foreign_styles)

    def notice(self) -> Notice | None:
        """The one sentence that is shown when the project is opened; None if there is nothing to tell."""
        if not self.changes:
            return None
        ops = Counter(c.op for c in self.changes)
        rows = ", ".join(dict.fromkeys(c.row for c in self.changes[:_NAMED]))
        text = (
            N_("another program changed the project since it was last written here: {insert} rows added, {update} "
               "changed, {delete} removed ({rows}{more}); the change log had a gap there")
        )  # fmt: skip
        return Notice("project.changed_outside", text, rows=rows, more=" …" if len(self.changes) > _NAMED else "",
                      insert=ops["insert"], update=ops["update"], delete=ops["delete"])  # fmt: skip

    def to_json(self, translate: Translate = _same) -> dict[str, Any]:
        """What ``info --json`` and ``check --json`` carry as "outside"."""
        notice = self.notice()
        return {
            "changes": [
                {"table": c.table, "fid": c.fid, "row": c.row, "op": c.op, "fields": list(c.fields)}
                for c in self.changes
            ],
            "message": notice.render(translate) if notice else None,
            "adopted": self.adopted,
            "foreign_tables": list(self.foreign_tables),
            "foreign_columns": list(self.foreign_columns),
            "foreign_styles": list(self.foreign_styles),
        }
