"""Clouds that are none, cut short or lie about themselves: one clear error, soon, with little memory."""

from __future__ import annotations

import struct
from pathlib import Path

import laspy
import numpy as np
import pytest

from gis.clouds.header import read_head
from gis.clouds.make import make_cloud_ground
from gis.clouds.read import understand
from models.errors import AppError, Missing, Refused, Unreadable
from tests.gis.clouds.synthetic import EAST, HOME, NORTH, points, write


def run(path: Path, out: Path):
    sources, _ = understand([path], target_crs=HOME, crs=HOME, accept_guess=False, z_unit=None, neighbours=None)
    return make_cloud_ground(sources, out, target_crs=HOME, classes=[2])


@pytest.fixture(params=["las", "laz"])
def cloud(request, tmp_path):
    xyz = points(60_000)
    return write(tmp_path / f"a.{request.param}", xyz, np.full(len(xyz), 2))


def patch(path: Path, at: int, form: str, *values) -> Path:
    content = bytearray(path.read_bytes())
    struct.pack_into(form, content, at, *values)
    path.write_bytes(bytes(content))
    return path


def test_what_a_head_says(cloud):
    head = read_head(cloud)
    assert (head.version, head.point_format, head.points) == ("1.4", 6, 60_000)
    assert head.compressed == (cloud.suffix == ".laz")
    assert head.low[0] == pytest.approx(EAST - 100, abs=0.1)
    assert head.high[1] == pytest.approx(NORTH + 100, abs=0.1)
    assert head.crs is not None
    assert head.crs.to_epsg() == 4546


@pytest.mark.parametrize("form", [0, 1, 3, 6, 7, 8])
def test_point_formats(tmp_path, form):
    xyz = points(500)
    for ending in ("las", "laz"):
        head = read_head(write(tmp_path / f"{form}.{ending}", xyz, form=form, version="1.4" if form > 5 else "1.2"))
        assert (head.point_format, head.points) == (form, 500)


def test_geotiff_keys(tmp_path):
    from laspy.vlrs.known import GeoAsciiParamsVlr, GeoDoubleParamsVlr, GeoKeyDirectoryVlr

    head = laspy.LasHeader(point_format=1, version="1.2")
    keys = GeoKeyDirectoryVlr()
    raw = struct.pack("<4H", 1, 1, 0, 2) + struct.pack("<8H", 1024, 0, 1, 1, 3072, 0, 1, 4546)
    keys.parse_record_data(raw)
    head.vlrs.extend([keys, GeoDoubleParamsVlr(), GeoAsciiParamsVlr()])
    las = laspy.LasData(head)
    las.x, las.y, las.z = [1.0], [2.0], [3.0]
    las.write(tmp_path / "k.las")
    found = read_head(tmp_path / "k.las")
    assert found.crs is not None
    assert found.crs.to_epsg() == 4546
    content = (
        (tmp_path / "k.las")
        .read_bytes()
        .replace(struct.pack("<4H", 3072, 0, 1, 4546), struct.pack("<4H", 3072, 0, 1, 32767))
    )
    (tmp_path / "u.las").write_bytes(content)
    assert read_head(tmp_path / "u.las").crs is None


@pytest.mark.parametrize("share", [0.001, 0.02, 0.5, 0.97])
def test_cut_short(cloud, tmp_path, share):
    content = cloud.read_bytes()
    cloud.write_bytes(content[: int(share * len(content))])
    with pytest.raises(Unreadable) as caught:
        run(cloud, tmp_path / "g.tif")
    assert caught.value.key in {"cloud.truncated", "cloud.header"}
    assert caught.value.where == str(cloud)
    assert not (tmp_path / "g.tif").exists()


def test_a_header_that_claims_a_million_million_points(cloud, tmp_path):
    patch(cloud, 247, "<Q", 10**12)
    with pytest.raises(Unreadable) as caught:
        run(cloud, tmp_path / "g.tif")
    assert caught.value.key in {"cloud.truncated", "cloud.header"}


