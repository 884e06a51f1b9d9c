"""Pictures scaled in the background, and kept while they are likely to be looked at again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QImage, QPixmap

from app.i18n import _
from gis.photos import scaled
from models.errors import AppError
from models.photo import Photo
from models.progress import Watch

if TYPE_CHECKING:
    from app.gui.session import Session

_KEPT = 300
Raw = tuple[int, int, bytes]


class PictureCache:
    """Scaled pictures by what they show and how large; the ones that were looked at last stay."""

    def __init__(self, most: int = _KEPT) -> None:
        self._most = most
        self._held: OrderedDict[tuple[str, int], QPixmap] = OrderedDict()

    def get(self, photo: Photo, px: int) -> QPixmap | None:
        """The picture, None if it is not held."""
        found = self._held.get((photo.sha256, px))
        if found is not None:
            self._held.move_to_end((photo.sha256, px))
        return found

    def put(self, photo: Photo, px: int, picture: QPixmap) -> None:
        """Keep a picture; the one that was not looked at for longest goes."""
        self._held[(photo.sha256, px)] = picture
        while len(self._held) > self._most:
            self._held.popitem(last=False)


cache = PictureCache()


def load(
    session: Session,
    photos: Sequence[Photo],
    px: int,
    arrived: Callable[[Photo, QPixmap | AppError], None],
) -> Any:
    """Bring pictures (no side longer than `px`) to `arrived` on the window's thread; what is held comes at once."""
    wanted = []
    for photo in photos:
        held = cache.get(photo, px)
        if held is not None:
            arrived(photo, held)
        else:
            wanted.append(photo)
    project = session.project
    if not wanted or project is None:
        return None

    def work(watch: Watch) -> list[tuple[Photo, Raw | AppError]]:
        from app.verbs.photos import photo_file

        made: list[tuple[Photo, Raw | AppError]] = []
        for photo in wanted:
            watch.pause()
            try:
                made.append((photo, scaled(photo_file(project, photo), px)))
            except AppError as error:
                made.append((photo, error))
        return made

    def done(made: list[tuple[Photo, Raw | AppError]]) -> None:
        for photo, raw in made:
            if isinstance(raw, AppError):
                arrived(photo, raw)
                continue
            picture = pixmap_of(raw)
            cache.put(photo, px, picture)
            arrived(photo, picture)

    return session.tasks.submit(_("Reading photos"), work, done, session.report, quiet=True)


def pixmap_of(raw: Raw) -> QPixmap:
    """A picture of RGB bytes."""
    width, height, body = raw
    return QPixmap.fromImage(QImage(body, width, height, width * 3, QImage.Format.Format_RGB888))
