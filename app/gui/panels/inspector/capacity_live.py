"""The live level: while the slider moves, figures, curve and map follow at once; nothing is computed anew for that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.gui.panels.inspector import capacity_work as work

if TYPE_CHECKING:
    from app.gui.canvas.overlay import Overlay
    from app.gui.panels.inspector.capacity_choices import CapacityChoices
    from app.gui.panels.inspector.capacity_result import CapacityResult
    from app.gui.session import Session
    from models.estimate import CurveRow

Submit = Callable[[Callable[[Any], Any], Callable[[Any], None], Callable[[Exception], None]], None]


@dataclass(frozen=True)
class Flooded:
    """The ground under a level, for the map."""

    picture: Any
    level_m: float

    def overlay(self) -> Overlay:
        """The picture with its classes."""
        made: Overlay = self.picture.overlay(self.level_m)
        return made


class LiveLevel(QObject):
    """Holds what is ready of one site on one terrain.

    `depth` carries the depths of an estimate (gis DepthGrid) or the ground under a level (Flooded) for the map, `spill`
    the ways of the water (gis SpillWay) with the level, None for none.
    """

    depth = Signal(object)
    spill = Signal(object, object)
    moved = Signal(object)
    """The level that is looked at, m; None: the estimate's own surface again."""
    ready = Signal()
    """The table of levels is there."""

    def __init__(self, session: Session, choices: CapacityChoices, result: CapacityResult, parent: QObject) -> None:
        super().__init__(parent)
        self.session, self.choices, self.result = session, choices, result
        self.levels: work.Levels | None = None
        self.ways: list[Any] = []
        self._rim: str | None = None  # over which rim the ways are
        self._picture: Any = None
        self._grid: Any = None
        self._reach: list[CurveRow] | None = None  # the curve over the whole table, made when it is first looked at
        choices.level_moved.connect(self._on_level)
        result.figures.level_wanted.connect(lambda: choices.choose_level(choices.level.value()))
        result.figures.estimate_wanted.connect(self.end)

    def forget(self) -> None:
        """Another site, or another outline: the table no longer holds."""
        self.levels, self._grid, self._picture, self.ways, self._rim = None, None, None, [], None
        self.choices.level.set_span(None)
        self.spill.emit([], None)

    def need(self, code: str, submit: Submit) -> None:
        """Make the table of a site on the chosen terrain, in the background, unless it is there."""
        project, key = self.session.project, (code, self.choices.terrain_name)
        if project is None:
            return
        if self.levels is not None and self.levels.key == key:
            self._need_ways(submit)
            return
        self.levels, self._picture, self.ways, self._rim = None, None, [], None
        self.choices.level.set_span(None)
        self.spill.emit([], None)

        def arrived(table: Any) -> None:
            if key[1] == self.choices.terrain_name:
                self.levels, self._reach = work.Levels(key, table), None
                self.choices.level.set_span(self.levels.span)
                self.ready.emit()
                submit(lambda watch: work.work_ground(project, *key, table, watch), self._ground, lambda _e: None)
                self._need_ways(submit)

        submit(lambda watch: work.work_levels(project, *key, watch), arrived, lambda _e: None)

    def _ground(self, ground: work.LevelGround) -> None:
        """Interval and picture of the table's site came."""
        if self.levels is None or self.levels.source is not ground.table:
            return
        self.levels.spread(ground.spread)
        self._picture = ground.picture
        live = self.result.figures.level
        if live is not None:
            self._on_level(live.level_m)

    def _need_ways(self, submit: Submit) -> None:
        """Look for the ways of the water over the rim that counts now, unless they are known."""
        project, levels, answer = self.session.project, self.levels, self.result.estimate
        rim = work.rim_key(answer)
        if project is None or levels is None or self._rim == rim:
            return

        def arrived(ways: list[Any]) -> None:
            if self.levels is None or self.levels.key != levels.key or work.rim_key(self.result.estimate) != rim:
                return
            self.ways, self._rim = ways, rim
            live = self.result.figures.level
            self.spill.emit(self.ways, live.level_m if live is not None else None)

        submit(lambda watch: work.work_ways(project, *levels.key, answer, watch), arrived, lambda _e: None)

    def show_depth(self, grid: Any) -> None:
        """The depths of an estimate came: they go to the map unless a level is being looked at."""
        self._grid = grid
        if self.result.figures.level is None:
            self.depth.emit(grid)

    def end(self) -> None:
        """Back to the estimate."""
        self.result.end_preview()
        if self.result.estimate is not None:
            self.choices.level.show_level(self.result.estimate.reference.mean_elevation_m)
        self.depth.emit(self._grid)
        self.spill.emit(self.ways, None)
        self.moved.emit(None)

    def _on_level(self, level: float) -> None:
        project = self.session.project
        if self.levels is None or project is None:
            return
        figures = self.levels.figures(project, self.choices.request(), level)
        offer = self.choices.reference.currentData() != "level"
        if self._reach is None:
            self._reach = self.levels.curve()
        runs_m = min((w.runs_m for w in self.ways), default=None)
        self.result.show_level(figures, offer=offer, runs_m=runs_m, reach=self._reach)
        if self._picture is not None:
            self.depth.emit(Flooded(self._picture, level))
        self.spill.emit(self.ways, level)
        self.moved.emit(level)
