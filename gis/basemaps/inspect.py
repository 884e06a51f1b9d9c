"""What a basemap file is: size, place, coordinate system, levels. Only headers are read."""

from __future__ import annotations

import datetime as dt
import math
import uuid
from pathlib import Path
from typing import Any

from gis.basemaps import tiles
from gis.basemaps.opening import damaged, kind_of, open_raster
from gis.crs import crs_text, horizontal, parse_crs, same_crs
from gis.crs_guess import guess_crs
from gis.placed_raster import check_raster_place, world_files
from models.basemap import Basemap
from models.errors import Refused
from models.notices import N_, Notice

_TYPES = ("uint8", "uint16", "int16", "float32", "float64", "int32", "uint32", "int8")
MAX_SIDE = 2_000_000


def inspect_basemap(
    path: Path, *, name: str | None = None, crs: str | None = None, table: str | None = None, project_crs: str = "",
    accept_guess: bool = False,
) -> Basemap:  # fmt: skip
    """What a file is, as a record to be registered.

    `crs` is used where the file names none; without it and without `accept_guess` such a file is refused and the guess
    named. `table` picks one of several sets of tiles. Raises Missing, Unreadable or Refused with what to do.
    """
    path = Path(path)
    if kind_of(path) == "sqlite":
        facts: dict[str, Any] = tiles.inspect(path, table)
        if crs is not None and not same_crs(parse_crs(crs), parse_crs(facts["crs"])):
            raise _two_systems(path, facts["crs"], crs)
    else:
        facts = _raster(path, crs, project_crs, accept_guess=accept_guess)
    return Basemap(
        uid=str(uuid.uuid4()), name=name or path.stem, path=path.resolve().as_posix(),
        size_bytes=path.stat().st_size, registered_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"), **facts,
    )  # fmt: skip


def _raster(path: Path, crs: str | None, project_crs: str, *, accept_guess: bool) -> dict[str, Any]:
    with open_raster(path) as ds:
        if ds.width > MAX_SIDE or ds.height > MAX_SIDE or ds.dtypes[0] not in _TYPES:
            raise damaged(path)
        transform = tuple(float(v) for v in ds.transform)[:6]
        own = ds.crs.to_wkt() if ds.crs else ""
        facts = {
            "kind": "raster", "width": ds.width, "height": ds.height, "transform": transform, "bands": ds.count,
            "dtype": ds.dtypes[0], "levels": tuple(int(v) for v in ds.overviews(1)),
        }  # fmt: skip
    bounds = _bounds(path, ds.width, ds.height, transform)
    system = _crs(path, own, crs, bounds, project_crs, accept_guess=accept_guess)
    check_raster_place(path, transform, parse_crs(system), bounds)
    return {**facts, "bounds": bounds, "crs": system}


def _bounds(path: Path, width: int, height: int, t: tuple[float, ...]) -> tuple[float, float, float, float]:
    if t in ((1.0, 0.0, 0.0, 0.0, 1.0, 0.0), (1.0, 0.0, 0.0, 0.0, -1.0, 0.0)):
        names = ", ".join(world_files(path))
        raise Refused(
            "basemap.no_place", N_("the picture does not say where it lies: it has no world file and no georeference"),
            where=str(path), advice=N_("put its world file beside it ({names}), or give a GeoTIFF"), names=names,
        )  # fmt: skip
    corners = [(i * width, j * height) for i in (0, 1) for j in (0, 1)]
    xs = [t[0] * i + t[1] * j + t[2] for i, j in corners]
    ys = [t[3] * i + t[4] * j + t[5] for i, j in corners]
    if not all(map(math.isfinite, [*xs, *ys])) or t[0] * t[4] - t[1] * t[3] == 0:
        raise Refused("basemap.no_area", N_("the pixels of the picture have no area: its world file is wrong"),
                      where=str(path), advice=N_("export the picture again with its world file"))  # fmt: skip
    return min(xs), min(ys), max(xs), max(ys)


def _crs(
    path: Path, own: str, stated: str | None, bounds: tuple[float, float, float, float], project_crs: str, *,
    accept_guess: bool,
) -> str:  # fmt: skip
    system = parse_crs(own) if own else None
    if system is not None and not (horizontal(system).is_projected or horizontal(system).is_geographic):
        system = None  # an "unnamed local" system says nothing
    if system is not None:
        if stated is not None and not same_crs(parse_crs(stated), system):
            raise _two_systems(path, system.name, stated)
        return crs_text(horizontal(system))
    if stated is not None:
        return crs_text(horizontal(parse_crs(stated)))
    guess = guess_crs(bounds, project_crs=project_crs or "EPSG:4490")
    if guess is not None and accept_guess:
        return guess.crs
    hint: Notice | str = ""
    if guess is not None:
        hint = Notice("basemap.hint", N_("; {reason}, perhaps {crs}"), reason=guess.reason, crs=guess.crs)
    raise Refused("basemap.no_crs", N_("the basemap names no coordinate system{hint}"), where=str(path), hint=hint,
                  advice=N_("state it with --crs EPSG:…, or take the guess with --accept-guess"))  # fmt: skip


def _two_systems(path: Path, own: str, stated: str) -> Refused:
    return Refused(
        "basemap.two_crs", N_("the file says “{own}”, but “{asked}” was stated"), own=own, asked=stated,
        where=str(path), advice=N_("leave --crs away; a picture is not moved by renaming its system"),
    )  # fmt: skip
