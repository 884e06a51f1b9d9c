"""What a comparison of two surveys is: the frozen record that answers `progress` (DESIGN.md section 5)."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from models.notices import Notice, Translate, _same
from models.support import SiteSupport

MAX_SLOPE_DEG = 20.0
TILT_PART = "tilt_m3"
"""Cause of a net volume's interval that only surveys with a tilt or bend between them have."""


@dataclass(frozen=True)
class ComparisonRequest:
    """What the user asks. Nothing is done to the later survey unless `remove_offset`, `…_shift`, `…_tilt` says so.

    `confirm_datum` and `confirm_kind` let surveys of different height datums, or a DSM and a DTM, be compared all the
    same. `max_slope_deg` bounds the slope (in both surveys) of ground that counts as stable.
    """

    remove_offset: bool = False
    confirm_datum: bool = False
    confirm_kind: bool = False
    max_slope_deg: float = MAX_SLOPE_DEG
    remove_shift: bool = False
    remove_tilt: bool = False


@dataclass(frozen=True)
class SurveyUsed:
    """Which terrain one side of the comparison comes from. `resampled` to the other's grid or not."""

    terrain: str
    sha256: str
    surveyed_on: str | None
    registered_at: str
    vertical_datum: str | None
    kind: str
    crs: str
    cell_m: float
    sigma_z_m: float | None
    range_m: float | None
    covered_share: float
    resampled: bool
    support: SiteSupport | None = None
    """What its ground rests on, where its file says how it was made of points; volumes: placed and removed."""

    @classmethod
    def from_record(cls, data: dict[str, Any]) -> SurveyUsed:
        """The survey that `asdict` took apart."""
        support = data.get("support")
        return cls(**{**data, "support": SiteSupport(**support) if support else None})


@dataclass(frozen=True)
class VolumeInterval95:
    """Half widths of the 95 % intervals (k = 2), m³. None = not quantified, never zero for want of knowledge.

    `parts` are standard deviations of the net volume by cause (`before_m3`, `after_m3`, `offset_m3`, `shift_m3`), and
    `spanned_m3` (gaps between points) where one of the surveys was spanned inside the outline, `tilt_m3` where a tilt
    or bend between the surveys stands out of their errors.
    """

    placed_m3: float | None
    removed_m3: float | None
    net_m3: float | None
    parts: dict[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True)
class BelowDetection:
    """What of the volumes comes from cells whose change is within the level of detection, m³."""

    placed_m3: float
    removed_m3: float


@dataclass(frozen=True)
class VolumeChange:
    """By how much volumes change, or how unsure they are, m³."""

    placed_m3: float
    removed_m3: float
    net_m3: float


@dataclass(frozen=True)
class SidewaysShift:
    """How far the later survey lies to the side of the earlier one on stable ground; None where that is not known.

    `known` "whole", only along a "line" (of direction `line_deg`, 0 ... 180 from the project's north), or not at all;
    `why` then says why ("few" places, "copied" heights, "flat" or evenly sloping ground, slopes "one_way", told too
    badly: "unsure", surveys that differ too much: "unsettled"). `east_m`, `north_m`: metres on the ground along the
    project's axes, of the line's direction alone where only that is known; `sigma_…` their standard errors.
    `change_m3`: what taking it off does to the volumes (did, where `removed`). `metre_m3`: the most that one metre in a
    direction that is not known does. `nmad_m`: scatter of stable ground with the shift taken off.
    """

    known: Literal["whole", "line", "none"]
    why: str = ""
    east_m: float | None = None
    north_m: float | None = None
    sigma_east_m: float | None = None
    sigma_north_m: float | None = None
    line_deg: float | None = None
    significant: bool = False
    removed: bool = False
    nmad_m: float | None = None
    change_m3: VolumeChange | None = None
    metre_m3: VolumeChange | None = None

    @property
    def length_m(self) -> float | None:
        """How far, m."""
        return None if self.east_m is None or self.north_m is None else math.hypot(self.east_m, self.north_m)

    @property
    def bearing_deg(self) -> float | None:
        """Which way the later survey lies: clockwise from the project's north, 0 ... 360."""
        if self.east_m is None or self.north_m is None:
            return None
        return math.degrees(math.atan2(self.east_m, self.north_m)) % 360

    @classmethod
    def from_record(cls, data: dict[str, Any]) -> SidewaysShift:
        """The shift that `asdict` took apart."""
        volumes = {k: VolumeChange(**data[k]) for k in ("change_m3", "metre_m3") if data.get(k) is not None}
        return cls(**{**data, **volumes})


