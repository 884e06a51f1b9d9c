"""What was made of points or triangles, and what its file says of it: the record that all ways to a ground share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from gis.points.base import Tally
from gis.points.geotiff import GridPlan, Written
from gis.points.read import GroundPoints
from gis.points.tin import Sizes
from gis.points.validate import CrossValidation
from models.errors import Refused
from models.notices import N_, Notice, Translate, _same

METHOD = N_("Delaunay TIN, linear")
REACH = 3.0
"""Edges of more than so many times the usual reach of triangles span a gap."""
WIDE_NOTED = 0.001
"""Share of the ground in gaps from which on it is told."""


@dataclass(frozen=True)
class Ground:
    """What was made of the points, lengths in metres, `density` in points per 100 m² of ground.

    `covered`: share of the points' convex hull that became ground; `flat`: share of the ground on level triangles;
    `wide`: share of it inside gaps between points, on edges over `max_edge`.
    """

    points: GroundPoints
    used: int
    outliers: Tally
    sizes: Sizes
    max_edge: float
    cell: float
    plan: GridPlan
    step_m: float | None
    area_m2: float
    density: float
    covered: float
    flat: float
    wide: float
    validation: CrossValidation
    swapped: int = 0
    """Edges of level triangles between points of one line that were swapped."""
    corner_lines: int = 0
    """Lines that were drawn down the corners of walls."""
    open_corners: tuple[tuple[float, float], ...] = ()
    """Corners of lines at which walls may be cut off: east, north."""
    method: str = METHOD
    """How heights came about between the points (a gettext msgid)."""
    triangles: int | None = None
    """Of a surface that the file gives as triangles: how many."""
    notes: tuple[Notice, ...] = ()
    """How cell, edges and lines were chosen."""
    notices: tuple[Notice, ...] = ()
    """What the reader must know of the result."""

    def to_json(self, translate: Translate = _same) -> dict[str, Any]:
        """A plain dictionary, sentences in the language of `translate`."""
        p = self.points
        return {
            "file": str(p.path),
            "sha256": p.sha256,
            "kind": p.kind,
            "encoding": p.encoding,
            "sublayer": p.sublayer,
            "rows_read": p.rows_read,
            "points": self.used,
            "triangles": self.triangles,
            "method": translate(self.method),
            "skipped": [t.to_json(translate) for t in p.skips],
            "outliers": self.outliers.to_json(translate),
            "columns": p.columns_said.render(translate),
            "order": p.order,
            "order_said": p.order_said.render(translate),
            "crs": p.crs,
            "crs_basis": p.crs_basis,
            "cell_m": self.cell,
            "max_edge_m": self.max_edge,
            "breaklines": p.breaklines.to_json(translate) if p.breaklines is not None else None,
            "breakline_step_m": self.step_m,
            "swapped_edges": self.swapped,
            "corner_lines": self.corner_lines,
            "open_corners": [list(p) for p in self.open_corners],
            "width": self.plan.width,
            "height": self.plan.height,
            "area_m2": self.area_m2,
            "points_per_100_m2": self.density,
            "covered_share": self.covered,
            "flat_share": self.flat,
            "gap_share": self.wide,
            "cross_validation": self.validation.to_json(),
            "notes": [n.render(translate) for n in self.notes],
            "warnings": [n.render(translate) for n in (*p.warnings, *self.notices)],
        }


def said_of(
    points: GroundPoints, method: str, edge: float, cell: float, checked: CrossValidation, written: Written
) -> dict[str, str]:
    """What the file itself says of how it was made."""
    density = 100 * len(points.z) / (max(written.ground, 1) * cell**2)
    errors = f"n={checked.count} bias={checked.bias_m:.4f} rmse={checked.rmse_m:.4f} nmad={checked.nmad_m:.4f}"
    lines = points.breaklines
    of_lines = {"HUITIAN_BREAKLINES": lines.path.name, "HUITIAN_BREAKLINES_SHA256": lines.sha256} if lines else {}
    return of_lines | {
        "HUITIAN_METHOD": method,
        "HUITIAN_SOURCE": points.path.name,
        "HUITIAN_SOURCE_SHA256": points.sha256,
        "HUITIAN_POINTS": str(len(points.z)),
        "HUITIAN_DENSITY_PER_100_M2": f"{density:.4g}",
        "HUITIAN_MAX_EDGE_M": f"{edge:.4g}",
        "HUITIAN_CROSS_VALIDATION": errors,
    }


def check_lengths(cell: float | None, max_edge: float | None) -> None:
    """Raise Refused for what is no length."""
    for value in (cell, max_edge):
        if value is not None and not (np.isfinite(value) and value > 0):
            raise Refused("points.bad_length", N_("a length in metres is wanted, not {value}"), value=value)


def hull_area(xy: Any) -> float:
    """Area of the convex hull of points (n, 2)."""
    import shapely

    return float(shapely.convex_hull(shapely.multipoints(xy)).area)


def summarised(
    points: GroundPoints, outliers: Tally, sizes: Sizes, edge: float, plan: GridPlan, step: float | None,
    written: Written, hull: float, checked: CrossValidation,
) -> Ground:  # fmt: skip
    """The record of a ground that was written; `hull`: area (m²) between the outermost points."""
    area = written.ground * plan.cell**2
    density = 100 * len(points.z) / area if area else float("nan")
    flat = written.flat / written.ground if written.ground else 0.0
    return Ground(
        points, len(points.z), outliers, sizes, edge, plan.cell, plan, step, area, density,
        min(area / hull, 1.0) if hull > 0 else 1.0, flat, written.wide / max(written.ground, 1), checked,
    )  # fmt: skip
