"""Integrity of a project: the file, and what it says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from app.project import Project
from app.verbs.basemap import basemap_problems
from app.verbs.outside import outside_changes, outside_problems
from app.verbs.photos import photo_problems
from app.verbs.recompute import recompute, stale
from app.verbs.rim_stale import rim_stale
from app.verbs.terrain import terrain_file
from gis.dem.mosaic import sha256_now
from models.errors import AppError, Unreadable
from models.estimate import Estimate
from models.notices import N_, Notice, Translate, _same
from models.outside import OutsideReport
from models.problems import DAMAGED_FILE, UNREADABLE, Problem
from models.progress import Watch
from models.recomputed import Recomputed
from models.site import Site


@dataclass(frozen=True)
class CheckReport:
    """What a check found: problems, each latest estimate computed again, what other programs changed."""

    problems: tuple[Problem, ...]
    estimates: tuple[Recomputed, ...] = ()
    outside: OutsideReport | None = None

    @property
    def ok(self) -> bool:
        """Warnings do not spoil it."""
        return not any(p.severity == "error" for p in self.problems)

    def to_json(self, translate: Translate = _same) -> dict[str, Any]:
        """The document that ``check --json`` prints.

        "estimates" (those that are stale, differ, or were not computed again) and "outside" stand in it only where
        there is something to say.
        """
        document: dict[str, Any] = {"ok": self.ok, "problems": [p.to_json(translate) for p in self.problems]}
        if open_ones := [e.to_json(translate) for e in self.estimates if e.state != "same"]:
            document["estimates"] = open_ones
        if self.outside is not None and self.outside.tells:
            document["outside"] = self.outside.to_json(translate)
        return document


def check_file(path: Path, watch: Watch | None = None, *, quick: bool = False) -> CheckReport:
    """Check a project by its path. A file that is too damaged to be opened is a finding, not an error of the check.

    Raises what `Project.open` raises of files that are not there or not ours.
    """
    try:
        with Project.open(path, read_only=True) as project:
            return check_report(project, watch, quick=quick)
    except Unreadable as error:
        if error.key not in DAMAGED_FILE:
            raise
        what = Notice(error.key, N_("{reason}: {path}"), reason=error.what, path=error.where)
        return CheckReport((Problem("file.damaged", "error", what), Problem("file.rescue", "warning", error.advice)))


def check_report(project: Project, watch: Watch | None = None, *, quick: bool = False) -> CheckReport:
    """Everything the store checks, then terrains against their files, then the latest estimate of each site.

    An estimate whose terrain file or outline is no longer the one it was computed from is marked stale; the others are
    computed again from what they carry (not with `quick`), and a figure that comes out differently is a problem: an
    error, or a warning where it is slight and another version of the program stored it. Stored
    estimates are never changed. Raises Cancelled.
    """
    watch = watch or Watch()
    problems = list(project.store.check(watch.part(0.0, 0.3)))
    if any(p.key in UNREADABLE for p in problems):
        return CheckReport(tuple(problems))  # what the rows say cannot be followed further before they can be read
    outside = outside_changes(project.store, watch.part(0.3, 0.4))
    problems += outside_problems(outside)
    problems += photo_problems(project)
    problems += basemap_problems(project)
    sound, gone = _terrains(project, problems, watch.part(0.4, 0.7 if quick else 0.5))
    estimates = tuple(_estimates(project, sound, gone, watch.part(0.7 if quick else 0.5, 1.0), quick=quick))
    problems += _rim_edits(project)
    for e in estimates:
        if e.reason is not None:
            key = f"estimate.{e.state}"
            grave = e.state == "differs" and not e.slight
            problems.append(Problem(key, "error" if grave else "warning", e.reason, table="estimates"))
    watch.report(1.0)
    return CheckReport(tuple(problems), estimates, outside)


def _terrains(project: Project, problems: list[Problem], watch: Watch) -> tuple[dict[str, str], set[str]]:
    """Names of the terrains whose file is as registered, with its hash; names of those whose file is gone."""
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
        part = watch.part(index / len(terrains), (index + 1) / len(terrains))
        if sha256_now(path, terrain, part) == terrain.sha256:
            sound[terrain.name] = terrain.sha256
            continue
        what = Notice(
            "terrain.changed", N_("the file of terrain {name} changed since it was registered"), name=terrain.name
        )
        problems.append(Problem("terrain.changed", "error", what, table="terrains"))
    return sound, gone


def _estimates(
    project: Project, sound: dict[str, str], gone: set[str], watch: Watch, *, quick: bool
) -> Iterator[Recomputed]:
    sites = {site.uid: site for site in project.store.sites()}
    stored = project.store.estimates()
    for index, estimate in enumerate(stored):
        part = watch.part(index / len(stored), (index + 1) / len(stored))
        part.report(0.0, estimate.site)
        site = sites.get(estimate.site_uid)
        if site is None:
            continue  # an orphan: the store's own check names it
        reason = _stale(project, estimate, site, sound, gone)
        answer = Recomputed(
            estimate.site, estimate.site_uid, estimate.computed_at, estimate.program_version, "not_asked"
        )
        if reason is not None:
            yield replace(answer, state="stale", reason=reason)
        elif quick or estimate.terrain.name in gone:
            yield answer  # a terrain that is gone is named once, not with each estimate
        else:
            found = recompute(project, estimate, part, site=site)
            if found.state == "cannot" and found.reason is not None:
                text = N_("the estimate of {site} cannot be computed again: {reason}")
                why = Notice("estimate.cannot", text, site=estimate.site, reason=found.reason)
                found = replace(found, reason=why)
            yield found


def _rim_edits(project: Project) -> Iterator[Problem]:
    """Estimates over an edited rim that was edited further: sound, but not of the rim that the project shows."""
    sites = {site.uid: site for site in project.store.sites()}
    for e in project.store.estimates():
        site = sites.get(e.site_uid)
        if site is not None and (what := rim_stale(project, e, site)) is not None:
            yield Problem(what.key, "warning", what, table="estimates")


def _stale(project: Project, e: Estimate, site: Site, sound: dict[str, str], gone: set[str]) -> Notice | None:
    why = stale(project, e, site)
    if why is None and e.terrain.name not in gone and sound.get(e.terrain.name) != e.terrain.sha256:
        text = N_("the estimate of {site} is stale: its terrain is not the one it was computed from")
        why = Notice("estimate.stale", text, site=e.site)
    return why


def to_json(problems: list[Problem], translate: Translate = _same) -> dict[str, Any]:
    """Problems alone, in the form of ``check --json``."""
    return CheckReport(tuple(problems)).to_json(translate)
