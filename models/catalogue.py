"""The waste catalogue: kinds of waste with default densities and what is known of their hazards (data, not code).

Every default carries low, high, how sure it is (tags of screening-rules.md section 0) and its source.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from models.errors import Missing, Refused
from models.notices import N_
from models.rules import CONFIDENCES
from models.toml_lines import Lines, read_toml
from models.waste import Waste

IDENTIFICATION = ("when_in_doubt", "required")
_PARTS = ("density", "loose_density", "moisture")
_KEYS = {"key", "label", "label_zh", "groups", "names", "identification", "identify", "suggested", "note", *_PARTS}


@dataclass(frozen=True)
class Default:
    """A default with its range, its confidence tag and where it comes from."""

    value: float
    low: float
    high: float
    confidence: str
    source: str


DensityDefault = Default


@dataclass(frozen=True)
class WasteKind:
    """A kind of waste.

    `density` is dry and compacted in place, `loose_density` dry and tipped, t/m³; `moisture` is the mass of water
    over the dry mass. None where nothing is known.

    `groups` are the words by which rules name many kinds at once ("slag", "ash"). `identification` says whether the
    tests of GB 5085 are due always or when in doubt; `identify` the parameters meant if not all. `suggested` lists
    parameters beyond the minimum set that its process calls for.
    """

    key: str
    label: str
    label_zh: str
    density: Default | None = None
    loose_density: Default | None = None
    moisture: Default | None = None
    groups: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    identification: str = "required"
    identify: tuple[str, ...] = ()
    suggested: tuple[str, ...] = ()
    note: str = ""


def load_catalogue(text: str, filename: str = "catalogue.toml") -> dict[str, WasteKind]:
    """The kinds by key. Raises Refused with the line of the first mistake."""
    document, lines = read_toml(text, filename)
    kinds: dict[str, WasteKind] = {}
    for index, table in enumerate(document.get("kind", [])):
        kind = _kind(table, index, lines, filename)
        if kind.key in kinds:
            place = f"{filename}:{lines.of('kind', index, 'key')}"
            raise Refused("catalogue.twice", N_("the kind {kind} stands twice"), where=place, kind=kind.key)
        kinds[kind.key] = kind
    if not kinds:
        raise Refused("catalogue.empty", N_("the catalogue has no kinds"), where=filename)
    return kinds


def _kind(table: dict[str, Any], index: int, lines: Lines, filename: str) -> WasteKind:
    def refuse(field: str, what: str, **facts: Any) -> Refused:
        return Refused(
            "catalogue.bad", what, where=f"{filename}:{lines.of('kind', index, field)}", field=field, **facts
        )

    for key in table:
        if key not in _KEYS:
            raise refuse(key, N_("{field} is not a field of a kind"))
    for key in ("key", "label", "label_zh"):
        if not isinstance(table.get(key), str) or not table[key] or "{" in table[key]:
            raise refuse(key, N_("{field} is missing"))
    if table.get("identification", "required") not in IDENTIFICATION:
        raise refuse("identification", N_("{field} must be one of {known}"), known=", ".join(IDENTIFICATION))
    values: dict[str, Any] = {**table}
    for key in ("groups", "names", "identify", "suggested"):
        words = table.get(key, [])
        if not isinstance(words, list) or not all(isinstance(w, str) for w in words):
            raise refuse(key, N_("{field} must be a list of words"))
        values[key] = tuple(words)
    for key in _PARTS:
        if key in table:
            values[key] = _default(table[key])
            if values[key] is None:
                raise refuse(key, N_("{field} needs value, low, high, confidence and source, with low ≤ value ≤ high"))
    return WasteKind(**values)


def _default(table: Any) -> Default | None:
    if not isinstance(table, dict) or set(table) != {"value", "low", "high", "confidence", "source"}:
        return None
    numbers = [table["low"], table["value"], table["high"]]
    if not all(isinstance(n, int | float) and not isinstance(n, bool) and n >= 0 for n in numbers) or numbers != sorted(
        numbers
    ):
        return None
    if table["confidence"] not in CONFIDENCES or not isinstance(table["source"], str) or not table["source"]:
        return None
    return Default(float(numbers[1]), float(numbers[0]), float(numbers[2]), table["confidence"], table["source"])


def kind_of(waste: Waste, catalogue: dict[str, WasteKind]) -> WasteKind:
    """The kind of a waste. Raises Missing, naming the known kinds."""
    found = catalogue.get(waste.kind)
    if found is None:
        raise unknown_kind(waste.kind, catalogue)
    return found


def unknown_kind(key: str, catalogue: dict[str, WasteKind]) -> Missing:
    """The error that lists the kinds there are."""
    what, advice = N_("{kind} is not a kind of waste"), N_("known kinds: {known}")
    return Missing("waste.unknown_kind", what, advice=advice, kind=key, known=", ".join(catalogue))
