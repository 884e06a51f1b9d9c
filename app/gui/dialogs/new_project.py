"""A new project: where, its name, its coordinate system."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QStandardPaths, Signal
from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from app.gui.dialogs.base import PathEdit, Sheet, add_row, form
from app.gui.widgets import Combo, label
from app.i18n import _

if TYPE_CHECKING:
    from app.gui.session import Session

_FIRST_CM, _LAST_CM, _DEFAULT_CM = 75, 135, 111
_EPSG_PLAIN, _EPSG_PREFIX, _FIRST_ZONE = 4534, 4513, 25  # EPSG registry: CM 75E; zone 25


def zone_epsg(meridian: int, *, prefix: bool) -> int:
    """EPSG code of a CGCS2000 3-degree zone by its central meridian, with or without zone number in the easting."""
    if not _FIRST_CM <= meridian <= _LAST_CM or meridian % 3:
        raise ValueError(meridian)
    return _EPSG_PREFIX + meridian // 3 - _FIRST_ZONE if prefix else _EPSG_PLAIN + (meridian - _FIRST_CM) // 3


def _free(folder: Path, name: str) -> Path:
    """A project file of a name that is not there yet: beside outlines in "pits.gpkg" it cannot be called so too."""
    clean = "".join("_" if c in '\\/:*?"<>|' else c for c in name).strip() or "project"
    path, number = folder / f"{clean}.gpkg", 2
    while path.exists():
        path, number = folder / f"{clean} {number}.gpkg", number + 1
    return path


class NewProjectDialog(Sheet):
    """Makes an empty project and opens it. Around a file of outlines it is named after it and lies in its zone."""

    made = Signal()

    def __init__(self, parent: QWidget, session: Session, source: Path | None = None) -> None:
        super().__init__(parent, _("New project"), _("A project is one file. Terrains stay where they are."), width=600)
        self.session = session
        self.name = QLineEdit(source.stem if source else _("Backfill project"))
        folder = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation) or Path.home())
        target = _free(source.parent if source else folder, self.name.text())
        self.file = PathEdit(_("New project"), _("Projects") + " (*.gpkg)", save=True, text=str(target))
        self.zone = Combo(
            [
                *(
                    (cm, f"{cm}°E  ({cm - 1.5:g}°–{cm + 1.5:g}°)  " + _("zone {n}").format(n=cm // 3))
                    for cm in range(_FIRST_CM, _LAST_CM + 1, 3)
                ),
                (0, _("Another system…")),
            ]
        )
        self.zone.choose(_DEFAULT_CM)
        self.prefix = QCheckBox(_("eastings begin with the zone number (37 500 000)"))
        self.other = QLineEdit("EPSG:")
        self.other.setAccessibleName(_("Coordinate system"))
        self.other.setPlaceholderText("EPSG:4546")
        self.code = label("", "muted", wrap=True)
        self._why = ""
        lines = form()
        add_row(lines, _("Name"), self.name)
        add_row(lines, _("File"), self.file)
        add_row(lines, _("CGCS2000 3° zone"), self.zone)
        lines.addRow("", self.prefix)
        lines.addRow("", self.other)
        lines.addRow("", self.code)
        self.content.addLayout(lines)
        self.foot(_("Make project"), self.make, icon="file-plus-2")
        self.name.textEdited.connect(self._rename)
        self.zone.currentIndexChanged.connect(self._show_code)
        self.prefix.toggled.connect(self._show_code)
        self._show_code()
        self.name.selectAll()
        self.name.setFocus()
        if source is not None:
            self._ask_zone(source)

    def _ask_zone(self, source: Path) -> None:
        """Propose the system in which the file lies; what a person chose meanwhile stays."""
        chosen = self.crs()

        def work(watch: Any) -> Any:
            from app.verbs.new_from_file import propose_crs

            return propose_crs(source, watch)

        def done(found: Any) -> None:
            if self.crs() == chosen and found.crs:
                self._choose(found.crs)
            self._why = found.reason.render(_)
            self._show_code()

        title = _("Reading {name}").format(name=source.name)
        self.session.tasks.submit(title, work, done, lambda _error: None)  # the import says what is wrong with it

    def _choose(self, crs: str) -> None:
        for prefix in (False, True):
            for meridian in range(_FIRST_CM, _LAST_CM + 1, 3):
                if crs == f"EPSG:{zone_epsg(meridian, prefix=prefix)}":
                    self.zone.choose(meridian)
                    self.prefix.setChecked(prefix)
                    return
        self.zone.choose(0)
        self.other.setText(crs)

    def _rename(self, name: str) -> None:
        path = self.file.path()
        if path is not None:
            self.file.line.setText(str(_free(path.parent, name)))

    def crs(self) -> str:
        """The coordinate system chosen."""
        meridian = int(self.zone.currentData() or 0)
        return f"EPSG:{zone_epsg(meridian, prefix=self.prefix.isChecked())}" if meridian else self.other.text().strip()

    def _show_code(self, *_changed: Any) -> None:
        meridian = int(self.zone.currentData() or 0)
        self.other.setVisible(not meridian)
        self.prefix.setVisible(bool(meridian))
        self.code.setVisible(bool(meridian) or bool(self._why))
        self.code.setText("\n".join(part for part in (self.crs() if meridian else "", self._why) if part))

    def make(self) -> None:
        """Make the file and open it."""
        path = self.file.path()
        if path is None:
            self.problem(_("Say where the project file goes."))
            return
        path = path if path.suffix.lower() == ".gpkg" else path.with_name(f"{path.name}.gpkg")
        name, crs = self.name.text().strip(), self.crs()
        self.problem(None)
        self.main.setEnabled(False)

        def work(_watch: Any) -> Path:
            from app.project import Project

            path.parent.mkdir(parents=True, exist_ok=True)
            Project.create(path, crs=crs, name=name).close()
            return path

        def done(made: Path) -> None:
            self.session.opened.connect(self.made)
            self.session.open_soon(made)
            self.hide()
            self.session.opened.connect(self.accept)

        def failed(error: Exception) -> None:
            self.main.setEnabled(True)
            self.problem(error)

        self.session.tasks.submit(_("Making {name}").format(name=path.stem), work, done, failed)
