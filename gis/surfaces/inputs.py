"""What a request's parameters name, found: other terrains, outlines, files. Made from a project by app.verbs.inputs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from shapely.geometry.base import BaseGeometry

from models.terrain import Terrain


@dataclass(frozen=True)
class Inputs:
    """Nothing here is part of the request: the same parameters find the same things again.

    `terrain` and `terrain_path`: the other terrain of `dem`; `sites`: outlines (project CRS) of all sites of the
    project, on which no ground counts as stable; `design`: the file of `contours`.
    """

    terrain: Terrain | None = None
    terrain_path: Path | None = None
    sites: tuple[BaseGeometry, ...] = ()
    design: Path | None = None
