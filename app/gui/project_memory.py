"""What the window remembers of each project: where the map was, what was selected, the tab, filter and groups.

Kept among the user's settings under the project's own mark, so that it follows a project that is moved, and a project
that is handed on does not carry one's views along.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer

from app.gui import settings
from app.gui.actions import COMMANDS
from app.gui.canvas.view import MAX_SCALE, MIN_SCALE
from app.gui.panels.inspector.panel import TABS
from app.gui.panels.inventory.columns import GROUPINGS
from app.gui.panels.inventory.filter import Filter
from app.i18n import _
from layers.registry import LAYERS
from models.errors import AppError

if TYPE_CHECKING:
    from app.gui.session import Session
    from app.gui.workspace import Workspace

_FAR_M = 1e9
_MOST = 200  # codes of a selection that are remembered


class ProjectMemory(QObject):
    """Puts a project's state back when it was opened, and keeps it before it is closed."""

    def __init__(self, session: Session, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.session, self.workspace = session, workspace
        self._key = ""
        session.opened.connect(self.restore)
        session.closing.connect(self.save)
        if session.project is not None:
            self.restore()

    def save(self) -> None:
        """Remember the open project's state."""
        if self._key and self.session.project is not None:
            settings.remember(self._key, json.dumps(self.state(), ensure_ascii=False))

    def state(self) -> dict[str, Any]:
        """As it is now, plain."""
        canvas, inventory = self.workspace.canvas, self.workspace.inventory
        layer, fids = self.session.selection
        table = self.session.table(layer) if layer else None
        codes = [str(table.value(f, "code") or "") for f in sorted(fids)[:_MOST]] if table is not None else []
        return {
            "view": [canvas.view.x, canvas.view.y, canvas.view.scale] if canvas.placed else None,
            "selection": {"layer": layer, "codes": codes},
            "tab": TABS[self.workspace.inspector.tabs.currentIndex()],
            "filter": inventory.chosen_filter().to_json(),
            "group": str(inventory.group.currentData() or ""),
            "waiting": canvas.waiting(),
        }

    def restore(self) -> None:
        """Put back what is remembered; whatever does not fit any longer is left as it is."""
        try:
            uid = self.session.project.store.uid
        except AppError:  # the drive went away again
            self._key = ""
            return
        name = hashlib.sha1(uid.encode(), usedforsecurity=False).hexdigest()
        self._key = f"projects/{name}"
        try:
            kept = json.loads(str(settings.value(self._key) or "{}"))
        except ValueError:
            return
        if isinstance(kept, dict) and kept:
            self._put(kept)

    def _put(self, kept: dict[str, Any]) -> None:
        self._put_view(kept.get("view"))
        self._put_waiting(kept.get("waiting"))
        group = kept.get("group")
        self.workspace.inventory.set_filter(Filter.from_json(kept.get("filter")), group if group in GROUPINGS else "")
        if kept.get("tab") in TABS:
            self.workspace.inspector.show_tab(kept["tab"])
        # With the next event, so that the map is there first: what is selected takes its tab and its figures along.
        QTimer.singleShot(0, self, partial(self._put_selection, self._key, kept.get("selection")))

    def _put_selection(self, key: str, selection: Any) -> None:
        if key != self._key or self.session.project is None or self.session.selection[0]:
            return  # another project by now, or something was selected already
        if isinstance(selection, dict) and selection.get("layer") in LAYERS:
            layer, codes = selection["layer"], selection.get("codes")
            self.session.select(layer, self.session.table(layer).where("code", map(str, codes or [])))

    def _put_waiting(self, drawn: Any) -> None:
        """An outline that was not finished when the window closed."""
        if not isinstance(drawn, dict) or not self.session.writable:
            return
        fit = {
            str(name): [(float(p[0]), float(p[1])) for p in points]
            for name, points in drawn.items()
            if isinstance(points, list)
            and all(isinstance(p, list) and len(p) == 2 and all(map(_finite, p)) for p in points)
        }
        self.workspace.canvas.wait_with(fit)
        waiting = self.workspace.canvas.waiting()
        if waiting:
            tool = next(c.text for c in COMMANDS if c.mode == next(iter(waiting)))
            text = _("An outline of {n} points was not finished: choose “{tool}” to go on, Esc drops it")
            n = len(next(iter(waiting.values())))
            self.session.say("info", text.format(n=n, tool=_(tool)))

    def _put_view(self, view: Any) -> None:
        if isinstance(view, list) and len(view) == 3 and all(map(_finite, view)) and view[2] > 0:
            canvas = self.workspace.canvas
            scale = min(max(float(view[2]), MIN_SCALE), MAX_SCALE)
            canvas.set_view(replace(canvas.view, x=float(view[0]), y=float(view[1]), scale=scale))


def _finite(value: Any) -> bool:
    return isinstance(value, int | float) and math.isfinite(value) and abs(value) < _FAR_M
