"""What the sheet dialog offers: scales, forms of files, the sites of the selection and of the project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.gui import words
from app.i18n import _
from layers.registry import SITE_LAYERS
from models.errors import AppError
from models.notices import N_

if TYPE_CHECKING:
    from app.gui.session import Session

SCALES = (0, 200, 500, 1000, 2000, 5000, 10000, 25000, 50000)
# What can be written: suffix → words.
FORMS = {
    ".pdf": N_("PDF, for print"),
    ".png": N_("Picture (PNG)"),
    ".svg": N_("Drawing (SVG)"),
    ".tif": N_("Map with coordinates (GeoTIFF)"),
    ".dxf": N_("Squares of the grid method for CAD (DXF)"),
}


def sentence(error: Exception) -> str:
    """What happened, where, what to do, in lines."""
    if isinstance(error, AppError):
        parts = (words.cap(error.what.render(_)), error.where, words.cap(error.advice.render(_)))
        return "\n".join(p for p in parts if p)
    return words.cap(_("something unexpected went wrong; the project is as it was"))


def selected_codes(session: Session) -> list[str]:
    """Codes of the selected sites."""
    layer, fids = session.selection
    if layer not in SITE_LAYERS:
        return []
    held = session.table(layer)
    return sorted(str(held.value(fid, "code") or "") for fid in fids)


def every_code(session: Session) -> list[str]:
    """Codes of all sites."""
    if session.project is None:
        return []
    found: list[str] = []
    for layer in SITE_LAYERS:
        held = session.table(layer)
        found += [str(held.value(int(fid), "code") or "") for fid in held.fids]
    return sorted(c for c in found if c)


def basemap_choices(session: Session) -> list[tuple[object, str]]:
    """What lies under the map: the shaded terrain, or a basemap of the project."""
    known = session.project.store.basemaps() if session.project is not None else []
    return [("", _("shaded terrain")), *((b.name, b.name) for b in known)]


def shows_ground(kind: str) -> bool:
    """True if a kind of sheet has a place for a basemap."""
    from app.package.template import sheet_kind

    return "terrain" in sheet_kind(kind).map


def choices(selected: list[str], every: list[str]) -> list[tuple[object, str]]:
    """For which sites, as "mode|which": the one selected, the selection, all."""
    found: list[tuple[object, str]] = [(f"one|{c}", c) for c in selected[:1]]
    groups = [("selected", _("{n} selected sites"), selected), ("all", _("All {n} sites"), every)]
    for which, text, codes in groups:
        if len(codes) > 1:
            name = text.format(n=len(codes))
            found += [(f"atlas|{which}", name + _(", one PDF")), (f"each|{which}", name + _(", a file each"))]
    return found or [(f"one|{c}", c) for c in every[:1]]
