"""The inventory as a table: every site of every layer with its latest figures and verdicts. Fast for 100,000 rows."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt

from app import format as fmt
from app.gui.panels.inventory_columns import (
    COLUMNS,
    TOTALS,
    Column,
    Group,
    Line,
    column_named,
    column_title,
    tip_of,
    verdict_text,
)
from app.gui.theme import colour, font, theme
from app.i18n import _

Index = QModelIndex
VerdictsRole = int(Qt.ItemDataRole.UserRole) + 1
GroupRole = int(Qt.ItemDataRole.UserRole) + 2


class InventoryModel(QAbstractTableModel):
    """Sites in an order, filtered and grouped by itself: a proxy in Python would be slow."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[Line] = []
        self.shown: list[int | Group] = []
        self._text = ""
        self._layer = ""
        self._group = ""
        self._sort = (column_named("code"), Qt.SortOrder.AscendingOrder)

    # What is in it

    def set_lines(self, lines: list[Line]) -> None:
        """All sites."""
        self.beginResetModel()
        self.lines = lines
        self._arrange()
        self.endResetModel()

    def set_filter(self, text: str, layer: str, group: str) -> None:
        """Show lines that hold every word of `text`, of one layer ("" all), under headings."""
        self.beginResetModel()
        self._text, self._layer, self._group = text, layer, group
        self._arrange()
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        if column < 0:
            return
        self.beginResetModel()
        self._sort = (column, order)
        self._arrange()
        self.endResetModel()

    def _arrange(self) -> None:
        parts = self._text.casefold().split()
        chosen = [
            i
            for i, line in enumerate(self.lines)
            if (not self._layer or line.layer == self._layer) and all(p in line.hay for p in parts)
        ]
        column, order = self._sort
        key = COLUMNS[column].sort
        # Empty values stand last either way: they are what is still to do.
        empty = [i for i in chosen if key(self.lines[i]) in (None, "")]
        full = [i for i in chosen if key(self.lines[i]) not in (None, "")]
        full.sort(key=lambda i: (key(self.lines[i]), self.lines[i].code), reverse=order == Qt.SortOrder.DescendingOrder)
        chosen = full + empty
        self.shown = list(chosen)
        if self._group:
            show = COLUMNS[column_named(self._group)].show
            groups: dict[str, list[int]] = {}
            for i in chosen:
                groups.setdefault(show(self.lines[i]), []).append(i)
            self.shown = []
            for title in sorted(groups, key=lambda t: (not t, t)):
                self.shown += [Group(title or _("(not stated)"), tuple(groups[title])), *groups[title]]

    def line(self, row: int) -> Line | None:
        """The site of a row; None for a heading."""
        at = self.shown[row] if 0 <= row < len(self.shown) else None
        return self.lines[at] if isinstance(at, int) else None

    def rows_of(self, layer: str, fids: frozenset[int]) -> list[int]:
        """Rows where these sites stand."""
        return [
            r
            for r, at in enumerate(self.shown)
            if isinstance(at, int) and self.lines[at].layer == layer and self.lines[at].fid in fids
        ]

    def totals(self, rows: Iterable[int] | None = None) -> dict[str, float]:
        """Sums over rows (None: all shown): count, and m², m³, t of pits. Headings do not count."""
        at = self.shown if rows is None else [self.shown[r] for r in rows]
        return self._sums([i for i in at if isinstance(i, int)])

    def _sums(self, members: Iterable[int]) -> dict[str, float]:
        lines = [self.lines[i] for i in members]
        sums: dict[str, float] = {"count": len(lines), "estimated": sum(s.volume_m3 is not None for s in lines)}
        for column in COLUMNS:
            if column.total:
                values = [v for v in map(column.total, lines) if v is not None and math.isfinite(v)]
                sums[column.key] = math.fsum(values)
        return sums

    def as_tsv(self, rows: Iterable[int] | None = None) -> str:
        """Rows for a spreadsheet: headings with units, plain numbers with all their digits, words for verdicts."""
        at = range(len(self.shown)) if rows is None else rows
        heads = [column_title(c) for c in COLUMNS]
        out = ["\t".join(heads)]
        for r in at:
            line = self.line(r)
            if line is None:
                continue
            cells = []
            for c in COLUMNS:
                value = c.sort(line) if c.right else c.show(line)
                if c.key == "verdicts":
                    value = verdict_text(line.verdicts)
                if isinstance(value, float):
                    value = repr(round(value, 6))
                cells.append(" ".join(str("" if value is None else value).split()))
            out.append("\t".join(cells))
        return "\n".join(out) + "\n"

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
            side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if self.line(index.row()) is None:
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        at, column = self.shown[index.row()], COLUMNS[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if isinstance(at, Group):
            return self._group_data(at, column, role)
        line = self.lines[at]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.show(line)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip_of(line, column)
        if role == VerdictsRole and column.key == "verdicts":
            return line.verdicts
        return None

    def _group_data(self, group: Group, column: Column, role: int) -> Any:
        if role == Qt.ItemDataRole.FontRole:
            return font(bold=True)
        if role == Qt.ItemDataRole.BackgroundRole:
            return colour(theme().sunken)
        if role == GroupRole:
            return True
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if column.key == "code":
            return group.title
        if column.key == "name":
            return _("{n} sites").format(n=len(group.members))
        if column.total:
            total = self._sums(group.members)[column.key]
            return fmt.number(total / TOTALS[column.key], 1) if total else ""
        return ""
