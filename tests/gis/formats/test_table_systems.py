"""Tables whose own words name a system: titles, headings in two rows, notes, names of files, columns of zones."""

from __future__ import annotations

import numpy as np
import openpyxl
import pyproj
import pytest
import shapely
from shapely.geometry import box

from gis.formats import read_features
from gis.formats.said_systems import speaks_of_older, system_words
from models.errors import Refused
from tests.gis.formats.here import no_child
from tests.gis.formats.making import HERE

HOME = "EPSG:4546"
X, Y = HERE
PITS = [box(X + 200 * i, Y, X + 200 * i + 100, Y + 100) for i in range(3)]


@pytest.fixture(autouse=True)
def _here():
    with no_child():
        yield


def moved(shape, crs):
    way = pyproj.Transformer.from_crs(HOME, crs, always_xy=True)
    return shapely.transform(shape, lambda xy: np.column_stack(way.transform(xy[:, 0], xy[:, 1])))


def corners(shape):
    return list(shape.exterior.coords)[:-1]


def vertices(shapes=PITS, more=""):
    return [
        f"K{i},J{j},{y:.3f},{x:.3f}{more}" for i, g in enumerate(shapes, 1) for j, (x, y) in enumerate(corners(g), 1)
    ]


def read(path, lines, **how):
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_features(path, target_crs=HOME, **{"prefer": "sand_pits", "accept_guess": True, **how})


def off_m(came, shapes=PITS):
    """Greatest distance between the outlines and what they should be."""
    assert len(came.features) == len(shapes)
    return max(f.geometry.hausdorff_distance(g) for f, g in zip(came.features, shapes, strict=True))


HEAD = "编号,点号,X,Y"


@pytest.mark.parametrize(
    ("above", "head", "below"),
    [
        (["某砂坑拐点坐标一览表（1980西安坐标系，3度带）,,,"], HEAD, []),
        (["坐标系,北京54,单位,米"], HEAD, []),
        ([], "编号,点号,X坐标(西安80),Y坐标(西安80)", []),
        ([], "编号,点号,X(北京54),Y(北京54)", []),
        ([",,1980西安坐标系,"], HEAD, []),
        ([], HEAD, ["注：坐标系为1954年北京坐标系,,,"]),
        (["CGCS2000 中央子午线110度,,,"], HEAD, []),
        (["包头市独立坐标系,,,"], HEAD, []),
    ],
)
def test_words_of_an_older_or_local_system_forbid_the_guess(tmp_path, above, head, below):
    with pytest.raises(Refused, match="older or local system"):
        read(tmp_path / "a.csv", [*above, head, *vertices(), *below])


@pytest.mark.parametrize("name", ["坑_西安80.csv", "1980西安坐标系.csv", "拐点(北京54).csv"])
def test_the_file_s_own_name_counts_too(tmp_path, name):
    with pytest.raises(Refused, match="older or local system"):
        read(tmp_path / name, [HEAD, *vertices()])
    assert off_m(read(tmp_path / name, [HEAD, *vertices()], crs=HOME)) < 0.001  # a person's word is above it


@pytest.mark.parametrize(
    "title", ["编制单位：北京某设计院", "独立选址项目", "高程1980.5米", "2000国家大地坐标系", "北京路砂坑 54号"]
)
def test_words_that_mean_something_else_forbid_nothing(tmp_path, title):
    assert not speaks_of_older(title)
    assert off_m(read(tmp_path / "a.csv", [title + ",,,", HEAD, *vertices()])) < 0.001


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2000国家大地坐标系 3度分带 38带", "2000国家大地 带号=38"),
        ("CGCS2000，3°带，第37号带", "CGCS2000 带号=37"),
        ("中央经线114度", "中央子午线=114"),
        ("中央子午线为东经109°30′", "任意带 中央子午线=109.5"),
        ("3度带6度带，共12带", ""),
        ("大青山南麓采坑", ""),
    ],
)
def test_words_are_picked_out_of_free_text(text, words):
    assert system_words([text]) == words


