"""A terrain of what people have: files are looked at, the terrain is made, and told; terrain_questions.py asks."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import shiboken6
from PySide6.QtCore import QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QWidget

from app.gui import words
from app.gui.dialogs.terrain_account import add_remarks, error_text, in_window, show_look, show_report
from app.gui.dialogs.terrain_questions import TerrainQuestions
from app.gui.widgets import Banner, EmptyState, clear
from app.i18n import _
from models.errors import AppError

if TYPE_CHECKING:
    from app.gui.session import Session
    from models.notices import Notice

_LOOK_MS = 200


class AddTerrainDialog(TerrainQuestions):
    """Asks at the left, tells at the right. Nothing is written before the main button is pressed."""

    def __init__(self, parent: QWidget, session: Session, paths: Path | Sequence[Path] | None = None) -> None:
        super().__init__(parent, session)
        self._made = False
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

    # Looking at the files

    def _say_nothing(self) -> None:
        clear(self._account)
        hint = _("What they hold is shown here first: kind, coordinates, extent, points, columns, classes.")
        self._account.addWidget(EmptyState("mountain", _("Choose files, or drop them here"), hint))
        self._suit("")

    def _files_changed(self) -> None:
        self._pages["points"].start()
        paths = self.file.paths()
        stem = paths[0].name if paths and paths[0].is_dir() else paths[0].stem if paths else ""
        self.name.setPlaceholderText(stem or _("name of the file"))
        project = self.session.project
        if stem and project is not None and not self.out.line.isModified():
            self.out.line.setText(str(project.path.parent / f"{stem}_DEM.tif"))
        self._timer.start()

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
        self._pages["points"].show_look(look)
        self._suit(look.kind)
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

        def done(made: tuple[Any, list[Notice]]) -> None:
            report, far = made
            dialog = own()
            if dialog is not None and shiboken6.isValid(dialog) and dialog.isVisible():
                dialog.told(report, far)
                return
            terrain = getattr(report, "terrain", report)
            session.say("ok", words.cap(_("terrain {name} is registered").format(name=terrain.name)))
            for notice in far:
                session.say("warning", f"{terrain.name}: {notice.render(_)}")

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

    def told(self, report: Any, far: Sequence[Notice] = ()) -> None:
        """The terrain is there: the report takes the place of the questions. `far`: that it lies far from the rest."""
        self._end()
        self._made = True
        has_own = hasattr(report, "ground")
        show_report(self._account, report.terrain if has_own else report, report if has_own else None)
        if not has_own:
            add_remarks(self._account, far)
        self._asked.hide()
        self.main.setText(_("Close"))
        self.main.setIcon(QIcon())
        self.cancel.hide()


def _work(kind: str, files: list[Path], places: list[Path], out: Path | None, options: dict[str, Any]) -> Any:
    """The verb for files of this kind, ready for the background: its report, and whether the terrain lies far away."""

    def make(project: Any, watch: Any) -> Any:
        if kind in ("raster", "tiles"):
            from app.verbs.terrain import add_terrain

            return add_terrain(project, places, watch=watch, **options)
        if kind == "cloud":
            from app.verbs.terrain_cloud import terrain_from_cloud

            return terrain_from_cloud(project, files, out, watch=watch, **options)
        from app.verbs.terrain_points import terrain_from_points

        return terrain_from_points(project, files[0], out, watch=watch, **options)

    def work(project: Any, watch: Any) -> tuple[Any, list[Notice]]:
        from app.verbs.extent import far_terrain

        report = make(project, watch)
        return report, far_terrain(project, getattr(report, "terrain", report))

    return work
