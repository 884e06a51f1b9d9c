"""Some two hundred damaged files; the long run is ``python -m tests.faults formats``."""

from __future__ import annotations

import io
import os
import random
import zipfile

import pytest

from tests.faults import formats
from tests.faults.samples import SAMPLES

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs fork and limits of memory")


@pytest.mark.parametrize("key", list(SAMPLES))
def test_damaged_files_end_in_features_or_a_sentence(key):
    outcome = formats.run(key, 16, seed=20261126)
    assert outcome.wrong == []
    assert outcome.runs == 16
    assert outcome.read + outcome.refused + outcome.died == 16


def test_the_runner_notices_what_is_wrong(tmp_path, monkeypatch):
    """Crashes, strange errors, strays and hangs are told apart: a runner that finds nothing must be able to."""
    said = formats.Outcome()
    formats._judge(said, {"outcome": "hung", "key": "", "s": 60.0}, "x")
    formats._judge(said, {"outcome": "read", "key": "", "s": 6.0}, "y")
    formats._judge(said, {"outcome": "died", "key": "", "s": 0.0}, "z")
    assert (len(said.wrong), said.died) == (2, 1)
    monkeypatch.setattr("gis.formats.read._place", lambda *a: 1 / 0, raising=False)
    monkeypatch.setattr("gis.formats.read.place", lambda *a: 1 / 0, raising=False)
    path = SAMPLES["csv"](tmp_path)
    assert formats.attempt(path, (0.0, 0.0))["outcome"] == "wrong"


def test_mutations_damage_and_are_the_same_for_the_same_seed():
    data = bytes(range(256)) * 8
    made = [formats.mutated(data, random.Random(n)) for n in range(50)]
    assert made == [formats.mutated(data, random.Random(n)) for n in range(50)]
    assert sum(m != data for m, _ in made) > 45
    assert len({kind for _, kind in made}) >= 7


def test_a_reader_that_dies_is_replaced_and_no_file_is_left_out(monkeypatch):
    read = formats.Bed.read

    def dies_at_the_third(self, number, **how):
        if number == 3:
            os._exit(1)
        if number == 5:
            (self.work / "cwd" / "stray").write_text("x")
        return read(self, number, **how)

    monkeypatch.setattr(formats.Bed, "read", dies_at_the_third)
    outcome = formats.run("cass", 8, seed=1)
    assert (outcome.runs, outcome.died) == (8, 1)
    assert [line.partition(":")[0].split()[1] for line in outcome.wrong] == ["5", "6", "7"]  # it stays where it is
    assert all("wrote ['stray']" in line for line in outcome.wrong)


def test_some_files_go_the_whole_way(monkeypatch):
    ways = []
    monkeypatch.setattr(
        formats,
        "attempt",
        lambda *a, whole=False, **more: ways.append(whole) or {"outcome": "read", "key": "", "s": 0.0},
    )
    assert formats.run("cass", 0, seed=1, whole=3).runs == 3
    assert ways == [False, True, True, True]  # the sound file first, for what it says


def test_members_of_an_archive_are_damaged_and_its_sums_are_right(tmp_path):
    sound = SAMPLES["xlsx"](tmp_path).read_bytes()
    changed = 0
    for n in range(20):
        data, kind = formats.repacked(sound, random.Random(n))
        assert kind.endswith("inside")
        with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(io.BytesIO(sound)) as old:
            assert archive.namelist() == old.namelist()
            assert archive.testzip() is None
            changed += any(archive.read(m) != old.read(m) for m in old.namelist())
    assert changed > 15
