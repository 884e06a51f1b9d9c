"""GeoJSON in and out (RFC 7946; the "crs" member of 2008 is honoured; text sequences, RFC 8142); Esri JSON in."""

from __future__ import annotations

import codecs
import json
import mmap
import re
from pathlib import Path
from typing import Any

from gis.formats import encodings
from gis.formats.base import Plan, Reader, Writer
from models.errors import Refused
from models.notices import N_, Notice

_BOMS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16", codecs.BOM_UTF8: "utf-8-sig"}
_BLOCK = 1 << 22
_RS = b"\x1e"
"""Before each feature of a text sequence (RFC 8142)."""
_WKID = re.compile(rb'"(latestWkid|wkid)"\s*:\s*(\d{4,6})')
_REFERENCE = re.compile(rb'"spatialReference"\s*:\s*\{([^{}]{0,4000})\}')
_CRS = re.compile(rb'"crs"\s*:\s*')
_CRS_BYTES = 65536
_LONG = re.compile(rb'(?<=[^\\]")(\s*:\s*)(-?\d{19,60})(?=\s*[,}])')
"""A member of that many digits; a quotation mark within a text has a backslash before it."""
_DECIMALS = 9
"""1e-9 degrees is a tenth of a millimetre on the ground: finer than the grid on which outlines are kept."""


def looks_like(head: bytes) -> bool:
    """True for text that begins an object with one of the words of GeoJSON near its start."""
    if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        head = head[2:].replace(b"\0", b"")
    plain = head.removeprefix(codecs.BOM_UTF8).lstrip()
    plain = plain.removeprefix(_RS).lstrip()
    return plain.startswith(b"{") and any(
        w in plain for w in (b'"type"', b'"features"', b'"geometry"', b'"coordinates"')
    )


def plan(path: Path, encoding: str | None, folder: Path) -> Plan:
    """Makes the text UTF-8 if it is not, and reads the "crs" member itself.

    GDAL would take an unknown name for WGS 84 in silence, and fetch a linked one from the network.
    """
    esri = _really(path)
    codec, label, warnings = _codec(path, encoding)
    source = path
    if codec not in {"utf-8", "utf-8-sig", "ascii"}:
        source = folder / "utf8.geojson"
        with (
            path.open("r", encoding=codec, errors="replace", newline="") as old,
            source.open("w", encoding="utf-8") as new,
        ):
            while block := old.read(_BLOCK):
                new.write(block)
    if esri:
        text = _esri_reference(source)
        source = _quoted(source, folder)
        return Plan(str(source), "ESRIJSON", encoding=label, crs_text=text, warnings=tuple(warnings))
    source = _without_marks(source, folder)
    crs, text = _crs_member(source, path)
    source = _quoted(source, folder)
    return Plan(
        str(source), "GeoJSON", encoding=label, crs_from_driver=False, crs=crs, crs_text=text, warnings=tuple(warnings)
    )


def _esri_reference(source: Path) -> str:
    """The code of the system that an Esri JSON names, or what else it says of it; "" for nothing."""
    with source.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
        found = _REFERENCE.search(text)
        said = found[1] if found else b""
    codes = {m[1]: int(m[2]) for m in _WKID.finditer(said)}
    if codes:
        return f"EPSG:{codes.get(b'latestWkid', codes.get(b'wkid'))}"
    return said.decode("utf-8", "replace")[:400]


def _without_marks(source: Path, folder: Path) -> Path:
    """The text without what stands before its features: a byte order mark, the record marks of a text sequence.

    With either GDAL takes the first feature of several lines for the whole file.
    """
    with source.open("rb") as file:
        head = file.read(8)
        start = len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) else 0
        marked = head[start : start + 1] == _RS
        if not start and not marked:
            return source
        file.seek(start)
        target = folder / "plain.geojson"
        with target.open("wb") as made:
            while block := file.read(_BLOCK):
                made.write(block.replace(_RS, b"") if marked else block)
    return target


