"""断面: the ground, the reference surface and the fill between them along a line."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QStackedLayout, QVBoxLayout, QWidget

from app import format as fmt
from app.gui import words
from app.gui.charts import Area, Axis, Chart, Drawing, Line
from app.gui.panels.inspector.capacity_work import chosen_terrain
from app.gui.stored import last_estimate
from app.gui.widgets import Combo, EmptyState, button, label, row, tool
from app.i18n import _
from models.errors import AppError
from models.estimate import EstimateRequest

if TYPE_CHECKING:
    from app.gui.session import Session
    from app.gui.tasks import Task


class SectionTab(QWidget):
    """Along the site's length, across it, or along a line drawn on the map."""

    act = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.code = ""
        self.line: Any = None
        self.data: Any = None
        self._due = False
        self._task: Task | None = None
        self._build()
        session.changed.connect(self._on_changed)
        session.terrain_changed.connect(self._again)

    def _build(self) -> None:
        self.which = Combo(
            [("long", _("Along its length")), ("across", _("Across it")), ("drawn", _("Line drawn on the map"))]
        )
        self.which.activated.connect(lambda _i: self._chosen())
        save = tool("file-spreadsheet", _("Save as CSV"), self.save_csv, small=False)
        picture = tool("download", _("Save as a picture"), self.save_picture, small=False)
        top = row(self.which, save, picture, spacing=8)
        top.setStretch(0, 1)
        self.chart = Chart(least_height=300)
        self.chart.setMaximumHeight(380)
        self.facts = label("", "secondary", wrap=True)
        page = QWidget()
        inner = QVBoxLayout(page)
        inner.setContentsMargins(16, 12, 16, 12)
        inner.setSpacing(10)
        inner.addLayout(top)
        inner.addWidget(self.chart, 100)
        inner.addWidget(self.facts)
        inner.addStretch(1)
        none = EmptyState(
            "chart-area",
            _("No terrain yet"),
            _("A section needs the shape of the ground."),
            button(_("Add terrain…"), lambda: self.act.emit("terrain_add"), kind="primary", icon="mountain"),
        )
        self._stack = QStackedLayout(self)
        self._stack.addWidget(page)
        self._stack.addWidget(none)

    def show_site(self, code: str) -> None:
        """Follow another site."""
        if self._task is not None:
            self._task.cancel()
        if code != self.code and self.which.currentData() == "drawn":
            self.which.choose("long")
        self.code, self.data = code, None
        self.chart.show_drawing(None, _("computing…") if code else "")
        self.facts.setText("")
        self._stack.setCurrentIndex(0 if not code or self.session.terrains() else 1)
        self._due = bool(code)
        if self.isVisible():
            self._compute()

    def _again(self) -> None:
        self.show_site(self.code)

    def show_line(self, line: Any) -> None:
        """A section along a line drawn on the map (shapely LineString, project CRS)."""
        self.line = line
        self.which.choose("drawn")
        self._due = True
        self._compute()

    def _chosen(self) -> None:
        if self.which.currentData() == "drawn" and self.line is None:
            self.act.emit("tool_section")
            return
        self._due = True
        self._compute()

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        self._compute()

    def _compute(self) -> None:
        project, code = self.session.project, self.code
        if not (self._due and project is not None and code):
            return
        self._due = False
        which, drawn = str(self.which.currentData()), self.line

        def work(watch: Any) -> Any:
            from app.verbs.inputs import resolved
            from gis.section import long_axis, section

            kept = last_estimate(project, project.store.site(code).uid, code)
            request = kept.request if kept else EstimateRequest()
            site, terrain, path = chosen_terrain(project, code, kept.terrain.name if kept else "")
            line = long_axis(site)
            if which == "across":
                line = _clipped_across(_turned(line), site.outline)
            elif which == "drawn" and drawn is not None:
                line = drawn
            request, inputs = resolved(project, site, request)
            return section(line, terrain, path, site, request, watch=watch, inputs=inputs), terrain.name

        title = _("Section of {code}").format(code=code)
        self._task = self.session.tasks.submit(title, work, lambda r: self._arrived(code, *r), self._failed, quiet=True)

    def _arrived(self, code: str, data: Any, terrain: str) -> None:
        if code != self.code:
            return
        self.data = data
        d, g, r = data.distance_m, data.ground_m, data.reference_m
        heights = np.concatenate([g[np.isfinite(g)], r[np.isfinite(r)]])
        if not heights.size:
            self.chart.show_drawing(None, _("the terrain has no heights along this line"))
            return
        span = float(heights.max() - heights.min()) or 1.0
        floor = float(heights.min()) - span * 0.12
        drawing = Drawing(
            Axis(_("Distance (m)"), low=0.0, high=float(d[-1])),
            Axis(_("Elevation (m)"), low=floor, high=float(heights.max()) + span * 0.12),
            (
                Line(d, g, "chart_ground", _("Ground"), 2.0),
                Line(d, r, "chart_reference", _("Reference surface"), 1.8, dash=True),
            ),
            (
                Area(d, np.full_like(d, floor), g, "chart_ground_fill"),
                Area(d, g, r, "chart_fill", _("Fill"), 0.75),
                Area(d, np.fmax(r, floor), np.where(np.isfinite(r), g, np.nan), "chart_cut", _("Cut"), 0.55),
            ),
            readout=self._read,
        )
        self.chart.show_drawing(drawing)
        depth = r - g
        deepest = float(np.nanmax(depth)) if np.isfinite(depth).any() else float("nan")
        frame_x = max(self.chart.width() - 80, 100) / float(d[-1])
        frame_y = max(self.chart.height() - 80, 100) / (span * 1.24)
        words_ = _("{terrain}; length {length} m; deepest fill {depth} m; heights {times} times exaggerated")
        self.facts.setText(
            words_.format(
                terrain=terrain, length=fmt.number(float(d[-1]), 0), depth=fmt.number(deepest, 1),
                times=fmt.significant(frame_y / frame_x, 2),
            )
        )  # fmt: skip

    def _failed(self, error: Exception) -> None:
        text = words.cap(error.sentence(_)) if isinstance(error, AppError) else _("could not be computed")
        self.chart.show_drawing(None, text)

    def _at(self, distance: float) -> int:
        return int(np.clip(np.searchsorted(self.data.distance_m, distance), 0, len(self.data.distance_m) - 1))

    def _read(self, x: float, _y: float) -> Sequence[str]:
        if self.data is None:
            return ()
        k = self._at(x)
        ground, reference = float(self.data.ground_m[k]), float(self.data.reference_m[k])
        said = [f"{fmt.number(float(self.data.distance_m[k]), 1)} m", _("ground {z} m").format(z=fmt.elevation(ground))]
        if np.isfinite(reference):
            said.append(_("reference {z} m").format(z=fmt.elevation(reference)))
            said.append(_("fill {d} m").format(d=fmt.number(reference - ground, 2)))
        return said

    def save_csv(self) -> None:
        """The samples as a table."""
        if self.data is None:
            return
        name, _kind = QFileDialog.getSaveFileName(self, _("Save as CSV"), f"{self.code}.csv", "CSV (*.csv)")
        if name:
            self.session.attempt(lambda: self.write_csv(Path(name)))

    def write_csv(self, path: Path) -> None:
        """distance, x north, y east, ground, reference; metres."""
        with path.open("w", newline="", encoding="utf-8-sig") as file:
            out = csv.writer(file)
            out.writerow(["distance_m", "x_north", "y_east", "ground_m", "reference_m"])
            s = self.data
            for row_ in zip(s.distance_m, s.y, s.x, s.ground_m, s.reference_m, strict=True):
                out.writerow(["" if not np.isfinite(v) else f"{v:.3f}" for v in row_])

    def save_picture(self) -> None:
        """The chart as it is shown, twice as fine."""
        name, _kind = QFileDialog.getSaveFileName(self, _("Save as a picture"), f"{self.code}.png", "PNG (*.png)")
        if name:
            self.chart.grab().save(name)

    def _on_changed(self, change: Any) -> None:
        layer, fids = self.session.selection
        mine = layer in change.tables and set(change.fids[layer]) & set(fids)
        if self.code and (mine or "estimates" in change.tables):
            self.show_site(self.code)


def _turned(line: Any) -> Any:
    """The line turned by a right angle about its middle."""
    from shapely.geometry import LineString

    (x0, y0), (x1, y1) = line.coords[0], line.coords[-1]
    mx, my, dx, dy = (x0 + x1) / 2, (y0 + y1) / 2, (x1 - x0) / 2, (y1 - y0) / 2
    return LineString([(mx + dy, my - dx), (mx - dy, my + dx)])


def _clipped_across(line: Any, outline: Any) -> Any:
    """As much of the line as crosses the outline, a tenth longer at each end."""
    from shapely.geometry import LineString

    inside = line.intersection(outline)
    if inside.is_empty:
        return line
    first = LineString([line.coords[0], line.coords[-1]])
    at = sorted(first.project(p) for p in inside.boundary.geoms) if hasattr(inside.boundary, "geoms") else []
    if len(at) < 2:
        return line
    low, high = at[0], at[-1]
    room = 0.1 * (high - low)
    return LineString([first.interpolate(max(low - room, 0.0)), first.interpolate(min(high + room, first.length))])
