"""Kinds of sheet: one TOML file each, the program's in resources/sheets/, a user's own beside or given by path.

A template names what is drawn and in which order; what it may name is listed here and said when it names another.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from app.package.kind import SheetKind
from app.package.mapparts import MAP_PARTS
from app.package.panels import PANELS
from app.package.table import TABLES
from app.paths import sheets_folder
from models.errors import Missing, Refused, Unreadable
from models.notices import N_
from resources import resource_path

BODIES = ("map", "sections", "curve")
SCOPES = ("site", "project")
EXTENTS = ("site", "surroundings", "stations", "project")
_FURNITURE = "layout"
_KEYS = {"number", "title", "title_of_heaps", "map", "column", "scales", "body", "scope", "extent", "margin"}
_MOST_BYTES = 200_000


def kind_names(scope: str | None = None) -> tuple[str, ...]:
    """The keys of the sheet kinds that there are templates for, in the order of their numbers."""
    files = {p.stem: p for folder in (sheets_folder(), _own()) for p in folder.glob("*.toml") if p.stem != _FURNITURE}
    if scope is None:
        return tuple(sorted(files))
    kinds = [_read_or_none(p) for p in files.values()]
    found = sorted((k for k in kinds if k is not None and k.scope == scope), key=lambda k: (k.number, k.key))
    return tuple(k.key for k in found)


def sheet_kind(key: str) -> SheetKind:
    """The template of that key, or the file of that name (*.toml). The user's own go before the program's.

    Raises Missing with the known keys, Unreadable (no TOML), Refused (what the template says cannot be drawn).
    """
    if key.endswith(".toml"):
        path = Path(key)
        if not path.is_file():
            raise Missing("sheet.template", N_("there is no such template"), where=key, advice=N_("check the path"))
        return _read(path, key)
    for folder in (sheets_folder(), _own()):
        path = folder / f"{key}.toml"
        if key and key != _FURNITURE and "/" not in key and "\\" not in key and path.is_file():
            return _read(path, key)
    raise Missing(
        "sheet.kind",
        N_("there is no sheet kind {kind}"),
        kind=key,
        advice=N_("known: {known}"),
        known=", ".join(kind_names()),
    )


def is_of_project(kind: str) -> bool:
    """True for a kind of sheet that shows the whole project and not one site."""
    return sheet_kind(kind).scope == "project"


def _own() -> Path:
    return resource_path("sheets")


def _read_or_none(path: Path) -> SheetKind | None:
    """A user's template that cannot be used is told of when it is asked for, not when the others are listed."""
    try:
        return _read(path, path.stem)
    except (Refused, Unreadable):
        return None


def _read(path: Path, key: str) -> SheetKind:
    try:
        facts = path.stat()
    except OSError as error:
        raise _unreadable(path, str(error.strerror)) from error
    return _kind(path, key, facts.st_mtime_ns, facts.st_size)


@cache
def _kind(path: Path, key: str, _changed: int, size: int) -> SheetKind:
    if size > _MOST_BYTES:
        raise _unreadable(path, f"{size} bytes")
    try:
        data = tomllib.loads(path.read_text(encoding="utf8"))
    except (OSError, ValueError) as error:  # TOML and UTF-8 errors are ValueErrors; they name line and column
        raise _unreadable(path, str(error)) from error
    return _checked(path, key, data)


def _unreadable(path: Path, reason: str) -> Unreadable:
    text = N_("the template of a sheet cannot be read: {reason}")
    return Unreadable("sheet.template", text, where=str(path), advice=N_("mend the file"), reason=reason)


def _checked(path: Path, key: str, data: dict[str, Any]) -> SheetKind:
    where = str(path)
    for name in data:
        _among(where, "", name, _KEYS)
    body = _word(where, data, "body", BODIES)
    parts, panels = _list(where, data, "map", str), _list(where, data, "column", str)
    for name in parts:
        _among(where, "map", name, MAP_PARTS)
    for name in panels:
        _among(where, "column", name, (*PANELS, *TABLES))
    if body == "map" and not parts:
        raise _wrong(where, "map", "[]", N_("a list of what is drawn"))
    scales = _list(where, data, "scales", int)
    if any(not 100 <= s <= 5_000_000 for s in scales):
        raise _wrong(where, "scales", scales, N_("numbers from 100 to 5000000"))
    margin = data.get("margin")
    if margin is not None and not (type(margin) in {int, float} and 0 <= margin <= 100):
        raise _wrong(where, "margin", margin, N_("millimetres from 0 to 100"))
    number = data.get("number")
    if not isinstance(number, str) or not 0 < len(number) <= 12:
        raise _wrong(where, "number", number, N_('a short text in quotes, such as "03"'))
    return SheetKind(
        key, number, _titles(where, data, "title", needed=True), _titles(where, data, "title_of_heaps", needed=False),
        parts, panels, scales, body, _word(where, data, "scope", SCOPES), _word(where, data, "extent", EXTENTS), margin,
    )  # fmt: skip


def _titles(where: str, data: dict[str, Any], name: str, *, needed: bool) -> dict[str, str]:
    given = data.get(name, {})
    fit = isinstance(given, dict) and all(isinstance(v, str) and 0 < len(v) <= 60 for v in given.values())
    if not fit or ((needed or given) and "en" not in given):
        raise _wrong(where, name, given, N_("a table with the title in each language, en at least"))
    return dict(given)


def _list(where: str, data: dict[str, Any], name: str, kind: type) -> tuple[Any, ...]:
    given = data.get(name, [])
    if not isinstance(given, list) or any(type(v) is not kind for v in given):
        raise _wrong(where, name, given, N_("a list of whole numbers") if kind is int else N_("a list of names"))
    return tuple(given)


def _word(where: str, data: dict[str, Any], name: str, known: tuple[str, ...]) -> str:
    given = data.get(name, known[0])
    if given not in known:
        raise _unknown(where, name, given, known)
    return str(given)


def _among(where: str, field: str, name: str, known: Iterable[str]) -> None:
    if name not in known:
        raise _unknown(where, field, name, known)


def _unknown(where: str, field: str, name: object, known: Iterable[str]) -> Refused:
    return Refused(
        "sheet.template",
        N_("a template of a sheet names {name}, which is not known{field}"),
        where=where,
        advice=N_("known: {known}"),
        name=str(name)[:60],
        field=f" ({field})" if field else "",
        known=", ".join(sorted(known)),
    )


def _wrong(where: str, field: str, given: object, wanted: str) -> Refused:
    from models.notices import Notice

    text = N_("a template of a sheet says {field} = {given}; it must be {wanted}")
    return Refused(
        "sheet.template", text, where=where, advice=N_("mend the file"), field=field, given=repr(given)[:60],
        wanted=Notice("sheet.template", wanted),
    )  # fmt: skip
