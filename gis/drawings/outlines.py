"""Outlines out of what is in a drawing: closed lines, lines that meet end to end, texts inside as names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis.arrays import Array
from gis.drawings.contents import MEET, Drawing, Item, is_closed
from gis.formats.base import Row
from gis.formats.rings import nest
from models.notices import N_, Notice

_SAME_AREA = 1e-6
_NUMBER = re.compile(r"(?:[XYHZ北东高]\s*[=:：]?\s*)?[-+]?\d+(?:\.\d*)?\s*m?", re.IGNORECASE)
"""A height, or a coordinate as surveyors label one (X=4497400.000): nobody's name."""


@dataclass
class Account:
    """What was done to make outlines of some layers."""

    closed_by_place: int = 0
    joined: int = 0
    joined_of: int = 0
    texts_several: int = 0
    curves: int = 0
    lines: int = 0


Made = tuple[Item, BaseGeometry, tuple[Notice, ...]]


def rows(found: Drawing, names: list[str], factor: float, account: Account) -> Iterator[Row]:
    """Features of some layers: outlines, lines that close to none, points. `factor`: metres per drawing unit."""
    layers = found.layers
    every = [i for n in names for i in layers[n]]
    items = [i for i in every if i.hatch is None]
    closed = [i for i in items if i.shape.is_line and is_closed(i.shape.xyz)]
    open_ones = [i for i in items if i.shape.is_line and not is_closed(i.shape.xyz)]
    made: list[Made] = [(i, shape, ()) for i, shape in _outlines(closed, account)]
    rings, rest = _joined(open_ones, account)
    made += rings
    made += [(i, shapely.LineString(i.shape.xyz), ()) for i in rest]
    made += [(i, shapely.Point(i.shape.xyz[0]), ()) for i in items if not i.shape.is_line]
    made += [(i, i.hatch, ()) for i in every if i.hatch is not None]
    account.lines = len(rest)
    account.curves = sum(i.shape.curved for i in items)
    labels = _names([g for _, g, _ in made], [i for i, _, _ in made], found, account)
    for (item, shape, notes), label in sorted(zip(made, labels, strict=True), key=lambda m: m[0][0].row):
        fields: dict[str, Any] = {"layer": item.layer, **({"name": label} if label else {}), **item.fields}
        fields = {k: v for k, v in fields.items() if not k.startswith("$")}
        level = _level(item.shape.xyz)
        if level is not None:
            fields.setdefault("elevation", level * factor)
        geometry = shape if factor == 1.0 else shapely.transform(shape, lambda p: p * factor, include_z=shape.has_z)
        yield Row(item.row, fields, geometry, notes)


def _outlines(closed: list[Item], account: Account) -> Iterator[tuple[Item, BaseGeometry]]:
    """Polygons of closed lines; rings that our own drawings mark as one outline are one."""
    own: dict[Any, list[Item]] = {}
    for item in closed:
        if (item.shape.xyz[0] != item.shape.xyz[-1]).any():
            account.closed_by_place += 1
        ring = item.fields.get("$ring")
        if isinstance(ring, list) and len(ring) == 3:
            own.setdefault((item.layer, str(ring[0])), []).append(item)
        else:
            yield item, shapely.Polygon(_ring(item.shape.xyz))
    for items in own.values():
        yield from _own_outlines(items)


def _own_outlines(items: list[Item]) -> Iterator[tuple[Item, BaseGeometry]]:
    """The rings of one outline of our own drawing. A person may have copied, moved or deleted some of them since.

    Rings copied in a drawing program carry the marks of the first ones: the first set is the outline, the others are
    outlines of their own, by what lies in what.
    """
    first: dict[tuple[str, str], Item] = {}
    copies: list[Item] = []
    for item in items:
        _, part, number = item.fields["$ring"]
        key = (str(part), str(number))
        if key in first:
            copies.append(item)
        else:
            first[key] = item
    whole = _from_marks(first) if not copies else None
    if whole is not None:
        yield items[0], whole
        return
    for shape in nest([_ring(i.shape.xyz) for i in items]):
        start = shape.exterior.coords[0]
        mine = next(i for i in items if tuple(_ring(i.shape.xyz)[0]) == start)
        yield mine, shape


