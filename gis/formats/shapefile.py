"""ESRI Shapefile in and out (ESRI Shapefile Technical Description, 1998; dBASE table)."""

from __future__ import annotations

import re
import struct
from pathlib import Path
from typing import Any

from gis.formats import encodings
from gis.formats.base import Plan, Reader, Writer
from gis.formats.shapefile_index import NAME, sound_parts
from models.errors import Refused, Unreadable
from models.notices import N_, Notice

_SAMPLE_BYTES = 4_000_000
_NAME_BYTES, _TEXT_BYTES = 10, 254
_NEWER = re.compile(r"EPSG:\d{4,6}$|(?:PROJ|GEOG|GEOD|BOUND|COMPOUND)CRS\[")
"""What some programs write into a .prj; GDAL knows only the older form there."""


def looks_like(head: bytes) -> bool:
    """True for the main file: file code 9994 (big endian) and version 1000."""
    return len(head) >= 32 and head[:4] == b"\x00\x00\x27\x0a" and head[28:32] == b"\xe8\x03\x00\x00"


def part(path: Path, suffix: str) -> Path | None:
    """The file beside `path` with this ending, whatever the case of its letters, or None."""
    for trial in (path.with_suffix(suffix), path.with_suffix(suffix.upper())):
        if trial.is_file():
            return trial
    wanted = (path.stem + suffix).lower()
    return next((p for p in path.parent.iterdir() if p.name.lower() == wanted and p.is_file()), None)


def plan(path: Path, encoding: str | None, folder: Path) -> Plan:
    """Checks the parts of the shapefile and finds the encoding of its table by evidence."""
    if path.suffix.lower() != ".shp":
        raise Refused(
            "shp.renamed",
            N_("this is the main part of a shapefile under another name"),
            where=str(path),
            advice=N_("rename it so that it ends in .shp, with its .shx and .dbf beside it"),
        )
    _whole(path)
    warnings: list[Notice] = []
    dbf = part(path, ".dbf")
    if dbf is None:
        warnings.append(
            Notice(
                "shp.no_dbf",
                N_("{part} is missing: the outlines come without names and codes"),
                part=path.with_suffix(".dbf").name,
            )
        )
        codec, label = "", None
    else:
        choice = encodings.choose(_texts(dbf), stated=encoding, declared=_declared(path, dbf))
        codec, label = choice.codec, choice.label
        warnings += _encoding_notices(choice)
    sound = sound_parts(path, part(path, ".shx"), dbf, part(path, ".prj"), folder)
    warnings += sound.notices
    prj = part(path, ".prj")
    text = prj.read_bytes()[:65536].decode("utf-8", "replace") if prj else ""
    text = text.strip("\0 \r\n\t\ufeff")
    return Plan(
        str(sound.path),
        "ESRI Shapefile",
        codec=codec,
        encoding=label,
        crs=text if _NEWER.match(text) else "",
        crs_text=text,
        warnings=tuple(warnings),
        deleted=sound.deleted,
        sublayers=(path.stem,),
        layer="" if sound.path == path else NAME,
    )


def _whole(path: Path) -> None:
    """Refuse a main file that is shorter than its header says (in 16-bit words)."""
    with path.open("rb") as file:
        head = file.read(100)
    size = path.stat().st_size
    said = struct.unpack(">i", head[24:28])[0] * 2 if len(head) == 100 else 0
    if said < 100 or size < said:
        raise Unreadable(
            "import.truncated",
            N_("the file is cut short: {size} of {said} bytes"),
            where=str(path),
            advice=N_("get a new copy of it"),
            size=size,
            said=max(said, 100),
        )


def _declared(path: Path, dbf: Path) -> str:
    cpg = part(path, ".cpg")
    if cpg is not None:
        text = cpg.read_bytes()[:64].decode("ascii", "replace").strip()
        if encodings.codec_named(text):
            return text
    with dbf.open("rb") as file:
        head = file.read(32)
    return encodings.DBF_LANGUAGE.get(head[29], "") if len(head) == 32 else ""


