"""Tables with traditional headings in Big5: outlines, points with heights, and what their words say of a system."""

from __future__ import annotations

import pytest

from gis.formats import read_features
from gis.points import read_points
from models.errors import Refused
from models.traditional import simplified
from tests.gis.formats.here import no_child

HOME = "EPSG:4546"
E, N = 389800.0, 4497400.0
CORNERS = [(E, N), (E + 100, N), (E + 100, N + 80), (E, N + 80)]


def table(folder, title="", name="界址點.csv"):
    rows = ["編號,名稱,點號,橫坐標(東),縱坐標(北),高程"]
    for code, site in (("坑-1", "廢棄砂坑"), ("坑-2", "採石場")):
        rows += [f"{code},{site},{i},{x + 300 * (code[-1] == '2')},{y},1050.2" for i, (x, y) in enumerate(CORNERS, 1)]
    path = folder / name
    path.write_bytes("\r\n".join([*([title] if title else []), *rows, ""]).encode("cp950"))
    return path


def test_outlines(folder):
    with no_child():
        came = read_features(table(folder), target_crs=HOME, crs=HOME, sublayer="outlines")
    assert came.encoding == "Big5"
    assert [(f.fields["編號"], f.fields["名稱"]) for f in came.features] == [("坑-1", "廢棄砂坑"), ("坑-2", "採石場")]
    assert [f.geometry.area for f in came.features] == pytest.approx([8000, 8000])


def test_points_with_heights(folder):
    points = read_points(table(folder), target_crs=HOME, crs=HOME)
    assert points.encoding == "Big5"
    assert len(points.z) == 8
    assert points.xy[0] == pytest.approx(CORNERS[0])
    assert points.order == "en"


def test_the_words_of_a_title_count(folder):
    with no_child(), pytest.raises(Refused) as caught:
        read_features(table(folder, "北京1954座標系,,,,,"), target_crs=HOME, accept_guess=True, sublayer="outlines")
    assert "1954" in caught.value.sentence()


def test_characters_stay_as_many():
    assert simplified("點號（縱座標）") == "点号（纵坐标）"
    assert simplified("abc") == "abc"
    assert simplified("废弃砂坑") == "废弃砂坑"
