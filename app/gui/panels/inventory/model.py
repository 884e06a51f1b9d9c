"""The inventory as a table: every site of every layer with its latest figures and verdicts. Fast for 100,000 rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt

from app import format as fmt
from app.gui.icons import icon
from app.gui.panels.inventory.columns import (
    COLUMNS,
    TOTALS,
    Column,
    column_named,
    column_title,
    field_of,
    tip_of,
)
from app.gui.panels.inventory.copying import as_tsv, cells_of, headings
from app.gui.panels.inventory.filter import Filter
from app.gui.panels.inventory.lines import Line
from app.gui.theme import colour, font, theme
from app.i18n import _

Index = QModelIndex
VerdictsRole = int(Qt.ItemDataRole.UserRole) + 1
GroupRole = int(Qt.ItemDataRole.UserRole) + 2
_TEXT, _ALIGNMENT, _TIP = (
    int(r) for r in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.TextAlignmentRole, Qt.ItemDataRole.ToolTipRole)
)
_LOOKS = (Qt.ItemDataRole.DecorationRole, Qt.ItemDataRole.FontRole, Qt.ItemDataRole.BackgroundRole)
_ANSWERED = frozenset((_TEXT, _ALIGNMENT, _TIP, VerdictsRole, GroupRole, *map(int, _LOOKS)))
"""A cell that is painted asks for seven roles; looking an enumeration up takes longer than the answer."""
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_READ = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
_EDITED = _READ | Qt.ItemFlag.ItemIsEditable
_SUMMED = [c for c in COLUMNS if c.total]


class Group:
    """A heading line with the sums of the lines below it; the sums are made when they are first seen."""

    __slots__ = ("members", "sums", "title")

    def __init__(self, title: str, members: list[int]) -> None:
        self.title, self.members = title, members
        self.sums: dict[str, float] | None = None


class InventoryModel(QAbstractTableModel):
    """Sites in an order, filtered and grouped by itself: a proxy in Python would be slow.

    `folded` are the titles of groups whose lines are hidden. `may_edit` asks whether the project can be written.
    """

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[Line] = []
        self.shown: list[int | Group] = []
        self.filter = Filter()
        self.group = ""
        self.folded: set[str] = set()
        self.may_edit: Callable[[], bool] = lambda: False
        self._sort = (column_named("code"), Qt.SortOrder.AscendingOrder)
        self._sums: dict[str, NDArray[np.float64]] | None = None
        self._rows: dict[tuple[str, int], int] | None = None
        self._numbers: dict[tuple[str, int], int] = {}

    # What is in it

    def set_lines(self, lines: list[Line]) -> None:
        """All sites."""
        self.beginResetModel()
        self.lines = lines
        self._sums = None
        self._numbers = {(s.layer, s.fid): i for i, s in enumerate(lines)}
        self._arrange()
        self.endResetModel()

    def set_filter(self, chosen: Filter, group: str) -> None:
        """Show the lines that pass, under headings."""
        if (chosen, group) == (self.filter, self.group):
            return  # a project that is opened brings its filter along, most often none
        self.beginResetModel()
        self.filter, self.group = chosen, group
        self._arrange()
        self.endResetModel()

    def fold(self, titles: Iterable[str]) -> None:
        """Hide the lines of these groups, show those of all others."""
        self.beginResetModel()
        self.folded = set(titles)
        self._arrange()
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        if column < 0:
            return
        self.beginResetModel()
        self._sort = (column, order)
        self._arrange()
        self.endResetModel()

    def touched(self, lines: Iterable[Line]) -> None:
        """These lines hold other values now. They keep their places: a row must not run from under the hand."""
        lines = list(lines)
        for line in lines:
            self._sum_again(line)
        for _row, group in self.headings():
            group.sums = None
        places = self._places()
        last = len(COLUMNS) - 1
        for line in lines:
            row = places.get((line.layer, line.fid))
            if row is not None:
                self.dataChanged.emit(self.index(row, 0), self.index(row, last))
        if self.group:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.shown) - 1, last))

    def _arrange(self) -> None:
        chosen = self.filter.chosen(self.lines)
        column, order = self._sort
        key = COLUMNS[column].sort
        keys = {i: key(self.lines[i]) for i in chosen}
        # Empty values stand last either way: they are what is still to do.
        empty = [i for i in chosen if keys[i] is None or keys[i] == ""]
        full = [i for i in chosen if not (keys[i] is None or keys[i] == "")]
        full.sort(key=lambda i: self.lines[i].code)
        full.sort(key=keys.__getitem__, reverse=order == Qt.SortOrder.DescendingOrder)
        chosen = full + empty
        self.shown = list(chosen)
        self._rows = None
        if self.group:
            show = COLUMNS[column_named(self.group)].show
            groups: dict[str, list[int]] = {}
            for i in chosen:
                groups.setdefault(show(self.lines[i]), []).append(i)
            self.shown = []
            for title in sorted(groups, key=lambda t: (not t, t)):
                head = title or _("(not stated)")
                self.shown += [Group(head, groups[title]), *(groups[title] if head not in self.folded else ())]

    def line(self, row: int) -> Line | None:
        """The site of a row; None for a heading."""
        at = self.shown[row] if 0 <= row < len(self.shown) else None
        return self.lines[at] if isinstance(at, int) else None

    def group_at(self, row: int) -> Group | None:
        """The heading of a row; None for a site."""
        at = self.shown[row] if 0 <= row < len(self.shown) else None
        return at if isinstance(at, Group) else None

    def headings(self) -> list[tuple[int, Group]]:
        """All headings with their rows."""
        return [] if not self.group else [(row, at) for row, at in enumerate(self.shown) if isinstance(at, Group)]

    def _places(self) -> dict[tuple[str, int], int]:
        if self._rows is None:
            lines = self.lines
            self._rows = {(lines[at].layer, lines[at].fid): row for row, at in enumerate(self.shown)
                          if isinstance(at, int)}  # fmt: skip
        return self._rows

    def rows_of(self, layer: str, fids: Iterable[int]) -> list[int]:
        """Rows where these sites stand."""
        places = self._places() if layer else {}
        found = (places.get((layer, fid)) for fid in fids)
        return sorted(row for row in found if row is not None)

    def totals(self, rows: Iterable[int] | None = None) -> dict[str, float]:
        """Sums over rows (None: all shown): count, pits, and m², m³, t of pits. Headings do not count.

        `known_…` tells how many rows have a figure: a sum over none is unknown, not 0.
        """
        if rows is not None:
            return self._sum([i for i in (self.shown[r] for r in rows) if isinstance(i, int)])
        if not self.group:
            return self._sum(self.shown)  # type: ignore[arg-type] - no headings
        return self._sum([i for _row, g in self.headings() for i in g.members])

    def _sum(self, members: Sequence[int]) -> dict[str, float]:
        if self._sums is None:
            self._sums = {
                "estimated": np.array([s.volume_m3 is not None for s in self.lines], float),
                "outdated": np.array([s.fills and s.figures.outdated for s in self.lines], float),
                "pits": np.array([s.fills for s in self.lines], float),
            }
            for c in _SUMMED:
                values = np.array([c.total(s) for s in self.lines], float)  # None is NaN
                self._sums[c.key] = np.where(np.isfinite(values), values, 0.0)
                self._sums[f"known_{c.key}"] = np.isfinite(values).astype(float)
        at = np.array(members, np.intp)
        return {"count": len(members), **{key: float(values[at].sum()) for key, values in self._sums.items()}}

    def _sum_again(self, line: Line) -> None:
        if self._sums is None:
            return
        at = self._numbers[(line.layer, line.fid)]
        self._sums["estimated"][at] = line.volume_m3 is not None
        self._sums["outdated"][at] = line.fills and line.figures.outdated
        for c in _SUMMED:
            value = c.total(line)
            self._sums[c.key][at] = value or 0.0
            self._sums[f"known_{c.key}"][at] = value is not None

    def held(self, layer: str, fid: int) -> Line | None:
        """The line of a site, whether it is shown or not."""
        at = self._numbers.get((layer, fid))
        return None if at is None else self.lines[at]

    def as_tsv(self, rows: Iterable[int] | None = None, columns: Sequence[Column] = COLUMNS) -> str:
        """Rows for a spreadsheet: headings with units, plain numbers with all their digits, words for verdicts."""
        return as_tsv(headings(columns), self.cells(rows, columns))

    def cells(self, rows: Iterable[int] | None, columns: Sequence[Column]) -> list[list[Any]]:
        """What stands in these rows (None: all shown), without headings of groups."""
        lines = (self.line(r) for r in (range(len(self.shown)) if rows is None else rows))
        return [cells_of(line, columns) for line in lines if line is not None]

    # Qt

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.shown)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        column = COLUMNS[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column_title(column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(column)
        return None

    def editable(self, row: int, column: int) -> bool:
        """True where a person may write."""
        line = self.line(row)
        return line is not None and _writable(line.layer)[column] and self.may_edit()

    def flags(self, index: Index) -> Qt.ItemFlag:
        row = index.row()
        at = self.shown[row] if 0 <= row < len(self.shown) else None
        if not isinstance(at, int):
            return Qt.ItemFlag.ItemIsEnabled
        may = _writable(self.lines[at].layer)[index.column()] and self.may_edit()
        return _EDITED if may else _READ

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role not in _ANSWERED or not index.isValid():
            return None
        at, column = self.shown[index.row()], COLUMNS[index.column()]
        if role == _TEXT:
            return column.show(self.lines[at]) if isinstance(at, int) else self._group_text(at, column)
        if role == _ALIGNMENT:
            return _side(column)
        if not isinstance(at, int):
            return self._group_look(at, column, role)
        if role == _TIP:
            return tip_of(self.lines[at], column)
        if role == VerdictsRole and column.key == "verdicts":
            return self.lines[at].verdicts
        return None

    def _group_look(self, group: Group, column: Column, role: int) -> Any:
        if role == Qt.ItemDataRole.DecorationRole and column.key == "code":
            return icon("chevron-right" if group.title in self.folded else "chevron-down", "text_3", 14)
        if role == Qt.ItemDataRole.FontRole:
            return font(bold=True)
        if role == Qt.ItemDataRole.BackgroundRole:
            return colour(theme().sunken)
        return True if role == GroupRole else None

    def _group_text(self, group: Group, column: Column) -> str:
        if column.key == "code":
            return f"{group.title}   {_('{n} sites').format(n=len(group.members))}"
        if column.total:
            group.sums = group.sums or self._sum(group.members)
            known = group.sums[f"known_{column.key}"]
            return fmt.total(group.sums[column.key], TOTALS[column.key]) if known else ""
        return ""


@cache
def _writable(layer: str) -> tuple[bool, ...]:
    return tuple(bool(c.field) and field_of(layer, c.field) is not None for c in COLUMNS)


def _side(column: Column) -> int:
    return _RIGHT if column.right else _LEFT
