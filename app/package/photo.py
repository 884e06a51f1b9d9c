"""A basemap of the project under a sheet's map: an orthophoto in place of the shaded terrain."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from app.package.content import Photo
from app.package.kind import SheetKind
from app.package.scale import MapWindow
from app.verbs.basemap import basemap_named
from gis.basemaps.picture import picture
from models.errors import Refused
from models.notices import N_

if TYPE_CHECKING:
    from app.project import Project

_DPI = 200.0
"""Fineness of an orthophoto on paper: finer is not seen in print, and makes files large."""
GROUND = "terrain"
"""The part of a map whose place the photo takes."""


def photo_of(project: Project, name: str, kind: SheetKind, crs: str, window: MapWindow) -> Photo:
    """The part of the basemap under the map.

    Raises Missing for an unknown name or a file that is gone, Unreadable, Refused where the kind of sheet shows no
    ground or the basemap does not reach the map.
    """
    if GROUND not in kind.map:
        raise Refused(
            "sheet.no_ground", N_("this kind of sheet has no place for a basemap"), where=kind.key,
            advice=N_("choose the present state, or make the sheet without a basemap"),
        )  # fmt: skip
    basemap = basemap_named(project, name)
    wide, high = (math.ceil(mm * _DPI / 25.4) for mm in (window.rect.width, window.rect.height))
    found = picture(basemap, project.store.basemap_path(basemap), crs, window.bounds, wide, high)
    if found is None or not found[0][..., 3].any():
        raise Refused(
            "sheet.basemap_elsewhere", N_("the basemap does not reach the map of this sheet"), where=name,
            advice=N_("choose another basemap, or make the sheet without one"),
        )  # fmt: skip
    rgba, extent = found
    alpha = rgba[..., 3]
    if alpha.min() == 255:
        return Photo(np.ascontiguousarray(rgba[..., :3]), extent)
    pixels = rgba.copy()
    part = alpha > 0  # colours come multiplied by alpha
    pixels[part, :3] = np.minimum(pixels[part, :3].astype(np.uint16) * 255 // alpha[part, None], 255)
    pixels[~part, :3] = 255
    return Photo(pixels, extent)
