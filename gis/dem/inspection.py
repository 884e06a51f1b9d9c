"""Registering a DEM: what the file is, whether its heights can be used, and what is refused and why."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path

import numpy as np
from pyproj import CRS

from gis.crs import crs_text, horizontal, is_web_mercator, parse_crs, same_crs, vertical_name
from gis.crs_guess import guess_crs
from gis.dem.asking import Prober
from gis.dem.grid import Grid
from gis.dem.heights import check_heights, check_values, heights
from gis.dem.opening import driver_of
from gis.dem.probe import Facts
from gis.placed_raster import check_raster_place
from models.error_figures import error_figures
from models.errors import Refused
from models.notices import N_, Notice
from models.progress import Watch
from models.terrain import ERROR_DEFAULTS, ErrorFigures, Terrain, TerrainKind


def inspect_dem(
    path: Path, *, name: str | None = None, crs: str | None = None, kind: TerrainKind = "dtm", vertical_datum: str |
    None = None, source: str | None = None, sigma_z_m: float | None = None, range_m: float | None = None, watch: Watch |
    None = None, nodata: float | None = None, z_unit: str | None = None, sigma_xy_m: float | None = None, surveyed_on:
    str | None = None, bias_m: float | None = None, defaults: Mapping[str, ErrorFigures] = ERROR_DEFAULTS,
) -> Terrain:  # fmt: skip
    """What a DEM file is, after reading all of it once in a child process.

    `crs` is used where the file says none (a different one in the file is refused); `nodata` is a stored value that
    means "no height" beside what the file declares; `z_unit` ("m", "ft", "us-ft") overrides the file's silence on
    units; `defaults` are the error figures by source. Raises Missing, Unreadable or Refused with the reason and what to
    do.
    """
    return inspect_with_facts(
        path, name=name, crs=crs, kind=kind, vertical_datum=vertical_datum, source=source, sigma_z_m=sigma_z_m,
        range_m=range_m, watch=watch, nodata=nodata, z_unit=z_unit, sigma_xy_m=sigma_xy_m, surveyed_on=surveyed_on,
        bias_m=bias_m, defaults=defaults,
    )[0]  # fmt: skip


def inspect_with_facts(
    path: Path, *, name: str | None, crs: str | None, kind: TerrainKind, vertical_datum: str | None, source: str |
    None, sigma_z_m: float | None, range_m: float | None, watch: Watch | None, nodata: float | None, z_unit: str | None,
    sigma_xy_m: float | None, surveyed_on: str | None, bias_m: float | None = None,
    defaults: Mapping[str, ErrorFigures] = ERROR_DEFAULTS, prober: Prober | None = None,
) -> tuple[Terrain, Facts]:  # fmt: skip
    """See `inspect_dem`; with what the file's values said. `prober` is there for callers with many files."""
    path = Path(path)
    watch = watch or Watch()
    driver_of(path)
    with nullcontext(prober) if prober else Prober() as asked:
        facts, digest = asked.ask(path, nodata, watch)
    where = str(path)
    notices: list[Notice] = []
    check_values(facts, where)
    reference, vertical = _crs_of(facts, crs, where)
    grid = _grid(facts, reference, where)
    check_raster_place(path, facts.transform, reference, grid.bounds)
    scale, offset, unit = heights(facts, reference, z_unit, where, notices)
    check_heights(facts, scale, offset, where, notices)
    if nodata is not None and facts.nodata is not None and nodata != facts.nodata:
        notices.append(
            Notice(
                "terrain.nodata_both",
                N_("the file declares {declared:g} as missing; {stated:g} is taken as missing too"),
                declared=facts.nodata,
                stated=nodata,
            )
        )
    terrain = Terrain(
        uid=str(uuid.uuid4()),
        name=name or path.stem,
        path=path.resolve().as_posix(),
        size_bytes=path.stat().st_size,
        sha256=digest,
        crs=crs_text(reference),
        width=facts.width,
        height=facts.height,
        transform=grid.transform,
        cell_m=grid.cell_m,
        nodata=_declared(nodata, facts.nodata),
        dtype=facts.dtype,
        z_scale=scale,
        z_offset=offset,
        z_unit=unit,
        kind=kind,
        vertical_datum=vertical_datum or vertical,
        source=source,
        errors=error_figures(
            source, defaults, sigma_z_m=sigma_z_m, range_m=range_m, sigma_xy_m=sigma_xy_m, bias_m=bias_m
        ),
        surveyed_on=surveyed_on,
        registered_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        warnings=tuple(notices),
    )
    return terrain, facts


