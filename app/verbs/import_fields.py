"""Whose field is whose: columns of a foreign table onto a layer's fields, their values into the form that is kept."""

from __future__ import annotations

import difflib
import math
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.i18n import translator
from gis.formats.shapefile import short_names
from gis.store.values import are_tidy, are_tidy_codes, is_tidy_code, stored_value
from layers.base import Field, LayerType
from models.errors import Missing, Refused
from models.notices import N_, Notice
from models.traditional import simplified

# Headings that any table may carry for its own row numbers: a code only if they are different in every row.
_WEAK = {"id", "no", "代码"}
_FALLBACK = "other"
_TURNS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


@dataclass(frozen=True)
class Mapping_:  # noqa: N801 - Mapping is typing's
    """`taken` maps their column to our field; `unused` are the columns that nothing was made of."""

    taken: dict[str, Field]
    unused: tuple[str, ...]
    weak: tuple[str, ...] = ()
    """Columns taken by a heading that proves little (see `weak_codes`)."""


def plain(text: str) -> str:
    """A heading for comparison: full-width and case folded, spaces, dots and unit brackets gone."""
    folded = simplified(unicodedata.normalize("NFKC", text).casefold())
    return "".join(c for c in folded.split("(")[0] if c.isalnum() or c == "_").strip("_")


def map_fields(layer: LayerType, columns: Sequence[str], asked: Mapping[str, str]) -> Mapping_:
    """Which column fills which field: as asked, by name, by alias, by label in English or Chinese, by dBASE short name.

    `asked` is {theirs: ours}; an empty `ours` leaves the column out. Raises Missing for names that do not exist,
    Refused where two columns are asked for one field.
    """
    own = {f.name: f for f in layer.fields if not f.system}
    taken: dict[str, Field] = {}
    for theirs, ours in asked.items():
        if theirs not in columns:
            raise _missing(N_("the file has no field {name}"), theirs, columns)
        if not ours:
            continue
        if ours not in own:
            raise _missing(N_("the layer has no field {name}"), ours, list(own))
        if any(f.name == ours for f in taken.values()):
            raise Refused("import.field_twice", N_("two fields of the file are meant for {name}"), name=ours)
        taken[theirs] = own[ours]
    weak = []
    for match in _matchers(own):
        for column in columns:
            found = match(column) if column not in taken and column not in asked else None
            if found is not None and found.name not in {f.name for f in taken.values()}:
                taken[column] = found
                if plain(column) in _WEAK and found.name == "code":
                    weak.append(column)
    system = {f.name for f in layer.fields if f.system} | {"fid"}
    unused = tuple(c for c in columns if c not in taken and c not in asked and c not in system)
    return Mapping_(taken, unused, tuple(weak))


def _matchers(own: dict[str, Field]) -> list[Callable[[str], Field | None]]:
    """From the surest to the weakest; all columns are tried with one before the next is used."""
    chinese = translator("zh_CN")
    names = {plain(n): f for n, f in own.items()}
    aliases: dict[str, Field] = {}
    weak: dict[str, Field] = {}
    labels: dict[str, Field] = {}
    for f in own.values():
        for alias in f.aliases:
            (weak if plain(alias) in _WEAK else aliases).setdefault(plain(alias), f)
        labels.setdefault(plain(f.label), f)
        labels.setdefault(plain(chinese(f.label)), f)
    short = {plain(s): own[n] for n, s in short_names(list(own)).items()}
    return [lambda c, t=table: t.get(plain(c)) for table in (names, aliases, labels, short, weak)]  # type: ignore[misc]


def _missing(what: str, name: str, known: Sequence[str]) -> Missing:
    near = difflib.get_close_matches(name, known, 3, 0.5)
    return Missing("import.no_field", what, advice=N_("there is: {known}"), name=name, known=", ".join(near or known))


def weak_codes(values: Sequence[Any]) -> bool:
    """True if the values of a column like "id" can serve as codes: all there and all different."""
    given = [str(v).strip() for v in values if v is not None and str(v).strip()]
    return len(given) == len(values) and len(set(given)) == len(given)


def take(field: Field, value: Any) -> Any:
    """A foreign value in the form that is kept: choices by value or label, full-width digits, dates as people write.

    Raises Refused if it does not fit the field.
    """
    if type(value) is str and _is_ordinary(field, value):
        return value
    if isinstance(value, str):
        if not value.isprintable():
            value = "".join(c for c in value if c in "\n\t" or not _hidden(c))
        value = value.strip()
        if field.kind != "text" or field.choices:
            value = unicodedata.normalize("NFKC", value).strip()
        if field.kind in {"real", "integer"}:
            value = _number(value)
    if value is None or value == "" or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if field.choices:
        value = _choice(field, value)
    elif field.kind == "boolean" and not isinstance(value, str):
        value = bool(value) if value in (0, 1) else value
    return stored_value(field, value)


def are_ordinary(field: Field, values: Sequence[Any]) -> bool:
    """True if every value is a text that `take` keeps as it is; for a large file one look instead of many."""
    if field.kind != "text" or field.choices or set(map(type, values)) != {str}:
        return False
    texts = list(values)
    return are_tidy_codes(texts) if field.name == "code" else are_tidy(texts)


def _is_ordinary(field: Field, value: str) -> bool:
    """True for the many texts that are kept as they are: a second look would find nothing (isprintable knows them)."""
    if field.kind != "text" or field.choices or not value.isprintable() or value.strip() != value or not value:
        return False
    return field.name != "code" or is_tidy_code(value)


def _hidden(character: str) -> bool:
    """Control characters, and the marks that turn the direction of writing and so make one name look like another."""
    kind = unicodedata.category(character)
    return kind in {"Cc", "Cs", "Co"} or unicodedata.bidirectional(character) in _TURNS


def _number(text: str) -> str:
    """A number without its thousands marks (1,234.5 or 1 234.5); what is no such number stays and is refused later."""
    head, _, tail = text.partition(".")
    groups = head.replace(" ", ",").split(",")
    if len(groups) > 1 and all(len(g) == 3 for g in groups[1:]) and tail.isdigit() | (tail == ""):
        return text.replace(",", "").replace(" ", "")
    return text


def _choice(field: Field, value: Any) -> Any:
    chinese = translator("zh_CN")
    wanted = plain(str(value))
    for choice in field.choices:
        if wanted in {plain(choice.value), plain(choice.label), plain(chinese(choice.label))}:
            return choice.value
    return value


def fallback(field: Field) -> str | None:
    """What a required choice becomes where a file does not say it: "other" if there is such a choice, else None."""
    return _FALLBACK if any(c.value == _FALLBACK for c in field.choices) else None


def unused_notice(columns: Sequence[str]) -> list[Notice]:
    """Which columns of the file nothing was made of."""
    if not columns:
        return []
    shown = ", ".join(columns[:12]) + (" …" if len(columns) > 12 else "")
    return [Notice("import.unused", N_("fields of the file that were not used: {names}"), names=shown)]
