"""The ends of straight walls, where a single point of the next wall took them (see StraightWalls.straighten)."""

from __future__ import annotations

import math

from gis.points.swapping import Triangles, square

_STEEPER = 1.2
_BEND = 1e-6
_FAN = 5000
"""Triangles around one point at most."""


class StraightWalls(Triangles):
    """The second pass: over the walls beside what the first one swapped."""

    def straighten(self) -> list[tuple[int, int]]:
        """Give the ends of straight walls to the corner that the rest of the wall has; the ends of the edges made.

        A single point on one wall near a corner may have taken the end of the other wall, whose crest it is near to:
        along a straight line the wall falls steeply up to some place, and gently from there on, with no vertex of the
        line there. Then the far corner of the last steep triangle takes what follows, up to where the line turns or
        the wall is steep again; all of it or nothing.
        """
        made: list[tuple[int, int]] = []
        seen: dict[int, set[int]] = {1: set(), -1: set()}
        for t in sorted(self._touched, key=self._place):
            for turn in (1, -1):
                k = next((k for k in range(3) if self._is_piece(*self._edge(t, k, turn))), None)
                if k is not None:
                    found = self._steep_before(t, *self._edge(t, k, turn), seen[turn])
                    made += self._give(*found) if found is not None else []
        return made

    def _place(self, t: int) -> tuple[float, float]:
        return sum(sorted(self._x[v] for v in self._named[t])), sum(sorted(self._y[v] for v in self._named[t]))

    def _edge(self, t: int, k: int, turn: int) -> tuple[int, int]:
        return self._named[t][k], self._named[t][(k + turn) % 3]

    def _other(self, t: int, *known: int) -> int:
        """The corner of a triangle beside the two known ones."""
        return next(v for v in self._named[t] if v not in known)

    def _beyond(self, t: int, q: int, apex: int) -> int:
        """The triangle across the edge from `q` to `apex`, -1 for none."""
        return self._across[t][self._named[t].index(self._other(t, q, apex))]

    def _steep_before(self, t: int, q: int, r: int, seen: set[int]) -> tuple[int, int, int, int] | None:
        """(triangle, its line's end, its far corner, the line's point before) back along the straight line from q, r.

        It is the nearest one that falls off the line more steeply than the one after it, None if there is none or if
        the way back was gone before.
        """
        while t not in seen:
            seen.add(t)
            apex = self._other(t, q, r)
            gentle = self._fall(q, r, apex)
            for _ in range(_FAN):  # around q to the triangle on the piece before
                t = self._beyond(t, q, apex)
                if t < 0 or self._level[t]:
                    return None
                before = self._other(t, q, apex)
                if self._is_piece(before, q):
                    break
                apex = before
            else:
                return None
            if not self._straight(before, q, r):
                return None
            if self._fall(before, q, apex) > _STEEPER * gentle:
                return t, q, apex, before
            q, r = before, q
        return None

    def _give(self, t: int, q: int, far: int, before: int) -> list[tuple[int, int]]:
        """Swap from the steep triangle `t` (before, q, far) on, until the line turns; all or nothing."""
        saved: dict[int, tuple[list[int], list[int]]] = {}
        made: list[tuple[int, int]] = []
        own = self._fall(before, q, far)
        for _ in range(_FAN):
            after, old = self._next(t, q, far)
            if after < 0 or not self._straight(before, q, after) or _STEEPER * self._fall(q, after, old) >= own:
                return made
            t = self._beyond(t, q, far)
            while (y := self._other(t, q, far)) != after:
                follows = self._beyond(t, q, y)
                if self._level[follows] or not self._convex(t, follows):
                    return self._undo(saved)
                for i in {t, follows, *self._across[t], *self._across[follows]} - {-1}:
                    saved.setdefault(i, (self._named[i][:], self._across[i][:]))
                made.append(self._do(t, follows))
                t = t if q in self._named[t] else follows
            before, q = q, after
        return self._undo(saved)

    def _next(self, t: int, q: int, apex: int) -> tuple[int, int]:
        """(end, far corner) of the piece that comes next around `q` after the edge to `apex`; -1 for none."""
        for _ in range(_FAN):
            t = self._beyond(t, q, apex)
            if t < 0 or self._level[t]:
                return -1, -1
            last, apex = apex, self._other(t, q, apex)
            if self._is_piece(q, apex):
                return apex, last
        return -1, -1

    def _undo(self, saved: dict[int, tuple[list[int], list[int]]]) -> list[tuple[int, int]]:
        for i, (named, across) in saved.items():
            self._named[i], self._across[i] = named, across
        return []

    def _straight(self, p: int, q: int, r: int) -> bool:
        x, y = self._x, self._y
        ux, uy, vx, vy = x[q] - x[p], y[q] - y[p], x[r] - x[q], y[r] - y[q]
        bend = math.sqrt(square(ux, uy) * square(vx, vy))
        return bool(ux * vx + uy * vy > 0 and abs(ux * vy - uy * vx) <= _BEND * bend)

    def _fall(self, p: int, q: int, apex: int) -> float:
        """How steeply the ground goes from a piece of a line to a corner off it: height by distance."""
        x, y, z = self._x, self._y, self._z
        ux, uy, vx, vy = x[q] - x[p], y[q] - y[p], x[apex] - x[p], y[apex] - y[p]
        long = square(ux, uy)
        along = (ux * vx + uy * vy) / long
        away = abs(ux * vy - uy * vx) / long**0.5
        return abs(z[apex] - z[p] - along * (z[q] - z[p])) / away if away else 0.0
