"""The layer panel: what the map shows, with swatches drawn by the map's own styles, counts, order and opacity."""

from __future__ import annotations

from collections import Counter
from typing import Any

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QFont, QIcon
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSlider, QTreeWidgetItem, QVBoxLayout, QWidget

from app import format as fmt
from app.gui.canvas import MapCanvas, MapEntry, MapLayers
from app.gui.canvas.legend import style_label
from app.gui.canvas.map_layers import GROUP_TITLES
from app.gui.canvas.styles import swatch
from app.gui.panels import layer_menu
from app.gui.panels.layer_swatches import ground_swatch
from app.gui.panels.layer_tree import GROUP, KEY, OPTION, SWATCH, LayerTree
from app.gui.theme import SMALL_PX, colour, theme, theme_signals
from app.i18n import _
from layers.registry import LAYERS
from models.notices import N_

_ROW = QSize(0, 26)
_CHECKED, _PARTLY, _UNCHECKED = Qt.CheckState.Checked, Qt.CheckState.PartiallyChecked, Qt.CheckState.Unchecked
_OPTIONS = {
    "hillshade": N_("Hillshade"),
    "tint": N_("Elevation tints"),
    "slope": N_("Slope"),
    "contours": N_("Contours"),
}
_MOVING = Qt.ItemFlag.ItemIsDragEnabled | Qt.ItemFlag.ItemIsDropEnabled
_PLAIN = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable


