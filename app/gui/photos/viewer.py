"""One photo large: its words, when and where it was taken, the next and the one before."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import shapely
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QSizePolicy, QWidget

from app import format as fmt
from app.gui import words
from app.gui.dialogs.base import Sheet
from app.gui.photos.pictures import load
from app.gui.read_only import WhenWritable
from app.gui.widgets import button, label, row, tool
from app.i18n import _
from models.errors import AppError
from models.photo import Photo, PhotoFacts

if TYPE_CHECKING:
    from app.gui.session import Session

_PX = 1600
_MARK_M = 2.0  # radius of the ring that shows the place on the map


class _Picture(QLabel):
    """A picture as large as there is room, never larger than it is."""

    def __init__(self) -> None:
        super().__init__()
        self._whole: QPixmap | None = None
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setWordWrap(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setMinimumSize(320, 200)

    def sizeHint(self) -> QSize:
        return QSize(720, 440)

    def show_picture(self, picture: QPixmap | None, text: str = "") -> None:
        """A picture, or words in its place."""
        self._whole = picture
        if picture is None:
            self.setText(text)
        else:
            self._fit()

    def _fit(self) -> None:
        if self._whole is None:
            return
        ratio = self.devicePixelRatioF()
        room = self.contentsRect().size() * ratio
        scaled = self._whole
        if scaled.width() > room.width() or scaled.height() > room.height():
            mode = Qt.TransformationMode.SmoothTransformation
            scaled = scaled.scaled(room, Qt.AspectRatioMode.KeepAspectRatio, mode)
        scaled.setDevicePixelRatio(ratio)
        self.setPixmap(scaled)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()


class PhotoViewer(Sheet):
    """`place_wanted` carries a shape (project CRS) and words for the map."""

    place_wanted = Signal(object, str)

    def __init__(
        self, parent: QWidget, session: Session, photos: list[Photo], at: int, feature: tuple[str, int]
    ) -> None:
        super().__init__(parent, _("Photo"), width=640)
        self.session, self.photos, self.at, self.feature = session, list(photos), at, feature
        self._place: Any = None
        self.picture = _Picture()
        self.caption = QLineEdit()
        self.caption.setPlaceholderText(_("words under the photo"))
        self.caption.setAccessibleName(_("words under the photo"))
        self.caption.editingFinished.connect(self._store)
        self.caption.setReadOnly(not session.writable)
        self.facts = label("", "secondary", wrap=True, selectable=True)
        self.back = tool("chevron-left", _("Photo before (Page Up)"), lambda: self.go(-1), small=False)
        self.next = tool("chevron-right", _("Next photo (Page Down)"), lambda: self.go(1), small=False)
        self.count = label("", "muted")
        self.content.addWidget(self.picture, 1)
        self.content.addWidget(self.caption)
        self.content.addLayout(row(self.facts, self.back, self.count, self.next))
        self.content.itemAt(2).layout().setStretch(0, 1)
        self.on_map = button(_("Show on the map"), self._show_place, icon="map-pin")
        self.drop = button(_("Remove"), self._remove, icon="trash-2")
        WhenWritable(self.drop, session)
        self.foot_close(self.on_map, self.drop)
        session.closed.connect(self.reject)
        self._show()

    @property
    def photo(self) -> Photo:
        """The one that is shown."""
        return self.photos[self.at]

    def go(self, by: int) -> None:
        """The next one, or the one before."""
        at = self.at + by
        if 0 <= at < len(self.photos):
            self._store()
            self.at = at
            self._show()

    def _show(self) -> None:
        photo = self.photo
        self.caption.setText(photo.caption)
        self.count.setText(f"{self.at + 1} / {len(self.photos)}")
        self.back.setEnabled(self.at > 0)
        self.next.setEnabled(self.at + 1 < len(self.photos))
        self._place = None
        self.on_map.setEnabled(False)
        self.facts.setText(words.when(photo.taken_at) or _("no time stated"))
        self.picture.show_picture(None, _("Reading…"))
        load(self.session, [photo], _PX, self._arrived)
        self._read_facts(photo)

    def _arrived(self, photo: Photo, picture: QPixmap | AppError) -> None:
        if photo != self.photo:
            return
        if isinstance(picture, AppError):
            self.picture.show_picture(None, words.cap(picture.sentence(_)))
        else:
            self.picture.show_picture(picture)

    def _read_facts(self, photo: Photo) -> None:
        project, (layer, fid) = self.session.project, self.feature
        outline = (self.session.table(layer).row(fid) or {}).get("geometry")

        def work(_watch: Any) -> tuple[PhotoFacts, Any, float | None]:
            from app.verbs.photos import photo_file, place_of
            from gis.photos import read_facts

            facts = read_facts(photo_file(project, photo))
            place = place_of(project, facts)
            return facts, place, float(shapely.distance(place, outline)) if place is not None and outline else None

        def done(found: tuple[PhotoFacts, Any, float | None]) -> None:
            if photo == self.photo:
                self._show_facts(*found)

        self.session.tasks.submit(_("Reading photos"), work, done, lambda _e: None, quiet=True)

    def _show_facts(self, facts: PhotoFacts, place: Any, away_m: float | None) -> None:
        when = words.when(self.photo.taken_at) or _("no time stated")
        parts = [when, f"{facts.width} × {facts.height}", facts.camera]
        if place is not None:
            parts.append(f"{facts.lat:.6f}° {facts.lon:.6f}°")
        if away_m is not None:
            inside = _("taken at the feature") if away_m < 1 else _("taken {distance} m from it")
            parts.append(inside.format(distance=fmt.number(away_m, 0)))
        if facts.direction_deg is not None:
            parts.append(_("looking towards {degrees}°").format(degrees=fmt.number(facts.direction_deg, 0)))
        self.facts.setText("   ".join(p for p in parts if p))
        self._place = place
        self.on_map.setEnabled(place is not None)
        self.on_map.setToolTip("" if place is not None else _("the photo does not say where it was taken"))

    def _show_place(self) -> None:
        if self._place is not None:
            name = self.photo.caption or Path(self.photo.path).name
            self.place_wanted.emit(self._place.buffer(_MARK_M), name)

    def _store(self) -> None:
        text, photo, project = self.caption.text().strip(), self.photo, self.session.project
        if text == photo.caption or project is None or not self.session.writable:
            return
        from dataclasses import replace

        from app.verbs.photos import caption_change

        def act() -> None:
            notice, change = caption_change(project, photo, text)
            self.session.transact(notice, [change])
            self.photos[self.at] = replace(photo, caption=text)

        try:
            act()
        except AppError as error:
            self.problem(error)

    def _remove(self) -> None:
        project, photo = self.session.project, self.photo
        from app.verbs.photos import remove_change

        try:
            notice, change = remove_change(project, photo)
            self.session.transact(notice, [change])
        except AppError as error:
            self.problem(error)
            return
        del self.photos[self.at]
        if not self.photos:
            self.accept()
            return
        self.at = min(self.at, len(self.photos) - 1)
        self._show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            self.go(1 if event.key() == Qt.Key.Key_PageDown else -1)
            return
        super().keyPressEvent(event)

    def done(self, result: int) -> None:
        if self.photos:
            self._store()
        super().done(result)
