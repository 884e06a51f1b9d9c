"""From the files of a cloud to a terrain file: points sorted, ground chosen, cells filled, checked, written, told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from gis.arrays import Array
from gis.clouds.buckets import Buckets
from gis.clouds.grid import BLOCK, CloudGrid, Hole
from gis.clouds.read import Sorted, Source, sort_points
from gis.clouds.surface import make_surface
from gis.leftovers import new_folder, remove
from gis.points.geotiff import GridPlan, Written, nice_cell, plan_grid, write_grid
from gis.points.validate import CrossValidation
from models.errors import Refused, Unwritable
from models.notices import N_, Notice, Translate, _same
from models.progress import Watch

GROUND = 2
_PER_CELL = 2.0
_SAMPLED = 16
_GROUND_SHARE = 0.5
_FILTER_M = 1.0
_BRIDGE_M = 20.0
_FEW_GROUND = 0.01
_WIDE_NOTED = 0.05
BY_CLASS = N_("mean of the cloud's points of class {classes} per cell, gaps by triangles")
BY_LOWEST = N_("mean of the cloud's lowest points per cell (morphological filter), gaps by triangles")


@dataclass(frozen=True)
class CloudGround:
    """What was made of a cloud. Lengths in m; `density`: ground points per 100 m² of ground.

    `wide`: share of the ground in gaps that were spanned; `closed_m2`: area without height inside the ground.
    """

    sources: tuple[Source, ...]
    seen: int
    dropped: dict[str, int]
    classes: dict[int, int]
    used: int
    chosen: tuple[int, ...] | None
    """The classes taken as ground; None: the lowest points."""
    cell: float
    max_edge: float
    plan: GridPlan
    area_m2: float
    density: float
    wide: float
    closed_m2: float
    holes: tuple[Hole, ...]
    validation: CrossValidation
    notices: tuple[Notice, ...] = ()

    @property
    def method(self) -> Notice:
        """How the ground came about, for people."""
        if self.chosen is None:
            return Notice("cloud.by_lowest", BY_LOWEST)
        return Notice("cloud.by_class", BY_CLASS, classes=", ".join(map(str, self.chosen)))

    def to_json(self, translate: Translate = _same) -> dict[str, Any]:
        """A plain dictionary, sentences in the language of `translate`."""
        return {
            "files": [
                {"file": str(s.head.path), "version": s.head.version, "point_format": s.head.point_format,
                 "points": s.head.points, "crs_basis": s.basis}
                for s in self.sources
            ],
            "points_read": self.seen,
            "dropped": self.dropped,
            "classes": {str(k): n for k, n in sorted(self.classes.items())},
            "ground_classes": list(self.chosen) if self.chosen is not None else None,
            "points": self.used,
            "method": self.method.render(translate),
            "cell_m": self.cell,
            "max_edge_m": self.max_edge,
            "width": self.plan.width,
            "height": self.plan.height,
            "area_m2": self.area_m2,
            "points_per_100_m2": self.density,
            "gap_share": self.wide,
            "missing_inside_m2": self.closed_m2,
            "holes": [{"area_m2": h.area_m2, "x": h.x, "y": h.y} for h in self.holes],
            "cross_validation": self.validation.to_json(),
            "warnings": [n.render(translate) for n in self.notices],
        }  # fmt: skip


def make_cloud_ground(
    sources: Sequence[Source],
    out: Path,
    *,
    target_crs: str,
    cell: float | None = None,
    max_edge: float | None = None,
    classes: Sequence[int] = (),
    lowest: bool = False,
    tags: dict[str, str] | None = None,
    watch: Watch | None = None,
) -> CloudGround:
    """Write the ground of `sources` to `out` in `target_crs`. Raises Refused, Unreadable, Unwritable, Cancelled.

    Ground: the `classes` named; else class 2 where there is one; else, or with `lowest`, the lowest points
    (gis.clouds.lowest). Cells, where not stated: so that two ground points or more fall into one on average.
    `max_edge`: longest edge of a triangle over a gap, by default 20 m, at least 10 and at most 100 cells.
    """
    watch = watch or Watch()
    for value in (cell, max_edge):
        if value is not None and not (np.isfinite(value) and value > 0):
            raise Refused("points.bad_length", N_("a length in metres is wanted, not {value}"), value=value)
    try:
        folder = new_folder(out.name, out.parent)
    except OSError as cause:
        raise Unwritable(
            "export.unwritable",
            N_("the file cannot be written"),
            where=str(out),
            advice=N_("check the permissions of the folder, free space, and whether another program holds the file"),
        ) from cause
    try:
        found = sort_points(sources, folder, target_crs, watch.part(0.0, 0.4))
        chosen = None if lowest else _chosen(found, classes)
        density = _density(found.buckets, chosen)
        size = cell if cell is not None else _cell_for(density)
        where = str(sources[0].head.path)
        plan = plan_grid(_extent(found.buckets, size), size, stated=cell is not None, where=where)
        surface = None
        if chosen is None:
            coarse = max(_FILTER_M, nice_cell(2 / np.sqrt(density / _GROUND_SHARE)))
            surface = make_surface(found.buckets, folder / "ground.f4", coarse, watch.part(0.4, 0.6))
        edge = max_edge if max_edge is not None else float(np.clip(_BRIDGE_M, 10 * plan.cell, 100 * plan.cell))
        grid = CloudGrid(found.buckets, plan, edge, frozenset(chosen) if chosen is not None else None, surface)
        checked = grid.check(watch.part(0.6, 0.7))

        def facts(written: Written) -> dict[str, str]:
            return (tags or {}) | _tags(sources, grid, plan, checked, written)

        written = write_grid(grid, plan, target_crs, out, facts, watch.part(0.7, 1.0), tile=BLOCK, support=grid.support)
        closed, holes = grid.holes()
    finally:
        remove(folder)
    area = written.ground * plan.cell**2
    made = CloudGround(
        tuple(sources), found.seen, found.dropped, found.buckets.classes, grid.used,
        tuple(sorted(chosen)) if chosen is not None else None, plan.cell, edge, plan, area,
        100 * grid.used / area if area else float("nan"), written.wide / max(written.ground, 1), closed, tuple(holes),
        checked,
    )  # fmt: skip
    return replace(made, notices=tuple(_notices(made, size)))


def _chosen(found: Sorted, classes: Sequence[int]) -> tuple[int, ...] | None:
    """The classes that are ground, None for the lowest points. Raises Refused where files differ or have none."""
    where = found.by_file[0][0]
    there = {k for k, n in found.buckets.classes.items() if n}
    if classes:
        wanted = tuple(sorted(set(classes)))
        if not there & set(wanted):
            raise Refused(
                "cloud.no_class",
                N_("the cloud has no point of class {classes}; it has {there}"),
                where=where,
                advice=N_("name other classes with --class, or take the lowest points with --lowest"),
                classes=", ".join(map(str, wanted)),
                there=", ".join(f"{k} ({found.buckets.classes[k]})" for k in sorted(there)),
            )
        return wanted
    if GROUND not in there:
        return None
    without = [name for name, by_class in found.by_file if not by_class.get(GROUND)]
    if without:
        raise Refused(
            "cloud.mixed",
            N_("some files have ground points (class 2) and others none: {names}"),
            where=without[0],
            advice=N_("classify them alike first, or take the lowest points of all with --lowest"),
            names=", ".join(without[:5]) + (" …" if len(without) > 5 else ""),
        )
    return (GROUND,)


def _extent(buckets: Buckets, cell: float) -> tuple[float, float, float, float]:
    """The box of the points; a hair more in the east and south, where a point on a cell's edge is the next cell's."""
    hair = 1e-6 * cell
    return buckets.low[0], buckets.low[1] - hair, buckets.high[0] + hair, buckets.high[1]


def _cell_for(density: float) -> float:
    """The smallest of 1, 2, 5 × 10ⁿ m that holds about `_PER_CELL` points or more, of so many per m²."""
    wanted = 0.95 * float(np.sqrt(_PER_CELL / density))
    below = nice_cell(wanted)
    return below if below >= wanted else nice_cell(2.5 * below * 1.0001)


def _density(buckets: Buckets, classes: tuple[int, ...] | None) -> float:
    """Ground points per m² where there are any, by up to sixteen buckets; half of all points for lowest ones."""
    full = max(buckets.count.values()) // 10
    keys = sorted(k for k, n in buckets.count.items() if n >= full)  # slivers at the edge say little
    count, area = 0, 0.0
    for key in keys[:: -(-len(keys) // _SAMPLED)]:
        xyz, own = next(buckets.read(key))
        if classes is not None:
            xyz = xyz[np.isin(own, classes)]
        if len(xyz):
            count += len(xyz)
            area += _occupied(xyz[:, :2], buckets.side)
    share = 1.0 if classes is not None else _GROUND_SHARE
    return share * (count / area if area else buckets.points / (len(keys) * buckets.side**2))


def _occupied(xy: Array, side: float) -> float:
    """Area (m²) about the points: cells that would hold sixteen points each, as many as there are."""
    area = side**2
    for _ in range(3):
        step = 4 * float(np.sqrt(area / len(xy)))
        place = np.floor(xy / step).astype(np.int64)
        area = min(len(np.unique(place[:, 0] * (1 << 32) + place[:, 1])) * step**2, side**2)
    return area


def _tags(
    sources: Sequence[Source], grid: CloudGrid, plan: GridPlan, checked: CrossValidation, written: Written
) -> dict[str, str]:
    density = 100 * grid.used / (max(written.ground, 1) * plan.cell**2)
    errors = f"n={checked.count} bias={checked.bias_m:.4f} rmse={checked.rmse_m:.4f} nmad={checked.nmad_m:.4f}"
    return {
        "HUITIAN_METHOD": "cloud",
        "HUITIAN_SOURCE": names_of(sources),
        "HUITIAN_POINTS": str(grid.used),
        "HUITIAN_DENSITY_PER_100_M2": f"{density:.4g}",
        "HUITIAN_MAX_EDGE_M": f"{grid.max_edge:.4g}",
        "HUITIAN_CROSS_VALIDATION": errors,
    }


def names_of(sources: Sequence[Source], most: int = 3) -> str:
    """Names of the files, shortened."""
    names = [s.head.path.name for s in sources]
    return ", ".join(names[:most]) + (f" … ({len(names)})" if len(names) > most else "")


def _notices(made: CloudGround, wanted_cell: float) -> list[Notice]:
    told: list[Notice] = []
    if made.chosen is None:
        text = N_("no ground class was used: ground are the lowest points (windows up to {window:g} m); this is no "
                  "surveyor's classification, check it where trees, roofs or steep heaps stand")  # fmt: skip
        told.append(Notice("cloud.lowest", text, window=33.0))
    elif sum(made.classes.get(k, 0) for k in made.chosen) < _FEW_GROUND * sum(made.classes.values()):
        text = N_("only {share:.1f} % of the points are classed as ground")
        share = 100 * sum(made.classes.get(k, 0) for k in made.chosen) / sum(made.classes.values())
        told.append(Notice("cloud.few_ground", text, share=share))
    if made.cell > wanted_cell * 1.0001:
        told.append(Notice("points.cell", N_("cells of {cell:g} m: as fine as 25 million cells allow"), cell=made.cell))
    if made.wide > _WIDE_NOTED:
        text = N_("{share:.1f} % of the ground lies in gaps without points, spanned by edges of up to {edge:.1f} m: "
                  "not measured")  # fmt: skip
        told.append(Notice("cloud.wide", text, share=100 * made.wide, edge=made.max_edge))
    if made.holes:
        text = N_("{area:.0f} m² inside the ground have no height; the largest gap, {largest:.0f} m², is at "
                  "{x:.0f}, {y:.0f}")  # fmt: skip
        first = made.holes[0]
        told.append(Notice("cloud.holes", text, area=made.closed_m2, largest=first.area_m2, x=first.x, y=first.y))
    impossible = made.dropped.get("impossible", 0)
    if impossible:
        text = N_("{count} points at heights where no ground is, or without a place, were left out")
        told.append(Notice("cloud.impossible", text, count=impossible))
    told += made.validation.remarks
    return told
