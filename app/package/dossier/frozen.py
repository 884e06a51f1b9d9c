"""A project as it was at one moment: a copy that nobody else knows, with figures for every site of the package."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from app.project import Project
from app.verbs.estimate import estimate, keeping
from app.verbs.rim_stale import rim_stale
from gis import volume
from gis.leftovers import draft_folder
from gis.store import Store
from models.errors import AppError, Cancelled
from models.estimate import Estimate, EstimateRequest
from models.progress import Watch
from models.site import Site


@dataclass(frozen=True)
class Frozen:
    """The copy, open for reading, and what had to be computed for it. Relative paths start where the project is."""

    path: Path
    home: Path
    project: Project
    revision: int
    computed: frozenset[str]
    refused: dict[str, AppError]


@contextmanager
def frozen(
    project: Project, codes: Sequence[str] | None, stamp: datetime, *, workers: int | None, watch: Watch
) -> Iterator[Frozen]:
    """A copy of the project, gone after the block. Sites whose figures are missing or stale are estimated in it.

    What is computed here bears `stamp`: the same project and stamp give the same record. Raises Missing for an unknown
    code, Unwritable, Cancelled.
    """
    with draft_folder("huitian-package") as folder:
        copy = project.store.save_copy(folder / "project.gpkg")
        home = project.store.home
        with open_still(copy, home) as still:
            revision = still.store.revision
            made, refused = _figures(still, still.store.sites(codes), workers, watch)
        if made:
            text = stamp.isoformat(timespec="seconds")
            with Store.open(copy) as store:
                store.transact(*keeping([replace(e, computed_at=text) for e in made]))
        with open_still(copy, home) as still:
            yield Frozen(copy, home, still, revision, frozenset(e.site for e in made), refused)


@contextmanager
def open_still(path: Path, home: Path) -> Iterator[Project]:
    """The copy, open for reading; terrains are found from the folder of `home`."""
    with Project.open(path, read_only=True) as project:
        project.store.home = home
        yield project


def _figures(
    project: Project, sites: Sequence[Site], workers: int | None, watch: Watch
) -> tuple[list[Estimate], dict[str, AppError]]:
    """Estimates for the sites that have none that still holds, asked for as the last one was, of the rim as it is."""
    terrains = {t.name: t for t in project.store.terrains()}
    kept = {e.site_uid: e for e in project.store.estimates([s.code for s in sites])} if sites else {}
    groups: dict[str, tuple[EstimateRequest, str | None, list[str]]] = {}
    for site in sites:
        last = kept.get(site.uid)
        terrain = terrains.get(last.terrain.name) if last else None
        same_ground = last and terrain and terrain.sha256 == last.terrain.sha256
        same_rim = last is None or rim_stale(project, last, site) is None
        if last and same_ground and same_rim and last.outline_sha256 == volume.outline_hash(site):
            continue
        request, name = _asked_anew(last.request) if last else EstimateRequest(), terrain.name if terrain else None
        key = json.dumps([asdict(request), name], sort_keys=True, default=str)
        groups.setdefault(key, (request, name, []))[2].append(site.code)
    todo = sum(len(codes) for _request, _name, codes in groups.values())
    made: list[Estimate] = []
    refused: dict[str, AppError] = {}
    at = 0
    for request, name, codes in groups.values():
        part = watch.part(at / todo, (at + len(codes)) / todo)
        try:
            report = estimate(project, codes, terrain=name, request=request, workers=workers, store=False, watch=part)
        except Cancelled:
            raise
        except AppError as error:
            refused |= dict.fromkeys(codes, error)
        else:
            made += report.estimates
            refused |= {r.site: r.error for r in report.refused}
        at += len(codes)
    watch.report(1.0)
    return made, refused


def _asked_anew(request: EstimateRequest) -> EstimateRequest:
    """The request without its copies of rim edits: those that the project has now count."""
    kept = {name: value for name, value in request.parameters.items() if name != "rim_edits"}
    return replace(request, parameters=kept)
