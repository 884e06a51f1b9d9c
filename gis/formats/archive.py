"""ZIP archives in: shapefiles, KML (KMZ) and the other formats, packed. Only what is read is unpacked, under new names.

Names in an archive are told to people and never used as paths: no member can be written anywhere but in the child's own
folder. Refused: passwords, more than the limits let in, and what unpacks to many times its size. Links and archives in
archives are told and left.
"""

from __future__ import annotations

import importlib
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

import shapely

from gis.formats import encodings
from gis.formats.base import LIMITS, Content, Found, Limits, Plan, Reader, Row, Rows, Skipped
from gis.formats.breath import breathe
from models.errors import AppError, Refused, Unreadable
from models.notices import N_, Notice

_SMALL = 1 << 20
_BLOCK = 1 << 20
_SIDES = {".shx", ".dbf", ".prj", ".cpg"}
_PHOTOS = {".jpg", ".jpeg", ".heic", ".heif"}
_MAIN = {".shp", ".kml", ".geojson", ".json", ".gpkg", ".dxf", ".gpx", ".csv", ".txt", ".dat", *_PHOTOS}
_ARCHIVES = {".zip", ".kmz", ".rar", ".7z", ".tar", ".gz", ".tgz", ".xlsx"}
_TOLD = 8


@dataclass(frozen=True)
class Member:
    """A file of an archive: its entry, and its name as people wrote it."""

    info: zipfile.ZipInfo
    name: str

    @property
    def suffix(self) -> str:
        """The ending, in small letters."""
        return PurePosixPath(self.name).suffix.lower()

    @property
    def stem(self) -> str:
        """The whole name without its ending, for comparison."""
        return self.name[: len(self.name) - len(PurePosixPath(self.name).suffix)].casefold()


def looks_like(head: bytes) -> bool:
    """True for a zip archive."""
    return head.startswith(b"PK\x03\x04")


def plan(path: Path, encoding: str | None, folder: Path) -> Content:
    """The layers of what is in the archive. Raises Refused or Unreadable."""
    try:
        with zipfile.ZipFile(path) as archive:
            members, told = _members(archive, path, encoding)
            photos = [m for m in members if m.suffix in _PHOTOS]
            mains = [m for m in members if m.suffix in _MAIN - _PHOTOS]
            kml = [m for m in mains if m.suffix == ".kml"]
            if kml and len(kml) == len([m for m in mains if m.suffix not in {".txt", ".csv"}]):
                mains, photos = kml, []  # pictures in a KMZ are what its placemarks show
            if (not mains and not photos) or (photos and all(m.suffix == ".gpx" for m in mains)):
                return _of_photos(archive, path, [*photos, *mains], folder, told)
            if photos:
                text = N_("{count} photos in the archive were not read; put them in one of their own")
                told.append(Notice("zip.photos", text, count=len(photos)))
            made: list[_Inner | AppError] = []
            for member in mains[: LIMITS.sublayers + 1]:
                made.append(_open(archive, path, member, members, encoding, folder / str(len(made))))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as cause:
        if isinstance(cause, AppError):
            raise
        raise damaged(path) from cause
    return _content(made, told, path)


def damaged(path: Path) -> Unreadable:
    """The error for an archive that cannot be unpacked."""
    return Unreadable(
        "zip.damaged",
        N_("the archive is damaged or cut short; nothing was taken from it"),
        where=str(path),
        advice=N_("get a new copy of it"),
    )


