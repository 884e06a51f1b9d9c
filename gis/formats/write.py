"""Layers out as foreign files: written beside the target, then put in its place, whole or not at all."""

from __future__ import annotations

import logging
import os
import shutil
from pathlib import Path
from typing import Any

from gis.formats.base import Writer
from gis.leftovers import draft_folder, new_folder
from gis.library_warnings import recorded
from models.errors import Missing, Refused, Unwritable
from models.notices import N_, Notice

_log = logging.getLogger(__name__)
_ARCHIVE_MARKS = ("!", "://", "/vsi")


def write_features(
    gdf: Any,
    path: Path,
    format: str,  # noqa: A002 - the word of the command
    layer_name: str,
    *,
    encoding: str = "UTF-8",
    overwrite: bool = False,
) -> list[Notice]:
    """Write a GeoDataFrame as one layer of a new file. Returns remarks (shortened names, rounding).

    Raises Missing (format, folder), Refused (file exists, wrong ending, encoding) or Unwritable; nothing is left.
    """
    from gis.formats.registry import writers

    path = Path(path)
    known = writers()
    writer = known.get(format)
    if writer is None:
        raise Missing(
            "export.no_format",
            N_("there is no format {format}"),
            advice=N_("one of: {formats}"),
            format=format,
            formats=", ".join(known),
        )
    _check(path, writer, known, encoding, overwrite=overwrite)
    if gdf.crs is None:
        raise Refused("export.no_crs", N_("the layer has no coordinate system"), where=str(path))
    try:
        folder = new_folder(path.name, path.parent)
    except OSError as cause:
        raise _unwritable(path) from cause
    try:
        made = folder / path.name
        with recorded() as said:
            remarks = _write(writer, gdf, made, layer_name, encoding)
        for w in said:
            _log.info("writing %s: %s", path.name, w.message)
        _put(folder, made, path, writer)
    except OSError as cause:
        raise _unwritable(path) from cause
    except RuntimeError as cause:  # pyogrio's DataSourceError and its kin
        raise _unwritable(path) from cause
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return remarks


def _write(writer: Writer, gdf: Any, made: Path, layer_name: str, encoding: str) -> list[Notice]:
    """Write to `made`; by way of a plain path where pyogrio would take its name for a place in an archive or a URL."""
    if not any(mark in str(made) for mark in _ARCHIVE_MARKS):
        return writer.write(gdf, made, layer_name, encoding)
    with draft_folder("huitian") as plain:
        draft = plain / f"draft{made.suffix}"
        remarks = writer.write(gdf, draft, layer_name, encoding)
        for part in plain.iterdir():
            shutil.copyfile(part, made.with_name(made.stem + part.name.removeprefix("draft")))
    return remarks


def _check(path: Path, writer: Writer, writers: dict[str, Writer], encoding: str, *, overwrite: bool) -> None:
    where = str(path)
    if not path.parent.is_dir():
        raise Missing(
            "export.no_folder", N_("there is no such folder"), where=str(path.parent), advice=N_("make it first")
        )
    if path.is_dir():
        raise Refused("export.folder", N_("this is a folder, not a file"), where=where, advice=N_("name a file in it"))
    ending = path.suffix.lower()
    if ending != writer.suffix and (writer.siblings or any(ending == w.suffix for w in writers.values())):
        raise Refused(
            "export.ending",
            N_("a {format} file must end in {suffix}"),
            where=where,
            format=writer.name,
            suffix=writer.suffix,
        )
    if encoding.upper() not in writer.encodings:
        raise Refused(
            "export.encoding",
            N_("{format} is not written in {encoding}"),
            where=where,
            advice=N_("one of: {encodings}"),
            format=writer.name,
            encoding=encoding,
            encodings=", ".join(writer.encodings),
        )
    if path.exists() and not overwrite:
        raise Refused(
            "export.exists",
            N_("the file is there already"),
            where=where,
            advice=N_("choose another name, or say that it may be replaced"),
        )


def _put(folder: Path, made: Path, path: Path, writer: Writer) -> None:
    """Move the new files into place, side files first; side files of the old one that are stale now go."""
    fresh = sorted(p for p in folder.iterdir() if p != made)
    for file in [*fresh, made]:
        with file.open("rb+") as handle:
            os.fsync(handle.fileno())
    for file in fresh:
        file.replace(path.parent / file.name)
    made.replace(path)
    kept = {p.name for p in fresh}
    for suffix in writer.siblings:
        stale = path.with_suffix(suffix) if suffix.startswith(".") else path.with_name(path.name + suffix)
        if stale.name not in kept:
            stale.unlink(missing_ok=True)


def _unwritable(path: Path) -> Unwritable:
    return Unwritable(
        "export.unwritable",
        N_("the file cannot be written"),
        where=str(path),
        advice=N_("check the permissions of the folder, free space, and whether another program holds the file"),
    )