LIES = {
    "version": (24, "<BB", (1, 9)),
    "format": (104, "<B", (63,)),
    "record": (105, "<H", (3,)),
    "offset": (96, "<I", (0xFFFFFFFF,)),
    "offset 0": (96, "<I", (0,)),
    "header": (94, "<H", (10,)),
    "vlrs": (100, "<I", (0xFFFFFFFF,)),
    "scale 0": (131, "<d", (0.0,)),
    "scale nan": (139, "<d", (float("nan"),)),
    "offset inf": (155, "<d", (float("inf"),)),
    "box": (179, "<dd", (0.0, 1e7)),
    "box nan": (179, "<d", (float("nan"),)),
    "box far": (179, "<d", (1e200,)),
}


@pytest.mark.parametrize("lie", LIES)
def test_lies_in_the_header(cloud, tmp_path, lie):
    at, form, values = LIES[lie]
    patch(cloud, at, form, *values)
    with pytest.raises(AppError) as caught:
        run(cloud, tmp_path / "g.tif")
    assert caught.value.key.startswith("cloud.")
    assert caught.value.advice.text


def test_no_points_wrong_ending_and_missing(tmp_path):
    empty = write(tmp_path / "e.las", np.zeros((0, 3)))
    with pytest.raises(Refused) as caught:
        read_head(empty)
    assert caught.value.key == "cloud.no_points"
    text = tmp_path / "点.laz"
    text.write_text("1,,417000,4496000,1050\n" * 50)
    with pytest.raises(Refused) as wrong:
        read_head(text)
    assert wrong.value.key == "cloud.not_las"
    (tmp_path / "k.las").write_bytes(b"LASF")
    with pytest.raises(Unreadable):
        read_head(tmp_path / "k.las")
    with pytest.raises(Missing):
        read_head(tmp_path / "no.las")
    renamed = write(tmp_path / "b.las", points(3000), np.full(3000, 2)).rename(tmp_path / "b.txt")
    assert run(renamed, tmp_path / "g.tif").used == 3000


def test_a_table_of_chunks_that_lies(tmp_path):
    xyz = points(60_000)
    file = write(tmp_path / "a.laz", xyz, np.full(len(xyz), 2))
    (offset,) = struct.unpack_from("<I", file.read_bytes(), 96)
    (table,) = struct.unpack_from("<q", file.read_bytes(), offset)
    patch(file, table + 4, "<I", 0xFFFFFFF0)
    with pytest.raises(Unreadable) as caught:
        run(file, tmp_path / "g.tif")
    assert caught.value.key == "cloud.header"


def test_mutated_points_give_a_ground_or_one_clear_error(tmp_path):
    xyz = points(20_000)
    whole = write(tmp_path / "a.laz", xyz, np.full(len(xyz), 2)).read_bytes()
    rng = np.random.default_rng(4)
    for k in range(6):
        bad = bytearray(whole)
        for at in rng.integers(375, len(bad), 40):
            bad[at] = rng.integers(0, 256)
        path = tmp_path / f"m{k}.laz"
        path.write_bytes(bytes(bad))
        try:
            made = run(path, tmp_path / f"m{k}.tif")
        except AppError:
            continue
        assert made.used > 0


def test_points_at_impossible_heights_and_places(tmp_path):
    xyz = points(20_000)
    xyz[:7, 2] = 50_000.0
    file = write(tmp_path / "a.las", xyz, np.full(len(xyz), 2), scale=0.01)
    made = run(file, tmp_path / "g.tif")
    assert made.dropped["impossible"] == 7
    assert "cloud.impossible" in {n.key for n in made.notices}


@pytest.mark.parametrize(("form", "version"), [(3, "1.2"), (6, "1.4")])
def test_a_header_that_counts_fewer_points_than_follow(tmp_path, form, version):
    path = write(tmp_path / "a.las", points(5000), form=form, version=version)
    assert read_head(path).points == 5000
    patch(path, 107, "<I", 100)
    if version == "1.4":
        patch(path, 247, "<Q", 100)
    with pytest.raises(Unreadable, match="counts 4900 points fewer than follow"):
        read_head(path)
