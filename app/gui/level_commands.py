"""What the window does for levels: depths, the ground under a level and the way of the water on the map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QWheelEvent

from app import format as fmt
from app.i18n import _
from app.words import SPILL_ENDS
from layers.registry import LAYERS

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.gui.main_window import MainWindow
    from app.gui.session import Session
    from app.gui.workspace import Workspace

_SAME_M = 0.005
_MOST_WORDS = 4


class LevelCommands:
    """Handlers, mixed into WindowCommands."""

    if TYPE_CHECKING:
        window: MainWindow
        session: Session
        _inspect: Callable[[str], None]

        @property
        def workspace(self) -> Workspace: ...

    _spills: tuple[list[Any], list[bool]] | None = None

    def follow_level(self, workspace: Workspace) -> None:
        """Connect capacity tab and map."""
        workspace.inspector.depth.connect(self._show_depth)
        workspace.inspector.spill.connect(self._show_spill)
        self._level_wheel = LevelWheel(workspace.canvas, self.level_step)

    def level_up(self) -> None:
        """One round step up."""
        self.level_step(1)

    def level_down(self) -> None:
        """One round step down."""
        self.level_step(-1)

    def level_step(self, steps: int, fine: bool = False) -> None:
        """Move the level of the selected site; its tab comes to the front, unless its section is looked at."""
        if not self.session.site_code:
            self.session.say("info", _("select one pit or stockpile first"))
            return
        inspector = self.workspace.inspector
        section = inspector.made("section")
        if section is None or not (section.isVisible() or section.watched):
            self._inspect("capacity")
        inspector.capacity.step_level(steps, fine)

    def _show_depth(self, what: Any) -> None:
        """Depths of an estimate, or the ground under a level; None takes them away."""
        canvas = self.workspace.canvas
        if what is None:
            canvas.set_overlay("depth", None)
        elif hasattr(what, "overlay"):
            canvas.set_overlay("depth", what.overlay())
        else:
            from app.gui.canvas import depth_overlay

            layer = self.session.selection[0]
            heap = layer in LAYERS and not LAYERS[layer].fills
            title = _("Height of the heap") if heap else _("Depth of fill")
            canvas.set_overlay("depth", depth_overlay(what.depth, what.extent, title, least_m=0.01))

    def _show_spill(self, ways: list[Any], level: float | None) -> None:
        """Spill points with the way of the water; `level` None: none is being looked at."""
        from app.gui.canvas.notes import SpillNote

        over = [level is not None and level > way.runs_m + _SAME_M for way in ways]
        before = self._spills
        if ways and before is not None and before[0] is ways and before[1] == over:
            return  # most steps of a level change nothing here
        self._spills = ways, over
        rows = []
        for number, way in enumerate(ways):
            text = _spill_words(way) if number < _MOST_WORDS else []
            rows.append(((way.x, way.y), way.path, text, over[number]))
        layer, fids = self.session.selection
        held = self.session.table(layer).row(next(iter(fids))) if rows and len(fids) == 1 else None
        note = SpillNote(rows, held["geometry"] if held else None) if rows else None
        self.workspace.canvas.set_note("spill", note)


def _spill_words(way: Any) -> list[str]:
    """What stands beside a spill point."""
    said = [_("Lowest rim {level} m").format(level=fmt.elevation(way.level_m))]
    if way.runs_m > way.level_m + _SAME_M:
        said.append(_("water leaves at {level} m").format(level=fmt.elevation(way.runs_m)))
    if way.length_m > 0:
        text = _("runs {length} m, down {drop} m")
        said.append(text.format(length=fmt.number(way.length_m, 0), drop=fmt.number(way.drop_m, 1)))
        said.append(_(SPILL_ENDS[way.end]))
    return said


class LevelWheel(QObject):
    """The wheel with Alt held moves the level over the map; without it the wheel zooms as ever."""

    def __init__(self, canvas: QObject, step: Callable[[int, bool], None]) -> None:
        super().__init__(canvas)
        self._step, self._turned = step, 0
        canvas.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the wheel while Alt is held (many systems turn it sideways then)."""
        if not isinstance(event, QWheelEvent) or not event.modifiers() & Qt.KeyboardModifier.AltModifier:
            return super().eventFilter(watched, event)
        self._turned += event.angleDelta().y() or event.angleDelta().x()
        steps = int(self._turned / 120)
        if steps:
            self._turned -= steps * 120
            self._step(steps, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        event.accept()
        return True
