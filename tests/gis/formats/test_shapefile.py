from __future__ import annotations

import shutil

import pytest

from gis.formats import read_features
from gis.formats.shapefile import short_names
from models.errors import Refused, Unreadable
from tests.gis.formats.making import write_shapefile

HOME = "EPSG:4546"
NAMES = ["废弃砂坑甲", "大青山南麓采石场"]


@pytest.mark.parametrize(("encoding", "cpg"), [("GB18030", True), ("GB18030", False), ("UTF-8", False)])
def test_chinese_text_is_right_whatever_the_file_says(folder, pits, encoding, cpg):
    path = write_shapefile(pits, folder / "砂 坑.shp", encoding, cpg=cpg)
    came = read_features(path, target_crs=HOME)
    assert came.encoding == encoding
    assert [f.fields["名称"] for f in came.features] == NAMES
    assert [f.fields["编号"] for f in came.features] == ["坑-1", "坑-2"]
    assert any(encoding in w.render() for w in came.warnings) is not cpg
    assert [f.geometry.area for f in came.features] == pytest.approx([5000, 10000])


def test_a_lying_cpg_is_found_out_and_a_stated_encoding_wins(folder, pits):
    path = write_shapefile(pits, folder / "a.shp", "GB18030")
    path.with_suffix(".cpg").write_text("UTF-8")
    came = read_features(path, target_crs=HOME)
    assert [f.fields["名称"] for f in came.features] == NAMES
    assert any("says its text is UTF-8" in w.render() for w in came.warnings)
    assert read_features(path, target_crs=HOME, encoding="GBK").features[0].fields["名称"] == NAMES[0]


def test_without_prj_it_is_refused_naming_the_guess(folder, pits):
    path = write_shapefile(pits.to_crs("EPSG:4525"), folder / "a.shp", "UTF-8", prj=False)
    with pytest.raises(Refused, match=r"EPSG:4525 because the easting starts with 37.*--accept-guess"):
        read_features(path, target_crs=HOME)
    guessed = read_features(path, target_crs=HOME, accept_guess=True)
    stated = read_features(path, target_crs=HOME, crs="EPSG:4525")
    assert (guessed.crs, guessed.crs_basis, stated.crs_basis) == ("EPSG:4525", "guessed", "stated")
    assert guessed.features[0].geometry.hausdorff_distance(pits.geometry[0]) < 1e-6
    assert any("is a guess" in w.render() for w in guessed.warnings)


def test_a_prj_of_nonsense_says_nothing_but_may_hint(folder, pits):
    path = write_shapefile(pits, folder / "a.shp", "UTF-8")
    path.with_suffix(".prj").write_text('PROJCS["CGCS2000_3_Degree_GK_CM_111E",GEOGCS["GCS_Ch')
    with pytest.raises(Refused, match="looks like EPSG:4546 because its text speaks of CGCS2000 zone 37"):
        read_features(path, target_crs=HOME)


def test_a_wrong_stated_zone_is_refused_not_thrown_far_away(folder, pits):
    path = write_shapefile(pits.to_crs("EPSG:4525"), folder / "a.shp", "UTF-8", prj=False)
    with pytest.raises(Refused, match="cannot be EPSG:4546; they look like EPSG:4525"):
        read_features(path, target_crs=HOME, crs="EPSG:4546")


@pytest.mark.parametrize("suffix", [".shx", ".dbf"])
def test_missing_parts_are_named(folder, pits, suffix):
    path = write_shapefile(pits, folder / "a.shp", "UTF-8")
    path.with_suffix(suffix).unlink()
    came = read_features(path, target_crs=HOME)
    assert len(came.features) == 2
    words = "index (.shx) is missing" if suffix == ".shx" else "a.dbf is missing"
    assert any(words in w.render() for w in came.warnings)


def test_cut_short_and_renamed_files_are_refused(folder, pits):
    path = write_shapefile(pits, folder / "a.shp", "UTF-8")
    whole = path.read_bytes()
    path.write_bytes(whole[:-40])
    with pytest.raises(Unreadable, match="cut short"):
        read_features(path, target_crs=HOME)
    path.write_bytes(whole)
    table = path.with_suffix(".dbf").read_bytes()
    path.with_suffix(".dbf").write_bytes(table[: len(table) // 2])
    with pytest.raises(Unreadable, match="damaged"):
        read_features(path, target_crs=HOME)
    shutil.copy(path, folder / "b.txt")
    with pytest.raises(Refused, match="under another name"):
        read_features(folder / "b.txt", target_crs=HOME)
    with pytest.raises(Refused, match="side file"):
        read_features(folder / "a.dbf", target_crs=HOME)


def test_upper_case_parts_are_found(folder, pits):
    path = write_shapefile(pits, folder / "a.shp", "GB18030")
    for part in list(folder.iterdir()):
        part.rename(part.with_name(part.name.upper()))
    came = read_features(folder / "A.SHP", target_crs=HOME)
    assert [f.fields["名称"] for f in came.features] == NAMES
    assert not path.exists() or path.samefile(folder / "A.SHP")


def test_short_names_stay_unique():
    names = ["ground_water_m", "ground_water_x", "base_permeability_cm_s", "base_permeability", "code"]
    short = short_names(names)
    assert len(set(short.values())) == len(names)
    assert all(len(s) <= 10 for s in short.values())
    assert short["code"] == "code"
