"""Who has a project open for writing: a small file beside it while it is open, nothing at rest.

SQLite's own locks keep the file sound whatever happens. This one keeps people from working past each other: it says
who, where and since when, also across computers on a shared folder. Reading needs no lock and writes none.
"""

from __future__ import annotations

import json
import os
import socket
import stat
import threading
import time
import uuid
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from gis import processes
from gis.store.steps import user_name
from gis.store.values import now_text
from models.errors import Unwritable
from models.notices import N_, Notice

State = Literal["ours", "runs", "gone", "elsewhere", "unknown"]
PATIENCE_SECONDS = 1.0
"""How long a short command of somebody else is waited for."""
_SIGN_OF_LIFE_SECONDS = 60.0
_LONG_SILENT_SECONDS = 24 * 3600.0
_READ_TRIES = 5
_EMPTY_SECONDS = 1.0
"""A lock file that stays empty so long before our eyes: its maker was killed before it could write."""

_HELD = N_("{user} has had the project open for editing on {host} since {since} ({program})")
_HELD_ADVICE = N_("close it there or open it read-only here; if nobody works on it any more: lock PROJECT --take-over")
_SILENT = N_("{held}; no sign of life since {seen}: it was probably left behind by a computer that lost its power "
             "or its network")  # fmt: skip
_UNKNOWN = N_("a lock that cannot be read lies beside the project: {name}")
_UNKNOWN_ADVICE = N_("if nobody has the project open, take the lock over: lock PROJECT --take-over")
_GONE = N_("{user} opened the project on this computer at {since} ({program}), and that program ended without closing "
           "it; every finished edit is in the file, and its lock was taken over")  # fmt: skip
_LOST = N_("{user} on {host} took the project over at {since}; nothing was written here")
_TAKEN = N_("the lock of {user} on {host} was taken over")


def lock_file(project: Path) -> Path:
    """Where the lock of a project lies. Shorter than SQLite's "-journal": it fits wherever a project can be edited."""
    return Path(f"{os.path.realpath(project)}-lock")


@dataclass(frozen=True)
class Holder:
    """Who holds a project. `since` is UTC as it is stored; `mark` tells this holding from every other."""

    user: str = ""
    host: str = ""
    computer: str = ""
    pid: int = 0
    started: str = ""
    since: str = ""
    program: str = ""
    path: str = ""
    mark: str = ""
    file_number: int = 0
    """The project's inode: tells a copy of its folder from another way to the same file."""
    seen_at: float = field(default=0.0, compare=False)
    """Last sign of life, seconds since 1970 by the clock of the folder's computer."""

    @property
    def known(self) -> bool:
        """False for a lock file whose content says nothing."""
        return bool(self.mark)

    def facts(self) -> dict[str, str]:
        """What messages say of it, times in this computer's zone."""
        return {
            "user": self.user or "?",
            "host": self.host or "?",
            "since": _local(self.since),
            "program": self.program or "?",
            "seen": _local(datetime.fromtimestamp(self.seen_at, UTC).isoformat()),
        }


def _local(text: str) -> str:
    try:
        return datetime.fromisoformat(text).astimezone().strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return "?"


def holder_of(project: Path) -> Holder | None:
    """Who holds the project, None if nobody does. Raises nothing: what cannot be read is held by somebody unknown."""
    file = lock_file(project)
    for attempt in range(_READ_TRIES):
        if attempt:
            time.sleep(0.02)  # it is being written this moment
        try:
            seen_at, body = file.stat().st_mtime, file.read_bytes()
        except FileNotFoundError:
            return None
        except OSError:
            continue
        found = _parsed(body, seen_at)
        if found.known:
            return found
    return Holder()


def _parsed(body: bytes, seen_at: float = 0.0) -> Holder:
    """What a lock file says; a Holder that is not `known` if it says nothing."""
    try:
        said = json.loads(body)
        kinds = {f.name: type(f.default) for f in fields(Holder) if f.name != "seen_at"}
        if all(type(said[name]) is kind for name, kind in kinds.items() if name in said):
            return Holder(**{name: said[name] for name in kinds if name in said}, seen_at=seen_at)
    except (ValueError, TypeError):
        pass
    return Holder()


