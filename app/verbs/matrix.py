"""Which waste may go into which pit, and what is missing to open the rest."""

from __future__ import annotations

from collections.abc import Sequence

from app.project import Project
from app.verbs.rule_edits import project_packs
from app.verbs.screen import judged
from app.verbs.waste import catalogue
from models.estimate import Estimate
from models.matrix import Matrix, cell_of, matrix_of
from models.progress import Watch
from models.tonnage import dry_tonnage
from models.waste import Waste


def matrix(
    project: Project,
    wastes: Sequence[str] | None = None,
    sites: Sequence[str] | None = None,
    packs: Sequence[str] | None = None,
    *,
    watch: Watch | None = None,
) -> Matrix:
    """All pairs judged anew (nothing is stored), with the mass each pit takes by its last estimate.

    Raises as `screen` does.
    """
    rules = {r.id: r for p in project_packs(project) for r in p.rules}
    estimates = {e.site: e for e in project.store.estimates()}
    streams = {w.code: w for w in project.store.wastes()}
    cells = []
    for answer, _uid in judged(project, wastes, sites, packs, watch=watch):
        space, mass = capacity(streams[answer.waste], estimates.get(answer.site))
        cells.append(cell_of(answer, rules, mass, space))
    return matrix_of(tuple(dict.fromkeys(c.waste for c in cells)), tuple(dict.fromkeys(c.site for c in cells)), cells)


def density_of(waste: Waste) -> float | None:
    """The waste's own density, else the default of its kind, t/m³ dry and compacted; None where neither is known."""
    kind = catalogue().get(waste.kind)
    return waste.density_t_m3 or (kind.density.value if kind and kind.density else None)


def capacity(waste: Waste, estimate: Estimate | None) -> tuple[float | None, float | None]:
    """(space for waste m³, dry mass t) of a pit for this waste: the estimate's space at the waste's own density.

    None where there is no estimate, or no density of the waste or of its kind.
    """
    if estimate is None or estimate.refused:
        return None, None
    density = density_of(waste)
    return estimate.waste_m3, None if density is None else dry_tonnage(estimate.waste_m3, density)
