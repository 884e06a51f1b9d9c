"""What the window's actions on the past do: the project's history, working copies out and in, outlines of before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog

from app.i18n import _

if TYPE_CHECKING:
    from app.gui.canvas.widget import MapCanvas
    from app.gui.main_window import MainWindow
    from app.gui.session import Session
    from app.gui.workspace import Workspace


MANY_ROWS, HEAVY_BYTES = 2000, 1_000_000
"""A step of more rows, or of outlines of more than some 50,000 corners, is turned in the background."""


class HistoryCommands:
    """Handlers of WindowCommands."""

    window: MainWindow
    session: Session
    open_dialog: Callable[[Any], Any]
    _canvas: MapCanvas | None = None
    _drawn = ""

    def follow_history(self, workspace: Workspace) -> None:
        """The map shows the outline that is looked at in the History tab."""
        workspace.inspector.earlier.connect(workspace.canvas.show_ghost)

    def follow_drawing(self, workspace: Workspace) -> None:
        """Undo says and does what the map's tool would take back, whatever has the keyboard."""
        self._canvas, self._drawn = workspace.canvas, ""
        for signal in (workspace.canvas.tool_moved, workspace.canvas.tool_changed):
            signal.connect(self._on_drawing)

    def drawn(self) -> str:
        """What undo takes back of what is being drawn; "" if it takes back a step of the project."""
        return str(self._canvas.tool.undo_words()) if self._canvas is not None else ""

    def _on_drawing(self, *_what: object) -> None:
        if (words := self.drawn()) != self._drawn:  # a tool may tell of each move of the mouse
            self._drawn = words
            self.window.refresh_actions()

    def undo(self) -> None:
        """Take back the last place of what is being drawn, or the drawing that was dropped last, or the last step."""
        if self._canvas is not None and self.drawn():
            self._canvas.tool.undo()
        else:
            self.undo_step()

    def undo_step(self) -> None:
        """Take back the last step of the project."""
        self._turn("undo", self.session.undo)

    def undo_that(self, step: int) -> None:
        """Take back the step that a notice told of, and no other."""
        project = self.session.project
        if project is None or self.session.unsaved or project.store.revision != step:
            self.session.say("info", _("Something was changed since: take the last steps back one by one."))
            return
        self.undo_step()

    def redo(self) -> None:
        """Do again what was taken back."""
        self._turn("redo", self.session.redo)

    def _turn(self, way: str, now: Callable[[], None]) -> None:
        """At once, as a person expects; a heavy step in the background, so that the window stays alive."""
        project = self.session.project
        if project is None or self.session.unsaved or not _is_heavy(*project.store.weight_to_turn(back=way == "undo")):
            now()
            return
        title = self.window.acts[way].text()
        self.session.run_write(title, lambda project, _watch: getattr(project.store, way)())

    def project_history(self) -> None:
        from app.gui.dialogs.project_history import HistoryDialog

        self.open_dialog(HistoryDialog(self.window, self.session))

    def copy_out(self, path: Path | None = None) -> None:
        """A working copy; a name is asked for if none is given."""
        project = self.session.project
        if project is None:
            return
        if path is None:
            stem = _("{name} working copy {day}").format(
                name=project.path.stem, day=f"{datetime.now(UTC).astimezone():%Y-%m-%d}"
            )
            name, _kind = QFileDialog.getSaveFileName(
                self.window, _("Make a working copy"), str(project.path.with_name(f"{stem}.gpkg")),
                _("Projects") + " (*.gpkg)", options=QFileDialog.Option.DontConfirmOverwrite,
            )  # fmt: skip
            if not name:
                return
            path = Path(name) if name.lower().endswith(".gpkg") else Path(f"{name}.gpkg")
        out = path

        def work(watch: Any) -> Any:
            from app.verbs.copies import copy_out

            return copy_out(project, out, watch)

        def done(_mark: Any) -> None:
            terrains = _("Terrain files are not in it: take them along if capacities are to be computed there.")
            show = (_("Show"), lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(out.parent))))
            self.window.toasts.show(
                "ok", _("Working copy {name} made").format(name=out.name),
                advice=terrains if project.store.terrains() else "", act=show,
            )  # fmt: skip

        title = _("Making the working copy {name}").format(name=out.name)
        self.session.tasks.submit(title, work, done, self.session.report)

    def merge_copy(self, path: Path | None = None) -> None:
        """Look at a working copy that came back, and merge it when all is decided."""
        from app.gui.dialogs.merge import MergeDialog

        project = self.session.project
        if project is None:
            return
        if path is None:
            name, _kind = QFileDialog.getOpenFileName(
                self.window, _("Merge in a working copy"), str(project.path.parent), _("Projects") + " (*.gpkg)"
            )
            if not name:
                return
            path = Path(name)
        self.open_dialog(MergeDialog(self.window, self.session, path))


def _is_heavy(rows: int, size: int) -> bool:
    return rows > MANY_ROWS or size > HEAVY_BYTES
