"""Spanned ground beside a stage–capacity curve, and of a second terrain that is the reference."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import rasterio
from pyproj import Transformer

from gis.points.mesh import WIDE
from gis.support import NAMESPACE, SupportBuilder
from gis.surfaces import Inputs
from gis.volume import estimate, stage_curve
from models.estimate import Estimate, EstimateRequest
from models.notices import N_, Notice
from models.terrain import ErrorFigures
from tests.gis.ground import X0, Y0, box, heights, site, terrain, write
from tests.gis.spans import ERRORS, relief, round_gap, spanned

LEVEL = EstimateRequest("level", {"level_m": 100.0})
DEM = EstimateRequest("dem", {"terrain": "before"})
OUTLINE = site(box(0, 0, 100, 100))


def wedge(x, y):
    """Depth x/10 under 100 m."""
    return 100 - x / 10


def gap(x, y):
    return (x > 20) & (x < 60) & (y > 30) & (y < 80)


def keys(found):
    return [w.key for w in found.warnings]


def test_the_curve_tells_what_of_each_volume_was_spanned(tmp_path):
    """Below h the wedge holds 50·∫ (h - z) over the gap's 20 ≤ x ≤ 60, from where the ground is as low as h."""
    record, path = spanned(tmp_path, wedge, gap, span=False)
    found = stage_curve(OUTLINE, record, path, LEVEL)
    for row in found.rows[5:]:
        first = float(np.clip(10 * (100 - row.elevation_m), 20, 60))
        depth = row.elevation_m - 100
        held = 50 * ((60 - first) * depth + (60**2 - first**2) / 20)
        # rows between two cells' heights: a step of the ground is one cell of 1 m
        assert row.spanned_m3 == pytest.approx(held, abs=50 * 0.1 / 2 + 1e-6)
    answer = estimate(OUTLINE, record, path, LEVEL)
    assert found.rows[-1].spanned_m3 == pytest.approx(8000, rel=1e-9)
    assert found.support == answer.support
    assert found.reference_support is None


def test_the_curve_says_it_in_the_words_of_the_estimate(tmp_path):
    record, path = spanned(tmp_path, relief(3), round_gap(100, 100, 15))
    whole = site(box(40, 40, 160, 160))
    record = replace(record, warnings=(Notice("points.wide", N_("of the whole"), share=0.1),))
    curve, answer = stage_curve(whole, record, path, LEVEL), estimate(whole, record, path, LEVEL)
    said = next(w for w in curve.warnings if w.key == "support.spanned")
    assert said in answer.warnings
    (half,) = [w.facts["half"] for w in curve.warnings if w.key == "support.curve"]
    assert half == pytest.approx(2 * answer.interval95.parts["spanned_m3"], rel=1e-9)
    assert "points.wide" not in keys(curve)


def test_a_curve_over_a_gap_that_nothing_tells_of(tmp_path):
    record, path = spanned(
        tmp_path, lambda x, y: 100 - np.clip(30 - np.hypot(x - 100, y - 100), 0, None), round_gap(100, 100, 26)
    )
    assert "support.curve_not_told" in keys(stage_curve(site(box(65, 65, 135, 135)), record, path, LEVEL))


def test_a_curve_on_a_terrain_that_says_nothing_and_on_measured_ground(tmp_path):
    record, path = spanned(tmp_path, wedge, gap, span=False)
    beside = stage_curve(site(box(0, 85, 100, 120)), record, path, LEVEL)
    assert {r.spanned_m3 for r in beside.rows} == {0.0}
    assert not [k for k in keys(beside) if k.startswith("support.")]
    with rasterio.open(path, "r+") as file:
        file.update_tags(ns=NAMESPACE, head="")
    silent = stage_curve(OUTLINE, record, path, LEVEL)
    assert {r.spanned_m3 for r in silent.rows} == {None}
    assert silent.support is None


