"""The customary ways to measure earthwork by hand (方格网法, 断面法): what they find, as frozen records.

Working height (施工高度) = design − ground: + is fill, − is cut, the custom of site levelling in China (建筑施工手册,
场地平整; GB/T 50103-2010 draws it so). Volumes m³ and areas m² are of the ground, the scale factor taken out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from shapely.geometry.base import BaseGeometry

from models.notices import N_, Notice, Translate, _same

CUSTOMARY_SIDES_M = (1, 2, 5, 10, 20, 25, 40, 50, 100, 200, 250, 400, 500, 1000, 2000, 5000)
"""Sides of squares in use: 10 to 40 m in site levelling, most often 20 m; finer on small sites, wider on large."""

AGREE_SHARE, AGREE_M = 0.02, 0.001
"""Two methods that are further apart than both do not agree."""

METHOD_WORDS = {"tin": N_("TIN"), "grid": N_("grid method"), "sections": N_("section method")}
"""Names of the independent methods by their key."""

Four = tuple[float | None, float | None, float | None, float | None]


def volume_decimals(*volumes_m3: float) -> int:
    """Decimals of printed volumes: tenths of a m³, whole m³ from a million on."""
    return 1 if max((abs(v) for v in volumes_m3), default=0.0) < 1e6 else 0


def printed(values: Iterable[float], decimals: int) -> list[float]:
    """Figures as they are printed. Totals are added from these (`total`), so that a table adds up."""
    return [round(float(v), decimals) + 0.0 for v in values]


def total(values: Iterable[float], decimals: int) -> float:
    """The sum of figures as they are printed, exact to their last digit."""
    scale = 10.0**decimals
    return sum(round(v * scale) for v in printed(values, decimals)) / scale


def agree(own_m3: float, other_m3: float, area_m2: float) -> bool:
    """True for two volumes within 2 %, or within a millimetre over the site (volumes.md section 6)."""
    return abs(other_m3 - own_m3) <= max(AGREE_SHARE * own_m3, AGREE_M * area_m2)


@dataclass(frozen=True)
class GridSquare:
    """A square of the grid, or what the outline leaves of it.

    `row` counts from the north, `column` from the west; `x_m`, `y_m` is the south-west corner in the project CRS.
    `ground_m`, `design_m` at the four corners north-west, north-east, south-east, south-west; None where a corner lies
    outside the outline (there is no design there).
    """

    number: int
    row: int
    column: int
    x_m: float
    y_m: float
    whole: bool
    ground_m: Four
    design_m: Four
    area_m2: float
    fill_area_m2: float
    cut_area_m2: float
    fill_m3: float
    cut_m3: float

    @property
    def working_m(self) -> Four:
        """Design minus ground at the four corners: + fill, − cut."""
        a, b, c, d = (
            None if g is None or r is None else r - g for g, r in zip(self.ground_m, self.design_m, strict=True)
        )
        return a, b, c, d


@dataclass(frozen=True)
class GridMethod:
    """A site by the four-point grid method (方格网法). `mean_*` elevations are weighted by area, m."""

    side_m: float
    rows: int
    columns: int
    squares: tuple[GridSquare, ...]
    fill_m3: float
    cut_m3: float
    area_m2: float
    fill_area_m2: float
    cut_area_m2: float
    mean_ground_m: float
    mean_design_m: float
    zero_line: BaseGeometry
    """Where nothing is filled or cut (零线): lines in the project CRS."""
    fill_shape: BaseGeometry
    cut_shape: BaseGeometry
    notices: tuple[Notice, ...] = ()

    @property
    def decimals(self) -> int:
        """Decimals of printed volumes and areas."""
        return volume_decimals(self.fill_m3, self.cut_m3)

    @property
    def printed_m3(self) -> tuple[float, float]:
        """(fill, cut) as tables and drawings total them: sums of the squares' printed volumes."""
        places = self.decimals
        return total((s.fill_m3 for s in self.squares), places), total((s.cut_m3 for s in self.squares), places)


@dataclass(frozen=True)
class EndArea:
    """A cross-section (断面) at `station_m` along the axis: areas between ground and design, m²."""

    number: int
    station_m: float
    fill_m2: float
    cut_m2: float


