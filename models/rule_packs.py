"""Rule packs from TOML: a schema with line-numbered errors; contradictory and doubled limits are refused."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import fields
from datetime import date
from typing import Any

from models.errors import Refused
from models.lab_units import UNITS
from models.methods import LEACH_TESTS, MEDIA
from models.notices import N_
from models.parameters import PARAMETERS
from models.rule_agreement import check_agreement
from models.rules import COMPARATORS, CONFIDENCES, CONSEQUENCES, MISSING, SCOPES, Pack, Route, Rule
from models.toml_lines import Lines, read_toml

_PACK_KEYS = {f.name for f in fields(Pack)} - {"rules"}
_PACK_NEEDS = ("id", "version", "title", "title_zh", "document", "source")
_COMMON = {
    "id",
    "title",
    "title_zh",
    "scope",
    "step",
    "check",
    "consequence",
    "clause",
    "clause_zh",
    "document",
    "document_zh",
    "confidence",
    "source",
    "note",
    "kinds",
    "exempt_kinds",
    "exempt_note",
    "classes",
    "after",
    "group",
}
_NEEDS = ("id", "title", "title_zh", "scope", "step", "check", "consequence", "clause", "confidence", "source")
_MISSING_KEYS = {"missing", "missing_kinds", "missing_else"}
# What each check needs, and what else it may have, beyond the common fields.
_CHECKS: dict[str, tuple[set[str], set[str]]] = {
    "limit": (
        {"parameters", "medium", "comparator"},
        {"limit", "unit", "methods", "methods_only", "one_of", "doubt_medium", "land_uses", "ph"} | _MISSING_KEYS,
    ),
    "index": ({"parameters", "divisors", "medium", "unit", "comparator", "limit"}, _MISSING_KEYS),
    "listed": (set(), {"words", "codes"}),
    "list_code": (set(), set()),
    "class": (set(), set()),
    "identification": ({"group"}, set()),
    "suggested": (set(), set()),
    "route": ({"routes"}, set()),
    "assessment": (set(), set()),
    "overlap": ({"controls"}, {"missing"}),
    "clearance": ({"comparator", "limit"}, {"unit", "missing"}),
    "base_layer": ({"limit"}, {"missing"}),
    "land_use": ({"land_uses"}, set()),
    "age": ({"comparator", "limit"}, {"unit"}),
    "duty": (set(), set()),
    "slot": (set(), set()),
    "mixture": (set(), {"with_kinds", "layings"}),
    "sample_count": ({"group", "masses", "samples"}, set()),
    "exceedance_count": ({"group", "samples", "counts"}, set()),
}
LIST_FIELDS = {
    "parameters",
    "methods",
    "kinds",
    "exempt_kinds",
    "missing_kinds",
    "with_kinds",
    "layings",
    "classes",
    "after",
    "words",
    "codes",
    "controls",
    "land_uses",
}
_CHOICES: dict[str, tuple[str, ...]] = {
    "scope": SCOPES,
    "consequence": CONSEQUENCES,
    "confidence": CONFIDENCES,
    "comparator": COMPARATORS,
    "missing": MISSING,
    "missing_else": MISSING,
    "medium": MEDIA,
    "doubt_medium": MEDIA,
    "check": tuple(_CHECKS),
}


def parse_pack(text: str, filename: str) -> Pack:
    """The pack of a TOML text. Raises Refused naming file and line of the first mistake."""
    document, lines = read_toml(text, filename)
    head = _Reader(document.get("pack", {}), "pack", 0, lines, filename)
    if "pack" not in document or not isinstance(document["pack"], dict):
        raise Refused("rules.no_pack", N_("there is no [pack] table"), where=f"{filename}:1")
    for key in _PACK_NEEDS:
        head.word(key)
    head.only(_PACK_KEYS)
    _check_dates(head)
    rules = [
        _rule(_Reader(t, "rule", i, lines, filename), document["pack"]["document"])
        for i, t in enumerate(_tables(document))
    ]
    for key in set(document) - {"pack", "rule"}:
        raise Refused(
            "rules.unknown_key", N_("{field} is not a field here"), where=f"{filename}:{lines.of(key)}", field=key
        )
    if not rules:
        raise Refused("rules.empty", N_("the pack has no rules"), where=f"{filename}:1")
    pack = Pack(**{k: str(v) for k, v in document["pack"].items()}, rules=tuple(rules))
    check_agreement([pack], filename)
    return pack


def _tables(document: dict[str, Any]) -> list[dict[str, Any]]:
    tables = document.get("rule", [])
    return tables if isinstance(tables, list) else [tables]


class _Reader:
    """One table and the means to refuse it at the right line."""

    def __init__(self, table: Any, array: str, index: int, lines: Lines, filename: str) -> None:
        self.table: dict[str, Any] = table if isinstance(table, dict) else {}
        self._place = (array, index)
        self._lines, self.filename = lines, filename

    def line(self, key: str = "") -> int:
        return self._lines.of(*self._place, key)

    def refuse(self, field: str, what: str, **facts: Any) -> Refused:
        name = self.table.get("id", "")
        where = f"{self.filename}:{self.line(field)}" + (f" {name}" if name else "")
        return Refused("rules.bad", what, where=where, field=field, **facts)

    def word(self, key: str) -> str:
        value = self.table.get(key)
        if value is None or value == "":
            raise self.refuse(key, N_("{field} is missing"))
        if not isinstance(value, str) or "{" in value or "}" in value:
            raise self.refuse(key, N_("{field} must be text without braces"))
        return value

    def only(self, known: Iterable[str]) -> None:
        for key in self.table:
            if key not in known:
                raise self.refuse(key, N_("{field} is not a field here"))


def _rule(reader: _Reader, document: str) -> Rule:
    table = reader.table
    for key in _NEEDS:
        if key != "step":
            reader.word(key)
    for key, known in _CHOICES.items():
        if key in table and table[key] not in known:
            raise reader.refuse(key, N_("{field} must be one of {known}"), known=", ".join(known))
    needs, may = _CHECKS[table["check"]]
    reader.only(_COMMON | needs | may)
    for key in sorted(needs - table.keys()):
        raise reader.refuse(key, N_("{field} is missing"))
    if not isinstance(table.get("step"), int) or not 1 <= table["step"] <= 9:
        raise reader.refuse("step", N_("{field} must be a whole number from 1 to 9"))
    values: dict[str, Any] = {"document": document, **table, "line": reader.line()}
    for key in LIST_FIELDS & table.keys():
        if not isinstance(table[key], list) or not all(isinstance(w, str) and w for w in table[key]):
            raise reader.refuse(key, N_("{field} must be a list of words"))
        values[key] = tuple(table[key])
    if "one_of" in table:
        values["one_of"] = tuple(tuple(g) for g in table["one_of"])
    if "routes" in table:
        values["routes"] = tuple(_route(reader, r) for r in table["routes"])
    _check_limit(reader, values)
    _check_series(reader, values)
    return Rule(**values)


def _check_series(reader: _Reader, values: dict[str, Any]) -> None:
    """The pH band of a soil and the rising tables of HJ 298."""
    if "ph" in values:
        band = values["ph"]
        if not _numbers(band, 2) or band[0] >= band[1]:
            raise reader.refuse("ph", N_("{field} must be two numbers"))
        values["ph"] = (float(band[0]), float(band[1]))
    for key in ("masses", "samples", "counts"):
        if key not in values:
            continue
        series = values[key]
        if not _numbers(series, len(series) if isinstance(series, list) else -1) or sorted(set(series)) != series:
            raise reader.refuse(key, N_("{field} must be a list of rising numbers"))
        values[key] = tuple(float(n) if key == "masses" else int(n) for n in series)
    if "masses" in values and len(values["masses"]) + 1 != len(values["samples"]):
        raise reader.refuse("masses", N_("there is one number of samples more than there are limits of mass"))
    if "counts" in values and len(values["counts"]) != len(values["samples"]):
        raise reader.refuse("counts", N_("counts and samples must be as many"))


def _route(reader: _Reader, route: Any) -> Route:
    if not isinstance(route, dict) or not {"kinds", "origins"} <= route.keys() <= {"kinds", "origins", "same_mine"}:
        raise reader.refuse("routes", N_("a route needs kinds and origins"))
    return Route(tuple(route["kinds"]), tuple(route["origins"]), bool(route.get("same_mine", False)))


def _check_limit(reader: _Reader, values: dict[str, Any]) -> None:
    """Parameters are known, the unit fits them, the limit has the comparator's shape."""
    for parameter in values.get("parameters", ()):
        if parameter not in PARAMETERS:
            raise reader.refuse("parameters", N_("{parameter} is not a known parameter"), parameter=parameter)
    comparator = values.get("comparator", "")
    limit: Any = values.get("limit")
    pair = comparator in {"between", "inside"}
    if values["check"] == "base_layer" or pair:
        if not _numbers(limit, 2) or (pair and limit[0] >= limit[1]):
            raise reader.refuse("limit", N_("{field} must be two numbers"))
        values["limit"] = (float(limit[0]), float(limit[1]))
    elif comparator == "not_detected":
        if limit is not None:
            raise reader.refuse("limit", N_("not_detected has no limit"))
    elif comparator:
        if not _numbers([limit], 1):
            raise reader.refuse("limit", N_("{field} must be a number"))
        values["limit"] = float(limit)
    if values["check"] in {"limit", "index"}:
        _check_unit(reader, values)