def reference(tmp_path, f, hole, **more):
    record, path = spanned(tmp_path, f, hole, name="before", **more)
    return Inputs(record, path)


def test_gaps_of_the_reference_count(tmp_path):
    """A level terrain at 100 m with the gap over the wedge: the same shares as of a gap in the ground."""
    record, path = spanned(tmp_path, wedge, lambda x, y: 0 * x)
    inputs = reference(tmp_path, lambda x, y: 100 + 0 * x, gap, span=False)
    answer = estimate(OUTLINE, record, path, DEM, inputs=inputs)
    found = answer.reference_support
    assert answer.support.spanned_area_m2 == 0
    assert found.spanned_area_m2 == pytest.approx(2000, rel=1e-9)
    assert found.spanned_volume_share == pytest.approx(0.16, rel=1e-6)
    (told,) = [w for w in answer.warnings if w.key == "support.spanned.of"]
    assert told.render().startswith("terrain before: 20.0% of the site's area (2000 m²)")
    assert "spanned_m3" in answer.interval95.parts
    assert Estimate.from_record(answer.to_record()) == answer
    curve = stage_curve(OUTLINE, record, path, DEM, inputs=inputs)
    assert curve.rows[-1].spanned_m3 == pytest.approx(8000, rel=1e-6)
    assert "support.spanned.of" in keys(curve)


def test_both_terrains_gaps_add_up_by_squares(tmp_path):
    """The gap of each alone, and both: what two surveys did not see is taken as independent."""
    outline, below = site(box(40, 40, 160, 160)), lambda x, y: relief(5)(x, y) - 20
    none = lambda x, y: 0 * x  # noqa: E731
    parts = []
    for n, (own, theirs) in enumerate(
        [
            (round_gap(80, 80, 12), none),
            (none, round_gap(120, 115, 12)),
            (round_gap(80, 80, 12), round_gap(120, 115, 12)),
        ]
    ):
        record, path = spanned(tmp_path, below, own, name=f"g{n}")
        answer = estimate(outline, record, path, DEM, inputs=reference(tmp_path, relief(6), theirs), beside=False)
        parts.append(answer.interval95.parts["spanned_m3"])
        assert len([w for w in answer.warnings if w.key == "support.contained"]) == 1
    assert parts[2] == pytest.approx(np.hypot(*parts[:2]), rel=1e-9)


def test_the_interval_holds_the_truth_of_a_reference_with_a_gap(tmp_path):
    held = known = 0
    for seed in range(12):
        cx, cy = np.random.default_rng(200 + seed).uniform(70, 130, 2)
        record, path = spanned(tmp_path, lambda x, y: 60 + 0 * x, lambda x, y: 0 * x, name=f"g{seed}")
        outline, f = site(box(40, 40, 160, 160)), relief(50 + seed)
        got = estimate(outline, record, path, DEM, inputs=reference(tmp_path, f, round_gap(cx, cy, 15)), beside=False)
        true = estimate(outline, record, path, DEM, inputs=reference(tmp_path, f, lambda x, y: 0 * x), beside=False)
        if got.interval95.fill_m3 is not None:
            known += 1
            # the rest of the interval is the offset between two unlike grounds: what the gap adds must do by itself
            held += abs(got.fill_m3 - true.fill_m3) <= 2 * got.interval95.parts["spanned_m3"]
            assert got.interval95.fill_m3 > true.interval95.fill_m3
    assert known >= 9
    assert held >= 0.9 * known


def test_a_gap_of_the_reference_that_cannot_be_told_takes_the_interval(tmp_path):
    record, path = spanned(tmp_path, lambda x, y: 60 + 0 * x, lambda x, y: 0 * x)
    cone = lambda x, y: 100 - np.clip(30 - np.hypot(x - 100, y - 100), 0, None)  # noqa: E731
    inputs = reference(tmp_path, cone, round_gap(100, 100, 26))
    answer = estimate(site(box(65, 65, 135, 135)), record, path, DEM, inputs=inputs)
    assert answer.interval95.fill_m3 is None
    assert "support.not_told" in keys(answer)
    assert "estimate.no_reference_sigma" not in keys(answer)


