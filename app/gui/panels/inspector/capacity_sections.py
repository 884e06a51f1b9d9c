"""What stands below an estimate's figures: parts of the interval, other surfaces, independent methods, all figures."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from app import format as fmt
from app.gui import words
from app.gui.bars import Bar, BarList
from app.gui.icons import set_picture
from app.gui.panels.inspector import capacity_text as text
from app.gui.widgets import Elided, button, clear, column, fill, label, row
from app.i18n import _
from layers.registry import LAYERS
from models.estimate import Estimate, SecondMethod
from models.units import M3_PER_WAN_M3, T_PER_WAN_T

_LEAST_SHARE = 0.005


def wan(volume_m3: float | None) -> str:
    """A volume with its unit; a dash for none."""
    return fmt.NO_VALUE if volume_m3 is None else f"{fmt.wan_m3(volume_m3)} {_('10⁴ m³')}"


class Parts(QWidget):
    """The interval's parts, of the volume and of the tonnage, each with its share of the squares."""

    errors_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.volume, self.tonnage = BarList(), BarList()
        self._of_tonnage = label(_("Of the tonnage"), "muted")
        self.note = label("", "muted", wrap=True, selectable=True)
        edit = button(_("Error figures…"), self.errors_wanted.emit, kind="quiet", icon="sliders-horizontal")
        parts = (self.volume, self._of_tonnage, self.tonnage, self.note)
        self.setLayout(column(*parts, row(edit, None), spacing=4))

    def show_estimate(self, e: Estimate) -> None:
        """Bars are half widths at 95 %; a part that nobody stated has none and says so."""
        interval = e.interval95
        bars = [self._bar(e, k, s) for k, s in interval.parts.items() if not k.endswith("_share")]
        if interval.fill_m3 is not None:
            total = f"± {fmt.significant(interval.fill_m3 / M3_PER_WAN_M3, 2)} {_('10⁴ m³')}"
            bars.append(Bar(_("Together (95 %)"), interval.fill_m3, total, "text_2", strong=True))
        else:
            bars.append(Bar(_("Together (95 %)"), None, _("not quantified"), "text_2", strong=True))
        self.volume.show_bars(bars)
        shares = interval.tonnage_shares
        mass = [
            Bar(words.from_key(words.CAUSES, k), s, fmt.percent(s, 0), "info")
            for k, s in sorted(shares.items(), key=lambda kv: -kv[1])
            if s >= _LEAST_SHARE
        ]
        if interval.tonnage_t is not None:
            total = f"± {fmt.significant(interval.tonnage_t / T_PER_WAN_T, 2)} {_('10⁴ t')}"
            mass.append(Bar(_("Together (95 %)"), 1.0, total, "text_2", strong=True))
        self.tonnage.show_bars(mass)
        for part in (self._of_tonnage, self.tonnage):
            part.setVisible(bool(mass))
        counted = {k: s for k, s in interval.parts.items() if e.tonnage_t is not None or not k.endswith("_share")}
        lacking = [words.from_key(words.CAUSES, k) for k, s in counted.items() if s is None]
        said = _("Not quantified, and so not in the interval: {causes}").format(causes=_("; ").join(lacking))
        self.note.setText(said if lacking else "")
        self.note.setVisible(bool(lacking))

    @staticmethod
    def _bar(e: Estimate, key: str, sigma: float | None) -> Bar:
        name = words.from_key(words.CAUSES, key)
        if sigma is None:
            return Bar(name, None, _("not quantified"))
        if sigma == 0:  # a reference on the same terrain: what shifts both does not count
            return Bar(name, None, _("none here"))
        share = e.interval95.shares.get(key)
        said = f"± {fmt.significant(text.K * sigma / M3_PER_WAN_M3, 2)} {_('10⁴ m³')}"
        return Bar(name, text.K * sigma, said if share is None else f"{said}  {fmt.percent(share, 0)}")


