"""Copies of a project in the user's data folder: taken, verified, named by time and revision, thinned by a rule."""

from __future__ import annotations

import hashlib
import json
import logging
import re
import sqlite3
from collections.abc import Callable, Collection, Iterable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from gis.store import files
from gis.store.connection import connect
from gis.store.copying import copy_database, quick_check
from gis.store.faults import sqlite_faults
from gis.store.step_log import last_step
from models.errors import AppError, Missing, Unreadable, Unwritable
from models.notices import N_, Notice, Translate, _same
from models.progress import Watch

_log = logging.getLogger(__name__)
_NAME = re.compile(r"(\d{8}T\d{6})\.(\d{3})Z-r(\d{1,15})")
WHOLE_DAYS = 2
"""Of today and of the last so many days that have snapshots, every snapshot is kept."""
DAYS = 14
WEEKS = 13
Day = Callable[[datetime], date]


@dataclass(frozen=True)
class Snapshot:
    """One snapshot. `id` is its name without ending; `origin` the project file it was taken of, "" if not known."""

    id: str
    path: Path
    taken_at: datetime
    revision: int
    size_bytes: int
    reason: Notice | None = None
    origin: str = ""
    state: str = ""
    """What the project looked like (`state_of`): equal states need no second snapshot."""

    def to_json(self, translate: Translate = _same) -> dict[str, Any]:
        """The dictionary that ``snapshots --json`` prints; times are UTC."""
        return {
            "id": self.id,
            "path": str(self.path),
            "taken_at": self.taken_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "revision": self.revision,
            "size_bytes": self.size_bytes,
            "reason": self.reason.render(translate) if self.reason else None,
            "origin": self.origin or None,
        }


# Which ones go


def superfluous(snapshots: Collection[Snapshot], now: datetime, day: Day = lambda t: t.astimezone().date()) -> set[str]:
    """The ids of those that may be deleted. A pure rule; each project file (`origin`) counts for itself.

    Kept are: everything of today and of the two last days that have any; the last of each of the last 14 days that
    have any; the last of each of the last 13 weeks that have any; the newest; the one with the highest revision. Days
    and weeks are counted by what is there and not from today, so that neither a long pause nor a clock that runs years
    ahead makes anything old. A snapshot from the future, or one whose time contradicts the order of the revisions (the
    clock was wrong when it was taken), is kept.
    """
    groups: dict[str, list[Snapshot]] = {}
    for s in snapshots:
        groups.setdefault(s.origin, []).append(s)
    return set().union(*(_superfluous(group, now, day) for group in groups.values()))


def _superfluous(group: list[Snapshot], now: datetime, day: Day) -> set[str]:
    past = sorted((s for s in group if s.taken_at <= now), key=lambda s: (s.taken_at, s.revision, s.id))
    kept: set[str] = {s.id for s in group if s.taken_at > now}
    lowest_later: int | None = None
    for s in reversed(past):  # a later one with a lower revision: one of the two clocks was wrong
        if lowest_later is not None and lowest_later < s.revision:
            kept.add(s.id)
        lowest_later = s.revision if lowest_later is None else min(lowest_later, s.revision)
    if past:
        kept |= {past[-1].id, max(past, key=lambda s: (s.revision, s.taken_at)).id}
    days = {day(s.taken_at): s.id for s in past}  # the last of each, as later ones overwrite earlier ones
    weeks = {day(s.taken_at).isocalendar()[:2]: s.id for s in past}
    whole = {day(now), *sorted(days)[-WHOLE_DAYS:]}
    kept |= {s.id for s in past if day(s.taken_at) in whole}
    kept |= {days[d] for d in sorted(days)[-DAYS:]}
    kept |= {weeks[w] for w in sorted(weeks)[-WEEKS:]}
    return {s.id for s in past} - kept


def thin(folder: Path, now: datetime | None = None) -> list[Snapshot]:
    """Delete what `superfluous` names; returns what went. What cannot be deleted stays, silently."""
    present = listed(folder)
    wanted = superfluous(present, now or datetime.now(UTC))
    gone = []
    for s in present:
        if s.id in wanted:
            with suppress(OSError):
                s.path.unlink()
                gone.append(s)
                _card(s.path).unlink(missing_ok=True)
    return gone


# What there is


def listed(folder: Path) -> list[Snapshot]:
    """The snapshots in a folder, oldest first; [] if there is no folder. Files that are none are left alone."""
    found = []
    with suppress(OSError):
        for path in folder.iterdir():
            match = _NAME.fullmatch(path.stem)
            if match and path.suffix == ".gpkg":
                with suppress(OSError, ValueError):
                    found.append(_read(path, match))
    return sorted(found, key=lambda s: (s.taken_at, s.revision))


