"""What the parsing child says to its parent: JSON and WKB in frames. No pickles: the child reads untrusted files."""

from __future__ import annotations

import json
import math
import struct
from typing import IO, Any

from models.errors import AppError, Missing, Refused, Unreadable
from models.notices import Notice

MAX_FRAME_BYTES = 1 << 31

_ERRORS: dict[str, type[AppError]] = {c.__name__: c for c in (Refused, Missing, Unreadable)}


def pack(message: dict[str, Any], shapes: list[bytes] | None = None) -> bytes:
    """One frame: length of the JSON, the JSON, the shapes; their lengths stand in the JSON."""
    head = json.dumps({**message, "shapes": [len(s) for s in shapes or ()]}, default=str).encode()
    return b"".join([struct.pack("<I", len(head)), head, *(shapes or ())])


def send(pipe: IO[bytes], frame: bytes) -> None:
    """Write one frame with its length before it."""
    pipe.write(struct.pack("<Q", len(frame)))
    pipe.write(frame)
    pipe.flush()


def receive(pipe: IO[bytes]) -> bytes | None:
    """The next frame, None at the end of the pipe. Raises ValueError for a length that no frame of ours has."""
    head = pipe.read(8)
    if len(head) < 8:
        return None
    (length,) = struct.unpack("<Q", head)
    if length > MAX_FRAME_BYTES:
        raise ValueError(length)
    frame = pipe.read(length)
    return frame if len(frame) == length else None


def unpack(frame: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """The message and its shapes. Raises ValueError, KeyError or TypeError on a frame that is not ours."""
    if len(frame) < 4:
        raise ValueError(frame)
    (length,) = struct.unpack_from("<I", frame)
    message = json.loads(frame[4 : 4 + length])
    if not isinstance(message, dict):
        raise TypeError(type(message))
    shapes, at = [], 4 + length
    for size in message.pop("shapes"):
        shapes.append(frame[at : at + size])
        at += size
    return message, shapes


def rows(message: dict[str, Any]) -> list[Any]:
    """[row, fields, remarks] of each feature of a message, whether it came by rows or by columns."""
    if "columns" not in message:
        return list(message["rows"])
    numbers, names, columns, notes = (message[k] for k in ("numbers", "names", "columns", "notes"))
    records = zip(*columns, strict=True) if columns else ((),) * len(numbers)
    made = [[n, dict(zip(names, r, strict=True)), ()] for n, r in zip(numbers, records, strict=True)]
    for at, said in notes.items():
        made[int(at)][2] = said
    return made


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


def error_message(error: AppError) -> dict[str, Any]:
    """An error of ours as a message."""
    facts = {k: v.to_json() if isinstance(v, Notice) else v for k, v in error.what.facts.items()}
    return {
        "kind": "error",
        "class": type(error).__name__,
        "key": error.key,
        "what": error.what.text,
        "where": error.where,
        "advice": error.advice.text,
        "facts": facts,
    }


def error_of(message: dict[str, Any]) -> AppError:
    """The error that `error_message` wrote."""
    facts = Notice.from_json({"key": "", "text": "", "facts": message["facts"]}).facts
    kind = _ERRORS.get(message["class"], Unreadable)
    return kind(message["key"], message["what"], where=message["where"], advice=message["advice"], **facts)
