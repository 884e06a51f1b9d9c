"""A drawing's layers, blocks and entities in one pass, and what stands in a block as it stands on the ground.

A reference to a block is flattened: its lines are moved, turned and scaled as the reference says, also through blocks
in blocks. References to other files (XREF) are told and not followed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from shapely.geometry.base import BaseGeometry

from gis.arrays import Array
from gis.drawings import hatches
from gis.drawings.shapes import SAGITTA, Shape, place_of_text, shape_of
from gis.drawings.tags import Other, damaged, made_of, raw_tags
from models.errors import Refused
from models.notices import N_

_BREATH = 10_000
_BYTES_A_TAG = 13
"""About what a tag takes in a file, for the bar of progress."""
_DEEP = 8
_MOST_HELD = 500_000
"""Entities in all blocks together."""
_MOST_COPIES = 10_000
"""Copies that one reference may make in rows and columns."""
_MOST_PLACED = 2_000_000
_MOST_TAGS = 4_000_000
"""Tags of one entity: half a gigabyte."""
_XREF = 4 | 8 | 16 | 32
_FROZEN = 1
_SECTIONS = {"TABLES", "BLOCKS", "ENTITIES"}


@dataclass
class Block:
    """A block's entities about its base point."""

    name: str
    base: tuple[float, float, float] = (0.0, 0.0, 0.0)
    external: bool = False
    entities: list[Any] = field(default_factory=list)
    others: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Hidden:
    """A layer that is switched off or frozen."""

    layer: str


@dataclass
class Placed:
    """A shape on a layer, with what the reference that brought it says (attributes by tag)."""

    layer: str
    shape: Shape
    hatch: BaseGeometry | None = None
    """The ground of a hatch, whose corners `shape` holds."""
    text: str = ""
    """Words that stand at the place `shape`; "" for what is no text."""


class Blocks:
    """The blocks of a drawing by name, whatever the case of its letters."""

    def __init__(self) -> None:
        self._named: dict[str, Block] = {}
        self.missing: Counter[str] = Counter()
        self.external: set[str] = set()
        self.cut = 0
        """References that were not followed further: too deep, in themselves or too many copies."""
        self._placed = 0

    def add(self, block: Block) -> None:
        """Keep a block."""
        self._named[block.name.casefold()] = block

    def place(self, insert: Any, where: str) -> list[Placed]:
        """The shapes that a reference brings. Raises Refused for drawings that make millions of them."""
        found: list[Placed] = []
        self._place(insert, _unit(), str(insert.dxf.layer), (), found, where)
        return found

    def _place(
        self, insert: Any, outer: Any, layer: str, above: tuple[str, ...], found: list[Placed], where: str
    ) -> None:
        name = str(insert.dxf.name).casefold()
        block = self._named.get(name)
        if block is None:
            self.missing[str(insert.dxf.name)] += 1
            return
        if block.external:
            self.external.add(block.name)
            return
        copies = copies_of(insert)
        if name in above or len(above) >= _DEEP or len(copies) > _MOST_COPIES:
            self.cut += 1
            return
        for copy in copies:
            matrix = matrix_of(copy, block) * outer
            scale = max(matrix.transform_direction(axis).magnitude for axis in _axes())
            if not np.isfinite(scale) or scale <= 0:
                self.cut += 1
                continue
            for entity in block.entities:
                if entity.dxf.get("invisible", 0):
                    continue
                own = str(entity.dxf.layer)
                on = layer if own == "0" else own  # what is drawn on layer 0 of a block goes where the reference is
                if entity.dxftype() == "INSERT":
                    self._place(entity, matrix, on, (*above, name), found, where)
                    continue
                placed = _placed(entity, on, matrix, SAGITTA / scale)
                if placed is None:
                    block.others[entity.dxftype()] += 1
                    continue
                self._placed += 1
                if self._placed > _MOST_PLACED:
                    raise Refused(
                        "drawing.too_many_copies",
                        N_("its blocks make more than {most} lines"),
                        where=where,
                        advice=N_("save only the layers with the outlines, as DXF"),
                        most=_MOST_PLACED,
                    )
                found.append(placed)


def _placed(entity: Any, layer: str, matrix: Any, sagitta: float) -> Placed | None:
    """What an entity of a block is on the ground; None where it is nothing that can be used."""
    kind = entity.dxftype()
    if kind in {"TEXT", "MTEXT"}:
        text = entity.plain_text().strip()
        place = place_of_text(entity)
        at = Shape(np.array([[place.x, place.y, place.z]], np.float64), False)
        return Placed(layer, _moved(at, matrix), text=text) if text else None
    if kind in hatches.KINDS:
        rings = hatches.rings_of(entity, sagitta)
        if rings is None:
            return None
        moved = [_moved(Shape(r, True), matrix) for r in rings]
        corners = Shape(np.concatenate([m.xyz for m in moved]), True)
        return Placed(layer, corners, hatches.outline([m.xyz for m in moved]))
    shape = shape_of(entity, sagitta)
    return None if shape is None else Placed(layer, _moved(shape, matrix))


def _unit() -> Any:
    from ezdxf.math import Matrix44

    return Matrix44()


def _axes() -> Any:
    from ezdxf.math import X_AXIS, Y_AXIS, Z_AXIS

    return X_AXIS, Y_AXIS, Z_AXIS


def copies_of(insert: Any) -> list[Any]:
    """The references that one in rows and columns stands for; more than `_MOST_COPIES` where they are too many."""
    rows, columns = max(int(insert.dxf.row_count), 1), max(int(insert.dxf.column_count), 1)
    if rows * columns == 1:
        return [insert]
    if rows * columns > _MOST_COPIES:
        return [insert] * (_MOST_COPIES + 1)
    return list(insert.multi_insert())


