"""The files of a terrain to be: chosen, dropped or a whole folder, in a list that can be shortened again."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QFileDialog, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.gui import settings
from app.gui.widgets import button, card, fill, row, tool
from app.i18n import _

RASTERS = "*.tif *.tiff *.asc *.img"
POINTS = "*.csv *.txt *.dat *.xlsx"
LINES = "*.dxf *.shp *.gpkg *.geojson *.json *.kml"
SURFACES = "*.xml *.landxml"
CLOUDS = "*.las *.laz"
_PLACE = Qt.ItemDataRole.UserRole


class FilesEdit(QWidget):
    """Files and folders in the order in which they were added. `settled` when the list changed."""

    settled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAcceptDrops(True)
        self.list = QListWidget()
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFixedHeight(76)
        self.list.setAccessibleName(_("Files"))
        self.choose_files = button(_("Choose files…"), self._choose, icon="folder-open")
        folder = button(_("Folder…"), self._choose_folder, tip=_("All tiles or clouds in a folder, as one terrain"))
        away = tool("x", _("Take the selected files out of the list; all, if none is selected"), self.take_out)
        inner = QVBoxLayout(self)
        buttons = row(self.choose_files, folder, None, away, spacing=8)
        fill(inner, [card(self.list, role="inset", margin=4), buttons], 6, (0, 0, 0, 0))
        QShortcut(QKeySequence.StandardKey.Delete, self.list, self.take_out)
        self.setFocusProxy(self.choose_files)
        self._hint()

    def _hint(self) -> None:
        if self.list.count() == 0:
            item = QListWidgetItem(_("drop files here: DEM, tiles, points, contours, TIN, point clouds"))
            item.setFlags(Qt.ItemFlag.NoItemFlags)
            self.list.addItem(item)

    def paths(self) -> list[Path]:
        """What is in the list."""
        held = (self.list.item(i).data(_PLACE) for i in range(self.list.count()))
        return [Path(p) for p in held if p]

    def set_path(self, path: Path) -> None:
        """Only this file."""
        self.set_paths([path])

    def set_paths(self, paths: Iterable[Path]) -> None:
        """These files in place of what was in the list."""
        self.list.clear()
        self.add(paths)

    def add(self, paths: Iterable[Path]) -> None:
        """More files; one that is there already is not added again."""
        known = dict.fromkeys([*self.paths(), *(Path(p).absolute() for p in paths)])
        self.list.clear()
        for path in known:
            item = QListWidgetItem(f"{path.name}    {path.parent}")
            item.setToolTip(str(path))
            item.setData(_PLACE, str(path))
            self.list.addItem(item)
        self._hint()
        self.settled.emit()

    def take_out(self) -> None:
        """The selected files leave the list; all, if none is selected."""
        gone = {i.data(_PLACE) for i in self.list.selectedItems()}
        self.set_paths(p for p in self.paths() if gone and str(p) not in gone)

    def _choose(self) -> None:
        kinds = ";;".join(
            (
                _("Everything that terrain is made of") + f" ({RASTERS} {POINTS} {LINES} {SURFACES} {CLOUDS})",
                _("Elevation files") + f" ({RASTERS})",
                _("Survey points") + f" ({POINTS})",
                _("Contours and drawings") + f" ({LINES})",
                _("Surfaces (LandXML)") + f" ({SURFACES})",
                _("Point clouds") + f" ({CLOUDS})",
                _("All files") + " (*)",
            )
        )
        names, _kind = QFileDialog.getOpenFileNames(self, _("Files of one terrain"), settings.start_folder(), kinds)
        if names:
            settings.remember_folder(Path(names[0]))
            self.add(Path(n) for n in names)

    def _choose_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, _("Folder of tiles or clouds"), settings.start_folder())
        if name:
            self.add([Path(name)])

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(u.isLocalFile() for u in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.add(Path(u.toLocalFile()) for u in event.mimeData().urls() if u.isLocalFile())
