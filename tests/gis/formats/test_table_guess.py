"""Tables of coordinates without a row of names: guessed by their values, confirmed by a person, refused in doubt."""

from __future__ import annotations

import openpyxl
import pytest
import shapely

from gis.formats import read_features
from gis.formats.table_guess import guessed
from models.errors import Refused
from tests.gis.formats.here import no_child

HOME = "EPSG:4546"
E, N = 389800.0, 4497400.0
PITS = [shapely.box(E + 300 * i, N, E + 300 * i + 100 + 10 * i, N + 80) for i in range(3)]


def rows(*, group=True, order=True, height=True, north_first=True, restart=True):
    made = []
    k = 0
    for i, pit in enumerate(PITS):
        k = 0 if restart else k
        for x, y in list(pit.exterior.coords)[:-1]:
            k += 1
            place = (y, x) if north_first else (x, y)
            cells = [*([f"坑{i + 1}"] if group else []), *([k] if order else []), *(f"{v:.3f}" for v in place)]
            made.append([*cells, *(["1050.250"] if height else [])])
    return made


def write(folder, made, name="拐点.csv", mark=",", title=()):
    path = folder / name
    path.write_text("\n".join([*title, *(mark.join(map(str, r)) for r in made), ""]), encoding="utf-8")
    return path


def read(path, **how):
    how = {"accept_guess": True, "sublayer": "outlines", **how}
    with no_child():
        return read_features(path, target_crs=HOME, crs=HOME, **how)


@pytest.mark.parametrize("order", [True, False])
@pytest.mark.parametrize("height", [True, False])
@pytest.mark.parametrize("north_first", [True, False])
@pytest.mark.parametrize("mark", [",", "\t", " "])
def test_outlines_by_their_blocks(folder, order, height, north_first, mark):
    came = read(write(folder, rows(order=order, height=height, north_first=north_first), mark=mark))
    assert [f.fields["编号"] for f in came.features] == ["坑1", "坑2", "坑3"]
    assert all(f.geometry.equals(p) for f, p in zip(came.features, PITS, strict=True))
    told = next(w for w in came.warnings if w.key == "table.guessed")
    first = 3 if order else 2
    assert told.facts["places"] == f"{first}, {first + 1}"
    assert told.facts["group"] == "1"
    assert told.facts["height"] == (str(first + 2) if height else "–")


def test_nobody_said_that_it_is_right(folder):
    """Also where the system is stated: that says nothing of the columns."""
    path = write(folder, rows())
    with pytest.raises(Refused) as caught:
        read(path, accept_guess=False)
    assert caught.value.key == "import.no_head"
    said = caught.value.sentence()
    assert "--accept-guess" in said
    assert "columns 3, 4" in said


def test_points_without_outlines(folder):
    path = write(folder, rows(group=False, restart=False))
    came = read(path, sublayer="points")
    assert len(came.features) == 12
    assert came.features[0].fields["点号"] in ("1", 1)
    assert came.features[0].geometry.equals(shapely.Point(E + 100, N))


def test_one_outline(folder):
    path = write(folder, rows(group=False)[:4])
    came = read(path)
    assert came.features[0].geometry.equals(PITS[0])


def test_the_name_of_the_only_outline(folder):
    came = read(write(folder, rows()[:4]))
    assert [f.fields["编号"] for f in came.features] == ["坑1"]
    assert came.features[0].geometry.equals(PITS[0])


def test_degrees(folder):
    from pyproj import Transformer

    way = Transformer.from_crs(HOME, "EPSG:4490", always_xy=True)
    made = []
    for i, pit in enumerate(PITS):
        for x, y in list(pit.exterior.coords)[:-1]:
            lon, lat = way.transform(x, y)
            made.append([f"坑{i + 1}", f"{lat:.9f}", f"{lon:.9f}"])
    with no_child():
        came = read_features(
            write(folder, made), target_crs=HOME, crs="EPSG:4490", accept_guess=True, sublayer="outlines"
        )
    assert [f.geometry.symmetric_difference(p).area < 0.1 for f, p in zip(came.features, PITS, strict=True)] == [
        True
    ] * 3


def test_titles_above_are_titles(folder):
    path = write(folder, rows(), title=["某矿区拐点坐标成果,,,,", "2000国家大地坐标系,,,,"])
    came = read(path)
    assert len(came.features) == 3
    assert "2000" in came.said


def test_a_table_longer_than_the_rows_looked_at(folder):
    boxes = [shapely.box(E, N + 100 * i, E + 50, N + 100 * i + 50) for i in range(500)]
    many = [
        [f"坑{i:04d}", f"{y:.3f}", f"{x:.3f}"] for i, b in enumerate(boxes) for x, y in list(b.exterior.coords)[:-1]
    ]
    came = read(write(folder, many))
    assert len(came.features) == 500
    assert came.features[-1].geometry.area == pytest.approx(2500)


def test_a_workbook(folder):
    book = openpyxl.Workbook()
    for row in rows():
        book.active.append([c if isinstance(c, int) or c.startswith("坑") else float(c) for c in row])
    book.save(folder / "拐点.xlsx")
    assert len(read(folder / "拐点.xlsx").features) == 3


def test_shapes_as_text(folder):
    path = write(folder, [[f"坑{i}", f'"{shapely.to_wkt(p, rounding_precision=3)}"'] for i, p in enumerate(PITS)])
    assert [f.geometry.area for f in read(path, sublayer=None).features] == pytest.approx([8000, 8800, 9600])


@pytest.mark.parametrize(
    "made",
    [
        rows(group=False),  # numbers begin anew, and nothing says whose they are
        [[*r, f"{E + 5:.3f}", f"{N + 5:.3f}"] for r in rows()],  # two pairs
        [[f"坑{i}", "一", "二"] for i in range(9)],
        [[i, i + 1, i + 2] for i in range(9)],
        rows()[:2],
    ],
    ids=["anew", "two pairs", "words", "small", "two rows"],
)
def test_in_doubt_it_is_refused_as_before(folder, made):
    with pytest.raises(Refused) as caught:
        read(write(folder, made))
    assert caught.value.key == "table.no_columns"


def test_a_column_of_numbers_that_rise_is_no_coordinate():
    made = [[10001 + i, f"{N + i % 7:.3f}", f"{E + i % 5:.3f}"] for i in range(30)]
    names, first, _ = guessed(made) or ([], 0, None)
    assert names == ["点号", "X", "Y"]
    assert first == 0