def test_a_design_without_error_has_no_gaps(tmp_path):
    """A terrain whose heights are stated to be exact is drawn: its wide triangles are meant."""
    record, path = spanned(tmp_path, wedge, lambda x, y: 0 * x)
    inputs = reference(tmp_path, lambda x, y: 100 + 0 * x, gap, span=False)
    drawn = replace(inputs, terrain=replace(inputs.terrain, errors=ErrorFigures(0.0, 5.0, 0.0, "stated", 0.0)))
    answer = estimate(OUTLINE, record, path, DEM, inputs=drawn)
    assert answer.reference_support is None
    assert "spanned_m3" not in answer.interval95.parts


def test_a_reference_of_before_tells_of_gaps_as_a_whole(tmp_path):
    record, path = spanned(tmp_path, wedge, lambda x, y: 0 * x)
    inputs = reference(tmp_path, lambda x, y: 100 + 0 * x, gap, span=False)
    with rasterio.open(inputs.terrain_path, "r+") as file:
        file.update_tags(ns=NAMESPACE, head="")
    wide = Notice("points.wide", N_("{share:.1%} of the ground"), share=0.1)
    silent = replace(inputs, terrain=replace(inputs.terrain, warnings=(wide,)))
    (told,) = [w for w in estimate(OUTLINE, record, path, DEM, inputs=silent).warnings if w.key == "points.wide.of"]
    assert told.render() == "terrain before: 10.0% of the ground"


@pytest.mark.parametrize("crs", ["EPSG:4546", "EPSG:4547"])
def test_a_finer_reference_in_another_system(tmp_path, crs):
    """The ground is then summed over the reference's cells; its gap lies where it lies. Zone 4547: 3° further east."""
    record, path = spanned(tmp_path, wedge, gap, span=False)
    there = Transformer.from_crs("EPSG:4546", crs, always_xy=True)
    x, y = there.transform([X0 - 20, X0 + 220, X0 - 20, X0 + 220], [Y0 - 20, Y0 - 20, Y0 + 220, Y0 + 220])
    n, left, top = 520, min(x), max(y)
    transform = rasterio.Affine(0.5, 0, left, 0, -0.5, top)
    back = lambda a, b: there.transform(a, b, direction="INVERSE")  # noqa: E731
    z = np.full((n, n), 100.0)
    hole = heights(lambda a, b: round_gap(70, 60, 15)(*np.subtract(back(a, b), [[[X0]], [[Y0]]])), transform, n, n)
    made = SupportBuilder(left, top, 0.5, n, n)
    made.cells(0, 0, np.isfinite(z), (WIDE * hole).astype(np.uint8))
    made.counts(0, 0, 1.0 - hole)
    file = write(tmp_path / "before.tif", z, transform, crs)
    with rasterio.open(file, "r+") as f:
        f.update_tags(ns=NAMESPACE, **made.done().encode())
    inputs = Inputs(terrain(file, crs, errors=ERRORS, sha256="1" * 64), file)
    answer = estimate(OUTLINE, record, path, DEM, inputs=inputs, beside=False)
    k2 = answer.scale_factor**2
    assert answer.support.spanned_area_m2 == pytest.approx(2000 / k2 if crs == "EPSG:4547" else 2000, rel=2e-3)
    assert (answer.support.gap_x, answer.support.gap_y) == pytest.approx((X0 + 40, Y0 + 55), abs=0.1)
    assert answer.reference_support.spanned_area_m2 == pytest.approx(np.pi * 225, rel=5e-3)
    assert (answer.reference_support.gap_x, answer.reference_support.gap_y) == pytest.approx(
        (X0 + 70, Y0 + 60), abs=0.2
    )
