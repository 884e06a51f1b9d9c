"""库容: which surface, which level, what goes in; the answer follows while one changes it."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QSlider, QStackedLayout, QVBoxLayout, QWidget

from app import __version__
from app.gui import words
from app.gui.panels.inspector import capacity_work as work
from app.gui.panels.inspector.capacity_result import CapacityResult
from app.gui.read_only import WhenWritable
from app.gui.stored import last_estimate
from app.gui.widgets import Banner, Combo, EmptyState, Section, Spin, button, clear, column, label, row, rule, scrolled
from app.i18n import _
from layers.registry import LAYERS
from models.changes import Insert
from models.errors import AppError
from models.estimate import DEFAULT_REFERENCE, Estimate, EstimateRequest

if TYPE_CHECKING:
    from app.gui.session import Session
    from app.gui.tasks import Task

_DEBOUNCE_MS = 200
_SLIDER = 1000


class CapacityTab(QWidget):
    """Controls above, figures below. Shows the stored estimate first; what is changed is computed but not kept."""

    depth = Signal(object)
    act = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.code = ""
        self.answer: Estimate | None = None
        self.stored = False
        self._levels: tuple[tuple[str, str], Any] | None = None
        self._tasks: list[Task] = []
        self._due = False
        self._fresh = True
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_DEBOUNCE_MS)
        self._timer.timeout.connect(self._compute)
        self._build()
        session.terrain_changed.connect(self._on_terrains)
        session.changed.connect(self._on_changed)

    # Building

    def _build(self) -> None:
        self.terrain = Combo(tip=_("Which terrain the volume is computed from"))
        self.reference = Combo(tip=_("The surface up to which the site is filled"))
        self.level = Spin(
            -1000, 10_000, decimals=2, step=0.1, unit="m", tip=_("Elevation up to which the site is filled")
        )
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, _SLIDER)
        self.slider.setPageStep(_SLIDER // 20)
        self.slider.setAccessibleName(_("Level"))
        self.waste = Combo(tip=_("The waste that is filled in: its density gives the tonnage"))
        self.density = Spin(
            0, 10, decimals=2, step=0.05, unit="t/m³", empty=_("by waste"), tip=_("Dry density in place")
        )
        self.moisture = Spin(
            -1, 300, decimals=0, step=1, unit="%", empty=_("by waste"), tip=_("Mass of water over dry mass")
        )
        self.cover = Spin(0, 20, decimals=2, step=0.1, unit="m", tip=_("Cover soil under the reference surface"))
        self.base = Spin(0, 20, decimals=2, step=0.1, unit="m", tip=_("Liner and base layer on the floor"))
        self.holes = QCheckBox(_("Interpolate holes of the terrain"))
        self.holes.setToolTip(_("Heights that are missing inside the outline are taken from around the hole"))
        body = QWidget()
        inner = QVBoxLayout(body)
        inner.setContentsMargins(16, 12, 16, 12)
        inner.setSpacing(10)
        self.result = CapacityResult()
        self.problem = QVBoxLayout()
        inner.addLayout(self._choices())
        inner.addWidget(self._layers())
        inner.addLayout(self.problem)
        inner.addWidget(self.result, 100)
        inner.addStretch(1)
        self._stack = QStackedLayout(self)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._stack.addWidget(self._page(body))
        self._stack.addWidget(
            EmptyState(
                "mountain",
                _("No terrain yet"),
                _("A volume needs the shape of the ground: register an elevation file (GeoTIFF, ASC or IMG)."),
                button(_("Add terrain…"), lambda: self.act.emit("terrain_add"), kind="primary", icon="mountain"),
            )
        )
        for combo in (self.terrain, self.waste):
            combo.activated.connect(lambda _i: self.touch())
        self.reference.activated.connect(lambda _i: self._on_reference())
        for spin in (self.density, self.moisture, self.cover, self.base):
            spin.settled.connect(self.touch)
        self.holes.clicked.connect(lambda _on: self.touch())
        self.level.settled.connect(self._on_level)
        self.slider.valueChanged.connect(self._on_slider)

    def _choices(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        grid.setColumnMinimumWidth(0, 56)
        self._level_name = label(_("Level"), "secondary")
        level_line = row(self.slider, self.level, spacing=8)
        level_line.setStretch(0, 1)
        self.level.setFixedWidth(128)
        self._level_box = QWidget()
        self._level_box.setLayout(level_line)
        lines = (
            (label(_("Surface"), "secondary"), self.reference),
            (self._level_name, self._level_box),
            (label(_("Terrain"), "secondary"), self.terrain),
            (label(_("Waste"), "secondary"), self.waste),
        )
        for at, (name, control) in enumerate(lines):
            grid.addWidget(name, at, 0)
            grid.addWidget(control, at, 1)
        return grid

    def _layers(self) -> Section:
        more = QGridLayout()
        more.setHorizontalSpacing(8)
        more.setVerticalSpacing(4)
        for at, (name, control) in enumerate(
            (
                (_("Cover"), self.cover),
                (_("Base"), self.base),
                (_("Density"), self.density),
                (_("Moisture"), self.moisture),
            )
        ):
            more.addWidget(label(name, "muted"), 2 * (at // 2), at % 2)
            more.addWidget(control, 2 * (at // 2) + 1, at % 2)
        more.addWidget(self.holes, 4, 0, 1, 2)
        more_box = QWidget()
        more_box.setLayout(more)
        return Section(_("Layers, density, moisture"), more_box, is_open=False)

    def _page(self, body: QWidget) -> QWidget:
        self.state = label("", "muted", wrap=True)
        self.keep = button(
            _("Store"), self.store, kind="primary", icon="save", tip=_("Keep this estimate in the project")
        )
        WhenWritable(self.keep, self.session)
        foot = row(self.state, self.keep, spacing=12, margins=(16, 8, 16, 8))
        foot.setStretch(0, 1)
        page = QWidget()
        page.setLayout(column(scrolled(body), rule(), foot, spacing=0))
        return page

    # The site

    def show_site(self, code: str) -> None:
        """Follow another site, "" for none."""
        if code == self.code and code:
            return
        self._cancel()
        self.code, self.answer, self.stored, self._levels = code, None, False, None
        self.depth.emit(None)
        self.result.show_estimate(None)
        clear(self.problem)
        self._fresh = not code
        if self.isVisible():
            self._load()

    def _load(self) -> None:
        if self._fresh:
            return
        self._fresh = True
        project = self.session.project
        assert project is not None  # noqa: S101 - there is no site without a project
        terrains = self.session.terrains()
        self._stack.setCurrentIndex(0 if terrains else 1)
        if not terrains:
            return
        from gis.surfaces import SURFACES
        from gis.volume import outline_hash

        site = project.store.site(self.code)
        offered = [k for k, s in SURFACES.items() if s.offered(fills=site.fills) or k == "level"]
        self.reference.set_items([(k, words.surface(k)) for k in offered])
        self.terrain.set_items([("", _("Best under the site")), *((t.name, t.name) for t in terrains)])
        self.waste.set_items(
            [("", _("(none)")), *((w.code, f"{w.code} {w.name}".strip()) for w in project.store.wastes())]
        )
        self.waste.setEnabled(site.fills)
        kept = last_estimate(project, site.uid, self.code)
        if kept is not None and kept.outline_sha256 == outline_hash(site):
            self._show_request(kept.request, kept)
            self.stored = True
            self._arrived(kept)
        elif kept is not None:  # the outline was changed since
            self._show_request(kept.request, kept)
            self.touch(now=True)
        else:
            default = DEFAULT_REFERENCE["pit" if LAYERS[site.layer].fills else "stockpile"]
            self._show_request(EstimateRequest(reference=default), None)
            self.touch(now=True)

    def _show_request(self, request: EstimateRequest, answer: Estimate | None) -> None:
        self.reference.choose(answer.reference.key if answer else request.reference)
        self.terrain.choose(answer.terrain.name if answer else "")
        self.waste.choose(request.waste or "")
        self.density.show_value(request.density_t_m3)
        self.moisture.show_value(None if request.moisture is None else request.moisture * 100)
        self.cover.show_value(request.cover_m)
        self.base.show_value(request.base_m)
        self.holes.setChecked(request.interpolate_holes)
        level = request.parameters.get("level_m")
        if level is None and answer is not None:
            level = answer.reference.mean_elevation_m
        self.level.show_value(level or 0.0)
        self._show_level_line()

    def request(self) -> EstimateRequest:
        """What the controls ask for."""
        key = str(self.reference.currentData() or "")
        moisture = self.moisture.given()
        return EstimateRequest(
            reference=key,
            parameters={"level_m": round(self.level.value(), 4)} if key == "level" else {},
            cover_m=self.cover.value(),
            base_m=self.base.value(),
            waste=str(self.waste.currentData()) or None,
            density_t_m3=self.density.given(),
            moisture=None if moisture is None else moisture / 100,
            interpolate_holes=self.holes.isChecked(),
        )

    # Changing

    def _on_reference(self) -> None:
        if self.reference.currentData() == "level" and self.answer is not None:
            mean = self.answer.reference.mean_elevation_m
            if mean is not None:
                self.level.show_value(round(mean, 2))
        self._show_level_line()
        self.touch(now=True)

    def _show_level_line(self) -> None:
        is_level = self.reference.currentData() == "level"
        self._level_box.setVisible(is_level)
        self._level_name.setVisible(is_level)
        if is_level and self.isVisible():
            self._need_levels()
        self._place_slider()

    def _on_level(self) -> None:
        self._place_slider()
        self._preview()
        self.touch()

    def _on_slider(self, at: int) -> None:
        span = self._span()
        if span is None:
            return
        self.level.show_value(round(span[0] + (span[1] - span[0]) * at / _SLIDER, 2))
        self._preview()
        self.touch()

    def _span(self) -> tuple[float, float] | None:
        if self._levels is None:
            return None
        table = self._levels[1]
        top = table.rim_high_m if math.isfinite(table.rim_high_m) else table.top_m
        return table.floor_m, max(top, table.floor_m + 0.1)

    def _place_slider(self) -> None:
        span = self._span()
        self.slider.setEnabled(span is not None)
        if span is not None:
            blocked = self.slider.blockSignals(True)
            self.slider.setValue(round((self.level.value() - span[0]) / (span[1] - span[0]) * _SLIDER))
            self.slider.blockSignals(blocked)

    def _preview(self) -> None:
        """Figures of the level at once, from the table; the full estimate follows."""
        if self._levels is not None:
            volume, area = self._levels[1].at(self.level.value())
            self.result.preview_level(self.level.value(), volume, area)

    def touch(self, *, now: bool = False) -> None:
        """Something changed: compute soon."""
        self.stored = False
        self._show_state(_("computing…"))
        self.keep.setEnabled(False)
        self._due = True
        if self.isVisible():
            self._timer.start(0 if now else _DEBOUNCE_MS)

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        self._load()
        if self._due:
            self._timer.start(0)
        elif self.answer is not None and self.result.curve is None:
            self._draw(self.answer)

    # Computing

    def _cancel(self) -> None:
        self._timer.stop()
        for task in self._tasks:
            task.cancel()
        self._tasks = []

    def _compute(self) -> None:
        project, code = self.session.project, self.code
        if project is None or not code:
            return
        self._cancel()
        self._due = False
        terrain, request = str(self.terrain.currentData() or ""), self.request()
        title = _("Estimate of {code}").format(code=code)
        task = self.session.tasks.submit(
            title,
            lambda watch: work.work_estimate(project, code, terrain, request, watch),
            self._arrived,
            self._failed,
            quiet=True,
        )
        self._tasks.append(task)

    def _arrived(self, answer: Estimate) -> None:
        if answer.site != self.code:
            return
        self.answer = answer
        clear(self.problem)
        self.result.setVisible(True)
        self.result.show_estimate(answer, fills=LAYERS[answer.layer].fills)
        writable = self.session.project is not None and not self.session.project.store.read_only
        self.keep.setEnabled(not self.stored and writable)
        self._show_state(
            _("stored {time}").format(time=words.when(answer.computed_at)) if self.stored else _("computed, not stored")
        )
        if self.isVisible():
            self._draw(answer)

    def _draw(self, answer: Estimate) -> None:
        project = self.session.project
        if project is None:
            return
        title = _("Estimate of {code}").format(code=answer.site)
        task = self.session.tasks.submit(
            title, lambda watch: work.work_pictures(project, answer, watch), self._drawn, lambda _e: None, quiet=True
        )
        self._tasks.append(task)
        self._need_levels()

    def _drawn(self, live: work.Live) -> None:
        if self.answer is live.estimate:
            self.result.show_curve(live.curve)
            self.depth.emit(live.depth)

    def _need_levels(self) -> None:
        project, key = self.session.project, (self.code, str(self.terrain.currentData() or ""))
        if project is None or (self._levels is not None and self._levels[0] == key):
            return
        self._levels = None

        def arrived(table: Any) -> None:
            if key == (self.code, str(self.terrain.currentData() or "")):
                self._levels = (key, table)
                self._place_slider()

        title = _("Levels of {code}").format(code=key[0])
        task = self.session.tasks.submit(
            title, lambda w: work.work_levels(project, *key, w), arrived, lambda _e: None, quiet=True
        )
        self._tasks.append(task)

    def _failed(self, error: Exception) -> None:
        self.answer = None
        self.result.setVisible(False)
        self.keep.setEnabled(False)
        self.depth.emit(None)
        clear(self.problem)
        if not isinstance(error, AppError):
            self.session.report(error)
            self._show_state(_("could not be computed"))
            return
        parts = [words.cap(error.what.render(_)), words.cap(error.advice.render(_))]
        mend = None
        if error.key.startswith("terrain."):
            mend = button(_("Add terrain…"), lambda: self.act.emit("terrain_add"), kind="quiet")
        self.problem.addWidget(Banner("danger", "\n".join(p for p in parts if p), mend))
        self._show_state(_("could not be computed"))

    def _show_state(self, text: str) -> None:
        self.state.setText(text)

    # Keeping

    def store(self) -> None:
        """Keep the shown estimate in the project."""
        answer, project = self.answer, self.session.project
        if answer is None or project is None or self.stored:
            return
        from app.verbs import labels
        from gis.store import estimate_values

        what = labels.estimates_stored([answer.site])
        row_ = Insert("estimates", estimate_values(replace(answer, program_version=__version__)))
        done = self.session.attempt(lambda: self.session.transact(what, [row_]))
        if done is not None:
            self.stored = True
            self.keep.setEnabled(False)
            self._show_state(_("stored {time}").format(time=words.when(answer.computed_at)))

    # Following the project

    def _on_terrains(self) -> None:
        if self.code:
            code, self.code = self.code, ""
            self.show_site(code)

    def _on_changed(self, change: Any) -> None:
        if not self.code or not self._fresh:
            return
        layer, fids = self.session.selection
        if layer in change.tables and set(change.fids[layer]) & set(fids):
            if self.answer is None or self._outline_changed():
                self._levels = None
                self.touch()
        elif "wastes" in change.tables or ("estimates" in change.tables and not self.stored):
            self._on_terrains()

    def _outline_changed(self) -> bool:
        from gis.volume import outline_hash

        site = self.session.attempt(lambda: self.session.site(self.code))
        return site is not None and self.answer is not None and outline_hash(site) != self.answer.outline_sha256