class Others(QWidget):
    """The same site under the other surfaces that apply, and why one could not be built."""

    def __init__(self) -> None:
        super().__init__()
        self.bars = BarList()
        self.reasons = label("", "muted", wrap=True, selectable=True)
        self.setLayout(column(self.bars, self.reasons, spacing=4))

    def show_estimate(self, e: Estimate) -> None:
        """The chosen one first, in bold."""
        own, fills = text.body_of(e), LAYERS[e.layer].fills
        bars = [Bar(words.reference(e.reference, fills=fills), own, wan(own), "accent", strong=True)]
        reasons = []
        for other in e.alternatives:
            name, value = words.alternative(other.key, e.request.parameters, fills=fills), other.fill_m3
            if value is None:
                bars.append(Bar(name, None, fmt.NO_VALUE))
                if other.reason is not None:
                    reasons.append(_("{what}: {text}").format(what=name, text=other.reason.render(_)))
                continue
            percent = f"  {fmt.difference(100 * (value / own - 1), 0)} %" if own > 0 else ""
            bars.append(Bar(name, value, wan(value) + percent, "chart_fill"))
        self.bars.show_bars(bars)
        self.reasons.setText("\n".join(reasons))
        self.reasons.setVisible(bool(reasons))


class Checks(QWidget):
    """Independent methods: volume, difference, and a flag where one is more than 2 % apart."""

    earthwork_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[tuple[str, str, str]] = []
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(0, 1)
        out = button(
            _("Table and drawing…"), self.earthwork_wanted.emit, kind="quiet", icon="table-2",
            tip=_("The grid method with its table and drawing, the section method with its table"),
        )  # fmt: skip
        self.setLayout(column(self._grid, row(out, None), spacing=4))

    def show_estimate(self, e: Estimate) -> None:
        """One line a method."""
        clear(self._grid)
        self.rows = []
        for line, check in enumerate(text.methods_of(e)):
            self._line(line, check)

    def _line(self, line: int, check: SecondMethod) -> None:
        name = words.from_key(words.CHECK_METHODS, check.method)
        step = next(iter(check.parameters.values()), None)
        if step is not None:
            name = _("{method}, {step} m").format(method=name, step=f"{step:g}")
        flagged = text.is_notable(check)
        volume = _("could not be computed") if check.fill_m3 is None else wan(check.fill_m3)
        percent = "" if check.difference_percent is None else f"{fmt.difference(check.difference_percent, 2)} %"
        self.rows.append((name, volume, percent))
        mark = QLabel()
        mark.setFixedWidth(16)
        if check.fill_m3 is not None:
            set_picture(mark, "triangle-alert" if flagged else "circle-check", "warning" if flagged else "ok", 14)
            mark.setToolTip(_("more than 2 % apart") if flagged else _("within 2 %"))
        self._grid.addWidget(Elided(name, "secondary"), line, 0)
        for at, said in ((1, volume), (2, percent)):
            value = label(said, "secondary", selectable=True)
            value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            if flagged and at == 2:
                value.setProperty("tone", "warning")
            self._grid.addWidget(value, line, at)
        self._grid.addWidget(mark, line, 3)


class AllFigures(QWidget):
    """Every figure by its name, in SI. Sixty labels: made when somebody unfolds them."""

    def __init__(self) -> None:
        super().__init__()
        self._due: Estimate | None = None
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        inner = QVBoxLayout(self)
        fill(inner, [self._grid], 4, (0, 0, 0, 0))

    def show_estimate(self, e: Estimate) -> None:
        """Name left, value right; all can be selected and copied."""
        self._due = e
        if self.isVisible():
            self._fill(e)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._due is not None:
            self._fill(self._due)

    def _fill(self, e: Estimate) -> None:
        self._due = None
        clear(self._grid)
        for line, (name, value, unit) in enumerate(text.figures(e)):
            self._grid.addWidget(label(name, "muted"), line, 0)
            self._grid.addWidget(label(f"{value} {unit}".strip(), "secondary", selectable=True), line, 1)
