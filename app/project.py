"""An open project: what the window and the commands both hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

from app import __version__
from app.i18n import DOCUMENT_LANGUAGE, translator
from app.keeping import Keeper, folder_of
from app.paths import copies_folder
from app.verbs.outside import adopt_outside
from gis.leftovers import tidy
from gis.names import check_new_name
from gis.store import Store, localcopy
from gis.store.snapshots import Snapshot, take, uid_of
from models.changes import Change, Delete
from models.errors import Refused, Unwritable
from models.notices import N_, Notice
from models.outside import OutsideReport
from models.progress import Watch

PROGRAM = f"Huitian {__version__}"
_MANY_DELETED = 10
_BEFORE_MIGRATION = Notice("snapshot.migration", N_("before the project was brought up to date"))
# What a person can still do with a project that cannot be written: read it.
_READABLE = {
    "project.locked",
    "project.lock_not_written",
    "project.newer",
    "project.not_writable",
    "migration.not_written",
    "migration.not_verified",
}


class Project:
    """A project file that is open. `store` is its only door to the disk.

    Figures are kept with what they were computed from; see app.verbs for what can be done with a project.
    """

    on_notice: ClassVar[Callable[[Notice], None] | None] = None
    """Shows what is to be said of a project (a lock taken over, a snapshot that failed), from any thread."""

    def __init__(self, store: Store, outside: OutsideReport | None = None) -> None:
        self.store = store
        self.outside = outside
        """What other programs changed since our last step, as it was adopted at open; None if nothing was."""
        self.notices: list[Notice] = []
        """What was said of it so far."""
        self.keeper = None if store.read_only else Keeper(store, self.tell)
        for notice in (*store.notices, *self.remarks):
            self.tell(notice)
        store.home = localcopy.origin_of(store.path) or store.path
        if self.keeper is not None:
            store.before_write = self._before_write
            store.after_write = self.keeper.after_write
            waiting = localcopy.of_origin(copies_folder(), store.path)
            if waiting is not None and waiting.changed():
                text = N_("a local copy of this project holds work that was not written back: {copy}")
                self.tell(Notice("copy.waiting", text, copy=str(waiting.path)))

    def tell(self, notice: Notice) -> None:
        """Say something of the project to whoever shows it."""
        self.notices.append(notice)
        if Project.on_notice is not None:
            Project.on_notice(notice)

    @classmethod
    def create(cls, path: Path, *, crs: str, name: str = "", settings: dict[str, Any] | None = None) -> Project:
        """A new, empty project. Raises Refused (exists, unfit CRS) or Unwritable; nothing is left behind then.

        The words that QGIS shows of it (titles, value lists, styles) are Chinese, as sheets are by default.
        """
        check_new_name(Path(path))
        store = Store.create(
            Path(path),
            crs=crs,
            name=name or Path(path).stem,
            settings=settings,
            program_version=__version__,
            translate=translator(DOCUMENT_LANGUAGE),
            program=PROGRAM,
        )
        return cls._around(store)

    @classmethod
    def _around(cls, store: Store) -> Project:
        try:
            report = adopt_outside(store) if store.changed_outside and not store.read_only else None
            return cls(store, report if report and report.changes else None)
        except BaseException:
            store.close()
            raise

    @classmethod
    def open(
        cls, path: Path, *, read_only: bool = False, or_read_only: bool = False, take_over: bool = False
    ) -> Project:
        """An existing project; for writing it is held until closed, so that no second program writes meanwhile.

        Raises Missing, Unreadable (damaged, not ours), Refused (made by a newer version), Unwritable ("project.locked"
        names who holds it). `or_read_only`: what can only be read is opened so, and a notice says why.

        Opened for writing, it takes what QGIS or GDAL changed meanwhile into its log, as a step of its own: see
        `outside`. Opened read-only, nothing is written; app.verbs.outside tells what changed.
        """
        path = Path(path)
        if read_only:
            return cls._around(Store.open(path, read_only=True))
        try:
            store = Store.open(path, program=PROGRAM, take_over=take_over, before_migration=_snapshot_of)
            tidy(path.absolute().parent)
            return cls._around(store)
        except (Refused, Unwritable) as refusal:
            if not or_read_only or refusal.key not in _READABLE:
                raise
            project = cls._around(Store.open(path, read_only=True))
            if refusal.key not in {n.key for n in project.notices}:
                project.tell(refusal.what)
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

    def before_risky(self, reason: Notice, watch: Watch | None = None) -> Snapshot | None:
        """Call before an import, a repair, a merge, a restore: takes a snapshot unless the last one holds all.

        Costs nothing when nothing changed. A snapshot that fails is said and stops nothing; raises only Cancelled.
        """
        return None if self.keeper is None else self.keeper.before_risky(reason, watch)

    def _before_write(self, label: Notice, changes: Sequence[Change]) -> None:
        if sum(isinstance(c, Delete) for c in changes) >= _MANY_DELETED:
            self.before_risky(Notice("snapshot.before", N_("before: {what}"), what=label))

    def close(self) -> None:
        """Close the file. Nothing is pending: each finished edit is on disk already."""
        if self.keeper is not None:
            self.keeper.close()
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def _snapshot_of(path: Path) -> None:
    """A snapshot of a file that is not open yet. Raises what stops a migration: no snapshot, no migration."""
    take(folder_of(uid_of(path)), path, _BEFORE_MIGRATION)
