"""The conditions of the inventory: a sheet below its button, that works while it is looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.gui import words
from app.gui.panels.inventory.columns import field_of
from app.gui.panels.inventory.filter import NOT_SCREENED, Filter, Span
from app.gui.panels.inventory.lines import VERDICT_ORDER, Line
from app.gui.widgets import button, fill, label, restyle, row
from app.i18n import _

_LISTS_PX = 132


class SpanEdit(QWidget):
    """From … to …; empty for no end. `settled` when it changed."""

    settled = Signal()

    def __init__(self, name: str, unit: str) -> None:
        super().__init__()
        self.ends = (QLineEdit(), QLineEdit())
        for end, hint in zip(self.ends, (_("minimum"), _("maximum")), strict=True):
            end.setPlaceholderText(hint)
            end.setAccessibleName(f"{name} {hint}")
            end.textChanged.connect(self._on_text)
        self.setLayout(row(self.ends[0], label("–", "muted"), self.ends[1], label(unit, "muted"), spacing=6))

    def _on_text(self) -> None:
        for end in self.ends:
            restyle(end, invalid=_number(end.text()) is None and bool(end.text().strip()))
        self.settled.emit()

    def span(self) -> Span:
        """What is given; what is no number counts as nothing."""
        return _number(self.ends[0].text()), _number(self.ends[1].text())

    def show_span(self, span: Span) -> None:
        """Silently."""
        for end, value in zip(self.ends, span, strict=True):
            blocked = end.blockSignals(True)
            end.setText("" if value is None else f"{value:g}")
            restyle(end, invalid=False)
            end.blockSignals(blocked)


def _number(text: str) -> float | None:
    try:
        return float(text.strip().replace(",", ""))
    except ValueError:
        return None


class Checks(QListWidget):
    """Values to be ticked, each with how many sites have it."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setProperty("role", "checks")
        self.setFixedHeight(_LISTS_PX)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_values(self, values: Sequence[tuple[str, str, int]], chosen: frozenset[str]) -> None:
        """(key, words, count); silently."""
        blocked = self.blockSignals(True)
        self.clear()
        for key, text, count in values:
            item = QListWidgetItem(f"{text}  {count}")
            item.setData(Qt.ItemDataRole.UserRole, key)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if key in chosen else Qt.CheckState.Unchecked)
            self.addItem(item)
        if self.count():
            self.setCurrentRow(0)
            self.clearSelection()
        self.blockSignals(blocked)

    def chosen(self) -> frozenset[str]:
        """Keys of what is ticked."""
        items = (self.item(i) for i in range(self.count()))
        return frozenset(i.data(Qt.ItemDataRole.UserRole) for i in items if i.checkState() == Qt.CheckState.Checked)


class FilterBox(QFrame):
    """`changed` carries the filter with these conditions. Esc or a click elsewhere closes it; the conditions stay."""

    changed = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("role", "popup")
        self._filter = Filter()
        self.districts, self.statuses = Checks(_("District")), Checks(_("Status"))
        self.verdicts = Checks(_("Wastes"))
        self.area, self.volume = SpanEdit(_("Area"), _("mu")), SpanEdit(_("Volume"), _("10⁴ m³"))
        lists = row(spacing=12)
        for title, part in (
            (_("District"), self.districts),
            (_("Status"), self.statuses),
            (_("Verdict on a waste"), self.verdicts),
        ):
            side = QVBoxLayout()
            fill(side, [label(title, "secondary"), part], 4, (0, 0, 0, 0))
            lists.addLayout(side, 1)
        self.reset = button(_("Take off all conditions"), self.clear, kind="quiet", icon="rotate-ccw")
        inner = QVBoxLayout(self)
        spans = row(
            label(_("Area"), "secondary"), self.area, 12, label(_("Volume"), "secondary"), self.volume, spacing=8
        )
        foot = row(self.reset, None, button(_("Close"), self.close))
        fill(inner, [lists, spans, foot], 12, (16, 12, 16, 12))
        self.setMinimumWidth(560)
        self._soon = QTimer(self, singleShot=True, interval=120)
        self._soon.timeout.connect(self._tell)
        for part in (self.districts, self.statuses, self.verdicts):
            part.itemChanged.connect(lambda _i: self._soon.start())
        for span in (self.area, self.volume):
            span.settled.connect(self._soon.start)

    def show_for(self, lines: Sequence[Line], chosen: Filter) -> None:
        """The values that the lines have, with what is chosen of them."""
        self._filter = chosen
        districts = Counter(s.district for s in lines)
        self.districts.show_values(_listed(districts, {d: d for d in districts}, chosen.districts), chosen.districts)
        states = Counter(s.status for s in lines)
        names = {s.status: words.choice(field_of(s.layer, "status"), s.status or None) for s in lines}
        self.statuses.show_values(_listed(states, names, chosen.statuses), chosen.statuses)
        counts = Counter(v for s in lines for v, n in s.verdicts.items() if n)
        none = sum(not s.verdicts for s in lines)
        self.verdicts.show_values(
            [*((v, _(words.VERDICTS[v]), counts[v]) for v in VERDICT_ORDER), (NOT_SCREENED, _("not screened"), none)],
            chosen.verdicts,
        )
        self.area.show_span(chosen.area_mu)
        self.volume.show_span(chosen.volume_wan_m3)
        self.reset.setEnabled(chosen.conditions > 0)

    def popup(self, anchor: QWidget) -> None:
        """Below its button, or above it where there is more room."""
        self.adjustSize()
        place = anchor.screen().availableGeometry()
        at = anchor.mapToGlobal(QPoint(0, anchor.height() + 4))
        if at.y() + self.height() > place.bottom():
            at = anchor.mapToGlobal(QPoint(0, -self.height() - 4))
        at.setX(max(place.left(), min(at.x(), place.right() - self.width())))
        self.move(at)
        self.show()
        self.districts.setFocus()

    def _tell(self) -> None:
        self._filter = replace(
            self._filter, districts=self.districts.chosen(), statuses=self.statuses.chosen(),
            verdicts=self.verdicts.chosen(), area_mu=self.area.span(), volume_wan_m3=self.volume.span(),
        )  # fmt: skip
        self.reset.setEnabled(self._filter.conditions > 0)
        self.changed.emit(self._filter)

    def clear(self) -> None:
        """No conditions."""
        for part in (self.districts, self.statuses, self.verdicts):
            blocked = part.blockSignals(True)
            for i in range(part.count()):
                part.item(i).setCheckState(Qt.CheckState.Unchecked)
            part.blockSignals(blocked)
        for span in (self.area, self.volume):
            span.show_span((None, None))
        self._tell()

    def hideEvent(self, event: object) -> None:
        super().hideEvent(event)
        if self._soon.isActive():
            self._soon.stop()
            self._tell()


def _listed(counts: Counter[str], names: dict[str, str], chosen: frozenset[str]) -> list[tuple[str, str, int]]:
    keys = sorted({*counts, *chosen}, key=lambda k: (not k, names.get(k, k)))
    return [(k, names.get(k, k) or _("(not stated)"), counts[k]) for k in keys]