def state_of(holder: Holder, project: Path) -> State:
    """What is certain of a holder: this process, a process that runs here, one that is gone, another computer.

    A lock that was copied together with its folder names another file of this computer: nobody holds the copy.
    """
    if not holder.known:
        return "unknown"
    if holder.computer != processes.computer():
        return "elsewhere"
    if is_copied(holder, project):
        return "gone"
    if not processes.still_runs(holder.pid, holder.started):
        return "gone"
    return "ours" if holder.pid == os.getpid() else "runs"


def is_copied(holder: Holder, project: Path) -> bool:
    """True if the lock belongs to another project of this computer and came here with a copy of its folder."""
    same_place = _key(Path(holder.path)) == _key(project)
    return holder.computer == processes.computer() and not same_place and holder.file_number != _number(project)


def _number(project: Path) -> int:
    try:
        return project.stat().st_ino
    except OSError:
        return 0


def explain(holder: Holder, project: Path) -> Unwritable:
    """The error that says who holds the project and what to do."""
    where = str(project)
    if not holder.known:
        return Unwritable("project.locked", _UNKNOWN, where=where, advice=_UNKNOWN_ADVICE,
                          name=lock_file(project).name)  # fmt: skip
    facts = holder.facts()
    silent = time.time() - holder.seen_at > _LONG_SILENT_SECONDS
    if silent and state_of(holder, project) == "elsewhere":
        held = Notice("project.held", _HELD, **facts)
        return Unwritable("project.locked", _SILENT, where=where, advice=_HELD_ADVICE, held=held, **facts)
    return Unwritable("project.locked", _HELD, where=where, advice=_HELD_ADVICE, **facts)


class Lock:
    """A held lock. All openings of one project in this process share it; the last `release` takes the file away."""

    def __init__(self, project: Path, holder: Holder) -> None:
        self.project = project
        self.holder = holder
        self.file = lock_file(project)
        self.uses = 1
        self._known = self._stamp()
        self._alive_at = time.monotonic()

    def _stamp(self) -> tuple[int, int] | None:
        try:
            found = self.file.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns

    def confirm(self) -> None:
        """Called before each write: still ours? Raises Unwritable "project.lock_lost" if somebody took it over.

        A lock file that somebody merely deleted is put back. Gives a sign of life once a minute.
        """
        now = self._stamp()
        if now is None or now != self._known:
            found = holder_of(self.project)
            if found is None:
                with suppress(OSError):  # a folder that went away is the store's business
                    _write(self.file, self.holder)
            elif found.mark != self.holder.mark:
                advice = N_("close it and open it again, or save a copy of the project elsewhere")
                raise Unwritable("project.lock_lost", _LOST, where=str(self.project), advice=advice, **found.facts())
        elif time.monotonic() - self._alive_at > _SIGN_OF_LIFE_SECONDS:
            with suppress(OSError):
                os.utime(self.file)
            self._alive_at = time.monotonic()
        self._known = self._stamp()

    def release(self) -> None:
        """Give the project free. Never raises: a drive that went away took the lock with it."""
        with _guard:
            self.uses -= 1
            if self.uses or self.holder.pid != os.getpid():  # a forked child does not speak for its parent
                return
            _held.pop(_key(self.project), None)
        found = holder_of(self.project)
        if found is not None and found.mark == self.holder.mark:
            with suppress(OSError):
                self.file.unlink()


_held: dict[str, Lock] = {}
_guard = threading.Lock()


def _key(project: Path) -> str:
    return os.path.normcase(os.path.realpath(project))


