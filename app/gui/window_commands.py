"""What the actions of the window do. Each method is the handler of a line in actions.py."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

from app.gui.actions import Command
from app.gui.basemap_commands import BasemapCommands
from app.gui.care_commands import CareCommands
from app.gui.edit_commands import EditCommands
from app.gui.form_commands import FormCommands
from app.gui.history_commands import HistoryCommands
from app.gui.import_commands import ImportCommands
from app.gui.level_commands import LevelCommands
from app.gui.mend_commands import MendCommands
from app.gui.package_commands import PackageCommands
from app.gui.project_commands import ProjectCommands
from app.gui.screening_commands import ScreeningCommands
from app.gui.section_commands import SectionCommands
from app.gui.volume_commands import VolumeCommands
from app.i18n import _
from app.paths import log_file
from models.changes import Delete

if TYPE_CHECKING:
    from app.gui.main_window import MainWindow
    from app.gui.workspace import Workspace

# The one button of an error: which command mends it.
MENDS = {
    "terrain.none": "terrain_add",
    "terrain.no_overlap": "terrain_add",
    "terrain.gone": "terrain_list",
    "terrain.changed": "terrain_list",
    "session.closed": "open",
    "screen.nothing": "wastes",
}
_CLOSING = {"new", "open", "sample", "close"}  # what is not saved is asked about first


class WindowCommands(
    BasemapCommands,
    CareCommands,
    EditCommands,
    FormCommands,
    HistoryCommands,
    ImportCommands,
    LevelCommands,
    MendCommands,
    PackageCommands,
    ProjectCommands,
    ScreeningCommands,
    SectionCommands,
    VolumeCommands,
    QObject,
):
    """Handlers. They end at once: what takes long runs in the background."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window = window
        self.session = window.session
        self._workspace: Workspace | None = None
        self._open_dialogs: list[Any] = []

    def run(self, line: Command, checked: bool) -> None:
        """Do the action of a line; errors are told in words."""
        handler = getattr(self, line.handler)
        argument = (line.mode,) if line.mode else (checked,) if line.check else ()
        if line.key in _CLOSING:
            self.window.care.when_settled(lambda: self.session.attempt(handler))
        else:
            self.session.attempt(lambda: handler(*argument))
        self.window.refresh_actions()

    def start(self, key: str) -> None:
        """A tile of the start page."""
        if key == "import_start":
            self.import_start()
        else:
            self.window.trigger(key)

    def follow(self, workspace: Workspace) -> None:
        """Connect the working page's parts with each other."""
        self._workspace = workspace
        canvas = workspace.canvas
        workspace.inventory.zoom_wanted.connect(self.zoom_selection)
        workspace.inventory.act.connect(self.panel_asks)
        workspace.inspector.act.connect(self.panel_asks)
        self.follow_level(workspace)
        self.follow_section(workspace)
        self.follow_history(workspace)
        self.follow_drawing(workspace)
        self.follow_basemaps(workspace)
        self.follow_edits(workspace)
        canvas.outline_drawn.connect(self._outline_drawn)
        canvas.tool_changed.connect(self._tool_changed)
        if hasattr(canvas, "section_drawn"):
            canvas.section_drawn.connect(self._section_drawn)

    def panel_asks(self, key: str) -> None:
        """A panel wants an action done; panel switches turn over."""
        self.window.trigger(key)

    @property
    def workspace(self) -> Workspace:
        """The working page."""
        return self.window.ensure_workspace()

    def error_action(self, key: str) -> tuple[str, Callable[[], object]] | None:
        """The button of an error: its words and what it does."""
        wanted = MENDS.get(key)
        if wanted is None:
            return None
        return self.window.acts[wanted].text().rstrip("…"), lambda: self.window.trigger(wanted)

    def open_dialog(self, dialog: Any) -> Any:
        """Show a dialog beside the work; it is kept until it closes."""
        self._open_dialogs.append(dialog)
        dialog.finished.connect(lambda _r: self._forget_dialog(dialog))
        dialog.finished.connect(dialog.deleteLater)
        dialog.show()
        dialog.raise_()
        return dialog

    def _forget_dialog(self, dialog: Any) -> None:
        if dialog in self._open_dialogs:
            self._open_dialogs.remove(dialog)

    # Edit

    def delete_selected(self) -> None:
        from app.verbs import labels  # brings the store in, which the window does not wait for

        layer, fids = self.session.selection
        held = self.session.table(layer)
        label = labels.deleted(layer, [str(held.value(fid, "code") or f"#{fid}") for fid in sorted(fids)])
        self.session.transact(label, [Delete(layer, fid) for fid in sorted(fids)])
        text = _("{n} features deleted").format(n=len(fids))
        step = self.session.project.store.revision if self.session.project is not None else 0
        self.window.toasts.show("info", text, act=(_("Undo"), lambda: self.undo_that(step)))

    def select_all(self) -> None:
        layer = self.session.selection[0] or "sand_pits"
        self.session.select(layer, self.session.table(layer).fids.tolist())

    def deselect(self) -> None:
        self.session.select("", ())

    def find(self) -> None:
        self.workspace.show_panel("inventory", True)
        self.workspace.inventory.filter.setFocus()
        self.workspace.inventory.filter.selectAll()

    def palette(self) -> None:
        self.window.open_palette()

    # View

    def tool(self, mode: str) -> None:
        self.workspace.canvas.set_tool(mode)

    def _tool_changed(self, mode: str) -> None:
        action = self.window.acts.by_key.get(f"tool_{mode}")
        if action is not None:
            action.setChecked(True)

    def zoom_in(self) -> None:
        self.workspace.canvas.zoom_in()

    def zoom_out(self) -> None:
        self.workspace.canvas.zoom_out()

    def zoom_full(self) -> None:
        self.workspace.canvas.zoom_full()

    def zoom_selection(self) -> None:
        if self.session.selection[1]:
            self.workspace.canvas.zoom_to_selection()

    def view_back(self) -> None:
        self.workspace.canvas.previous_view()

    def view_next(self) -> None:
        self.workspace.canvas.next_view()

    def toggle_layers(self, visible: bool) -> None:
        self.workspace.show_panel("layers", visible)

    def toggle_inventory(self, visible: bool) -> None:
        self.workspace.show_panel("inventory", visible)

    def toggle_inspector(self, visible: bool) -> None:
        self.workspace.show_panel("inspector", visible)

    def full_screen(self, wanted: bool) -> None:
        self.window.showFullScreen() if wanted else self.window.showNormal()

    # Terrain

    def add_terrain(self, paths: list[Path] | None = None) -> None:
        from app.gui.dialogs.terrain_add import AddTerrainDialog

        self.open_dialog(AddTerrainDialog(self.window, self.session, paths))

    def list_terrains(self) -> None:
        from app.gui.dialogs.terrain import TerrainsDialog

        dialog = self.open_dialog(TerrainsDialog(self.window, self.session))
        dialog.add_wanted.connect(self.add_terrain)

    # Analysis

    def _inspect(self, tab: str) -> None:
        self.workspace.show_panel("inspector", True)
        self.workspace.inspector.show_tab(tab)

    def estimate_site(self) -> None:
        self._inspect("capacity")
        self.workspace.inspector.capacity.touch(now=True)

    def show_section(self) -> None:
        self._inspect("section")

    def _section_drawn(self, line: Any) -> None:
        if self.session.site_code:
            self._inspect("section")
            self.workspace.inspector.section.show_line(line)
        else:
            self.free_section(line)

    def estimate_all(self) -> None:
        from app.gui.estimate_all import run_estimate_all

        run_estimate_all(self.window, self.session, self.open_dialog)

    def compare_surveys(self) -> None:
        from app.gui.dialogs.progress import ProgressDialog

        self.open_dialog(ProgressDialog(self.window, self.session))

    def overlay(self) -> None:
        from app.gui.dialogs.results import show_overlay

        show_overlay(self.window, self.session, self.open_dialog)

    def _outline_drawn(self, outline: Any) -> None:
        from app.gui.dialogs.new_feature import NewFeatureDialog

        canvas = self.workspace.canvas
        cleared = self.session.attempt(lambda: self.cleared(outline))
        if cleared is None:
            canvas.settle(outline, taken=False)
            return
        dialog = self.open_dialog(NewFeatureDialog(self.window, self.session, cleared))
        dialog.finished.connect(lambda result: canvas.settle(outline, taken=bool(result)))

    # Output

    def export_layer(self) -> None:
        from app.gui.dialogs.export import ExportDialog

        self.open_dialog(ExportDialog(self.window, self.session))

    def copy_inventory(self) -> None:
        self.workspace.inventory.copy()

    # Help

    def shortcuts(self) -> None:
        from app.gui.dialogs.about import ShortcutsDialog

        self.open_dialog(ShortcutsDialog(self.window, self.window.acts))

    def open_log(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(log_file().parent)))

    def about(self) -> None:
        from app.gui.dialogs.about import AboutDialog

        self.open_dialog(AboutDialog(self.window))
