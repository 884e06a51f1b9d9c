"""Headers of land-office files as other programs write them."""

from __future__ import annotations

import pytest

from gis.formats import read_features
from models.errors import Refused
from tests.gis.formats.here import no_child
from tests.gis.formats.making import HERE

X, Y = HERE
RING = [(X, Y), (X, Y + 100), (X + 100, Y + 100), (X + 100, Y), (X, Y)]
SYSTEM = "坐标系=2000国家大地坐标系\n"


def read(path, header, *, east=37e6, mark="[]", **how):
    a, b = mark
    points = "".join(f"J{i},1,{y:.3f},{x + east:.3f}\n" for i, (x, y) in enumerate(RING, 1))
    text = f"{a}属性描述{b}\n{header}\n{a}地块坐标{b}\n5,1.0000,1,坑,面,,,,@\n{points}"
    path.write_bytes(text.encode("gb18030"))
    with no_child():
        return read_features(path, target_crs="EPSG:4546", **how)


@pytest.mark.parametrize(
    ("header", "east", "mark", "crs"),
    [
        ("坐标系：2000国家大地坐标系\n几度分带：3\n带号：37", 37e6, "[]", "EPSG:4525"),
        (SYSTEM + "几度分带=3\n带号=37", 37e6, "【】", "EPSG:4525"),
        (SYSTEM + "几度分带=3\n中央子午线=111", 0, "[]", "EPSG:4546"),
        (SYSTEM + "中央子午线=111°00′00″", 0, "[]", "EPSG:4546"),
        (SYSTEM + "几度分带=3\n带号=19", 19e6, "[]", "EPSG:4497"),
        (SYSTEM + "几度分带=6\n带号=37", 37e6, "[]", "EPSG:4525"),
    ],
)
def test_headers_of_other_programs(tmp_path, header, east, mark, crs):
    came = read(tmp_path / "a.txt", header, east=east, mark=mark)
    assert (came.crs, came.crs_basis) == (crs, "file")
    assert came.features[0].geometry.bounds == pytest.approx((X, Y, X + 100, Y + 100), abs=0.001)


@pytest.mark.parametrize("system", ["80坐标系", "西安80", "54坐标系", "1980西安坐标系", "北京54"])
def test_short_names_of_older_systems_are_never_cgcs2000(tmp_path, system):
    with pytest.raises(Refused, match="another datum"):
        read(tmp_path / "a.txt", f"坐标系={system}\n几度分带=3\n带号=37", accept_guess=True)


def test_a_meridian_of_no_zone_is_not_guessed_away(tmp_path):
    with pytest.raises(Refused, match="says no coordinate system"):
        read(tmp_path / "a.txt", SYSTEM + "中央子午线=110.5", east=0)


def test_parameters_in_the_header_are_told(tmp_path):
    header = SYSTEM + "几度分带=3\n带号=37\n转换参数={}"
    came = read(tmp_path / "a.txt", header.format("10.5,-120.3,22.1,0,0,0,0"))
    assert "land_txt.parameters" in [w.key for w in came.warnings]
    for empty in (",,,,,,", "0,0,0,0,0,0,0"):
        assert "land_txt.parameters" not in [w.key for w in read(tmp_path / "a.txt", header.format(empty)).warnings]


def test_numbers_that_cannot_be_in_an_older_system_are_not_advised_to_be_cgcs2000(tmp_path):
    from tests.gis.formats.making import write_geojson

    crs = {"type": "name", "properties": {"name": "EPSG:2361"}}
    path = write_geojson(tmp_path / "a.geojson", [[[list(p) for p in RING]]], crs=crs)
    with no_child(), pytest.raises(Refused, match=r"cannot be EPSG:2361; ") as refused:
        read_features(path, target_crs="EPSG:4546")
    assert "4546" not in str(refused.value).partition("EPSG:2361")[2]