@pytest.mark.parametrize("title", ["2000国家大地坐标系 36带", "CGCS2000 中央子午线108度"])
def test_a_title_that_names_the_zone_leads_the_guess(tmp_path, title):
    west = [moved(g, "EPSG:4545") for g in PITS]
    with pytest.raises(Refused, match="looks like EPSG:4545 because its text speaks of CGCS2000 zone 36"):
        read(tmp_path / "a.csv", [title + ",,,", HEAD, *vertices(west)], accept_guess=False)


def test_a_column_of_zone_numbers_keeps_rows_from_landing_in_another_zone(tmp_path):
    mixed = [PITS[0], moved(PITS[1], "EPSG:4545"), PITS[2]]
    lines = [f"{line},{36 if line.startswith('K2') else 37}" for line in vertices(mixed)]
    came = read(tmp_path / "a.csv", ["编号,点号,X,Y,带号", *lines])
    assert off_m(came, [PITS[0], PITS[2]]) < 0.001
    assert [(s.row, s.reason.key) for s in came.skipped] == [(6, "zone.jump")]
    assert [w.key for w in came.warnings if w.key == "table.zones"] == ["table.zones"]


@pytest.mark.parametrize(
    ("name", "value"), [("带号", "37"), ("带号", "3度37带"), ("中央子午线", "111°"), ("zone", "37")]
)
def test_one_zone_in_a_column_is_a_reason_for_the_guess(tmp_path, name, value):
    came = read(tmp_path / "a.csv", [f"{HEAD},{name}", *vertices(more=f",{value}")])
    assert (came.crs, off_m(came) < 0.001) == (HOME, True)
    assert came.guesses[0].reason.key == "guess.text_bare_zone"


def book(path, rows, merged=()):
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    for cells in merged:
        made.active.merge_cells(cells)
    made.save(path)
    return path


@pytest.mark.parametrize("first", ["2000", "1980"])
def test_of_two_systems_beside_each_other_the_right_columns_count(tmp_path, first):
    names = ("2000国家大地坐标系", "1980西安坐标系")
    heads = names if first == "2000" else names[::-1]
    rows = [["坑号", "点号", heads[0], None, heads[1], None], [None, None, "X", "Y", "X", "Y"]]
    for i, g in enumerate(PITS, 1):
        for j, (x, y) in enumerate(corners(g), 1):
            ours, theirs = [y, x], [y + 3, x - 110]
            rows.append([f"K{i}", f"J{j}", *(ours + theirs if first == "2000" else theirs + ours)])
    path = book(tmp_path / "a.xlsx", rows, ["A1:A2", "B1:B2", "C1:D1", "E1:F1"])
    came = read_features(path, target_crs=HOME, prefer="sand_pits", accept_guess=True)
    assert off_m(came) < 0.001
    assert [f.fields["坑号"] for f in came.features] == ["K1", "K2", "K3"]
    assert "table.pairs" in [w.key for w in came.warnings]


def test_a_table_that_goes_on_beside_itself_is_refused(tmp_path):
    rows = [line.split(",", 1)[1] for line in vertices()]
    lines = ["点号,X,Y,点号,X,Y", *(f"{a},{b}" for a, b in zip(rows[:6], rows[6:], strict=True))]
    with pytest.raises(Refused, match="goes on beside itself: columns 4 to 6"):
        read(tmp_path / "a.csv", lines)


