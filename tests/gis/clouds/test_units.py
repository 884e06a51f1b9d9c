"""Heights in feet, or of a unit that nobody says: converted, told as assumed, or refused; never silently wrong."""

from __future__ import annotations

import struct

import laspy
import numpy as np
import pytest
from laspy.vlrs.known import GeoAsciiParamsVlr, GeoDoubleParamsVlr, GeoKeyDirectoryVlr

from gis.clouds.header import read_head
from gis.clouds.read import understand
from models.errors import Refused
from models.units import FOOT_M, US_SURVEY_FOOT_M
from tests.gis.clouds.synthetic import EAST, HOME, NORTH, points, write


def keyed(path, keys, factor=1.0, at=(EAST, NORTH)):
    """A LAS 1.2 file with these GeoTIFF keys."""
    head = laspy.LasHeader(point_format=1, version="1.2")
    head.offsets, head.scales = [at[0], at[1], 0.0], [0.001] * 3
    record = GeoKeyDirectoryVlr()
    flat = struct.pack("<4H", 1, 1, 0, len(keys)) + b"".join(struct.pack("<4H", k, 0, 1, v) for k, v in keys.items())
    record.parse_record_data(flat)
    head.vlrs.extend([record, GeoDoubleParamsVlr(), GeoAsciiParamsVlr()])
    las = laspy.LasData(head)
    xyz = points(2000)
    las.x, las.y, las.z = xyz[:, 0] + at[0], xyz[:, 1] + at[1], xyz[:, 2] * factor
    las.write(path)
    return path


def ask(*files, crs=None, z_unit=None):
    return understand(list(files), target_crs=HOME, crs=crs, accept_guess=False, z_unit=z_unit, neighbours=None)


def keys_said(remarks):
    return {n.key for n in remarks}


@pytest.mark.parametrize(("code", "factor"), [(9001, 1.0), (9002, FOOT_M), (9003, US_SURVEY_FOOT_M)])
def test_a_unit_key_without_a_vertical_system_counts(tmp_path, code, factor):
    sources, remarks = ask(keyed(tmp_path / "k.las", {1024: 1, 3072: 4546, 4099: code}, 1 / factor))
    assert sources[0].factor == pytest.approx(factor)
    assert sources[0].z_known
    assert "cloud.z_assumed" not in keys_said(remarks)


def test_a_unit_that_is_not_known_is_asked_for(tmp_path):
    file = keyed(tmp_path / "k.las", {1024: 1, 3072: 4546, 4099: 9036})
    with pytest.raises(Refused, match="unit of heights") as caught:
        ask(file)
    assert caught.value.key == "cloud.z_unit"
    assert "--z-unit" in caught.value.sentence()
    assert ask(file, z_unit="ft")[0][0].factor == FOOT_M


def test_silence_is_told_with_the_heights(tmp_path):
    for file in (keyed(tmp_path / "k.las", {1024: 1, 3072: 4546}), write(tmp_path / "w.laz", points(500))):
        sources, remarks = ask(file)
        assert sources[0].factor == 1.0
        assert not sources[0].z_known
        told = next(n for n in remarks if n.key == "cloud.z_assumed")
        assert told.facts["file"] == file.name
        assert 1030 < told.facts["low"] < told.facts["high"] < 1055
        assert "cloud.z_assumed" not in keys_said(ask(file, z_unit="m")[1])


def test_feet_of_a_system_that_is_not_used_are_asked_for(tmp_path):
    """The user says another system than the file's, so the file's feet may be as wrong as its system was."""
    file = write(tmp_path / "f.laz", points(500), crs="EPSG:4547+6360", at=(EAST, NORTH))
    with pytest.raises(Refused) as caught:
        ask(file, crs=HOME)
    assert caught.value.key in {"cloud.z_unit_other", "import.two_crs"}
    plain = keyed(tmp_path / "k.las", {1024: 1, 3072: 32767, 4099: 9003})
    with pytest.raises(Refused) as caught:
        ask(plain, crs=HOME)
    assert caught.value.key == "cloud.z_unit_other"
    assert ask(plain, crs=HOME, z_unit="us-ft")[0][0].factor == pytest.approx(US_SURVEY_FOOT_M)


