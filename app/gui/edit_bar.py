"""The editing group of the toolbar: a few buttons that open families of tools, and the snap menu."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QToolBar, QToolButton

from app import format as fmt
from app.gui.edit_actions import FLYOUTS
from app.gui.snap_settings import GRIDS_M, KINDS, TOLERANCES_PX, SnapSettings
from app.i18n import _

if TYPE_CHECKING:
    from app.gui.menus import Actions


class Flyout(QToolButton):
    """A button that chooses the tool of its family used last; the arrow opens the others."""

    def __init__(self, acts: list[QAction]) -> None:
        super().__init__()
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        menu.addActions(acts)
        self.setMenu(menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self.setProperty("flyout", True)
        self.setDefaultAction(acts[0])
        for act in acts:
            # A tool chosen here, by key or from the menu bar shows in its family; what opens a dialog does not.
            act.toggled.connect(lambda on, act=act: self.setDefaultAction(act) if on else None)


def after(bar: QToolBar, act: QAction) -> QAction | None:
    """What follows an action in a toolbar; None if it is the last."""
    acts = bar.actions()
    at = acts.index(act) + 1
    return acts[at] if at < len(acts) else None


class EditBar:
    """Puts the group into a toolbar, before `before`."""

    def __init__(self, bar: QToolBar, acts: Actions, before: QAction | None) -> None:
        self.buttons: dict[str, Flyout] = {}
        self.acts = acts
        bar.insertSeparator(before)
        for name, keys in FLYOUTS:
            self.buttons[name] = Flyout([acts[k] for k in keys])
            bar.insertWidget(before, self.buttons[name])
        self.snap = QToolButton()
        self.snap.setDefaultAction(acts["snapping"])
        self.snap.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self.snap.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        self.snap.setProperty("flyout", True)
        self.menu = QMenu(self.snap)
        self.snap.setMenu(self.menu)
        bar.insertWidget(before, self.snap)

    def follow(self, snapping: SnapSettings) -> None:
        """Show and change the switches of this map."""
        fill_snap_menu(self.menu, snapping, [self.acts["shared_edges"], self.acts["stay_clear"]])
        snapping.changed.connect(lambda: self._show(snapping))
        self._show(snapping)

    def _show(self, snapping: SnapSettings) -> None:
        for key, on in (("snapping", snapping.on), ("shared_edges", snapping.shared), ("stay_clear", snapping.clear)):
            self.acts[key].setChecked(on)


def fill_snap_menu(menu: QMenu, snapping: SnapSettings, more: list[QAction]) -> None:
    """Kinds of targets, reach, grid, and the switches `more`."""
    menu.clear()
    for kind, text in KINDS.items():
        act = menu.addAction(_(text))
        act.setObjectName(f"snap_{kind}")
        act.setCheckable(True)
        act.setChecked(kind in snapping.kinds)
        act.toggled.connect(lambda on, k=kind: snapping.set_kind(k, on))
    menu.addSeparator()
    _choices(menu, _("Reach"), [(px, _("{n} pixels").format(n=px)) for px in TOLERANCES_PX], snapping.tolerance_px,
             snapping.set_tolerance)  # fmt: skip
    meshes = [(m, f"{fmt.number(m, 2 if m < 0.1 else 1 if m < 1 else 0)} m") for m in GRIDS_M]
    _choices(menu, _("Width of the grid"), meshes, snapping.grid_m, snapping.set_grid)
    menu.addSeparator()
    menu.addActions(more)


def _choices(menu: QMenu, title: str, items: list[tuple[Any, str]], chosen: Any, act: Any) -> None:
    inner = menu.addMenu(title)
    group = QActionGroup(inner)
    for key, text in items:
        made = QAction(text, inner, checkable=True, checked=key == chosen)
        made.triggered.connect(lambda _c=False, k=key: act(k))
        group.addAction(made)
        inner.addAction(made)
