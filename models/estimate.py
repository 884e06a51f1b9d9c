"""What an estimate is: the request, and the frozen record that answers it (DESIGN.md section 5, volumes.md)."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, Self

from models.notices import Notice, Translate, _same
from models.support import SiteSupport
from models.terrain import ErrorFigures

TOO_UNCERTAIN = "estimate.too_uncertain"
"""Key of the remark with which a figure is no estimate."""
TOO_WIDE = 0.5
"""A figure whose 95 % interval reaches further than this share of it to either side is no estimate."""
DEFAULT_REFERENCE = {"pit": "spill", "stockpile": "rim_surface"}


@dataclass(frozen=True)
class EstimateRequest:
    """What the user asks of a site. `reference` "" means the default of its kind; lengths m, densities t/m³ dry.

    `parameters` go to the reference surfaces (``{"level_m": 1052.3}`` for `level`; gis/surfaces says which take what).
    They are plain values, enough to compute the estimate again with its project at hand. `moisture` is mass of water
    over dry mass, 0..; `density_sigma` relative standard deviation of the density.
    """

    reference: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    cover_m: float = 0.0
    base_m: float = 0.0
    waste: str | None = None
    density_t_m3: float | None = None
    density_sigma: float | None = None
    moisture: float | None = None
    interpolate_holes: bool = False


@dataclass(frozen=True)
class ReferenceUsed:
    """The reference surface as it came out. Elevations in metres over the cells inside the site."""

    key: str
    parameters: dict[str, Any]
    mean_elevation_m: float | None
    min_elevation_m: float | None
    max_elevation_m: float | None


@dataclass(frozen=True)
class TerrainUsed:
    """Which terrain the figures come from."""

    name: str
    sha256: str
    cell_m: float
    crs: str
    vertical_datum: str | None
    kind: str
    chosen: Notice | None = None
    """Why this terrain was chosen where several lie under the site and none was named."""
    errors: ErrorFigures | None = None
    """What the interval stands on: the terrain's figures of that day. None in records from before they were kept."""


INTERVAL_PARTS = ("terrain_m3", "reference_m3", "bias_m3", "outline_m3", "offset_m3")
"""Causes of a volume's interval that each has, known or not."""
SPANNED_PART = "spanned_m3"
"""And the one that only a site on spanned ground has."""


@dataclass(frozen=True)
class Interval95:
    """Half widths of the 95 % interval (k = 2). None = not quantified, never zero for want of knowledge.

    `parts` maps a cause (terrain, reference, bias, outline, density) to its standard deviation in m³ of fill
    (``terrain_m3``) or share of the tonnage (``density_share``); those in m³ add up by squares to half of `fill_m3`.
    ``spanned_m3`` (gaps between points) is there only where ground inside the outline was spanned.
    `offset_m3`: by how much the true volume is likely above the figure (a spill level read from noisy heights is too
    low, noise on level ground counts as fill). It is not corrected; the part ``offset_m3`` is what it widens the
    interval by. `waste_m3` is the half width of the waste space, `other_m3` that of what lies on the other side of the
    reference (a pit's cut, the fill beside a heap), where there is any. `shares` of the causes in the fill's interval
    by squares, 0..1, adding up to 1, `tonnage_shares` in the tonnage's.
    """

    fill_m3: float | None
    tonnage_t: float | None
    parts: dict[str, float | None]
    waste_m3: float | None = None
    offset_m3: float | None = None
    shares: dict[str, float] = field(default_factory=dict)
    tonnage_shares: dict[str, float] = field(default_factory=dict)
    other_m3: float | None = None


@dataclass(frozen=True)
class SecondMethod:
    """An independent figure for the same fill: key of the method, m³, and difference to the cell sums in %.

    `parameters` says what the method was run with (``{"side_m": 20.0}`` of the grid method).
    """

    method: str
    fill_m3: float | None
    difference_percent: float | None
    parameters: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Alternative:
    """The fill by another reference surface, shown beside the chosen one; `reason` says why there is none."""

    key: str
    fill_m3: float | None
    reason: Notice | None = None


