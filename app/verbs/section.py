"""A section of a site: ground, reference surface, other surveys and control areas along a line, and its table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from shapely.geometry import LineString

from app.project import Project
from app.verbs.csv_out import write_csv
from app.verbs.inputs import resolved
from app.verbs.overlay import control_index
from app.verbs.terrain import terrain_file
from app.verbs.terrain_choice import terrain_for
from gis.arrays import Array
from gis.crossings import Crossing, crossings, stretches
from gis.section import Section, cross_axis, heights_along, long_axis, section
from models.errors import AppError
from models.estimate import Estimate, EstimateRequest
from models.progress import Watch

Along = Literal["long", "across"]


@dataclass(frozen=True)
class SiteSection:
    """A section with what it was cut from.

    `others`: heights (m) of other terrains at its places, by name. `crossings`: control areas along it; `inside`:
    stretches inside the site's outline (from, to in m). Of a line anywhere (section_line.py) `site` and `reference` are
    "", and `passes` the sites that it passes.
    """

    site: str
    terrain: str
    reference: str
    line: LineString
    section: Section
    others: tuple[tuple[str, Array], ...]
    crossings: tuple[Crossing, ...]
    inside: tuple[tuple[float, float], ...]
    passes: tuple[Crossing, ...] = ()
    fills: bool = True
    """False for a section of a heap, whose rim is its toe."""

    def to_json(self) -> dict[str, Any]:
        """Lines, figures and samples."""
        s = self.section
        return {
            "site": self.site or None,
            "terrain": self.terrain,
            "reference": self.reference or None,
            "line": [list(p) for p in self.line.coords],
            "length_m": float(s.distance_m[-1]),
            "fill_m2": s.fill_m2,
            "cut_m2": s.cut_m2,
            "inside": [list(span) for span in self.inside],
            "crossings": [vars(c) for c in self.crossings],
            "passes": [vars(c) for c in self.passes],
            "rows": [dict(zip(self.head(), row, strict=True)) for row in self.rows()],
        }

    def head(self) -> list[str]:
        """Columns of the table."""
        return ["distance_m", "x_north", "y_east", "ground_m", "reference_m", "fill_m",
                *(f"ground_m {name}" for name, _z in self.others), "control"]  # fmt: skip

    def at_level(self, level: float) -> SiteSection:
        """The same line with a level in the place of the reference surface, inside the outline."""
        s = self.section
        inside = np.zeros(s.distance_m.shape, dtype=bool)
        for start, end in self.inside:
            inside |= (s.distance_m >= start) & (s.distance_m <= end)
        surface = np.where(inside, level, np.nan)
        return replace(self, reference="level", section=replace(s, reference_m=surface))

    def rows(self) -> Iterator[list[float | str | None]]:
        """Samples in the order of `head`; None where there is no height. `control`: codes of the areas it lies in."""
        s = self.section
        columns = [s.distance_m, s.y, s.x, s.ground_m, s.reference_m, s.depth_m, *(z for _n, z in self.others)]
        for values in zip(*(c.tolist() for c in columns), strict=True):
            codes = [c.code or c.kind for c in self.crossings if c.from_m <= values[0] <= c.to_m]
            yield [*(round(v, 3) if np.isfinite(v) else None for v in values), ";".join(codes)]


def site_section(
    project: Project,
    code: str,
    along: Along | LineString = "long",
    *,
    terrain: str | None = None,
    request: EstimateRequest | None = None,
    others: Sequence[str] = (),
    watch: Watch | None = None,
) -> SiteSection:
    """The section of site `code` along its length, across it, or along a line (project CRS).

    Without `request` (or `terrain`) those of the site's last estimate, else the defaults. `others` names further
    terrains. Raises Missing (site, terrain), Refused (no length, terrain elsewhere), Unreadable, Cancelled.
    """
    site = project.store.site(code)
    kept = last_estimate(project, site.uid)
    if request is None:
        request = kept.request if kept is not None else EstimateRequest()
    found = terrain_for(project, site, terrain or (terrain_of(project, kept) if kept is not None else None))
    line = {"long": long_axis, "across": cross_axis}[along](site) if isinstance(along, str) else along
    request, inputs = resolved(project, site, request)
    more = [project.store.terrain(name) for name in others]
    cut = section(line, found, terrain_file(project, found), site, request, watch=watch, inputs=inputs)
    heights = tuple((t.name, heights_along(cut, site.crs, t, terrain_file(project, t))) for t in more)
    crossed = tuple(crossings(line, control_index(project.store).controls))
    from gis.job import reference_key

    key = reference_key(site, request)
    within = tuple(stretches(line, site.outline))
    return SiteSection(code, found.name, key, line, cut, heights, crossed, within, fills=site.fills)


def last_estimate(project: Project, uid: str) -> Estimate | None:
    """The estimate of a site that was kept last."""
    rows = project.store.rows("estimates", site_uid=uid)
    return Estimate.from_record(rows[-1]["record"]) if rows else None


def terrain_of(project: Project, kept: Estimate) -> str | None:
    """The terrain of an estimate, if the project still has it."""
    try:
        return project.store.terrain(kept.terrain.name).name
    except AppError:
        return None


def write_section(answer: SiteSection, out: Path, *, overwrite: bool = False) -> int:
    """The samples as a CSV table; returns the number of rows. Raises as `write_csv`."""
    return write_csv(out, answer.head(), answer.rows(), overwrite=overwrite)
