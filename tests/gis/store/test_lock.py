"""Who holds a project: one at a time, told by name, taken over when certainly gone or on request."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gis import processes
from gis.store import lock
from gis.store.lock import Holder, acquire, break_lock, holder_of, lock_file, state_of
from models.errors import Unwritable

ROOT = Path(__file__).resolve().parents[3]
_HOLDS = """
import sys
from pathlib import Path
from gis.store.lock import acquire
from models.errors import Unwritable
try:
    held, notice = acquire(Path(sys.argv[1]), "Huitian test", patience_s=float(sys.argv[2]))
except Unwritable as error:
    print(error.key, flush=True)
    sys.exit(3)
print("held", notice.key if notice else "", flush=True)
sys.stdin.read(1)
held.release()
"""


@pytest.fixture
def project(folder):
    path = folder / "项目.gpkg"
    path.write_bytes(b"x")
    return path


@pytest.fixture
def other():
    """Starts other programs that hold a project."""
    children = []

    def start(path, patience=0.0):
        child = subprocess.Popen(
            [sys.executable, "-c", _HOLDS, str(path), str(patience)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        children.append(child)
        return child

    yield start
    for child in children:
        child.kill()
        child.communicate()


def names(folder):
    return sorted(p.name for p in folder.iterdir())


def forge(project, **facts):
    """A lock file that somebody else wrote."""
    theirs = Holder(user="王工", host="PC-7", computer="another", pid=4711, started="x", program="Huitian 0.1.0")
    made = dataclasses.asdict(theirs) | {"path": str(project), "mark": "m", "since": "2026-11-26T01:00:00.000Z"}
    del made["seen_at"]
    lock_file(project).write_text(json.dumps({**made, **facts}, ensure_ascii=False), encoding="utf8")
    return holder_of(project)


def test_held_while_open_and_nothing_at_rest(project, folder):
    held, notice = acquire(project, "Huitian 9")
    assert notice is None
    assert names(folder) == sorted([project.name, f"{project.name}-lock"])
    found = holder_of(project)
    assert (found.pid, found.host, found.program) == (os.getpid(), socket.gethostname(), "Huitian 9")
    assert state_of(found, project) == "ours"
    held.confirm()
    held.release()
    assert names(folder) == [project.name]
    assert holder_of(project) is None


def test_openings_of_one_process_share_it(project, folder):
    first, second = acquire(project, "a")[0], acquire(project.parent / "." / project.name, "b")[0]
    assert first is second
    first.release()
    assert holder_of(project) is not None
    second.release()
    assert names(folder) == [project.name]


def test_a_second_program_is_told_who_and_since_when(project, other):
    held, _ = acquire(project, "Huitian 9")
    refused = other(project)
    assert refused.stdout.readline() == "project.locked\n"
    assert refused.wait() == 3
    held.release()
    assert other(project).stdout.readline() == "held \n"
    start = time.monotonic()
    with pytest.raises(Unwritable) as caught:
        acquire(project, "Huitian 9", patience_s=0.3)
    assert 0.2 < time.monotonic() - start < 3
    error = caught.value
    assert error.key == "project.locked"
    for word in (socket.gethostname(), "Huitian test", time.strftime("%Y-%m-%d")):
        assert word in error.sentence()
    assert "--take-over" in error.advice.render()


def test_a_short_command_of_somebody_else_is_waited_for(project, other):
    child = other(project)
    assert child.stdout.readline() == "held \n"
    with ThreadPoolExecutor(1) as pool:
        mine = pool.submit(acquire, project, "x", patience_s=10.0)
        time.sleep(0.2)
        child.communicate("q")
        mine.result(timeout=20)[0].release()
    assert holder_of(project) is None


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9")
def test_what_a_killed_program_left_is_taken_over_and_said(project, folder, other):
    child = other(project)
    assert child.stdout.readline() == "held \n"
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert lock_file(project).exists()
    assert state_of(holder_of(project), project) == "gone"
    held, notice = acquire(project, "x")
    assert notice.key == "project.lock_taken"
    assert "ended without closing" in notice.render()
    held.release()
    assert names(folder) == [project.name]


def test_a_process_number_that_was_given_again_is_not_taken_for_the_old_one(project):
    mine = os.getpid()
    here = processes.computer()
    assert state_of(forge(project, computer=here, pid=mine, started="boot:1"), project) == "gone"
    assert state_of(forge(project, computer=here, pid=mine, started=processes.started(mine)), project) == "ours"
    parent = os.getppid()
    assert state_of(forge(project, computer=here, pid=parent, started=processes.started(parent)), project) == "runs"
    assert state_of(forge(project, computer=here, pid=parent, started="?"), project) == "runs"  # not certain


def test_the_lock_of_another_computer_is_never_taken_without_being_asked(project):
    holder = forge(project)
    assert state_of(holder, project) == "elsewhere"
    with pytest.raises(Unwritable, match="王工") as caught:
        acquire(project, "x", patience_s=0)
    assert "PC-7" in str(caught.value)
    assert "no sign of life" not in str(caught.value)
    two_days_ago = time.time() - 2 * 86400
    os.utime(lock_file(project), (two_days_ago, two_days_ago))
    with pytest.raises(Unwritable, match="no sign of life"):
        acquire(project, "x", patience_s=0)
    held, notice = acquire(project, "x", take_over=True)
    assert "PC-7" in notice.render()
    held.release()
    assert holder_of(project) is None


@pytest.mark.parametrize("body", [b"\xff\xfe", b"[]", b"{}", b'{"pid": "x"}', b'{"mark": 3, "pid": [1]}', b"{" * 9])
def test_a_lock_that_says_nothing_is_explained_and_can_be_taken_over(project, body):
    lock_file(project).write_bytes(body)
    with pytest.raises(Unwritable) as caught:
        acquire(project, "x", patience_s=0)
    assert caught.value.key == "project.locked"
    assert "--take-over" in caught.value.advice.render()
    acquire(project, "x", take_over=True)[0].release()
    assert holder_of(project) is None


def test_a_lock_whose_maker_was_killed_before_it_wrote_is_waited_for_and_taken(project):
    lock_file(project).write_bytes(b"")
    start = time.monotonic()
    held, _ = acquire(project, "x", patience_s=0)
    assert time.monotonic() - start >= 1
    held.release()
    lock_file(project).write_bytes(b"")
    with ThreadPoolExecutor(1) as pool:  # or it was only slow
        mine = pool.submit(acquire, project, "x", patience_s=0)
        time.sleep(0.3)
        forge(project)
        with pytest.raises(Unwritable, match="王工"):
            mine.result(timeout=20)


def test_a_lock_that_came_with_a_copy_of_the_folder_holds_nobody_back(project, folder, tmp_path):
    held, _ = acquire(project, "x")
    copied = tmp_path / "copied"
    shutil.copytree(folder, copied)
    mine, notice = acquire(copied / project.name, "x", patience_s=0)
    assert notice is None
    mine.release()
    assert names(copied) == [project.name]
    held.confirm()
    held.release()


@pytest.mark.skipif(sys.platform == "win32", reason="links")
def test_a_link_to_the_project_meets_the_same_lock(project, tmp_path, other):
    link = tmp_path / "link.gpkg"
    link.symlink_to(project)
    other(project).stdout.readline()
    with pytest.raises(Unwritable):
        acquire(link, "x", patience_s=0)


def test_who_was_taken_over_may_no_longer_write(project):
    held, _ = acquire(project, "x")
    break_lock(project)
    held.confirm()  # merely deleted: put back
    assert holder_of(project).mark == held.holder.mark
    forge(project, mark="theirs")
    with pytest.raises(Unwritable) as caught:
        held.confirm()
    assert caught.value.key == "project.lock_lost"
    held.release()
    assert holder_of(project).mark == "theirs"  # not ours to remove


def test_a_sign_of_life_is_given(project, monkeypatch):
    held, _ = acquire(project, "x")
    os.utime(lock_file(project), (1e9, 1e9))
    held.confirm()
    monkeypatch.setattr(lock, "_SIGN_OF_LIFE_SECONDS", 0.0)
    held.confirm()
    assert holder_of(project).seen_at > 1.7e9
    held.release()


def test_of_many_who_race_for_a_stale_lock_one_wins(project, folder, other):
    for _ in range(3):
        forge(project, computer=processes.computer(), pid=2**22 + 5, started="b:1")
        racers = [other(project, 0.0) for _ in range(6)]
        said = [r.stdout.readline().split()[0] for r in racers]
        assert sorted(said) == ["held"] + ["project.locked"] * 5
        racers[said.index("held")].communicate("q")
        assert names(folder) == [project.name]


def test_threads_of_one_process(project, folder):
    with ThreadPoolExecutor(8) as pool:
        for held, _ in list(pool.map(lambda _: acquire(project, "x"), range(16))):
            held.release()
    assert names(folder) == [project.name]


@pytest.mark.parametrize("step", ["open", "write"])
def test_a_folder_that_takes_no_lock(project, folder, monkeypatch, step):
    def fails(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, step, fails)
    with pytest.raises(Unwritable) as caught:
        acquire(project, "x")
    monkeypatch.undo()
    assert caught.value.key == "project.lock_not_written"
    assert names(folder) == [project.name]


def test_a_drive_that_went_away_takes_its_lock_with_it(project, folder, tmp_path):
    held, _ = acquire(project, "x")
    shutil.rmtree(folder)
    held.confirm()
    held.release()
    assert names(tmp_path) == []


def test_a_directory_or_a_dead_link_in_the_way_is_no_endless_loop(project):
    lock_file(project).mkdir()
    with pytest.raises(Unwritable):
        acquire(project, "x", patience_s=0.1)
    lock_file(project).rmdir()
    if sys.platform != "win32":
        lock_file(project).symlink_to(project.parent / "nowhere")
        with pytest.raises(Unwritable):
            acquire(project, "x", patience_s=0.1)


@pytest.mark.skipif(sys.platform == "win32", reason="fork")
def test_a_forked_child_does_not_release_for_its_parent(project):
    held, _ = acquire(project, "x")
    child = os.fork()
    if child == 0:
        held.release()
        os._exit(0)
    os.waitpid(child, 0)
    assert holder_of(project).mark == held.holder.mark
    held.release()


def test_processes():
    assert processes.still_runs(os.getpid(), processes.started(os.getpid()))
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    start = processes.started(child.pid)
    assert processes.still_runs(child.pid, start)
    child.communicate(b"\n")
    assert not processes.still_runs(child.pid, start)
    assert processes.computer() == processes.computer()
    assert len(processes.computer()) == 16
