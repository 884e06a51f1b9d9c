"""Handlers of the actions that draw and edit outlines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.i18n import _
from layers.registry import LAYERS

if TYPE_CHECKING:
    from app.gui.main_window import MainWindow
    from app.gui.session import Session
    from app.gui.workspace import Workspace


class EditCommands:
    """Handlers, mixed into WindowCommands."""

    if TYPE_CHECKING:
        window: MainWindow
        session: Session

        @property
        def workspace(self) -> Workspace: ...

        def open_dialog(self, dialog: Any) -> Any: ...

    def follow_edits(self, workspace: Workspace) -> None:
        """Connect the editing group and the map's own menu with a new working page."""
        from app.gui.map_menu import MapMenu

        self.window.edit_bar.follow(workspace.canvas.snapping)
        self._map_menu = MapMenu(self.window, workspace.canvas)
        workspace.canvas.menu_wanted.connect(self._map_menu.show)

    def enter_coordinates(self) -> None:
        self.workspace.coordinates.open()

    def merge_selected(self) -> None:
        from app.gui.dialogs.outline_merge import MergeDialog

        self.open_dialog(MergeDialog(self.window, self.session, self.workspace.canvas))

    def offset_selected(self) -> None:
        from app.gui.dialogs.outline_edit import OffsetDialog

        self.open_dialog(OffsetDialog(self.window, self.session, self.workspace.canvas))

    def simplify_selected(self) -> None:
        from app.gui.dialogs.outline_edit import SimplifyDialog

        self.open_dialog(SimplifyDialog(self.window, self.session, self.workspace.canvas))

    def clear_selected(self) -> None:
        from app.gui.dialogs.outline_clear import ClearDialog

        self.open_dialog(ClearDialog(self.window, self.session, self.workspace.canvas))

    def toggle_snapping(self, on: bool) -> None:
        self.workspace.canvas.snapping.set_on(on)

    def toggle_shared(self, on: bool) -> None:
        self.workspace.canvas.snapping.set_switch("shared", on)

    def toggle_clear(self, on: bool) -> None:
        self.workspace.canvas.snapping.set_switch("clear", on)

    def cleared(self, outline: Any) -> Any:
        """What was drawn, less what sites and control lines cover if the switch says so; it is told either way."""
        from app import format as fmt
        from app.verbs.outline_overlaps import overlaps_of, respected
        from gis.editing.clearance import keep_clear

        tables = {k: self.session.table(k) for k in respected("sand_pits")}
        # One that crosses itself is mended or refused by the dialog, with reasons.
        found = overlaps_of(tables, "sand_pits", outline, set(), None) if outline.is_valid else []
        if not found:
            return outline
        if not self.workspace.canvas.snapping.clear:
            words = _("; ").join(o.notice().render(_) for o in found[:3])
            self.session.say("warning", _("What was drawn {overlaps}").format(overlaps=words))
            return outline
        others = [self.session.table(layer).row(fid)["geometry"] for layer, fid in (o.where for o in found)]
        cut = keep_clear(outline, others)
        text = _("{m2} m² that overlap neighbours were cut away").format(m2=fmt.number(cut.removed_m2, 1))
        self.session.say("info", text)
        return cut.outline


def edit_needs(session: Session) -> dict[str, bool]:
    """What the selection offers to edits."""
    layer, fids = session.selection
    polygons = layer in LAYERS and LAYERS[layer].geometry == "MULTIPOLYGON"
    return {"outline": polygons and bool(fids), "several": polygons and len(fids) > 1}
