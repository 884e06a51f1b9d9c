"""When the figures of the capacity tab no longer fit: terrain, outline, rim or wastes of the project have changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer

from app.gui.panels.inspector import capacity_work as work
from app.gui.stored import last_estimate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from app.gui.session import Session
    from models.estimate import Estimate

_LONG = 50_000  # corners; the hash of more takes the window longer than a step of a drag may
_AHEAD_MS = 1500  # the map of a project that opens comes first


class Following:
    """A part of CapacityTab."""

    session: Session
    code: str
    answer: Estimate | None
    stored: bool
    choices: Any
    live: Any
    _fresh: bool
    show_site: Callable[[str], None]
    touch: Callable[..., None]
    _ready: Callable[[], bool]
    _submit: Callable[..., None]
    _tell_state: Callable[[], None]

    def follow_project(self) -> None:
        """Hear of its changes; called once by the constructor."""
        self.session.terrain_changed.connect(self._on_terrains)
        self.session.changed.connect(self._on_changed)
        self.session.opened.connect(self._on_opened)

    def _on_opened(self) -> None:
        """What figures need comes in before the first click, so that it need not wait."""
        QTimer.singleShot(_AHEAD_MS, self, self._ready)

    def _on_terrains(self) -> None:
        if self.code:
            code, self.code = self.code, ""
            self.show_site(code)

    def _on_changed(self, change: Any) -> None:
        if not self.code or not self._fresh:
            return
        layer, fids = self.session.selection
        if layer in change.tables and set(change.fids[layer]) & set(fids):
            self._compare(layer, fids)
        elif "rim_edits" in change.tables:
            self._on_rim()
        elif "wastes" in change.tables or ("estimates" in change.tables and not self.stored):
            self._on_terrains()
        elif "estimates" in change.tables:
            self._on_estimates()

    def _on_estimates(self) -> None:
        """What is shown was stored: undone since, or followed by another."""
        project, answer = self.session.project, self.answer
        site = self.session.attempt(lambda: self.session.site(self.code))
        if project is None or site is None or answer is None:
            return
        kept = last_estimate(project, site.uid, self.code)
        if kept is None:
            self.stored = False  # it is still right, and can be stored again
            self._tell_state()
        elif kept.computed_at != answer.computed_at:
            self._on_terrains()

    def _compare(self, layer: str, fids: Iterable[int]) -> None:
        """Compute again if the outline is another than that of the figures; a long one is compared in a task."""
        from shapely import get_num_coordinates  # a numeric library: not before there is an outline

        session, code, answer = self.session, self.code, self.answer

        def same(_watch: object) -> bool:
            site = session.site(code)
            return answer is not None and work.is_current(answer, site)

        def told(is_same: bool | None) -> None:
            if is_same is False:  # None: it could not be read, which is told
                self.live.forget()
                self.touch()

        rows = [session.table(layer).row(fid) for fid in fids]
        corners = sum(int(get_num_coordinates(row["geometry"])) for row in rows if row is not None)
        if corners > _LONG:
            self._submit(same, told, session.report)
        else:
            told(session.attempt(lambda: same(None)))

    def _on_rim(self) -> None:
        """The rim was edited: its surface is computed anew."""
        project = self.session.project
        site = self.session.attempt(lambda: self.session.site(self.code))
        if project is None or site is None:
            return
        self.choices.count_edits(len(project.store.rim_edits(site.uid)))
        if self.choices.reference.currentData() == "edited_rim":
            self.touch(now=True)
