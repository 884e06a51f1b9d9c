"""What a laboratory's file holds before anything of it is taken: its tables, their columns, what each is taken for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.verbs.lab.grids import Grid, address, read_grids
from app.verbs.lab.layout import Layout, find_layout
from app.verbs.lab.rows import Given
from models.errors import Refused

_EXAMPLES = 3


@dataclass(frozen=True)
class ColumnLook:
    """A column: its letter, its heading, some of its cells. `role` as in `Given.roles`, "parameter:Hg", "" for none."""

    letter: str
    heading: str
    examples: tuple[str, ...]
    role: str = ""


@dataclass(frozen=True)
class TableLook:
    """A table of the file. `layout` None where no laboratory values were recognised in it."""

    name: str
    rows: int
    columns: tuple[ColumnLook, ...]
    layout: Layout | None


@dataclass(frozen=True)
class FileLook:
    """All tables of a file that hold anything, and its encoding or kind."""

    tables: tuple[TableLook, ...]
    encoding: str

    @property
    def with_values(self) -> tuple[TableLook, ...]:
        """The tables in which laboratory values were recognised."""
        return tuple(t for t in self.tables if t.layout is not None)


def unsaid(table: TableLook, given: Given) -> tuple[str, ...]:
    """What neither the table nor the person says of the values: "waste", "method", "date"."""
    if table.layout is None:
        return ()
    said = {*table.layout.columns, *table.layout.stated, *given.roles}
    return tuple(r for r in ("waste", "method", "date") if r not in said and not getattr(given, r))


def look_into(path: Path) -> FileLook:
    """Read the file's tables and their headings. Raises as `read_grids` does."""
    grids, encoding = read_grids(Path(path))
    return FileLook(tuple(_look(g) for g in grids), encoding)


def _look(grid: Grid) -> TableLook:
    try:
        layout = find_layout(grid)
    except Refused:  # two columns say the same: the import names them
        layout = None
    head = layout.head if layout else next((i for i, r in enumerate(grid.rows) if any(c.strip() for c in r)), 0)
    columns = []
    for c in range(grid.width):
        heading = " ".join(grid.cell(head, c).split())
        cells = (" ".join(grid.cell(r, c).split()) for r in range(head + 1, len(grid.rows)))
        examples = tuple(dict.fromkeys(t for t in cells if t))[:_EXAMPLES]
        if heading or examples:
            columns.append(ColumnLook(address(0, c)[:-1], heading, examples, _role(layout, c)))
    return TableLook(grid.name, len(grid.rows), tuple(columns), layout)


def _role(layout: Layout | None, column: int) -> str:
    if layout is None:
        return ""
    if column in layout.samples:
        return "values"
    if column in layout.parameters:
        return f"parameter:{layout.parameters[column][0]}"
    return next((role for role, c in layout.columns.items() if c == column), "")
