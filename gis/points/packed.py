"""Points whose longitudes and latitudes may be packed degrees (D.MMSSss), told as those of outlines are."""

from __future__ import annotations

import numpy as np
import pyproj
import shapely

from gis.crs_guess import Bounds
from gis.formats import packed_degrees
from gis.formats.packed_degrees import Degrees
from gis.points.base import RawPoints
from models.notices import Notice

_LOOKED_AT = 20_000


def unpack_degrees(
    raw: RawPoints,
    choice: Degrees,
    crs: pyproj.CRS | None,
    home: pyproj.CRS,
    neighbours: Bounds | None,
    where: str,
    texts: list[str],
) -> list[Notice]:
    """Turn packed degrees of `raw` into decimal ones where that is stated or said; returns the remarks.

    `texts` stand in the first rows of the table, headings among them. Raises Refused where both readings are possible
    and nothing decides, or `choice` cannot be.
    """
    if crs is None or not crs.is_geographic:
        return []
    pairs = list(zip(raw.first[:_LOOKED_AT].tolist(), raw.second[:_LOOKED_AT].tolist(), strict=True))
    rows = zip(raw.row.tolist(), map(list, pairs), strict=False)
    said = packed_degrees.digits_of(rows, [(0, 1)], [])
    if said is not None:
        said["said"], said["head"] = packed_degrees.said_by(texts)
    flat = shapely.MultiPoint(pairs)
    both = packed_degrees.readings(said, flat, crs, home, neighbours)
    packed, told = packed_degrees.decide(said, both, choice, where)
    if packed:
        raw.first, raw.second = (packed_degrees.unpacked(np.asarray(v, np.float64)) for v in (raw.first, raw.second))
    return told
