"""What sheets of a site and of a project share: features, terrain under the map, the CRS in words, sources, dates."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from app.format import number
from app.i18n import Translator
from app.package.content import GridPicture, MapFeature, SheetCrs, SignOff, Source, TerrainFacts
from app.package.layout import Layout
from app.package.scale import Bounds, MapWindow
from app.verbs.terrain import terrain_file
from gis.crs import describe, horizontal, parse_crs, same_crs, transformer
from gis.raster import Dem
from layers.registry import LAYERS
from models.estimate import Estimate
from models.notices import N_
from models.site import Site
from models.terrain import Terrain

if TYPE_CHECKING:
    from app.package.surroundings import Origin
    from app.project import Project


def picture(project: Project, terrain: Terrain, crs: str, window: MapWindow, layout: Layout) -> GridPicture | None:
    """The terrain under the map at the fineness of paper, in the project CRS; None where it does not reach the map."""
    own, theirs = parse_crs(crs), parse_crs(terrain.crs)
    per_mm = layout.picture_dpi / 25.4
    wide, high = math.ceil(window.rect.width * per_mm), math.ceil(window.rect.height * per_mm)
    with Dem(terrain_file(project, terrain), terrain) as dem:
        if same_crs(own, theirs):
            x0, y0, x1, y1 = window.bounds
            edge = 3 * terrain.cell_m  # so that slopes and contours run on past the map's edge
            values, extent = dem.overview((x0 - edge, y0 - edge, x1 + edge, y1 + edge), wide, high)
        else:
            values, extent = _warped(dem, crs, terrain, window.bounds, wide, high)
    return GridPicture(values, extent) if values.size and np.isfinite(values).any() else None


def _warped(dem: Dem, crs: str, terrain: Terrain, bounds: Bounds, wide: int, high: int) -> tuple[Any, Bounds]:
    """Heights at the points of a grid of the project CRS, from a terrain in another CRS."""
    x0, y0, x1, y1 = bounds
    columns = max(2, min(wide, 1400, math.ceil((x1 - x0) / terrain.cell_m)))
    rows = max(2, min(high, 1100, math.ceil((y1 - y0) / terrain.cell_m)))
    x = x0 + (np.arange(columns) + 0.5) * (x1 - x0) / columns
    y = y1 - (np.arange(rows) + 0.5) * (y1 - y0) / rows
    gx, gy = transformer(parse_crs(crs), parse_crs(terrain.crs)).transform(*np.meshgrid(x, y))
    z = dem.sample(np.asarray(gx).ravel(), np.asarray(gy).ravel()).reshape(rows, columns)
    return z.astype(np.float32), bounds


def sheet_crs(site: Site) -> SheetCrs:
    """The facts of the site's CRS, with the convergence at the middle of the site."""
    middle = site.outline.centroid
    return crs_facts(site.crs, middle.x, middle.y)


def crs_facts(name: str, x: float, y: float) -> SheetCrs:
    """The facts of a CRS as sheets state them, with the convergence at a place in it."""
    crs = parse_crs(name)
    facts = describe(crs)
    chinese = "cgcs2000" in facts.name.lower() or "china geodetic coordinate system 2000" in facts.datum.lower()
    gauss = facts.zone is not None and "utm" not in facts.name.lower()
    degrees = (3 if "3-degree" in facts.name.lower() else 6) if chinese and facts.central_meridian is not None else None
    # Land offices write eastings with the zone number in front, also where the system itself counts from 500 km.
    prefix = facts.zone if gauss and not facts.zone_prefix else None
    return SheetCrs(
        name=facts.name,
        epsg=facts.epsg,
        central_meridian=facts.central_meridian,
        zone=facts.zone,
        prefix=prefix,
        convergence_deg=_convergence(name, x, y),
        cgcs2000=chinese and gauss,
        degrees_wide=degrees,
    )


