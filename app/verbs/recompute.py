"""A stored estimate computed again from what it carries, figure by figure. Nothing is stored."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from app import __version__
from app.project import Project
from app.verbs.estimate import compute_again
from app.verbs.terrain import terrain_file
from gis.volume import outline_hash
from models.errors import AppError, Cancelled, Missing
from models.estimate import Estimate
from models.notices import N_, Notice
from models.progress import Watch
from models.recomputed import FigureDifference, Recomputed
from models.site import Site

TOLERANCE = 1e-9
"""Relative: the same program on the same input differs by nothing; another processor may sum in another order."""
_ABSOLUTE = 1e-9  # m, m², m³: figures that are zero but for rounding
SLIGHT = 1e-4
"""Relative: what another version may differ by without being called an error; methods get faster, digits change."""
# What says who computed and when, not what came out; names may change and the row follows.
_APART = frozenset({"site", "computed_at", "program_version", "warnings", "request", "refused", "waste_kind"})


def recompute(
    project: Project, estimate: Estimate, watch: Watch | None = None, *, site: Site | None = None
) -> Recomputed:
    """Answer the stored request again on the terrain of that name and hash, and compare all figures.

    `site`: the estimate's site where it was read already. Raises Cancelled; every other difficulty is the answer's
    `state` and `reason`.
    """
    try:
        site = site or site_of(project, estimate)
        if (reason := stale(project, estimate, site)) is not None:
            return _answer(estimate, "stale", reason)
        terrain = project.store.terrain(estimate.terrain.name)
        if estimate.terrain.errors is not None:  # they may have been changed since; the interval is that of its day
            terrain = replace(terrain, errors=estimate.terrain.errors)
        now = compute_again(project, site, terrain, terrain_file(project, terrain), estimate, watch)
    except Cancelled:
        raise
    except AppError as error:
        return _answer(estimate, "cannot", error.what)
    if estimate.interval95.other_m3 is None:  # of before the other side had an interval: nothing to compare with
        now = replace(now, interval95=replace(now.interval95, other_m3=None))
    found = tuple(_compared("", _figures(estimate), _figures(now)))
    if not found:
        return _answer(estimate, "same", None)
    slight = estimate.program_version != __version__ and max(d.relative for d in found) <= SLIGHT
    reason = _why(estimate, found, slight=slight)
    return replace(_answer(estimate, "differs", reason), differences=found, slight=slight)


def site_of(project: Project, estimate: Estimate) -> Site:
    """The site of a stored estimate, whatever its code is by now. Raises Missing."""
    for site in project.store.sites():
        if site.uid == estimate.site_uid:
            return site
    raise Missing("site.gone", N_("the site of the estimate does not exist any more"), where=estimate.site)


def stale(project: Project, estimate: Estimate, site: Site) -> Notice | None:
    """Why the estimate does not speak of the present outline and terrain; None if it does."""
    if estimate.outline_sha256 and estimate.outline_sha256 != outline_hash(site):
        return Notice("estimate.stale", N_("the estimate of {site} is stale: its outline changed since"),
                      site=estimate.site)  # fmt: skip
    known = {t.name: t.sha256 for t in project.store.terrains()}
    if known.get(estimate.terrain.name) != estimate.terrain.sha256:
        text = N_("the estimate of {site} is stale: its terrain is not the one it was computed from")
        return Notice("estimate.stale", text, site=estimate.site)
    return None


def _answer(estimate: Estimate, state: Any, reason: Notice | None) -> Recomputed:
    return Recomputed(
        estimate.site, estimate.site_uid, estimate.computed_at, estimate.program_version, state, reason
    )  # fmt: skip


def _why(estimate: Estimate, found: tuple[FigureDifference, ...], *, slight: bool) -> Notice:
    if slight:
        most = max(found, key=lambda d: d.relative)
        text = N_("{site} computed again differs by {share:.1g} % at most ({figure}: {now}, stored is {stored}): "
                  "it was stored by version {old}, this is {new}")  # fmt: skip
        return Notice("estimate.slightly", text, site=estimate.site, share=100 * most.relative, figure=most.figure,
                      now=_shown(most.now), stored=_shown(most.stored), old=estimate.program_version or "?",
                      new=__version__)  # fmt: skip
    first = found[0]
    facts = {"site": estimate.site, "figure": first.figure, "stored": _shown(first.stored), "now": _shown(first.now),
             "more": len(found) - 1}  # fmt: skip
    if estimate.program_version != __version__:
        text = N_("{site} computed again gives another {figure}: {now}, stored is {stored} ({more} more figures); it "
                  "was stored by version {old}, this is {new}")  # fmt: skip
        return Notice("estimate.differs", text, old=estimate.program_version or "?", new=__version__, **facts)
    text = N_("{site} computed again gives another {figure}: {now}, stored is {stored} ({more} more figures)")
    return Notice("estimate.differs", text, **facts)


def _shown(value: Any) -> str:
    return f"{value:.9g}" if isinstance(value, float) else str(value)


def _figures(estimate: Estimate) -> dict[str, Any]:
    record = {k: v for k, v in estimate.to_record().items() if k not in _APART}
    record["terrain"].pop("chosen")  # terrains that were registered since make no figure another one
    record["terrain"].pop("errors")  # what the figures stand on, and not in older records
    return record


def _compared(name: str, stored: Any, now: Any) -> Iterator[FigureDifference]:
    """What the stored record says otherwise than the new one. What a later program adds is no difference."""
    if isinstance(stored, dict) and isinstance(now, dict):
        for key, value in stored.items():
            yield from _compared(f"{name}.{key}" if name else key, value, now.get(key))
    elif isinstance(stored, list | tuple) and isinstance(now, list | tuple):
        if all(isinstance(v, dict) and "key" in v for v in (*stored, *now)):
            yield from _compared(name, {v["key"]: v for v in stored}, {v["key"]: v for v in now})
        elif len(stored) != len(now):
            yield FigureDifference(name, len(stored), len(now))
        else:
            for index, pair in enumerate(zip(stored, now, strict=True)):
                yield from _compared(f"{name}[{index}]", *pair)
    elif not _alike(stored, now):
        yield FigureDifference(name, stored, now)


def _alike(stored: Any, now: Any) -> bool:
    numbers = all(isinstance(v, int | float) and not isinstance(v, bool) for v in (stored, now))
    if numbers:
        return math.isclose(stored, now, rel_tol=TOLERANCE, abs_tol=_ABSOLUTE) or stored == now
    return bool(stored == now)