def _members(
    archive: zipfile.ZipFile, path: Path, encoding: str | None, limits: Limits = LIMITS
) -> tuple[list[Member], list[Notice]]:
    """The files that may be read. Raises Refused for passwords and bombs."""
    infos = [i for i in archive.infolist() if not i.is_dir()]
    if len(infos) > limits.members:
        text = N_("the archive has {count} files; at most {most} are looked at")
        raise Refused("zip.many", text, where=str(path), count=len(infos), most=limits.members)
    names = _names(infos, encoding)
    kept, links, inner = [], 0, []
    for info, name in zip(infos, names, strict=True):
        member = Member(info, name)
        if member.suffix not in _MAIN | _SIDES:
            inner += [name] if member.suffix in _ARCHIVES else []
        elif stat.S_ISLNK(info.external_attr >> 16):
            links += 1
        elif not PurePosixPath(name).name.startswith("._") and "__MACOSX" not in name:
            kept.append(member)
    _check(kept, path, limits)
    told = []
    if links:
        text = N_("{count} files of the archive are links to other files and were left out")
        told.append(Notice("zip.links", text, count=links))
    if inner:
        text = N_("archives in the archive were not opened: {names}")
        told.append(Notice("zip.inner", text, names=", ".join(inner[:_TOLD])))
    return kept, told


def _check(members: list[Member], path: Path, limits: Limits) -> None:
    if any(m.info.flag_bits & 1 for m in members):
        raise Refused("zip.password", N_("the archive has a password"), where=str(path), advice=N_("unpack it first"))
    big = [m for m in members if m.info.file_size > max(_SMALL, limits.ratio * m.info.compress_size)]
    if big or sum(m.info.file_size for m in members) > limits.unpacked_bytes:
        raise Refused(
            "zip.bomb",
            N_("the archive unpacks to more than it may: {size:.1f} GB"),
            where=str(path),
            advice=N_("if it can be trusted, unpack it and name the file in it"),
            size=sum(m.info.file_size for m in members) / 1024**3,
        )


def _names(infos: list[zipfile.ZipInfo], encoding: str | None) -> list[str]:
    """Names as they were written: archives made in China hold GBK bytes and do not say so."""
    raw = [None if i.flag_bits & 0x800 else i.filename.encode("cp437", "replace") for i in infos]
    odd = [r for r in raw if r is not None and not r.isascii()]
    codec = encodings.choose(odd, stated=encoding, declared="").codec if odd else "utf-8"
    return [i.filename if r is None else encodings.decode(r, codec) for i, r in zip(infos, raw, strict=True)]


def unpack(archive: zipfile.ZipFile, member: Member, to: Path) -> Path:
    """A member as a file of ours; never more bytes than its entry says."""
    to.parent.mkdir(exist_ok=True)
    left = member.info.file_size
    with archive.open(member.info) as source, to.open("wb") as file:
        while left > 0 and (block := source.read(min(_BLOCK, left))):
            file.write(block)
            left -= len(block)
            breathe()
    return to


@dataclass(frozen=True)
class _Inner:
    name: str
    key: str
    plan: Plan | Content
    path: Path


def _open(
    archive: zipfile.ZipFile, path: Path, member: Member, members: list[Member], encoding: str | None, folder: Path
) -> _Inner | AppError:
    """What one file of the archive holds, or why it cannot be read."""
    from gis.formats import READERS
    from gis.formats.read import recognise

    where = f"{path}: {member.name}"
    file = unpack(archive, member, folder / f"in{member.suffix}")
    if member.suffix == ".shp":
        for side in members:
            if side.suffix in _SIDES and side.stem == member.stem:
                unpack(archive, side, folder / f"in{side.suffix}")
    try:
        reader = recognise(file, {k: r for k, r in READERS.items() if k not in {"zip", "xlsx", "ods"}})
        (folder / "tmp").mkdir()
        plan = reader.plan
        made = _streamed(file, reader.key, encoding) if plan is None else plan(file, encoding, folder / "tmp")
    except AppError as error:
        error.where = where
        return error
    return _Inner(member.name, reader.key, made, file)