def matrix_of(insert: Any, block: Block) -> Any:
    """From the block's coordinates to those of the reference (ezdxf leaves the base point out without a document)."""
    from ezdxf.math import Matrix44

    return Matrix44.translate(*(-b for b in block.base)) * insert.matrix44()


def _moved(shape: Shape, matrix: Any) -> Shape:
    from dataclasses import replace

    moved: Array = np.array([tuple(p) for p in matrix.transform_vertices(shape.xyz.tolist())], np.float64)
    return replace(shape, xyz=moved.reshape(-1, 3))


def document(path: Path, encoding: str, done: Callable[[int], None] | None = None) -> Iterator[Any]:
    """Hidden layers, blocks, then the entities of the model space with their vertices and attributes, and Other.

    `done` hears now and then about how many bytes are read. Raises Unreadable where the file ends before its entities
    do, Refused for too many entities in blocks.
    """
    collector = _Collector(str(path))
    space = _Space()
    count = 0
    for section, tags in groups(path, encoding):
        if tags is None:
            count += 1
            if done is not None:
                done(count * _BREATH * _BYTES_A_TAG)
        elif section == "TABLES":
            hidden = _hidden(tags)
            if hidden is not None:
                yield hidden
        elif section == "BLOCKS":
            yield from collector.take(tags)
        else:
            yield from space.take(tags)
    yield from space.rest()


class _Space:
    """Entities of the model space; a polyline or reference is given when its vertices or attributes are complete."""

    def __init__(self) -> None:
        from ezdxf.entities.subentity import entity_linker

        self._linked = entity_linker()
        self._waiting: Any = None

    def take(self, tags: list[Any]) -> Iterator[Any]:
        made = made_of(tags)
        if isinstance(made, Other):
            yield made
        elif made is not None and not self._linked(made) and not made.dxf.paperspace:
            yield from self.rest()
            self._waiting = made

    def rest(self) -> Iterator[Any]:
        if self._waiting is not None:
            yield self._waiting
        self._waiting = None


class _Collector:
    """Puts blocks together."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._block: Block | None = None
        self._linked: Any = None
        self._held = 0

    def take(self, tags: list[Any]) -> Iterator[Block]:
        from ezdxf.entities.subentity import entity_linker

        kind = str(tags[0].value)
        if kind == "BLOCK":
            self._block, self._linked = block_of(tags), entity_linker()
        elif kind == "ENDBLK":
            if self._block is not None:
                yield self._block
            self._block = None
        elif self._block is not None:
            self._keep(self._block, tags)

    def _keep(self, block: Block, tags: list[Any]) -> None:
        made = made_of(tags)
        if isinstance(made, Other):
            block.others[made.kind] += 1
        elif made is not None and not self._linked(made):
            self._held += 1
            if self._held > _MOST_HELD:
                text = N_("its blocks hold more than {most} lines")
                raise Refused("drawing.large_blocks", text, where=self._where, most=_MOST_HELD)
            block.entities.append(made)


def _hidden(tags: list[Any]) -> Hidden | None:
    """The layer of an entry of the tables, where people do not see it: frozen (70) or of a negative colour (62)."""
    if tags[0].value != "LAYER":
        return None
    said = {tag.code: str(tag.value).strip() for tag in tags}
    flags, colour = said.get(70, "0"), said.get(62, "7")
    frozen = flags.isdigit() and int(flags) & _FROZEN
    return Hidden(said.get(2, "")) if frozen or colour.startswith("-") else None


def block_of(tags: list[Any]) -> Block:
    """A block without its entities, by the tags that begin it."""
    block = Block("")
    for tag in tags:
        if tag.code == 2:
            block.name = str(tag.value)
        elif tag.code == 10:
            x, y, *z = tag.value
            block.base = (float(x), float(y), float(z[0]) if z else 0.0)
        elif tag.code == 70:
            block.external = bool(int(tag.value) & _XREF)
    return block


def groups(path: Path, encoding: str) -> Iterator[tuple[str, list[Any] | None]]:
    """(section, tags of one entity) of the blocks and entities; None for tags as a sign of life."""
    from ezdxf.lldxf.const import DXFError
    from ezdxf.lldxf.tagger import tag_compiler

    where = str(path)
    section, naming, complete = "", False, False
    held: list[Any] = []
    try:
        for number, tag in enumerate(tag_compiler(raw_tags(path, encoding))):
            if number % _BREATH == _BREATH - 1:
                yield section, None
            if tag.code == 0:
                if held and section in _SECTIONS:
                    yield section, held
                held = []
                naming = tag.value == "SECTION"
                if tag.value == "ENDSEC":
                    if section == "ENTITIES":
                        complete = True
                        break
                    section = ""
                elif section in _SECTIONS:
                    held = [tag]
            elif naming and tag.code == 2:
                section, naming = str(tag.value), False
            elif held:
                held.append(tag)
                if len(held) > _MOST_TAGS:
                    raise Refused(
                        "drawing.large_entity",
                        N_("an entity of it has more than {most} numbers"),
                        where=where,
                        advice=N_("explode it in the CAD program (a mesh then becomes 3D faces) and save it again"),
                        most=_MOST_TAGS,
                    )
    except (DXFError, OverflowError) as cause:  # the latter for whole numbers like 1e999
        raise damaged(where) from cause
    if not complete:
        raise damaged(where)
