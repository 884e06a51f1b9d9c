"""The figures of a measurement in a corner of the map, with a button that copies them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from app.gui.canvas.measuring import Row
from app.gui.widgets import button, column, label, row, tool
from app.i18n import _

_MARGIN = 12


class MeasureCard(QFrame):
    """Names at the left, values with their units at the right."""

    def __init__(self, parent: QWidget, copy: Callable[[], object], clear: Callable[[], object]) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.rows: list[Row] = []
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(4)
        self._note = label("", "muted", wrap=True)
        copy_button = button(_("Copy"), copy, kind="quiet", icon="clipboard-copy", tip=_("Copy all figures (Ctrl+C)"))
        close = tool("x", _("Clear (Esc)"), clear)
        for part in (copy_button, close):
            part.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keys stay with the map
        head = row(label(_("Measured"), "heading"), None, copy_button, close, spacing=4)
        self.setLayout(column(head, self._grid, self._note, spacing=6, margins=(12, 6, 8, 10)))
        self._cells: list[tuple[QWidget, QWidget]] = []
        self.hide()

    def show_rows(self, rows: Sequence[Row], note: str = "") -> None:
        """These lines; none hides the card."""
        self.rows = list(rows)
        if not rows:
            self.hide()
            return
        while len(self._cells) < len(rows):
            name, value = label("", "secondary"), label("", selectable=False)
            value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            at = len(self._cells)
            self._grid.addWidget(name, at, 0)
            self._grid.addWidget(value, at, 1)
            self._cells.append((name, value))
        for k, (name, value) in enumerate(self._cells):
            there = k < len(rows)
            name.setVisible(there)
            value.setVisible(there)
            if there:
                name.setText(rows[k][0])  # type: ignore[attr-defined]  # labels
                value.setText(f"{rows[k][1]} {rows[k][2]}".strip())  # type: ignore[attr-defined]
        self._note.setText(note)
        self._note.setVisible(bool(note))
        self.move(_MARGIN, _MARGIN)
        self.show()
        self.adjustSize()
        self.raise_()
