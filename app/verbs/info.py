"""What is in a project: counts, totals, coordinate system, terrains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.project import Project
from app.verbs.outside import outside_changes
from gis.crs import describe, parse_crs
from layers.registry import LAYERS
from models.estimate import Estimate
from models.notices import N_, Notice, Translate, _same

_NAMED = 8


def project_info(project: Project, translate: Translate = _same) -> dict[str, Any]:
    """The document that ``info --json`` prints; "outside" tells what other programs changed since our last step.

    Totals count the latest estimate of each site; m³, t, m². A sum says little of what it is of: beside it stand the
    codes of pits without a tonnage, of estimates that are stale, and of figures that are no estimate.
    """
    store = project.store
    facts = store.project()
    crs = describe(parse_crs(store.crs))
    latest = store.estimates()
    pits = [e for e in latest if LAYERS[e.layer].fills]
    counted = _counted(project, pits)
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
            "pits_estimated": len(pits),
            **counted,
            "remarks": [n.render(translate) for n in _remarks(len(pits), counted)],
        },
    }


def _counted(project: Project, pits: Sequence[Estimate]) -> dict[str, list[str]]:
    """Codes of the pits whose figures a sum must not pass on without a word."""
    from app.verbs.recompute import stale  # numeric libraries: only where there are figures
    from app.verbs.rim_stale import rim_stale

    sites = {s.uid: s for s in project.store.sites([e.site for e in pits])} if pits else {}
    gone = [e.site for e in pits if e.site_uid not in sites]
    there = [(e, sites[e.site_uid]) for e in pits if e.site_uid in sites]
    old = [e.site for e, site in there if stale(project, e, site) or rim_stale(project, e, site)]
    return {
        "without_tonnage": [e.site for e in pits if e.tonnage_t is None],
        "stale": gone + old,
        "no_estimate": [e.site for e in pits if e.standing == "too_uncertain"],
    }


def _remarks(number: int, counted: Mapping[str, list[str]]) -> list[Notice]:
    texts = {
        "without_tonnage": N_("{n} of {of} pits estimated have no density and so no tonnage; it is not in the sum: "
                              "{codes}"),
        "stale": N_("{n} of {of} pits estimated changed since in outline, terrain or rim edits; their old figures are "
                    "in the sum: {codes}"),
        "no_estimate": N_("the figures of {n} of {of} pits estimated are too uncertain to be an estimate; they are in "
                          "the sum: {codes}"),
    }  # fmt: skip
    return [
        Notice(f"info.{key}", text, n=len(codes), of=number, codes=_few(codes))
        for key, text in texts.items()
        if (codes := counted[key])
    ]


def _few(codes: list[str]) -> str:
    return ", ".join(codes[:_NAMED]) + (" …" if len(codes) > _NAMED else "")
