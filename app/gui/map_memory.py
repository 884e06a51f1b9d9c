"""The look of the map, remembered for each project in the user's settings: order, ticks, opacity, limits of scale.

It is kept beside the window's other state and not in the project: a tick is no edit, must not stand in the log or be
undone, and is remembered for a project that can only be read.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer

from app.gui import settings
from models.errors import AppError

if TYPE_CHECKING:
    from app.gui.canvas.map_layers import MapLayers
    from app.gui.session import Session

_SAVE_MS = 800
_MOST = 200_000
"""Characters; anything longer is not ours."""


class MapMemory(QObject):
    """Follows a session and its map's layers."""

    def __init__(self, session: Session, map_layers: MapLayers, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._layers = session, map_layers
        self._uid, self._latest = "", ""
        self._timer = QTimer(self, singleShot=True, interval=_SAVE_MS)
        self._timer.timeout.connect(self._write)
        map_layers.changed.connect(self._touched)
        map_layers.entries_changed.connect(self._touched)
        session.opened.connect(self._on_opened)
        session.closed.connect(self._on_closed)
        if session.project is not None:
            self._on_opened()

    def _touched(self, *_what: object) -> None:
        if self._uid and self._session.project is not None:  # once it is closed its terrains are gone from the map
            self._latest = json.dumps(self._layers.state(), ensure_ascii=False)
            self._timer.start()

    def _on_opened(self) -> None:
        self._uid = ""
        uid = _uid_of(self._session.project)
        kept = read(uid)
        if kept is not None:
            self._layers.restore(kept)
        self._uid = uid

    def _on_closed(self) -> None:
        """The next project begins with the look of a new one."""
        self.save()
        self._uid = ""
        self._layers.reset()

    def save(self) -> None:
        """Write now, if anything changed since."""
        if self._timer.isActive():
            self._timer.stop()
            self._write()

    def _write(self) -> None:
        if self._uid:
            settings.remember(f"map/{self._uid}", self._latest)


def read(uid: str) -> Any:
    """What is remembered of a project's map; None for nothing, or nothing that can be read."""
    text = settings.value(f"map/{uid}") if uid else None
    if not isinstance(text, str) or len(text) > _MOST:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return None


def _uid_of(project: Any) -> str:
    try:
        return str(project.store.project()["uid"])
    except AppError:
        return ""
