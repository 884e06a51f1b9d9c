"""The figures of an estimate: large ones with their interval, the curve, and where the interval comes from."""

from __future__ import annotations

import bisect
from collections.abc import Sequence

import numpy as np
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from app import format as fmt
from app.gui import words
from app.gui.bars import Bar, BarList
from app.gui.charts import Axis, Chart, Drawing, Line, Mark
from app.gui.widgets import Banner, Section, card, clear, column, label, row
from app.i18n import _
from models.estimate import CurveRow, Estimate
from models.units import M2_PER_MU, M3_PER_WAN_M3, T_PER_WAN_T

_K = 2.0  # the interval's half width is two standard deviations


def _wan(volume_m3: float | None) -> str:
    """A volume with its unit; a dash for none."""
    return fmt.NO_VALUE if volume_m3 is None else f"{fmt.wan_m3(volume_m3)} {_('10⁴ m³')}"


class Figure(QWidget):
    """A name, a number with its interval, a unit."""

    def __init__(self, name: str, unit: str, *, big: bool = False) -> None:
        super().__init__()
        self.name = label(name, "muted")
        self.value = label(fmt.NO_VALUE, "figure" if big else "figure2", selectable=True)
        self.half = label("", "figure2" if big else "unit")
        self.unit = label(unit, "unit")
        line = row(self.value, self.half, self.unit, None, spacing=6)
        for part in (self.half, self.unit):
            part.setContentsMargins(0, 6 if big else 2, 0, 0)
        self.setLayout(column(self.name, line, spacing=0))

    def show_number(self, value: float | None, half: float | None, per: float, tip: str = "") -> None:
        """Value and half width in units of `per`."""
        number, _pm, width = fmt.plus_minus(value, half, per=per).partition(" ± ")
        self.value.setText(number)
        self.half.setText(f"± {width}" if width else "")
        self.half.setVisible(bool(width))
        self.setToolTip(tip)


