"""Keeps snapshots of an open project: before risky work, and of what changed, at most every ten minutes."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from app.paths import snapshots_folder
from gis.store import Store
from gis.store.snapshots import Snapshot, listed, newest, take
from models.changes import ChangeSet
from models.errors import AppError, Cancelled
from models.notices import N_, Notice
from models.progress import Watch

_log = logging.getLogger("huitian.keeping")
EVERY_SECONDS = 600.0
_REGULAR = Notice("snapshot.regular", N_("in the course of work"))


def folder_of(uid: str) -> Path:
    """Where the snapshots of a project lie: the same for all copies of it, wherever they are."""
    plain = "".join(c for c in uid if c.isalnum() or c == "-")
    return snapshots_folder() / (plain or "unknown")


class Keeper:
    """The snapshots of one project that is open for writing. `tell` gets what a person should know, from any thread."""

    def __init__(self, store: Store, tell: Callable[[Notice], None]) -> None:
        self._store = store
        self._tell = tell
        self.folder = folder_of(store.uid)
        self._quiet_until = 0.0
        self._thread: threading.Thread | None = None
        self._one = threading.Lock()

    def before_risky(self, reason: Notice, watch: Watch | None = None) -> Snapshot | None:
        """Call before work that is hard to take back. Nothing is taken if the last snapshot holds all that there is.

        A snapshot that fails is said and does not stop the work. Raises Cancelled.
        """
        if not self._store.revision:
            return None  # an empty project
        try:
            return self.take(reason, watch)
        except Cancelled:
            raise
        except AppError as error:
            self._failed(error)
            return None

    def take(self, reason: Notice, watch: Watch | None = None, *, always: bool = False) -> Snapshot:
        """Take one, unless (not `always`) the last one holds all that there is. Raises Unwritable, Unreadable."""
        with self._one:
            last = self._last()
            state = self._store.state()
            if last is None or always or last.state != state:
                last = take(self.folder, self._store.path, reason, watch=watch)
            self._quiet_until = time.monotonic() + EVERY_SECONDS
            return last

    def _last(self) -> Snapshot | None:
        mine = [s for s in listed(self.folder) if s.origin == str(self._store.path)]
        return newest(mine, datetime.now(UTC))

    def _failed(self, error: AppError) -> None:
        _log.warning("snapshot: %s", error)
        text = N_("no snapshot was taken: {reason}; the project itself is on disk")
        self._tell(Notice("snapshot.failed", text, reason=error.what))

    # In the course of work

    def after_write(self, _change: ChangeSet) -> None:
        """A step was committed: take a snapshot in the background if the last one is ten minutes old."""
        if time.monotonic() < self._quiet_until or (self._thread is not None and self._thread.is_alive()):
            return
        try:
            wait = self._seconds_to_wait()
        except AppError as error:  # the step is committed, whatever becomes of its snapshot
            _log.warning("snapshot: %s", error)
            return
        self._quiet_until = time.monotonic() + (wait if wait > 0 else EVERY_SECONDS)
        if wait <= 0:
            self._thread = threading.Thread(target=self._in_background, name="huitian-snapshot")
            self._thread.start()

    def _seconds_to_wait(self) -> float:
        last = self._last()
        try:
            since = last.taken_at if last else datetime.fromisoformat(str(self._store.project()["created_at"]))
            age = (datetime.now(UTC) - since).total_seconds()
        except (ValueError, TypeError):  # another program wrote the project's row
            return 0.0
        return EVERY_SECONDS - age if age >= 0 else 0.0  # a clock that was put back tells nothing

    def _in_background(self) -> None:
        try:
            self.take(_REGULAR)
        except AppError as error:
            self._failed(error)
        except Exception:
            _log.exception("snapshot")

    def close(self) -> None:
        """Wait for a snapshot under way."""
        if self._thread is not None:
            self._thread.join()
