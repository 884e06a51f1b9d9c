"""Edit fields of a feature or a waste by name, checked like a form."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import fields as dataclass_fields
from datetime import date, datetime
from typing import Any

from app.i18n import translator
from app.project import Project
from app.verbs import labels
from app.verbs.waste import MASS_BASES, catalogue, check_numbers
from layers.base import Choice, Field
from layers.registry import LAYERS
from models.changes import ChangeSet, Update
from models.errors import Missing, Refused
from models.notices import N_
from models.waste import Waste

_WASTE_NUMBERS = {"annual_t", "stock_t", "density_t_m3", "moisture"}
_EMPTY = {"", "null", "none"}


def parse_value(field: Field, text: str) -> Any:
    """The typed value of a field from what a person typed; "" and "null" mean no value. Raises Refused."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if plain.lower() in _EMPTY:
        return None
    try:
        return _typed(field, text.strip(), plain)
    except ValueError as cause:
        raise Refused(
            "field.bad_value",
            N_("{value} is no value for {field} ({kind})"),
            where=f"{field.name}={text}",
            advice=_advice(field),
            value=text,
            field=field.name,
            kind=field.kind,
            choices=", ".join(c.value for c in field.choices),
        ) from cause


def _typed(field: Field, text: str, plain: str) -> Any:
    if field.choices:
        chinese = translator("zh_CN")
        for choice in field.choices:
            if plain in (choice.value, choice.label, chinese(choice.label)):
                return choice.value
        raise ValueError(plain)
    if field.kind == "integer":
        return int(plain)
    if field.kind == "real":
        value = float(plain)
        if not math.isfinite(value):
            raise ValueError(plain)
        return value
    if field.kind == "boolean":
        return {"1": True, "true": True, "yes": True, "是": True, "0": False, "false": False, "no": False, "否": False}[
            plain.lower()
        ]
    if field.kind == "date":
        parts = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", plain)
        return (date(*map(int, parts.groups())) if parts else date.fromisoformat(plain)).isoformat()
    if field.kind == "datetime":
        return datetime.fromisoformat(plain).isoformat()
    return text


def _advice(field: Field) -> str:
    if field.choices:
        return N_("one of: {choices}")
    return {
        "real": N_("a plain number, e.g. 12.5"),
        "integer": N_("a whole number"),
        "boolean": N_("yes or no"),
        "date": N_("a date like 2026-10-01"),
        "datetime": N_("a time like 2026-10-01T08:30:00"),
    }.get(field.kind, N_("check the value"))


def set_fields(project: Project, code: str, values: Mapping[str, str]) -> ChangeSet:
    """Set fields of the feature or waste with this code, all or none.

    Raises Missing for an unknown code or field, Refused for a value that does not fit.
    """
    for layer in LAYERS.values():
        for row in project.store.rows(layer.key, code=code):
            typed: dict[str, Any] = {}
            for name, text in values.items():
                field = layer.field_named(name)
                if field is None or field.system:
                    raise _no_field(name, code, [f.name for f in layer.fields if not f.system])
                typed[name] = parse_value(field, text)
            return _commit(project, layer.key, row, typed)
    for row in project.store.rows("wastes", code=code):
        known = [f.name for f in dataclass_fields(Waste)]
        typed = {}
        for name, text in values.items():
            if name not in known:
                raise _no_field(name, code, known)
            typed[name] = parse_value(_waste_field(name), text)
        check_numbers(code, {n: v for n, v in typed.items() if n in _WASTE_NUMBERS})
        return _commit(project, "wastes", row, typed)
    raise Missing(
        "code.unknown",
        N_("nothing in the project has the code {code}"),
        where=str(project.path),
        advice=N_("list what there is with info"),
        code=code,
    )


def _waste_field(name: str) -> Field:
    """How a waste's field is read: the kind is one of the catalogue, masses are dry or wet."""
    if name in _WASTE_NUMBERS:
        return Field(name, "real", name)
    choices: tuple[Choice, ...] = ()
    if name == "kind":
        choices = tuple(Choice(key, kind.label) for key, kind in catalogue().items())
    elif name == "mass_basis":
        choices = tuple(Choice(key, key) for key in MASS_BASES)
    return Field(name, "text", name, choices=choices)


def _no_field(name: str, code: str, known: list[str]) -> Missing:
    return Missing(
        "field.unknown",
        N_("{code} has no field {name}"),
        advice=N_("known: {known}"),
        code=code,
        name=name,
        known=", ".join(known),
    )


def _commit(project: Project, table: str, row: dict[str, Any], typed: dict[str, Any]) -> ChangeSet:
    label = labels.fields_changed(table, row["code"], row, typed)
    return project.store.transact(label, [Update(table, int(row["fid"]), typed)])
