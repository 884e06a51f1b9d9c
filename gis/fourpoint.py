"""The customary formulas of the four-point grid method (四方棱柱体法), on arrays of corner heights.

Sources: 建筑施工手册 and the textbooks 土木工程施工 (chapter 场地平整土方量计算), which give the same formulas: squares
of one sign, two and two, three and one. For two and two across (＋－＋－) they give none; what is done then is said at
`_across`. All volumes are in units of a², the square's area, times a metre.
"""

from __future__ import annotations

import numpy as np

from gis.arrays import Array, Index

_FOUR = np.arange(4)


def cut_and_fill(heights: Array) -> tuple[Array, Array]:
    """(fill, cut) of squares whose working heights (m, (n, 4), corners in turn) are given; + is fill, − is cut."""
    h = np.asarray(heights, np.float64)
    sign = signs(h)
    plus = (sign > 0).sum(axis=1)
    fill, cut = np.zeros(len(h)), np.zeros(len(h))
    fill[plus == 4] = h[plus == 4].mean(axis=1)
    cut[plus == 0] = -h[plus == 0].mean(axis=1)
    for count, lone, rest in ((1, fill, cut), (3, cut, fill)):
        at = plus == count
        odd = np.argmax(sign[at] == (1 if count == 1 else -1), axis=1)
        lone[at], rest[at] = _three_and_one(np.abs(_turned(h[at], odd)))
    opposite = (plus == 2) & (sign[:, 0] == sign[:, 2])
    beside = (plus == 2) & ~opposite
    first = np.argmax((sign[beside] > 0) & (np.roll(sign[beside], 1, axis=1) < 0), axis=1)
    fill[beside], cut[beside] = _two_and_two(np.abs(_turned(h[beside], first)))
    fill[opposite], cut[opposite] = _across(h[opposite])
    return fill, cut


def signs(heights: Array) -> Index:
    """+1 or −1 for each corner, (n, corners). A corner at zero joins the side with more corners, else its neighbour's.

    So the zero line runs through the corner itself, and turning all signs turns the result and nothing else.
    """
    sign = np.sign(heights).astype(np.int64)
    for i in np.flatnonzero((sign == 0).any(axis=1)):
        row, balance = sign[i], int(sign[i].sum())
        zero = row == 0
        if balance or zero.all():
            row[zero] = 1 if balance >= 0 else -1
        else:  # one +, one −: a zero beside only one of them takes its sign; between the two either is the same
            near = np.roll(row, 1) + np.roll(row, -1)
            row[zero] = np.where(near[zero] < 0, -1, 1)
    return sign


def _turned(h: Array, first: Index) -> Array:
    """The corners in turn, beginning with `first` of each square."""
    return np.asarray(np.take_along_axis(h, (first[:, None] + _FOUR) % 4, axis=1))


def _share(part: Array, other: Array) -> Array:
    """`part` / (`part` + `other`): how far along an edge the zero point lies; 0 where both are 0."""
    total = part + other
    return np.asarray(np.divide(part, total, out=np.zeros_like(part), where=total > 0))


def _three_and_one(m: Array) -> tuple[Array, Array]:
    """(the lone corner's volume, that of the other three); `m` without signs, the lone corner first.

    V₁ = a²/6 · h₁³ / ((h₁+h₂)(h₁+h₄)), V₂₃₄ = a²/6 · (2h₂ + h₃ + 2h₄ − h₁) + V₁.
    """
    a, b, c, d = m.T
    lone = a * _share(a, b) * _share(a, d) / 6
    return lone, (2 * b + c + 2 * d - a) / 6 + lone


def _two_and_two(m: Array) -> tuple[Array, Array]:
    """(volume at the first two corners, at the other two); `m` without signs.

    V₁₂ = a²/4 · (h₁²/(h₁+h₄) + h₂²/(h₂+h₃)), V₃₄ = a²/4 · (h₄²/(h₁+h₄) + h₃²/(h₂+h₃)).
    """
    a, b, c, d = m.T
    return (a * _share(a, d) + b * _share(b, c)) / 4, (d * _share(d, a) + c * _share(c, b)) / 4


def _across(h: Array) -> tuple[Array, Array]:
    """(fill, cut) where + and − face each other across the square.

    No handbook formula exists. The pair with the larger sum hangs together over the middle; each corner of the other
    pair is cut off by the formula of a lone corner; what is left keeps the four-point net, a²/4 · Σh.
    """
    m = np.abs(h)
    before, after = np.roll(m, 1, axis=1), np.roll(m, -1, axis=1)
    corner = m * _share(m, before) * _share(m, after) / 6
    net = h.mean(axis=1)
    joined = np.where(net >= 0, 1.0, -1.0)
    small = np.where(np.sign(h) == -joined[:, None], corner, 0.0).sum(axis=1)
    large = np.abs(net) + small
    return np.where(joined > 0, large, small), np.where(joined > 0, small, large)


def walk(corners: Array, h: Array) -> tuple[list[Array], list[Array], list[Array]]:
    """(fill polygons, cut polygons, zero segments) of a square or triangle, zero points on its edges by proportion.

    `corners` (n, 2) in turn with working heights `h` (m). Where + and − face each other across a square, the pair with
    the larger sum is joined, as in `cut_and_fill`.
    """
    sign = signs(h[None, :])[0]
    if (sign > 0).all():
        return [corners], [], []
    if (sign < 0).all():
        return [], [corners], []
    ring: list[tuple[Array, int]] = []  # (place, sign; 0 for a zero point)
    for i in range(len(h)):
        j = (i + 1) % len(h)
        ring.append((corners[i], int(sign[i])))
        if sign[i] != sign[j]:
            share = abs(h[i]) / (abs(h[i]) + abs(h[j])) if h[i] or h[j] else 0.5
            ring.append((corners[i] + share * (corners[j] - corners[i]), 0))
    return _cut_up(ring, -1 if h.sum() >= 0 else 1)


def _cut_up(ring: list[tuple[Array, int]], lone: int) -> tuple[list[Array], list[Array], list[Array]]:
    """The ring cut along its zero points; with four of them the corners of sign `lone` are cut off one by one."""
    shapes: dict[int, list[Array]] = {1: [], -1: []}
    zeros = [k for k, (_, s) in enumerate(ring) if s == 0]
    if len(zeros) == 2:
        first, second = zeros
        for piece in (ring[first : second + 1], ring[second:] + ring[: first + 1]):
            shapes[piece[1][1]].append(np.array([p for p, _ in piece]))
        return shapes[1], shapes[-1], [np.array([ring[first][0], ring[second][0]])]
    segments = []
    for k, (_, s) in enumerate(ring):
        if s == lone:
            before, after = ring[k - 1][0], ring[(k + 1) % len(ring)][0]
            shapes[lone].append(np.array([before, ring[k][0], after]))
            segments.append(np.array([before, after]))
    shapes[-lone].append(np.array([p for p, s in ring if s != lone]))
    return shapes[1], shapes[-1], segments
