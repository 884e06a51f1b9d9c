"""What is asked when a terrain is added: the fields, which of them suit a kind of file, and what the verb gets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QDate
from PySide6.QtWidgets import QCheckBox, QFormLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.gui import words
from app.gui.dates import with_calendar
from app.gui.dialogs.base import PathEdit, Sheet, add_row, form
from app.gui.dialogs.terrain_cloud import CloudOptions
from app.gui.dialogs.terrain_files import FilesEdit
from app.gui.dialogs.terrain_points import PointsOptions
from app.gui.dialogs.terrain_tiles import RasterOptions
from app.gui.dialogs.workbar import WorkBar, account_area
from app.gui.widgets import Combo, Section, Spin, scrolled
from app.i18n import _
from models.terrain import ERROR_DEFAULTS

if TYPE_CHECKING:
    from app.gui.session import Session

DATUMS = ("", "1985国家高程基准", "1956年黄海高程系")


class TerrainQuestions(Sheet):
    """The questions at the left and the room for the account at the right; `look`: what the files were found to be."""

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(
            parent,
            _("Add terrain"),
            _("A DEM or its tiles, survey points, contours, a drawing or point clouds. The files stay where they are."),
            width=980,
        )
        self.session = session
        self.look: Any = None
        self._pages: dict[str, Any] = {"raster": RasterOptions(), "points": PointsOptions(), "cloud": CloudOptions()}
        self._ask()
        self._lay_out()

    def _ask(self) -> None:
        self.file = FilesEdit()
        self.name = QLineEdit()
        self.name.setPlaceholderText(_("name of the file"))
        self.out = PathEdit(_("Terrain file"), "GeoTIFF (*.tif)", save=True)
        self.out.line.setMinimumWidth(140)
        self.overwrite = QCheckBox(_("replace the file if it is there"))
        self.crs = QLineEdit()
        self.crs.setPlaceholderText(_("as the file says; else e.g. EPSG:4546"))
        self.guess = QCheckBox(_("accept the guess if the file says none"))
        self.datum = Combo([(d, d or _("as the file says")) for d in DATUMS])
        self.datum.setEditable(True)
        self.source = Combo([("", _("not stated")), *((k, _(words.SOURCES.get(k, k))) for k in ERROR_DEFAULTS)])
        self.date = QLineEdit()
        self.date.setPlaceholderText(_("for instance 2026-11-24"))
        with_calendar(self.date)
        self.sigma = Spin(0, 100, decimals=2, step=0.01, unit="m", empty=_("by source"))
        self.reach = Spin(0, 10_000, decimals=0, step=5, unit="m", empty=_("by source"))

    def _lay_out(self) -> None:
        lines = form()
        add_row(lines, _("Name"), self.name)
        add_row(lines, _("Coordinates"), self.crs)
        lines.addRow("", self.guess)
        add_row(lines, _("Height datum"), self.datum)
        hint = _("Gives the error of the heights, from which the interval of every volume comes.")
        add_row(lines, _("Survey"), self.source, hint)
        add_row(lines, _("Date of survey"), self.date)
        written = form()
        add_row(written, _("Write terrain to"), self.out)
        written.addRow("", self.overwrite)
        errors = form()
        add_row(errors, _("Error of a height (1σ)"), self.sigma)
        add_row(errors, _("Errors hang together over"), self.reach)
        self._lines, self._written = lines, written
        pages = list(self._pages.values())
        align([lines, written, errors, *(p.layout() for p in pages)])
        left = QVBoxLayout()
        left.setContentsMargins(0, 0, 12, 0)
        left.setSpacing(10)
        left.addWidget(self.file)
        left.addLayout(lines)
        for page in pages:
            left.addWidget(page)
        left.addLayout(written)
        folded = QWidget()
        folded.setLayout(errors)
        errors.setContentsMargins(0, 0, 0, 0)
        left.addWidget(Section(_("Error figures"), folded, is_open=False))
        left.addStretch(1)
        self._account = QVBoxLayout()
        both = QHBoxLayout()
        both.setSpacing(16)
        self._asked = scrolled(_holding(left))
        self._asked.setMinimumWidth(452)
        both.addWidget(self._asked, 1)
        both.addWidget(account_area(self._account, 440), 1)
        self.bar = WorkBar(self.session)
        self.content.addLayout(both, 1)
        self.content.addWidget(self.bar)

    def _suit(self, kind: str) -> None:
        """Show what is asked for files of this kind."""
        page = {"raster": "raster", "tiles": "raster", "cloud": "cloud"}.get(kind, "points" if kind else "")
        for key, widget in self._pages.items():
            widget.setVisible(key == page)
        made = page in ("points", "cloud")
        for control in (self.out, self.overwrite):
            self._written.setRowVisible(control, made)
        self._lines.setRowVisible(self.guess, made and self.guess.isChecked())
        self.main.setText(_("Make the terrain") if made else _("Register"))
        self.main.setEnabled(bool(kind))
        paths = self.file.paths()
        if page == "points" and paths:
            self._pages["points"].suit(paths[0])

    def _page(self) -> Any:
        kind = self.look.kind if self.look is not None else "raster"
        return self._pages[{"raster": "raster", "tiles": "raster", "cloud": "cloud"}.get(kind, "points")]

    def options(self) -> dict[str, Any]:
        """What is asked of the verb. Raises AppError where an entry makes no sense."""
        datum = self.datum.currentText().strip()
        given: dict[str, Any] = {
            "name": self.name.text().strip() or self.name.placeholderText(),
            "crs": self.crs.text().strip() or None,
            "vertical_datum": None if datum in ("", _("as the file says")) else datum,
            "source": str(self.source.currentData()) or None,
            "sigma_z_m": self.sigma.given(),
            "range_m": self.reach.given(),
            "surveyed_on": _day(self.date.text()),
            **self._page().making(),
        }
        if self.look is not None and self.look.kind not in ("raster", "tiles"):
            given |= {"accept_guess": self.guess.isChecked(), "overwrite": self.overwrite.isChecked()}
        return given


def _day(text: str) -> str | None:
    from models.errors import Refused
    from models.notices import N_

    text = text.strip()
    if not text:
        return None
    day = QDate.fromString(text, "yyyy-MM-dd")
    if not day.isValid():
        raise Refused(
            "terrain.date", N_("“{said}” is no date"), advice=N_("write it as year-month-day, 2026-11-24"), said=text
        )
    return day.toString("yyyy-MM-dd")


def align(forms: Sequence[QFormLayout]) -> None:
    """Let the names of several forms, one below the other, be equally wide."""
    names = [f.itemAt(i, QFormLayout.ItemRole.LabelRole) for f in forms for i in range(f.rowCount())]
    labels = [n.widget() for n in names if n is not None and n.widget() is not None]
    wide = max((w.sizeHint().width() for w in labels), default=0)
    for made in labels:
        made.setMinimumWidth(wide)


def _holding(layout: QVBoxLayout) -> QWidget:
    made = QWidget()
    made.setLayout(layout)
    return made
