"""Each write step failing once: at call N for every N, at every size of a file, at every free kilobyte of a small disk.

What is broken, honestly: for the file steps os.replace, os.fsync, os.link and os.write of this process; for SQLite the
system itself, by a limit on the size of files (RLIMIT_FSIZE, in a child process) and by a small file system that is
full (tmpfs, where we may mount one). After each failure the project must be what it was, or wholly what it was to
become; the error says what to do; no file is left behind; and the same work succeeds once the fault is gone.
"""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shapely.geometry import box

from app.keeping import folder_of
from app.project import Project
from app.verbs import local_copy, save_copy
from app.verbs import snapshots as snapshot_verbs
from app.verbs.import_ import import_features
from gis.store import creating, migrations, opening, schema, snapshots
from models.changes import Insert, Update
from models.errors import AppError, Unreadable, Unwritable
from models.notices import Notice
from tests.faults.states import assert_clean, assert_snapshots, assert_sound, mark_of

OLD = Path(__file__).resolve().parents[1] / "data" / "old" / "version-1.gpkg"
ERRNOS = (errno.ENOSPC, errno.EIO, errno.EACCES)
PATCHED = ("replace", "fsync", "link", "write")
_LABEL = Notice("faults", "an edit")
_PARTS = 400


@dataclass(frozen=True)
class Scenario:
    """Work that writes. `prepare` makes a project in a folder; `act` does the work and may make a file, `makes`."""

    name: str
    act: Callable[[Path], Any]
    prepare: Callable[[Path], None] | None = None
    makes: str = ""


def _edit(path: Path) -> None:
    with Project.open(path) as project:
        changes = [Insert("sand_pits", {"geometry": box(n, 0, n + 9, 9)}) for n in range(_PARTS)]
        project.store.transact(_LABEL, [*changes, Update("sand_pits", 1, {"name": "edited"})])


def _import(path: Path) -> None:
    with Project.open(path) as project:
        import_features(project, path.with_name("theirs.geojson"), layer="sand_pits", crs="EPSG:4546")


def _foreign(path: Path) -> None:
    import geopandas as gpd

    shapes = [box(417_000 + 20 * n, 4_496_000, 417_010 + 20 * n, 4_496_010) for n in range(_PARTS)]
    frame = gpd.GeoDataFrame({"name": [str(n) for n in range(_PARTS)]}, geometry=shapes, crs="EPSG:4546")
    frame.to_file(path.with_name("theirs.geojson"))


def _migrate(path: Path) -> None:
    version = schema.SCHEMA_VERSION
    kept = dict(migrations.MIGRATIONS)
    migrations.MIGRATIONS[version] = lambda con: con.execute("CREATE TABLE of_a_newer_schema (x)")
    modules: tuple[Any, ...] = (creating, migrations, opening, schema)
    try:
        for module in modules:
            module.SCHEMA_VERSION = version + 1
        Project.open(path).close()
    finally:
        migrations.MIGRATIONS.clear()
        migrations.MIGRATIONS.update(kept)
        for module in modules:
            module.SCHEMA_VERSION = version


def _snapshot(path: Path) -> None:
    with Project.open(path) as project:
        snapshot_verbs.take_snapshot(project)


def _changed_since(path: Path) -> None:
    _snapshot(path)
    _edit(path)


def _restore(path: Path) -> None:
    with Project.open(path) as project:
        first = snapshots.listed(folder_of(project.store.uid))[0]
        snapshot_verbs.restore_snapshot(project, first)


def _save_copy(path: Path) -> None:
    with Project.open(path) as project:
        save_copy.save_copy(project, path.with_name("copy.gpkg"), pending=[Update("sand_pits", 1, {"name": "kept"})])


def _taken_away(path: Path) -> None:
    _edit(local_copy.work_on_copy(path).path)


def _write_back(path: Path) -> None:
    local_copy.write_back(local_copy.find_copy(path))


SCENARIOS = {
    s.name: s
    for s in (
        Scenario("save", _edit),
        Scenario("import", _import, _foreign, "theirs.geojson"),
        Scenario("migration", _migrate),
        Scenario("snapshot", _snapshot),
        Scenario("restore", _restore, _changed_since),
        Scenario("copy", _save_copy, makes="copy.gpkg"),
        Scenario("write back", _write_back, _taken_away),
    )
}


@contextmanager
def stage(scenario: Scenario, base: Path | None = None) -> Iterator[Path]:
    """A prepared project in a fresh folder, with a fresh home of the program; all gone afterwards."""
    with tempfile.TemporaryDirectory(dir=base) as text:
        folder, before = Path(text) / "w", os.environ.get("HUITIAN_HOME")
        folder.mkdir()
        os.environ["HUITIAN_HOME"] = str(Path(text) / "home")
        try:
            path = Path(shutil.copy(OLD, folder / "项目.gpkg"))
            if scenario.act is not _migrate:
                Project.open(path).close()
                shutil.rmtree(os.environ["HUITIAN_HOME"])  # with the snapshot of the migration
            if scenario.prepare:
                scenario.prepare(path)
            yield path
        finally:
            if before is not None:
                os.environ["HUITIAN_HOME"] = before


