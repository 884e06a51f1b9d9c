"""Handlers of the actions on whole projects and on files that come in, by a dialog or dropped on the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QFileDialog

from app.gui import settings
from app.i18n import _
from app.paths import sample_folder

if TYPE_CHECKING:
    from app.gui.main_window import MainWindow
    from app.gui.session import Session

SAMPLE_SUFFIXES = {".csv", ".txt", ".xlsx", ".docx"}
VECTOR_SUFFIXES = {".shp", ".geojson", ".json", ".gpkg", ".kml", ".kmz", ".gpx", ".zip"}


class ProjectCommands:
    """A part of WindowCommands."""

    window: MainWindow
    session: Session
    open_dialog: Callable[[Any], Any]
    add_terrain: Callable[..., None]
    add_basemap: Callable[..., None]
    without_pictures: Callable[[list[Path]], list[Path]]

    def new_project(self) -> None:
        from app.gui.dialogs.new_project import NewProjectDialog

        self.open_dialog(NewProjectDialog(self.window, self.session))

    def open_project(self) -> None:
        kinds, start = _("Projects") + " (*.gpkg)", settings.start_folder("projects")
        name, _kind = QFileDialog.getOpenFileName(self.window, _("Open project"), start, kinds)
        if name:
            settings.remember_folder(Path(name), "projects")
            self.session.open_soon(Path(name))

    def open_sample(self) -> None:
        def prepare(watch: Any) -> Path:
            from app.sample.build import build_sample

            return build_sample(sample_folder(), watch)

        self.session.open_soon(Path(_("the sample project")), prepare)

    def close_project(self) -> None:
        self.session.close()

    def quit(self) -> None:
        self.window.close()

    def import_features(self, path: Path | None = None) -> None:
        from app.gui.dialogs.import_features import ImportDialog

        self.open_dialog(ImportDialog(self.window, self.session, path))

    def import_start(self, path: Path | None = None) -> None:
        """A project is made around a file of outlines, which is chosen first: it tells name, folder and zone."""
        from app.gui.dialogs.base import ask_open
        from app.gui.dialogs.new_project import NewProjectDialog
        from app.verbs.import_trial import file_kinds

        if path is None:
            kinds = f"{_('Files with features')} ({file_kinds()});;{_('All files')} (*)"
            path = ask_open(self.window, _("From a file of outlines"), kinds)
            if path is None:
                return
        dialog = NewProjectDialog(self.window, self.session, path)
        dialog.made.connect(lambda: self.import_features(path))
        self.open_dialog(dialog)

    def import_samples(self, path: Path | None = None) -> None:
        from app.gui.dialogs.samples import SamplesDialog

        self.open_dialog(SamplesDialog(self.window, self.session, path))

    def edit_wastes(self) -> None:
        from app.gui.dialogs.wastes import WastesDialog

        dialog = self.open_dialog(WastesDialog(self.window, self.session))
        dialog.samples_wanted.connect(self.import_samples)

    def preferences(self) -> None:
        from app.gui.dialogs.preferences import PreferencesDialog

        self.open_dialog(PreferencesDialog(self.window))

    # Files dropped on the window

    def take_files(self, files: list[Path]) -> None:
        """Open, import or register what was dropped, by its kind; what makes terrain goes into one dialog."""
        from app.gui.dropped import brings_features, lies_under, makes_terrain, why_not

        files = self.without_pictures(files)  # a picture that says where it lies is a basemap, any other a photo
        maps = [p for p in files if lies_under(p)]
        for path in maps[:4]:
            self._with_project(lambda p=path: self.add_basemap(p))
        files = [p for p in files if p not in maps]
        ground = [p for p in files if makes_terrain(p)]
        if ground:
            self._with_project(lambda: self.add_terrain(ground))
        for path in [p for p in files if p not in ground][:4]:
            suffix = path.suffix.lower()
            outlines = brings_features(path)
            if suffix in SAMPLE_SUFFIXES and not outlines:
                self._with_project(lambda p=path: self.import_samples(p))
            elif suffix == ".gpkg" and self._is_project(path):
                self.window.care.open(path)
            elif outlines or suffix in VECTOR_SUFFIXES:
                if self.session.project is None:
                    self.import_start(path)
                else:
                    self.import_features(path)
            else:
                why = why_not(path)
                what = _("{name} is not a kind of file that can be taken in here").format(name=path.name)
                self.session.say("warning", what) if why is None else self.session.report(why)

    def _with_project(self, act: Callable[[], object]) -> None:
        if self.session.project is not None:
            act()
            return
        from app.gui.dialogs.new_project import NewProjectDialog

        dialog = NewProjectDialog(self.window, self.session)
        dialog.made.connect(act)
        self.open_dialog(dialog)

    @staticmethod
    def _is_project(path: Path) -> bool:
        import sqlite3

        try:
            con = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
            try:
                names = {r[0] for r in con.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            finally:
                con.close()
        except sqlite3.Error:
            return False
        return {"project", "change_log", "terrains"} <= names
