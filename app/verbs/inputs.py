"""What the parameters of a request name, found in a project: other terrains, design files, rim edits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from shapely.geometry.base import BaseGeometry

from app.project import Project
from app.verbs.terrain import terrain_file
from gis.surfaces import Inputs
from models.errors import Refused
from models.estimate import EstimateRequest
from models.notices import N_
from models.site import Site
from models.terrain import Terrain


class Resolver:
    """Completes requests and finds what they name; one serves a batch of sites, so that nothing is read twice.

    A completed request is enough to compute the same figures again later: it holds the hash of the other terrain and of
    the design file, the design's place as the project keeps places, and copies of the rim edits.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._terrains: dict[str, tuple[Terrain, Path]] = {}

    @cached_property
    def _outlines(self) -> tuple[BaseGeometry, ...]:
        return tuple(s.outline for s in self._project.store.sites())

    @cached_property
    def _edits(self) -> Mapping[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = {}
        for _, uid, edit in self._project.store.rim_edits():
            found.setdefault(uid, []).append(edit.to_json())
        return found

    def check(self, request: EstimateRequest) -> None:
        """Raise Missing or Unreadable where what is named is not there, before anything is computed."""
        name = request.parameters.get("terrain")
        if name:
            self._terrain(str(name))

    def __call__(self, site: Site, request: EstimateRequest) -> tuple[EstimateRequest, Inputs]:
        """(the request completed for `site`, what it names). Raises Missing, Refused, Unreadable."""
        parameters = dict(request.parameters)
        terrain = path = None
        if parameters.get("terrain"):
            terrain, path = self._terrain(str(parameters["terrain"]))
            _check_same(terrain, parameters.get("terrain_sha256"), site.code)
            parameters["terrain_sha256"] = terrain.sha256
        design = None
        if parameters.get("design"):
            design = self._place(str(parameters["design"]))
            parameters["design"] = self._project.store.portable_path(design)
        if "rim_edits" not in parameters and self._edits.get(site.uid):
            parameters["rim_edits"] = self._edits[site.uid]
        sites = self._outlines if terrain is not None else ()
        return replace(request, parameters=parameters), Inputs(terrain, path, sites, design)

    def _terrain(self, name: str) -> tuple[Terrain, Path]:
        if name not in self._terrains:
            terrain = self._project.store.terrain(name)
            self._terrains[name] = terrain, terrain_file(self._project, terrain)
        return self._terrains[name]

    def _place(self, kept: str) -> Path:
        """The file of an absolute path, or of one that the project keeps relative to its folder."""
        path = Path(kept)
        return path if path.is_absolute() else (self._project.path.resolve().parent / path).resolve()


def _check_same(terrain: Terrain, expected: Any, code: str) -> None:
    if expected and expected != terrain.sha256:
        raise Refused(
            "surface.terrain_changed",
            N_("{name} is another terrain now than when the estimate was made"),
            where=code,
            advice=N_("estimate anew with --reference-terrain"),
            name=terrain.name,
        )


def resolved(project: Project, site: Site, request: EstimateRequest) -> tuple[EstimateRequest, Inputs]:
    """As Resolver, for one site."""
    return Resolver(project)(site, request)
