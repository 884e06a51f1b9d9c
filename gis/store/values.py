"""Checks the values of a change against the declarations of its table, and brings them into the form that is stored."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from gis.store.table import Table
from gis.store.tables import table_word
from layers.base import Field
from models.errors import Missing, Refused
from models.notices import N_, Notice

_CODE_LENGTH = 100
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_SHOWN = 60  # characters of a bad value that a message repeats
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{4})(\d\d)(\d\d)")
_BOOLEANS = {"1": True, "true": True, "yes": True, "是": True, "0": False, "false": False, "no": False, "否": False}
_INT64 = 2**63


def stored_values(table: Table, values: dict[str, Any], *, new: bool) -> dict[str, Any]:
    """The columns to write, without geometry. Raises Missing (unknown field), Refused (a value that does not fit)."""
    made: dict[str, Any] = {}
    for name, value in values.items():
        if name == "geometry" and table.geometry:
            continue
        if _is_plain(table, name, value):
            made[name] = value
            continue
        f = table.field_named(name)
        if f is None:
            known = ", ".join(c.name for c in table.fields if not c.system)
            raise Missing("field.unknown", N_("{table} has no field {field}"), advice=N_("known: {known}"),
                          table=table_word(table.key), field=name, known=known)  # fmt: skip
        if f.system and not new:
            raise Refused("field.system", N_("{field} is kept by the program and cannot be changed"),
                          where=f"{table.key}.{name}", field=_word(f))  # fmt: skip
        made[name] = _document(value) if name in table.json else stored_value(f, value)
        if f.required and made[name] is None and not (new and (f.system or (name == "code" and table.code_prefix))):
            raise _required(table, f)
    if new:
        for f in table.required:
            if f.name not in made:
                raise _required(table, f)
    return made


def _is_plain(table: Table, name: str, value: Any) -> bool:
    """True for the many values that need no second look: a text of ordinary characters, a number without limits."""
    kind = table.plain.get(name)
    if kind is None:
        return name == "code" and type(value) is str and is_tidy_code(value) and bool(table.code_prefix)
    if kind is str:
        return type(value) is str and value.isprintable() and not value.isspace() and value != ""
    return kind is float and type(value) is float and value - value == 0.0


def _required(table: Table, f: Field) -> Refused:
    return Refused("field.required", N_("{field} must have a value"), where=f"{table.key}.{f.name}",
                   field=_word(f))  # fmt: skip


def stored_value(f: Field, value: Any) -> Any:
    """One value as it is stored: None, str, int or float. "" is no value. Raises Refused naming field and value."""
    if hasattr(value, "item") and getattr(value, "ndim", 0) == 0:
        value = value.item()  # a number of numpy
    if value is None or type(value).__name__ in {"NAType", "NaTType"}:
        return None
    if isinstance(value, str):
        _check_characters(f, value)
        if not value.strip():
            return None
    try:
        made = _KINDS[f.kind](value)
    except (ValueError, TypeError, OverflowError, OSError) as cause:
        raise _bad(f, value, _ADVICE[f.kind]) from cause
    if f.name == "code":
        made = _code(f, made)
    _check_limits(f, made)
    return made


def _code(f: Field, text: str) -> str:
    """A code on one line: blanks joined, control and direction marks dropped, which would make two codes look alike."""
    if not text.isprintable():
        text = "".join(c for c in text if c.isspace() or not _UNSEEN.match(c))
    made = " ".join(text.split())
    if not made or len(made) > _CODE_LENGTH:
        raise _bad(f, text, N_("a code has 1 to 100 characters"))
    return made


def is_tidy_code(text: str) -> bool:
    """True for a code that is kept as it is: the second look would change nothing."""
    return text.isprintable() and text.strip() == text and "  " not in text and 0 < len(text) <= _CODE_LENGTH


def are_tidy(texts: list[str]) -> bool:
    """True if every text is there, of ordinary characters, with no blank at its ends."""
    return "".join(texts).isprintable() and all(texts) and list(map(str.strip, texts)) == texts


def are_tidy_codes(texts: list[str]) -> bool:
    """`is_tidy_code` for all of many."""
    return are_tidy(texts) and "  " not in "|".join(texts) and max(map(len, texts), default=0) <= _CODE_LENGTH


def _check_characters(f: Field, value: str) -> None:
    if value.isprintable():
        return
    if "\x00" in value:
        raise _bad(f, value.replace("\x00", "\\0"), N_("take out the null character"))
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as cause:
        raise _bad(f, value.encode("utf-8", "replace").decode(), N_("the text holds broken characters")) from cause


def _check_limits(f: Field, value: Any) -> None:
    if f.choices and value not in {c.value for c in f.choices}:
        raise Refused("field.choice", N_("{value} is not one of the values of {field}"), where=f.name,
                      advice=N_("one of: {choices}"), value=_short(value), field=_word(f),
                      choices=", ".join(c.value for c in f.choices))  # fmt: skip
    if f.minimum is not None and value < f.minimum:
        raise _beyond(N_("{field} = {value} is below {limit}"), f, value, f.minimum)
    if f.maximum is not None and value > f.maximum:
        raise _beyond(N_("{field} = {value} is above {limit}"), f, value, f.maximum)


def _beyond(what: str, f: Field, value: float, limit: float) -> Refused:
    return Refused("field.range", what, where=f.name, field=_word(f), value=value, limit=limit)


def _bad(f: Field, value: Any, advice: str) -> Refused:
    return Refused("field.bad_value", N_("{value} is no value for {field} ({kind})"), where=f.name, advice=advice,
                   value=_short(value), field=_word(f), kind=f.kind)  # fmt: skip


def _word(f: Field) -> Notice:
    return Notice("field", f.label)


def _short(value: Any) -> str:
    text = repr(value) if isinstance(value, bytes) else str(value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(value)
    if not math.isfinite(value):
        raise ValueError(value)
    return str(int(value)) if value == int(value) else repr(value)


def _real(value: Any) -> float:
    if isinstance(value, bool | bytes):
        raise TypeError(value)
    number = float(value)
    if not math.isfinite(number) or (isinstance(value, str) and "_" in value):
        raise ValueError(value)
    return number


def _integer(value: Any) -> int:
    number = int(value) if isinstance(value, int) and not isinstance(value, bool) else _real(value)
    if number != int(number) or not -_INT64 <= number < _INT64:
        raise ValueError(value)
    return int(number)


def _boolean(value: Any) -> int:
    if isinstance(value, str):
        return int(_BOOLEANS[value.strip().lower()]) if value.strip().lower() in _BOOLEANS else _fail(value)
    if isinstance(value, bool | int | float) and value in {0, 1}:
        return int(value)
    return _fail(value)


def _fail(value: Any) -> int:
    raise ValueError(value)


def _date(value: Any) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, str):
        raise TypeError(value)
    found = _DATE.fullmatch(value.strip())
    if found is None:
        return datetime.fromisoformat(value.strip()).date().isoformat()
    year, month, day = (int(g) for g in found.groups() if g)
    return date(year, month, day).isoformat()


def _datetime(value: Any) -> str:
    if isinstance(value, str):
        value = datetime.fromisoformat(value.strip().replace("/", "-"))
    if not isinstance(value, datetime):
        raise TypeError(value)
    return utc_text(value)


def utc_text(value: datetime) -> str:
    """A time as GeoPackage wants it: UTC with milliseconds and Z. A time without zone is this computer's local time."""
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def now_text() -> str:
    """The present time as it is stored."""
    return utc_text(datetime.now(UTC))


def _document(value: Any) -> str | None:
    if value is None:
        return None
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        text.encode("utf-8")
    except (TypeError, ValueError) as cause:
        raise Refused(
            "field.document", N_("a record holds something that cannot be stored (not finite, or no plain value)")
        ) from cause
    return text


_KINDS: dict[str, Callable[[Any], Any]] = {
    "text": _text,
    "real": _real,
    "integer": _integer,
    "boolean": _boolean,
    "date": _date,
    "datetime": _datetime,
}
_ADVICE = {
    "text": N_("give a text"),
    "real": N_("a plain number, e.g. 12.5"),
    "integer": N_("a whole number"),
    "boolean": N_("yes or no"),
    "date": N_("a date like 2026-10-01"),
    "datetime": N_("a time like 2026-10-01T08:30:00"),
}
