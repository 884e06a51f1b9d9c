"""Whole imports of files that went wrong once: nothing lost, nothing doubled, a sentence for every row."""

from __future__ import annotations

import json

import pytest

from app.project import Project
from app.verbs.import_ import import_features
from models.errors import Refused
from tests.gis.formats.here import no_child
from tests.gis.formats.making import HERE

X, Y = HERE
HEADER = "[属性描述]\n坐标系=2000国家大地坐标系\n几度分带=3\n带号=37\n[地块坐标]\n"


@pytest.fixture
def project(project_file):
    with no_child(), Project.open(project_file) as opened:
        yield opened


def plot(number, corners, east=0.0):
    places = [(X, Y), (X, Y + 100), (X + 100, Y + 100), (X + 100, Y)][:corners]
    lines = [f"J{i},1,{y:.3f},{37e6 + x + east:.3f}" for i, (x, y) in enumerate(places, 1)]
    return "\n".join([f"{corners},1.0,{number},坑{number},面,,,,@", *lines, ""])


def test_a_plot_of_too_few_points_is_skipped_with_its_line(project, tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(HEADER + plot(1, 2) + plot(2, 4, 200), "utf-8")
    report = import_features(project, path, layer="sand_pits")
    assert report.added == 1
    assert [s.reason.render() for s in report.skipped] == ["a ring of the plot in line 6 has fewer than three points"]


def test_closed_lines_come_in_as_outlines_and_open_ones_are_told_what_to_do(project, tmp_path):
    ring = [[X, Y], [X, Y + 100], [X + 100, Y + 100], [X + 100, Y], [X, Y]]
    path = tmp_path / "a.geojson"

    def write(*lines):
        features = [{"type": "Feature", "properties": {}, "geometry": {"type": "LineString", "coordinates": c}}
                    for c in lines]  # fmt: skip
        crs = {"type": "name", "properties": {"name": "EPSG:4546"}}
        path.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": features}))

    write(ring, ring[:3])
    report = import_features(project, path, layer="sand_pits")
    assert (report.added, [s.row for s in report.skipped]) == (1, [2])
    assert any("1 lines that end where they begin" in w.render() for w in report.warnings)
    (row,) = project.store.read("sand_pits").itertuples()
    assert row.geometry.area == 10000
    write(ring[:3])
    with pytest.raises(Refused, match="this layer takes closed outlines"):
        import_features(project, path, layer="sand_pits")
