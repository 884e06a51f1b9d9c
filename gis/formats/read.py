"""Foreign vector files in: recognised by content, parsed in a child process, moved to the project's CRS."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from gis import short_calls
from gis.formats import photos, process, wire
from gis.formats.base import LIMITS, Incoming, IncomingFeature, Limits, Reader
from gis.formats.placing import AS_SAID, Placing, Raw, place
from gis.unchanged import unchanged
from models.errors import Missing, Refused, Unreadable
from models.notices import N_, Notice
from models.progress import Watch

_HEAD_BYTES = 65536
_OLE = b"\xd0\xcf\x11\xe0"
_SIDE_FILES = {".shx", ".dbf", ".prj", ".cpg"}


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
    raise _unknown(path, readers, head)


def _unknown(path: Path, readers: dict[str, Reader], head: bytes) -> Refused:
    names = ", ".join(r.name for r in readers.values())
    if head.startswith(b"AC1") and head[3:6].isdigit():
        return Refused(
            "import.dwg",
            N_("this is a DWG drawing, which only CAD programs read"),
            where=str(path),
            advice=N_("save it as DXF in the CAD program (AutoCAD 2000 or later) and import that"),
        )
    if head.startswith(_OLE):
        return Refused(
            "import.old_office",
            N_("this is a workbook of the old format (.xls), or one with a password"),
            where=str(path),
            advice=N_("save it as .xlsx without a password"),
        )
    if photos.is_heic(head):
        return Refused(
            "import.heic",
            N_("this is a HEIC photo, whose position this program cannot read"),
            where=str(path),
            advice=photos.HEIC_ADVICE,
        )
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
        advice=N_("save it in one of these formats in the program it came from"),
        formats=names,
    )


def read_raw(
    path: Path,
    *,
    sublayer: str | None = None,
    prefer: str | None = None,
    encoding: str | None = None,
    limits: Limits = LIMITS,
    watch: Watch | None = None,
    most: int | None = None,
) -> Raw:
    """One layer of a foreign file as it stands there: nothing is placed on the map yet.

    `prefer` is taken where a file has several layers and none is named; `most` ends the reading after about so many
    features (for a look at their values). Raises Refused, Missing, Unreadable, Cancelled.
    """
    from gis.formats.registry import readers

    path = Path(path)
    reader = recognise(path, readers(), limits)
    path = path.resolve()
    with unchanged(path):
        return _listen(path, reader, sublayer, prefer, encoding, limits, watch or Watch(), most)


def _listen(
    path: Path, reader: Reader, sublayer: str | None, prefer: str | None, encoding: str | None, limits: Limits,
    watch: Watch, most: int | None,
) -> Raw:  # fmt: skip
    head: dict[str, Any] = {}
    raw: list[IncomingFeature] = []
    end: dict[str, Any] = {}
    coming = process.messages(
        path, reader.key, sublayer=sublayer, prefer=prefer, encoding=encoding, limits=limits, watch=watch
    )
    for message, shapes in coming:
        if message["kind"] == "layer":
            head = message
        elif message["kind"] == "features":
            raw += _features(wire.rows(message), shapes)
            head.setdefault("skipped", []).extend(message.get("skipped", ()))
            watch.report(len(raw) / max(head.get("count", 0), len(raw), 1))
        elif message["kind"] == "end":
            end = message
            head["warnings"] = [*head["warnings"], *message.get("warnings", ())]
        if most is not None and len(raw) >= most:
            end = {"said": 0, "count": 0}
            coming.close()
            break
    if not head or not end:
        raise Unreadable(
            "import.crashed",
            N_("the file made its reader fail; nothing was taken from it"),
            where=str(path),
            advice=N_("the file is damaged; save it again in the program it came from"),
        )
    fewer = []
    if end["said"] > end["count"]:
        text = N_("the file speaks of {said} features, {count} could be read")
        fewer = [Notice("import.fewer", text, said=end["said"], count=end["count"])]
    return Raw(raw, head, reader, str(path), fewer)


def read_features(
    path: Path,
    *,
    target_crs: str,
    sublayer: str | None = None,
    prefer: str | None = None,
    encoding: str | None = None,
    placing: Placing = AS_SAID,
    limits: Limits = LIMITS,
    watch: Watch | None = None,
    **how: Any,
) -> Incoming:
    """Every feature of one layer of a foreign file, in `target_crs`, in two dimensions.

    `placing` (or its parts by name: crs, accept_guess, neighbours …) says how coordinates become places. Raises
    Refused, Missing, Unreadable, Cancelled.
    """
    if how:
        placing = replace(placing, **how)
    placing.check()
    watch = watch or Watch()
    raw = read_raw(path, sublayer=sublayer, prefer=prefer, encoding=encoding, limits=limits, watch=watch.part(0.0, 0.6))
    return place(raw, target_crs, placing)


def _features(rows: list[Any], shapes: list[bytes]) -> list[IncomingFeature]:
    with np.errstate(invalid="ignore"):  # coordinates that are not numbers are told apart later
        made = short_calls.from_wkb([s or None for s in shapes], on_invalid="ignore")
    return [
        IncomingFeature(int(row), fields, shape, tuple(map(Notice.from_json, notes)) if notes else ())
        for (row, fields, notes), shape in zip(rows, made, strict=True)
    ]
