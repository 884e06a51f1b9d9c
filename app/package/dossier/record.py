"""The content record: everything that an approval package says, read once. Every file of it is made from this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.package.boundary import BoundaryPoint
from app.package.content import MapFeature, SheetCrs
from models.assessment import Assessment
from models.conflict import Conflict
from models.errors import AppError
from models.estimate import Estimate
from models.notices import Notice
from models.screening import Finding, Screening
from models.site import Site
from models.terrain import Terrain
from models.waste import Waste


@dataclass(frozen=True)
class SiteRecord:
    """A site and all that is said of it. `area_m2` planar in the project CRS, rounded to the 0.01 m² that is printed.

    `estimate` is None where there can be none; `refusal` says why. `lonlat` are degrees of CGCS2000 (of the project's
    own datum for other systems), one for each point.
    """

    site: Site
    area_m2: float
    points: tuple[BoundaryPoint, ...]
    lonlat: tuple[tuple[float, float], ...]
    estimate: Estimate | None
    refusal: AppError | None
    computed_here: bool
    """The stored figures were missing or of another outline, terrain or rim; these were computed for the package."""
    conflicts: tuple[Conflict, ...]
    screenings: tuple[Screening, ...]

    @property
    def code(self) -> str:
        """The number people use."""
        return self.site.code

    @property
    def design_waste(self) -> str:
        """Code of the waste that the figures are for, "" for none."""
        return (self.estimate.request.waste or "") if self.estimate else ""

    @property
    def judged(self) -> tuple[Screening, ...]:
        """The screenings that the plan rests on: of the waste of the figures, or all where none was chosen."""
        own = tuple(a for a in self.screenings if a.waste == self.design_waste)
        return own or self.screenings


@dataclass(frozen=True)
class PackUsed:
    """A rule pack in force: id, version, title in both languages, whether the project has it otherwise than shipped."""

    id: str
    version: str
    title: str
    sha256: str
    mended: bool


@dataclass(frozen=True)
class PackageRecord:
    """The project at one moment. `stamp` is the time that every file bears; `revision` the step of the change log."""

    project_name: str
    project_file: str
    project_uid: str
    revision: int
    crs: SheetCrs
    crs_code: str
    stamp: datetime
    program_version: str
    made_up: bool
    language: str
    shared_numbers: bool
    settings: Mapping[str, Any]
    sites: tuple[SiteRecord, ...]
    wastes: tuple[Waste, ...]
    waste_kinds: Mapping[str, str]
    """English msgid of the kind of each waste, by its code."""
    terrains: tuple[Terrain, ...]
    packs: tuple[PackUsed, ...]
    steps: Mapping[str, int]
    """The step of screening-rules.md section 1 of each rule."""
    assessments: tuple[Assessment, ...]
    samples: tuple[Mapping[str, Any], ...]
    controls: tuple[MapFeature, ...]
    """Control areas that reach one of the sites or lie near it."""
    missing: tuple[Notice, ...] = ()
    """What the package cannot say, one sentence each."""
    notes: tuple[Notice, ...] = field(default=())

    @property
    def pits(self) -> tuple[SiteRecord, ...]:
        """The sites that are filled."""
        return tuple(s for s in self.sites if s.site.fills)


def duties(answer: Screening, steps: Mapping[str, int]) -> list[Finding]:
    """The findings of a screening that ask for something to be done: step 9, and whatever is required."""
    return [f for f in answer.findings if f.outcome == "requires" or (steps.get(f.rule) == 9 and f.outcome != "meets")]
