"""A DXF file as tags: its header, and the entities of its model space one by one, with ezdxf's low-level readers."""

from __future__ import annotations

import codecs
import logging
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gis.drawings import BINARY
from gis.drawings.faces import face_of, mesh_of
from gis.formats.encodings import choose, codec_named
from models.errors import AppError, Refused, Unreadable
from models.notices import N_

_LINE_CHARS = 65_536
_BINARY_BYTES = 512 * 1024**2
_HEADER_TAGS = 20_000
_LAST_TEXT = 9
"""Group codes up to this are texts and names."""
KINDS = frozenset(
    {"LINE", "POINT", "LWPOLYLINE", "POLYLINE", "VERTEX", "SEQEND", "SPLINE", "ARC", "CIRCLE", "ELLIPSE", "INSERT",
     "ATTRIB", "TEXT", "MTEXT", "HATCH", "MPOLYGON"}
)  # fmt: skip
"""What is made an entity of; of other kinds only the layer is looked at."""
_FACES = {"3DFACE": face_of, "MESH": mesh_of}


@dataclass(frozen=True)
class Header:
    """What the drawing says of itself. `units` is $INSUNITS (0: none), `encoding` None where nothing says one."""

    version: str = "AC1009"
    encoding: str | None = None
    units: int = 0


@dataclass(frozen=True)
class Other:
    """An entity that is not read: its kind and layer."""

    kind: str
    layer: str


class _Stream:
    """Lines for ezdxf's reader, none longer than a line of DXF can be."""

    def __init__(self, path: Path, encoding: str) -> None:
        encoding = "utf-8-sig" if encoding == "utf-8" else encoding
        self._file = path.open("r", encoding=encoding, errors="replace", newline=None)
        self._where = str(path)

    def readline(self) -> str:
        line = self._file.readline(_LINE_CHARS)
        if len(line) == _LINE_CHARS:
            raise damaged(self._where)
        return line

    def close(self) -> None:
        self._file.close()


def damaged(where: str) -> Unreadable:
    """The error for a drawing that is not whole."""
    return Unreadable(
        "drawing.damaged",
        N_("the drawing is damaged or ends in the middle; nothing was taken from it"),
        where=where,
        advice=N_("open it in the CAD program, repair it (AUDIT) and save it again as DXF"),
    )


def read_header(path: Path) -> Header:
    """The header of a drawing. Raises Unreadable."""
    from ezdxf.lldxf.const import DXFError

    found: dict[str, Any] = {}
    wanted = {"$ACADVER": 1, "$DWGCODEPAGE": 3, "$INSUNITS": 70}
    name = ""
    try:
        for number, (code, value) in enumerate(raw_tags(path, "utf-8")):
            if code == 9:
                name = str(value)
            elif name in wanted and code == wanted[name]:
                found[name] = value
            if (code == 0 and value == "ENDSEC") or number > _HEADER_TAGS:
                break
    except DXFError as cause:
        raise damaged(str(path)) from cause
    version = str(found.get("$ACADVER", "AC1009")).strip()
    page = str(found.get("$DWGCODEPAGE", "")).strip()
    try:
        units = int(found.get("$INSUNITS", 0))
    except ValueError:
        units = 0
    return Header(version, _encoding(version, page), units)


def _encoding(version: str, page: str) -> str | None:
    from ezdxf.tools.codepage import toencoding

    if version >= "AC1021":
        return "utf-8"
    if not page:
        return None
    encoding = toencoding(page)
    return "gb18030" if encoding == "gbk" else encoding


def choose_encoding(path: Path, header: Header, asked: str | None) -> str:
    """The encoding of the texts: as asked, else as the header says where the bytes bear it out, else by the bytes."""
    if asked is not None:
        codec = codec_named(asked)
        if codec is None:
            raise Refused(
                "encoding.unknown",
                N_("there is no encoding {name}"),
                where=str(path),
                advice=N_("for instance UTF-8 or GB18030"),
                name=asked,
            )
        return codec
    with path.open("rb") as file:
        sample = file.read(1 << 22)
    if header.encoding is not None:
        if sample.startswith(BINARY):
            return header.encoding
        odd = [line for line in sample.splitlines() if not line.isascii()]
        return choose(odd, stated=None, declared=header.encoding).codec
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"


def raw_tags(path: Path, encoding: str) -> Iterator[Any]:
    """(group code, value) of all tags. Raises Unreadable for what is no DXF."""
    from ezdxf.lldxf.const import DXFError
    from ezdxf.lldxf.tagger import ascii_tags_loader, binary_tags_loader

    try:
        with path.open("rb") as file:
            binary = file.read(len(BINARY)) == BINARY
        if binary:
            if path.stat().st_size > _BINARY_BYTES:
                raise Refused(
                    "drawing.large_binary",
                    N_("a binary drawing of more than {most} MB is not read"),
                    where=str(path),
                    advice=N_("save only the layers with heights, as DXF"),
                    most=_BINARY_BYTES >> 20,
                )
            yield from map(_spelt_out, binary_tags_loader(path.read_bytes(), errors="replace"))
            return
        stream = _Stream(path, encoding)
        try:
            yield from map(_spelt_out, ascii_tags_loader(stream))  # type: ignore[arg-type]  # it asks for readline
        finally:
            stream.close()
    except AppError:
        raise
    except (DXFError, struct.error, IndexError, ValueError) as cause:
        logging.getLogger(__name__).warning("%s", cause)
        raise damaged(str(path)) from cause


def _spelt_out(tag: Any) -> Any:
    r"""A tag whose text has no escapes left: \U+5317 (AutoCAD), \M+5B1B1 (a code page and its bytes) for 北."""
    if tag.code > _LAST_TEXT or not isinstance(tag.value, str) or "\\" not in tag.value:
        return tag
    from ezdxf.lldxf import encoding
    from ezdxf.lldxf.types import DXFTag

    text = tag.value
    if encoding.has_dxf_unicode(text):
        text = encoding.decode_dxf_unicode(text)
    if encoding.has_mif_encoding(text):
        text = encoding.decode_mif_to_unicode(text)
    return tag if text == tag.value else DXFTag(tag.code, text)


def made_of(tags: list[Any], *, faces: bool = False) -> Any:
    """An entity out of its tags; with `faces` a Face or FaceMesh of what is one. Raises DXFError for nonsense."""
    from ezdxf.entities import factory
    from ezdxf.lldxf.const import DXFError
    from ezdxf.lldxf.extendedtags import ExtendedTags

    kind = str(tags[0].value)
    if kind not in KINDS:
        layer = next((str(t.value) for t in tags if t.code == 8), "0")
        paper = any(t.code == 67 and t.value == 1 for t in tags)
        if paper:
            return None
        return _faces(kind, layer, tags) if faces and kind in _FACES else Other(kind, layer)
    try:
        return factory.load(ExtendedTags(tags))
    except DXFError:
        raise
    except (ValueError, TypeError, AttributeError, KeyError) as cause:
        raise DXFError(str(cause)) from cause


def _faces(kind: str, layer: str, tags: list[Any]) -> Any:
    try:
        return _FACES[kind](tags, layer)
    except (ValueError, TypeError, IndexError, OverflowError):
        return Other(kind, layer)  # a face with nonsense in it is one that is not read
