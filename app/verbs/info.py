"""What is in a project: counts, totals, coordinate system, terrains."""

from __future__ import annotations

from typing import Any

from app.project import Project
from app.verbs.outside import outside_changes
from gis.crs import describe, parse_crs
from layers.registry import LAYERS
from models.notices import Translate, _same


def project_info(project: Project, translate: Translate = _same) -> dict[str, Any]:
    """The document that ``info --json`` prints; "outside" tells what other programs changed since our last step.

    Totals count the latest estimate of each site; m³, t, m².
    """
    store = project.store
    facts = store.project()
    crs = describe(parse_crs(store.crs))
    latest = store.estimates()
    pits = [e for e in latest if LAYERS[e.layer].fills]
    return {
        "name": facts["name"],
        "path": str(project.path),
        "crs": store.crs,
        "crs_name": crs.name,
        "central_meridian": crs.central_meridian,
        "created_at": facts["created_at"],
        "outside": outside_changes(store).to_json(translate),
        "schema_version": facts["schema_version"],
        "revision": store.revision,
        "made_up": project.made_up,
        "layers": {key: store.count(key) for key in LAYERS},
        "wastes": store.count("wastes"),
        "samples": store.count("samples"),
        "lab_values": store.count("lab_values"),
        "estimates": store.count("estimates"),
        "screenings": store.count("screenings"),
        "terrains": [
            {
                "name": t.name,
                "path": t.path,
                "crs": t.crs,
                "cell_m": t.cell_m,
                "width": t.width,
                "height": t.height,
                "kind": t.kind,
                "vertical_datum": t.vertical_datum,
                "sigma_z_m": t.errors.sigma_z_m,
                "sha256": t.sha256,
            }
            for t in store.terrains()
        ],
        "basemaps": [{"name": b.name, "path": b.path, "kind": b.kind, "crs": b.crs} for b in store.basemaps()],
        "totals": {
            "sites_estimated": len(latest),
            "pits_fill_m3": sum(e.fill_m3 for e in pits),
            "pits_tonnage_t": sum(e.tonnage_t or 0.0 for e in pits),
            "land_released_m2": sum(e.land_released_m2 for e in pits),
        },
    }