def _texts(dbf: Path) -> list[bytes]:
    """Field names and the text values of the first records. Raises Unreadable for a table that is cut short."""
    with dbf.open("rb") as file:
        head = file.read(32)
        if len(head) < 32:
            raise _cut(dbf)
        count, header, record = struct.unpack("<IHH", head[4:12])
        if header < 33 or record < 1:
            raise _cut(dbf)
        fields = file.read(header - 32)
        values: list[bytes] = []
        spans: list[tuple[int, int]] = []
        at = 1
        for i in range(0, len(fields) - 31, 32):
            if fields[i] == 0x0D:
                break
            values.append(fields[i : i + 11].split(b"\0")[0])
            if fields[i + 11 : i + 12] == b"C":
                spans.append((at, at + fields[i + 16]))
            at += fields[i + 16]
        if dbf.stat().st_size < header + count * record:
            raise _cut(dbf)
        file.seek(header)
        data = file.read(min(count * record, _SAMPLE_BYTES))
    for start in range(0, len(data) - record + 1, record):
        values += [data[start + a : start + b].rstrip(b" \0") for a, b in spans]
    return values


def _cut(dbf: Path) -> Unreadable:
    return Unreadable(
        "import.damaged", N_("the file is damaged or incomplete"), where=str(dbf), advice=N_("get a new copy of it")
    )


def _encoding_notices(choice: encodings.Choice) -> list[Notice]:
    if choice.basis != "evidence":
        return []
    if choice.overruled:
        return [
            Notice(
                "encoding.overruled",
                N_("the file says its text is {said}, but it reads as {encoding}, for instance “{sample}”"),
                said=choice.overruled,
                encoding=choice.label,
                sample=choice.sample[:40],
            )
        ]
    return [
        Notice(
            "encoding.evidence",
            N_("the file does not say its encoding; its text reads as {encoding}, for instance “{sample}”"),
            encoding=choice.label,
            sample=choice.sample[:40],
        )
    ]


def short_names(names: list[str]) -> dict[str, str]:
    """Column names cut to the ten characters of a dBASE table, each still unique: {name: short}."""
    short: dict[str, str] = {}
    for name in names:
        trial, n = name[:_NAME_BYTES], 0
        while trial in short.values():
            n += 1
            trial = f"{name[: _NAME_BYTES - 1 - len(str(n))]}_{n}"
        short[name] = trial
    return short


def write(table: Any, path: Path, layer: str, encoding: str) -> list[Notice]:
    """A shapefile with its .cpg; names and texts that do not fit are cut and told."""
    del layer
    import pandas as pd

    notices: list[Notice] = []
    plain = table.copy()
    columns = [c for c in plain.columns if c != "geometry"]
    short = short_names(columns)
    cut = {a: b for a, b in short.items() if a != b}
    if cut:
        notices.append(
            Notice(
                "shp.names",
                N_("column names were shortened to ten characters: {names}"),
                names=", ".join(f"{a} → {b}" for a, b in cut.items()),
            )
        )
    codec = encodings.codec_named(encoding) or "utf-8"
    for name in columns:
        if pd.api.types.is_object_dtype(plain[name]) or pd.api.types.is_string_dtype(plain[name]):
            shortened = [_fit(v, codec) for v in plain[name]]
            changed = sum(1 for a, b in zip(plain[name], shortened, strict=True) if isinstance(a, str) and a != b)
            if changed:
                notices.append(
                    Notice(
                        "shp.texts",
                        N_("{count} texts in {field} were cut to 254 bytes or hold characters that {encoding} lacks"),
                        count=changed,
                        field=name,
                        encoding=encoding,
                    )
                )
            plain[name] = pd.Series(shortened, index=plain.index, dtype=object)
    plain.rename(columns=short).to_file(path, driver="ESRI Shapefile", engine="pyogrio", encoding=encoding)
    return notices


def _fit(value: Any, codec: str) -> Any:
    if not isinstance(value, str):
        return None if value is None or value != value else value  # noqa: PLR0124 - NaN is the one value unequal to itself
    raw = value.encode(codec, "replace")
    return encodings.decode(raw[:_TEXT_BYTES], codec)


READER = Reader("shp", "Shapefile", (".shp",), looks_like, plan)
WRITER = Writer(
    "shp",
    "Shapefile",
    ".shp",
    (".shx", ".dbf", ".prj", ".cpg", ".qix", ".sbn", ".sbx", ".shp.xml", ".qmd"),
    write,
    encodings=("UTF-8", "GB18030"),
)
