"""Shift, angle and factor typed for the outline that the transform tool holds."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from app.gui.canvas.snapping import Point
from app.gui.canvas.tools.typed_change import Change, push_to
from app.gui.side_fields import typed_number
from app.gui.widgets import button, column, label, restyle, row
from app.i18n import _


class TransformFields(QWidget):
    """What stands in a field is shown on the map at once; the button and Enter do it. `refused` says why not."""

    refused = Signal(str)

    def __init__(self, canvas: Any) -> None:
        super().__init__()
        self.canvas = canvas
        self._aimed = self._putting = False
        self.north, self.east, self.turn, self.factor = (QLineEdit() for _i in range(4))
        names = ((self.north, _("Shift to the north")), (self.east, _("Shift to the east")),
                 (self.turn, _("Turn clockwise")), (self.factor, _("Times larger")))  # fmt: skip
        for field, name in names:
            field.setAccessibleName(name)
            field.setToolTip(name)
            field.setFixedWidth(104)
            field.setAlignment(Qt.AlignmentFlag.AlignRight)
            field.textEdited.connect(self._on_edit)
            field.setPlaceholderText("1" if field is self.factor else "0")
            field.returnPressed.connect(self.put)
        self.go = button(_("Apply"), self.put)
        self.about = label("", "muted", wrap=True)
        shift = (label("ΔX", "secondary"), self.north, label("ΔY", "secondary"), self.east, label("m", "muted"))
        turn = (
            label(_("Turn"), "secondary"),
            self.turn,
            label("°", "muted"),
            label(_("Scale ×"), "secondary"),
            self.factor,
        )
        first, second = row(*shift, None, spacing=6), row(*turn, None, self.go, spacing=6)
        self.setLayout(column(first, second, self.about, spacing=6))
        canvas.tool_moved.connect(self._on_tool)

    def fields(self) -> tuple[QLineEdit, ...]:
        """All four, in the order of the Tab key."""
        return self.north, self.east, self.turn, self.factor

    def serves(self) -> bool:
        """True if the tool in use holds an outline that can be changed so."""
        held = self.canvas.tool
        return hasattr(held, "show_typed") and held.editable and held.body() is not None

    def corners(self) -> list[Point]:
        """Of the ground that is changed: what the box should not hide."""
        if not self.serves():
            return []
        x0, y0, x1, y1 = self.canvas.tool.body().bounds
        return [(x0, y0), (x1, y0), (x0, y1), (x1, y1)]

    def change(self) -> Change | None:
        """What is typed; None while a field cannot be read."""
        values = [typed_number(f.text(), angle=f is self.turn) for f in self.fields()]
        bad = [bool(f.text().strip()) and v is None for f, v in zip(self.fields(), values, strict=True)]
        bad[3] = bad[3] or (values[3] is not None and values[3] <= 0)
        for field, wrong in zip(self.fields(), bad, strict=True):
            restyle(field, invalid=wrong)
        if any(bad):
            return None
        north, east, turn, factor = values
        return Change(east or 0.0, north or 0.0, turn or 0.0, 1.0 if factor is None else factor)

    def _on_edit(self) -> None:
        self._aimed = False
        self.show_change()

    def show_change(self) -> None:
        """Show on the map what is typed."""
        if not self.serves():
            return
        change = self.change()
        self.canvas.tool.show_typed(change)
        self.go.setEnabled(change is not None and bool(self.canvas.tool.typed_made))
        self.about.setText(self.canvas.tool.base_words())

    def aim(self, places: list[Point]) -> None:
        """The shift that brings the base point to the one place that was typed; without one it is taken back."""
        if not self.serves():
            return
        if len(places) == 1:
            push = push_to(self.canvas.tool.base(), places[0])
            self.north.setText(f"{push['north']:.3f}")
            self.east.setText(f"{push['east']:.3f}")
        elif self._aimed:
            self.north.clear()
            self.east.clear()
        self._aimed = len(places) == 1
        self.show_change()

    def put(self) -> None:
        """Do what is shown."""
        if not self.serves() or self.canvas.tool.typed is None:
            return
        self._putting = True
        refusal = self.canvas.tool.put_typed()
        self._putting = False
        self.refused.emit(refusal)
        if not refusal:
            self.clear()

    def clear(self) -> None:
        """Nothing is typed any more."""
        for field in self.fields():
            field.clear()
        self._aimed = False
        if hasattr(self.canvas.tool, "show_typed"):
            self.show_change()
            self.canvas.tool.show_typed(None)

    def _on_tool(self) -> None:
        if self.isVisible() and not self._putting:
            self.show_change()