class LayerPanel(QWidget):
    """A tree of groups. Ticks show and hide; drag or Alt with the arrows changes the order; double click goes there."""

    basemap_asked = Signal(str, str)  # name; "build" overviews or "remove"

    def __init__(self, session: Any, map_layers: MapLayers, canvas: MapCanvas, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.map_layers, self.canvas = map_layers, canvas
        self._filling = False
        self._items: dict[str, QTreeWidgetItem] = {}
        self._out_of_scale: frozenset[str] = frozenset()
        self.tree = LayerTree()
        self._connect_tree()
        self.opacity, self._opacity_text = QSlider(Qt.Orientation.Horizontal), QLabel()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.tree, 1)
        layout.addWidget(self._make_opacity())
        self.setMinimumWidth(180)
        map_layers.entries_changed.connect(self.rebuild)
        map_layers.changed.connect(self._show_entry)
        canvas.pictures.features_changed.connect(self._show_count)
        canvas.view_changed.connect(self._show_scale)
        session.closed.connect(self.rebuild)
        theme_signals().changed.connect(self.rebuild)
        self.rebuild()

    def _connect_tree(self) -> None:
        tree, layers = self.tree, self.map_layers
        tree.itemChanged.connect(self._on_ticked)
        tree.itemDoubleClicked.connect(self._on_double_click)
        tree.currentItemChanged.connect(lambda *_items: self._show_opacity())
        tree.customContextMenuRequested.connect(self._on_menu)
        tree.placed.connect(layers.place)
        tree.group_placed.connect(layers.place_group)
        tree.moved.connect(self.move)
        tree.group_moved.connect(lambda g, up: layers.place_group(g, max(layers.groups.index(g) - up, 0)))

    def _make_opacity(self) -> QWidget:
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(12, 4, 12, 8)
        layout.setSpacing(8)
        label = QLabel(_("Opacity"))
        label.setBuddy(self.opacity)
        self.opacity.setRange(0, 100)
        self.opacity.setPageStep(10)
        self.opacity.setMinimumWidth(60)
        self.opacity.setAccessibleName(_("Opacity"))
        self.opacity.valueChanged.connect(self._on_opacity)
        self._opacity_text.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._opacity_text.setMinimumWidth(self.fontMetrics().horizontalAdvance("100 %") + 4)
        layout.addWidget(label)
        layout.addWidget(self.opacity, 1)
        layout.addWidget(self._opacity_text)
        return row

    # Filling -------------------------------------------------------------------------------------------------------

    def rebuild(self) -> None:
        """Fill the tree anew, keeping what is current and folded."""
        held = self.tree.currentItem()
        current = next((k for k, item in self._items.items() if item is held), self.current_key())
        folded = {k: not item.isExpanded() for k, item in self._items.items() if item.childCount()}
        self._filling = True
        self.tree.clear()
        self._items = {}
        for group in self.map_layers.groups:
            members = self.map_layers.members(group)
            if not members:
                continue
            head = self._add_group(group, _(GROUP_TITLES[group]))
            for entry in members:
                self._add_entry(head, entry)
        lower = {e.key for e in self.map_layers.members("terrain")[1:]}  # their ticks are the same as of the first
        for key, item in self._items.items():
            item.setExpanded(not folded.get(key, key in lower))
        self._filling = False
        if current in self._items:
            self.tree.setCurrentItem(self._items[current])
        for key in self.canvas.pictures.features:
            self._show_count(key)
        self._out_of_scale = frozenset()
        self._show_scale()
        self._show_groups()
        self._show_opacity()

    def _add_group(self, group: str, title: str) -> QTreeWidgetItem:
        head = QTreeWidgetItem(self.tree, [title])
        head.setFlags(_PLAIN | _MOVING)
        head.setData(0, GROUP, group)
        head.setCheckState(0, _CHECKED)
        font = QFont(self.font())
        font.setPixelSize(SMALL_PX)
        font.setBold(True)
        head.setFont(0, font)
        head.setForeground(0, colour(theme().text_3))
        head.setSizeHint(0, _ROW)
        head.setFirstColumnSpanned(True)
        self._items[f"group:{group}"] = head
        return head

    def _add_entry(self, head: QTreeWidgetItem, entry: MapEntry) -> None:
        item = self._item(head, entry.title(), entry.visible, entry.key)
        item.setFlags(item.flags() | _MOVING)
        self._items[entry.key] = item
        self._tip(item, entry)
        ratio = self.devicePixelRatioF()
        if entry.is_terrain:
            for option, title in _OPTIONS.items():
                child = self._item(item, _(title), getattr(entry, option), entry.key)
                child.setData(0, OPTION, option)
                child.setIcon(0, QIcon(ground_swatch(option, SWATCH, ratio)))
        elif entry.is_basemap:
            item.setIcon(0, QIcon(ground_swatch("basemap", SWATCH, ratio)))
        elif not LAYERS[entry.key].styles:
            item.setIcon(0, QIcon(swatch(LAYERS[entry.key].style, LAYERS[entry.key].geometry, SWATCH, ratio)))

    @staticmethod
    def _item(parent: QTreeWidgetItem, title: str, on: bool, key: str) -> QTreeWidgetItem:
        item = QTreeWidgetItem(parent, [title, ""])
        item.setFlags(_PLAIN)
        item.setCheckState(0, _CHECKED if on else _UNCHECKED)
        item.setData(0, KEY, key)
        item.setSizeHint(0, _ROW)
        return item

    @staticmethod
    def _tip(item: QTreeWidgetItem, entry: MapEntry) -> None:
        item.setToolTip(0, "\n".join(t for t in (entry.title(), layer_menu.limits_text(entry)) if t))

    def _show_count(self, key: str) -> None:
        item, features = self._items.get(key), self.canvas.pictures.features.get(key)
        if item is None or features is None:
            return
        self._filling = True
        self._write_count(item, len(features))
        layer = LAYERS[key]
        if layer.styles:
            folded = item.childCount() > 0 and not item.isExpanded()
            item.takeChildren()
            counts = Counter(features.style_values)
            for value in [v for v in layer.styles if counts[v]]:
                child = QTreeWidgetItem(item, [style_label(key, value), ""])
                child.setFlags(Qt.ItemFlag.ItemIsEnabled)
                child.setToolTip(0, child.text(0))
                child.setIcon(0, QIcon(swatch(layer.styles[value], layer.geometry, SWATCH, self.devicePixelRatioF())))
                child.setSizeHint(0, _ROW)
                self._write_count(child, counts[value])
            item.setExpanded(not folded)
        self._filling = False

    def _write_count(self, item: QTreeWidgetItem, count: int) -> None:
        item.setText(1, fmt.number(count, 0) + "\u2002")  # an en space off the edge
        item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        item.setForeground(1, colour(theme().text_3))
        faint = not count or item.data(0, KEY) in self._out_of_scale
        item.setForeground(0, colour(theme().text_3 if faint else theme().text))

    def _show_entry(self, key: str) -> None:
        item, entry = self._items.get(key), self.map_layers.entry(key)
        if item is None or entry is None:
            return
        self._filling = True
        item.setCheckState(0, _CHECKED if entry.visible else _UNCHECKED)
        for i in range(item.childCount()):
            option = item.child(i).data(0, OPTION)
            if option:
                item.child(i).setCheckState(0, _CHECKED if getattr(entry, option) else _UNCHECKED)
        self._tip(item, entry)
        self._filling = False
        self._show_scale()
        self._show_groups()
        if key == self.current_key():
            self._show_opacity()

    def _show_groups(self) -> None:
        """A group is ticked if all its members are, half if some are."""
        self._filling = True
        for group in self.map_layers.groups:
            head, members = self._items.get(f"group:{group}"), self.map_layers.members(group)
            if head is not None:
                shown = sum(e.visible for e in members)
                head.setCheckState(0, _CHECKED if shown == len(members) else _PARTLY if shown else _UNCHECKED)
        self._filling = False

    def _show_scale(self) -> None:
        """Entries that the present scale leaves out stand in the faint colour."""
        n = self.canvas.scale_denominator()
        out = frozenset(e.key for e in self.map_layers.entries() if not e.in_scale(n))
        if out == self._out_of_scale:
            return
        self._filling = True
        for key in out ^ self._out_of_scale:
            if key in self._items:
                self._items[key].setForeground(0, colour(theme().text_3 if key in out else theme().text))
        self._filling = False
        self._out_of_scale = out

    # Answering -----------------------------------------------------------------------------------------------------

    def current_key(self) -> str:
        """Key of the current entry, "" if none is."""
        item = self.tree.currentItem()
        return str(item.data(0, KEY) or "") if item is not None else ""

    def _on_ticked(self, item: QTreeWidgetItem, column: int) -> None:
        key, group = item.data(0, KEY), item.data(0, GROUP)
        if self._filling or column != 0:
            return
        on = item.checkState(0) == _CHECKED
        if group:
            for entry in self.map_layers.members(group):
                self.map_layers.set_visible(entry.key, on)
        elif key:
            self.map_layers.change(key, **{item.data(0, OPTION) or "visible": on})

    def _on_double_click(self, item: QTreeWidgetItem, _column: int) -> None:
        key = item.data(0, KEY)
        if key:
            self.canvas.zoom_to_layer(key)
        elif item.parent() is None:
            item.setExpanded(not item.isExpanded())

    def move(self, key: str, up: int) -> None:
        """Move an entry within its group; it stays the current one."""
        self.map_layers.move(key, up)
        if key in self._items:
            self.tree.setCurrentItem(self._items[key])

    def _show_opacity(self) -> None:
        entry = self.map_layers.entry(self.current_key())
        self.opacity.setEnabled(entry is not None)
        self.opacity.setToolTip("" if entry is not None else _("Choose a layer above to set its opacity"))
        share = round(100 * entry.opacity) if entry is not None else 100
        self.opacity.blockSignals(True)
        self.opacity.setValue(share)
        self.opacity.blockSignals(False)
        self._opacity_text.setText(f"{share} %" if entry is not None else "")

    def _on_opacity(self, value: int) -> None:
        key = self.current_key()
        if key:
            self.map_layers.set_opacity(key, value / 100)
            self._opacity_text.setText(f"{value} %")

    def _on_menu(self, at: QPoint) -> None:
        item = self.tree.itemAt(at)
        entry = self.map_layers.entry(str(item.data(0, KEY) or "")) if item is not None else None
        if entry is not None:
            menu = self.menu_of(entry)
            menu.exec(self.tree.viewport().mapToGlobal(at))
            menu.deleteLater()

    def menu_of(self, entry: MapEntry) -> QMenu:
        """What can be done with an entry."""
        return layer_menu.menu_of(self, entry)

    def show_only(self, entry: MapEntry) -> None:
        """Hide the others of an entry's group."""
        for other in self.map_layers.members(entry.group):
            self.map_layers.set_visible(other.key, other.key == entry.key)

    def ask_limits(self, key: str) -> None:
        """Ask from which scale to which an entry is shown."""
        from app.gui.dialogs.scale_limits import ScaleLimitsDialog

        dialog = ScaleLimitsDialog(self.window(), self.map_layers, key)
        dialog.finished.connect(dialog.deleteLater)
        dialog.show()
