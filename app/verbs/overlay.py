"""Sites against red lines and control areas."""

from __future__ import annotations

from collections.abc import Sequence

from app.project import Project
from gis.overlay import SEARCH_M, Control, ControlIndex
from gis.store import Store
from layers.registry import CONTROL_LAYERS
from models.conflict import Conflict
from models.site import Site

RED_LINE = "red_line"
_GONE = "replaced"


def overlay_sites(
    project: Project, codes: Sequence[str] | None = None, *, search_m: float = SEARCH_M
) -> list[Conflict]:
    """How each site (all, or those with `codes`) lies to the control areas around it.

    Every one that it reaches, those within `search_m`, and the nearest of each layer and kind. Raises Missing for an
    unknown code.
    """
    index = control_index(project.store)
    return [c for site in project.store.sites(codes) for c in index.against(site, search_m)]


def site_conflicts(store: Store, site: Site, *, search_m: float = SEARCH_M) -> list[Conflict]:
    """`overlay_sites` for one site. For many sites, build `control_index` once and ask it."""
    return control_index(store).against(site, search_m)


def control_index(store: Store) -> ControlIndex:
    """The project's control areas, ready to be asked. Areas whose status is "replaced" bind nobody and are left out."""
    controls = []
    for layer in CONTROL_LAYERS:
        if not store.count(layer):
            continue
        found = store.table(layer)
        columns = map(found.column, ("code", "name", "kind", "status"))
        for shape, *values in zip(found.geometry, *columns, strict=True):
            code, name, kind, status = (v if isinstance(v, str) else "" for v in values)
            if status != _GONE:
                controls.append(Control(layer, code, name, kind or RED_LINE, shape, status))
    return ControlIndex(controls)
