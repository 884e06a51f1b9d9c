"""A picture or tiles to lie under the map: the file, what to call it, and where it lies if it does not say so."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from app.gui.dialogs.base import PathEdit, Sheet, add_row, form
from app.gui.dialogs.terrain_account import in_window
from app.i18n import _
from models.errors import AppError

if TYPE_CHECKING:
    from app.gui.session import Session
    from models.basemap import Basemap

KINDS = "*.tif *.tiff *.jpg *.jpeg *.png *.mbtiles *.gpkg"


class BasemapDialog(Sheet):
    """The file stays where it is. `added` carries the basemap and whether it would be quicker with overviews."""

    added = Signal(object, bool)

    def __init__(self, parent: QWidget, session: Session, path: Path | None = None) -> None:
        super().__init__(
            parent, _("Add basemap"),
            _("An orthophoto (GeoTIFF, JPEG or PNG with world file) or tiles (MBTiles, GeoPackage). "
              "The file stays where it is and is not written to."),
        )  # fmt: skip
        self.session = session
        self.file = PathEdit(_("Basemap"), f"{_('Pictures and tiles')} ({KINDS})", text=str(path or ""))
        self.name, self.crs, self.tiles = QLineEdit(), QLineEdit(), QLineEdit()
        self.name.setPlaceholderText(_("name of the file"))
        self.crs.setPlaceholderText(_("as the file says; else e.g. EPSG:4546"))
        self.tiles.setPlaceholderText(_("only where a file holds several"))
        self.guess = QCheckBox(_("accept the guess if the file says none"))
        lines = form()
        add_row(lines, _("File"), self.file)
        add_row(lines, _("Name"), self.name)
        add_row(lines, _("Coordinates"), self.crs)
        lines.addRow("", self.guess)
        add_row(lines, _("Set of tiles"), self.tiles)
        self.content.addLayout(lines)
        self.foot(_("Add"), self.take, icon="plus")

    def take(self) -> None:
        """Register it; the file's header is read in the background."""
        path = self.file.path()
        if path is None:
            self.problem(_("Choose a picture or a file of tiles."))
            return
        self.problem(None)
        self.main.setEnabled(False)
        options: dict[str, Any] = {
            "name": self.name.text().strip() or None, "crs": self.crs.text().strip() or None,
            "sublayer": self.tiles.text().strip() or None, "accept_guess": self.guess.isChecked(),
        }  # fmt: skip

        def work(project: Any, _watch: Any) -> tuple[Basemap, bool]:
            from app.verbs.basemap import add_basemap, without_overviews

            made = add_basemap(project, path, **options)
            try:
                return made, without_overviews(project, made)
            except AppError:  # it was read a moment ago: the map will say what is wrong
                return made, False

        title = _("Adding basemap {name}").format(name=path.name)
        self.session.run_write(title, work, self._done, self._failed)

    def _done(self, made: tuple[Basemap, bool]) -> None:
        self.added.emit(*made)
        self.accept()

    def _failed(self, error: Exception) -> None:
        self.main.setEnabled(True)
        self.problem(in_window(error))
        if not isinstance(error, AppError):
            self.session.report(error)
