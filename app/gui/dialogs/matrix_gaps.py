"""What is missing, as sentences, the one that opens the largest mass first; and all that one of them needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.gui import words
from app.gui.widgets import EmptyState, column, label, scrolled
from app.i18n import _
from app.sentences import gap_sentence

if TYPE_CHECKING:
    from models.matrix import Gap

_MOST, _PAD_PX = 400, 24


class _Wrapped(QStyledItemDelegate):
    """Items as high as their words need: Qt's own hint forgets the padding of the style sheet."""

    def sizeHint(self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        view = self.parent()
        assert isinstance(view, QListWidget)  # noqa: S101 - made by the list alone
        room = view.viewport().width() - _PAD_PX
        box = view.fontMetrics().boundingRect(
            QRect(0, 0, room, 10_000), int(Qt.TextFlag.TextWordWrap), str(index.data())
        )
        return QSize(room, box.height() + _PAD_PX // 2)


class GapsList(QWidget):
    """`chosen` carries the gap that a person clicked."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.gaps: Sequence[Gap] = ()
        self.list = QListWidget()
        self.list.setWordWrap(True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setItemDelegate(_Wrapped(self.list))
        self.list.itemClicked.connect(self._on_item)
        self.list.itemActivated.connect(self._on_item)
        self.detail = label("", "secondary", wrap=True, selectable=True)
        self.detail.setAlignment(Qt.AlignmentFlag.AlignTop)
        body = QWidget()
        body.setLayout(column(self.detail, None, margins=(0, 8, 8, 0)))
        self._detail = scrolled(body)
        self._detail.setFixedHeight(180)
        self._detail.hide()
        self.empty = EmptyState(
            "circle-check", _("Nothing is missing"), _("What is not open yet is refused by a rule.")
        )
        self.setLayout(
            column(
                label(_("What would open more pits"), "heading"),
                label(_("The largest mass first. Click one to see its pits."), "muted", wrap=True),
                self.list,
                self.empty,
                self._detail,
                margins=(12, 0, 0, 0),
            )
        )
        self.setMinimumWidth(300)

    def show_gaps(self, gaps: Sequence[Gap], names: Mapping[str, str]) -> None:
        """Other gaps. `names` gives the name of a waste by its code."""
        self.gaps = gaps
        self.list.clear()
        for gap in gaps[:_MOST]:
            text = gap_sentence(gap)
            name = names.get(gap.waste, "")
            item = QListWidgetItem(text.replace(gap.waste, f"{gap.waste} {name}".strip(), 1))
            self.list.addItem(item)
        self.list.setVisible(bool(gaps))
        self.empty.setVisible(not gaps)
        self._detail.hide()

    def _on_item(self, item: QListWidgetItem) -> None:
        gap = self.gaps[self.list.row(item)]
        needs = "\n".join(f"· {words.cap(n.what.render(_))}" for n in gap.needs)
        self.detail.setText(needs + "\n" + _("Pits: {pits}").format(pits=_(", ").join(gap.sites)))
        self._detail.show()
        self.chosen.emit(gap)
