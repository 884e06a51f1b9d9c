"""Entities of a drawing's model space one by one, with the faces that its blocks bring to where they are inserted.

Programs that show a surface as one object export it as a block of faces. Only faces of blocks are kept, as numbers; a
reference to a block without any is a height point, as ever.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from gis.drawings.blocks import Block, block_of, copies_of, groups, matrix_of
from gis.drawings.faces import Face, FaceMesh, Faces, polyline_mesh
from gis.drawings.tags import Other, made_of
from models.errors import Refused
from models.notices import N_

_DEEP = 8
_MOST_COPIES = 10_000
_MESH = 16 | 64
_MOST_REFERENCES = 100_000


@dataclass
class _Held:
    """A block's faces by layer, and its references to other blocks."""

    block: Block
    faces: dict[str, Faces] = field(default_factory=dict)
    inserts: list[Any] = field(default_factory=list)

    def add(self, layer: str, found: Face | FaceMesh) -> None:
        own = self.faces.setdefault(layer, Faces())
        if isinstance(found, Face):
            own.add(0, found)
        else:
            own.add_mesh(0, found)


class FaceBlocks:
    """The faces of all blocks. At most `most` of them are held and, copies counted, given out."""

    def __init__(self, where: str, most: int) -> None:
        self._where, self._left, self._references = where, most, 0
        self._named: dict[str, _Held] = {}
        self._now: _Held | None = None
        self._mesh: Any = None
        self._has: dict[str, bool] = {}
        self.cut = 0
        """References that were not followed further: too deep, in themselves, too many copies, without a size."""

    def take(self, tags: list[Any]) -> None:
        """Tags of one entity of the section of blocks."""
        kind = str(tags[0].value)
        if kind == "BLOCK":
            self._now = _Held(block_of(tags))
        elif self._now is None:
            return
        elif kind == "ENDBLK":
            self._close_mesh()
            if (self._now.faces or self._now.inserts) and not self._now.block.external:
                self._named[self._now.block.name.casefold()] = self._now
            self._now = None
        elif kind == "VERTEX" and self._mesh is not None:
            self._mesh.vertices.append(made_of(tags))
        else:
            self._entity(self._now, kind, tags)

    def _entity(self, held: _Held, kind: str, tags: list[Any]) -> None:
        self._close_mesh()
        if kind == "POLYLINE" and any(t.code == 70 and int(t.value) & _MESH for t in tags):
            self._mesh = made_of(tags)
        elif kind in {"3DFACE", "MESH"}:
            made = made_of(tags, faces=True)
            if isinstance(made, Face | FaceMesh):
                self._count(1 if isinstance(made, Face) else len(made.corners))
                held.add(made.layer, made)
        elif kind == "INSERT":
            self._references += 1
            if self._references <= _MOST_REFERENCES:
                held.inserts.append(made_of(tags))
            else:
                self.cut += 1

    def _close_mesh(self) -> None:
        if self._mesh is not None and self._now is not None:
            made = polyline_mesh(self._mesh)
            if made is not None:
                self._count(len(made.corners))
                self._now.add(made.layer, made)
        self._mesh = None

    def _count(self, faces: int) -> None:
        self._left -= faces
        if self._left < 0:
            raise Refused(
                "drawing.many_faces",
                N_("its blocks make more faces than are read at once"),
                where=self._where,
                advice=N_("explode the block, and save only the layer of the surface, as DXF"),
            )

    def place(self, insert: Any) -> list[FaceMesh]:
        """The faces that a reference brings, by layer; [] for a block that has none."""
        found: list[FaceMesh] = []
        self._place(insert, None, str(insert.dxf.layer), (), found)
        return found

    def _brings(self, name: str) -> bool:
        """Whether a block has faces, its own or those of blocks in it."""
        if name not in self._has:
            self._has[name] = False  # while it is looked at: a block in itself
            held = self._named.get(name)
            own = held is not None and bool(held.faces)
            self._has[name] = own or any(
                self._brings(str(i.dxf.name).casefold()) for i in (held.inserts if held else ())
            )
        return self._has[name]

    def _place(self, insert: Any, outer: Any, layer: str, above: tuple[str, ...], found: list[FaceMesh]) -> None:
        name = str(insert.dxf.name).casefold()
        held = self._named.get(name)
        if held is None or not self._brings(name):
            return
        self._count(1)
        copies = copies_of(insert)
        if name in above or len(above) >= _DEEP or len(copies) > _MOST_COPIES:
            self.cut += 1
            return
        for copy in copies:
            matrix = matrix_of(copy, held.block)
            matrix = matrix if outer is None else matrix * outer
            change = np.array(list(matrix), np.float64).reshape(4, 4)
            if not np.isfinite(change).all():
                self.cut += 1
                continue
            for own, faces in held.faces.items():
                self._count(len(faces))
                xyz = np.frombuffer(faces.corners, np.float64).reshape(-1, 3)
                moved = (xyz @ change[:3, :3] + change[3, :3]).reshape(-1, 12)
                found.append(FaceMesh(layer if own == "0" else own, moved, faces.lost))
            for inner in held.inserts:
                on = str(inner.dxf.layer)
                self._place(inner, matrix, layer if on == "0" else on, (*above, name), found)


def entities(path: Path, encoding: str, blocks: FaceBlocks) -> Iterator[Any]:
    """Entities of the model space with their vertices and attributes, Face, FaceMesh, Other; None now and then.

    `blocks` is filled before the first of them comes. None is a sign of life while nothing comes. Raises Unreadable
    where the file ends before its entities do.
    """
    from ezdxf.entities.subentity import entity_linker

    linked = entity_linker()
    waiting: Any = None
    for section, tags in groups(path, encoding):
        if tags is None:
            yield None
        elif section == "BLOCKS":
            blocks.take(tags)
        elif section == "ENTITIES":
            made = made_of(tags, faces=True)
            if made is None or isinstance(made, Other | Face | FaceMesh):
                yield made
            elif not linked(made) and not made.dxf.paperspace:
                if waiting is not None:
                    yield waiting
                waiting = made
    if waiting is not None:
        yield waiting
