"""Words for keys that come from the engines: verdicts, outcomes, surfaces, causes. One table each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.i18n import _, current_language
from app.words import (  # noqa: F401 - the window finds all words here
    ASSESSED,
    CAUSES,
    COLUMN_ROLES,
    COMPARATORS,
    CONFIDENCES,
    LAYINGS,
    MEDIA,
    OUTCOMES,
    RULE_FIELDS,
    STANDINGS,
    VERDICTS,
)
from layers.base import Field
from layers.registry import LAYERS
from models.estimate import ReferenceUsed
from models.notices import N_
from models.surface_names import alternative_words, reference_words, surface_label
from models.terrain import SOURCES  # noqa: F401

CHECK_METHODS = {"tin": N_("Triangulated surface"), "grid": N_("Grid method"), "sections": N_("Section method")}


def cap(text: str) -> str:
    """First letter large, for English headings. Where Chinese begins with a Latin letter it is a name, or pH."""
    return text if current_language() == "zh_CN" else text[:1].upper() + text[1:]


def surface(key: str, *, fills: bool = True) -> str:
    """Name of a reference surface of pits (`fills`) or heaps, from the table of surfaces."""
    return cap(_(surface_label(key, fills=fills)))


def reference(used: ReferenceUsed, *, fills: bool = True) -> str:
    """Name of the surface of an estimate, with what was taken of an edited rim."""
    return cap(reference_words(used.key, used.parameters, _, fills=fills))


def alternative(key: str, asked: Mapping[str, Any], *, fills: bool = True) -> str:
    """Name of a surface beside the chosen one; `asked`: the parameters of the request."""
    return cap(alternative_words(key, asked, _, fills=fills))


def layer(key: str) -> str:
    """Kind of a feature ("sand pit")."""
    return cap(_(LAYERS[key].label))


def layer_plural(key: str) -> str:
    """Name of a layer ("sand pits")."""
    return cap(_(LAYERS[key].plural))


def field(f: Field) -> str:
    """Label of a field with its unit."""
    return f"{cap(_(f.label))} ({f.unit})" if f.unit else cap(_(f.label))


def choice(f: Field | None, value: object) -> str:
    """Label of a value of a field."""
    if value is None or value != value:  # noqa: PLR0124 - NaN
        return ""
    if f is not None:
        for option in f.choices:
            if option.value == value:
                return cap(_(option.label))
    return str(value)


def when(stored: str | None) -> str:
    """A stored time (UTC) as the clock on the wall says it, to the minute."""
    if not stored:
        return ""
    try:
        return datetime.fromisoformat(stored).astimezone().strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return stored


def from_key(table: dict[str, str], key: str) -> str:
    """The word for a key, the key itself if there is none."""
    return _(table[key]) if key in table else key
