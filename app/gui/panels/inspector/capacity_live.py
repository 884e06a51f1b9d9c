"""The live level: while the slider moves, figures, curve and map follow at once; nothing is computed anew for that."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.gui.panels.inspector import capacity_work as work

if TYPE_CHECKING:
    from app.gui.panels.inspector.capacity_choices import CapacityChoices
    from app.gui.panels.inspector.capacity_result import CapacityResult
    from app.gui.session import Session

_PICTURE_MS = 60  # the map follows the slider, but not every pixel of it
Submit = Callable[[Callable[[Any], Any], Callable[[Any], None], Callable[[Exception], None]], None]


class LiveLevel(QObject):
    """Holds the table of one site on one terrain. `depth` carries the flooded ground for the map."""

    depth = Signal(object)

    def __init__(self, session: Session, choices: CapacityChoices, result: CapacityResult, parent: QObject) -> None:
        super().__init__(parent)
        self.session, self.choices, self.result = session, choices, result
        self.levels: work.Levels | None = None
        self._grid: Any = None
        self._picture = QTimer(self)
        self._picture.setSingleShot(True)
        self._picture.setInterval(_PICTURE_MS)
        self._picture.timeout.connect(self._show_flooded)
        choices.level_moved.connect(self._on_level)
        result.figures.level_wanted.connect(lambda: choices.choose_level(choices.level.value()))
        result.figures.estimate_wanted.connect(self.end)

    def forget(self) -> None:
        """Another site, or another outline: the table no longer holds."""
        self.levels, self._grid = None, None
        self._picture.stop()
        self.choices.level.set_span(None)

    def need(self, code: str, submit: Submit) -> None:
        """Make the table of a site on the chosen terrain, in the background, unless it is there."""
        project, key = self.session.project, (code, self.choices.terrain_name)
        if project is None or (self.levels is not None and self.levels.key == key):
            return
        self.levels = None
        self.choices.level.set_span(None)

        def arrived(table: Any) -> None:
            if key[1] == self.choices.terrain_name:
                self.levels = work.Levels(key, table)
                self.choices.level.set_span(self.levels.span)

        submit(lambda watch: work.work_levels(project, *key, watch), arrived, lambda _e: None)

    def show_depth(self, grid: Any) -> None:
        """The depths of an estimate came: they go to the map unless a level is being looked at."""
        self._grid = grid
        if self.result.figures.level is None:
            self.depth.emit(grid)

    def stop(self) -> None:
        """No picture that is still to come."""
        self._picture.stop()

    def end(self) -> None:
        """Back to the estimate."""
        self._picture.stop()
        self.result.end_preview()
        if self.result.estimate is not None:
            self.choices.level.show_level(self.result.estimate.reference.mean_elevation_m)
        self.depth.emit(self._grid)

    def _on_level(self, level: float) -> None:
        project = self.session.project
        if self.levels is None or project is None:
            return
        figures = self.levels.figures(project, self.choices.request(), level)
        self.result.show_level(figures, offer=self.choices.reference.currentData() != "level")
        self._picture.start()

    def _show_flooded(self) -> None:
        live = self.result.figures.level
        if live is not None and self._grid is not None:
            self.depth.emit(work.depth_at(self._grid, live.level_m))
