"""Foreign vector files in: recognised by content, parsed in a child process, moved to the project's CRS."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import shapely

from gis.crs_guess import Bounds, guess_crs
from gis.formats import photos, process, reproject
from gis.formats.base import LIMITS, Incoming, IncomingFeature, Limits, Reader, Skipped
from models.errors import Missing, Refused, Unreadable
from models.notices import N_, Notice
from models.progress import Watch

_HEAD_BYTES = 65536
_SIDE_FILES = {".shx", ".dbf", ".prj", ".cpg"}
_FAR_FROM_PROJECT_M = 100_000.0
_TOLD_STRAYS = 20
_NOWHERE = shapely.Point(np.inf, np.inf)


def recognise(path: Path, readers: dict[str, Reader], limits: Limits = LIMITS) -> Reader:
    """The reader for a file, by its first bytes.

    Raises Missing, Refused (a folder, no ordinary file, too large, unknown) or Unreadable.
    """
    where = str(path)
    try:
        info = path.stat()
    except (OSError, ValueError) as cause:
        raise Missing("import.no_file", N_("there is no such file"), where=where) from cause
    if stat.S_ISDIR(info.st_mode):
        if "photos" in readers and photos.in_folder(path):
            return readers["photos"]
        raise Refused("import.folder", N_("this is a folder, not a file"), where=where, advice=N_("name a file in it"))
    if not stat.S_ISREG(info.st_mode):
        raise Refused("import.no_regular_file", N_("this is not an ordinary file"), where=where)
    if info.st_size > limits.file_bytes:
        raise Refused(
            "import.too_large",
            N_("the file is larger than {most:.0f} GB"),
            where=where,
            most=limits.file_bytes / 1024**3,
        )
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
            if head.startswith(b"PK"):  # what is in an archive is told by its directory, at the end
                file.seek(max(info.st_size - _HEAD_BYTES, len(head)))
                head += file.read(_HEAD_BYTES)
    except OSError as cause:
        raise Unreadable(
            "import.no_access",
            N_("the file cannot be opened"),
            where=where,
            advice=N_("check its permissions, and whether another program holds it"),
        ) from cause
    if not head:
        raise Unreadable("import.empty_file", N_("the file is empty"), where=where)
    for reader in readers.values():
        if reader.looks_like(head) and path.suffix.lower() not in _SIDE_FILES:
            return reader
    raise _unknown(path, readers)


def _unknown(path: Path, readers: dict[str, Reader]) -> Refused:
    names = ", ".join(r.name for r in readers.values())
    if path.suffix.lower() in _SIDE_FILES:
        return Refused(
            "import.side_file", N_("this is a side file of a shapefile"), where=str(path), advice=N_("name the .shp")
        )
    claimed = next((r for r in readers.values() if path.suffix.lower() in r.suffixes), None)
    if claimed is not None:
        return Refused(
            "import.not_that",
            N_("its ending says {format}, but its content is none"),
            where=str(path),
            advice=N_("open it in the program it came from and save it again"),
            format=claimed.name,
        )
    return Refused(
        "import.unknown_format",
        N_("this is none of the formats that can be read: {formats}"),
        where=str(path),
        formats=names,
    )


def read_features(
    path: Path,
    *,
    target_crs: str,
    sublayer: str | None = None,
    prefer: str | None = None,
    crs: str | None = None,
    accept_guess: bool = False,
    encoding: str | None = None,
    neighbours: Bounds | None = None,
    limits: Limits = LIMITS,
    watch: Watch | None = None,
) -> Incoming:
    """Every feature of one layer of a foreign file, in `target_crs`, in two dimensions.

    `prefer` is taken where a file has several layers and none is named; `neighbours` is the box of what the project
    holds (for the guess of a CRS and the check of the place). Raises Refused, Missing, Unreadable, Cancelled.
    """
    from gis.formats import READERS

    path = Path(path)
    reader = recognise(path, READERS, limits)
    path = path.resolve()
    watch = watch or Watch()
    stated = _parse_stated(crs)
    head: dict[str, Any] = {}
    raw: list[IncomingFeature] = []
    end: dict[str, Any] = {}
    for message, shapes in process.messages(
        path, reader.key, sublayer=sublayer, prefer=prefer, encoding=encoding, limits=limits, watch=watch.part(0.0, 0.6)
    ):
        if message["kind"] == "layer":
            head = message
        elif message["kind"] == "features":
            raw += _features(message["rows"], shapes)
            head.setdefault("skipped", []).extend(message.get("skipped", ()))
            watch.report(0.6 * len(raw) / max(head.get("count", 0), len(raw), 1))
        elif message["kind"] == "end":
            end = message
            head["warnings"] = [*head["warnings"], *message.get("warnings", ())]
    if not head or not end:
        raise Unreadable(
            "import.crashed",
            N_("the file made its reader fail; nothing was taken from it"),
            where=str(path),
            advice=N_("the file is damaged; save it again in the program it came from"),
        )
    incoming = _place(raw, head, reader, stated, target_crs, accept_guess, neighbours, str(path))
    if end["said"] > end["count"]:
        incoming.warnings.append(
            Notice(
                "import.fewer",
                N_("the file speaks of {said} features, {count} could be read"),
                said=end["said"],
                count=end["count"],
            )
        )
    return incoming


def _parse_stated(crs: str | None) -> pyproj.CRS | None:
    if crs is None:
        return None
    found = reproject.read_crs(crs)
    if found is None:
        raise Refused(
            "crs.unknown",
            N_("there is no coordinate system {crs}"),
            advice=N_("give an EPSG code, for instance EPSG:4546"),
            crs=crs,
        )
    return found


def _features(rows: list[Any], shapes: list[bytes]) -> list[IncomingFeature]:
    with np.errstate(invalid="ignore"):  # coordinates that are not numbers are told apart later
        made = shapely.from_wkb(np.array([s or None for s in shapes], dtype=object), on_invalid="ignore")
    return [
        IncomingFeature(int(row), fields, shape, tuple(Notice.from_json(n) for n in notes))
        for (row, fields, notes), shape in zip(rows, made, strict=True)
    ]


def _place(
    raw: list[IncomingFeature],
    head: dict[str, Any],
    reader: Reader,
    stated: pyproj.CRS | None,
    target: str,
    accept_guess: bool,
    neighbours: Bounds | None,
    where: str,
) -> Incoming:
    shapes = [f.geometry if reproject.usable(f.geometry) else _NOWHERE for f in raw]
    bounds = reproject.bounds_of(shapes)
    said = str(head["crs_text"] or head["crs"])
    in_file = reproject.read_crs(str(head["crs"]))
    guess = guess_crs(bounds, project_crs=target, neighbours=neighbours, text=said) if bounds else None
    if reader.always_degrees and not head["crs_text"] and bounds and stated is None and not _degrees(bounds):
        in_file = None  # the format says degrees, the numbers are none: the file breaks its rule and says nothing then
    warnings = [Notice.from_json(w) for w in head["warnings"]]
    basis: reproject.Basis
    if bounds is None:
        used, basis = stated or in_file or pyproj.CRS.from_user_input(target), "stated" if stated else "file"
        way = None
    else:
        used, basis, remarks = reproject.decide(
            in_file, stated, guess, accept_guess=accept_guess, where=where, said=said
        )
        reproject.check_fit(used, bounds, guess, where)
        home = pyproj.CRS.from_user_input(target)
        remarks += reproject.check_place(used, home, bounds, where)
        way, more = reproject.across(used, home, bounds, where)
        warnings += remarks + more
    if any(s is not None and (s.has_z or getattr(s, "has_m", False)) for s in shapes):
        warnings.append(Notice("import.heights", N_("heights or measures of the vertices were left out")))
    moved = reproject.move(shapes, way)
    features: list[IncomingFeature] = []
    skipped = [Skipped(int(r), Notice.from_json(n), str(c)) for r, n, c in head.get("skipped", ())]
    for f, shape in zip(raw, moved, strict=True):
        if not reproject.usable(shape):
            skipped.append(
                Skipped(
                    f.row,
                    Notice(
                        "import.not_finite", N_("it has coordinates that are not numbers or lie outside the projection")
                    ),
                )
            )
        else:
            features.append(IncomingFeature(f.row, f.fields, shape, f.notes))
    warnings += _far(moved, neighbours)
    warnings += [
        Notice(
            "import.stray", N_("row {row} lies {km:.0f} km from the middle of the others"), row=raw[i].row, km=m / 1000
        )
        for i, m in reproject.strays(moved)[:_TOLD_STRAYS]
    ]
    names = list(dict.fromkeys(k for f in raw for k in f.fields))
    return Incoming(
        features,
        reproject.name_of(used),
        basis,
        head["encoding"],
        head["sublayer"],
        [(n, c) for n, c in head["sublayers"]],
        str(head.get("format") or reader.key),
        names,
        warnings,
        skipped,
    )


def _degrees(bounds: Bounds) -> bool:
    return bounds[0] >= -360 and bounds[2] <= 360 and bounds[1] >= -90 and bounds[3] <= 90


def _far(shapes: list[Any], neighbours: Bounds | None) -> list[Notice]:
    box = reproject.bounds_of(shapes)
    if box is None or neighbours is None:
        return []
    dx = max(neighbours[0] - box[2], box[0] - neighbours[2], 0.0)
    dy = max(neighbours[1] - box[3], box[1] - neighbours[3], 0.0)
    gap = float(np.hypot(dx, dy))
    if gap <= _FAR_FROM_PROJECT_M:
        return []
    return [
        Notice(
            "import.far",
            N_("the data lie {km:.0f} km from everything in the project: is the coordinate system right?"),
            km=gap / 1000,
        )
    ]
