"""The large figures of an estimate, each with its interval; while a level moves, those of the level."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from app import format as fmt
from app.gui import words
from app.gui.panels.inspector.capacity_text import body_of
from app.gui.widgets import button, column, label, restyle, row
from app.i18n import _
from layers.registry import LAYERS
from models.estimate import TOO_WIDE, Estimate, LevelFigures
from models.units import M2_PER_MU, M3_PER_WAN_M3, T_PER_WAN_T

_SAME_M = 0.005


_SMALL_M3 = 100.0  # below it a volume is told in m³: 0.00038 万m³ tells nobody anything


class Figure(QWidget):
    """A name, a number with its interval, a unit."""

    def __init__(self, name: str, unit: str, *, big: bool = False) -> None:
        super().__init__()
        self.name = label(name, "muted")
        self.value = label(fmt.NO_VALUE, "figure" if big else "figure2", selectable=True)
        self.half = label("", "figure2" if big else "unit", selectable=True)
        self.unit = label(unit, "unit")
        self.remark = label("", "unit")
        line = row(self.value, self.half, self.unit, self.remark, None, spacing=6)
        for part in (self.half, self.unit, self.remark):
            part.setContentsMargins(0, 6 if big else 2, 0, 0)
        self.setLayout(column(self.name, line, spacing=0))
        self.remark.hide()

    def show_number(self, value: float | None, half: float | None, per: float, tip: str = "", remark: str = "") -> None:
        """Value and half width in units of `per`; `remark` where there is no half width."""
        number, _pm, width = fmt.plus_minus(value, half, per=per).partition(" ± ")
        self.value.setText(number)
        self.half.setText(f"± {width}" if width else "")
        self.half.setVisible(bool(width))
        self.remark.setText(remark)
        self.remark.setVisible(bool(remark))
        self.setToolTip(tip)


class CapacityFigures(QFrame):
    """Volume, tonnage, land, the other sign, waste space. `level_wanted` and `estimate_wanted` end a preview."""

    level_wanted = Signal()
    estimate_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "inset")
        self.level: LevelFigures | None = None
        self.volume = Figure(_("Fill volume"), _("10⁴ m³"), big=True)
        self.tonnage = Figure(_("Takes"), _("10⁴ t"))
        self.land = Figure(_("Land released"), _("mu"))
        self.other = Figure(_("Cut"), _("10⁴ m³"))
        self.space = Figure(_("Space for waste"), _("10⁴ m³"))
        pair = QGridLayout()
        pair.setContentsMargins(0, 0, 0, 0)
        pair.setVerticalSpacing(6)
        for at, figure in enumerate((self.tonnage, self.land, self.space, self.other)):
            pair.addWidget(figure, at // 2, at % 2)
        pair.setColumnStretch(0, 3)
        pair.setColumnStretch(1, 2)
        self.verdict = label("", "heading", wrap=True)
        self.verdict.setProperty("tone", "danger")
        self.basis = label("", "muted", wrap=True, selectable=True)
        self._live = self._live_row()
        self.setLayout(
            column(self.verdict, self.volume, pair, self.basis, self._live, spacing=8, margins=(12, 12, 12, 12))
        )

    def _live_row(self) -> QWidget:
        made = QWidget()
        take = button(_("Estimate at this level"), self.level_wanted.emit, icon="calculator")
        back = button(_("Back"), self.estimate_wanted.emit, kind="quiet")
        copy = button("", self.copy_level, kind="quiet", icon="clipboard-copy", tip=_("Copy the figures at this level"))
        made.setLayout(row(take, back, copy, None, spacing=4))
        made.hide()
        return made

    def show_estimate(self, e: Estimate | None) -> None:
        """The figures of an estimate; dashes for none."""
        self.level = None
        self._live.hide()
        restyle(self.basis, tone="")
        fills = e is None or LAYERS[e.layer].fills
        self.volume.name.setText(_("Fill volume") if fills else _("Heap volume"))
        self.tonnage.name.setText(_("Takes") if fills else _("Holds"))
        self.other.name.setText(_("Cut (above the surface)") if fills else _("Fill (below the base)"))
        self.space.setVisible(fills)
        unsure = e is not None and e.standing == "too_uncertain"
        self._judge(unsure=unsure)
        if e is None:
            for figure in (self.volume, self.tonnage, self.land, self.other, self.space):
                figure.show_number(None, None, 1.0)
            for figure in (self.volume, self.other, self.space):
                figure.unit.setText(_("10⁴ m³"))
            self.basis.setText("")
            return
        interval = e.interval95
        unknown = _("not quantified") if interval.fill_m3 is None else ""
        volume = body_of(e)
        tip = "\n".join(t for t in (f"{fmt.number(volume, 3)} m³", unknown and _("interval not quantified")) if t)
        self._show_volume(self.volume, volume, interval.fill_m3, tip, unknown)
        no_mass = _("choose a waste or a density to get a tonnage")
        tip = no_mass if e.tonnage_t is None else f"{fmt.number(e.tonnage_t, 1)} t"
        unsure = _("not quantified") if e.tonnage_t is not None and interval.tonnage_t is None else ""
        self.tonnage.show_number(e.tonnage_t, interval.tonnage_t, T_PER_WAN_T, tip, unsure)
        self._show_land(e.land_released_m2)
        other = e.cut_m3 if fills else e.fill_m3
        unsure = _("not quantified") if other > 0 and interval.other_m3 is None else ""
        self._show_volume(self.other, other, interval.other_m3, remark=unsure)
        self._show_volume(self.space, e.waste_m3, interval.waste_m3)
        self.basis.setText(
            _("{surface}, {height} m; {terrain}; {day}").format(
                surface=words.reference(e.reference, fills=fills),
                height=fmt.elevation(e.reference.mean_elevation_m),
                terrain=e.terrain.name,
                day=fmt.day(e.computed_at),
            )
        )
        self.basis.setToolTip(words.cap(e.terrain.chosen.render(_)) if e.terrain.chosen else "")

    def _judge(self, *, unsure: bool) -> None:
        self.verdict.setText(_("No estimate: too uncertain to plan with") if unsure else "")
        self.verdict.setVisible(unsure)
        restyle(self.volume.value, tone="danger" if unsure else "")

    def _show_land(self, area_m2: float) -> None:
        self.land.show_number(area_m2, None, M2_PER_MU, f"{fmt.number(area_m2, 1)} m²")
        self.land.value.setText(fmt.mu(area_m2))

    @staticmethod
    def _show_volume(figure: Figure, volume: float, half: float | None, tip: str = "", remark: str = "") -> None:
        small = max(abs(volume), half or 0.0) < _SMALL_M3
        figure.unit.setText("m³" if small else _("10⁴ m³"))
        per = 1.0 if small else M3_PER_WAN_M3
        figure.show_number(round(volume, 1), half, per, tip or f"{fmt.number(volume, 3)} m³", remark)

    def show_level(self, f: LevelFigures, *, fills: bool, offer: bool, runs_m: float | None = None) -> None:
        """Figures at a level at once, with their interval where it is known.

        `offer`: it is another surface than the estimate's; `runs_m`: the level at which water runs over the rim.
        """
        self.level = f
        body, other = (f.fill_m3, f.cut_m3) if fills else (f.cut_m3, f.fill_m3)
        self._judge(unsure=f.half_m3 is not None and f.half_m3 > TOO_WIDE * body)
        self._show_volume(self.volume, body, f.half_m3)
        tip = f"{fmt.number(f.tonnage_t, 1)} t"
        self.tonnage.show_number(f.tonnage_t, f.half_tonnage_t, T_PER_WAN_T, tip)
        self._show_land(f.flooded_m2)
        self._show_volume(self.other, other, None)
        self._show_volume(self.space, f.waste_m3, f.half_waste_m3)
        if f.half_m3 is None:
            text = _("at the level {level} m, read from the curve; the interval comes with the estimate")
        else:
            text = _("at the level {level} m, read from the curve with its interval; not stored")
        said = text.format(level=fmt.elevation(f.level_m))
        over = runs_m is not None and fills and f.level_m > runs_m + _SAME_M
        if runs_m is not None and over:
            more = _("{over} m above the level at which water runs over ({level} m)")
            said = words.cap(more.format(over=fmt.number(f.level_m - runs_m, 2), level=fmt.elevation(runs_m)))
        self.basis.setText(said)
        restyle(self.basis, tone="danger" if over else "")
        self._live.setVisible(offer)

    def copy_level(self) -> None:
        """The figures at the level for a spreadsheet."""
        f = self.level
        if f is None:
            return
        lines = [
            (_("Level"), f"{f.level_m:.2f}", "m"),
            (_("Fill"), f"{f.fill_m3:.1f}", "m³"),
            (_("Cut"), f"{f.cut_m3:.1f}", "m³"),
            (_("Area"), f"{f.flooded_m2:.1f}", "m²"),
            (_("Space for waste"), f"{f.waste_m3:.1f}", "m³"),
            (_("Dry mass"), "" if f.tonnage_t is None else f"{f.tonnage_t:.1f}", "t"),
            (_("95 % interval, ±"), "" if f.half_m3 is None else f"{f.half_m3:.1f}", "m³"),
        ]
        QGuiApplication.clipboard().setText("\n".join("\t".join(line) for line in lines) + "\n")
