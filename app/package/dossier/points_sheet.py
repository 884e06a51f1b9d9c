"""Which sheet of a package lists a site's boundary points, so that the others can refer to one that is there."""

from __future__ import annotations

from collections.abc import Iterable

from app.package.table import BOUNDARY_TABLES
from app.package.template import sheet_kind


def points_kinds(kinds: Iterable[str]) -> list[str]:
    """Kinds that can list all points: those with the table that goes on first, each group by the sheets' numbers."""
    whole, brief = BOUNDARY_TABLES
    found = [sheet_kind(k) for k in dict.fromkeys(kinds)]
    order = sorted((k for k in found if k.scope == "site"), key=lambda k: (k.number, k.key))
    return [k.key for table in (whole, brief) for k in order if table in k.column]


def refers(kind: str) -> bool:
    """True for a kind that names another sheet where its own table finds no room."""
    return BOUNDARY_TABLES[1] in sheet_kind(kind).column


def points_place(kind: str, holder: str, language: str, *, fills: bool) -> tuple[str, str]:
    """(Number, title) of the sheet to which one of `kind` refers; two empty texts if it lists the points itself."""
    if not holder or holder == kind:
        return "", ""
    place = sheet_kind(holder)
    return place.number, place.title(language, fills=fills)
