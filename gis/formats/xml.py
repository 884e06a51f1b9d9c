"""XML from strangers, element by element: no document types, no entities, no network, within limits (libxml2's own).

Text whose declared encoding is wrong (GBK that says UTF-8, as some Chinese exporters write it) is read again in the
encoding that its bytes speak for, and that is told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from gis.formats import encodings
from models.errors import Refused, Unreadable
from models.notices import N_, Notice

_WORDS = re.compile("[\u4e00-\u9fff]{2,40}")
_SAMPLE_BYTES = 4_000_000
DEPTH = 64
"""Folders in folders, multi-geometries in multi-geometries."""
T = TypeVar("T")


def begins(head: bytes) -> bool:
    """True for first bytes that can be those of an XML text, in any of its encodings."""
    return head[:64].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<")


def local(element: Any) -> str:
    """The name of an element without its namespace; "" for comments and instructions."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def child(element: Any, name: str) -> Any:
    """The first child of that local name, or None."""
    return next((c for c in element if local(c) == name), None)


def text_of(element: Any, name: str, most: int = 100_000) -> str:
    """The text of the first child of that local name, stripped; "" without one."""
    found = child(element, name)
    return "" if found is None else (found.text or "").strip()[:most]


def walk(path: Path, encoding: str | None = None) -> Iterator[tuple[str, Any]]:
    """("start" or "end", element) of a file. The caller clears what it has taken.

    Raises Refused (a document type: entities), Unreadable (damaged, cut short).
    """
    from lxml import etree

    try:
        source = etree.iterparse(
            str(path), events=("start", "end"), resolve_entities=False, load_dtd=False, no_network=True,
            huge_tree=False, recover=False, remove_comments=True, remove_pis=True, encoding=encoding,
        )  # fmt: skip
        checked, depth = False, 0
        for event, element in source:
            if not checked:
                checked = True
                if element.getroottree().docinfo.internalDTD is not None:
                    raise Refused(
                        "xml.doctype",
                        N_("the file declares a document type, which may hide entities; it is not read"),
                        where=str(path),
                        advice=N_("open it in the program it came from and save it again"),
                    )
            depth += 1 if event == "start" else -1
            if depth > DEPTH:
                raise Refused(
                    "xml.deep", N_("its parts lie in each other more than {most} deep"), where=str(path), most=DEPTH
                )
            yield event, element
    except (etree.XMLSyntaxError, LookupError, UnicodeError) as cause:
        raise _damaged(path, cause) from cause


def _damaged(path: Path, cause: Exception) -> Unreadable:
    line = getattr(cause, "lineno", None) or 0
    return Unreadable(
        "xml.damaged",
        N_("the file is damaged or cut short at line {line}; nothing was taken from it"),
        where=str(path),
        advice=N_("get a new copy of it, or save it again in the program it came from"),
        line=line,
    )


def read(path: Path, stated: str | None, take: Callable[[Iterator[tuple[str, Any]]], T]) -> tuple[T, str, list[Notice]]:
    """(what `take` makes of the elements, encoding, remarks). Tries again in another encoding where the first fails."""
    if stated:
        choice = encodings.choose([], stated=stated, declared="")
        return take(walk(path, choice.codec)), choice.label, []
    try:
        return take(walk(path)), _declared(path), []
    except (Unreadable, UnicodeDecodeError) as cause:
        other = _other_encoding(path)
        if other is None:
            if isinstance(cause, UnicodeDecodeError):
                raise _damaged(path, cause) from cause
            raise
    try:
        made = take(walk(path, other.label))
    except UnicodeDecodeError as cause:
        raise _damaged(path, cause) from cause
    text = N_("the file says its text is {said}, but it reads as {encoding}, for instance “{sample}”")
    said = Notice(
        "encoding.overruled", text, said=_declared(path), encoding=other.label, sample=other.sample.strip()[:40]
    )
    return made, other.label, [said]


def _other_encoding(path: Path) -> encodings.Choice | None:
    """GB 18030 where the bytes are no UTF-8 and speak for it; UTF-8 where they are that and something else is said."""
    with path.open("rb") as file:
        sample = file.read(_SAMPLE_BYTES)
    try:
        sample[:-4].decode("utf-8")
    except UnicodeDecodeError:
        choice = encodings.choose(sample.splitlines(), stated=None, declared="")
        return choice if choice.codec == "gb18030" else None
    if sample.isascii() or encodings.codec_named(_declared(path)) in {None, "utf-8", "utf-16"}:
        return None
    return encodings.Choice("utf-8", "evidence", _declared(path), sample[:200].decode("utf-8", "replace"))


def _declared(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(200).replace(b"\0", b"")
    before, mark, after = head.partition(b"encoding=")
    if not mark or b"<?xml" not in before:
        return "UTF-8"
    name = after[1:].split(after[:1])[0].decode("ascii", "replace")
    return name.upper() or "UTF-8"
