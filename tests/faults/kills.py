"""kill -9 at random moments of a process that edits, imports, undoes and takes snapshots.

The child acknowledges each commit on a pipe, with the number of the step and a mark of all rows. The parent kills it at
a random moment, opens the project and asks: is every acknowledged step there, is the file sound, and is what was under
way there whole or not at all? A killed process shows what a crash of the program does; what a loss of power does to
blocks that the disk only promised to write is up to SQLite's synchronous FULL and the disk, and not shown here.
"""

from __future__ import annotations

import contextlib
import os
import random
import select
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from shapely import affinity
from shapely.geometry import box

from app.project import Project
from models.changes import Change, Delete, Insert, Update
from models.errors import AppError
from models.notices import Notice
from tests.faults.states import assert_clean, assert_snapshots, assert_sound, content_mark, mark_of

_MANY = 300
_MOST_ROWS = 1200
_RISKY = Notice("faults", "risky work")


@dataclass(frozen=True)
class Outcome:
    """What one run saw: steps acknowledged, and whether one more was found whole in the file."""

    acknowledged: int
    one_more: bool
    snapshots: int


def _edit(rng: random.Random, project: Project) -> None:
    """One edit of a kind chosen at random."""
    store = project.store
    fids = store.table("sand_pits").fids.tolist()
    kind = rng.choice(["insert", "vertex", "vertex", "field", "delete", "many", "undo", "redo", "snapshot", "clear"])
    label = Notice("faults", kind)
    square = box(n := rng.randrange(10**5), 0, n + 50, 50)
    changes: list[Change] = []
    if kind == "insert":
        changes = [Insert("sand_pits", {"geometry": square})]
    elif kind == "many" and len(fids) < _MOST_ROWS:
        changes = [Insert("sand_pits", {"geometry": affinity.translate(square, i, i)}) for i in range(_MANY)]
    elif kind == "clear" and len(fids) > _MOST_ROWS / 2:
        changes = [Delete("sand_pits", f) for f in rng.sample(fids, _MANY)]
    elif kind in {"undo", "redo"}:
        getattr(store, kind)()
    elif kind == "snapshot":
        project.before_risky(_RISKY)
    elif fids:
        fid = rng.choice(fids)
        changes = {
            "vertex": [Update("sand_pits", fid, {"geometry": square})],
            "field": [Update("sand_pits", fid, {"name": str(n)})],
            "delete": [Delete("sand_pits", fid)],
        }.get(kind, [])
    if changes:
        store.transact(label, changes)


def _child(path: Path, seed: int, pipe: int) -> None:
    rng = random.Random(seed)
    with Project.open(path) as project:
        while True:
            before = project.store.revision
            with contextlib.suppress(AppError):
                _edit(rng, project)
            revision = project.store.revision
            if revision != before:
                with project.store._connections.reading() as con:
                    mark = content_mark(con)
                os.write(pipe, f"{revision} {mark}\n".encode())


def one_run(folder: Path, seed: int, seen: set[str]) -> Outcome:
    """Start, kill, open, look. Raises AssertionError for anything lost, half done or unsound."""
    rng = random.Random(seed)
    path = folder / "项目.gpkg"
    if not path.exists():
        Project.create(path, crs="EPSG:4546").close()
    with Project.open(path, read_only=True) as project:
        first = project.store.revision
    acknowledged = [(first, mark_of(path))]
    reading, writing = os.pipe()
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(reading)
            _child(path, seed, writing)
        finally:
            os._exit(1)
    os.close(writing)
    text = _listen(reading, rng.randrange(12), rng.uniform(0, 0.04))
    os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status), "the child ended by itself"
    text += _rest(reading)
    acknowledged += [(int(r), m) for r, m in (line.split() for line in text.decode().splitlines())]
    return _look(path, acknowledged, seen)


def _listen(reading: int, lines: int, more_s: float) -> bytes:
    """What the child says until it said so many lines, and a moment longer."""
    text, end = b"", time.monotonic() + 20
    while text.count(b"\n") < lines and time.monotonic() < end:
        if select.select([reading], [], [], 0.1)[0]:
            text += os.read(reading, 65536)
    time.sleep(more_s)
    return text


def _rest(reading: int) -> bytes:
    text = b""
    while part := os.read(reading, 65536):
        text += part
    os.close(reading)
    return text


def _look(path: Path, acknowledged: list[tuple[int, str]], seen: set[str]) -> Outcome:
    revision, mark = acknowledged[-1]
    assert [r for r, _ in acknowledged] == list(range(acknowledged[0][0], revision + 1))
    with Project.open(path) as project:  # takes the dead one's lock and rolls its journal back
        found = project.store.revision
    assert_clean(path.parent, path)
    assert_sound(path)
    assert found in {revision, revision + 1}, f"{revision} acknowledged, {found} found"
    if found == revision:
        assert mark_of(path) == mark, "an acknowledged edit is lost"
    else:  # the one under way was committed and not yet told: it is whole if taking it back leads to the one before
        with Project.open(path) as project:
            kind = project.store.rows("change_log", step=found)[0]["kind"]
            getattr(project.store, "redo" if kind == "undo" else "undo")()
        assert mark_of(path) == mark, "a step is there half"
        assert_sound(path)
    count = assert_snapshots(Path(os.environ["HUITIAN_HOME"]) / "snapshots", seen, strays=True)
    return Outcome(revision - acknowledged[0][0], found > revision, count)


def many_runs(
    folder: Path, runs: int, seed: int = 0, tell: Callable[[int, Outcome], None] | None = None
) -> list[Outcome]:
    """So many runs on one project, which starts anew now and then. The random moments follow from `seed`."""
    outcomes, seen = [], set[str]()
    for number in range(runs):
        place = folder / f"p{number // 25}"
        place.mkdir(exist_ok=True)
        outcomes.append(one_run(place, seed + number, seen))
        if tell:
            tell(number, outcomes[-1])
    return outcomes