@dataclass(frozen=True)
class EndAreaMethod:
    """A site by average end areas (断面法) across `axis`, ((x, y), (x, y)) in the project CRS."""

    spacing_m: float
    axis: tuple[tuple[float, float], tuple[float, float]]
    sections: tuple[EndArea, ...]

    @property
    def intervals(self) -> tuple[tuple[float, float, float], ...]:
        """(length m, fill m³, cut m³) between each section and the next: mean of the two areas times the length."""
        return tuple(
            (
                b.station_m - a.station_m,
                (a.fill_m2 + b.fill_m2) / 2 * (b.station_m - a.station_m),
                (a.cut_m2 + b.cut_m2) / 2 * (b.station_m - a.station_m),
            )
            for a, b in zip(self.sections, self.sections[1:], strict=False)
        )

    @property
    def decimals(self) -> int:
        """Decimals of printed volumes."""
        return volume_decimals(self.fill_m3, self.cut_m3)

    @property
    def printed_m3(self) -> tuple[float, float]:
        """(fill, cut) as the table totals them: sums of the printed volumes between sections."""
        places = self.decimals
        return total((i[1] for i in self.intervals), places), total((i[2] for i in self.intervals), places)

    @property
    def fill_m3(self) -> float:
        """All fill."""
        return sum(i[1] for i in self.intervals)

    @property
    def cut_m3(self) -> float:
        """All cut."""
        return sum(i[2] for i in self.intervals)


@dataclass(frozen=True)
class Convention:
    """The same volume by a rule that others use.

    `key` is stable; `rule` names it, `reason` says in one sentence who computes so and why the figure differs.
    """

    key: str
    rule: Notice
    fill_m3: float
    difference_m3: float
    difference_percent: float | None
    reason: Notice


@dataclass(frozen=True)
class WhyReport:
    """A site's volume beside what other conventions make of it."""

    site: str
    terrain: str
    reference: str
    fill_m3: float
    """By this program's definition (fill of a pit, heap of a stockpile), m³."""
    rows: tuple[Convention, ...]
    notices: tuple[Notice, ...] = field(default=())
    over: str = ""
    """Key of what is laid over an edited rim; "" for other surfaces."""

    def to_json(self, translate: Translate = _same) -> dict[str, Any]:
        """The document that ``why --json`` prints."""
        return {
            "site": self.site,
            "terrain": self.terrain,
            "reference": self.reference,
            "over": self.over or None,
            "fill_m3": self.fill_m3,
            "conventions": [
                {
                    "key": r.key,
                    "rule": r.rule.render(translate),
                    "fill_m3": r.fill_m3,
                    "difference_m3": r.difference_m3,
                    "difference_percent": r.difference_percent,
                    "reason": r.reason.render(translate),
                }
                for r in self.rows
            ],
            "warnings": [n.render(translate) for n in self.notices],
        }


@dataclass(frozen=True)
class Earthwork:
    """A site measured by the customary methods, beside its volume by this program's definition (cell sums)."""

    site: str
    fills: bool
    terrain: str
    reference: str
    fill_m3: float
    cut_m3: float
    grid: GridMethod
    sections: EndAreaMethod
    computed_at: str = ""

    def difference_percent(self, fill: float, cut: float) -> float | None:
        """Of a method's volume that matters (fill of a pit, cut of a heap) to the cell sums, %."""
        own, other = (self.fill_m3, fill) if self.fills else (self.cut_m3, cut)
        return 100 * (other / own - 1) if own > 0 else None

    def disagreement_percent(self, fill: float, cut: float) -> float | None:
        """The same where it is above 2 % and above a millimetre over the site (volumes.md section 6), else None."""
        percent = self.difference_percent(fill, cut)
        own, other = (self.fill_m3, fill) if self.fills else (self.cut_m3, cut)
        return percent if percent is not None and not agree(own, other, self.grid.area_m2) else None

    def to_json(self) -> dict[str, Any]:
        """Totals, squares and sections as plain values; the document that ``earthwork --json`` prints."""
        g, s = self.grid, self.sections
        return {
            "site": self.site,
            "terrain": self.terrain,
            "reference": self.reference,
            "fill_m3": self.fill_m3,
            "cut_m3": self.cut_m3,
            "grid": {
                "side_m": g.side_m,
                "fill_m3": g.fill_m3,
                "cut_m3": g.cut_m3,
                "difference_percent": self.difference_percent(g.fill_m3, g.cut_m3),
                "area_m2": g.area_m2,
                "fill_area_m2": g.fill_area_m2,
                "cut_area_m2": g.cut_area_m2,
                "mean_ground_m": g.mean_ground_m,
                "mean_design_m": g.mean_design_m,
                "squares": [{**asdict(q), "working_m": q.working_m} for q in g.squares],
            },
            "sections": {
                "spacing_m": s.spacing_m,
                "axis": s.axis,
                "fill_m3": s.fill_m3,
                "cut_m3": s.cut_m3,
                "difference_percent": self.difference_percent(s.fill_m3, s.cut_m3),
                "rows": [asdict(r) for r in s.sections],
            },
        }
