"""Faces that the reading child sent, as points with the triangles between them, and what must be told of them."""

from __future__ import annotations

import numpy as np

from gis.points.base import RawPoints, Skips
from gis.points.faces import triangles_of
from gis.points.vector import Held
from models.notices import N_, Notice


def surface_of(
    kind: str, held: Held, factor: float, skips: Skips, warnings: list[Notice], z_factor: float | None = None
) -> RawPoints:
    """The surface of a file whose numbers times `factor` are metres (heights: times `z_factor` where it is given).

    `held` gives its faces away.
    """
    quads = np.concatenate([corners for corners, _ in held.faces])
    row = np.concatenate([rows for _, rows in held.faces])
    held.faces.clear()
    if factor != 1.0 or z_factor is not None:
        quads = quads * np.tile([factor, factor, z_factor or factor], 4)  # corners, each x, y, z
    found = triangles_of(quads, row, skips)
    text = N_("heights from the corners of {faces} faces (TIN), used as they are")
    basis = Notice("points.heights_faces", text, faces=len(row))
    first, second, height = (np.ascontiguousarray(found.xyz[:, k]) for k in range(3))
    line = np.full(len(found.xyz), -1, np.int64)
    raw = RawPoints(kind, first, second, height, found.row, line, "en", basis, skips, len(row))
    raw.corners = found.corners
    raw.sublayer = str(held.head["sublayer"])
    raw.warnings = warnings + _told(held, len(found.corners), found.split)
    return raw


def _told(held: Held, triangles: int, split: int) -> list[Notice]:
    made: list[Notice] = []
    lines, points = int(held.head.get("lines_high", 0)), int(held.head.get("points_high", 0))
    if lines or points:
        text = N_("beside its faces the layer holds {lines} lines and {points} points with heights: the faces are the "
                  "terrain, those are not used (take them instead by a layer of their own)")  # fmt: skip
        made.append(Notice("faces.beside", text, lines=lines, points=points))
    if split:
        text = N_("{count} faces of four corners were split into triangles ({triangles} triangles in all)")
        made.append(Notice("faces.split", text, count=split, triangles=triangles))
    lost = int(held.head.get("faces_lost", 0))
    if lost:
        text = N_("{count} faces of meshes name corners that are not there, or are not convex: left out")
        made.append(Notice("faces.lost", text, count=lost))
    cut = int(held.head.get("cut", 0))
    if cut:
        text = N_("{count} references to blocks of faces were not followed: too deep, in themselves or too many copies")
        made.append(Notice("faces.cut", text, count=cut))
    return made