def _really(path: Path) -> bool:
    """Whether it is Esri JSON. Raises Refused for TopoJSON, which only looks like GeoJSON."""
    with path.open("rb") as file:
        head = file.read(_CRS_BYTES)
    plain = b"".join(head.replace(b"\0", b"").split())
    if b'"Feature"' in plain:
        return False
    if b'"type":"Topology"' in plain:
        raise Refused(
            "geojson.another",
            N_("this is {name}, which only looks like GeoJSON"),
            where=str(path),
            advice=N_("save it as GeoJSON or as a shapefile in the program it came from"),
            name="TopoJSON",
        )
    return any(mark in plain for mark in (b'"geometryType":"esri', b'"attributes":{'))


def _codec(path: Path, stated: str | None) -> tuple[str, str, list[Notice]]:
    with path.open("rb") as file:
        head = file.read(4)
    for bom, codec in _BOMS.items():
        if head.startswith(bom):
            return codec, "UTF-8" if codec == "utf-8-sig" else "UTF-16", []
    if stated:
        choice = encodings.choose([], stated=stated, declared="")
        return choice.codec, choice.label, []
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        with path.open("rb") as file:
            lines = file.read(_BLOCK).splitlines()
        choice = encodings.choose(lines, stated=None, declared="")
        if choice.codec == "utf-8":  # cut or damaged UTF-8 is still UTF-8
            return "utf-8", "UTF-8", []
        return (
            choice.codec,
            choice.label,
            [
                Notice(
                    "encoding.not_utf8",
                    N_("the text is not UTF-8 as GeoJSON must be; it reads as {encoding}"),
                    encoding=choice.label,
                )
            ],
        )
    return "utf-8", "UTF-8", []


def _quoted(source: Path, folder: Path) -> Path:
    """The text with whole numbers of 19 digits and more (parcel codes) as texts: GDAL would cut them to 64 bits."""
    with source.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
        if _LONG.search(text) is None:
            return source
        made = _LONG.sub(rb'\1"\2"', text)
    target = folder / "quoted.geojson"
    target.write_bytes(made)
    return target


def _crs_member(source: Path, path: Path) -> tuple[str, str]:
    """(CRS, what is said if that is none we know); "OGC:CRS84" if nothing is said, "" if it is said to be unknown."""
    with source.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
        for match in _CRS.finditer(text):
            found = _parse_crs(text[match.end() : match.end() + _CRS_BYTES], path)
            if found is not None:
                return found
    return "OGC:CRS84", ""


def _parse_crs(tail: bytes, path: Path) -> tuple[str, str] | None:
    text = tail.decode("utf-8", "replace")
    if text.startswith("null"):
        return "", "null"
    try:
        member, _ = json.JSONDecoder().raw_decode(text)
    except ValueError:
        return None
    if not isinstance(member, dict) or "type" not in member:
        return None  # some attribute called crs
    if member["type"] == "link":
        raise Refused(
            "geojson.linked_crs",
            N_("its coordinate system is only linked to, and links are not followed"),
            where=str(path),
            advice=N_("state the coordinate system"),
        )
    properties = member.get("properties")
    if member["type"] == "EPSG" and isinstance(properties, dict):  # the form before 2008
        code = f"EPSG:{properties.get('code')}"
        return code, code
    name = str(properties.get("name", "")) if isinstance(properties, dict) else ""
    return name, name


def write(table: Any, path: Path, layer: str, encoding: str) -> list[Notice]:
    """RFC 7946: WGS 84 degrees with nine decimals, rings by the right-hand rule."""
    del encoding
    degrees = table.to_crs("OGC:CRS84")
    degrees.to_file(
        path,
        driver="GeoJSON",
        layer=layer,
        engine="pyogrio",
        layer_options={"RFC7946": "YES", "COORDINATE_PRECISION": str(_DECIMALS)},
    )
    return [Notice("geojson.degrees", N_("coordinates were written as WGS 84 longitude and latitude"))]


READER = Reader("geojson", "GeoJSON", (".geojson", ".json"), looks_like, plan, always_degrees=True)
WRITER = Writer("geojson", "GeoJSON", ".geojson", (), write, degrees=True)
