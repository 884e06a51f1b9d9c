"""Geometry that arrives: repaired by a named rule with the change in area, or refused; nothing moves unsaid."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import GeometryCollection, LineString, MultiPolygon, Point, Polygon, box

from app.i18n import translator
from app.project import Project
from app.verbs.import_ import Asked, import_features, prepare
from app.verbs.import_account import account_rows, write_account
from gis.topology import RULES, TOLERANCE_M
from models.errors import Missing, Refused
from tests.gis.formats.making import made_raw

X, Y = 389800.0, 4497400.0
HOME = "EPSG:4546"


@pytest.fixture
def project(project_file):
    with Project.open(project_file) as opened:
        yield opened


def ring(*points):
    return Polygon([(X + x, Y + y) for x, y in points])


def holed(shell, *holes):
    return Polygon(shell.exterior, [h.exterior for h in holes])


def at(x, y, size=10.0):
    return box(X + x, Y + y, X + x + size, Y + y + size)


SQUARE = at(0, 0)
ODD = {
    "spike": (ring((0, 0), (10, 0), (10, 10), (20, 10), (10, 10), (0, 10)), "spike", 100.0),
    "twice": (ring((0, 0), (10, 0), (10, 0), (10, 10), (0, 10)), "points_twice", 100.0),
    "hole outside": (holed(SQUARE, at(20, 20, 2)), "hole_outside", 100.0),
    "overlapping parts": (MultiPolygon([SQUARE, at(5, 0)]), "parts_overlap", 150.0),
    "same part twice": (MultiPolygon([SQUARE, SQUARE]), "ring_twice", 100.0),
    "loop": (ring((0, 0), (10, 0), (10, 10), (0.5, 10), (-0.1, 10.5), (0, 10.6), (0, 10)), "crossing", None),
    "inverted": (Polygon(list(SQUARE.exterior.coords)[::-1]), "", 100.0),
    "with heights": (shapely.force_3d(SQUARE, 1050.0), "", 100.0),
    "mixed": (GeometryCollection([SQUARE, Point(X, Y), LineString([(X, Y), (X + 1, Y)])]), "", 100.0),
}
REFUSED = {
    "bow-tie": (ring((0, 0), (10, 10), (10, 0), (0, 10)), "topology.ambiguous"),
    "flat": (ring((0, 0), (10, 0), (5, 0)), "topology.no_area"),
    "line": (LineString([(X, Y), (X + 1, Y)]), "topology.no_polygon"),
    "empty": (Polygon(), "import.no_geometry"),
    "nothing": (None, "import.no_geometry"),
    "part in part": (MultiPolygon([at(0, 0), at(2, 2, 6)]), "topology.nested"),
}


def test_each_oddity_is_repaired_by_its_rule_with_both_areas_or_skipped_with_its_reason(project):
    shapes = [s for s, *_ in (*ODD.values(), *REFUSED.values())]
    names = [*ODD, *REFUSED]
    report = import_features(project, "f.shp", raw=made_raw(shapes, HOME, 名称=names), layer="red_lines")
    assert report.added == len(ODD)
    rules = {names[r.row - 1]: r for r in report.repaired}
    assert {n: r.rule for n, r in rules.items()} == {n: rule for n, (_, rule, _) in ODD.items() if rule}
    for name, (shape, rule, area) in ODD.items():
        if rule and area is not None:
            assert rules[name].area_before_m2 == pytest.approx(sum(p.area for p in shapely.get_parts(shape)))
            assert rules[name].area_after_m2 == pytest.approx(area, abs=1e-3)
    reasons = {names[s.row - 1]: s.reason for s in report.skipped}
    assert reasons.keys() == REFUSED.keys()
    for name, (_, key) in REFUSED.items():
        assert reasons[name].key == key or key == "import.no_geometry"
    assert all(r.rule in RULES for r in report.repaired)
    assert report.moved_m <= TOLERANCE_M


def test_the_grid_and_the_greatest_move_are_told(project):
    report = import_features(project, "f.shp", raw=made_raw([at(0.0004, 0.0003)], HOME), layer="red_lines")
    assert report.moved_m == pytest.approx(0.0005, abs=1e-6)
    assert [n.render() for n in report.notes] == [
        "coordinates were rounded to the millimetre grid of the project: no point moved more than 0.50 mm"
    ]
    assert report.to_json()["tolerance_m"] == TOLERANCE_M


def test_slivers_gaps_and_twins_are_told_and_left_as_drawn(project):
    import_features(project, "f.shp", raw=made_raw([at(0, 0)], HOME, code=["A"]), layer="sand_pits")
    shapes = [at(9.95, 0), at(20.1, 0), at(0, 0), at(25, 5)]
    raw = made_raw(shapes, HOME, code=["B", "C", "D", "E"])
    report = import_features(project, "f.shp", raw=raw, layer="sand_pits")
    told = {w.key: w.render() for w in report.warnings}
    assert told["import.same"] == "D and A are the same outline"
    assert "B and A overlap in a sliver of 0.50 m², 0.0" in told["import.sliver"]
    assert "B and C leave a gap of 0.150 m" in told["import.gap"]
    assert "C and E overlap by 25.5 m²" in told["import.overlap"]
    assert project.store.read("sand_pits", codes=["B"]).geometry.iloc[0].equals(at(9.95, 0))
    lines = import_features(project, "f.shp", raw=raw, layer="control_areas", dry_run=True)
    assert {w.key for w in lines.warnings} & {"import.overlap", "import.sliver"} == {"import.sliver"}


def test_a_changed_outline_is_no_neighbour_of_itself(project):
    import_features(project, "f.shp", raw=made_raw([at(0, 0)], HOME, code=["A"]), layer="red_lines")
    report = import_features(
        project, "f.shp", raw=made_raw([at(0, 0)], HOME, code=["A"]), layer="red_lines", duplicates="update"
    )
    assert (report.updated, report.warnings) == (1, [])


def test_the_account_can_be_kept_as_table_and_text(project, tmp_path):
    raw = made_raw([ODD["spike"][0], REFUSED["bow-tie"][0]], HOME, code=["=1+1", "B"])
    report = import_features(project, "坑.shp", raw=raw, layer="red_lines", dry_run=True)
    table = write_account(report, tmp_path / "报告.csv", translator("zh_CN")).read_text("utf-8-sig").splitlines()
    assert table[0].startswith("行,编号,")
    assert "'=1+1" in table[1]
    assert "零宽尖刺" in table[1]
    assert "100.000,100.000" in table[1]
    assert len(table) == 1 + len(account_rows(report, translator("zh_CN")))
    text = write_account(report, tmp_path / "a.txt", translator("en")).read_text("utf-8-sig")
    assert "spike of no width removed" in text
    assert "This was a trial" in text
    with pytest.raises(Refused, match="already"):
        write_account(report, tmp_path / "a.txt", translator("en"))
    with pytest.raises(Refused, match="txt"):
        write_account(report, tmp_path / "a.docx", translator("en"))
    with pytest.raises(Missing):
        write_account(report, tmp_path / "no" / "a.txt", translator("en"))
    assert sorted(p.suffix for p in tmp_path.iterdir() if p.name in {"a.txt", "报告.csv"}) == [".csv", ".txt"]
    assert not list(tmp_path.glob(".*part"))


offset = st.floats(-40, 40, allow_nan=False)
rings = st.lists(st.tuples(offset, offset), min_size=3, max_size=10)


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(rings, min_size=5, max_size=30))
def test_nothing_ever_moves_by_more_than_what_is_stated(project, drawn):
    shapes = [ring(*points) for points in drawn]
    try:
        job = prepare(project, Path("f.shp"), Asked("red_lines"), raw=made_raw(shapes, HOME))
    except Refused:
        return
    told = {r.row: r for r in job.report.repaired}
    for row, change in zip(job.rows, job.changes, strict=True):
        drawn_shape, kept = shapes[row - 1], change.values["geometry"]
        lines = LineString([*drawn_shape.exterior.coords])
        away = shapely.distance(shapely.points(shapely.get_coordinates(kept)), lines).max()
        assert away <= job.report.moved_m + 1e-7 <= TOLERANCE_M + 1e-7
        assert row in told or abs(kept.area - abs(drawn_shape.area)) <= TOLERANCE_M * lines.length


def test_an_outline_of_a_million_points_comes_in(project):
    turn = np.linspace(0, 2 * np.pi, 1_000_000, endpoint=False)
    wide = Polygon(np.column_stack([X + 5000 * np.cos(turn), Y + 5000 * np.sin(turn)]))
    began = time.monotonic()
    report = import_features(project, "f.shp", raw=made_raw([wide], HOME), layer="red_lines")
    assert report.added == 1
    assert report.repaired == []
    assert project.store.read("red_lines").geometry.iloc[0].area == pytest.approx(wide.area, rel=1e-7)
    assert time.monotonic() - began < 60
