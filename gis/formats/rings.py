"""Rings of corners to one outline: closed, holes where a ring lies in another, parts where it does not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis.arrays import Array
from models.notices import N_, Notice

_FEW = Notice("import.bad_shape", N_("its outline cannot be read (too few points)"))


def rings_to_outline(rings: Sequence[tuple[str, Array]], *, named: bool) -> tuple[BaseGeometry | None, list[Notice]]:
    """(polygon, remarks) of rings (part, corners). None where a ring has fewer than three corners.

    `named`: the file itself says which corner belongs to which ring. Where it does not, a corner that comes back to the
    first one ends a ring and the next begins another.
    """
    split = [(part, r) for part, xy in rings for r in ([xy] if named else _split(xy))]
    if not split or any(len(_open(r)) < 3 for _, r in split):
        return None, [_FEW]
    made = [(part, shapely.Polygon(np.concatenate((_open(r), _open(r)[:1])))) for part, r in split]
    if len(made) == 1:
        return made[0][1], []
    return _nested(made, named=named)


def _open(ring: Array) -> Array:
    return ring[:-1] if len(ring) > 1 and (ring[0] == ring[-1]).all() else ring


def _split(xy: Array) -> list[Array]:
    """Corners cut where they come back to the first of a ring."""
    made, start = [], 0
    for i in range(1, len(xy)):
        if i - start >= 3 and (xy[i] == xy[start]).all() and (xy[start:i] != xy[start]).any():
            made.append(xy[start : i + 1])
            start = i + 1
            if start >= len(xy):
                return made
        elif i < start:
            continue
    if start < len(xy):
        made.append(xy[start:])
    return made


def _nested(parts: list[tuple[str, shapely.Polygon]], *, named: bool) -> tuple[BaseGeometry | None, list[Notice]]:
    """Shells with their holes: a ring inside a shell (of the same part, if parts are named) is its hole."""
    shells: list[tuple[str, shapely.Polygon, list[shapely.Polygon]]] = []
    holes = 0
    for part, ring in parts:
        home = next((s for s in shells if s[0] == part and _inside(s[1], ring)), None)
        if home is not None:
            home[2].append(ring)
            holes += 1
        else:
            shells.append((part, ring, []))
    made = [shapely.Polygon(s.exterior, [h.exterior for h in hs]) for _, s, hs in shells]
    notes = []
    if holes and not named:
        notes.append(Notice("rings.holes", N_("{count} rings inside its outline were taken as holes"), count=holes))
    return (made[0] if len(made) == 1 else shapely.MultiPolygon(made)), notes


def _inside(shell: BaseGeometry, ring: BaseGeometry) -> bool:
    with np.errstate(invalid="ignore"):
        return bool(shapely.covers(shell, ring)) if shell.is_valid and ring.is_valid else False
