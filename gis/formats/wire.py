"""What the parsing child says to its parent: JSON and WKB in frames. No pickles: the child reads untrusted files."""

from __future__ import annotations

import json
import math
import struct
from typing import Any

from models.errors import AppError, Missing, Refused, Unreadable
from models.notices import Notice

_ERRORS: dict[str, type[AppError]] = {c.__name__: c for c in (Refused, Missing, Unreadable)}


def pack(message: dict[str, Any], shapes: list[bytes] | None = None) -> bytes:
    """One frame: length of the JSON, the JSON, the shapes; their lengths stand in the JSON."""
    head = json.dumps({**message, "shapes": [len(s) for s in shapes or ()]}, default=str).encode()
    return b"".join([struct.pack("<I", len(head)), head, *(shapes or ())])


def unpack(frame: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """The message and its shapes. Raises ValueError on a frame that is not ours."""
    (length,) = struct.unpack_from("<I", frame)
    message = json.loads(frame[4 : 4 + length])
    if not isinstance(message, dict):
        raise TypeError(type(message))
    shapes, at = [], 4 + length
    for size in message.pop("shapes"):
        shapes.append(frame[at : at + size])
        at += size
    return message, shapes


def plain(value: Any) -> Any:
    """A field value as JSON holds it; bytes and other things that no field of ours takes become None."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, bytes | bytearray | memoryview):
        return None
    if isinstance(value, list | tuple | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def pack_error(error: AppError) -> bytes:
    """An error of ours as a frame."""
    facts = {k: v.to_json() if isinstance(v, Notice) else v for k, v in error.what.facts.items()}
    return pack(
        {
            "kind": "error",
            "class": type(error).__name__,
            "key": error.key,
            "what": error.what.text,
            "where": error.where,
            "advice": error.advice.text,
            "facts": facts,
        }
    )


def error_of(message: dict[str, Any]) -> AppError:
    """The error that `pack_error` packed."""
    facts = Notice.from_json({"key": "", "text": "", "facts": message["facts"]}).facts
    kind = _ERRORS.get(message["class"], Unreadable)
    return kind(message["key"], message["what"], where=message["where"], advice=message["advice"], **facts)
