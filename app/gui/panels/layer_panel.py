"""The layer panel: what the map shows, with swatches drawn by the map's own styles, counts and opacity."""

from __future__ import annotations

from collections import Counter
from typing import Any

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QAction, QBrush, QFont, QIcon, QLinearGradient, QPainter, QPen, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QSlider,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app import format as fmt
from app.gui.canvas import MapCanvas, MapEntry, MapLayers
from app.gui.canvas.decorations import style_label
from app.gui.canvas.map_layers import GROUP_TITLES
from app.gui.canvas.styles import swatch
from app.gui.theme import SMALL_PX, colour, theme, theme_signals
from app.i18n import _
from layers.registry import LAYERS
from layers.style import TERRAIN_RAMP

_KEY = Qt.ItemDataRole.UserRole
_OPTION = Qt.ItemDataRole.UserRole + 1
_SWATCH = QSize(22, 14)
_ROW = QSize(0, 26)
_CHECKED, _UNCHECKED = Qt.CheckState.Checked, Qt.CheckState.Unchecked


class LayerPanel(QWidget):
    """A tree of groups (sites, control lines, reference, terrain). Ticks show and hide; double click goes there."""

    def __init__(self, session: Any, map_layers: MapLayers, canvas: MapCanvas, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._map_layers, self._canvas = session, map_layers, canvas
        self._filling = False
        self._items: dict[str, QTreeWidgetItem] = {}
        self.tree = self._make_tree()
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
        session.closed.connect(self.rebuild)
        theme_signals().changed.connect(self.rebuild)
        self.rebuild()

    def _make_tree(self) -> QTreeWidget:
        tree = QTreeWidget()
        tree.setColumnCount(2)
        tree.setHeaderHidden(True)
        tree.setRootIsDecorated(True)
        tree.setIndentation(14)
        tree.setIconSize(_SWATCH)
        tree.setUniformRowHeights(True)
        tree.setAccessibleName(_("Layers"))
        tree.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        tree.setExpandsOnDoubleClick(False)
        tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header = tree.header()
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(28)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        tree.itemChanged.connect(self._on_ticked)
        tree.itemDoubleClicked.connect(self._on_double_click)
        tree.currentItemChanged.connect(lambda *_items: self._show_opacity())
        tree.customContextMenuRequested.connect(self._on_menu)
        return tree

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
        current = self.current_key()
        folded = {k for k, item in self._items.items() if item.childCount() and not item.isExpanded()}
        self._filling = True
        self.tree.clear()
        self._items = {}
        entries = self._map_layers.entries()[::-1]
        for group, title in GROUP_TITLES.items():
            members = [e for e in entries if e.group == group]
            if not members:
                continue
            head = self._add_group(group, _(title))
            for entry in members:
                self._add_entry(head, entry)
        for key, item in self._items.items():
            item.setExpanded(key not in folded)
        self._filling = False
        if current in self._items:
            self.tree.setCurrentItem(self._items[current])
        for key in self._canvas.pictures.features:
            self._show_count(key)
        self._show_opacity()

    def _add_group(self, group: str, title: str) -> QTreeWidgetItem:
        head = QTreeWidgetItem(self.tree, [title])
        head.setFlags(Qt.ItemFlag.ItemIsEnabled)
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
        item.setToolTip(0, entry.title())
        self._items[entry.key] = item
        if entry.is_terrain:
            for option, title, on in (
                ("hillshade", _("Hillshade"), entry.hillshade),
                ("tint", _("Elevation tints"), entry.tint),
            ):
                child = self._item(item, title, on, entry.key)
                child.setData(0, _OPTION, option)
                child.setIcon(0, QIcon(_terrain_swatch(option, self.devicePixelRatioF())))
            return
        layer = LAYERS[entry.key]
        if not layer.styles:
            item.setIcon(0, QIcon(swatch(layer.style, layer.geometry, _SWATCH, self.devicePixelRatioF())))

    @staticmethod
    def _item(parent: QTreeWidgetItem, title: str, on: bool, key: str) -> QTreeWidgetItem:
        item = QTreeWidgetItem(parent, [title, ""])
        item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(0, _CHECKED if on else _UNCHECKED)
        item.setData(0, _KEY, key)
        item.setSizeHint(0, _ROW)
        return item

    def _show_count(self, key: str) -> None:
        item, features = self._items.get(key), self._canvas.pictures.features.get(key)
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
                child.setIcon(0, QIcon(swatch(layer.styles[value], layer.geometry, _SWATCH, self.devicePixelRatioF())))
                child.setSizeHint(0, _ROW)
                self._write_count(child, counts[value])
            item.setExpanded(not folded)
        self._filling = False

    @staticmethod
    def _write_count(item: QTreeWidgetItem, count: int) -> None:
        t = theme()
        item.setText(1, fmt.number(count, 0) + "\u2002")  # an en space off the edge
        item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        item.setForeground(1, colour(t.text_3))
        item.setForeground(0, colour(t.text if count else t.text_3))

    def _show_entry(self, key: str) -> None:
        item, entry = self._items.get(key), self._map_layers.entry(key)
        if item is None or entry is None:
            return
        self._filling = True
        item.setCheckState(0, _CHECKED if entry.visible else _UNCHECKED)
        for i in range(item.childCount()):
            option = item.child(i).data(0, _OPTION)
            if option:
                item.child(i).setCheckState(0, _CHECKED if getattr(entry, option) else _UNCHECKED)
        self._filling = False
        if key == self.current_key():
            self._show_opacity()

    # Answering -----------------------------------------------------------------------------------------------------

    def current_key(self) -> str:
        """Key of the current entry, "" if none is."""
        item = self.tree.currentItem()
        return str(item.data(0, _KEY) or "") if item is not None else ""

    def _on_ticked(self, item: QTreeWidgetItem, column: int) -> None:
        key = item.data(0, _KEY)
        if self._filling or column != 0 or not key:
            return
        self._map_layers.change(key, **{item.data(0, _OPTION) or "visible": item.checkState(0) == _CHECKED})

    def _on_double_click(self, item: QTreeWidgetItem, _column: int) -> None:
        key = item.data(0, _KEY)
        if key:
            self._canvas.zoom_to_layer(key)
        elif item.parent() is None:
            item.setExpanded(not item.isExpanded())

    def _show_opacity(self) -> None:
        entry = self._map_layers.entry(self.current_key())
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
            self._map_layers.set_opacity(key, value / 100)
            self._opacity_text.setText(f"{value} %")

    def _on_menu(self, at: QPoint) -> None:
        item = self.tree.itemAt(at)
        entry = self._map_layers.entry(str(item.data(0, _KEY) or "")) if item is not None else None
        if entry is not None:
            menu = self.menu_of(entry)
            menu.exec(self.tree.viewport().mapToGlobal(at))
            menu.deleteLater()

    def menu_of(self, entry: MapEntry) -> QMenu:
        """What can be done with an entry."""
        menu = QMenu(self)
        zoom = menu.addAction(_("Zoom to layer"))
        zoom.setEnabled(self._canvas.extent_of(entry.key) is not None)
        zoom.triggered.connect(lambda: self._canvas.zoom_to_layer(entry.key))
        menu.addSeparator()
        if not entry.is_terrain:
            labels = QAction(_("Show labels"), menu, checkable=True, checked=entry.labels)
            labels.toggled.connect(lambda on: self._map_layers.change(entry.key, labels=on))
            menu.addAction(labels)
        only = menu.addAction(_("Hide the others of this group"))
        only.triggered.connect(lambda: self._show_only(entry))
        return menu

    def _show_only(self, entry: MapEntry) -> None:
        for other in self._map_layers.entries():
            if other.group == entry.group:
                self._map_layers.set_visible(other.key, other.key == entry.key)


def _terrain_swatch(option: str, dpr: float) -> QPixmap:
    """A small relief or the ramp of tints."""
    pixmap = QPixmap(_SWATCH * dpr)
    pixmap.setDevicePixelRatio(dpr)
    pixmap.fill(Qt.GlobalColor.transparent)
    p = QPainter(pixmap)
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    gradient = QLinearGradient(0, 0, _SWATCH.width(), _SWATCH.height() if option == "hillshade" else 0)
    tones = ("#F4F4F4", "#8C9196", "#E9EAEB", "#A5A9AD") if option == "hillshade" else TERRAIN_RAMP
    for i, tone in enumerate(tones):
        gradient.setColorAt(i / (len(tones) - 1), colour(tone))
    p.setBrush(QBrush(gradient))
    p.setPen(QPen(colour(theme().border_strong), 1))
    p.drawRoundedRect(0.5, 0.5, _SWATCH.width() - 1, _SWATCH.height() - 1, 1.5, 1.5)
    p.end()
    return pixmap
