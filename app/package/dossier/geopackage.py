"""What is in the package as a GeoPackage: sites with their figures, boundary points, control lines, conflicts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from app.i18n import Translator
from app.package.canvas import kind_words
from app.package.conformity_files import clean
from app.package.dossier.record import PackageRecord, SiteRecord
from app.package.dossier.table import one_line
from app.package.dossier.tables import area_values
from gis.formats.geopackage_many import write_layers
from layers.registry import LAYERS
from models.notices import N_


def write_geopackage(record: PackageRecord, path: Path, say: Translator) -> None:
    """Layers sites, boundary_points, control_areas, conflicts, verdicts and terrains at `path`. Raises Unwritable."""
    import geopandas as gpd
    import pandas as pd
    import shapely

    sites = [_site(s, say) for s in record.sites]
    points = [
        {"site": s.code, "part": p.part, "ring": p.ring, "point": p.number, "x_north_m": p.x_north,
         "y_east_m": record.crs.east(p.y_east), "side_m": round(p.side_m, 2)}
        for s in record.sites for p in s.points
    ]  # fmt: skip
    places = [shapely.Point(p.y_east, p.x_north) for s in record.sites for p in s.points]
    layers: list[tuple[str, Any]] = [
        ("sites", gpd.GeoDataFrame(sites, geometry=[s.site.outline for s in record.sites], crs=record.crs_code)),
        ("boundary_points", gpd.GeoDataFrame(points, geometry=places, crs=record.crs_code)),
    ]
    if record.controls:
        rows = [{"layer": c.layer, "code": clean(c.code), "name": one_line(c.name),
                 "kind": say(kind_words(LAYERS[c.layer], c.kind))} for c in record.controls]  # fmt: skip
        shapes = [c.geometry for c in record.controls]
        layers.append(("control_areas", gpd.GeoDataFrame(rows, geometry=shapes, crs=record.crs_code)))
    for name, rows in (
        ("conflicts", _conflicts(record)),
        ("verdicts", _verdicts(record)),
        ("about", _about(record, say)),
    ):
        if rows:
            layers.append((name, pd.DataFrame(rows)))
    write_layers(layers, path, record.stamp)


def _r(value: float | None, decimals: int) -> float:
    return float("nan") if value is None else round(float(value), decimals)


def _site(s: SiteRecord, say: Translator) -> dict[str, Any]:
    """The same numbers to the same decimals as the tables have them."""
    e = s.estimate
    area_m2, area_ha, area_mu = area_values(s.area_m2)
    row: dict[str, Any] = {
        "code": clean(s.code),
        "name": one_line(s.site.name),
        "layer": s.site.layer,
        "kind": say(LAYERS[s.site.layer].label),
        "area_m2": _r(area_m2, 2),
        "area_ha": _r(area_ha, 4),
        "area_mu": _r(area_mu, 2),
        "points": len(s.points),
        "reference": e.reference.key if e else "",
        "lowest_level_m": _r(e.reference.min_elevation_m, 2) if e else _r(None, 0),
        "highest_level_m": _r(e.reference.max_elevation_m, 2) if e else _r(None, 0),
    }
    halves = (e.interval95.fill_m3, e.interval95.other_m3) if e else (None, None)
    filled, removed = halves if s.site.fills else halves[::-1]
    values: tuple[tuple[str, Any, int], ...] = (
        ("fill_m3", e and e.fill_m3, 1),
        ("fill_half95_m3", filled, 1),
        ("cut_m3", e and e.cut_m3, 1),
        ("cut_half95_m3", removed, 1),
        ("waste_m3", e and e.waste_m3, 1),
        ("cover_m3", e and e.cover_m3, 1),
        ("base_m3", e and e.base_m3, 1),
        ("max_depth_m", e and e.max_depth_m, 2),
        ("check_m3", e and e.check.fill_m3, 1),
        ("tonnage_t", e and e.tonnage_t, 1),
        ("tonnage_wet_t", e and e.tonnage_wet_t, 1),
        ("land_released_m2", e and e.land_released_m2, 2),
    )
    for name, value, decimals in values:
        row[name] = _r(value, decimals)
    row["waste"] = s.design_waste
    row["terrain"] = one_line(e.terrain.name) if e else ""
    row["terrain_sha256"] = e.terrain.sha256 if e else ""
    row["remarks"] = "" if e else one_line(s.refusal.what.render(say)) if s.refusal else say(N_("not estimated"))
    return row


def _conflicts(record: PackageRecord) -> list[dict[str, Any]]:
    return [
        {"site": clean(s.code), "layer": c.layer, "code": clean(c.code), "relation": c.relation,
         "area_m2": _r(c.area_m2, 2), "share_percent": _r(c.share * 100, 2), "distance_m": _r(c.distance_m, 2)}
        for s in record.sites for c in s.conflicts
    ]  # fmt: skip


def _verdicts(record: PackageRecord) -> list[dict[str, Any]]:
    return [
        {"site": clean(s.code), "waste": clean(a.waste), "verdict": a.verdict, "waste_class": a.waste_class or "",
         "packs": ", ".join(f"{i} {v}" for i, v in a.packs), "judged_at": a.screened_at}
        for s in record.sites for a in s.screenings
    ]  # fmt: skip


def _about(record: PackageRecord, say: Translator) -> list[dict[str, Any]]:
    facts = {
        "project": record.project_name + (say(N_(" (made-up sample data)")) if record.made_up else ""),
        "project_uid": record.project_uid,
        "revision": str(record.revision),
        "program": f"Huitian {record.program_version}",
        "stamp": record.stamp.isoformat(timespec="seconds"),
    }
    facts |= {f"terrain {t.name}": t.sha256 for t in record.terrains}
    facts |= {f"rule pack {p.id}": p.version for p in record.packs}
    return [{"what": one_line(k), "value": one_line(v)} for k, v in facts.items()]
