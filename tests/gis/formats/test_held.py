"""Files that another program holds, left in the middle of a change, or is writing to."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import threading

import numpy as np
import pytest

from gis.clouds.make import make_cloud_ground
from gis.clouds.read import understand
from gis.formats import read_features
from gis.points import read as points_read
from gis.points import read_points
from gis.unchanged import unchanged
from models.errors import Refused, Unreadable
from tests.faults.samples import SAMPLES
from tests.gis.clouds.synthetic import points, write
from tests.gis.formats.here import no_child

HOME = "EPSG:4546"
_HOLD = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.readline()
"""


def read(path):
    with no_child():
        return read_features(path, target_crs=HOME, accept_guess=True, prefer="sand_pits")


def test_a_geopackage_that_another_program_writes_to_is_not_called_damaged(folder):
    path = SAMPLES["gpkg"](folder)
    holder = subprocess.Popen([sys.executable, "-c", _HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == b"held"
        with pytest.raises(Unreadable) as caught:
            read(path)
        assert caught.value.key == "gpkg.held"
        assert caught.value.where == str(path)
    finally:
        holder.communicate(b"\n")
    assert len(read(path).features) == 6


def test_a_change_that_was_begun_and_not_finished(folder):
    """A copy from the middle of a transaction, with its journal: what stands in the file is half a change."""
    path = SAMPLES["gpkg"](folder)
    half = folder / "半.gpkg"
    db = sqlite3.connect(path, isolation_level=None)
    try:
        db.execute("PRAGMA cache_size = 1")
        db.execute("CREATE TABLE filler (t TEXT)")
        db.execute("BEGIN IMMEDIATE")
        db.executemany("INSERT INTO filler VALUES (?)", [("x" * 2000,) for _ in range(200)])
        shutil.copyfile(path, half)
        shutil.copyfile(f"{path}-journal", f"{half}-journal")
        db.execute("ROLLBACK")
    finally:
        db.close()
    before = half.read_bytes()
    with pytest.raises(Unreadable) as caught:
        read(half)
    assert caught.value.key == "gpkg.unfinished"
    assert half.read_bytes() == before


def test_a_file_that_may_not_be_opened(folder, monkeypatch):
    """What Windows answers for a file that a program keeps to itself."""
    path = SAMPLES["csv"](folder)

    def kept(self, *how, **more):
        raise PermissionError(13, "The process cannot access the file because it is being used by another process")

    monkeypatch.setattr("pathlib.Path.open", kept)
    with pytest.raises(Unreadable) as caught:
        read(path)
    assert caught.value.key == "import.no_access"
    assert "another program" in caught.value.sentence()


def table(folder):
    path = folder / "测点.csv"
    rows = [f"{i},{389800 + i % 70},{4497400 + i // 70},1050.5" for i in range(3000)]
    path.write_text("\n".join(["点号,东,北,高程", *rows, ""]), encoding="utf-8")
    return path


@pytest.mark.parametrize("what", ["grows", "is cut", "vanishes"])
def test_points_of_a_table_that_changes_while_it_is_read(folder, monkeypatch, what):
    path = table(folder)
    decide = points_read.decide_order

    def changing(*said, **more):
        if what == "vanishes":
            path.unlink()
        else:
            body = path.read_bytes()
            path.write_bytes(body + b"9,389900,4497500,1060.1\n" if what == "grows" else body[:2000])
        return decide(*said, **more)

    monkeypatch.setattr(points_read, "decide_order", changing)
    with pytest.raises((Unreadable, OSError)) as caught:
        read_points(path, target_crs=HOME, crs=HOME)
    assert getattr(caught.value, "key", "") == "import.changed"


def test_a_table_that_a_program_writes_to_all_the_time(folder):
    path, stop = table(folder), threading.Event()

    def grow():
        with path.open("a", encoding="utf-8") as file:
            while not stop.is_set():
                file.write("9,389900,4497500,1060.1\n")
                file.flush()
                stop.wait(0.001)

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        with pytest.raises(Unreadable) as caught:
            read_points(path, target_crs=HOME, crs=HOME)
    finally:
        stop.set()
        writer.join()
    assert caught.value.key == "import.changed"


def test_a_cloud_that_changes_while_it_is_read(folder, monkeypatch):
    xyz = points(20_000)
    path = write(folder / "a.las", xyz, np.full(len(xyz), 2))
    sources, _ = understand([path], target_crs=HOME, crs=None, accept_guess=False, z_unit="m", neighbours=None)
    from gis.clouds import read as clouds_read

    plain = clouds_read._read

    def changing(*said):
        plain(*said)
        path.write_bytes(path.read_bytes() + bytes(30))

    monkeypatch.setattr(clouds_read, "_read", changing)
    with pytest.raises(Unreadable) as caught:
        make_cloud_ground(sources, folder / "g.tif", target_crs=HOME, cell=4.0)
    assert caught.value.key == "import.changed"
    assert not (folder / "g.tif").exists()


def test_what_stays_as_it_is_says_nothing(folder):
    path = table(folder)
    with unchanged(path):
        path.read_bytes()
    with pytest.raises(Refused), unchanged(path):
        raise Refused("x", "what is wrong stays what it is")
