"""Faces of a drawing: 3DFACE, polyface and polygon meshes, MESH, each as four corners (the last one twice: three).

Made from tags or from the entities with their vertices; a drawing of a million faces is held as numbers, not as
entities. Coordinates of faces and meshes are those of the world: an extrusion does not turn them.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gis.arrays import Array

_POLYGON, _POLYFACE = 16, 64
_CLOSED_M, _CLOSED_N = 1, 32
_MADE_OF_CURVE = 8
_FACE_RECORD, _PLACE = 128, 64


@dataclass(frozen=True)
class Face:
    """A 3DFACE on its layer: twelve numbers, four corners."""

    layer: str
    corners: tuple[float, ...]


@dataclass(frozen=True)
class FaceMesh:
    """A mesh on its layer: `corners` (n, 12); `lost`: faces of it that name no corners it has or are not convex."""

    layer: str
    corners: Array
    lost: int = 0


@dataclass
class Faces:
    """Faces that were found on a layer, growing: twelve numbers each, with the number of their entity."""

    corners: array[float] = field(default_factory=lambda: array("d"))
    row: array[int] = field(default_factory=lambda: array("q"))
    lost: int = 0
    high: int = 0
    """Faces with a corner that is not at 0."""

    def __len__(self) -> int:
        return len(self.row)

    def add(self, number: int, face: Face) -> None:
        """One more face, of entity `number`."""
        self.corners.extend(face.corners)
        self.row.append(number)
        self.high += any(face.corners[2::3])

    def add_mesh(self, number: int, mesh: FaceMesh) -> None:
        """The faces of a mesh, or of a block."""
        self.corners.frombytes(np.ascontiguousarray(mesh.corners, np.float64).tobytes())
        self.row.extend([number] * len(mesh.corners))
        self.high += int((mesh.corners[:, 2::3] != 0).any(axis=1).sum()) if len(mesh.corners) else 0
        self.lost += mesh.lost


def frames(faces: Faces, most: int = 20_000) -> Iterator[tuple[int, list[bytes]]]:
    """(count, [corners as doubles, numbers of entities as int64]) of at most so many faces at a time."""
    for start in range(0, len(faces), most):
        row = faces.row[start : start + most]
        corners = faces.corners[12 * start : 12 * (start + len(row))]
        yield len(row), [corners.tobytes(), row.tobytes()]


def face_of(tags: list[Any], layer: str) -> Face:
    """A 3DFACE by its tags 10 to 13; a corner that is left out is the one before it."""
    places = {t.code: tuple(t.value) for t in tags if 10 <= t.code <= 13}
    made: list[float] = []
    last: tuple[float, ...] = (float("nan"),) * 3
    for code in (10, 11, 12, 13):
        at = places.get(code, last)
        last = (float(at[0]), float(at[1]), float(at[2]) if len(at) > 2 else 0.0)
        made += last
    return Face(layer, tuple(made))


def mesh_of(tags: list[Any], layer: str) -> FaceMesh:
    """A MESH by its tags: vertices (10), then 93 with the length of the list of faces (90: count and positions)."""
    places = np.array([tuple(t.value)[:3] for t in tags if t.code == 10], np.float64).reshape(-1, 3)
    start = next((i for i, t in enumerate(tags) if t.code == 93), len(tags))
    size = int(tags[start].value) if start < len(tags) else 0
    numbers = [int(t.value) for t in tags[start + 1 : start + 1 + max(size, 0)] if t.code == 90]
    rings, at = [], 0
    while at < len(numbers):
        count = numbers[at]
        if count < 0:
            break
        rings.append(numbers[at + 1 : at + 1 + count])
        at += count + 1
    return _meshed(layer, places, rings)


def polyline_mesh(entity: Any) -> FaceMesh | None:
    """A POLYLINE that is a mesh, None for lines."""
    flags = int(entity.dxf.flags)
    if flags & _POLYFACE:
        return _polyface(entity)
    return _polygon_mesh(entity, flags) if flags & _POLYGON else None


def _polyface(entity: Any) -> FaceMesh:
    places, rings = [], []
    for v in entity.vertices:
        kind = int(v.dxf.flags)
        if kind & _FACE_RECORD and not kind & _PLACE:
            numbers = [abs(int(v.dxf.get(k, 0))) for k in ("vtx0", "vtx1", "vtx2", "vtx3")]
            rings.append([n - 1 for n in numbers if n])
        else:
            places.append(tuple(v.dxf.location))
    return _meshed(str(entity.dxf.layer), np.array(places, np.float64).reshape(-1, 3), rings)


def _polygon_mesh(entity: Any, flags: int) -> FaceMesh:
    layer = str(entity.dxf.layer)
    smooth = any(int(v.dxf.flags) & _MADE_OF_CURVE for v in entity.vertices)
    kept = [v for v in entity.vertices if not smooth or int(v.dxf.flags) & _MADE_OF_CURVE]
    sizes = ("m_smooth_density", "n_smooth_density") if smooth else ("m_count", "n_count")
    m, n = (int(entity.dxf.get(k, 0)) for k in sizes)
    places = np.array([tuple(v.dxf.location) for v in kept], np.float64).reshape(-1, 3)
    if m < 2 or n < 2 or m * n != len(places):
        return FaceMesh(layer, np.zeros((0, 12)), 1)
    number = np.arange(m * n).reshape(m, n)
    if flags & _CLOSED_M:
        number = np.concatenate((number, number[:1]))
    if flags & _CLOSED_N:
        number = np.concatenate((number, number[:, :1]), axis=1)
    a, b, c, d = number[:-1, :-1], number[1:, :-1], number[1:, 1:], number[:-1, 1:]
    corners = np.stack((a, b, c, d), axis=-1).reshape(-1, 4)
    return FaceMesh(layer, places[corners].reshape(-1, 12))


def _meshed(layer: str, places: Array, rings: list[list[int]]) -> FaceMesh:
    """Faces by positions of their corners; those of more than four are cut into triangles from their first corner."""
    quads: list[tuple[int, int, int, int]] = []
    lost = 0
    for ring in rings:
        if len(ring) < 3 or min(ring) < 0 or max(ring) >= len(places):
            lost += 1
        elif len(ring) <= 4:
            quads.append((ring[0], ring[1], ring[2], ring[-1]))
        elif _convex(places[ring]):
            quads += [(ring[0], ring[k], ring[k + 1], ring[k + 1]) for k in range(1, len(ring) - 1)]
        else:
            lost += 1
    at = np.array(quads, np.int64).reshape(-1, 4)
    return FaceMesh(layer, places[at].reshape(-1, 12), lost)


def _convex(ring: Array) -> bool:
    """Whether a ring turns one way only, in plan."""
    step = np.diff(np.concatenate((ring, ring[:2])), axis=0)[:, :2]
    turn = step[:-1, 0] * step[1:, 1] - step[:-1, 1] * step[1:, 0]
    with np.errstate(invalid="ignore"):
        return bool((turn >= 0).all() or (turn <= 0).all())
