"""What the window does for sections: the line on the map, the pointer in both directions, a window of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.gui.main_window import MainWindow
    from app.gui.session import Session
    from app.gui.workspace import Workspace

_NEAR_PX = 40.0


class SectionCommands:
    """Handlers, mixed into WindowCommands."""

    if TYPE_CHECKING:
        window: MainWindow
        session: Session

        @property
        def workspace(self) -> Workspace: ...

        def open_dialog(self, dialog: Any) -> Any: ...

    _large: Any = None

    def follow_section(self, workspace: Workspace) -> None:
        """Connect section tab and map."""
        inspector, canvas = workspace.inspector, workspace.canvas
        inspector.section_marked.connect(lambda note: canvas.set_note("section", note))
        inspector.section_large.connect(self.large_section)
        canvas.pointer_moved.connect(self._map_pointed)
        canvas.pointer_left.connect(lambda: self._map_pointed(float("inf"), float("inf")))

    def _map_pointed(self, x: float, y: float) -> None:
        tab = self.workspace.inspector.made("section")
        if tab is not None and x < float("inf"):
            tab.map_pointed(x, y, _NEAR_PX * self.workspace.canvas.view.scale)
        elif tab is not None:
            tab.view.point_at(None)

    def large_section(self) -> None:
        """断面大窗."""
        from app.gui.dialogs.section import SectionDialog

        if self._large is None:
            self._large = SectionDialog(self.window, self.session, self.workspace.inspector.section)
            self._large.finished.connect(self._large_closed)
            self.open_dialog(self._large)
        else:
            self._large.raise_()

    def _large_closed(self) -> None:
        self._large = None

    def free_section(self, line: Any) -> None:
        """A line that belongs to no site: in a window of its own, since the inspector follows the selection."""
        self.workspace.inspector.section.show_line(line)
        self.large_section()
