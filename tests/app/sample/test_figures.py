"""The program's figures on the sample against what was put into it: here the ground before digging is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from app.project import Project
from app.sample import places, terrain
from app.sample.ground import natural
from app.sample.noise import F32
from app.sample.plane import bounds, inside_distance, window
from app.verbs.estimate import EstimateReport, estimate
from app.verbs.screen import screen
from models.estimate import EstimateRequest

WHOLE = [p for p in places.PITS if p.code != "SK-005"]


@pytest.fixture(scope="module")
def figures(built: Path) -> EstimateReport:
    with Project.open(built, read_only=True) as project:
        return estimate(project, None, request=EstimateRequest(reference="rim_surface"), store=False)


def _moved(rings: tuple[places.Ring, ...], ground: F32) -> float:
    """What was dug out (positive) or heaped up (negative) inside an outline, m³."""
    us, vs = terrain.axes()
    u0, v0, u1, v1 = bounds(rings[0])
    rows, cols = window(vs, v0, v1), window(us, u0, u1)
    inside = inside_distance(us[cols], vs[rows], rings, 1.0) > 0
    return float((natural(us[cols], vs[rows]) - ground[rows, cols])[inside].astype(float).sum())


@pytest.mark.parametrize("pit", WHOLE, ids=lambda p: p.code)
def test_the_membrane_over_the_rim_finds_what_was_dug_out(
    pit: places.PitShape, figures: EstimateReport, ground: F32
) -> None:
    answer = next(e for e in figures.estimates if e.site == pit.code)
    assert answer.fill_m3 == pytest.approx(_moved(pit.rings, ground), rel=0.02)
    assert answer.check.difference_percent is not None
    assert abs(answer.check.difference_percent) < 0.5
    assert answer.interval95.fill_m3 is not None
    assert 0 < answer.interval95.fill_m3 < 0.1 * answer.fill_m3


@pytest.mark.parametrize("heap", places.HEAPS, ids=lambda h: h.code)
def test_and_what_was_heaped_up(heap: places.HeapShape, figures: EstimateReport, ground: F32) -> None:
    answer = next(e for e in figures.estimates if e.site == heap.code)
    assert answer.cut_m3 == pytest.approx(-_moved((heap.ring,), ground), rel=0.02)


def test_the_pit_past_the_terrain_is_refused_with_its_share(figures: EstimateReport) -> None:
    assert [r.site for r in figures.refused] == ["SK-005"]
    assert "79" in figures.refused[0].to_json()["reason"]


def test_a_level_in_the_middle(built: Path) -> None:
    """Below a horizontal plane the answer is a sum over half-metre cells of the made ground."""
    pit = next(p for p in places.PITS if p.code == "SK-003")
    level = 1070.0
    with Project.open(built, read_only=True) as project:
        request = EstimateRequest(reference="level", parameters={"level_m": level})
        answer = estimate(project, [pit.code], request=request, store=False).estimates[0]
    u0, v0, u1, v1 = bounds(pit.rings[0])
    us, vs = np.arange(np.floor(u0), u1, 0.5) + 0.25, np.arange(np.floor(v0), v1, 0.5) + 0.25
    inside = inside_distance(us, vs, pit.rings, 1.0) > 0
    depth = np.maximum(level - terrain.heights(us, vs).astype(float), 0)[inside]
    assert answer.fill_m3 == pytest.approx(depth.sum() / 4, rel=2e-3)
    assert answer.flooded_m2 == pytest.approx(np.count_nonzero(depth) / 4, rel=5e-3)


def test_verdicts_once_the_floors_are_known(copied: Path) -> None:
    with Project.open(copied) as project:
        estimate(project, None, request=EstimateRequest())
        answers = {(s.waste, s.site): s.verdict for s in screen(project, store=False)}
    assert answers["FA-02", "SK-001"] == "assess"  # Class II, floor well above the groundwater
    assert answers["FA-02", "SK-008"] == "reject"  # Class II below the highest groundwater
    assert answers["CG-01", "KK-001"] == "accept"
    assert set(answers.values()) == {"accept", "assess", "reject", "cannot_judge"}
