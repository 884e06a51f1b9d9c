"""What is in a drawing's model space: shapes by layer, blocks flattened, texts, hatches (see gis/formats/dxf)."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis.arrays import Array
from gis.drawings import hatches
from gis.drawings.blocks import Block, Blocks, Hidden, document
from gis.drawings.shapes import Shape, place_of_text, shape_of
from gis.drawings.tags import Other
from gis.formats.base import LIMITS, too_many_layers
from gis.formats.breath import breathe
from models.errors import Refused
from models.notices import N_

APPID = "HUITIAN"
"""Name under which our own drawings carry the fields of a feature (extended data)."""
MEET = 0.001
"""Ends of lines closer than this are one point: a millimetre in metres."""
_TEXT_CHARS = 200


@dataclass
class Item:
    """A shape of a layer; `fields` are attributes of its block or our own extended data."""

    row: int
    layer: str
    shape: Shape
    fields: dict[str, Any] = field(default_factory=dict)
    hatch: BaseGeometry | None = None
    """The ground of a hatch, whose corners `shape` holds; None for what is no hatch."""


@dataclass
class Drawing:
    """What is in a drawing."""

    items: list[Item] = field(default_factory=list)
    texts: list[tuple[float, float, str, str]] = field(default_factory=list)
    """(x, y, text, layer)."""
    others: Counter[str] = field(default_factory=Counter)
    blocks: Blocks = field(default_factory=Blocks)
    from_blocks: int = 0
    invisible: int = 0
    hidden: set[str] = field(default_factory=set)
    """Layers that are switched off or frozen."""
    hatches: int = 0
    repeated: int = 0
    """Hatches that were taken as outlines, and those left out that only fill an outline drawn as a line."""

    @property
    def crs(self) -> str:
        """The system that our own drawings say in their extended data; "" for others, and where they disagree."""
        said = {str(i.fields["$crs"]) for i in self.items if "$crs" in i.fields}
        return said.pop() if len(said) == 1 else ""

    @property
    def layers(self) -> dict[str, list[Item]]:
        """Shapes by layer, in the order of the file."""
        made: dict[str, list[Item]] = {}
        for item in self.items:
            made.setdefault(item.layer, []).append(item)
        return made


def gather(path: Path, encoding: str) -> Drawing:
    """Everything of the model space that has a place. Raises Refused or Unreadable."""
    found = Drawing()
    names: set[str] = set()
    vertices = 0
    row = 0
    size = max(path.stat().st_size, 1)
    for entity in document(path, encoding, lambda done: breathe(done / size)):
        if entity is None:
            continue
        if isinstance(entity, Block):
            found.blocks.add(entity)
            continue
        if isinstance(entity, Hidden):
            found.hidden.add(entity.layer)
            continue
        row += 1
        if row > LIMITS.features:
            text = N_("the file has {count} features; at most {most} are read at once")
            raise Refused("import.too_many_features", text, where=str(path), count=row, most=LIMITS.features)
        if isinstance(entity, Other):
            found.others[entity.kind] += 1
            continue
        before = len(found.items)
        try:
            _take(found, row, entity, str(path))
        except (ValueError, TypeError, ArithmeticError, AttributeError, RecursionError) as cause:
            if isinstance(cause, Refused):
                raise
            found.others[entity.dxftype()] += 1  # a curve with nonsense in it is one entity that is not read
        fresh = found.items[before:]
        names.update(i.layer for i in fresh)
        if len(names) > LIMITS.sublayers:
            raise too_many_layers(path, len(names), LIMITS.sublayers, whole=False)
        vertices += sum(len(i.shape.xyz) for i in fresh)
        if vertices > LIMITS.vertices:
            text = N_("the file has more than {most} vertices")
            raise Refused("import.too_many_vertices", text, where=str(path), most=LIMITS.vertices)
    _drop_repeated(found)
    return found


def _drop_repeated(found: Drawing) -> None:
    """Leave out hatches that fill an outline which is drawn as a line, on whatever layer."""
    filled = [(i, i.hatch) for i in found.items if i.hatch is not None]
    if not filled:
        return
    lines = (i.shape.xyz for i in found.items if i.hatch is None and i.shape.is_line and is_closed(i.shape.xyz))
    outlines = [shapely.Polygon(xyz[:, :2]) for xyz in lines]
    twice = hatches.repeated([shape for _, shape in filled], outlines)
    gone = {id(item) for (item, _), again in zip(filled, twice, strict=True) if again}
    found.repeated, found.hatches = len(gone), len(filled) - len(gone)
    found.items = [i for i in found.items if id(i) not in gone]


def _take(found: Drawing, row: int, entity: Any, where: str) -> None:
    kind, layer = entity.dxftype(), str(entity.dxf.layer)
    if entity.dxf.get("invisible", 0):
        found.invisible += 1
        return
    if kind in {"TEXT", "MTEXT"}:
        text = entity.plain_text().strip()
        place = place_of_text(entity)
        if text:
            found.texts.append((float(place.x), float(place.y), text[:_TEXT_CHARS], layer))
        return
    if kind in hatches.KINDS:
        rings = hatches.rings_of(entity)
        if rings is None:
            found.others[kind] += 1
        else:
            corners = Shape(np.concatenate(rings), True)
            found.items.append(Item(row, layer, corners, hatch=hatches.outline(rings)))
        return
    if kind != "INSERT":
        shape = shape_of(entity)
        if shape is None:
            found.others[kind] += 1
        else:
            found.items.append(Item(row, layer, shape, _own_fields(entity)))
        return
    _take_reference(found, row, entity, where)


def _take_reference(found: Drawing, row: int, entity: Any, where: str) -> None:
    """What a reference to a block brings: lines, hatches and texts; itself as a place where it brings no outline."""
    fields = {str(a.dxf.get("tag", "")): str(a.dxf.get("text", ""))[:_TEXT_CHARS] for a in entity.attribs}
    placed = found.blocks.place(entity, where)
    for part in placed:
        if part.text:
            x, y, _ = part.shape.xyz[0]
            found.texts.append((float(x), float(y), part.text[:_TEXT_CHARS], part.layer))
    lines = [p for p in placed if p.shape.is_line]
    found.from_blocks += len(lines)
    for part in lines:
        found.items.append(Item(row, part.layer, part.shape, fields, part.hatch))
    if not any(p.hatch is not None or is_closed(p.shape.xyz) for p in lines):
        shape = shape_of(entity)
        if shape is not None:
            found.items.append(Item(row, str(entity.dxf.layer), shape, fields))


def _own_fields(entity: Any) -> dict[str, Any]:
    if not entity.has_xdata(APPID):
        return {}
    text = "".join(str(t.value) for t in entity.get_xdata(APPID) if t.code == 1000)
    try:
        made = json.loads(text)
    except ValueError:
        return {}
    return made if isinstance(made, dict) else {}


def is_closed(xyz: Array) -> bool:
    """Whether a line ends where it begins, to a millimetre."""
    return len(xyz) > 3 and bool(np.hypot(*(xyz[0, :2] - xyz[-1, :2])) <= MEET)
