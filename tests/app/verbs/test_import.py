from __future__ import annotations

import geopandas as gpd
import pytest
from shapely.geometry import GeometryCollection, LineString, MultiPolygon, Point, Polygon, box

from app.i18n import translator
from app.project import Project
from app.verbs.import_ import extent, import_features
from models.errors import Cancelled, Missing, Refused
from models.progress import Watch

X, Y = 389800.0, 4497400.0
HOME = "EPSG:4546"


def square(n, size=50.0):
    return box(X + 100 * n, Y, X + 100 * n + size, Y + size)


@pytest.fixture
def project(project_file):
    with Project.open(project_file) as opened:
        yield opened


@pytest.fixture
def file(tmp_path):
    """Write a GeoPackage of some shapes and columns; returns its path."""

    def write(shapes, file_name="外来 数据.gpkg", crs=HOME, **columns):
        frame = gpd.GeoDataFrame(columns or {"n": range(len(shapes))}, geometry=shapes, crs=crs)
        frame.to_file(tmp_path / file_name, layer="a", engine="pyogrio")
        return tmp_path / file_name

    return write


def test_features_come_in_as_one_step_and_can_be_undone(project, file):
    path = file(
        [square(0), square(1)],
        编号=["SK-7", "SK-8"],
        名称=["甲坑", "乙坑"],
        矿种=["砂石", "煤"],
        调查日期=["2024/3/5", None],
    )
    report = import_features(project, path, layer="sand_pits")
    assert (report.added, report.updated, report.skipped, report.repaired, report.warnings) == (2, 0, [], [], [])
    assert report.crs == HOME
    rows = project.store.rows("sand_pits")
    assert [(r["code"], r["name"], r["mineral"], r["surveyed_on"]) for r in rows] == [
        ("SK-7", "甲坑", "sand_gravel", "2024-03-05"),
        ("SK-8", "乙坑", "coal", None),
    ]
    assert project.store.read("sand_pits").geometry.iloc[0].equals(square(0))
    assert project.store.undo_label().render() == "import 2 sand pits from 外来 数据.gpkg"
    project.store.undo()
    assert project.store.count("sand_pits") == 0


def test_a_missing_code_is_numbered_past_all_that_are_taken(project, file):
    import_features(project, file([square(9)], code=["SK-002"]), layer="sand_pits")
    report = import_features(
        project, file([square(0), square(1), square(2)], code=["SK-004", None, " "]), layer="sand_pits"
    )
    assert report.codes == ["SK-004", "SK-003", "SK-005"]


def test_duplicates_are_skipped_with_row_and_reason_or_update(project, file):
    import_features(project, file([square(0)], code=["A"], name=["alt"], remarks=["bleibt"]), layer="sand_pits")
    path = file([square(1), square(2), square(3)], file_name="b.gpkg", code=["A", "B", "B"], 名称=["新", "二", "三"])
    report = import_features(project, path, layer="sand_pits")
    assert (report.added, [(s.row, s.code) for s in report.skipped]) == (1, [(1, "A"), (3, "B")])
    assert "project has a feature" in report.skipped[0].reason.render()
    assert "came before" in report.skipped[1].reason.render()
    report = import_features(project, path, layer="sand_pits", duplicates="update")
    assert (report.added, report.updated) == (0, 2)
    row = project.store.rows("sand_pits", code="A")[0]
    assert (row["name"], row["remarks"]) == ("新", "bleibt")
    assert project.store.read("sand_pits", codes=["A"]).geometry.iloc[0].equals(square(1))


def test_a_code_of_another_site_layer_is_taken(project, file):
    import_features(project, file([square(0)], code=["A"]), layer="mine_pits")
    with pytest.raises(Refused, match="code A is taken in the layer mine_pits"):
        import_features(project, file([square(1)], code=["A"]), layer="sand_pits")
    assert import_features(project, file([square(1)], code=["A"]), layer="red_lines").added == 1


def test_ids_that_tell_nothing_apart_are_no_codes(project, file):
    report = import_features(project, file([square(0), square(1)], Id=[0, 0]), layer="sand_pits")
    assert report.codes == ["SK-001", "SK-002"]
    assert any("Id" in w.render() for w in report.warnings)
    assert import_features(project, file([square(0), square(1)], Id=[11, 12]), layer="red_lines").codes == ["11", "12"]