def assert_whole(scenario: Scenario, path: Path, before: str, error: AppError | None) -> None:
    """The project is what it was or wholly what it was to be, nothing lies about, and the error says what to do."""
    if error is not None:
        assert isinstance(error, Unwritable | Unreadable), error
        assert error.advice.render(), error
    made = [path.with_name(scenario.makes)] if scenario.makes and path.with_name(scenario.makes).exists() else []
    assert_clean(path.parent, path, *made)
    assert_sound(path)
    if error is not None:
        assert mark_of(path) == before, f"{scenario.name}: half done"
    assert_snapshots(Path(os.environ["HUITIAN_HOME"]) / "snapshots")


def attempt(scenario: Scenario, path: Path) -> AppError | None:
    """Do the work; the error if it was refused."""
    try:
        scenario.act(path)
    except AppError as error:
        return error
    return None


# File steps of this process


@contextmanager
def failing(name: str, nth: int, number: int) -> Iterator[list[int]]:
    """os.`name` raises at call `nth`, once. Yields a list that gets an entry when it did."""
    real, calls, hits = getattr(os, name), iter(range(10**9)), list[int]()

    def act(*args: Any, **more: Any) -> Any:
        if next(calls) == nth:
            hits.append(nth)
            raise OSError(number, os.strerror(number))
        return real(*args, **more)

    setattr(os, name, act)
    try:
        yield hits
    finally:
        setattr(os, name, real)


def every_file_step(scenario: Scenario, number: int, most: int = 10**6) -> int:
    """Let each call of each file step fail once; returns how many failures there were."""
    count = 0
    for name in PATCHED:
        for nth in range(most):
            with stage(scenario) as path:
                before = mark_of(path)
                with failing(name, nth, number) as hits:
                    error = attempt(scenario, path)
                if not hits:
                    break
                count += 1
                assert_whole(scenario, path, before, error)
                _works_again(scenario, path, error)
    return count


def _works_again(scenario: Scenario, path: Path, error: AppError | None) -> None:
    if error is not None:
        again = attempt(scenario, path)
        assert again is None, again
        assert_sound(path)


# SQLite, by the system's own limits


def _in_child(work: Callable[[], AppError | None]) -> AppError | None:
    """Run in a forked process; its AppError, or an AssertionError for anything else that it ends with."""
    import pickle

    reading, writing = os.pipe()
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            os.close(reading)
            os.write(writing, pickle.dumps(work()))
            code = 0
        except BaseException as strange:
            os.write(writing, pickle.dumps(repr(strange)))
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pickle.loads(pipe.read())  # noqa: S301 - written above
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0, said
    answer: AppError | None = said
    return answer


def every_size(scenario: Scenario, step: int) -> int:
    """Forbid writing beyond a size, from nothing to more than is needed, in steps of bytes; returns the failures.

    Limits below the size of the project itself are a disk that fails in the middle of the file.
    """
    import resource
    import signal

    count, limit = 0, 0
    while True:
        with stage(scenario) as path:
            before = mark_of(path)

            def limited(path: Path = path, limit: int = limit) -> AppError | None:
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
                return attempt(scenario, path)

            error = _in_child(limited)
            if path.with_name(path.name + "-journal").exists():
                # Not even what was there could be written again: SQLite's journal waits for a disk that works.
                assert error is not None
                Project.open(path).close()
            assert_whole(scenario, path, before, error)
            _works_again(scenario, path, error)
            if error is None and limit > 4_000_000:
                return count
            count += error is not None
            limit += step


def may_mount() -> bool:
    """True if this process may mount a small file system."""
    return sys.platform.startswith("linux") and os.geteuid() == 0 and _mounted_once()


def _mounted_once() -> bool:
    with tempfile.TemporaryDirectory() as folder:
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", folder], check=False,
                          capture_output=True).returncode:  # fmt: skip
            return False
        subprocess.run(["umount", folder], check=False)
        return True


def every_free_size(scenario: Scenario, step_kib: int) -> int:
    """Do the work on a small disk with so many KiB free, from none to enough; returns the failures."""
    count = 0
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "none", folder], check=True)
        try:
            free_kib = 0
            while free_kib <= 4096:
                with stage(scenario, Path(folder)) as path:
                    before = mark_of(path)
                    filler = Path(folder) / "filler"
                    _fill(filler, free_kib * 1024)
                    error = attempt(scenario, path)
                    filler.unlink()
                    assert_whole(scenario, path, before, error)
                    _works_again(scenario, path, error)
                    count += error is not None
                free_kib += step_kib
        finally:
            subprocess.run(["umount", folder], check=False)
    return count


def _fill(filler: Path, free: int) -> None:
    """Take all room of the disk but so many bytes."""
    found = os.statvfs(filler.parent)
    rest = max(0, found.f_bavail * found.f_frsize - free)
    with filler.open("wb") as file:
        while rest:
            rest -= file.write(b"\0" * min(rest, 1 << 20))