def test_a_column_that_parts_the_rows_without_saying_so_is_asked_about(tmp_path):
    with pytest.raises(Refused, match=r"column 1 \(对象\) part its rows into outlines"):
        read(tmp_path / "a.csv", ["对象,序号,X,Y", *vertices()])
    same = [line.replace("K1", "甲") for line in vertices(PITS[:1])]
    assert off_m(read(tmp_path / "b.csv", ["对象,序号,X,Y", *same]), PITS[:1]) < 0.001


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda x, y: (x, y), "its two coordinates stand the other way round than in the other rows"),
        (lambda x, y: (y, x % 1e6), "its easting has no zone number, as those of the other rows have (37)"),
    ],
)  # fmt: skip
def test_a_row_against_all_others_spoils_its_outline_and_is_named(tmp_path, change, reason):
    east = [shapely.transform(g, lambda xy: xy + np.array([37e6, 0])) for g in PITS]
    lines = vertices(east)
    k, j, north, easting = lines[5].split(",")
    lines[5] = ",".join([k, j, *(f"{v:.3f}" for v in change(float(easting), float(north)))])
    came = read(tmp_path / "a.csv", [HEAD, *lines])
    assert off_m(came, [PITS[0], PITS[2]]) < 0.001
    assert [s.reason.render() for s in came.skipped] == [f"row 7 of its outline: {reason}"]


def test_points_against_all_others_are_skipped(tmp_path):
    lines = [f"P{i},{Y + i},{X + i}" for i in range(5)]
    lines[2] = f"P2,{X + 2},{Y + 2}"
    came = read(tmp_path / "a.csv", ["点名,X,Y", *lines], prefer="observations")
    assert [s.row for s in came.skipped] == [4]
    assert len(came.features) == 4


@pytest.mark.parametrize("how", ["column", "srid", "vertices"])
def test_rows_that_name_another_system_than_most_are_left_out_with_it(tmp_path, how):
    mixed = [PITS[0], moved(PITS[1], "EPSG:4545"), PITS[2]]
    codes = [4546, 4545, 4546]
    if how == "column":
        lines = [
            "编号,wkt,crs",
            *(f'K{i},"{g.wkt}",EPSG:{c}' for i, (g, c) in enumerate(zip(mixed, codes, strict=True))),
        ]
    elif how == "srid":
        lines = ["编号,wkt", *(f'K{i},"SRID={c};{g.wkt}"' for i, (g, c) in enumerate(zip(mixed, codes, strict=True)))]
    else:
        lines = [HEAD + ",crs"]
        lines += [f"{v},{codes[int(v[1]) - 1]}" for v in vertices(mixed)]
    came = read(tmp_path / "a.csv", lines, accept_guess=False)
    assert (came.crs, came.crs_basis) == (HOME, "file")
    assert off_m(came, [PITS[0], PITS[2]]) < 0.001
    assert "EPSG:4545" in came.skipped[0].reason.render()


@pytest.mark.parametrize("change", [lambda x, y: (x, y), lambda x, y: (y, x + 37e6)])
def test_one_corner_in_a_row_of_corners_against_all_others(tmp_path, change):
    lines = ["编号,X1,Y1,X2,Y2,X3,Y3,X4,Y4"]
    for k, g in enumerate(PITS):
        places = [change(x, y) if (k, j) == (1, 2) else (y, x) for j, (x, y) in enumerate(corners(g))]
        lines.append(f"K{k}," + ",".join(f"{v:.3f}" for place in places for v in place))
    came = read(tmp_path / "a.csv", lines)
    assert off_m(came, [PITS[0], PITS[2]]) < 0.001
    assert [s.row for s in came.skipped] == [3]


@pytest.mark.parametrize(
    ("head", "cell"),
    [("ORIG_FID,POINT_X,POINT_Y", "{k},{x},{y}"), ("编号,SmX,SmY", "{k},{x},{y}"), ("编号,X,Y", "{k},X={y},Y＝{x}")],
)
def test_tables_as_other_programs_copy_them(tmp_path, head, cell):
    lines = [cell.format(k=k, x=f"{x:.3f}", y=f"{y:.3f}") for k, g in enumerate(PITS, 1) for x, y in corners(g)]
    assert off_m(read(tmp_path / "a.csv", [head, *lines])) < 0.001