def test_every_odd_shape_is_repaired_or_skipped_and_told(project, file):
    spike = Polygon([(X, Y), (X + 10, Y), (X + 10, Y + 10), (X + 20, Y + 10), (X + 10, Y + 10), (X, Y + 10)])
    bow_tie = Polygon([(X, Y), (X + 10, Y + 10), (X + 10, Y), (X, Y + 10)])
    flat = Polygon([(X, Y), (X + 10, Y), (X + 5, Y)])
    shapes = [
        square(0),
        spike,
        bow_tie,
        LineString([(X, Y), (X + 1, Y)]),
        None,
        flat,
        GeometryCollection([square(1), Point(X, Y)]),
        MultiPolygon([square(2), square(3)]),
    ]
    report = import_features(project, file(shapes, code=list("ABCDEFGH")), layer="sand_pits")
    assert report.codes == ["A", "B", "G", "H"]
    assert [(r.row, r.code) for r in report.repaired] == [(2, "B")]
    assert (report.repaired[0].area_before_m2, report.repaired[0].area_after_m2) == pytest.approx((100, 100))
    assert [s.row for s in report.skipped] == [3, 4, 5, 6]
    reasons = [s.reason.render() for s in report.skipped]
    assert "crosses itself" in reasons[0]
    assert "no polygon" in reasons[1]
    assert "no outline" in reasons[2]
    assert "no area" in reasons[3]
    assert all(g.is_valid for g in project.store.read("sand_pits").geometry)


def test_values_that_do_not_fit_leave_the_field_empty_and_are_named(project, file):
    path = file([square(0), square(1)], code=["A", "B"], 矿种=["砂石", "月亮"], 地下水位=["１０２３．５", "很深"])
    report = import_features(project, path, layer="sand_pits")
    rows = project.store.rows("sand_pits")
    assert [(r["mineral"], r["ground_water_m"]) for r in rows] == [("sand_gravel", 1023.5), (None, None)]
    words = [w.render() for w in report.warnings]
    assert len(words) == 2
    assert all(w.startswith("row 2, ") and "left empty" in w for w in words)


def test_control_areas_without_kind_are_other_and_said(project, file):
    report = import_features(project, file([square(0)], 名称=["某区"]), layer="control_areas")
    assert project.store.rows("control_areas")[0]["kind"] == "other"
    assert any("set to “other”" in w.render() for w in report.warnings)


def test_a_dry_run_reports_the_same_and_writes_nothing(project, file):
    path = file([square(0)], code=["A"])
    before = project.store.revision
    dry = import_features(project, path, layer="sand_pits", dry_run=True)
    assert (dry.added, project.store.count("sand_pits"), project.store.revision) == (1, 0, before)
    assert {**import_features(project, path, layer="sand_pits").to_json(), "dry_run": True} == dry.to_json()


def test_degrees_come_to_the_project_s_metres_within_a_millimetre_grid(project, file):
    degrees = gpd.GeoSeries([square(0)], crs=HOME).to_crs(4490)
    report = import_features(project, file(list(degrees), crs="EPSG:4490"), layer="sand_pits")
    assert any("transformed from EPSG:4490 to EPSG:4546" in w.render() for w in report.warnings)
    shape = project.store.read("sand_pits").geometry.iloc[0]
    assert shape.hausdorff_distance(square(0)) < 0.0011
    assert all(round(v, 3) == v for point in shape.geoms[0].exterior.coords for v in point)


def test_points_go_to_observations_only(project, file):
    path = file([Point(X, Y)], code=["G1"])
    assert import_features(project, path, layer="observations").added == 1
    with pytest.raises(Refused, match=r"nothing in it can be used.*no polygon"):
        import_features(project, path, layer="sand_pits")
    with pytest.raises(Refused, match="another kind"):
        import_features(project, file([square(0)]), layer="observations")


def test_wild_coordinates_cost_their_row_alone(project, file):
    shapes = [square(0), square(1), square(2), Polygon([(1e300, 0), (1e300, 1e300), (0, 1e300)]), box(0, 0, 10, 10)]
    report = import_features(project, file(shapes, code=list("ABCDE")), layer="sand_pits")
    assert [s.row for s in report.skipped] == [4]
    assert any("row 5 lies" in w.render() for w in report.warnings)
    assert report.added == 4


