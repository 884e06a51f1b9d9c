"""What will happen with the files that hang over the window: said before they are let go."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from app.gui.icons import set_picture
from app.gui.widgets import fill, label
from app.i18n import _
from models.notices import N_

_KINDS: tuple[tuple[frozenset[str], str, str], ...] = (
    (frozenset({".gpkg"}), "folder-open", N_("Open the project, or import its layers")),
    (frozenset({".shp", ".geojson", ".json", ".kml", ".kmz", ".gpx", ".zip"}), "file-input", N_("Import outlines")),
    (frozenset({".tif", ".tiff", ".asc", ".img", ".las", ".laz", ".dat", ".xyz", ".landxml", ".xml"}), "mountain",
     N_("Add terrain")),
    (frozenset({".dxf"}), "mountain", N_("Add terrain from a drawing")),
    (frozenset({".mbtiles"}), "map", N_("Add basemap…")),
    (frozenset({".jpg", ".jpeg", ".png", ".webp"}), "camera", N_("Add photos")),
    (
        frozenset({".csv", ".txt", ".tsv", ".xlsx", ".ods", ".docx"}),
        "test-tubes",
        N_("Read a table: laboratory values or survey points"),
    ),
)  # fmt: skip
_MARGIN = 24


def purpose(files: Sequence[Path]) -> list[tuple[str, str]]:
    """(icon, English words) of what is done with these files, by their names only; [] if nothing can be."""
    suffixes = {"" if f.is_dir() else f.suffix.lower() for f in files}
    found = [(icon, text) for kinds, icon, text in _KINDS if kinds & suffixes]
    if "" in suffixes:
        found.append(("mountain", N_("Add the tiles of a folder as terrain")))
    return found


class DropHint(QFrame):
    """Lies over its host while files are dragged over the window."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self.setProperty("role", "drop")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._lines = QVBoxLayout(self)
        fill(self._lines, [], 8, (24, 24, 24, 24))
        self.texts: list[str] = []
        self.hide()

    def tell(self, files: Sequence[Path]) -> bool:
        """Show what would be done; False if these files cannot be taken."""
        while self._lines.count():
            held = self._lines.takeAt(0).widget()
            if held is not None:
                held.deleteLater()
        found = purpose(files)
        self.texts = [_(text) for _icon, text in found]
        self._lines.addStretch(1)
        for icon, text in found or [("circle-x", N_("Files of this kind cannot be taken in here"))]:
            picture, words = QLabel(), label(_(text), "title")
            set_picture(picture, icon, "accent" if found else "danger", 32)
            for part in (picture, words):
                part.setAlignment(Qt.AlignmentFlag.AlignCenter)
                self._lines.addWidget(part)
        self._lines.addStretch(1)
        host = self.parentWidget().rect()
        self.setGeometry(host.adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN))
        self.show()
        self.raise_()
        return bool(found)
