"""What is asked of an import: duplicates, memory of fields, datum parameters, and the trial that shows it first."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from shapely.geometry import box

from app.project import Project
from app.verbs import import_memory
from app.verbs.datum_shifts import add_shift, remove_shift, shifts_of
from app.verbs.import_ import Asked, import_features
from app.verbs.import_trial import encoding_samples, lands, layer_meant, try_import
from app.verbs.settings import set_project
from gis.datum_shift import DatumShift
from models.errors import Missing, Refused
from tests.gis.formats.making import made_raw

X, Y = 389800.0, 4497400.0
HOME = "EPSG:4546"
SHIFT = DatumShift("七参数", "seven", "EPSG:4610", "EPSG:4490", (100.0, -50.0, 20.0, 0.5, -0.3, 1.1, 2.5))


@pytest.fixture
def project(project_file):
    with Project.open(project_file) as opened:
        yield opened


@pytest.fixture(autouse=True)
def _own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HUITIAN_HOME", str(tmp_path / "home"))


def square(n):
    return box(X + 200 * n, Y, X + 200 * n + 50, Y + 50)


def take(project, raw, **asked):
    return import_features(project, "f.shp", raw=raw, **{"layer": "sand_pits", **asked})


def test_codes_that_are_taken_come_in_under_new_numbers_when_asked(project):
    take(project, made_raw([square(0)], HOME, code=["A"]))
    take(project, made_raw([square(1)], HOME, code=["M"]), layer="mine_pits")
    raw = made_raw([square(2), square(3), square(4), square(5)], HOME, code=["A", "B", "B", "M"])
    report = take(project, raw, duplicates="add")
    assert (report.added, report.skipped) == (4, [])
    assert report.codes == ["SK-001", "B", "SK-002", "SK-003"]
    assert [(r.row, r.was, r.code) for r in report.renumbered] == [
        (1, "A", "SK-001"),
        (3, "B", "SK-002"),
        (4, "M", "SK-003"),
    ]
    project.store.undo()
    assert project.store.count("sand_pits") == 1


def test_a_mapping_is_remembered_for_files_with_the_same_columns_only(project):
    raw = made_raw([square(0)], HOME, bh=["A"], xx=["甲"])
    assert import_memory.recall(raw, "sand_pits") == {}
    import_memory.remember(raw, "sand_pits", {"bh": "code", "xx": "name", "gone": "name"})
    again = made_raw([square(1)], HOME, xx=["乙"], bh=["B"])
    assert import_memory.recall(again, "sand_pits") == {"bh": "code", "xx": "name"}
    assert import_memory.recall(again, "mine_pits") == {}
    assert import_memory.recall(made_raw([square(1)], HOME, bh=["B"]), "sand_pits") == {}
    trial = try_import(project, Path("f.shp"), Asked("sand_pits"), raw=again)
    assert trial.recalled
    assert trial.report.fields == {"bh": "code", "xx": "name"}
    assert [(c.name, c.samples, c.filled, c.field) for c in trial.columns] == [
        ("xx", ("乙",), 1, "name"), ("bh", ("B",), 1, "code")]  # fmt: skip


def test_a_spoiled_memory_is_none(project, tmp_path):
    raw = made_raw([square(0)], HOME, bh=["A"])
    import_memory.remember(raw, "sand_pits", {"bh": "no_such_field"})
    assert import_memory.recall(raw, "sand_pits") == {}
    (tmp_path / "home" / "import_fields.json").write_text("{", encoding="utf8")
    assert import_memory.recall(raw, "sand_pits") == {}


def test_datum_parameters_are_kept_in_the_project_as_steps(project):
    add_shift(project, SHIFT)
    assert shifts_of(project) == [SHIFT]
    assert "七参数" in project.store.undo_label().render()
    with pytest.raises(Refused, match="already"):
        add_shift(project, SHIFT)
    set_project(project, {"office": "某院"})
    assert shifts_of(project) == [SHIFT]
    with pytest.raises(Refused):
        set_project(project, {"datum_shifts": "[]"})
    report = take(project, made_raw([square(0)], "EPSG:2382", code=["A"]))
    assert any(w.key == "crs.shifted" for w in report.warnings)
    project.store.undo()
    remove_shift(project, "七参数")
    assert shifts_of(project) == []
    with pytest.raises(Missing):
        remove_shift(project, "七参数")
    project.store.undo()
    assert shifts_of(project) == [SHIFT]


def test_parameters_that_miss_the_known_point_are_not_kept(project):
    four = DatumShift("四", "four", "EPSG:2382", HOME, (-5.0, 40.0, 0.0, 0.0))
    with pytest.raises(Refused, match=r"by 10\.000 m"):
        add_shift(project, four, control=(Y, X, Y - 5, X + 30))
    assert shifts_of(project) == []
    _, miss = add_shift(project, four, control=(Y, X, Y - 5.3, X + 40))
    assert miss == pytest.approx(0.3)


def test_a_trial_shows_what_it_understood_even_when_nothing_can_be_taken(project):
    trial = try_import(project, Path("f.shp"), Asked("sand_pits"), raw=made_raw([box(0, 0, 1000, 1000)], 编号=["A"]))
    assert trial.report is None
    assert trial.error.key == "import.no_crs"
    assert [(c.name, c.field) for c in trial.columns] == [("编号", "code")]


def test_a_trial_knows_where_the_data_would_land_and_writes_nothing(project):
    take(project, made_raw([square(0)], HOME, code=["A"]))
    before = project.store.revision
    trial = try_import(project, Path("f.shp"), Asked("red_lines", accept_guess=True), raw=made_raw([square(30)]))
    assert trial.report.unsure
    assert "6.0 km east of" in trial.lands.render() or "5.9 km east of" in trial.lands.render()
    assert list(trial.stays) == ["sand_pits"]
    assert trial.shapes[0].equals(square(30)) or trial.shapes[0].symmetric_difference(square(30)).area < 1e-6
    assert project.store.revision == before


@pytest.mark.parametrize(
    ("box_", "words"),
    [((0, 0, 1, 1), "among"), ((0, 300, 1, 301), "m north of"), ((-9000, -9000, -8000, -8000), "km south-west of")],
)
def test_directions_are_those_of_the_map(box_, words):
    moved = tuple(float(v) for v in np.array(box_) + np.array([X, Y, X, Y]))
    assert words in lands(moved, (X - 50, Y - 50, X + 50, Y + 50), HOME).render()


@pytest.mark.parametrize(
    ("name", "layer"),
    [("九原区生态保护红线2023", "red_lines"), ("废弃砂坑", "sand_pits"), ("stockpiles_2024", "stockpiles"),
     ("旗县界", "districts"), ("数据", None), ("砂坑与红线", None)],
)  # fmt: skip
def test_a_name_that_speaks_of_one_layer_chooses_it(name, layer):
    assert layer_meant(name) == layer


def test_texts_are_shown_as_each_encoding_reads_them(tmp_path):
    frame = gpd.GeoDataFrame({"名称": ["废弃砂坑甲"]}, geometry=[square(0)], crs=HOME)
    frame.to_file(tmp_path / "a.shp", encoding="GB18030", engine="pyogrio")
    found = encoding_samples(tmp_path / "a.shp", None, ("GB18030", "UTF-8"))
    assert "废弃砂坑甲" in found["GB18030"]
    assert "废弃砂坑甲" not in found["UTF-8"]
