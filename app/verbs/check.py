"""Integrity of a project: the file, and what it says."""

from __future__ import annotations

from typing import Any

from app.project import Project
from app.verbs.terrain import terrain_file
from gis.dem.mosaic import sha256_now
from gis.volume import outline_hash
from models.errors import AppError
from models.notices import N_, Notice, Translate, _same
from models.problems import Problem
from models.progress import Watch

_UNREADABLE = {"file.damaged", "table.missing", "row.damaged"}


def check_project(project: Project, watch: Watch | None = None) -> list[Problem]:
    """Everything the store checks, then terrains against their files and estimates against outline and terrain.

    An estimate whose terrain file or outline is no longer the one it was computed from is reported as stale.
    """
    watch = watch or Watch()
    problems = list(project.store.check())
    watch.report(0.2)
    if any(p.key in _UNREADABLE for p in problems):
        return problems  # what the rows say cannot be followed further before they can be read
    terrains = project.store.terrains()
    sound: dict[str, str] = {}
    gone: set[str] = set()
    for index, terrain in enumerate(terrains):
        try:
            path = terrain_file(project, terrain)
        except AppError as error:
            what = Notice(error.key, N_("{reason}: {path}"), reason=error.what, path=error.where)
            problems.append(Problem(error.key, "error", what, table="terrains"))
            if error.key == "terrain.gone":
                gone.add(terrain.name)
            continue
        if (
            sha256_now(
                path,
                terrain,
                watch.part(0.2 + 0.6 * index / len(terrains), 0.2 + 0.6 * (index + 1) / len(terrains)),
            )
            != terrain.sha256
        ):
            what = Notice(
                "terrain.changed", N_("the file of terrain {name} changed since it was registered"), name=terrain.name
            )
            problems.append(Problem("terrain.changed", "error", what, table="terrains"))
        else:
            sound[terrain.name] = terrain.sha256
    problems += _stale_estimates(project, sound, gone)
    watch.report(1.0)
    return problems


def _stale_estimates(project: Project, terrains: dict[str, str], gone: set[str]) -> list[Problem]:
    # Of a terrain whose file is gone nobody knows whether it changed: it is named once, not with each estimate.
    outlines = {site.uid: site for site in project.store.sites()}
    found = []
    for e in project.store.estimates():
        site = outlines.get(e.site_uid)
        if site is None:
            continue  # an orphan: the store's own check names it
        if e.outline_sha256 and e.outline_sha256 != outline_hash(site):
            why = N_("the estimate of {site} is stale: its outline changed since")
        elif e.terrain.name not in gone and terrains.get(e.terrain.name) != e.terrain.sha256:
            why = N_("the estimate of {site} is stale: its terrain is not the one it was computed from")
        else:
            continue
        found.append(
            Problem("estimate.stale", "warning", Notice("estimate.stale", why, site=e.site), table="estimates")
        )
    return found


def to_json(problems: list[Problem], translate: Translate = _same) -> dict[str, Any]:
    """The document that ``check --json`` prints; warnings do not spoil "ok"."""
    return {
        "ok": not any(p.severity == "error" for p in problems),
        "problems": [p.to_json(translate) for p in problems],
    }