def _read(path: Path, match: re.Match[str]) -> Snapshot:
    when = datetime.strptime(f"{match[1]}.{match[2]}", "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC)
    said: dict[str, Any] = {}
    with suppress(OSError, ValueError):
        read = json.loads(_card(path).read_text(encoding="utf8"))
        said = read if isinstance(read, dict) else {}
    reason = None
    with suppress(KeyError, TypeError, AttributeError):
        reason = Notice.from_json(said["reason"])
    size = path.stat().st_size
    return Snapshot(path.stem, path, when, int(match[3]), size, reason, str(said.get("origin") or ""),
                    str(said.get("state") or ""))  # fmt: skip


def _card(path: Path) -> Path:
    """The small file beside a snapshot: why it was taken, and of which file."""
    return path.with_suffix(".json")


def named(folder: Path, wanted: str) -> Snapshot:
    """The snapshot of this id, of a part of it that only one has, or "last". Raises Missing."""
    present = listed(folder)
    if wanted == "last" and present:
        return present[-1]
    fits = [s for s in present if wanted and wanted in s.id]
    exact = [s for s in fits if s.id == wanted]
    if len(exact or fits) != 1:
        what = N_("more than one snapshot has {id} in its name") if fits else N_("there is no snapshot {id}")
        known = ", ".join(s.id for s in (fits or present)[-5:])
        raise Missing("snapshot.unknown", what, where=str(folder), id=wanted, known=known,
                      advice=N_("the last ones are {known}") if known else N_("none was taken yet"))  # fmt: skip
    return (exact or fits)[0]


def state_of(con: sqlite3.Connection, path: Path) -> str:
    """A mark of what the project file holds now: changes with every edit, also of another program. Opens no file.

    The last row of the log tells two copies apart that were edited on; size and time of the file tell of an edit that
    made no log row.
    """
    row = con.execute("SELECT max(fid), step, at, row_uid, user FROM change_log").fetchone()
    found = path.stat()
    text = repr((*row, found.st_size, found.st_mtime_ns))
    return hashlib.sha256(text.encode("utf8", "surrogatepass")).hexdigest()[:24]


# Taking one


def take(
    folder: Path, project: Path, reason: Notice, *, now: datetime | None = None, watch: Watch | None = None
) -> Snapshot:
    """Take a snapshot of what is committed in `project`, verify it, and thin the others.

    Nobody who writes waits longer than for one step of the copy. Raises Unwritable (no room; changed all the time),
    Unreadable (the project is damaged), Cancelled; the snapshots that there are stay untouched and nothing is left.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for left in folder.glob(".*.part*"):  # of a process that was killed
            if datetime.now(UTC).timestamp() - left.stat().st_mtime > 3600:
                left.unlink(missing_ok=True)
        with files.draft_of(folder / "snapshot.gpkg") as draft:
            with sqlite_faults(project), closing(connect(project, "ro")) as source:
                before, state = last_step(source), state_of(source, project)
                copy_database(source, project, draft, watch=watch)
                after, later = last_step(source), state_of(source, project)
            revision = _verified(draft, project, before, after)
            when = now or datetime.now(UTC)
            path = _free_name(folder, when, revision)
            card = {"origin": str(project), "reason": reason.to_json(), "state": state if state == later else ""}
            try:
                files.write_text(_card(path), json.dumps(card, ensure_ascii=False, default=str))
                files.replace(draft, path)
            except OSError:
                _card(path).unlink(missing_ok=True)
                raise
    except OSError as cause:
        if isinstance(cause, AppError):
            raise
        _log.warning("no snapshot of %s: %s", project, cause)
        raise Unwritable("snapshot.not_written", N_("the snapshot could not be written"), where=str(folder),
                         advice=N_("free some space on the disk of your data folder")) from cause  # fmt: skip
    thin(folder, now)
    match = _NAME.fullmatch(path.stem)
    assert match  # noqa: S101 - made by _free_name
    return _read(path, match)


def _verified(draft: Path, project: Path, before: int, after: int) -> int:
    """The revision of a copy that is sound. Raises Unreadable."""
    said = quick_check(draft)
    if said == "ok":
        with closing(connect(draft, "ro")) as con:
            revision = last_step(con)
        if before <= revision <= after:
            return revision
        said = f"revision {revision}, not {before} to {after}"
    _log.error("snapshot of %s: %s", project, said)
    raise Unreadable("snapshot.not_verified", N_("the snapshot did not come out sound and was not kept"),
                     where=str(project), advice=N_("run check: the project file may be damaged"))  # fmt: skip


def _free_name(folder: Path, when: datetime, revision: int) -> Path:
    at = when.astimezone(UTC)
    while True:
        text = f"{at:%Y%m%dT%H%M%S}.{at.microsecond // 1000:03d}Z-r{revision}"
        path = folder / f"{text}.gpkg"
        if not path.exists():
            return path
        at = at.replace(microsecond=(at.microsecond + 1000) % 1_000_000)


def uid_of(project: Path) -> str:
    """The uid of a project file, whatever its version. Raises Missing, Unreadable."""
    if not project.is_file():
        raise Missing("project.absent", N_("there is no such file"), where=str(project))
    try:
        with sqlite_faults(project), closing(connect(project, "ro")) as con:
            row = con.execute("SELECT uid FROM project LIMIT 1").fetchone()
    except Unwritable as error:
        raise Unreadable(error.key, error.what.text, where=str(project), advice=error.advice.text) from error
    return str(row[0] or "") if row else ""


def by_origin(root: Path, project: Path) -> list[Path]:
    """The folders under `root` whose snapshots were taken of this file; for a project that cannot say its uid."""
    try:
        return [f for f in sorted(root.iterdir()) if any(s.origin == str(project) for s in listed(f))]
    except OSError:
        return []


def newest(snapshots: Iterable[Snapshot], now: datetime) -> Snapshot | None:
    """The last one that was not taken in the future."""
    past = [s for s in snapshots if s.taken_at <= now]
    return max(past, key=lambda s: (s.taken_at, s.revision)) if past else None
