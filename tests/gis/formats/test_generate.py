"""ArcGIS Generate text: what ArcInfo, ArcGIS and scripts write, with known outlines."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from gis.formats import READERS, read_features
from gis.formats.generate import looks_like
from gis.formats.read import recognise
from gis.points import read_points
from models.errors import Refused
from tests.gis.formats.here import no_child

HOME = "EPSG:4546"
E, N = 389800.0, 4497400.0
PIT = shapely.Polygon(
    [(E, N), (E + 300, N), (E + 300, N + 200), (E, N + 200)],
    [[(E + 100, N + 80), (E + 100, N + 140), (E + 160, N + 140), (E + 160, N + 80)]],
)
OTHER = shapely.box(E + 400.125, N + 10.5, E + 450.125, N + 60.5)


def ring(coords, mark=" ", z=None):
    return "\n".join(mark.join(f"{v:.3f}" for v in (*p[:2], *(() if z is None else (z,)))) for p in coords)


def lines_of(shape, name, mark=" ", label=False):
    head = f"{name}{mark}{shape.centroid.x}{mark}{shape.centroid.y}" if label else str(name)
    text = f"{head}\n{ring(shape.exterior.coords, mark)}\nEND\n"
    return text + "".join(f"-99999\n{ring(h.coords, mark)}\nEND\n" for h in shape.interiors)


def read(folder, text, name="坑 界.gen", encoding="utf-8"):
    path = folder / name
    path.write_bytes(text.encode(encoding) if isinstance(text, str) else text)
    with no_child():
        return read_features(path, target_crs=HOME, crs=HOME)


@pytest.mark.parametrize("mark", [" ", ",", ", ", "\t", "   "])
@pytest.mark.parametrize("label", [False, True])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_polygons_with_a_hole(folder, mark, label, newline):
    text = lines_of(PIT, 1, mark, label) + lines_of(OTHER, 27, mark, label) + "END\n"
    came = read(folder, text.replace("\n", newline))
    assert (came.format, came.sublayer) == ("generate", "shapes")
    assert [f.fields["id"] for f in came.features] == ["1", "27"]
    for feature, wanted in zip(came.features, (PIT, OTHER), strict=True):
        assert feature.geometry.equals(wanted)
    assert came.skipped == []
    assert "generate.cut" not in {w.key for w in came.warnings}


def test_a_label_makes_an_open_ring_an_outline_and_says_so(folder):
    open_ring = ring(list(OTHER.exterior.coords)[:-1])
    came = read(folder, f"5 {E + 420} {N + 30}\n{open_ring}\nEND\nEND\n")
    assert came.features[0].geometry.equals(OTHER)
    assert "import.unclosed" in {n.key for n in came.features[0].notes}


def test_open_lines_stay_lines(folder):
    came = read(
        folder, f"1\n{ring([(E, N), (E + 10, N), (E + 10, N + 10)])}\nEND\n2\n{ring(OTHER.exterior.coords)}\nEND\nEND\n"
    )
    assert [f.geometry.geom_type for f in came.features] == ["LineString", "Polygon"]


def test_points(folder):
    text = "".join(f"{i},{E + i},{N + 2 * i}\n" for i in range(1, 6)) + "END\n"
    came = read(folder, text, "点.txt")
    assert (came.format, came.sublayer) == ("generate", "points")
    assert [(f.fields["id"], f.geometry.x - E, f.geometry.y - N) for f in came.features][:2] == [
        ("1", 1.0, 2.0),
        ("2", 2.0, 4.0),
    ]


def test_the_kin_of_feature_text_files(folder):
    """As ArcGIS writes it: a word, "number part", vertices with number, x, y, z and m; two parts in one outline."""

    def part(k, coords):
        return (
            f"{k}\n" + "\n".join(f"{i} {x:.3f} {y:.3f} 1.#QNAN 1.#QNAN" for i, (x, y, *_) in enumerate(coords)) + "\n"
        )

    text = "Polygon\n" + part("0 0", PIT.exterior.coords) + part("0 1", PIT.interiors[0].coords)
    text += part("1 0", OTHER.exterior.coords) + "END\n"
    came = read(folder, text, "要素.txt")
    assert [f.geometry.equals(s) for f, s in zip(came.features, (PIT, OTHER), strict=True)] == [True, True]
    points = read(folder, f"Point\n0 {E} {N} 1050.5 1.#QNAN\n1 {E + 5} {N} 1051.0 1.#QNAN\nEND\n", "点.txt")
    assert [f.geometry.x for f in points.features] == [E, E + 5]


def test_bad_lines_are_named_and_the_rest_is_read(folder):
    text = (
        f"1\n{ring(OTHER.exterior.coords)}\nEND\n2\n{E} {N}\n{E + 1} abc\n{E + 1} {N + 1}\nEND\n3\n{E} {N}\nEND\nEND\n"
    )
    came = read(folder, text)
    assert len(came.features) == 1
    assert [(s.row, s.reason.key) for s in came.skipped] == [(8, "generate.no_vertex"), (13, "generate.few")]


@pytest.mark.parametrize("number", ["1e999", "9" * 40, "-1e308"])
def test_numbers_that_are_no_place_spoil_their_outline_alone(folder, number):
    text = f"1\n{ring(OTHER.exterior.coords)}\nEND\n2\n{E} {N}\n{number} {N}\n{E + 1} {N + 1}\n{E} {N}\nEND\nEND\n"
    came = read(folder, text)
    assert len(came.features) == 1
    assert [s.reason.key for s in came.skipped] == ["generate.no_vertex"]


def test_a_file_that_is_cut_short_says_so(folder):
    whole = lines_of(PIT, 1) + lines_of(OTHER, 2) + "END\n"
    came = read(folder, whole[: whole.rindex("END\nEND")])
    assert "generate.cut" in {w.key for w in came.warnings}
    assert len(came.features) == 2


@pytest.mark.parametrize(
    "text",
    [
        "1000\n"
        + "".join(f"{E + i % 30} {N + i // 30} 1050\n" for i in range(1000)),  # a count above a table of points
        "".join(f"{i},{E + i},{N},1050\n" for i in range(50)),
        "点号,东,北\n1,389800,4497400\nEND\n",
        "甲\n389800 4497400\n389900 4497400\n389900 4497500\nEND\n",
        "END\nEND\n",
        "",
    ],
)
def test_what_it_is_not(text):
    assert not looks_like(text.encode())


def test_it_is_known_by_content_and_others_keep_their_files(folder):
    path = folder / "a.dat"
    path.write_text(lines_of(PIT, 1) + "END\n")
    assert recognise(path, READERS).key == "generate"
    assert recognise(path.rename(folder / "a.csv"), READERS).key == "generate"


def test_contours_of_a_generate_file_make_a_ground(folder):
    """Heights as the third number: 21 contours of a plane, each a line."""
    text = ""
    for k in range(21):
        y = N + 5 * k
        text += f"{k}\n{ring([(E + x, y) for x in range(0, 101, 10)], ',', 1000 + k)}\nEND\n"
    path = folder / "等高线.gen"
    path.write_text(text + "END\n")
    points = read_points(path, target_crs=HOME, crs=HOME)
    assert points.kind == "generate"
    assert len(np.unique(points.line)) == 21
    assert points.z == pytest.approx(1000 + (points.xy[:, 1] - N) / 5)


def test_nothing_in_it_is_refused(folder):
    with pytest.raises(Refused):
        read(folder, "1\nEND\nEND\n")
