"""What can be done with a line of the layer panel: zoom, labels, order, limits of scale, contour interval, removal."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from app import format as fmt
from app.gui.canvas.map_layers import MapEntry
from app.i18n import _

if TYPE_CHECKING:
    from app.gui.panels.layer_panel import LayerPanel

INTERVALS_M = (0.0, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0)


def menu_of(panel: LayerPanel, entry: MapEntry) -> QMenu:
    """A menu for an entry; the caller shows and deletes it."""
    layers, canvas = panel.map_layers, panel.canvas
    menu = QMenu(panel)
    zoom = menu.addAction(_("Zoom to layer"))
    zoom.setEnabled(canvas.extent_of(entry.key) is not None)
    zoom.triggered.connect(lambda: canvas.zoom_to_layer(entry.key))
    menu.addSeparator()
    if entry.is_layer:
        _switch(menu, _("Show labels"), entry.labels, lambda on: layers.change(entry.key, labels=on))
    only = menu.addAction(_("Hide the others of this group"))
    only.triggered.connect(lambda: panel.show_only(entry))
    if entry.is_terrain:
        _intervals(menu, panel, entry)
    menu.addMenu(_scales(menu, panel, entry))
    menu.addSeparator()
    up, down = menu.addAction(_("Move up") + "\tAlt+↑"), menu.addAction(_("Move down") + "\tAlt+↓")
    up.triggered.connect(lambda: panel.move(entry.key, 1))
    down.triggered.connect(lambda: panel.move(entry.key, -1))
    keys = [e.key for e in layers.members(entry.group)]
    up.setEnabled(keys[0] != entry.key)
    down.setEnabled(keys[-1] != entry.key)
    if entry.is_basemap:
        menu.addSeparator()
        for key, words in (("build", _("Make overviews…")), ("remove", _("Take out of the project"))):
            action = menu.addAction(words)
            action.triggered.connect(lambda _c=False, k=key: panel.basemap_asked.emit(entry.basemap, k))
    return menu


def _switch(menu: QMenu, words: str, on: bool, act: Callable[[bool], Any]) -> None:
    action = QAction(words, menu, checkable=True, checked=on)
    action.toggled.connect(act)
    menu.addAction(action)


def _intervals(menu: QMenu, panel: LayerPanel, entry: MapEntry) -> None:
    sub = menu.addMenu(_("Contour interval"))
    group = QActionGroup(sub)
    for metres in INTERVALS_M:
        words = f"{metres:g} m" if metres else _("By scale and ground")
        action = QAction(words, sub, checkable=True, checked=entry.contour_m == metres)
        action.triggered.connect(
            lambda _c=False, m=metres: panel.map_layers.change(entry.key, contour_m=m, contours=True)
        )
        group.addAction(action)
        sub.addAction(action)


def limits_text(entry: MapEntry) -> str:
    """The limits of scale in words; "" without any."""
    near, far = (fmt.number(n, 0) for n in (entry.closest, entry.farthest))
    if entry.closest and entry.farthest:
        return _("Visible from 1:{near} to 1:{far}").format(near=near, far=far)
    if entry.farthest:
        return _("Visible from 1:{far} inward").format(far=far)
    return _("Visible from 1:{near} outward").format(near=near) if entry.closest else ""


def _scales(menu: QMenu, panel: LayerPanel, entry: MapEntry) -> QMenu:
    layers = panel.map_layers
    scale = panel.canvas.scale_denominator()
    near, far = math.floor(scale), math.ceil(scale)  # what is shown now stays
    words = fmt.number(round(scale), 0)
    sub = QMenu(_("Visible by scale"), menu)
    told = limits_text(entry)
    if told:
        sub.addAction(told).setEnabled(False)
        sub.addSeparator()
    always = sub.addAction(_("At every scale"))
    always.triggered.connect(lambda: layers.set_limits(entry.key, 0, 0))
    always.setEnabled(bool(told))
    inward = sub.addAction(_("Only closer than now (1:{now})").format(now=words))
    inward.triggered.connect(lambda: layers.set_limits(entry.key, entry.closest if entry.closest < far else 0, far))
    outward = sub.addAction(_("Only farther than now (1:{now})").format(now=words))
    outward.triggered.connect(
        lambda: layers.set_limits(entry.key, near, entry.farthest if entry.farthest > near else 0)
    )
    sub.addSeparator()
    sub.addAction(_("Limits…")).triggered.connect(lambda: panel.ask_limits(entry.key))
    return sub
