"""The parts of a fill: a waste and its share each, and what they add up to."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app import format as fmt
from app.gui.widgets import Combo, Spin, button, label, restyle, row, tool
from app.i18n import _

_LEAST = 2


class _Part(QWidget):
    """One line."""

    changed = Signal()
    gone = Signal(object)
    up = Signal(object)

    def __init__(self, wastes: Sequence[tuple[str, str]], waste: str, share: float) -> None:
        super().__init__()
        self.place = label("", "muted")
        self.place.setFixedWidth(20)
        self.waste = Combo([("", _("choose a waste")), *wastes])
        self.waste.choose(waste)
        self.waste.setAccessibleName(_("Waste"))
        self.waste.setMinimumContentsLength(10)
        self.share = Spin(0, 100, decimals=1, step=5, unit="%")
        self.share.setFixedWidth(104)
        self.share.setKeyboardTracking(True)  # the sum follows every key
        self.share.setAccessibleName(_("Share"))
        self.share.show_value(share * 100)
        self.raise_up = tool("chevron-up", _("Move up in the list"), lambda: self.up.emit(self))
        self.drop = tool("x", _("Take this part out"), lambda: self.gone.emit(self))
        self.waste.activated.connect(lambda _i: self.changed.emit())
        self.share.settled.connect(self.changed)
        line = row(self.place, self.waste, self.share, self.raise_up, self.drop, spacing=6)
        line.setStretch(1, 1)
        self.setLayout(line)


class PartsEditor(QWidget):
    """`changed` when a person changed a part; the sum is told at once."""

    changed = Signal()

    def __init__(self, wastes: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._wastes = list(wastes)
        self.parts: list[_Part] = []
        self._ordered = False
        self._rows = QVBoxLayout()
        self._rows.setSpacing(6)
        self.total = label("", "heading")
        self.rest = button(_("Give the rest to the last part"), self.give_rest, kind="quiet")
        self.more = button(_("Add a part"), self.add, icon="plus")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(8)
        outer.addLayout(self._rows)
        outer.addLayout(row(self.more, None))
        outer.addLayout(row(self.total, None, self.rest))

    def show_parts(self, parts: Sequence[tuple[str, float]]) -> None:
        """Other parts, silently; two empty ones for none."""
        for part in list(self.parts):
            self._take_out(part)
        for waste, share in parts or [("", 0.0)] * _LEAST:
            self._put_in(waste, share)
        self._told()

    def number(self, ordered: bool) -> None:
        """Layers are numbered from the bottom up; other ways of laying have no order."""
        self._ordered = ordered
        self._told()

    def add(self) -> None:
        """One part more."""
        self._put_in("", 0.0)
        self._on_change()

    def give_rest(self) -> None:
        """What is missing to 100 % goes to the last part."""
        others = sum(p.share.value() for p in self.parts[:-1])
        self.parts[-1].share.setValue(round(100 - others, 1))

    def given(self) -> list[tuple[str, float]]:
        """(waste, share 0..1) of every part that names a waste or a share."""
        return [
            (str(p.waste.currentData() or ""), round(p.share.value() / 100, 6))
            for p in self.parts
            if p.waste.currentData() or p.share.value() > 0
        ]

    def percent(self) -> float:
        """What the shares add up to, %."""
        return round(sum(p.share.value() for p in self.parts), 1)

    def _put_in(self, waste: str, share: float) -> None:
        part = _Part(self._wastes, waste, share)
        part.changed.connect(self._on_change)
        part.gone.connect(self._on_gone)
        part.up.connect(self._on_up)
        self.parts.append(part)
        self._rows.addWidget(part)

    def _take_out(self, part: _Part) -> None:
        self.parts.remove(part)
        self._rows.removeWidget(part)
        part.hide()
        part.deleteLater()

    def _on_gone(self, part: _Part) -> None:
        self._take_out(part)
        self._on_change()

    def _on_up(self, part: _Part) -> None:
        at = self.parts.index(part)
        if at:
            self.parts.insert(at - 1, self.parts.pop(at))
            self._rows.removeWidget(part)
            self._rows.insertWidget(at - 1, part)
            self._on_change()

    def _on_change(self) -> None:
        self._told()
        self.changed.emit()

    def _told(self) -> None:
        total = self.percent()
        whole = abs(total - 100) < 0.05
        text = _("Together {total} %").format(total=fmt.number(total, 1))
        if not whole and total < 100:
            text += "  " + _("{rest} % missing").format(rest=fmt.number(100 - total, 1))
        elif not whole:
            text += "  " + _("{more} % too many").format(more=fmt.number(total - 100, 1))
        self.total.setText(text)
        restyle(self.total, tone="ok" if whole else "danger" if total > 100 else "warning")
        others = sum(p.share.value() for p in self.parts[:-1])
        self.rest.setVisible(not whole and len(self.parts) > 1 and others < 100)
        for at, part in enumerate(self.parts):
            part.place.setText(str(at + 1) if self._ordered else "")
            part.raise_up.setVisible(self._ordered)
            part.raise_up.setEnabled(at > 0)
            part.drop.setEnabled(len(self.parts) > _LEAST)