def _from_marks(rings: dict[tuple[str, str], Item]) -> BaseGeometry | None:
    """The outline as it was written; None where a ring is no longer where it was in respect to its shell."""
    parts: dict[str, tuple[Array | None, list[Array]]] = {}
    for (part, number), item in rings.items():
        shell, holes = parts.get(part, (None, []))
        ring = _ring(item.shape.xyz)
        parts[part] = (ring, holes) if number == "0" else (shell, [*holes, ring])
    if any(s is None for s, _ in parts.values()):
        return None
    made = [shapely.Polygon(s, hs) for s, hs in parts.values()]
    if any(len(p.interiors) and not shapely.Polygon(p.exterior).covers(shapely.MultiPoint(_corners(p))) for p in made):
        return None
    return made[0] if len(made) == 1 else shapely.MultiPolygon(made)


def _corners(outline: shapely.Polygon) -> Array:
    return np.concatenate([shapely.get_coordinates(ring) for ring in outline.interiors])


def _ring(xyz: Array) -> Array:
    flat = xyz if xyz[:, 2].any() else xyz[:, :2]
    flat = flat.copy()
    flat[-1] = flat[0]
    return flat


def _joined(items: list[Item], account: Account) -> tuple[list[Made], list[Item]]:
    """(outlines of open lines of one layer that meet end to end, lines that are left)."""
    made: list[Made] = []
    rest: list[Item] = []
    by_layer: dict[str, list[Item]] = {}
    for item in items:
        by_layer.setdefault(item.layer, []).append(item)
    for members in by_layer.values():
        for chain, ring in _chains(members):
            if ring is None:
                rest += chain
                continue
            account.joined += 1
            account.joined_of += len(chain)
            text = N_("its outline was joined from {count} lines that meet end to end")
            made.append((chain[0], shapely.Polygon(ring), (Notice("drawing.joined", text, count=len(chain)),)))
    return made, rest


def _chains(items: list[Item]) -> Iterator[tuple[list[Item], Array | None]]:
    """Groups of lines hung together by their ends; the ring they make where every end meets exactly one other."""
    ends: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for n, item in enumerate(items):
        xyz = item.shape.xyz
        if not np.isfinite(xyz).all() or (np.abs(xyz) > 1e12).any():
            continue
        for side, point in ((0, xyz[0]), (1, xyz[-1])):
            ends.setdefault((round(point[0] / MEET), round(point[1] / MEET)), []).append((n, side))
    partner = {}
    for pair in ends.values():
        if len(pair) == 2 and pair[0][0] != pair[1][0]:
            partner[pair[0]], partner[pair[1]] = pair[1], pair[0]
    seen: set[int] = set()
    for start in range(len(items)):
        if start in seen:
            continue
        order, at, closes = [], (start, 0), False
        while at[0] not in seen:
            seen.add(at[0])
            order.append(at)
            following = partner.get((at[0], 1 - at[1]))
            if following is None:
                break
            closes = following == (start, 0)
            at = following
        if closes and len(order) > 1:
            pieces = [items[n].shape.xyz[:: 1 if side == 0 else -1] for n, side in order]
            ring = np.concatenate([p[:-1] for p in pieces] + [pieces[0][:1]])
            if len(ring) > 3:
                yield [items[n] for n, _ in order], ring if ring[:, 2].any() else ring[:, :2]
                continue
        yield [items[n] for n, _ in order], None


def _names(shapes: list[BaseGeometry], items: list[Item], found: Drawing, account: Account) -> list[str]:
    """For each outline the text that stands in it: the only one on its layer, else the only one that is no number."""
    labels = [""] * len(shapes)
    if not found.texts:
        return labels
    tree = shapely.STRtree(shapely.points([(x, y) for x, y, _, _ in found.texts]))
    areas = [
        i for i, s in enumerate(shapes) if s.geom_type in {"Polygon", "MultiPolygon"} and "$ring" not in items[i].fields
    ]
    holding = {i: tree.query(shapes[i], predicate="contains").tolist() for i in areas if shapes[i].is_valid}
    least: dict[int, float] = {}
    for i, numbers in holding.items():
        for n in numbers:
            least[n] = min(least.get(n, np.inf), shapes[i].area)
    for i, numbers in holding.items():
        # A text in an outline within another one is the name of the inner one alone.
        inside = [found.texts[n] for n in sorted(numbers) if shapes[i].area <= least[n] * (1 + _SAME_AREA)]
        words = [t for t in inside if not _is_number(t[2])] or inside
        here = [t for t in words if t[3] == items[i].layer]
        best = here if len(here) == 1 else words
        if len({t[2] for t in best}) == 1:
            labels[i] = best[0][2]
        elif best:
            account.texts_several += 1
    return labels


def _is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text.strip()) is not None


def _level(xyz: Array) -> float | None:
    """The one height of a flat line; None where there is none."""
    z = xyz[:, 2]
    return float(z[0]) if z[0] != 0 and np.isfinite(z).all() and (np.abs(z - z[0]) < 1e-6).all() else None