def test_positions_in_feet_of_a_system_of_its_own_and_silence(tmp_path):
    file = keyed(tmp_path / "k.las", {1024: 1, 3072: 32767, 3076: 9002})
    assert read_head(file).xy_unit_m == FOOT_M
    with pytest.raises(Refused) as caught:
        ask(file, crs=HOME)
    assert caught.value.key == "cloud.unit"


def test_feet_beside_silence_are_refused(tmp_path):
    feet = keyed(tmp_path / "f.las", {1024: 1, 3072: 4546, 4099: 9002}, 1 / FOOT_M)
    silent = keyed(tmp_path / "s.las", {1024: 1, 3072: 4546})
    with pytest.raises(Refused) as caught:
        ask(feet, silent)
    assert caught.value.key == "cloud.mixed_units"
    assert caught.value.where == str(silent)
    assert [s.factor for s in ask(feet, silent, z_unit="ft")[0]] == [FOOT_M, FOOT_M]


def test_a_silent_file_that_lies_among_the_others_only_if_it_is_in_feet(tmp_path):
    """Two tiles of one survey, the second exported in feet: nothing of the project knows the place yet."""
    metres = write(tmp_path / "m.laz", points(500))
    feet = write(tmp_path / "f.laz", points(500, seed=2), factor=1 / FOOT_M, at=(EAST + 200, NORTH))
    for pair in ((metres, feet), (feet, metres)):
        with pytest.raises(Refused, match="seem to be feet") as caught:
            ask(*pair)
        assert caught.value.where == str(feet)
        assert caught.value.what.facts["other"] == "m.laz"
    known = keyed(tmp_path / "k.las", {1024: 1, 3072: 4546, 4099: 9001})
    with pytest.raises(Refused, match="seem to be feet"):
        ask(known, feet)
    assert ask(metres, feet, z_unit="m")[0][1].factor == 1.0, "what is stated counts"


def test_tiles_of_high_relief_are_not_taken_for_feet(tmp_path):
    """From 400 m in the valley to 1,300 m on the mountain: 3.28 times as high, and metres."""
    low, high = points(500), points(500, seed=2)
    low[:, 2] = 400 + 300 * (low[:, 0] + 100) / 200
    high[:, 2] = 700 + 700 * (high[:, 0] + 100) / 200
    files = write(tmp_path / "v.laz", low), write(tmp_path / "w.laz", high, at=(EAST + 200, NORTH))
    sources, remarks = ask(*files)
    assert [s.factor for s in sources] == [1.0, 1.0]
    (told,) = (n for n in remarks if n.key == "cloud.z_assumed")
    assert told.facts["file"] == "v.laz, w.laz"
    assert (told.facts["low"], told.facts["high"]) == (pytest.approx(400, abs=5), pytest.approx(1400, abs=5)), "of both"


def test_heights_in_feet_come_out_in_metres(tmp_path):
    """To the DEM: the same ground from a file in feet by its key as from one in metres."""
    from gis.clouds.make import make_cloud_ground
    from tests.gis.clouds.test_ground import heights

    made = []
    for name, code, factor in (("m", 9001, 1.0), ("f", 9002, FOOT_M)):
        file = keyed(tmp_path / f"{name}.las", {1024: 1, 3072: 4546, 4099: code}, 1 / factor)
        make_cloud_ground(ask(file)[0], tmp_path / f"{name}.tif", target_crs=HOME, lowest=True, cell=4.0)
        made.append(heights(tmp_path / f"{name}.tif")[0])
    assert np.nanmax(np.abs(made[0] - made[1])) < 0.01
