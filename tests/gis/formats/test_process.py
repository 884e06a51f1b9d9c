from __future__ import annotations

import os
import sys
import threading
import time

import pytest

from gis.formats import child, process, read_features
from gis.formats.base import Limits
from models.errors import Cancelled, Refused, Unreadable
from models.progress import Watch

HOME = "EPSG:4546"


@pytest.fixture
def file(folder, pits):
    path = folder / "坑.gpkg"
    pits.to_file(path, layer="a", engine="pyogrio")
    return path


def instead(monkeypatch, code):
    """Start other Python code in the place of the child."""
    monkeypatch.setattr(process, "command", lambda: [sys.executable, "-c", code])


def test_a_crash_of_the_child_is_one_clear_refusal(monkeypatch, file):
    instead(monkeypatch, "import os; os.abort()")
    with pytest.raises(Unreadable, match="made its reader fail"):
        read_features(file, target_crs=HOME)


@pytest.mark.parametrize("noise", ["print('x' * 5)", "import sys; sys.stdout.buffer.write(b'\\xff' * 4096)",
                                   "import sys; sys.stdout.buffer.write(b'\\x02' + bytes(7) + b'{}')"])  # fmt: skip
def test_noise_from_the_child_is_a_refusal_too(monkeypatch, file, noise):
    instead(monkeypatch, noise)
    with pytest.raises(Unreadable, match="made its reader fail"):
        read_features(file, target_crs=HOME)


def test_a_silent_child_is_killed(monkeypatch, file):
    instead(monkeypatch, "import time; time.sleep(60)")
    begun = time.monotonic()
    with pytest.raises(Unreadable, match="no progress"):
        read_features(file, target_crs=HOME, limits=Limits(start_s=0.5))
    assert time.monotonic() - begun < 10


def test_cancelling_kills_the_child(monkeypatch, file):
    started = []
    start = process._start
    monkeypatch.setattr(process, "_start", lambda *a: started.append(start(*a)) or started[0])
    instead(monkeypatch, "import time; time.sleep(60)")
    watch = Watch()
    threading.Timer(0.3, watch.cancel).start()
    with pytest.raises(Cancelled):
        read_features(file, target_crs=HOME, watch=watch)
    assert started[0].poll() is not None


def test_limits_are_kept(file):
    with pytest.raises(Refused, match="at most 1 are read"):
        read_features(file, target_crs=HOME, limits=Limits(features=1))
    with pytest.raises(Refused, match="more than 5 vertices"):
        read_features(file, target_crs=HOME, limits=Limits(vertices=5))
    with pytest.raises(Refused, match="larger than"):
        read_features(file, target_crs=HOME, limits=Limits(file_bytes=100))


def test_no_thread_and_no_process_stays(file):
    before = threading.active_count()
    assert len(read_features(file, target_crs=HOME).features) == 2
    assert threading.active_count() == before


def test_a_foreign_proj_folder_does_no_harm(monkeypatch, file):
    monkeypatch.setenv("PROJ_LIB", os.devnull)
    monkeypatch.setenv("PROJ_DATA", os.devnull)
    assert read_features(file, target_crs=HOME).crs == "EPSG:4546"


def test_a_frozen_program_starts_itself_with_the_flag(monkeypatch):
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert process.command() == [sys.executable, child.FLAG]
    child.serve_if_asked(["huitian", "import"])  # any other start is none of its business
