"""Text formats as people and programs break them: CASS, land-office TXT, KML, GeoJSON, rare characters."""

from __future__ import annotations

import json

import pytest

from gis.formats import encodings, read_features
from models.errors import Refused
from tests.gis.formats.here import no_child
from tests.gis.formats.making import HERE

HOME = "EPSG:4546"
X, Y = HERE
SQUARE = [(X, Y), (X, Y + 100), (X + 100, Y + 100), (X + 100, Y)]
DEGREES = [(109.70, 40.60), (109.71, 40.60), (109.71, 40.61), (109.70, 40.61), (109.70, 40.60)]
HEADER = "[属性描述]\n坐标系=2000国家大地坐标系\n几度分带=3\n带号=37\n[地块坐标]\n"
PLOT = "{n},1.0000,{k},坑{k},面,,回填,,@\n"


@pytest.fixture(autouse=True)
def _here():
    with no_child():
        yield


def read(path, text, encoding="utf-8", **how):
    path.write_bytes(text.encode(encoding))
    return read_features(path, target_crs=HOME, **{"prefer": "sand_pits", **how})


def areas(came):
    return [round(f.geometry.area) if f.geometry is not None else None for f in came.features]


def cass(code, east=0.0):
    return [f"{i},{code},{x + east:.3f},{y:.3f},1050.1" for i, (x, y) in enumerate(SQUARE, 1)]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda line: line.replace(",", "，"), "北坑"),
        (lambda line: line + ",", "北坑"),
        (lambda line: line.replace("北坑", "北坑,一"), "北坑,一"),
        (lambda line: line, "砼"),
    ],
)
def test_cass_files_as_they_are_typed(folder, change, code):
    text = "\r\n".join(change(line) for line in cass(code if code == "砼" else "北坑"))
    came = read(folder / "a.dat", text, "gb18030", crs=HOME)
    assert [(f.fields["编号"], round(f.geometry.area)) for f in came.features] == [(code, 10000)]


def test_a_bad_line_of_a_cass_file_spoils_its_outline_alone(folder):
    came = read(folder / "a.dat", "\n".join([*cass("K1"), *cass("K2", 200), "9,K2,389850,abc,1"]), crs=HOME)
    assert areas(came) == [10000]
    assert [s.reason.render() for s in came.skipped] == ["row 9 of its outline has coordinates that are no numbers"]


def test_four_columns_without_a_code_are_points(folder):
    text = "\n".join(f"{i},{x},{y},1050" for i, (x, y) in enumerate(SQUARE))
    came = read(folder / "a.dat", text, crs=HOME, prefer="observations")
    assert [f.geometry.coords[0] for f in came.features] == SQUARE


def test_an_outline_with_a_coordinate_of_0_is_none(folder):
    rows = cass("K1")
    rows[2] = rows[2].replace(f"{Y + 100:.3f}", "0.000")
    came = read(folder / "a.dat", "\n".join([*rows, *cass("K2", 200)]), crs=HOME)
    assert areas(came) == [None, 10000]
    assert "a corner at 389900, 0 lies nowhere near the others" in came.features[0].notes[-1].render()


def points(east=0.0):
    return "".join(f"J{i},1,{y:.3f},{37e6 + x + east:.3f}\n" for i, (x, y) in enumerate([*SQUARE, SQUARE[0]], 1))


def test_plot_lines_whose_end_mark_was_lost(folder):
    text = HEADER + "".join(PLOT.format(n=5, k=k).replace(",@", "") + points(200 * k) for k in (1, 2))
    came = read(folder / "a.txt", text, "gb18030")
    assert [(f.fields["地块名称"], round(f.geometry.area)) for f in came.features] == [("坑1", 10000), ("坑2", 10000)]


def test_a_header_typed_full_width(folder):
    header = HEADER.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    came = read(folder / "a.txt", header + PLOT.format(n=5, k=1) + points(), "gb18030")
    assert (came.crs, came.crs_basis) == ("EPSG:4525", "file")


def kml(coordinates, declared="UTF-8"):
    ring = f"<LinearRing><coordinates>{coordinates}</coordinates></LinearRing>"
    return (f'<?xml version="1.0" encoding="{declared}"?><kml><Document><Placemark><name>砂坑</name><Polygon>'
            f"<outerBoundaryIs>{ring}</outerBoundaryIs></Polygon></Placemark></Document></kml>")  # fmt: skip


@pytest.mark.parametrize(
    ("change", "sample"),
    [
        (lambda t: t + " 109.7,abc", "109.7,abc"),
        (lambda t: t.replace(".", ","), "109,7,40,6"),
        (lambda t: t.replace(" ", ","), "109.7,40.6,109.71,40.6"),
    ],
)
def test_coordinates_that_cannot_be_read_are_shown(folder, change, sample):
    came = read(folder / "a.kml", kml(change(" ".join(f"{x},{y}" for x, y in DEGREES))))
    assert areas(came) == [None]
    assert sample in came.features[0].notes[-1].render()


def test_placemarks_beside_folders_have_a_layer_to_name(folder):
    one = kml(" ".join(f"{x},{y}" for x, y in DEGREES))
    mark = one[one.index("<Placemark>") : one.index("</Document>")]
    text = one.replace("<Document>", f"<Document><Folder><name>A</name>{mark}</Folder>")
    with pytest.raises(Refused, match=r"say which with --sublayer.*: A, /"):
        read(folder / "a.kml", text)
    assert len(read(folder / "a.kml", text, sublayer="/").features) == 1


def test_utf_8_that_is_declared_as_something_else(folder):
    came = read(folder / "a.kml", kml(" ".join(f"{x},{y}" for x, y in DEGREES), "gb2312"))
    assert (came.features[0].fields["name"], came.encoding) == ("砂坑", "UTF-8")
    assert any("says its text is GB2312, but it reads as UTF-8" in w.render() for w in came.warnings)


def test_numbers_of_many_digits_in_geojson_keep_them_all(folder):
    said = {"parcel": 15020200100123456789, "short": 12, "text": 'x":15020200100123456789, y', "negative": -(10**20)}
    feature = {"type": "Feature", "properties": said, "geometry": {"type": "Polygon", "coordinates": [DEGREES]}}
    came = read(folder / "a.geojson", json.dumps({"type": "FeatureCollection", "features": [feature]}))
    kept = {**said, "parcel": str(said["parcel"]), "negative": str(said["negative"])}
    assert came.features[0].fields == kept


def test_a_text_of_rare_characters_alone_is_chinese():
    assert encodings.choose(["砼".encode("gb18030")], stated=None, declared="").codec == "gb18030"
    assert encodings.choose(["Café Gérard".encode("cp1252")], stated=None, declared="").codec == "cp1252"