def _streamed(file: Path, key: str, encoding: str | None) -> Content:
    """The layer of a format that has a stream of its own."""
    from gis.formats.child import STREAMS

    head: dict[str, Any] = {}
    rows: list[Row | Skipped] = []
    job: dict[str, Any] = {"encoding": encoding, "sublayer": None, "prefer": None, "options": {}}
    for message, shapes in importlib.import_module(STREAMS[key]).stream(file, job, LIMITS):
        breathe()
        if message["kind"] == "layer":
            head = message
        elif message["kind"] == "features":
            made = [shapely.from_wkb(s) if s else None for s in shapes]
            for (number, fields, notes), shape in zip(message["rows"], made, strict=True):
                rows.append(Row(number, fields, shape, tuple(Notice.from_json(n) for n in notes)))
        rows += [Skipped(r, Notice.from_json(n), c) for r, n, c in message.get("skipped", ())]
    told = tuple(Notice.from_json(w) for w in head["warnings"])
    source = Rows(rows, len(rows), head["encoding"], head["crs"], head["crs_text"], told)
    return Content((Found(str(head["sublayer"]), len(rows), lambda: source, frozenset({"area"})),))


def _content(made: list[_Inner | AppError], told: list[Notice], path: Path) -> Content:
    good = [m for m in made if isinstance(m, _Inner)]
    bad = [m for m in made if isinstance(m, AppError)]
    if not good:
        if len(bad) == 1:
            raise bad[0]
        text = N_("none of the {count} files in the archive can be read")
        raise Refused("zip.nothing", text, where=str(path), count=len(bad)) from (bad[0] if bad else None)
    for error in bad:
        if not error.where.lower().endswith((".txt", ".csv", ".json")):  # notes that lie beside the data
            reason = Notice(error.key, error.what.text, **error.what.facts)
            text = N_("left out of the archive: {name} ({reason})")
            told.append(Notice("zip.unread", text, name=error.where.rpartition(": ")[2], reason=reason))
    layers: list[Found] = []
    for inner in good:
        prefix = f"{inner.name}: " if len(good) > 1 else ""
        layers += [_with(f, told, prefix) for f in _layers_of(inner)]
    join: Callable[[list[Found]], Plan | Rows] | None = None
    if len(good) == 1 and isinstance(good[0].plan, Content) and good[0].plan.join is not None:
        original, together = {f.name: f for f in good[0].plan.layers}, good[0].plan.join
        join = lambda chosen: _telling(together([original[f.name] for f in chosen]), told)  # noqa: E731
    keys = {m.key for m in good}
    return Content(tuple(layers), join=join, format=keys.pop() if len(keys) == 1 else "zip")


def _layers_of(inner: _Inner) -> Iterator[Found]:
    if isinstance(inner.plan, Content):
        yield from inner.plan.layers
        return
    import fiona

    given = inner.plan
    listed = list(given.sublayers) if given.sublayers is not None else fiona.listlayers(given.path)
    shown = PurePosixPath(inner.name).stem if len(listed) == 1 else ""
    for name in listed:
        yield Found(shown or name, -1, partial(replace, given, layer=given.layer or name))


def _with(found: Found, told: list[Notice], prefix: str) -> Found:
    return replace(found, name=prefix + found.name, open=lambda: _telling(found.open(), told))


def _telling(source: Plan | Rows, told: list[Notice]) -> Plan | Rows:
    return replace(source, warnings=(*source.warnings, *told))


def _of_photos(
    archive: zipfile.ZipFile, path: Path, members: list[Member], folder: Path, told: list[Notice]
) -> Content:
    from gis.formats import photos

    if not members:
        raise Refused(
            "zip.no_data",
            N_("there is nothing in the archive that can be read"),
            where=str(path),
            advice=N_("it should hold a shapefile (.shp .shx .dbf .prj), KML, GeoJSON, DXF, GPX, CSV or photos"),
        )
    files = [(unpack(archive, m, folder / "photos" / f"{n}{m.suffix}"), m.name) for n, m in enumerate(members)]
    return photos.content(files, str(path), told)


READER = Reader("zip", "ZIP, KMZ", (".zip", ".kmz"), looks_like, plan)
