"""All that an estimate says: figures, remarks, the curve, and sections that fold."""

from __future__ import annotations

import bisect
from collections.abc import Sequence

import numpy as np
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app import format as fmt
from app.gui import words
from app.gui.charts import Axis, Chart, Drawing, Line, Mark
from app.gui.panels.inspector import capacity_text as text
from app.gui.panels.inspector.capacity_figures import CapacityFigures
from app.gui.panels.inspector.capacity_sections import AllFigures, Checks, Others, Parts, wan
from app.gui.panels.inspector.why_section import WhySection
from app.gui.widgets import Banner, Section, button, clear, column, row
from app.i18n import _
from layers.registry import LAYERS
from models.estimate import TOO_UNCERTAIN, CurveRow, Estimate, LevelFigures
from models.units import M2_PER_MU, M3_PER_WAN_M3

_AT_ONCE = 2
_OF_THE_FIGURE = (TOO_UNCERTAIN, "estimate.low_reading", "estimate.check_differs", "estimate.above_rim",
                  "estimate.below_floor", "estimate.empty", "estimate.no_reference_sigma")  # fmt: skip
"""Remarks on the volume below the estimate's surface. They say nothing of another level and rest while one is shown."""


class CapacityResult(QWidget):
    """Figures above, what they rest on below."""

    def __init__(self) -> None:
        super().__init__()
        self.estimate: Estimate | None = None
        self.curve: list[CurveRow] | None = None
        self._reach: Sequence[CurveRow] = ()
        self._drawn: Sequence[CurveRow] = ()
        self._unsure: list[Banner] = []
        self.figures = CapacityFigures()
        self._remarks = QVBoxLayout()
        self._remarks.setSpacing(6)
        self.chart = Chart(least_height=230)
        self.parts, self.others, self.checks, self.more = Parts(), Others(), Checks(), AllFigures()
        self.why = WhySection()
        copy = button(_("Copy all figures"), self.copy, kind="quiet", icon="clipboard-copy")
        more = QWidget()
        more.setLayout(column(row(copy, None), self.more, spacing=4))
        self.sections = (
            Section(_("Stage–capacity curve"), self.chart),
            Section(_("Where the interval comes from"), self.parts),
            Section(_("Other reference surfaces"), self.others),
            Section(_("Independent methods"), self.checks),
            self.why,
            Section(_("All figures"), more, is_open=False),
        )
        self.setLayout(column(self.figures, self._remarks, *self.sections, None, spacing=10))
        self.show_estimate(None)

    def show_estimate(self, e: Estimate | None) -> None:
        """Show an estimate; None while there is none."""
        if e is None or self.estimate is None or e.site != self.estimate.site:
            self.curve = None
            self.chart.show_drawing(None, _("computing…"))
        self.estimate = e
        for part in self.sections:
            part.setVisible(e is not None)
        clear(self._remarks)
        self._unsure = []
        self.figures.show_estimate(e)
        self.why.forget(ask=e is not None)
        if e is None:
            return
        self._show_remarks(e)
        for section in (self.parts, self.others, self.checks, self.more):
            section.show_estimate(e)
        self._show_drawing(e.reference.mean_elevation_m)

    def _show_remarks(self, e: Estimate) -> None:
        """The gravest first, and in the tone of what it means; more than a few fold away."""
        made = [Banner("danger" if n.key == TOO_UNCERTAIN else "warning", words.cap(n.render(_))) for n in e.warnings]
        self._unsure = [b for b, n in zip(made, e.warnings, strict=True) if n.key.startswith(_OF_THE_FIGURE)]
        at_once = len(made) if len(made) == _AT_ONCE + 1 else _AT_ONCE
        for banner in made[:at_once]:
            self._remarks.addWidget(banner)
        if made[at_once:]:
            rest = QWidget()
            rest.setLayout(column(*made[at_once:], spacing=6))
            title = _("{n} more remarks").format(n=len(made) - at_once)
            self._remarks.addWidget(Section(title, rest, is_open=False))

    def show_level(
        self, figures: LevelFigures, *, offer: bool, runs_m: float | None = None, reach: Sequence[CurveRow] = ()
    ) -> None:
        """Volume, area and tonnage of a level at once, while a slider moves. `runs_m`: where water runs over.

        `reach`: the curve of all levels, for one above the estimate's.
        """
        if self.estimate is not None:
            fills = LAYERS[self.estimate.layer].fills
            self.figures.show_level(figures, fills=fills, offer=offer, runs_m=runs_m)
            self._reach = reach if fills else ()
            self._show_drawing(figures.level_m)
            for banner in self._unsure:  # of the estimate's figure, which is not the one shown
                banner.hide()

    def end_preview(self) -> None:
        """The estimate's own figures again."""
        self.figures.show_estimate(self.estimate)
        self._show_drawing(self.estimate.reference.mean_elevation_m if self.estimate else None)
        for banner in self._unsure:
            banner.show()

    def copy(self) -> None:
        """Everything that is shown, for a spreadsheet."""
        if self.estimate is not None:
            QGuiApplication.clipboard().setText(text.as_table(self.estimate, self.why.report))

    # Curve

    def show_curve(self, curve: list[CurveRow]) -> None:
        """The stage–capacity curve of the shown estimate."""
        self.curve = curve
        live = self.figures.level
        shown = self.estimate.reference.mean_elevation_m if self.estimate else None
        self._show_drawing(live.level_m if live is not None else shown)

    def _show_drawing(self, level: float | None) -> None:
        rows: Sequence[CurveRow] = self.curve or ()
        if self.curve is not None and self._reach and level is not None and (not rows or level > rows[-1].elevation_m):
            rows = self._reach
        self._drawn = rows
        if len(rows) < 2:
            if self.curve is not None:
                self.chart.show_drawing(None, _("nothing lies below the reference surface"))
            return
        height = np.array([r.elevation_m for r in rows])
        volume = np.array([r.volume_m3 for r in rows]) / M3_PER_WAN_M3
        area = np.array([r.area_m2 for r in rows]) / M2_PER_MU
        marks = (Mark(level, f"{fmt.elevation(level)} m"),) if level is not None else ()
        gaps = np.array([r.spanned_m3 or 0.0 for r in rows]) / M3_PER_WAN_M3
        spanned = (Line(gaps, height, "chart_cut", _("In gaps between points"), 1.4),) if gaps.any() else ()
        drawing = Drawing(
            Axis(_("Volume (10⁴ m³)"), zero=True),
            Axis(_("Elevation (m)"), low=float(height[0])),
            (
                Line(volume, height, "accent", _("Volume"), 2.2),
                Line(area, height, "chart_ground", _("Area"), 1.4, dash=True, top=True),
                *spanned,
            ),
            marks=marks,
            top=Axis(_("Area (mu)"), zero=True),
            readout=self._read_curve,
            follow="y",
        )
        self.chart.show_drawing(drawing)

    def _read_curve(self, _x: float, y: float) -> Sequence[str]:
        rows = self._drawn
        at = bisect.bisect_left([r.elevation_m for r in rows], y)
        r = rows[min(max(at, 0), len(rows) - 1)]
        said = f"{fmt.elevation(r.elevation_m)} m", wan(r.volume_m3), f"{fmt.mu(r.area_m2)} {_('mu')}"
        return (*said, _("in gaps {volume}").format(volume=wan(r.spanned_m3))) if r.spanned_m3 else said
