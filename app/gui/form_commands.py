"""Handlers of the actions on features as rows: one field of many, photos, going from one site to the next."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QToolButton, QWidget

from app.i18n import _

if TYPE_CHECKING:
    from app.gui.main_window import MainWindow
    from app.gui.session import Session
    from app.gui.workspace import Workspace


class FormCommands:
    """A part of WindowCommands."""

    window: MainWindow
    session: Session
    workspace: Workspace
    open_dialog: Callable[[Any], Any]

    def set_many(self) -> None:
        from app.gui.dialogs.set_many import SetManyDialog

        self.open_dialog(SetManyDialog(self.window, self.session))

    # Where the keyboard goes

    def next_site(self) -> None:
        self._step_site(1)

    def previous_site(self) -> None:
        self._step_site(-1)

    def _step_site(self, by: int) -> None:
        if self.workspace.inventory.step(by):
            self.window.trigger("zoom_selection")
        else:
            self.session.say("info", _("There is no further site in the inventory."))

    def go_map(self) -> None:
        self.workspace.canvas.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def go_inventory(self) -> None:
        self.workspace.show_panel("inventory", True)
        self.workspace.inventory.take_focus()

    def go_inspector(self) -> None:
        self.workspace.show_panel("inspector", True)
        self.workspace.inspector.take_focus()

    def go_layers(self) -> None:
        self.workspace.show_panel("layers", True)
        first_control(self.workspace.layer_panel).setFocus(Qt.FocusReason.ShortcutFocusReason)

    # Photos

    def add_photos(self) -> None:
        if len(self.session.selection[1]) != 1:
            self.session.say("info", _("Select a single feature: photos belong to one."))
            return
        self.go_inspector()
        self.workspace.inspector.show_tab("fields")
        self.workspace.inspector.fields.photos.choose()

    def without_pictures(self, files: list[Path]) -> list[Path]:
        """Ask where dropped pictures shall go; what else was dropped comes back."""
        from gis.photos import SUFFIXES

        pictures = [f for f in files if f.suffix.lower() in SUFFIXES and not _lies_on_the_map(f)]
        if pictures and self.session.project is None:
            self.session.say("info", _("Open a project first: photos belong to its features."))  # it has none when new
        elif pictures:
            from app.gui.photos.dropped import PhotosDropped

            self.open_dialog(PhotosDropped(self.window, self.session, pictures))
        return [f for f in files if f not in pictures]


def first_control(panel: QWidget) -> QWidget:
    """The list of a panel, else its first control that takes the keyboard."""
    lists = [w for w in panel.findChildren(QAbstractItemView) if w.isVisibleTo(panel) and w.focusPolicy()]
    others = (w for w in panel.findChildren(QWidget)
              if w.isVisibleTo(panel) and w.focusPolicy() and not isinstance(w, QToolButton))  # fmt: skip
    return lists[0] if lists else next(others, panel)


def _lies_on_the_map(picture: Path) -> bool:
    """True for a picture with a file beside it that says where it lies: no photo."""
    suffix = picture.suffix
    beside = (f".{suffix[1]}{suffix[-1]}w", f"{suffix}w", ".wld", f"{suffix}.aux.xml")
    return any(picture.with_suffix(s).is_file() for s in beside)
