"""What a measurement says, off the window's thread where it needs heights, and as words and as a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from app import format as fmt
from app.gui.canvas.heights import same_crs, transformer
from app.i18n import _
from gis.measure import LineMeasure, measure_line, on_ellipsoid, plan_area, plan_length
from models.errors import AppError
from models.units import M2_PER_MU

if TYPE_CHECKING:
    from app.gui.canvas.slots import Stopped
    from app.gui.canvas.snapping import Point
    from app.gui.canvas.wishes import TerrainDraw
    from gis.arrays import Array


@dataclass(frozen=True)
class MeasureWish:
    """Places that were clicked, and the terrains to take heights from (the topmost last)."""

    places: tuple[Point, ...]
    draws: tuple[TerrainDraw, ...]
    crs: str


@dataclass(frozen=True)
class Measured:
    """An answer: of the line through the places, on the ellipsoid, and which terrains had heights."""

    places: tuple[Point, ...]
    line: LineMeasure
    ellipsoid_m: float
    ellipsoid_m2: float | None
    terrains: tuple[str, ...]


def measure(wish: MeasureWish, stopped: Stopped) -> Measured | None:
    """Heights from the topmost terrain that has one at a place; a file that cannot be read has none."""
    from gis.raster import Dem

    used: list[str] = []

    def sample(x: Array, y: Array) -> Array:
        z = np.full(np.shape(x), np.nan)
        for draw in reversed(wish.draws):
            missing = np.isnan(z)
            if stopped() or not missing.any():
                break
            px, py = x[missing], y[missing]
            if not same_crs(draw.terrain.crs, wish.crs):
                px, py = transformer(wish.crs, draw.terrain.crs).transform(px, py)
            try:
                with Dem(draw.path, draw.terrain) as dem:
                    z[missing] = dem.sample(px, py)
            except AppError:
                continue
            if np.isfinite(z[missing]).any() and draw.terrain.name not in used:
                used.append(draw.terrain.name)
        return z

    spacing = min((d.terrain.cell_m for d in wish.draws), default=1.0)
    line = measure_line(wish.places, sample, spacing)
    return None if stopped() else Measured(wish.places, line, *on_ellipsoid(wish.places, wish.crs), tuple(used))


Row = tuple[str, str, str]
"""Name, value, unit."""


def plan_rows(places: list[Point]) -> list[Row]:
    """What is known without heights: distance, and area for three places or more."""
    rows = [(_("Distance in plan"), fmt.number(plan_length(places), 2), "m")]
    if len(places) > 2:
        area = plan_area(places)
        around = plan_length([*places, places[0]])
        crossed = _("the outline crosses itself")
        said = crossed if area is None else f"{fmt.number(area, 1)} m² = {fmt.number(area / M2_PER_MU, 2)} {_('mu')}"
        rows.append((_("Area"), said, ""))
        rows.append((_("Perimeter"), fmt.number(around, 2), "m"))
    return rows


def ground_rows(found: Measured) -> list[Row]:
    """What the terrain says."""
    m = found.line
    rows: list[Row] = []
    if m.ground_m is not None:
        gap = "" if m.covered > 1 - 1e-6 else _(" ({share} with terrain)").format(share=fmt.percent(m.covered, 0))
        rows += [
            (_("Distance along the ground"), fmt.number(m.ground_m, 2) + gap, "m"),
            (_("From and to elevation"), f"{fmt.elevation(m.heights_m[0])} → {fmt.elevation(m.heights_m[-1])}", "m"),
            (_("Height difference"), fmt.difference(m.difference_m), "m"),
            (_("Up and down"), f"+{fmt.number(m.rise_m, 2)} / {fmt.MINUS}{fmt.number(m.fall_m, 2)}", "m"),
            (_("Slope from end to end"), slope_words(m.slope), ""),
            (_("Steepest"), slope_words(m.steepest), ""),
        ]
    rows.append((_("Distance on the ellipsoid"), fmt.number(found.ellipsoid_m, 2), "m"))
    if found.ellipsoid_m2 is not None:
        rows.append((_("Area on the ellipsoid"), fmt.number(found.ellipsoid_m2, 1), "m²"))
    return rows


def slope_words(slope: float | None) -> str:
    """A slope in per cent and as 1:n (height : distance)."""
    if slope is None or abs(slope) < 5e-5:
        return fmt.NO_VALUE if slope is None else "0 %"
    return f"{fmt.number(slope * 100, 1)} %  1:{fmt.significant(1 / abs(slope), 3)}"


def as_table(places: list[Point], found: Measured | None) -> str:
    """All of it for a spreadsheet: plain numbers in metres, then the places."""
    lines = [(_("Distance in plan"), f"{plan_length(places):.3f}", "m")]
    area = plan_area(places)
    if area is not None:
        lines += [(_("Area"), f"{area:.2f}", "m²"),
                  (_("Perimeter"), f"{plan_length([*places, places[0]]):.3f}", "m")]  # fmt: skip
    heights: tuple[float | None, ...] = (None,) * len(places)
    if found is not None:
        m, heights = found.line, found.line.heights_m
        for name, value, unit in (
            (_("Distance along the ground"), m.ground_m, "m"),
            (_("Height difference"), m.difference_m, "m"),
            (_("Up"), m.rise_m, "m"),
            (_("Down"), m.fall_m, "m"),
            (_("Slope from end to end"), None if m.slope is None else m.slope * 100, "%"),
            (_("Steepest"), None if m.steepest is None else m.steepest * 100, "%"),
            (_("Distance on the ellipsoid"), found.ellipsoid_m, "m"),
            (_("Area on the ellipsoid"), found.ellipsoid_m2, "m²"),
        ):
            if value is not None:
                lines.append((name, f"{value:.3f}", unit))
        lines.append((_("Terrain"), _(", ").join(found.terrains), ""))
    lines.append(("", "", ""))
    out = ["\t".join(line) for line in lines]
    out.append("\t".join((_("Place"), "X (m)", "Y (m)", _("Elevation (m)"))))
    for n, ((x, y), z) in enumerate(zip(places, heights, strict=True), start=1):
        out.append("\t".join((str(n), f"{y:.3f}", f"{x:.3f}", "" if z is None else f"{z:.3f}")))
    return "\n".join(out) + "\n"