def _numbers(value: Any, count: int) -> bool:
    return (
        isinstance(value, list)
        and len(value) == count
        and all(isinstance(n, int | float) and not isinstance(n, bool) and math.isfinite(n) for n in value)
    )


_LIQUID, _SOLID = {"leachate", "activity_water", "ph"}, {"content", "activity"}
_MEDIUM_KINDS: dict[str, set[str]] = {
    **dict.fromkeys([*LEACH_TESTS, "groundwater"], _LIQUID),
    "corrosivity": {"ph"},
    "solid": _SOLID | {"ph"},
    "soil": _SOLID | {"ph"},
}
"""Kinds of unit that a value of a medium can have: no leachate is measured in mg/kg."""


def _check_unit(reader: _Reader, values: dict[str, Any]) -> None:
    unit = values.get("unit", "")
    if unit not in UNITS:
        raise reader.refuse("unit", N_("{field} must be one of {known}"), known=", ".join(UNITS))
    kind = UNITS[unit]
    for parameter in values["parameters"]:
        fit = PARAMETERS[parameter].units
        if kind not in fit and not (unit == "-" and fit == ("count",)):
            raise reader.refuse("unit", N_("{unit} is no unit for {parameter}"), unit=unit, parameter=parameter)
    medium = values.get("medium", "")
    if kind not in _MEDIUM_KINDS.get(medium, {kind}):
        raise reader.refuse("unit", N_("{unit} is no unit for a value of {medium}"), unit=unit, medium=medium)
    _check_possible(reader, values)
    if len(values.get("divisors", values["parameters"])) != len(values["parameters"]):
        raise reader.refuse("divisors", N_("divisors and parameters must be as many"))
    values["divisors"] = tuple(float(d) for d in values.get("divisors", ()))


def _check_possible(reader: _Reader, values: dict[str, Any]) -> None:
    """A limit below nothing, or beyond what the parameter can be, is a slip."""
    limit = values.get("limit")
    if limit is None:
        return
    low, high = limit if isinstance(limit, tuple) else (limit, limit)
    most = [m for p in values["parameters"] if (m := PARAMETERS[p].maximum) is not None]
    if values["check"] == "limit" and values.get("unit") == "%":
        most.append(100.0)
    if low < 0 or (most and high > min(most)):
        raise reader.refuse("limit", N_("{field} is a value that cannot be"))


def _check_dates(reader: _Reader) -> None:
    for key in ("issued", "in_force", "superseded"):
        text = reader.table.get(key, "")
        try:
            if text:
                date.fromisoformat(str(text))
        except ValueError:
            raise reader.refuse(key, N_("{field} must be a date as 2026-10-01")) from None
