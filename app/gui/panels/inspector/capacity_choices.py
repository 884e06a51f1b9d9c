"""What a capacity is asked for: surface with its parameters, level, terrain, waste, layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QVBoxLayout, QWidget

from app.gui import words
from app.gui.panels.inspector.level_bar import LevelBar
from app.gui.panels.inspector.surface_form import NAMES_PX, SurfaceForm
from app.gui.widgets import Combo, Section, Spin, fill, label
from app.i18n import _
from models.estimate import Estimate, EstimateRequest


class CapacityChoices(QWidget):
    """Controls. `changed` (True: at once) asks for another estimate, `level_moved` only for figures at a level."""

    changed = Signal(bool)
    level_moved = Signal(float)
    rim_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._answer: Estimate | None = None
        self._given: dict[str, dict[str, Any]] = {}  # what was given for each surface, so that a look elsewhere is free
        self.terrain = Combo(tip=_("Which terrain the volume is computed from"))
        self.reference = Combo(tip=_("The surface up to which the site is filled"))
        self.form = SurfaceForm()
        self.level = LevelBar()
        self.waste = Combo(tip=_("The waste that is filled in: its density gives the tonnage"))
        self.density = Spin(
            0, 10, decimals=2, step=0.05, unit="t/m³", empty=_("by waste"), tip=_("Dry density in place")
        )
        self.spread = Spin(
            -1, 50, decimals=1, step=0.5, unit="%", empty=_("by waste"),
            tip=_("Relative standard deviation of a stated density: without it the tonnage has no interval"),
        )  # fmt: skip
        self.moisture = Spin(
            -1, 300, decimals=0, step=1, unit="%", empty=_("by waste"), tip=_("Mass of water over dry mass")
        )
        self.cover = Spin(0, 20, decimals=2, step=0.1, unit="m", tip=_("Cover soil under the reference surface"))
        self.base = Spin(0, 20, decimals=2, step=0.1, unit="m", tip=_("Liner and base layer on the floor"))
        self.holes = QCheckBox(_("Interpolate holes of the terrain"))
        self.holes.setToolTip(_("Heights that are missing inside the outline are taken from around the hole"))
        inner = QVBoxLayout(self)
        fill(inner, [self._lines(), self._layers()], 10, (0, 0, 0, 0))
        self._connect()

    def _lines(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        grid.setColumnMinimumWidth(0, NAMES_PX)
        self._level_name = label(_("Level"), "secondary")
        lines = (
            (label(_("Surface"), "secondary"), self.reference),
            (None, self.form),
            (self._level_name, self.level),
            (label(_("Terrain"), "secondary"), self.terrain),
            (label(_("Waste"), "secondary"), self.waste),
        )
        for at, (name, control) in enumerate(lines):
            if name is not None:
                grid.addWidget(name, at, 0)
            grid.addWidget(control, at, 1 if name is not None else 0, 1, 1 if name is not None else 2)
        return grid

    def _layers(self) -> Section:
        more = QGridLayout()
        more.setHorizontalSpacing(8)
        more.setVerticalSpacing(4)
        named = ((_("Cover"), self.cover), (_("Base"), self.base), (_("Density"), self.density))
        rest = ((_("Density ± 1σ"), self.spread), (_("Moisture"), self.moisture))
        for at, (name, control) in enumerate((*named, *rest)):
            more.addWidget(label(name, "muted"), 2 * (at // 2), at % 2)
            more.addWidget(control, 2 * (at // 2) + 1, at % 2)
        more.addWidget(self.holes, 6, 0, 1, 2)
        more_box = QWidget()
        more_box.setLayout(more)
        return Section(_("Layers, density, moisture"), more_box, is_open=False)

    def _connect(self) -> None:
        for combo in (self.terrain, self.waste):
            combo.activated.connect(lambda _i: self.changed.emit(False))
        self.reference.activated.connect(lambda _i: self.choose_surface(str(self.reference.currentData())))
        for spin in (self.density, self.spread, self.moisture, self.cover, self.base):
            spin.settled.connect(lambda: self.changed.emit(False))
        self.holes.clicked.connect(lambda _on: self.changed.emit(False))
        self.form.settled.connect(lambda: self.changed.emit(False))
        self.form.rim_wanted.connect(self.rim_wanted)
        self.level.moved.connect(self.level_moved)
        self.level.settled.connect(self._level_settled)

    # Filling

    def offer(self, terrains: Sequence[str], wastes: Sequence[tuple[str, str]], *, fills: bool, edits: int) -> None:
        """What may be chosen for a site: the surfaces that are natural for it first, then all others."""
        from gis.surfaces import SURFACES

        natural = [k for k, s in SURFACES.items() if s.offered(fills=fills)]
        others = [k for k in SURFACES if k not in natural]
        self.reference.set_items([(k, words.surface(k, fills=fills)) for k in (*natural, *others)])
        if self.reference.count() and len(natural) < self.reference.count():
            self.reference.insertSeparator(len(natural))
        self.terrain.set_items([("", _("Best under the site")), *((t, t) for t in terrains)])
        self.waste.set_items([("", _("(none)")), *wastes])
        self.waste.setEnabled(fills)
        self.form.offer(terrains, edits)

    def count_edits(self, edits: int) -> None:
        """How many edits the rim has now."""
        self.form.offer([str(self.terrain.itemData(i)) for i in range(1, self.terrain.count())], edits)

    def show_request(self, request: EstimateRequest, answer: Estimate | None) -> None:
        """The controls as a request has them; silent."""
        key = answer.reference.key if answer else request.reference
        self._answer, self._given = answer, {key: dict(request.parameters)}
        self.reference.choose(key)
        self.terrain.choose(answer.terrain.name if answer else "")
        self.waste.choose(request.waste or "")
        self.density.show_value(request.density_t_m3)
        self.spread.show_value(_percent(request.density_sigma))
        self.moisture.show_value(_percent(request.moisture))
        self.cover.show_value(request.cover_m)
        self.base.show_value(request.base_m)
        self.holes.setChecked(request.interpolate_holes)
        self.form.show_surface(key, request.parameters)
        level = request.parameters.get("level_m")
        self.level.show_level(level if level is not None else self._mean())

    def show_answer(self, answer: Estimate) -> None:
        """An estimate came: the level bar stands at its level."""
        self._answer = answer
        if not self.level.slider.isSliderDown() and answer.reference.key != "level":
            self.level.show_level(answer.reference.mean_elevation_m)

    def _mean(self) -> float | None:
        return self._answer.reference.mean_elevation_m if self._answer else None

    def choose_surface(self, key: str) -> None:
        """Another surface, with what was given for it before; a level starts where the last estimate was."""
        self._given[self.form.key] = self.form.values()
        self.reference.choose(key)
        mean = self._mean()
        start = {} if mean is None else {"level_m": round(mean, 2)}
        self.form.show_surface(key, self._given.get(key, start))
        self.changed.emit(True)

    def choose_level(self, level: float) -> None:
        """The surface `level` at this elevation."""
        self.level.show_level(level)
        self.choose_surface("level")

    def _level_settled(self) -> None:
        if self.reference.currentData() == "level":
            self.changed.emit(False)

    # Reading

    @property
    def terrain_name(self) -> str:
        """The chosen terrain, "" for the best one."""
        return str(self.terrain.currentData() or "")

    def missing(self) -> list[str]:
        """What has to be given before anything can be computed."""
        return self.form.missing()

    def request(self) -> EstimateRequest:
        """What the controls ask for."""
        key = str(self.reference.currentData() or "")
        return EstimateRequest(
            reference=key,
            parameters={"level_m": self.level.value()} if key == "level" else self.form.values(),
            cover_m=self.cover.value(),
            base_m=self.base.value(),
            waste=str(self.waste.currentData()) or None,
            density_t_m3=self.density.given(),
            density_sigma=_share(self.spread.given()),
            moisture=_share(self.moisture.given()),
            interpolate_holes=self.holes.isChecked(),
        )


def _percent(share: float | None) -> float | None:
    return None if share is None else share * 100


def _share(percent: float | None) -> float | None:
    return None if percent is None else percent / 100
