"""A short form of ``run.py faults``: kills at random moments, and each write step failing once."""

from __future__ import annotations

import errno
import os
import subprocess
import sys

import pytest

from app.project import Project
from gis.store import lock
from models.changes import Insert, Update
from models.errors import Unwritable
from models.notices import Notice
from tests.faults import kills, steps
from tests.faults.states import assert_clean, assert_sound

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="fork, signals and limits of POSIX")
_EDIT = Notice("test.edit", "edit")


def test_killed_at_random_moments_no_acknowledged_edit_is_lost(tmp_path):
    folder = tmp_path / "w"
    folder.mkdir()
    outcomes = kills.many_runs(folder, 12, seed=1000)
    assert sum(o.acknowledged for o in outcomes) > 12


@pytest.mark.parametrize("name", sorted(set(steps.SCENARIOS) - {"import"}))
def test_each_file_step_failing_once(name):
    assert steps.every_file_step(steps.SCENARIOS[name], errno.ENOSPC) >= 4


@pytest.mark.parametrize("name", ["save", "migration", "restore"])
def test_files_that_may_not_grow(name):
    assert steps.every_size(steps.SCENARIOS[name], 1_500_000) >= 1


@pytest.mark.parametrize("name", ["save", "import", "migration", "snapshot"])
def test_a_disk_that_is_full(name):
    if not steps.may_mount():
        pytest.skip("only root may mount a small file system")
    assert steps.every_free_size(steps.SCENARIOS[name], 2500) >= 1


@pytest.fixture
def small_disk(tmp_path):
    if not steps.may_mount():
        pytest.skip("only root may mount a small file system")
    folder = tmp_path / "盘"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "none", folder], check=True)
    yield folder
    subprocess.run(["umount", "-l", folder], check=False)


@pytest.fixture
def frozen(tmp_path):
    """Makes a folder unwritable while it is in use, and writable again; also for root."""
    folder, root = tmp_path / "盘", os.geteuid() == 0
    folder.mkdir()

    def freeze(on: bool) -> None:
        if not root:
            folder.chmod(0o555 if on else 0o755)
        elif subprocess.run(["chattr", "+i" if on else "-i", folder], check=False, capture_output=True).returncode:
            pytest.skip("this file system does not let root make a folder unwritable")

    yield folder, freeze
    freeze(on=False)


def test_a_folder_that_becomes_read_only(frozen, tmp_path):
    folder, freeze = frozen
    path = folder / "a.gpkg"
    with Project.create(path, crs="EPSG:4546") as project:
        project.store.transact(_EDIT, [Insert("wastes", {"code": "W", "kind": "other"})])
        freeze(on=True)
        for _ in range(2):
            with pytest.raises(Unwritable) as caught:
                project.store.transact(_EDIT, [Update("wastes", 1, {"name": "x"})])
            assert caught.value.advice.render()
        assert project.store.count("wastes") == 1
        saved = project.store.save_copy(tmp_path / "saved.gpkg", pending=[Update("wastes", 1, {"name": "x"})])
        freeze(on=False)
        project.store.transact(_EDIT, [Update("wastes", 1, {"name": "y"})])
    assert_sound(path)
    assert_clean(folder, path)
    with Project.open(saved, read_only=True) as copy:
        assert copy.store.waste("W").name == "x"


def test_a_project_on_a_read_only_disk_is_read(small_disk):
    path = small_disk / "a.gpkg"
    Project.create(path, crs="EPSG:4546").close()
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    with pytest.raises(Unwritable) as caught:
        Project.open(path)
    assert caught.value.key == "project.not_writable"
    with Project.open(path, or_read_only=True) as project:
        assert project.store.read_only
        assert project.notices
    assert_clean(small_disk, path)


def test_a_drive_that_is_pulled(small_disk):
    path = small_disk / "a.gpkg"
    project = Project.create(path, crs="EPSG:4546")
    project.store.transact(_EDIT, [Insert("wastes", {"code": "W", "kind": "other"})])
    subprocess.run(["umount", "-l", small_disk], check=True)
    with pytest.raises(Unwritable) as caught:
        project.store.transact(_EDIT, [Update("wastes", 1, {"name": "x"})])
    assert caught.value.key == "project.moved"
    project.close()
    assert not lock.lock_file(path).exists()
