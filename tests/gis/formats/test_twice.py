"""Tables that say each place in degrees and in metres: compared, and rows that disagree are named."""

from __future__ import annotations

import numpy as np
import pytest
from pyproj import Transformer

from gis.formats import read_features
from tests.gis.formats.here import no_child

HOME = "EPSG:4546"
E, N = 389800.0, 4497400.0
CORNERS = np.array([(E + 300 * i + dx, N + dy) for i in range(5) for dx, dy in ((0, 0), (100, 0), (100, 80), (0, 80))])


def degrees_of(xy, crs=HOME):
    return np.column_stack(Transformer.from_crs(crs, "EPSG:4490", always_xy=True).transform(*xy.T))


def packed(value):
    seconds = round(value * 3600, 3)
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes // 60)}.{int(minutes % 60):02d}{int(rest):02d}{round(rest % 1 * 1000):03d}"


def table(
    folder, xy=CORNERS, lonlat=None, head="编号,点号,经度,纬度,X,Y", form="{:.8f}", metres="{:.3f}", north_first=True
):
    lonlat = degrees_of(CORNERS) if lonlat is None else lonlat
    write = form if callable(form) else form.format
    rows = [head]
    for i, ((x, y), (lon, lat)) in enumerate(zip(xy, lonlat, strict=True)):
        places = [metres.format(v) for v in ((y, x) if north_first else (x, y))]
        rows.append(",".join([f"坑{i // 4 + 1}", str(i % 4 + 1), write(lon), write(lat), *places]))
    path = folder / "拐点.csv"
    path.write_text("\n".join([*rows, ""]), encoding="utf-8")
    return path


def told(path, sublayer="outlines", crs="EPSG:4490", **how):
    with no_child():
        came = read_features(path, target_crs=HOME, crs=crs, sublayer=sublayer, **how)
    return came, {w.key: w for w in came.warnings if w.key.startswith("twice.")}


@pytest.mark.parametrize("sublayer", ["outlines", "points"])
@pytest.mark.parametrize("north_first", [True, False])
def test_both_say_the_same(folder, sublayer, north_first):
    came, said = told(table(folder, north_first=north_first), sublayer)
    assert list(said) == ["twice.agree"]
    assert said["twice.agree"].facts["count"] == 20
    assert said["twice.agree"].facts["crs"] == HOME
    assert len(came.features) == (5 if sublayer == "outlines" else 20)


def test_a_row_that_differs_is_named_with_its_distance(folder):
    xy = CORNERS.copy()
    xy[6] += (30.0, 40.0)
    xy[13] += (0.0, 1.5)
    came, said = told(table(folder, xy))
    differ = said["twice.differ"].facts
    assert (differ["count"], differ["all"], differ["rows"]) == (2, 20, "8, 15")
    assert differ["most"] == pytest.approx(50, abs=0.1)
    assert differ["limit"] == 1.0
    assert differ["taken"] == "经度 / 纬度"
    assert len(came.features) == 5


def test_coarse_degrees_are_no_difference(folder):
    """Four decimals are eleven metres: what rounding explains is no error, what it does not is one."""
    xy = CORNERS.copy()
    path = table(folder, xy, form="{:.4f}")
    assert list(told(path)[1]) == ["twice.agree"]
    xy[3] += (60.0, 0.0)
    assert told(table(folder, xy, form="{:.4f}"))[1]["twice.differ"].facts["rows"] == "5"


def test_named_east_and_north_count_and_degrees_are_compared(folder):
    lonlat = degrees_of(CORNERS)
    lonlat[0] += (0.001, 0)
    path = table(folder, CORNERS, lonlat, head="编号,点号,经度,纬度,北坐标,东坐标")
    _, said = told(path, crs=HOME)
    assert said["twice.differ"].facts["rows"] == "2"
    assert said["twice.differ"].facts["most"] == pytest.approx(85, abs=1)
    assert said["twice.differ"].facts["taken"] == "东坐标 / 北坐标"


@pytest.mark.parametrize("crs", ["EPSG:4525", "EPSG:4547", "EPSG:4508"])
def test_metres_of_other_zones_with_and_without_number_and_six_degrees(folder, crs):
    way = Transformer.from_crs(HOME, crs, always_xy=True)
    moved = np.column_stack(way.transform(*CORNERS.T))
    _, said = told(table(folder, moved))
    assert list(said) == ["twice.agree"]


def test_packed_degrees(folder):
    _, said = told(table(folder, form=packed), degrees="packed")
    assert list(said) == ["twice.agree"]
    xy = CORNERS.copy()
    xy[1] += (0, 25.0)
    _, said = told(table(folder, xy, form=packed), degrees="packed")
    assert said["twice.differ"].facts["rows"] == "3"


def test_degrees_with_signs(folder):
    def signs(value):
        minutes, rest = divmod(round(value * 3600, 2), 60)
        return f"{int(minutes // 60)}°{int(minutes % 60):02d}′{rest:05.2f}″"

    assert list(told(table(folder, form=signs))[1]) == ["twice.agree"]


def test_a_shift_of_all_rows_is_told(folder):
    """Metres of Xi'an 1980 beside degrees of CGCS2000: every row is off."""
    _, said = told(table(folder, CORNERS + np.array([95.0, -30.0])))
    assert said["twice.differ"].facts["count"] == 20


def test_metres_of_nowhere_near_are_told_as_not_compared(folder):
    _, said = told(table(folder, CORNERS - np.array([3e5, 4e6]), metres="{:.2f}"))
    assert list(said) == ["twice.elsewhere"]


def test_rows_with_one_place_only_are_not_compared(folder):
    path = table(folder)
    text = path.read_text("utf-8").splitlines()
    text[4] = ",".join([*text[4].split(",")[:4], "", ""])
    path.write_text("\n".join(text), encoding="utf-8")
    _, said = told(path)
    assert said["twice.agree"].facts["count"] == 19
