from __future__ import annotations

import pytest

from app.verbs.import_fields import fallback, map_fields, take, weak_codes
from layers.registry import LAYERS
from models.errors import Missing, Refused

PITS = LAYERS["sand_pits"]


def mapped(columns, asked=None, layer=PITS):
    return {theirs: f.name for theirs, f in map_fields(layer, columns, asked or {}).taken.items()}


@pytest.mark.parametrize(
    ("column", "ours"),
    [
        ("code", "code"),
        ("CODE", "code"),
        ("编号", "code"),
        ("名称", "name"),
        ("ＮＡＭＥ", "name"),
        ("矿种", "mineral"),
        ("最高地下水位(m)", "ground_water_m"),
        ("ground_wat", "ground_water_m"),
        ("base_perme", "base_permeability_cm_s"),
        ("调查日期", "surveyed_on"),
        ("highest groundwater elevation", "ground_water_m"),
        ("备注", "remarks"),
    ],
)
def test_headings_are_recognised(column, ours):
    assert mapped([column]) == {column: ours}


def test_the_surer_name_wins_whatever_the_order():
    assert mapped(["id", "编号", "name", "MC"]) == {"编号": "code", "name": "name"}
    assert mapped(["OBJECTID", "code", "编号"]) == {"code": "code"}


def test_what_is_asked_goes_before_and_may_leave_a_column_out():
    assert mapped(["a", "name"], {"a": "name"}) == {"a": "name"}
    assert mapped(["name"], {"name": ""}) == {}


def test_unknown_names_are_refused_with_what_there_is():
    with pytest.raises(Missing, match=r"no field 编码.*编号"):
        mapped(["编号", "x"], {"编码": "code"})
    with pytest.raises(Missing, match="layer has no field groundwater"):
        mapped(["a"], {"a": "groundwater"})
    with pytest.raises(Missing, match="no field uid"):
        mapped(["a"], {"a": "uid"})
    with pytest.raises(Refused, match="meant for name"):
        mapped(["a", "b"], {"a": "name", "b": "name"})


def test_what_is_left_is_told():
    found = map_fields(PITS, ["code", "Shape_Leng", "uid", "fid"], {})
    assert found.unused == ("Shape_Leng",)
    assert map_fields(PITS, ["id"], {}).weak == ("id",)


@pytest.mark.parametrize(
    ("values", "yes"), [([1, 2], True), (["a", "b"], True), ([0, 0], False), ([None, 1], False), (["", "x"], False)]
)
def test_a_column_called_id_is_a_code_only_if_it_tells_rows_apart(values, yes):
    assert weak_codes(values) is yes


@pytest.mark.parametrize(
    ("layer", "field", "value", "kept"),
    [
        ("sand_pits", "ground_water_m", "１０２３．５", 1023.5),
        ("sand_pits", "ground_water_m", "1,023.5", 1023.5),
        ("sand_pits", "ground_water_m", 1023, 1023.0),
        ("sand_pits", "ground_water_m", "", None),
        ("sand_pits", "ground_water_m", float("nan"), None),
        ("sand_pits", "code", 120, "120"),
        ("sand_pits", "code", 120.0, "120"),
        ("sand_pits", "name", " 甲\u0000坑 ", "甲坑"),
        ("sand_pits", "mineral", "sand_gravel", "sand_gravel"),
        ("sand_pits", "mineral", "Sand and gravel", "sand_gravel"),
        ("sand_pits", "surveyed_on", "2024年3月5日", "2024-03-05"),
        ("sand_pits", "surveyed_on", "2024/3/5", "2024-03-05"),
        ("sand_pits", "surveyed_on", "20240305", "2024-03-05"),
        ("stockpiles", "stored_t", "12 000", 12000.0),
    ],
)
def test_values_as_people_write_them(layer, field, value, kept):
    assert take(LAYERS[layer].field_named(field), value) == kept


def test_choices_are_taken_by_their_chinese_label():
    assert take(PITS.field_named("mineral"), "砂石") == "sand_gravel"
    assert take(PITS.field_named("status"), "废弃未治理") == "abandoned"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("ground_water_m", "about ten"),
        ("ground_water_m", 99999),
        ("mineral", "unobtainium"),
        ("surveyed_on", "2024-13-01"),
        ("ground_water_m", "1,2,3"),
    ],
)
def test_what_does_not_fit_is_refused(field, value):
    with pytest.raises(Refused):
        take(PITS.field_named(field), value)


def test_a_required_choice_may_fall_back_to_other():
    assert fallback(LAYERS["control_areas"].field_named("kind")) == "other"
    assert fallback(LAYERS["sand_pits"].field_named("code")) is None


def test_marks_that_turn_the_writing_are_no_part_of_a_name():
    name = next(f for f in LAYERS["sand_pits"].fields if f.name == "name")
    assert take(name, "甲\u202e坑\u2066\x07一") == "甲坑一"
