"""An open project: what the window and the commands both hold."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any, Self

from app import __version__
from app.i18n import DOCUMENT_LANGUAGE, translator
from gis.store import Store


class Project:
    """A project file that is open. `store` is its only door to the disk.

    Figures are kept with what they were computed from; see app.verbs for what can be done with a project.
    """

    def __init__(self, store: Store) -> None:
        self.store = store

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
        """An existing project. Raises Missing, Unreadable (damaged, not ours) or Refused (made by a newer version)."""
        return cls(Store.open(Path(path), read_only=read_only))

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
