from __future__ import annotations

import numpy as np
import pytest

from app.sample import places, terrain
from app.sample.ground import natural
from app.sample.noise import F32
from app.sample.plane import bounds, inside_distance, window
from app.sample.works import dig, drop, ground_at

SAND_PITS = [p for p in places.PITS if p.code.startswith("SK")]


def test_a_wall_comes_down_by_its_slope_and_rests_on_berms() -> None:
    x = np.array([0.0, 0.5, 1.0, 7.0, 10.0, 11.0, 15.0], dtype=np.float32)
    # 1:2, a berm of 4 m after 3 m of drop; the rounded crest costs half a metre of run.
    wanted = [0.0, 0.0625, 0.25, 2.75, 2.75, 3.25, 5.25]
    assert drop(x, 2.0, ((3.0, 4.0),)).tolist() == pytest.approx(wanted, abs=1e-6)


def _sum_below(level: float, rings: tuple[places.Ring, ...], step: float) -> float:
    """Space between the made ground and a level within an outline, from `step` m cells: an answer of another grid."""
    u0, v0, u1, v1 = bounds(rings[0], 2.0)
    us = np.arange(np.floor(u0), min(np.ceil(u1), 3000.0), step) + step / 2
    vs = np.arange(np.floor(v0), np.ceil(v1), step) + step / 2
    inside = inside_distance(us, vs, rings, 1.0) > 0
    depth = np.maximum(level - terrain.heights(us, vs).astype(float), 0)
    return float(depth[inside].sum() * step * step)


@pytest.mark.parametrize(
    "pit", [p for p in places.PITS if p.code in {"SK-003", "SK-007", "SK-004"}], ids=lambda p: p.code
)
def test_volume_does_not_depend_on_the_grid(pit: places.PitShape) -> None:
    level = ground_at(pit.rings[0][0])
    one, half = (_sum_below(level, pit.rings, step) for step in (1.0, 0.5))
    assert half == pytest.approx(one, rel=4e-3)
    assert half > 5_000


@pytest.mark.parametrize("pit", SAND_PITS, ids=lambda p: p.code)
def test_sand_pits_are_3_to_25_m_deep(pit: places.PitShape, ground: F32) -> None:
    us, vs = terrain.axes()
    u0, v0, u1, v1 = bounds(pit.rings[0])
    rows, cols = window(vs, v0, v1), window(us, u0, u1)
    edge = inside_distance(us[cols], vs[rows], pit.rings, 5.0)
    here = ground[rows, cols]
    rim = here[(edge > 0) & (edge < 1)]
    assert 3 <= rim.mean() - here[edge > 0].min() <= 25
    assert rim.max() - rim.min() > 1  # on sloping ground
    level, plane = here[edge > 0].min(), rim.mean()
    assert plane - level > 1.4 * rim.std()


def test_the_deepest_and_the_shallowest_span_the_range(ground: F32) -> None:
    depths = []
    us, vs = terrain.axes()
    for pit in SAND_PITS:
        u0, v0, u1, v1 = bounds(pit.rings[0])
        rows, cols = window(vs, v0, v1), window(us, u0, u1)
        edge = inside_distance(us[cols], vs[rows], pit.rings, 5.0)
        here = ground[rows, cols]
        depths.append(float(here[(edge > 0) & (edge < 1)].mean() - here[edge > 0].min()))
    assert min(depths) < 5
    assert max(depths) > 20


@pytest.mark.parametrize("pit", places.PITS, ids=lambda p: p.code)
def test_the_rim_is_untouched_ground(pit: places.PitShape) -> None:
    for ring in pit.rings:
        for u, v in ring:
            us, vs = np.array([u]), np.array([v])
            before = natural(us, vs)
            after = before.copy()
            dig(pit, us, vs, after)
            assert after == before


def test_nothing_but_pits_heaps_and_spoil_changes_the_ground() -> None:
    us, vs = np.arange(2, 3000, 11.0), np.arange(1990, 0, -11.0)
    changed = np.abs(terrain.heights(us, vs) - natural(us, vs)) > 1e-4
    for shape in (*places.PITS, *places.HEAPS):
        rings = shape.rings if isinstance(shape, places.PitShape) else (shape.ring,)
        changed &= inside_distance(us, vs, rings, 1.0) == 0
    for pit in places.PITS:
        for mound in pit.spoil:
            near = (us[None, :] - mound.u) ** 2 + (vs[:, None] - mound.v) ** 2 < (1.35 * mound.radius) ** 2
            changed &= ~near
    assert not changed.any()


def test_heaps_stand_on_the_ground(ground: F32) -> None:
    us, vs = terrain.axes()
    for heap in places.HEAPS:
        u0, v0, u1, v1 = bounds(heap.ring)
        rows, cols = window(vs, v0, v1), window(us, u0, u1)
        above = ground[rows, cols] - natural(us[cols], vs[rows])
        assert above.min() > -1e-3
        assert above.max() == pytest.approx(heap.height_m, rel=0.35)