def geographic(name: str, x: float, y: float) -> tuple[float, float] | None:
    """Longitude and latitude of a place, degrees; None where the CRS has none."""
    crs = horizontal(parse_crs(name))
    geodetic = crs.geodetic_crs
    if geodetic is None or not crs.is_projected:
        return None
    lon, lat = transformer(crs, geodetic).transform(x, y)
    return (float(lon), float(lat)) if math.isfinite(lon) and math.isfinite(lat) else None


def _convergence(name: str, x: float, y: float) -> float | None:
    """Grid convergence in degrees: how far grid north lies east of true north, from a small step to true north."""
    place = geographic(name, x, y)
    if place is None or abs(place[1]) > 89.9:
        return None
    lon, lat = place
    crs = horizontal(parse_crs(name))
    assert crs.geodetic_crs is not None  # noqa: S101 - a place on it was found above
    back = transformer(crs.geodetic_crs, crs)
    (east0, north0), (east1, north1) = back.transform(lon, lat - 1e-4), back.transform(lon, lat + 1e-4)
    return -math.degrees(math.atan2(east1 - east0, north1 - north0))


def terrain_facts(t: Terrain) -> TerrainFacts:
    """What the notes say of a terrain."""
    return TerrainFacts(
        t.name, t.kind, t.cell_m, t.vertical_datum, t.surveyed_on, t.source, t.sha256, t.errors.sigma_z_m
    )


def waste_label(project: Project, estimate: Estimate | None) -> str:
    """The waste that an estimate counts with, "" for none."""
    code = estimate.request.waste if estimate else None
    if not code:
        return ""
    found = next((w for w in project.store.wastes() if w.code == code), None)
    return (found.name or code) if found else code


def sources(
    origins: Sequence[Origin], site: Site | None, terrain: Terrain | None, controls: Iterable[MapFeature],
    say: Translator,
) -> Iterator[Source]:  # fmt: skip
    """Where terrain, outline and control lines come from."""
    if terrain is not None:
        words = say(N_("{name} ({kind}, cells of {cell} m)"))
        cell = number(terrain.cell_m, 0 if abs(terrain.cell_m - round(terrain.cell_m)) < 0.005 else 2)
        yield Source(
            N_("terrain"),
            words.format(name=terrain.name, kind=terrain.kind.upper(), cell=cell),
            terrain.surveyed_on or "",
        )
    if site is not None:
        origin, day = str(site.fields.get("source") or ""), str(site.fields.get("surveyed_on") or "")
        yield Source(N_("outline"), origin or say(N_("source not stated")), day)
    layers = dict.fromkeys(c.layer for c in controls)
    for layer in layers:
        codes = {c.code for c in controls if c.layer == layer}
        found = [o for o in origins if o.layer == layer and o.code in codes]
        named = dict.fromkeys(o.source for o in found)
        text = say(N_(", ")).join(o for o in named if o) or say(N_("source not stated"))
        days = sorted({o.day for o in found} - {""})
        yield Source(LAYERS[layer].plural, text, days[-1] if days else "")


def basemap_source(name: str) -> tuple[Source, ...]:
    """The basemap that a sheet shows, by its name in the project."""
    return (Source(N_("basemap"), name, ""),) if name else ()


def sign_off(settings: dict[str, Any]) -> SignOff:
    """From the project's settings["sign_off"]; what is not set, the day of signing too, is left for the pen."""
    block = settings.get("sign_off") or {}
    known = {k: str(block.get(k) or "") for k in ("unit", "drawn", "checked", "approved", "date")}
    return SignOff(**known)


def created(estimate: Estimate | None, facts: dict[str, Any]) -> datetime:
    """The time of the figures, or of the project: the same project gives the same file."""
    for text in (estimate.computed_at if estimate else "", str(facts.get("created_at") or "")):
        try:
            when = datetime.fromisoformat(text)
        except ValueError:
            continue
        return when if when.tzinfo else when.replace(tzinfo=UTC)
    return datetime(2000, 1, 1, tzinfo=UTC)
