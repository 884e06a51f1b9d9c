"""Degrees, minutes and seconds in one number (D.MMSSss): told from decimals, asked for where both are possible."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
import shapely
from pyproj import Transformer

from gis.formats import read_features
from gis.formats.packed_degrees import digits_of, unpacked
from models.errors import Refused
from tests.gis.formats.here import no_child

HOME = "EPSG:4546"
# 109°45′12.345″ 40°39′22.1″ and so on, by hand
PACKED = [("109.4512345", "40.39221"), ("109.4542345", "40.39221"), ("109.4542345", "40.39521"),
          ("109.4512345", "40.39521")]  # fmt: skip
LON = [109 + 45 / 60 + 12.345 / 3600, 109 + 45 / 60 + 42.345 / 3600]
LAT = [40 + 39 / 60 + 22.1 / 3600, 40 + 39 / 60 + 52.1 / 3600]
SECOND = [("109.5000000", "40.3000000"), ("109.5010000", "40.3000000"), ("109.5010000", "40.3010000")]
ALL = [*(("A", *p) for p in PACKED), *(("B", *p) for p in SECOND)]


@pytest.fixture(autouse=True)
def _in_this_process():
    with no_child():
        yield


def table(folder: Path, rows: list[tuple[str, ...]], head: str = "编号,经度,纬度") -> Path:
    (folder / "a.csv").write_text("\n".join([head, *(",".join(r) for r in rows), ""]), "utf-8")
    return folder / "a.csv"


def read(path: Path, **how: Any) -> Any:
    return read_features(path, target_crs=HOME, **{"prefer": "sand_pits", "crs": "EPSG:4490", **how})


def home_box(lon: float, lat: float, half: float = 300.0) -> tuple[float, float, float, float]:
    x, y = Transformer.from_crs("EPSG:4490", HOME, always_xy=True).transform(lon, lat)
    return (x - half, y - half, x + half, y + half)


def middle(came: Any) -> tuple[float, float]:
    xy = shapely.get_coordinates(came.features[0].geometry)
    lon, lat = Transformer.from_crs(HOME, "EPSG:4490", always_xy=True).transform(*xy.T)
    return (lon.min() + lon.max()) / 2, (lat.min() + lat.max()) / 2


def keys(came: Any) -> set[str]:
    return {w.key for w in came.warnings}


def test_packed_numbers_become_degrees_by_hand() -> None:
    given = np.array([109.4512345, 40.45, 0.5959, -109.3030, 109.0, 40.0000001, 109.5959999, np.nan])
    right = [LON[0], 40.75, 59 / 60 + 59 / 3600, -(109 + 30 / 60 + 30 / 3600), 109.0, 40 + 0.001 / 3600,
             109 + 59 / 60 + 59.99 / 3600 + 0.009 / 3600]  # fmt: skip
    assert unpacked(given)[:-1] == pytest.approx(right, abs=1e-11)
    assert np.isnan(unpacked(given)[-1])
    every = [d + m / 100 + s / 1e4 for d in (73, 109, 135) for m in range(60) for s in range(60)]
    right = [d + m / 60 + s / 3600 for d in (73, 109, 135) for m in range(60) for s in range(60)]
    assert np.abs(unpacked(np.array(every)) - right).max() < 1e-11


def test_what_may_be_packed_is_refused_with_both_places(tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        read(table(tmp_path, ALL))
    error = caught.value
    assert error.key == "import.two_degrees"
    said = str(error)
    assert "--degrees packed" in error.advice.render()
    assert "--degrees decimal" in error.advice.render()
    # half way from 109.4512345 to 109.5010000, and from 109°45′12.345″ to 109°50′10″; 26.9 km east, 26.1 km north
    assert "109.4761°, 40.3476°" in said
    assert "109.7948°, 40.5822°" in said
    assert error.what.facts["km"] == pytest.approx(37.5, abs=0.1)
    assert error.what.facts["count"] == 8


def test_the_word_of_a_person_counts(tmp_path: Path) -> None:
    path = table(tmp_path, ALL)
    came = read(path, degrees="packed")
    assert middle(came) == pytest.approx((sum(LON) / 2, sum(LAT) / 2), abs=1e-7)
    assert "degrees.stated" in keys(came)
    assert middle(read(path, degrees="decimal")) == pytest.approx((109.4527345, 40.39371), abs=1e-7)


@pytest.mark.parametrize(
    "head", ["编号,经度(度.分秒),纬度(度.分秒)", "编号,L(DDD.MMSS),B(DDD.MMSS)", "编号,经度 D.MMSS,纬度 D.MMSS"]
)
def test_headings_that_say_it_are_believed_and_told(tmp_path: Path, head: str) -> None:
    came = read(table(tmp_path, [("A", *p) for p in PACKED], head))
    assert middle(came) == pytest.approx((sum(LON) / 2, sum(LAT) / 2), abs=1e-7)
    told = next(w for w in came.warnings if w.key == "degrees.said")
    assert told.facts["head"] == head.split(",")[1]


def test_headings_of_decimal_degrees_are_believed_too(tmp_path: Path) -> None:
    came = read(table(tmp_path, ALL, "编号,经度(十进制度),纬度(十进制度)"))
    assert middle(came) == pytest.approx((109.4527345, 40.39371), abs=1e-7)


def test_one_value_that_cannot_be_packed_makes_all_decimal(tmp_path: Path) -> None:
    rows = [*ALL, ("B", "109.5010000", "40.3075000")]  # 75 seconds
    path = table(tmp_path, rows)
    assert middle(read(path)) == pytest.approx((109.4527345, 40.39371), abs=1e-7)
    with pytest.raises(Refused, match=r"row 9: 40\.3075000 is no D\.MMSS"):
        read(path, degrees="packed")
    with pytest.raises(Refused, match=r"row 9"):
        read(table(tmp_path, rows, "编号,经度(度.分秒),纬度(度.分秒)"))


def test_degrees_with_signs_are_never_packed(tmp_path: Path) -> None:
    rows = [*ALL, ("B", "109°50′05″", "40°30′20″")]
    assert middle(read(table(tmp_path, rows))) == pytest.approx((109.4527345, 40.39371), abs=1e-7)
    signs = [("A", f"109°4{i}′12″", f"40°39′{20 + i % 2}″") for i in range(4)]
    came = read(table(tmp_path, signs, "编号,经度(度分秒),纬度(度分秒)"))
    assert middle(came)[0] == pytest.approx(109 + 41.5 / 60 + 12 / 3600, abs=1e-6)


def test_the_projects_data_decide_for_decimals_and_are_named_for_packed(tmp_path: Path) -> None:
    rows = [*(("A", *p) for p in PACKED), ("A", "109.4522000", "40.3952100"), ("A", "109.4532000", "40.3951100")]
    path = table(tmp_path, rows)
    came = read(path, neighbours=home_box(109.4527, 40.3937, 3000))
    assert middle(came)[1] < 40.4
    assert "degrees.by_place" in keys(came)
    with pytest.raises(Refused, match=r"only as D\.MMSS they lie among"):
        read(path, neighbours=home_box(sum(LON) / 2, sum(LAT) / 2, 3000))
    with pytest.raises(Refused, match="does not tell"):
        read(path, neighbours=home_box(109.6, 40.5, 60_000))


def test_few_values_are_doubted_only_where_the_place_speaks(tmp_path: Path) -> None:
    path = table(tmp_path, [("A", *PACKED[0])])
    how = {"prefer": "observations", "sublayer": "points"}
    assert not {k for k in keys(read(path, **how)) if k.startswith("degrees.")}
    came = read(path, neighbours=home_box(LON[0], LAT[0]), **how)
    told = next(w for w in came.warnings if w.key == "degrees.doubt")
    assert "109.7534°, 40.6561°; among" in told.render()
    assert "degrees.doubt" not in keys(read(path, neighbours=home_box(109.45, 40.39), **how))


def test_zeros_at_the_end_count_and_missing_digits_do_not() -> None:
    def digits(*cells: Any) -> Any:
        return digits_of([(n, [c, None]) for n, c in enumerate(cells, 1)], [(0, 1)], ["L", "B"])

    assert digits("109.4500", "109.45001")["count"] == 2
    assert digits("109.45", 109.45)["count"] == 0
    assert digits("109.7", "109.4512") == {
        "fits": False, "count": 1, "said": "", "head": "", "odd": "109.7", "row": 1, "wrong": 1,
    }  # fmt: skip
    assert digits("１０９．４５１２")["count"] == 1
    assert digits("109.4512", "389800.12") is None


def test_a_workbook_is_asked_about_too(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["编号", "L", "B"])
    for code, lon, lat in ALL:
        book.active.append([code, float(lon), float(lat)])
    book.save(tmp_path / "a.xlsx")
    came = read(tmp_path / "a.xlsx", degrees="packed")
    assert middle(came) == pytest.approx((sum(LON) / 2, sum(LAT) / 2), abs=1e-7)


def test_corners_in_one_row_are_asked_about(tmp_path: Path) -> None:
    corners = [c for p in PACKED for c in p]
    head = "编号," + ",".join(f"经度{i},纬度{i}" for i in range(1, 5))
    path = table(
        tmp_path,
        [("A", *corners), ("B", *(c.replace("109.45", "109.52").replace("40.39", "40.31") for c in corners))],
        head,
    )
    with pytest.raises(Refused, match=r"D\.MMSS"):
        read(path)
    assert middle(read(path, degrees="packed"))[0] == pytest.approx(sum(LON) / 2, abs=1e-7)


def test_metres_and_other_formats_know_no_packed_degrees(tmp_path: Path) -> None:
    rows = [("A", f"{389800.1234 + i}", f"{4497400.1234 + i * i}") for i in range(8)]
    path = table(tmp_path, rows, "编号,东,北")
    assert read(path, crs=HOME).features
    with pytest.raises(Refused, match="only from tables"):
        read(path, crs=HOME, degrees="packed")


def test_a_land_office_file_in_degrees_is_asked_about(tmp_path: Path) -> None:
    lines = [f"J{n},1,{lat},{lon}" for n, (lon, lat) in enumerate([*PACKED, PACKED[0]], 1)]
    lines += [f"J{n},2,{lat}12,{lon}12" for n, (lon, lat) in enumerate([*SECOND, SECOND[0]], 6)]
    head = ["[属性描述]", "坐标系=2000国家大地坐标系", "[地块坐标]", "9,1.0,1,砂坑,面,,,,@"]
    (tmp_path / "a.txt").write_text("\n".join([*head, *lines]), "utf-8")
    with pytest.raises(Refused, match="--degrees packed"):
        read(tmp_path / "a.txt", crs=None)
    came = read(tmp_path / "a.txt", degrees="packed", crs=None)
    assert middle(came)[0] == pytest.approx((LON[0] + 109 + 50 / 60 + 10.00012 / 3600) / 2, abs=1e-7)


def test_one_slip_among_many_packed_values_does_not_make_them_decimal(tmp_path: Path) -> None:
    rows = [("K1", f"109.41{10 + i}255", f"40.36{i + 10}125") for i in range(8)]
    rows[5] = ("K1", "109.7812345", "40.3615125")
    with pytest.raises(Refused, match=r"15 values allow it, 1 do not \(row 7: 109\.7812345\)"):
        read(table(tmp_path, rows), prefer="observations")
    came = read(table(tmp_path, rows), prefer="observations", degrees="decimal")
    assert len(came.features) == 8
