"""Placing without files: what a reader would have sent is made by hand."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest
import shapely
from shapely.geometry import Polygon, box

from gis.china_offset import to_offset
from gis.datum_shift import DatumShift
from gis.formats.placing import Placing, place
from models.errors import Refused
from tests.gis.formats.making import made_raw as raw

X, Y = 389800.0, 4497400.0
HOME = "EPSG:4546"
NEIGHBOURS = (X - 500, Y - 500, X + 900, Y + 900)


def square(dx=0.0, dy=0.0):
    return box(X + dx, Y + dy, X + dx + 100, Y + dy + 50)


def keys(made):
    return [w.key for w in made.warnings]


def at(made, index=0):
    return np.array(made.features[index].geometry.bounds)


@pytest.mark.parametrize(
    ("code", "basis"),
    [(4525, "3° zone 37 with number"), (4546, "3° without"), (4497, "6° zone 19 with number"), (4508, "6° without"),
     (4490, "degrees"), (4326, "WGS 84")],
)  # fmt: skip
def test_every_form_of_the_national_grid_lands_on_the_same_spot(code, basis):
    moved = shapely.transform(
        square(), pyproj.Transformer.from_crs(4546, code, always_xy=True).transform, interleaved=False
    )
    made = place(raw([moved], f"EPSG:{code}"), HOME)
    assert at(made) == pytest.approx(np.array(square().bounds), abs=1e-3), basis
    assert made.crs_basis == "file"


@pytest.mark.parametrize("code", [4525, 4546, 4497, 4490])
def test_without_a_word_the_same_is_guessed_with_its_reason_and_asked_for(code):
    way = pyproj.Transformer.from_crs(4546, code, always_xy=True).transform
    data = raw([shapely.transform(square(), way, interleaved=False)])
    with pytest.raises(Refused, match=f"EPSG:{code} because"):
        place(data, HOME)
    made = place(data, HOME, Placing(accept_guess=True))
    assert (made.crs, made.crs_basis) == (f"EPSG:{code}", "guessed")
    assert at(made) == pytest.approx(np.array(square().bounds), abs=1e-3)


def test_eastings_without_a_number_are_offered_in_the_zones_around_too():
    made = place(raw([square()]), HOME, Placing(accept_guess=True))
    assert made.guesses[0].crs == HOME
    assert {"EPSG:4545", "EPSG:4547"} <= {g.crs for g in made.guesses}


def test_the_zone_in_which_data_fall_among_the_project_s_comes_first():
    way = pyproj.Transformer.from_crs(4546, 4545, always_xy=True).transform
    data = raw([shapely.transform(square(), way, interleaved=False)])
    made = place(data, HOME, Placing(accept_guess=True, neighbours=NEIGHBOURS))
    assert made.crs == "EPSG:4545"
    assert made.guesses[0].reason.key == "guess.neighbours"
    assert at(made) == pytest.approx(np.array(square().bounds), abs=1e-3)


def test_a_wrong_zone_that_the_file_claims_is_shown_as_the_jump_that_it_is():
    way = pyproj.Transformer.from_crs(4546, 4545, always_xy=True).transform
    made = place(raw([shapely.transform(square(), way, interleaved=False)], HOME), HOME, Placing(neighbours=NEIGHBOURS))
    jump = next(w for w in made.warnings if w.key == "zone.wrong")
    assert jump.facts["code"] == "EPSG:4545"
    assert 200 < jump.facts["km"] < 300
    assert "east" in jump.render()


def test_rows_of_another_zone_are_left_out_with_the_jump_and_come_with_their_own():
    here = shapely.transform(square(), lambda xy: xy + np.array([37e6, 0]))
    there = shapely.transform(square(), lambda xy: xy + np.array([38e6, 0]))
    data = raw([here, here, there])
    made = place(data, HOME, Placing(crs="EPSG:4525"))
    assert [s.row for s in made.skipped] == [3]
    assert "1000 km; import it with EPSG:4526" in made.skipped[0].reason.render()
    assert len(made.features) == 2
    other = place(data, HOME, Placing(crs="EPSG:4526"))
    assert ([f.row for f in other.features], [s.row for s in other.skipped]) == ([3], [1, 2])


@pytest.mark.parametrize(("crs", "accept"), [("EPSG:4490", False), ("", True)])
def test_latitude_first_is_exchanged_and_said(crs, accept):
    way = pyproj.Transformer.from_crs(4546, 4490).transform  # as the authority has it: latitude first
    flat = shapely.transform(square(), lambda xy: np.column_stack(way(xy[:, 1], xy[:, 0])))
    assert flat.bounds[0] < 60
    made = place(raw([flat], crs), HOME, Placing(accept_guess=accept))
    assert made.exchanged
    assert "axes.exchanged" in keys(made)
    assert at(made) == pytest.approx(np.array(square().bounds), abs=1e-3)


def test_north_first_metres_are_exchanged_and_what_is_stated_stands():
    turned = shapely.transform(square(), lambda xy: xy[:, ::-1])
    made = place(raw([turned], HOME), HOME)
    assert made.exchanged
    assert at(made) == pytest.approx(np.array(square().bounds))
    assert place(raw([turned], HOME), HOME, Placing(axes="ne")).exchanged
    with pytest.raises(Refused):
        place(raw([turned], HOME), HOME, Placing(axes="en"))
    assert not place(raw([square()], HOME), HOME).exchanged


@pytest.mark.parametrize(
    "bounds",
    [
        (37e6 + X, 5_500_000.0, 37e6 + X + 100, 5_500_050.0),  # the zone, but in Siberia
        (44e6 + X, Y, 44e6 + X + 100, Y + 50),  # a zone in the far east of the country
        (37_830_000.0, Y, 37_830_100.0, Y + 50),  # four degrees off its meridian
    ],
)
def test_a_guess_outside_the_area_it_is_made_for_is_not_accepted(bounds):
    with pytest.raises(Refused) as caught:
        place(raw([box(*bounds)]), HOME, Placing(accept_guess=True))
    assert caught.value.key in {"import.guess_outside", "import.wrong_place"}


def test_a_guess_far_from_all_that_the_project_holds_is_not_accepted():
    south = box(37e6 + X, 2_000_000.0, 37e6 + X + 100, 2_000_050.0)
    with pytest.raises(Refused, match="km south of everything"):
        place(raw([south]), HOME, Placing(accept_guess=True, neighbours=NEIGHBOURS))
    assert "import.far" in keys(place(raw([south]), HOME, Placing(crs="EPSG:4525", neighbours=NEIGHBOURS)))


@pytest.mark.parametrize("code", [2382, 2361, 2434, 4610, 4214])
def test_older_datums_are_refused_without_parameters(code):
    way = pyproj.Transformer.from_crs(4546, code, always_xy=True).transform
    data = raw([shapely.transform(square(), way, interleaved=False)], f"EPSG:{code}")
    with pytest.raises(Refused, match="another datum"):
        place(data, HOME)


def test_older_datums_come_in_by_the_project_s_parameters_and_say_how_far():
    one = DatumShift("旗县七参数", "seven", "EPSG:4610", "EPSG:4490", (100.0, -50.0, 20.0, 0.5, -0.3, 1.1, 2.5))
    made = place(raw([square()], "EPSG:2382"), HOME, Placing(shifts=(one,)))
    told = next(w for w in made.warnings if w.key == "crs.shifted")
    assert told.facts["name"] == "旗县七参数"
    away = float(np.hypot(*(at(made)[:2] - [X, Y])))
    assert away == pytest.approx(told.facts["metres"], abs=2.0)
    assert 50 < away < 400
    with pytest.raises(Refused, match="another datum"):
        place(raw([square()], "EPSG:2434"), HOME, Placing(shifts=(one,)))  # Beijing 1954 is not Xi'an 1980


def test_consumer_maps_are_suspected_never_converted_unasked_and_approximate_when_asked():
    way = pyproj.Transformer.from_crs(4546, 4490, always_xy=True).transform
    true = shapely.transform(square(), way, interleaved=False)
    shifted = shapely.transform(true, lambda xy: np.column_stack(to_offset(xy[:, 0], xy[:, 1], "GCJ-02")))
    data = raw([shifted], "EPSG:4326", 数据来源=["高德地图"])
    made = place(data, HOME)
    assert "offset.said" in keys(made)
    assert 300 < np.hypot(*(at(made)[:2] - [X, Y])) < 800  # as it stands
    asked = place(data, HOME, Placing(crs="GCJ-02"))
    assert at(asked) == pytest.approx(np.array(square().bounds), abs=0.05)
    assert asked.crs == "GCJ-02"
    assert "offset.converted" in keys(asked)
    assert not {"crs.overruled", "offset.said"} & set(keys(asked))


@pytest.mark.parametrize(
    ("crs", "kind"),
    [("EPSG:4546+5737", "normal_1985"), ("EPSG:4979", "ellipsoidal"), ("EPSG:4546", "unknown")],
)
def test_heights_are_left_out_and_what_they_stand_on_is_said(crs, kind):
    flat = square()
    if crs == "EPSG:4979":
        way = pyproj.Transformer.from_crs(4546, 4326, always_xy=True).transform
        flat = shapely.transform(flat, way, interleaved=False)
    solid = shapely.force_3d(flat, 1050.0)
    made = place(raw([solid], crs), HOME)
    assert made.heights == kind
    assert not made.features[0].geometry.has_z
    assert "import.heights" in keys(made)
    assert place(raw([square()], HOME), HOME).heights == ""


def test_nothing_there_and_nothing_finite_are_told_row_by_row():
    bad = Polygon([(X, Y), (np.inf, Y), (X, Y + 1)])
    made = place(raw([None, bad, square()], HOME), HOME)
    assert [f.row for f in made.features] == [1, 3]
    assert [s.row for s in made.skipped] == [2]


def as_utm(shape):
    return shapely.transform(
        shape, pyproj.Transformer.from_crs(4546, 32649, always_xy=True).transform, interleaved=False
    )


def test_utm_beside_what_the_project_holds_is_not_taken_for_the_national_grid():
    small = (X - 300, Y - 300, X + 300, Y + 300)
    made = place(raw([as_utm(square())]), HOME, Placing(accept_guess=True, neighbours=small))
    assert (made.crs, made.guesses[0].reason.key) == ("EPSG:32649", "guess.neighbours")
    assert at(made) == pytest.approx(np.array(square().bounds), abs=1.0)
    assert HOME in {g.crs for g in made.guesses}


def test_where_nothing_decides_between_utm_and_the_national_grid_both_are_named():
    away = (X - 20_000, Y - 300, X - 19_000, Y + 300)
    with pytest.raises(Refused, match=r"EPSG:4546 and EPSG:32649 alike, which lie 1\.\d\d km apart .* north") as told:
        place(raw([as_utm(square())]), HOME, Placing(accept_guess=True, neighbours=away))
    assert "--crs EPSG:4546 or --crs EPSG:32649" in told.value.advice.render()
    assert place(raw([as_utm(square())]), HOME, Placing("EPSG:32649", neighbours=away)).crs == "EPSG:32649"


@pytest.mark.parametrize("neighbours", [None, NEIGHBOURS])
def test_the_national_grid_is_still_guessed_and_its_rival_is_said(neighbours):
    made = place(raw([square()]), HOME, Placing(accept_guess=True, neighbours=neighbours))
    assert made.crs == HOME
    (said,) = [w for w in made.warnings if w.key == "guess.rival"]
    assert said.facts["other"] == "EPSG:32649"
    assert 1.7 < said.facts["km"] < 1.9