@dataclass(frozen=True)
class SurveyTilt:
    """How the later survey is tilted or bent against the earlier one on stable ground, beyond what errors explain.

    `kind` "none": nothing stands out; "tilt": a plane; "bowl": bent, too (a dome or a dish). None: not known, `why`
    then says why ("few" places, "copied" heights, "patchy": too few blocks of ground). What the later survey lies
    higher by is, at e, n metres on the ground east and north of (`origin_x`, `origin_y`) in the project's CRS,
    `level_m` + `east`·e + `north`·n + `east_east`·e² + `east_north`·e·n + `north_north`·n², with a mean of 0 over
    stable ground. `lowest_m`, `highest_m`: its extremes over the site. `change_m3`: what taking it off does to the
    volumes (did, where `removed`); `sigma_m3`: the standard uncertainty that it leaves in them. `unseen_m3`: by how
    much (half width at 95 %) a bend that would not be seen may move the net; it is not in the interval.
    """

    kind: Literal["none", "tilt", "bowl"] | None
    why: str = ""
    origin_x: float | None = None
    origin_y: float | None = None
    level_m: float | None = None
    east: float | None = None
    north: float | None = None
    east_east: float = 0.0
    east_north: float = 0.0
    north_north: float = 0.0
    lowest_m: float | None = None
    highest_m: float | None = None
    removed: bool = False
    change_m3: VolumeChange | None = None
    sigma_m3: VolumeChange | None = None
    unseen_m3: float | None = None

    @property
    def per_100_m(self) -> float | None:
        """How steep it is at the origin, m of height per 100 m."""
        return None if self.east is None or self.north is None else 100 * math.hypot(self.east, self.north)

    @property
    def bearing_deg(self) -> float | None:
        """Which way it rises there: clockwise from the project's north, 0 ... 360."""
        if self.east is None or self.north is None:
            return None
        return math.degrees(math.atan2(self.east, self.north)) % 360

    @classmethod
    def from_record(cls, data: dict[str, Any]) -> SurveyTilt:
        """The tilt that `asdict` took apart."""
        volumes = {k: VolumeChange(**data[k]) for k in ("change_m3", "sigma_m3") if data.get(k) is not None}
        return cls(**{**data, **volumes})


@dataclass(frozen=True)
class PlanUsed:
    """The stored estimate that progress is held against. `basis` tells which survey its figure refers to."""

    reference: str
    terrain: str
    volume_m3: float
    computed_at: str
    basis: Literal["before", "after", "other"]


@dataclass(frozen=True)
class SurveyComparison:
    """Two surveys of a site. Field names and units are the contract of ``progress --json``.

    `placed_m3` and `removed_m3` are sums over all cells, so that their difference is `net_m3`; what of them lies
    within the level of detection stands apart in `below_detection_m3`. `offset_m` (after minus before on stable
    ground) is taken out of the heights only where `offset_removed` says so. Where `shift.removed` or `tilt.removed`, it
    and `nmad_m` are those of the later survey with that taken off.
    """

    placed_m3: float
    removed_m3: float
    net_m3: float
    offset_m: float | None
    nmad_m: float | None
    covered_share: float
    interval95: VolumeInterval95
    warnings: tuple[Notice, ...]
    # Provenance and what else belongs beside the figures.
    site: str = ""
    site_uid: str = ""
    before: SurveyUsed | None = None
    after: SurveyUsed | None = None
    offset_removed: bool = False
    offset_sigma_m: float | None = None
    """Standard deviation of `offset_m` itself, m."""
    shift: SidewaysShift | None = None
    tilt: SurveyTilt | None = None
    stable_cells: int = 0
    stable_share: float | None = None
    """Share of the places around the site, outside all sites, that count as stable: in both surveys, not too steep."""
    stable_within_m: float | None = None
    """How far from the outline stable ground was looked for, m."""
    max_slope_deg: float = MAX_SLOPE_DEG
    level_of_detection_m: float | None = None
    detection_basis: Literal["nmad", "stated"] | None = None
    below_detection_m3: BelowDetection | None = None
    footprint_m2: float = 0.0
    raised_m2: float = 0.0
    lowered_m2: float = 0.0
    highest_rise_m: float = 0.0
    deepest_drop_m: float = 0.0
    scale_factor: float = 1.0
    outline_sha256: str = ""
    plan: PlanUsed | None = None
    share_of_plan: float | None = None
    remaining_m3: float | None = None
    program_version: str = ""
    computed_at: str = ""

    @property
    def offset_taken_m(self) -> float:
        """What was taken off the heights of the later survey, m."""
        return self.offset_m if self.offset_removed and self.offset_m is not None else 0.0

    @property
    def shift_taken_m(self) -> tuple[float, float]:
        """(east, north) of the sideways shift that was taken off the later survey, m."""
        s = self.shift
        return (0.0, 0.0) if s is None or not s.removed else (s.east_m or 0.0, s.north_m or 0.0)

    @property
    def tilt_taken(self) -> SurveyTilt | None:
        """The tilt that was taken off the later survey."""
        return self.tilt if self.tilt is not None and self.tilt.removed else None

    def to_json(self, translate: Translate = _same) -> dict[str, Any]:
        """The contract's dictionary; warnings as sentences in the language of `translate`."""
        return {**asdict(self), "warnings": [w.render(translate) for w in self.warnings]}

    def to_record(self) -> dict[str, Any]:
        """The dictionary to keep: as `to_json`, with warnings as notices."""
        return {**asdict(self), "warnings": [w.to_json() for w in self.warnings]}

    @classmethod
    def from_record(cls, data: dict[str, Any]) -> SurveyComparison:
        """The comparison that `to_record` wrote."""
        parts = {
            "interval95": VolumeInterval95,
            "below_detection_m3": BelowDetection,
            "plan": PlanUsed,
        }
        if data.get("shift") is not None:
            data = {**data, "shift": SidewaysShift.from_record(data["shift"])}
        if data.get("tilt") is not None:
            data = {**data, "tilt": SurveyTilt.from_record(data["tilt"])}
        surveys = {k: SurveyUsed.from_record(data[k]) for k in ("before", "after") if data.get(k) is not None}
        data = {**data, **surveys}
        plain = {k: parts[k](**v) if k in parts and v is not None else v for k, v in data.items()}
        return cls(**{**plain, "warnings": tuple(Notice.from_json(w) for w in data["warnings"])})
