"""The photos of a feature in its form: small pictures, an entrance for more by dialog or by drop."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QIcon, QKeyEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QListView, QListWidget, QListWidgetItem, QWidget

from app.gui import settings, words
from app.gui.icons import icon
from app.gui.photos.pictures import load
from app.gui.photos.viewer import PhotoViewer
from app.gui.read_only import WhenWritable
from app.gui.widgets import button, column, label, row
from app.i18n import _
from models.errors import AppError
from models.photo import Photo

if TYPE_CHECKING:
    from app.gui.session import Session

_PX, _CELL = 96, QSize(112, 104)


class _Grid(QListWidget):
    """Small pictures, as many beside each other as fit; as high as its rows."""

    remove_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setIconSize(QSize(_PX, 72))
        self.setGridSize(_CELL)
        self.setWordWrap(False)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setProperty("role", "photos")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAcceptDrops(False)  # the strip takes what is dropped
        self.setAccessibleName(_("Photos"))

    def fit(self) -> None:
        """Take the height that the pictures need."""
        across = max(1, (self.width() - 4) // _CELL.width())
        rows = -(-self.count() // across)
        self.setFixedHeight(rows * _CELL.height() + 4 if rows else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete:
            self.remove_wanted.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentItem() is not None:
            self.itemActivated.emit(self.currentItem())
        else:
            super().keyPressEvent(event)


class PhotoStrip(QWidget):
    """Follows one feature. `place_wanted` carries a shape (project CRS) and words: where a photo was taken."""

    place_wanted = Signal(object, str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.layer, self.fid, self.uid = "", -1, ""
        self.photos: list[Photo] = []
        self.setAcceptDrops(True)
        self.head = label(_("Photos"), "heading")
        self.add = button(_("Add photos…"), self.choose, icon="camera")
        WhenWritable(self.add, session)
        self.hint = label(_("Drop pictures here, or add them by the button."), "muted", wrap=True)
        self.grid = _Grid()
        self.grid.itemActivated.connect(self._look)
        self.grid.remove_wanted.connect(self.remove_current)
        self.setLayout(column(row(self.head, None, self.add), self.hint, self.grid, spacing=8))
        session.changed.connect(self._on_changed)
        self._show([])

    def show_feature(self, layer: str, fid: int, uid: str) -> None:
        """The photos of this feature; "" for none."""
        self.layer, self.fid, self.uid = layer, fid, uid
        self.refresh()

    def _on_changed(self, change: Any) -> None:
        if self.uid and "photos" in change.tables and self.session.project is not None:
            self.refresh()

    def refresh(self) -> None:
        """Read the list again."""
        project = self.session.project
        if project is None or not self.uid:
            self._show([])
            return
        from app.verbs.photos import photos_of

        self._show(self.session.attempt(lambda: photos_of(project, self.uid)) or [])

    def _show(self, photos: list[Photo]) -> None:
        self.photos = photos
        self.grid.clear()
        for photo in photos:
            item = QListWidgetItem(icon("camera", "text_3", 24), photo.caption or photo.taken_at[:10] or "—")
            item.setData(Qt.ItemDataRole.UserRole, photo)
            item.setToolTip(photo.caption or Path(photo.path).name)
            item.setTextAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
            item.setSizeHint(_CELL - QSize(4, 4))
            self.grid.addItem(item)
        self.head.setText(_("Photos") + (f"  {len(photos)}" if photos else ""))
        self.hint.setVisible(not photos)
        self.grid.setVisible(bool(photos))
        self.grid.fit()
        load(self.session, photos, _PX * 2, self._arrived)

    def _arrived(self, photo: Photo, picture: QPixmap | AppError) -> None:
        for i in range(self.grid.count()):
            item = self.grid.item(i)
            if item.data(Qt.ItemDataRole.UserRole) != photo:
                continue
            if isinstance(picture, AppError):
                item.setIcon(icon("triangle-alert", "warning", 24))
                item.setToolTip(words.cap(picture.sentence(_)))
            else:
                item.setIcon(QIcon(picture))

    # Adding and removing

    def choose(self) -> None:
        """By dialog."""
        title, kinds = _("Add photos"), _("Pictures") + " (*.jpg *.jpeg *.png *.webp)"
        names, _kind = QFileDialog.getOpenFileNames(self, title, str(settings.value("folders/photos", "")), kinds)
        if names:
            settings.remember("folders/photos", str(Path(names[0]).parent))
            self.take([Path(n) for n in names])

    def take(self, files: list[Path]) -> None:
        """Add these files to the feature, in the background."""
        from app.gui.photos.taking import add_to

        add_to(self.session, self.layer, self.fid, files)

    def remove_current(self) -> None:
        """Take the chosen photo from the feature."""
        item = self.grid.currentItem()
        project = self.session.project
        if item is None or project is None or not self.session.writable:
            return
        from app.verbs.photos import remove_change

        photo = item.data(Qt.ItemDataRole.UserRole)

        def act() -> None:
            notice, change = remove_change(project, photo)
            self.session.transact(notice, [change])
            self.session.say("info", _("Photo removed; undo brings it back."))

        self.session.attempt(act)

    def _look(self, item: QListWidgetItem) -> None:
        viewer = PhotoViewer(self.window(), self.session, self.photos, self.grid.row(item), (self.layer, self.fid))
        viewer.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        viewer.place_wanted.connect(self.place_wanted)
        viewer.show()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.session.writable and pictures_of(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.take(pictures_of(event))


def pictures_of(event: QDropEvent) -> list[Path]:
    """The pictures that are dragged."""
    from gis.photos import SUFFIXES

    files = [Path(u.toLocalFile()) for u in event.mimeData().urls() if u.isLocalFile()]
    return [f for f in files if f.suffix.lower() in SUFFIXES]