def _crs_of(facts: Facts, stated: str | None, where: str) -> tuple[CRS, str | None]:
    """(CRS of the grid, name of its vertical part). Refuses none, two that differ, Web Mercator, local systems."""
    own = CRS.from_wkt(facts.crs_wkt) if facts.crs_wkt else None
    if own is not None and not (horizontal(own).is_projected or horizontal(own).is_geographic):
        own = None  # an "unnamed local" system says nothing
    if own is None and not stated:
        raise Refused(
            "terrain.no_crs",
            N_("the terrain file names no coordinate system{hint}"),
            where=where,
            hint=_hint(facts),
            advice=N_("state it with --crs EPSG:…"),
        )
    asked = parse_crs(stated) if stated else None
    if own is not None and asked is not None and not same_crs(own, asked):
        raise Refused(
            "terrain.two_crs",
            N_("the file says “{own}”, but “{asked}” was stated"),
            own=own.name,
            asked=asked.name,
            where=where,
            advice=N_("leave --crs away, or reproject the file; a terrain is not moved by renaming its system"),
        )
    reference = own if own is not None else asked
    assert reference is not None  # noqa: S101 - one of the two is there, see above
    if is_web_mercator(reference):
        raise Refused(
            "terrain.web_mercator",
            N_("the terrain is in Web Mercator, which is not used to measure: it stretches areas by tens of per cent"),
            where=where,
            advice=N_("warp it to the project's coordinate system first (gdalwarp -t_srs)"),
        )
    return reference, vertical_name(reference)


def _hint(facts: Facts) -> Notice | str:
    if not _georeferenced(facts):
        return ""
    a, b, c, d, e, f = facts.transform
    x, y = [c, c + a * facts.width + b * facts.height], [f, f + d * facts.width + e * facts.height]
    bounds = (min(x), min(y), max(x), max(y))
    if bounds[0] >= -180 and bounds[2] <= 360 and bounds[1] >= -90 and bounds[3] <= 90 and max(map(abs, bounds)) > 1:
        return Notice("terrain.hint_degrees", N_("; its numbers look like degrees of longitude and latitude"))
    guess = guess_crs(bounds, project_crs="EPSG:4490")
    if guess is not None:
        return Notice("terrain.hint_guess", N_("; {reason}, perhaps {crs}"), reason=guess.reason, crs=guess.crs)
    return Notice(
        "terrain.hint_metres",
        N_("; its corner is at {x:.0f}, {y:.0f}, which looks like metres"),
        x=bounds[0],
        y=bounds[1],
    )


def _georeferenced(facts: Facts) -> bool:
    return facts.transform not in ((1.0, 0.0, 0.0, 0.0, 1.0, 0.0), (1.0, 0.0, 0.0, 0.0, -1.0, 0.0))


def _grid(facts: Facts, reference: CRS, where: str) -> Grid:
    if not _georeferenced(facts):
        raise Refused(
            "terrain.no_georeference",
            N_("the file does not say where it lies (no georeference)"),
            where=where,
            advice=N_("add a world file, or export it as GeoTIFF with its position"),
        )
    a, b, _, d, e, _ = facts.transform
    grid = Grid(facts.width, facts.height, facts.transform, crs_text(reference))
    lengths = float(np.hypot(a, d)), float(np.hypot(b, e))
    if not np.all(np.isfinite(facts.transform)) or a * e - b * d == 0:
        raise Refused(
            "terrain.flat_grid",
            N_("the cells of the grid have no area"),
            where=where,
            advice=N_("export the terrain again"),
        )
    if abs(a * b + d * e) > 1e-6 * lengths[0] * lengths[1]:
        raise Refused(
            "terrain.sheared",
            N_("the grid is sheared: its axes are not at right angles"),
            where=where,
            advice=N_("warp it to a north-up grid first (gdalwarp)"),
        )
    if grid.geographic and not grid.axis_aligned:
        raise Refused(
            "terrain.rotated_degrees",
            N_("a grid in degrees that is rotated cannot be measured exactly"),
            where=where,
            advice=N_("warp it to a north-up grid first (gdalwarp)"),
        )
    x0, y0, x1, y1 = grid.bounds
    if grid.geographic and not (x0 >= -361 and x1 <= 361 and y0 >= -90.01 and y1 <= 90.01 and max(lengths) <= 1.0):
        raise Refused(
            "terrain.not_degrees",
            N_("the coordinate system counts in degrees, but the grid's numbers are none ({x:.0f}, {y:.0f})"),
            x=x0,
            y=y0,
            where=where,
            advice=N_("state the right coordinate system with --crs EPSG:…"),
        )
    if not grid.geographic and max(abs(v) for v in grid.bounds) <= 360 and max(lengths) < 0.1:
        raise Refused(
            "terrain.degrees",
            N_("the coordinate system counts in metres, but the grid's numbers look like degrees"),
            where=where,
            advice=N_("state the right coordinate system with --crs EPSG:…"),
        )
    return grid


def _declared(stated: float | None, own: float | None) -> float | None:
    """The nodata value to record; NaN needs no record (it is never a height) and has no place in JSON."""
    value = stated if stated is not None else own
    return value if value is not None and np.isfinite(value) else None
