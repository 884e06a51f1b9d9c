"""Where the map of a page lies on the earth, as PDF readers and GIS programs read it (ISO 32000-2, 12.9 and 12.10).

A viewport over the map with a geospatial measure: the geographic coordinates of the map's corners and of the middles of
its sides, and the coordinate system.
"""

# mypy: disable-error-code="no-untyped-call"
# Matplotlib's back ends have no types.

from __future__ import annotations

from contextlib import suppress
from typing import Any

import numpy as np
from matplotlib.backends.backend_pdf import Name
from pyproj.enums import WktVersion
from pyproj.exceptions import CRSError

from app.package.content import SheetContent
from app.package.page import PT_PER_MM
from app.package.template import sheet_kind
from gis.crs import horizontal, parse_crs, transformer

# Around the map from its lower left corner, as shares of its width and height.
_AROUND = ((0, 0), (0, 0.5), (0, 1), (0.5, 1), (1, 1), (1, 0.5), (1, 0), (0.5, 0))


def viewport(content: SheetContent) -> dict[str, Any] | None:
    """The viewport of a sheet's map; None where there is no map or no coordinate system that others know by a code."""
    if sheet_kind(content.kind).body != "map" or content.crs.epsg is None:
        return None
    crs = horizontal(parse_crs(f"EPSG:{content.crs.epsg}"))
    geodetic = crs.geodetic_crs
    if geodetic is None or not crs.is_projected:
        return None
    share = np.asarray(_AROUND, np.float64)
    x0, y0, x1, y1 = content.window.bounds
    lon, lat = transformer(crs, geodetic).transform(x0 + share[:, 0] * (x1 - x0), y0 + share[:, 1] * (y1 - y0))
    if not (np.isfinite(lon).all() and np.isfinite(lat).all()):
        return None
    system: dict[str, Any] = {"Type": Name("PROJCS"), "EPSG": content.crs.epsg}
    with suppress(CRSError, UnicodeEncodeError):  # the code alone says it
        system["WKT"] = crs.to_wkt(WktVersion.WKT1_ESRI).encode("ascii")
    around = [float(v) for v in share.ravel()]
    return {
        "Type": Name("Viewport"),
        "Name": b"map",
        "BBox": [float(v * PT_PER_MM) for v in (content.window.rect.x0, content.window.rect.y0,
                 content.window.rect.x1, content.window.rect.y1)],
        "Measure": {
            "Type": Name("Measure"),
            "Subtype": Name("GEO"),
            "Bounds": around,
            "GPTS": [float(v) for pair in zip(lat, lon, strict=True) for v in pair],
            "LPTS": around,
            "GCS": system,
        },
    }  # fmt: skip
