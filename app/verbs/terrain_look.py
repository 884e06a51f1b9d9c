"""What files are before a terrain is made of them: kind, coordinates, extent, points, columns. Nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import pyproj
import shapely
from pyproj import Transformer

from app.project import Project
from app.verbs.extent import extent, far_box, far_terrain
from app.verbs.terrain_cloud import SUFFIXES as CLOUDS
from app.verbs.terrain_points import line_summary
from gis.clouds.header import is_cloud
from gis.clouds.peek import sample_classes
from gis.clouds.read import Source, understand
from gis.crs_guess import Bounds
from gis.dem.footprint import footprint
from gis.dem.inspection import inspect_with_facts
from gis.dem.mosaic import SUFFIXES as RASTERS
from gis.dem.mosaic import inspect_tiles
from gis.dem.opening import TIFF_MAGIC
from gis.files import files_of
from gis.formats.crs_choice import name_of
from gis.points import read_joined, table_head
from models.errors import AppError, Cancelled, Missing, Refused
from models.notices import N_, Notice
from models.progress import Watch
from models.terrain import Terrain

Kind = Literal["raster", "tiles", "points", "lines", "surface", "cloud"]


@dataclass(frozen=True)
class Look:
    """What was recognised. Lengths in m, `extent` in the project's CRS, `density` in points per 100 m².

    `refused`: why no terrain can be made of the files as they are read now; the rest is what is known all the same.
    `classes`: points by class in a sample of a cloud; `lines`: breaklines or contours; `skipped`: rows left out.
    """

    kind: Kind
    files: tuple[Path, ...]
    size_bytes: int
    refused: AppError | None = None
    crs: str = ""
    crs_basis: str = ""
    vertical_datum: str | None = None
    extent: Bounds | None = None
    grid: tuple[int, int, float] | None = None
    """Columns, rows, cell (m) of a raster."""
    heights: tuple[float, float] | None = None
    points: int | None = None
    lines: int = 0
    triangles: int | None = None
    """Of a surface that the file gives as triangles."""
    breaklines: tuple[Notice, ...] = ()
    """What the file of breaklines beside the points holds."""
    density: float | None = None
    columns: Notice | None = None
    order: str = ""
    order_said: Notice | None = None
    encoding: str = ""
    sublayer: str = ""
    head: tuple[tuple[str, ...], ...] = ()
    """The first rows of a table, to choose its columns by."""
    skipped: int = 0
    classes: dict[int, int] = field(default_factory=dict)
    warnings: tuple[Notice, ...] = ()


def kind_of(places: Sequence[Path]) -> tuple[Kind, list[Path]]:
    """What the files (or those in the folders) are, by their first bytes, then by their names.

    Raises Missing for a file or folder that is not there or holds nothing, Refused for a mixture.
    """
    files = files_of(list(places), (*RASTERS, *CLOUDS))
    if not files:
        raise Missing("terrain.no_file", N_("there is no such terrain file"), advice=N_("check the path"))
    kinds = {f: _one(f) for f in files}
    found = set(kinds.values())
    if len(found) > 1:
        odd = next(f for f in files if kinds[f] != kinds[files[0]])
        raise Refused(
            "terrain.mixed",
            N_("{first} and {other} are of different kinds: one terrain is made of files of one kind"),
            where=str(odd),
            advice=N_("add them one after the other"),
            first=files[0].name,
            other=odd.name,
        )
    kind = found.pop()
    if kind == "points" and len(files) > 1:
        raise Refused(
            "terrain.many_points",
            N_("{count} files of points or contours: one terrain is made of one such file"),
            where=str(files[1]),
            advice=N_(
                "put the points into one file first; lines of another file go in as its breaklines (--breaklines)"
            ),
            count=len(files),
        )
    return ("tiles" if kind == "raster" and len(files) > 1 else kind), files


def _one(path: Path) -> Kind:
    if not path.is_file():
        raise Missing(
            "terrain.no_file", N_("there is no such terrain file"), where=str(path), advice=N_("check the path")
        )
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except OSError:
        head = b""  # what is wrong is told where the file is read
    if is_cloud(head) or path.suffix.lower() in CLOUDS:
        return "cloud"
    return "raster" if head.startswith(TIFF_MAGIC) or path.suffix.lower() in RASTERS else "points"


def look(
    project: Project,
    places: Sequence[Path],
    *,
    crs: str | None = None,
    accept_guess: bool = False,
    points: dict[str, Any] | None = None,
    raster: dict[str, Any] | None = None,
    z_unit: str | None = None,
    watch: Watch | None = None,
) -> Look:
    """Read the files as far as it takes to say what they are. `points`: options of read_joined; `raster`: of inspect.

    A cloud's points are sampled, everything else is read whole. Raises Missing, Refused (see `kind_of`), Cancelled;
    what is wrong with the content of the files is in `refused`.
    """
    watch = watch or Watch()
    kind, files = kind_of(places)
    known = Look(kind, tuple(files), sum(f.stat().st_size for f in files))

    if kind == "points":
        known = replace(known, head=_head(files[0], points or {}))

    def read(*, guess: bool) -> Look:
        if kind == "cloud":
            return _cloud(project, known, watch, crs=crs, accept_guess=guess, z_unit=z_unit)
        if kind == "points":
            return _points(project, known, watch, crs=crs, accept_guess=guess, **(points or {}))
        return _raster(project, known, watch, crs=crs, z_unit=z_unit, **(raster or {}))

    try:
        return read(guess=accept_guess)
    except Cancelled:
        raise
    except AppError as error:
        refused = error
    if refused.key.removeprefix("breaklines.") == "import.no_crs" and "guess" in refused.what.facts:
        with suppress(Refused):  # what else is in the file is known by the guess that waits for its yes
            known = replace(read(guess=True), warnings=())
    return replace(known, refused=refused)


def _head(path: Path, options: dict[str, Any]) -> tuple[tuple[str, ...], ...]:
    rows = table_head(path, encoding=options.get("encoding"), sublayer=options.get("sublayer"))
    return tuple(tuple("" if c is None else str(c).strip()[:40] for c in cells) for _, cells in rows)


def _raster(project: Project, known: Look, watch: Watch, **options: Any) -> Look:
    options = {"kind": "dtm", "vertical_datum": None, "source": None, "sigma_z_m": None, "range_m": None,
               "sigma_xy_m": None, "surveyed_on": None, "nodata": None, **options}  # fmt: skip
    heights = None
    if known.kind == "tiles":
        terrain: Terrain = inspect_tiles(known.files, name="look", watch=watch, **options)
    else:
        terrain, facts = inspect_with_facts(known.files[0], name="look", watch=watch, **options)
        low, high = (v * terrain.z_scale + terrain.z_offset for v in (facts.low, facts.high))
        heights = (min(low, high), max(low, high))
    said = pyproj.CRS.from_user_input(terrain.crs)
    return replace(
        known,
        crs=name_of(said),
        crs_basis="stated" if options.get("crs") else "file",
        vertical_datum=terrain.vertical_datum,
        extent=_box(footprint(terrain, project.crs)),
        grid=(terrain.width, terrain.height, terrain.cell_m),
        heights=heights,
        warnings=(*terrain.warnings, *far_terrain(project, terrain)),
    )


def _box(shape: Any) -> Bounds:
    x0, y0, x1, y1 = shape.bounds
    return float(x0), float(y0), float(x1), float(y1)


def _points(project: Project, known: Look, watch: Watch, **options: Any) -> Look:
    lines = options.pop("breaklines", None)
    found = read_joined(
        known.files[0], lines, target_crs=project.crs, neighbours=extent(project), watch=watch, **options
    )
    hull = float(shapely.area(shapely.convex_hull(shapely.multipoints(found.xy))))
    lines = len(set(found.line[found.line >= 0].tolist()))
    return replace(
        known,
        kind="surface" if found.corners is not None else "lines" if found.has_lines else "points",
        triangles=len(found.corners) if found.corners is not None else None,
        crs=found.crs,
        crs_basis=found.crs_basis,
        extent=found.box,
        heights=(float(found.z.min()), float(found.z.max())),
        points=len(found.z),
        lines=lines,
        density=100 * len(found.z) / hull if hull > 0 else None,
        columns=found.columns_said,
        order=found.order,
        order_said=found.order_said,
        encoding=found.encoding or "",
        sublayer=found.sublayer,
        skipped=found.skips.count,
        warnings=(*found.warnings, *far_box(project, found.box, found.crs)),
        breaklines=tuple(line_summary(found)),
    )


def _cloud(project: Project, known: Look, watch: Watch, **options: Any) -> Look:
    sources, remarks = understand(known.files, target_crs=project.crs, neighbours=extent(project), **options)
    boxes = shapely.union_all([shapely.box(*_moved(s, project.crs)) for s in sources])
    count = sum(s.head.points for s in sources)
    area = float(shapely.area(boxes))
    return replace(
        known,
        crs=name_of(sources[0].crs),
        crs_basis=sources[0].basis,
        vertical_datum=sources[0].vertical,
        extent=_box(boxes),
        heights=(min(s.head.low[2] * s.factor for s in sources), max(s.head.high[2] * s.factor for s in sources)),
        points=count,
        density=100 * count / area if area > 0 else None,
        classes=sample_classes(known.files, watch),
        warnings=(*remarks, *far_box(project, _box(boxes), name_of(sources[0].crs))),
    )


def _moved(source: Source, crs: str) -> Bounds:
    way = Transformer.from_crs(source.crs, crs, always_xy=True)
    x0, y0, x1, y1 = way.transform_bounds(*source.bounds)
    return float(x0), float(y0), float(x1), float(y1)
