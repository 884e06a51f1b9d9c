"""What the window does with basemaps: add one, make its overviews when asked, take it out of the project."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.gui.project_bars import Choice
from app.i18n import _

if TYPE_CHECKING:
    from app.gui.main_window import MainWindow
    from app.gui.session import Session
    from app.gui.workspace import Workspace
    from models.basemap import Basemap

_MB = 1_000_000


class BasemapCommands:
    """Handlers, mixed into WindowCommands."""

    window: MainWindow
    session: Session
    open_dialog: Callable[[Any], Any]

    def follow_basemaps(self, workspace: Workspace) -> None:
        """The layer panel asks for overviews and removal."""
        workspace.layer_tree.basemap_asked.connect(self._basemap_asked)

    def add_basemap(self, path: Path | None = None) -> None:
        """底图."""
        from app.gui.dialogs.basemap import BasemapDialog

        dialog = self.open_dialog(BasemapDialog(self.window, self.session, path))
        dialog.added.connect(self._basemap_added)

    def _basemap_added(self, basemap: Basemap, slow: bool) -> None:
        self.session.say("ok", _("Basemap {name} lies under the map").format(name=basemap.name))
        if slow:
            self.session.attempt(lambda: self._ask_overviews(basemap.name))

    def _basemap_asked(self, name: str, what: str) -> None:
        acts: dict[str, Callable[[str], object]] = {"build": self._ask_overviews, "remove": self._remove_basemap}
        self.session.attempt(lambda: acts[what](name))

    def _ask_overviews(self, name: str) -> None:
        """They take time and room beside a person's file: asked first."""
        from app.gui.dialogs.question import Question
        from app.verbs.basemap import basemap_named
        from gis.basemaps.overviews import check_wanted, estimated_bytes, overview_path

        project = self.session.project
        if project is None:
            return
        path = project.store.basemap_path(basemap_named(project, name))
        check_wanted(path)
        text = _("The picture {name} is large. With overviews beside it the map draws it at once at every scale; "
                 "QGIS uses them too. The picture itself is not changed.").format(name=name)  # fmt: skip
        size = f"{max(estimated_bytes(path) / _MB, 1):,.0f}".replace(",", "\u2009")
        facts = (_("File: {path}").format(path=overview_path(path)), _("About {mb} MB").format(mb=size))
        choice = Choice(_("Make overviews"), lambda: self._make_overviews(name), "primary")
        question = Question(self.window, _("Make overviews?"), text, [choice], facts=facts)
        question.cancel.setText(_("Not now"))
        self.open_dialog(question)

    def _make_overviews(self, name: str) -> None:
        session, project = self.session, self.session.project

        def work(watch: Any) -> Path:
            from app.verbs.basemap import make_overviews

            assert project is not None  # noqa: S101 - it was asked for in an open project
            return make_overviews(project, name, watch)

        def done(path: Path) -> None:
            session.say("ok", _("Overviews written: {name}").format(name=path.name))
            self._workspace_pictures().request_ground()

        session.tasks.submit(_("Making overviews of {name}").format(name=name), work, done, session.report)

    def _workspace_pictures(self) -> Any:
        return self.window.ensure_workspace().canvas.pictures

    def _remove_basemap(self, name: str) -> None:
        from app.verbs.basemap import remove_basemap

        self.session.run_write(
            _("Removing basemap {name}").format(name=name), lambda project, _w: remove_basemap(project, name), None,
            self.session.report,
        )  # fmt: skip