def test_refusals_leave_the_project_as_it_was(project, file, tmp_path):
    before = project.store.revision
    empty = file([], file_name="empty.gpkg", code=[])
    for path, kind, words in (
        (empty, Refused, "nothing in it"),
        (tmp_path / "absent.shp", Missing, "no such file"),
        (project.path, Refused, "open project itself"),
    ):
        with pytest.raises(kind, match=words):
            import_features(project, path, layer="sand_pits")
    with pytest.raises(Missing, match="no layer pits"):
        import_features(project, file([square(0)]), layer="pits")
    watch = Watch()
    watch.cancel()
    with pytest.raises(Cancelled):
        import_features(project, file([square(0)]), layer="sand_pits", watch=watch)
    assert project.store.revision == before


def test_the_report_speaks_chinese(project, file):
    bow_tie = Polygon([(X, Y), (X + 10, Y + 10), (X + 10, Y), (X, Y + 10)])
    data = import_features(project, file([square(0), bow_tie], code=["A", "B"]), layer="sand_pits").to_json(
        translator("zh_CN")
    )
    assert "自相交" in data["skipped"][0]["reason"]
    assert {"added", "updated", "repaired", "skipped", "crs", "encoding", "warnings"} <= set(data)


def test_the_extent_is_that_of_all_layers(project, file):
    assert extent(project) is None
    import_features(project, file([square(0)]), layer="sand_pits")
    import_features(project, file([square(5)]), layer="red_lines")
    assert extent(project) == (X, Y, X + 550, Y + 50)


def test_the_real_outlines_keep_their_published_areas(shared_data, tmp_path):
    with Project.create(tmp_path / "p.gpkg", crs="EPSG:26915") as project:
        report = import_features(
            project, shared_data / "lidar_pits_1m/outlines.gpkg", layer="mine_pits", sublayer="pits"
        )
        areas = {s.code: s.outline.area for s in project.store.sites()}
    assert report.added == 2
    assert areas == pytest.approx({"D1": 766.7, "D2": 1028.9}, abs=0.06)


class _Counting(Watch):
    """Keeps every report with whether a transaction was under way; asks to stop at the report that is chosen."""

    def __init__(self, store, stop=lambda fraction, writing: False):
        super().__init__()
        self._store, self._stop = store, stop
        self.heard = []

    def report(self, fraction, note=""):
        writing = self._store._connections._writer.in_transaction
        self.heard.append((fraction, writing))
        if self._stop(fraction, writing):
            self.cancel()
        super().report(fraction, note)


def test_writing_many_features_tells_how_far_it_is(project, file):
    watch = _Counting(project.store)
    import_features(project, file([square(n, 9.0) for n in range(12_000)]), layer="sand_pits", watch=watch)
    written = [fraction for fraction, writing in watch.heard if writing]
    assert written == sorted(written)
    assert len(set(written)) >= 12  # a thousand log rows each, and the rows themselves
    assert watch.heard[-1][0] == 1.0
    assert project.store.count("sand_pits") == 12_000


@pytest.mark.parametrize("from_", [0.0, 0.9])
def test_cancelling_while_features_are_written_leaves_nothing(project, file, from_):
    before = project.store.revision
    watch = _Counting(project.store, lambda fraction, writing: writing and fraction >= from_)
    with pytest.raises(Cancelled):
        import_features(project, file([square(n, 9.0) for n in range(12_000)]), layer="sand_pits", watch=watch)
    assert (project.store.count("sand_pits"), project.store.revision) == (0, before)
    import_features(project, file([square(0)]), layer="sand_pits")  # the triggers are there again
    assert project.store.count("sand_pits") == 1


def test_it_is_too_late_to_cancel_what_is_written(project, file):
    watch = _Counting(project.store, lambda fraction, writing: fraction == 1.0)
    assert import_features(project, file([square(0)]), layer="sand_pits", watch=watch).added == 1


def test_outlines_far_from_the_only_terrain_are_told(project, file, dem_file):
    from app.verbs.terrain import add_terrain

    add_terrain(project, dem_file, name="t")
    away = file([square(1)], crs="EPSG:4545")
    report = import_features(project, away, layer="sand_pits", dry_run=True)
    assert [w.facts["code"] for w in report.warnings if w.key == "zone.wrong"] == ["EPSG:4546"]
    assert report.far
    assert not report.unsure
