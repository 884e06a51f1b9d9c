"""An open project: what the window and the commands both hold."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

from app import __version__
from app.i18n import DOCUMENT_LANGUAGE, translator
from app.verbs.outside import adopt_outside
from gis.store import Store
from models.notices import Notice
from models.outside import OutsideReport


class Project:
    """A project file that is open. `store` is its only door to the disk.

    Figures are kept with what they were computed from; see app.verbs for what can be done with a project.
    """

    tell: ClassVar[Callable[[Notice], None] | None] = None
    """Who is told what is remarkable about a file when it is opened: a front end sets it."""

    def __init__(self, store: Store, outside: OutsideReport | None = None) -> None:
        self.store = store
        self.outside = outside
        """What other programs changed since our last step, as it was adopted at open; None if nothing was."""

    @classmethod
    def create(cls, path: Path, *, crs: str, name: str = "", settings: dict[str, Any] | None = None) -> Project:
        """A new, empty project. Raises Refused (exists, unfit CRS) or Unwritable; nothing is left behind then.

        The words that QGIS shows of it (titles, value lists, styles) are Chinese, as sheets are by default.
        """
        store = Store.create(
            Path(path),
            crs=crs,
            name=name or Path(path).stem,
            settings=settings,
            program_version=__version__,
            translate=translator(DOCUMENT_LANGUAGE),
        )
        return cls(store)

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False) -> Project:
        """An existing project. Raises Missing, Unreadable (damaged, not ours) or Refused (made by a newer version).

        Opened for writing, it takes what QGIS or GDAL changed meanwhile into its log, as a step of its own: see
        `outside`. Opened read-only, nothing is written; app.verbs.outside tells what changed.
        """
        store = Store.open(Path(path), read_only=read_only)
        report = None
        if store.changed_outside and not read_only:
            try:
                report = adopt_outside(store)
            except BaseException:
                store.close()
                raise
        project = cls(store, report if report and report.changes else None)
        if (tell := cls.tell) is not None:
            for remark in project.remarks:
                tell(remark)
        return project

    @property
    def remarks(self) -> list[Notice]:
        """What a person must know of the file that was opened: damage that can be repaired, changes from outside."""
        outside = self.outside.notice() if self.outside else None
        return [*self.store.remarks, *([outside] if outside else [])]

    @property
    def path(self) -> Path:
        """Where the project file is."""
        return self.store.path

    @property
    def crs(self) -> str:
        """The project's coordinate system, an authority code."""
        return self.store.crs

    @property
    def made_up(self) -> bool:
        """True for the sample: every sheet is marked as such."""
        return bool(self.store.project()["settings"].get("made_up"))

    def close(self) -> None:
        """Close the file. Nothing is pending: each finished edit is on disk already."""
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