def acquire(
    project: Path, program: str, *, take_over: bool = False, patience_s: float | None = None
) -> tuple[Lock, Notice | None]:
    """Hold the project for writing; the notice says if a lock was taken over. `take_over` takes it from anybody.

    The lock of a program of this computer that is certainly gone is taken over without asking: there is nothing to
    decide. Raises Unwritable: "project.locked" naming the holder, or the lock cannot be written.
    """
    with _guard:
        lock = _held.get(_key(project))
        if lock is not None and lock.holder.pid == os.getpid():
            lock.uses += 1
            return lock, None
        me = _myself(project, program)
        patience = PATIENCE_SECONDS if patience_s is None else patience_s
        notice = _take(project, me, take_over=take_over, patience_s=patience)
        _held[_key(project)] = lock = Lock(project, me)
        return lock, notice


def _take(project: Path, me: Holder, *, take_over: bool, patience_s: float) -> Notice | None:
    end = time.monotonic() + patience_s
    notice, empty_since = None, None
    while not _create(project, me):
        if _is_empty(project):
            empty_since = empty_since or time.monotonic()
            if time.monotonic() - empty_since < _EMPTY_SECONDS:
                time.sleep(0.05)
            else:
                _take_away(project, Holder())
            continue
        holder = holder_of(project)
        if holder is not None and (take_over or state_of(holder, project) == "gone"):
            gone = state_of(holder, project) == "gone"
            if _take_away(project, holder):
                if not is_copied(holder, project):
                    notice = Notice("project.lock_taken", _GONE if gone else _TAKEN, **holder.facts())
                continue
        if time.monotonic() > end:
            raise explain(holder or Holder(), project)
        time.sleep(0.05)
    return notice


def _is_empty(project: Path) -> bool:
    try:
        found = lock_file(project).stat()
    except OSError:
        return False
    return stat.S_ISREG(found.st_mode) and found.st_size == 0


def break_lock(project: Path) -> Holder | None:
    """Take away the lock of whoever holds the project; None if nobody does. Raises Unwritable."""
    holder = holder_of(project)
    if holder is not None:
        _take_away(project, holder)
    return holder


def _myself(project: Path, program: str) -> Holder:
    pid = os.getpid()
    return Holder(user_name(), socket.gethostname(), processes.computer(), pid, processes.started(pid), now_text(),
                  program, os.path.realpath(project), uuid.uuid4().hex, _number(project))  # fmt: skip


def _create(project: Path, holder: Holder) -> bool:
    file = lock_file(project)
    try:
        _write(file, holder)
    except FileExistsError:
        return False
    except OSError as cause:
        raise Unwritable("project.lock_not_written", N_("the project cannot be marked as open for editing"),
                         where=str(file), advice=N_("check that its folder can be written and has room, or open it "
                                                    "read-only")) from cause  # fmt: skip
    return True


def _write(file: Path, holder: Holder) -> None:
    """Make the lock file; raises FileExistsError if there is one, OSError if it cannot be made; none is left then."""
    said = {k: v for k, v in asdict(holder).items() if k != "seen_at"}
    body = json.dumps(said, ensure_ascii=False, indent=1).encode("utf8", "replace")
    handle = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644)
    try:
        os.write(handle, body)
    except OSError:
        with suppress(OSError):
            file.unlink()
        raise
    finally:
        os.close(handle)


def _take_away(project: Path, seen: Holder) -> bool:
    """Remove the lock that was seen; False if another one lies there by now (two users, one stale lock)."""
    file = lock_file(project)
    aside = file.with_name(f".{uuid.uuid4().hex}.lock")
    try:
        file.rename(aside)  # of all who try, one succeeds
    except FileNotFoundError:
        return False
    except OSError as cause:
        raise Unwritable("project.lock_not_written", N_("the lock of the project cannot be taken away"),
                         where=str(file), advice=N_("check that its folder can be written")) from cause  # fmt: skip
    try:
        found = _parsed(aside.read_bytes()).mark
    except OSError:
        found = ""
    if found != seen.mark:
        with suppress(OSError):
            os.link(aside, file)  # a new holder's: put back, unless there is a third one already
    with suppress(OSError):
        aside.unlink()
    return found == seen.mark