class CapacityResult(QWidget):
    """All that an estimate says."""

    def __init__(self) -> None:
        super().__init__()
        self.estimate: Estimate | None = None
        self.curve: list[CurveRow] | None = None
        self._fills = True
        self.volume = Figure(_("Fill volume"), _("10⁴ m³"), big=True)
        self.tonnage = Figure(_("Takes"), _("10⁴ t"))
        self.land = Figure(_("Land released"), _("mu"))
        pair = QGridLayout()
        pair.setContentsMargins(0, 0, 0, 0)
        pair.addWidget(self.tonnage, 0, 0)
        pair.addWidget(self.land, 0, 1)
        pair.setColumnStretch(0, 3)
        pair.setColumnStretch(1, 2)
        self.basis = label("", "muted", wrap=True)
        self.figures = card(self.volume, pair, self.basis, role="inset", spacing=8, margin=12)
        self._warnings = QVBoxLayout()
        self._warnings.setSpacing(6)
        self.chart = Chart(least_height=230)
        self.parts = BarList()
        self.others = BarList()
        self.check = label("", "secondary", wrap=True)
        self._more = QGridLayout()
        self._more.setHorizontalSpacing(12)
        self._more.setVerticalSpacing(4)
        self._more.setColumnStretch(1, 1)
        more = QWidget()
        more.setLayout(self._more)
        self.sections = (
            Section(_("Stage–capacity curve"), self.chart),
            Section(_("Where the interval comes from"), self.parts),
            Section(_("Other reference surfaces"), self.others),
            Section(_("Second method"), self.check),
            Section(_("All figures"), more, is_open=False),
        )
        inner = column(self.figures, self._warnings, *self.sections, None, spacing=10)
        self.setLayout(inner)
        self.show_estimate(None)

    def show_estimate(self, e: Estimate | None, *, fills: bool = True) -> None:
        """Show an estimate; None while there is none."""
        if e is None or self.estimate is None or e.site != self.estimate.site:
            self.curve = None
            self.chart.show_drawing(None, _("computing…"))
        self.estimate, self._fills = e, fills
        for part in self.sections:
            part.setVisible(e is not None)
        clear(self._warnings)
        self.volume.name.setText(_("Fill volume") if fills else _("Heap volume"))
        self.tonnage.name.setText(_("Takes") if fills else _("Holds"))
        self.land.name.setText(_("Land released"))
        if e is None:
            for figure in (self.volume, self.tonnage, self.land):
                figure.show_number(None, None, 1.0)
            self.basis.setText("")
            return
        self._show_figures(e)
        for notice in e.warnings:
            self._warnings.addWidget(Banner("warning", words.cap(notice.render(_))))
        self._show_parts(e)
        self._show_others(e)
        self._show_check(e)
        self._show_more(e)
        self._show_drawing(e.reference.mean_elevation_m)

    def _body(self, e: Estimate) -> float:
        return e.fill_m3 if self._fills else e.cut_m3

    def _show_figures(self, e: Estimate) -> None:
        volume = self._body(e)
        unknown = "" if e.interval95.fill_m3 is not None else _("interval not quantified")
        tip = f"{fmt.number(volume, 3)} m³\n{unknown}".strip()
        self.volume.show_number(volume, e.interval95.fill_m3, M3_PER_WAN_M3, tip)
        tip = (
            _("choose a waste or a density to get a tonnage")
            if e.tonnage_t is None
            else f"{fmt.number(e.tonnage_t, 1)} t"
        )
        self.tonnage.show_number(e.tonnage_t, e.interval95.tonnage_t, T_PER_WAN_T, tip)
        self.land.show_number(e.land_released_m2, None, M2_PER_MU, f"{fmt.number(e.land_released_m2, 1)} m²")
        self.land.value.setText(fmt.mu(e.land_released_m2))
        height = fmt.elevation(e.reference.mean_elevation_m)
        self.basis.setText(
            _("{surface}, {height} m; {terrain}; {day}").format(
                surface=words.surface(e.reference.key),
                height=height,
                terrain=e.terrain.name,
                day=fmt.day(e.computed_at),
            )
        )

    def preview_level(self, level: float, volume_m3: float, area_m2: float) -> None:
        """Volume and area of a level at once, without an interval, while a slider moves."""
        self.volume.show_number(volume_m3, None, M3_PER_WAN_M3)
        self.land.value.setText(fmt.mu(area_m2))
        density = self.estimate.density_t_m3 if self.estimate else None
        self.tonnage.show_number(None if density is None else volume_m3 * density, None, T_PER_WAN_T)
        self._show_drawing(level)

    # Curve

    def show_curve(self, curve: list[CurveRow]) -> None:
        """The stage–capacity curve of the shown estimate."""
        self.curve = curve
        self._show_drawing(self.estimate.reference.mean_elevation_m if self.estimate else None)

    def _show_drawing(self, level: float | None) -> None:
        if not self.curve or len(self.curve) < 2:
            if self.curve is not None:
                self.chart.show_drawing(None, _("nothing lies below the reference surface"))
            return
        height = np.array([r.elevation_m for r in self.curve])
        volume = np.array([r.volume_m3 for r in self.curve]) / M3_PER_WAN_M3
        area = np.array([r.area_m2 for r in self.curve]) / M2_PER_MU
        marks = (Mark(level, f"{fmt.elevation(level)} m"),) if level is not None else ()
        drawing = Drawing(
            Axis(_("Volume (10⁴ m³)"), zero=True),
            Axis(_("Elevation (m)"), low=float(height[0])),
            (
                Line(volume, height, "accent", _("Volume"), 2.2),
                Line(area, height, "chart_ground", _("Area"), 1.4, dash=True, top=True),
            ),
            marks=marks,
            top=Axis(_("Area (mu)"), zero=True),
            readout=self._read_curve,
            follow="y",
        )
        self.chart.show_drawing(drawing)

    def _read_curve(self, _x: float, y: float) -> Sequence[str]:
        rows = self.curve or []
        at = bisect.bisect_left([r.elevation_m for r in rows], y)
        r = rows[min(max(at, 0), len(rows) - 1)]
        return (
            f"{fmt.elevation(r.elevation_m)} m",
            _wan(r.volume_m3),
            f"{fmt.mu(r.area_m2)} {_('mu')}",
        )

    # Below

    def _show_parts(self, e: Estimate) -> None:
        bars = []
        body = self._body(e)
        for key, sigma in e.interval95.parts.items():
            name = words.from_key(words.CAUSES, key)
            if key.endswith("_share"):
                if e.tonnage_t is None:
                    continue
                value = None if sigma is None else _K * sigma * body
                text = (
                    _("not stated") if sigma is None else _("± {share} of t").format(share=fmt.percent(_K * sigma, 0))
                )
            else:
                value = None if sigma is None else _K * sigma
                text = (
                    _("not stated")
                    if sigma is None
                    else f"± {fmt.significant(_K * sigma / M3_PER_WAN_M3, 2)} {_('10⁴ m³')}"
                )
            bars.append(Bar(name, value, text, "info" if key.endswith("_share") else "accent"))
        if e.interval95.fill_m3 is not None:
            total = f"± {fmt.significant(e.interval95.fill_m3 / M3_PER_WAN_M3, 2)} {_('10⁴ m³')}"
            bars.append(Bar(_("Together (95 %)"), e.interval95.fill_m3, total, "text_2", strong=True))
        self.parts.show_bars(bars)

    def _show_others(self, e: Estimate) -> None:
        bars = [
            Bar(
                words.surface(e.reference.key),
                self._body(e),
                _wan(self._body(e)),
                "accent",
                strong=True,
            )
        ]
        for other in e.alternatives:
            value = _wan(other.fill_m3)
            bars.append(Bar(words.surface(other.key), other.fill_m3, value, "chart_fill"))
        self.others.show_bars(bars)

    def _show_check(self, e: Estimate) -> None:
        name = words.from_key(words.CHECK_METHODS, e.check.method)
        if e.check.fill_m3 is None:
            self.check.setText(_("{method}: could not be computed").format(method=name))
            return
        difference = e.check.difference_percent
        text = _("{method}: {volume}, difference {percent} %").format(
            method=name,
            volume=_wan(e.check.fill_m3),
            percent=fmt.number(difference, 2) if difference is not None else fmt.NO_VALUE,
        )
        self.check.setText(text)

    def _show_more(self, e: Estimate) -> None:
        clear(self._more)
        figures: list[tuple[str, str]] = [
            (_("Fill"), f"{fmt.number(e.fill_m3, 1)} m³"),
            (_("Cut"), f"{fmt.number(e.cut_m3, 1)} m³"),
            (_("Net"), f"{fmt.number(e.net_m3, 1)} m³"),
            (_("Waste"), f"{fmt.number(e.waste_m3, 1)} m³"),
            (_("Cover"), f"{fmt.number(e.cover_m3, 1)} m³"),
            (_("Base"), f"{fmt.number(e.base_m3, 1)} m³"),
            (_("Density"), f"{fmt.number(e.density_t_m3, 2)} t/m³"),
            (_("Dry mass"), f"{fmt.number(e.tonnage_t, 0)} t"),
            (_("Wet mass"), f"{fmt.number(e.tonnage_wet_t, 0)} t"),
            (_("Outline area"), f"{fmt.number(e.footprint_m2, 1)} m²"),
            (_("Filled area"), f"{fmt.number(e.flooded_m2, 1)} m²"),
            (_("Depth, mean"), f"{fmt.number(e.mean_depth_m, 2)} m"),
            (_("Depth, largest"), f"{fmt.number(e.max_depth_m, 2)} m"),
            (_("Covered by terrain"), fmt.percent(e.covered_share, 2)),
            (_("Cells inside"), fmt.number(float(e.cells_inside), 0)),
            (_("Cell size"), f"{fmt.significant(e.terrain.cell_m, 3)} m"),
            (_("Height datum"), e.terrain.vertical_datum or _("not stated")),
        ]
        for line, (name, text) in enumerate(figures):
            value: QLabel = label(text, "secondary", selectable=True)
            self._more.addWidget(label(name, "muted"), line, 0)
            self._more.addWidget(value, line, 1)
