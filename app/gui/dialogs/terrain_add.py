"""A terrain of what people have: files are looked at, what they leave open is asked, the terrain is made, and told."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import shiboken6
from PySide6.QtCore import QDate, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QCheckBox, QFormLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.gui import words
from app.gui.dates import with_calendar
from app.gui.dialogs.base import PathEdit, Sheet, add_row, form
from app.gui.dialogs.terrain_account import error_text, in_window, show_look, show_report
from app.gui.dialogs.terrain_cloud import CloudOptions
from app.gui.dialogs.terrain_files import FilesEdit
from app.gui.dialogs.terrain_points import PointsOptions
from app.gui.dialogs.terrain_tiles import RasterOptions
from app.gui.dialogs.workbar import WorkBar, account_area
from app.gui.widgets import Banner, Combo, EmptyState, Section, Spin, clear, scrolled
from app.i18n import _
from models.errors import AppError
from models.terrain import ERROR_DEFAULTS

if TYPE_CHECKING:
    from app.gui.session import Session

DATUMS = ("", "1985国家高程基准", "1956年黄海高程系")
_LOOK_MS = 200


class AddTerrainDialog(Sheet):
    """Asks at the left, tells at the right. Nothing is written before the main button is pressed."""

    def __init__(self, parent: QWidget, session: Session, paths: Path | Sequence[Path] | None = None) -> None:
        super().__init__(
            parent,
            _("Add terrain"),
            _("A DEM or its tiles, survey points, contours, a drawing or point clouds. The files stay where they are."),
            width=980,
        )
        self.session = session
        self.look: Any = None
        self._made = False
        self._pages: dict[str, Any] = {"raster": RasterOptions(), "points": PointsOptions(), "cloud": CloudOptions()}
        self._ask()
        self._lay_out()
        self.foot(_("Register"), self.take, icon="mountain")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._look)
        self.file.settled.connect(self._files_changed)
        self.crs.editingFinished.connect(self._timer.start)
        self.guess.toggled.connect(lambda _on: self._timer.start())
        for page in self._pages.values():
            page.reread.connect(self._timer.start)
        self._say_nothing()
        self.file.setFocus()
        if paths is not None:
            self.file.set_paths([paths] if isinstance(paths, Path) else paths)

    # Layout

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

    # Looking at the files

    def _say_nothing(self) -> None:
        clear(self._account)
        hint = _("What they hold is shown here first: kind, coordinates, extent, points, columns, classes.")
        self._account.addWidget(EmptyState("mountain", _("Choose files, or drop them here"), hint))
        self._suit("")

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

    def _files_changed(self) -> None:
        paths = self.file.paths()
        stem = paths[0].name if paths and paths[0].is_dir() else paths[0].stem if paths else ""
        self.name.setPlaceholderText(stem or _("name of the file"))
        project = self.session.project
        if stem and project is not None and not self.out.line.isModified():
            self.out.line.setText(str(project.path.parent / f"{stem}_DEM.tif"))
        self._timer.start()

    def _page(self) -> Any:
        kind = self.look.kind if self.look is not None else "raster"
        return self._pages[{"raster": "raster", "tiles": "raster", "cloud": "cloud"}.get(kind, "points")]

    def _look(self) -> None:
        project, paths = self.session.project, self.file.paths()
        self._stop()
        self.problem(None)
        if project is None or not paths:
            self.look = None
            self._say_nothing()
            return
        try:
            raster, points = self._pages["raster"].reading(), self._pages["points"]
            points.suit(paths[0])
            unit = self._pages["cloud" if self._page() is self._pages["cloud"] else "raster"].reading()["z_unit"]
        except AppError as error:
            self.problem(error)
            return
        options = {
            "crs": self.crs.text().strip() or None,
            "accept_guess": self.guess.isChecked(),
            "points": points.reading(),
            "raster": {"nodata": raster["nodata"]},
            "z_unit": unit,
        }
        self.main.setEnabled(False)
        clear(self._account)
        self._account.addWidget(EmptyState("refresh-cw", _("Looking at the files…")))

        def work(watch: Any) -> Any:
            from app.verbs.terrain_look import look

            return look(project, paths, watch=watch, **options)

        self.bar.follow(self.session.tasks.submit(_("Looking into {name}").format(name=paths[0].name), work, self._seen,
                                            self._unseen))  # fmt: skip

    def _seen(self, look: Any) -> None:
        self._end()
        self.look = look
        self._suit(look.kind)
        self._pages["points"].show_head(look.head)
        show_look(self._account, look, lambda: self.guess.setChecked(True))
        self.main.setEnabled(look.refused is None)

    def _unseen(self, error: Exception) -> None:
        self._end()
        self.look = None
        self.main.setEnabled(False)
        if not isinstance(error, AppError):
            self.session.report(error)
        clear(self._account)
        self._account.addWidget(Banner("danger", error_text(error)))

    # Work under way

    def _end(self) -> None:
        self.bar.stop()
        self._asked.setEnabled(True)
        self.main.setEnabled(True)
        self.cancel.setText(_("Cancel"))

    def _stop(self) -> None:
        if self.bar.task is not None:
            self.bar.stop(cancel=True)
            self._end()

    def reject(self) -> None:
        """Cancel: what is under way first, then the dialog."""
        if self.bar.task is not None and self.bar.task.writes:
            self._stop()
            self.problem(_("Cancelled; nothing was registered."))
            return
        self._stop()
        super().reject()

    # Making

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

    def take(self) -> None:
        """Make or register the terrain in the background; the dialog tells how it went, a notice if it is gone."""
        if self._made:
            self.accept()
            return
        look, out = self.look, self.out.path()
        if look is None:
            self.problem(_("Choose an elevation file."))
            return
        try:
            options = self.options()
        except AppError as error:
            self.problem(error)
            return
        if look.kind not in ("raster", "tiles") and out is None:
            self.problem(_("Say where the terrain file is written to."))
            return
        self.problem(None)
        self._asked.setEnabled(False)
        self.main.setEnabled(False)
        self.cancel.setText(_("Stop"))
        session, own = self.session, weakref.ref(self)

        def done(report: Any) -> None:
            dialog = own()
            if dialog is not None and shiboken6.isValid(dialog) and dialog.isVisible():
                dialog.told(report)
            else:
                terrain = getattr(report, "terrain", report)
                session.say("ok", words.cap(_("terrain {name} is registered").format(name=terrain.name)))

        def failed(error: Exception) -> None:
            dialog = own()
            if dialog is not None and shiboken6.isValid(dialog) and dialog.isVisible():
                dialog.failed(error)
            else:
                session.report(in_window(error))

        title = _("Making terrain {name}").format(name=options["name"])
        work = _work(look.kind, list(look.files), self.file.paths(), out, options)
        self.bar.follow(session.run_write(title, work, done, failed))

    def failed(self, error: Exception) -> None:
        """It did not come about: say why, all entries are as they were."""
        self._end()
        self.problem(in_window(error))
        if not isinstance(error, AppError):
            self.session.report(error)

    def told(self, report: Any) -> None:
        """The terrain is there: the report takes the place of the questions."""
        self._end()
        self._made = True
        show_report(self._account, getattr(report, "terrain", report), report if hasattr(report, "ground") else None)
        self._asked.hide()
        self.main.setText(_("Close"))
        self.main.setIcon(QIcon())
        self.cancel.hide()


def _work(kind: str, files: list[Path], places: list[Path], out: Path | None, options: dict[str, Any]) -> Any:
    """The verb for files of this kind, ready for the background."""

    def work(project: Any, watch: Any) -> Any:
        if kind in ("raster", "tiles"):
            from app.verbs.terrain import add_terrain

            return add_terrain(project, places, watch=watch, **options)
        if kind == "cloud":
            from app.verbs.terrain_cloud import terrain_from_cloud

            return terrain_from_cloud(project, files, out, watch=watch, **options)
        from app.verbs.terrain_points import terrain_from_points

        return terrain_from_points(project, files[0], out, watch=watch, **options)

    return work


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