@dataclass(frozen=True)
class Estimate:
    """One answered request. Field names and units are the contract of ``estimate --json``."""

    site: str
    layer: str
    terrain: TerrainUsed
    reference: ReferenceUsed
    fill_m3: float
    cut_m3: float
    net_m3: float
    footprint_m2: float
    flooded_m2: float
    covered_share: float
    max_depth_m: float
    mean_depth_m: float
    waste_m3: float
    cover_m3: float
    base_m3: float
    density_t_m3: float | None
    tonnage_t: float | None
    tonnage_wet_t: float | None
    land_released_m2: float
    interval95: Interval95
    check: SecondMethod
    alternatives: tuple[Alternative, ...]
    warnings: tuple[Notice, ...]
    # Provenance beyond the contract's minimum: what is needed to compute it again.
    site_uid: str = ""
    request: EstimateRequest = field(default_factory=EstimateRequest)
    cells_inside: int = 0
    scale_factor: float = 1.0
    """Point scale factor k of the grid at the site; areas and volumes were divided by k²."""
    outline_sha256: str = ""
    """Hash of the outline's WKB in the project CRS: tells whether the outline changed since."""
    waste_kind: str | None = None
    program_version: str = ""
    computed_at: str = ""
    refused: str | None = None
    checks: tuple[SecondMethod, ...] = ()
    """All independent methods, `check` (the TIN) first; none in records from before there were several."""
    support: SiteSupport | None = None
    """What the ground rests on, where the terrain's file says how it was made of points."""
    reference_support: SiteSupport | None = None
    """The same of the other terrain that is the reference (surface `dem`)."""

    @property
    def standing(self) -> Literal["estimate", "too_uncertain"]:
        """Whether the figure is an estimate, or "too_uncertain" to plan with (its remarks say so)."""
        return "too_uncertain" if any(w.key == TOO_UNCERTAIN for w in self.warnings) else "estimate"

    def chosen_because(self, why: Notice | None) -> Self:
        """The same estimate with the reason why its terrain was chosen."""
        return replace(self, terrain=replace(self.terrain, chosen=why)) if why is not None else self

    def to_json(self, translate: Translate = _same) -> dict[str, Any]:
        """The contract's dictionary; warnings as sentences in the language of `translate`."""
        data = asdict(self) | {"standing": self.standing}
        data["terrain"]["chosen"] = self.terrain.chosen.render(translate) if self.terrain.chosen else None
        data["warnings"] = [w.render(translate) for w in self.warnings]
        for row, other in zip(data["alternatives"], self.alternatives, strict=True):
            row["reason"] = other.reason.render(translate) if other.reason else None
        return data

    def to_record(self) -> dict[str, Any]:
        """The dictionary that is stored in the project: as `to_json`, with warnings as notices."""
        data = asdict(self)
        data["terrain"]["chosen"] = self.terrain.chosen.to_json() if self.terrain.chosen else None
        data["warnings"] = [w.to_json() for w in self.warnings]
        for row, other in zip(data["alternatives"], self.alternatives, strict=True):
            row["reason"] = other.reason.to_json() if other.reason else None
        return data

    @classmethod
    def from_record(cls, data: dict[str, Any]) -> Estimate:
        """The estimate that `to_record` wrote."""
        return cls(
            **{
                **data,
                "terrain": _terrain(data["terrain"]),
                "reference": ReferenceUsed(**data["reference"]),
                "interval95": Interval95(**data["interval95"]),
                "check": SecondMethod(**data["check"]),
                "alternatives": tuple(_alternative(a) for a in data["alternatives"]),
                "warnings": tuple(Notice.from_json(w) for w in data["warnings"]),
                "request": EstimateRequest(**data["request"]),
                "checks": tuple(SecondMethod(**c) for c in data.get("checks", ())),
                **{k: SiteSupport(**data[k]) if data.get(k) else None for k in ("support", "reference_support")},
            }
        )


def _terrain(data: dict[str, Any]) -> TerrainUsed:
    chosen, errors = data.get("chosen"), data.get("errors")
    known = {
        "chosen": Notice.from_json(chosen) if chosen else None,
        "errors": ErrorFigures(**errors) if errors else None,
    }
    return TerrainUsed(**{**data, **known})


def _alternative(data: dict[str, Any]) -> Alternative:
    reason = data.get("reason")
    return Alternative(**{**data, "reason": Notice.from_json(reason) if reason else None})


@dataclass(frozen=True)
class CurveRow:
    """One row of the stage–capacity curve: water-table-like area and volume below an elevation inside the site."""

    elevation_m: float
    area_m2: float
    volume_m3: float
    spanned_m3: float | None = None
    """What of the volume lies on ground that was spanned between points; None where nothing is known of that."""


@dataclass(frozen=True)
class StageCurve:
    """The stage–capacity curve of a site, from the floor up, with what must be said beside it."""

    rows: tuple[CurveRow, ...]
    warnings: tuple[Notice, ...] = ()
    terrain: str = ""
    """Name of the terrain."""
    reference: str = ""
    """Key of the surface that the curve ends at."""
    over: str = ""
    """Key of what is laid over an edited rim; "" for other surfaces."""
    support: SiteSupport | None = None
    reference_support: SiteSupport | None = None
    """What ground and reference rest on, as of an estimate."""


@dataclass(frozen=True)
class LevelFigures:
    """What an estimate would give with a horizontal reference at `level_m`. m³, m², m, t; None where unknown.

    `half_*`: half widths of the 95 % intervals of the fill (heap), the waste space and the dry mass.
    """

    level_m: float
    fill_m3: float
    cut_m3: float
    flooded_m2: float
    waste_m3: float
    cover_m3: float
    base_m3: float
    max_depth_m: float
    density_t_m3: float | None
    tonnage_t: float | None
    tonnage_wet_t: float | None
    half_m3: float | None = None
    half_waste_m3: float | None = None
    half_tonnage_t: float | None = None
