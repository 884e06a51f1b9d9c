"""What a ring of a shapefile is, is said by its direction: shells run clockwise, holes the other way.

GDAL makes a part of its own of a hole that lies in no shell, which would add its area to the outline in silence. Here
it becomes a hole again, outside its shell, and is repaired and told as such like that of any other file.
Source: ESRI Shapefile Technical Description (1998), page 8.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import MultiPolygon, Polygon


def holes_again(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """The shapes, with parts that run against the others turned into holes of the largest part that does not.

    An outline whose parts all run the same way is left as it is: its writer did not care. The same array if nothing
    was turned.
    """
    many = np.flatnonzero(shapely.get_type_id(shapes) == shapely.GeometryType.MULTIPOLYGON)
    many = many[shapely.get_num_geometries(shapes[many]) > 1]
    parts, owner = shapely.get_parts(shapes[many], return_index=True)
    against = shapely.is_ccw(shapely.get_exterior_ring(parts))
    made = shapes
    for k in np.flatnonzero(np.bincount(owner[against], minlength=many.size)):
        mine, turned = parts[owner == k], against[owner == k]
        if not turned.all():
            made = shapes.copy() if made is shapes else made
            made[many[k]] = _with_holes(mine[~turned], mine[turned])
    return made


def _with_holes(shells: npt.NDArray[np.object_], holes: npt.NDArray[np.object_]) -> MultiPolygon:
    largest = int(np.argmax(shapely.area(shells)))
    shell = shells[largest]
    rings = [*shell.interiors, *(ring for hole in holes for ring in (hole.exterior, *hole.interiors))]
    return MultiPolygon([Polygon(shell.exterior, rings), *np.delete(shells, largest)])
