"""The matrix as a table: one row a pit, one column a waste; filtered by itself, painted as shape, word and ground."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app import format as fmt
from app.gui import words
from app.gui.icons import verdict_pixmap, verdict_tone
from app.gui.theme import SMALL_PX, colour, font, theme
from app.i18n import _

if TYPE_CHECKING:
    from models.matrix import Cell, Matrix

VerdictRole = int(Qt.ItemDataRole.UserRole) + 1
FaintRole = int(Qt.ItemDataRole.UserRole) + 2
Index = QModelIndex | QPersistentModelIndex
_MARK_PX, _PAD_PX = 14, 8


class MatrixModel(QAbstractTableModel):
    """What is shown of a matrix. `names` gives names by code of wastes and pits."""

    def __init__(self) -> None:
        super().__init__()
        self.wastes: list[str] = []
        self.sites: list[str] = []
        self.verdict = ""
        self._matrix: Matrix | None = None
        self._cells: dict[tuple[str, str], Cell] = {}
        self._names: Mapping[str, str] = {}

    def set_matrix(self, matrix: Matrix, names: Mapping[str, str]) -> None:
        """Another matrix, unfiltered."""
        self.beginResetModel()
        self._matrix, self._names = matrix, names
        self._cells = {(c.waste, c.site): c for c in matrix.cells}
        self.wastes, self.sites, self.verdict = list(matrix.wastes), list(matrix.sites), ""
        self.endResetModel()

    def filter(self, waste: str, text: str, verdict: str, only: Collection[str] = ()) -> None:
        """One waste ("" all), pits whose code or name holds every word of `text`, with a cell of this verdict."""
        if self._matrix is None:
            return
        self.beginResetModel()
        parts = text.casefold().split()
        self.verdict = verdict
        self.wastes = [w for w in self._matrix.wastes if not waste or w == waste]
        self.sites = [
            s
            for s in self._matrix.sites
            if (not only or s in only)
            and all(p in f"{s} {self._names.get(s, '')}".casefold() for p in parts)
            and (not verdict or any(self._cells[w, s].verdict == verdict for w in self.wastes))
        ]
        self.endResetModel()

    def counts(self) -> Counter[str]:
        """How many of the cells shown have each verdict."""
        return Counter(self._cells[w, s].verdict for w in self.wastes for s in self.sites)

    def pair(self, index: Index) -> tuple[str, str]:
        """(waste, pit) of a cell."""
        return self.wastes[index.column()], self.sites[index.row()]

    def as_rows(self) -> list[list[str]]:
        """What is shown, in words, with a heading: for a spreadsheet."""
        head = [_("Pit"), _("Name"), *self.wastes]
        rows = [
            [s, self._names.get(s, ""), *(_(words.VERDICTS[self._cells[w, s].verdict]) for w in self.wastes)]
            for s in self.sites
        ]
        return [head, *rows]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.sites)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.wastes)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        cell = self._cells[self.pair(index)]
        if role == VerdictRole:
            return cell.verdict
        if role == FaintRole:
            return bool(self.verdict) and cell.verdict != self.verdict
        if role in (int(Qt.ItemDataRole.DisplayRole), int(Qt.ItemDataRole.AccessibleTextRole)):
            return words.cap(_(words.VERDICTS[cell.verdict]))
        if role == int(Qt.ItemDataRole.ToolTipRole):
            return self._tip(cell)
        return None

    def headerData(self, section: int, way: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        codes = self.wastes if way == Qt.Orientation.Horizontal else self.sites
        code = codes[section]
        name = self._names.get(code, "")
        if role == int(Qt.ItemDataRole.DisplayRole):
            return code if way == Qt.Orientation.Horizontal else f"{code}  {name}".strip()
        if role == int(Qt.ItemDataRole.ToolTipRole):
            return f"{code}  {name}".strip()
        return None

    def _tip(self, cell: Cell) -> str:
        said = [f"{cell.waste} {self._names.get(cell.waste, '')} → {cell.site} {self._names.get(cell.site, '')}",
                words.cap(_(words.VERDICTS[cell.verdict]))]  # fmt: skip
        if cell.capacity_t is not None:
            said.append(_("takes {mass} 万t of it, dry").format(mass=fmt.wan_t(cell.capacity_t, 1)))
        said += [words.cap(n.what.render(_)) for n in cell.needs[:6]]
        if len(cell.needs) > 6:
            said.append(_("and {n} more").format(n=len(cell.needs) - 6))
        return "\n".join(said)


def cell_width(view: QWidget) -> int:
    """Room for the longest word of a verdict in the reader's language, its mark and the gaps, px."""
    metrics = view.fontMetrics()
    longest = max(metrics.horizontalAdvance(words.cap(_(w))) for w in words.VERDICTS.values())
    return longest + _MARK_PX + 3 * _PAD_PX


class VerdictDelegate(QStyledItemDelegate):
    """Paints shape and word on a soft ground of the verdict's colour; what the filter leaves aside is faint."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        verdict = str(index.data(VerdictRole))
        tone, t = verdict_tone(verdict), theme()
        box: QRect = option.rect.adjusted(1, 1, -1, -1)  # type: ignore[attr-defined]
        state = option.state  # type: ignore[attr-defined]
        painter.save()
        painter.setOpacity(0.25 if index.data(FaintRole) else 1.0)
        painter.fillRect(box, colour(getattr(t, f"{tone}_soft")))
        mark = verdict_pixmap(verdict, _MARK_PX)
        painter.drawPixmap(box.left() + _PAD_PX, box.center().y() - _MARK_PX // 2 + 1, mark)
        painter.setFont(font(SMALL_PX))
        painter.setPen(colour(getattr(t, tone)))
        room = box.adjusted(_PAD_PX * 2 + _MARK_PX - 2, 0, -2, 0)
        text = painter.fontMetrics().elidedText(str(index.data()), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), text)
        painter.setOpacity(1.0)
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(colour(t.accent))
            painter.drawRect(box.adjusted(0, 0, -1, -1))
        painter.restore()
