"""Paths of nearly five hundred characters: every format in, every format out, and terrain from points."""

from __future__ import annotations

import pytest

from gis.formats import WRITERS, read_features, write_features
from gis.points import make_ground, read_points
from tests.faults.samples import HOME, SAMPLES, frame
from tests.gis.formats.here import no_child

REFUSED = {"heic"}


@pytest.fixture
def deep(tmp_path):
    for i in range(5):
        tmp_path = tmp_path / ("资料" * 38 + f"目录{i}")
    tmp_path.mkdir(parents=True)
    assert len(str(tmp_path)) > 400
    return tmp_path


@pytest.mark.parametrize("key", [k for k in SAMPLES if k not in REFUSED])
def test_in(deep, key):
    with no_child():
        came = read_features(SAMPLES[key](deep), target_crs=HOME, accept_guess=True, prefer="sand_pits")
    assert len(came.features) == {"photo": 1, "photos": 5}.get(key, 6)


@pytest.mark.parametrize("key", list(WRITERS))
def test_out(deep, key):
    path = deep / f"坑{WRITERS[key].suffix}"
    write_features(frame(), path, key, "sand_pits")
    assert path.stat().st_size > 0
    assert all(p.stem == "坑" for p in deep.iterdir())


def test_terrain_from_points(deep):
    path = deep / "测点.csv"
    rows = [f"{i},{389800 + i % 7},{4497400 + i // 7},1050" for i in range(50)]
    path.write_text("\n".join(["点号,东,北,高程", *rows]), encoding="utf-8")
    made = make_ground(read_points(path, target_crs=HOME, crs=HOME), deep / "地形.tif", crs=HOME)
    assert made.used == 50
