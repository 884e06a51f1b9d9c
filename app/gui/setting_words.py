"""Settings of the project in words: what a step of the history changed in them, one line for each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from app.gui import words
from app.i18n import _
from models.notices import N_

_NAMES = {
    "absent_controls": N_("control lines that are not here"),
    "datum_shifts": N_("datum parameters"),
    "error_defaults": N_("default error figures"),
    "lab_tables": N_("how laboratory tables are read"),
    "working_copy": N_("mark of the working copy"),
    "made_up": N_("made-up data"),
}
_FIGURES = {"sigma_z_m": N_("σz m"), "range_m": N_("Range m"), "sigma_xy_m": N_("σxy m"), "bias_m": N_("Bias m")}
_NOTHING = "—"


def setting_lines(before: Any, after: Any) -> list[str]:
    """Every setting that differs, with its old and new value; records by what a person calls them."""
    old, new = (_record(s) for s in (before, after))
    lines = []
    for key in {**old, **new}:
        if old.get(key) == new.get(key):
            continue
        name = words.cap(_(_NAMES[key]) if key in _NAMES else key)
        parts = _parts(key, old.get(key), new.get(key))
        lines += [_("{field}: {old} → {new}").format(field=f"{name}{what}", old=a, new=b) for what, a, b in parts]
    return lines


def _record(stored: Any) -> dict[str, Any]:
    """Settings as the log keeps them (JSON) or as they are read."""
    if isinstance(stored, str):
        try:
            stored = json.loads(stored)
        except ValueError:
            return {}
    return dict(stored) if isinstance(stored, Mapping) else {}


def _parts(key: str, old: Any, new: Any) -> list[tuple[str, str, str]]:
    """(which of them, old, new) of one setting."""
    if key == "lab_tables":
        return [("", _counted(old), _counted(new))]
    if key == "datum_shifts":
        return [("", _shifts(old), _shifts(new))]
    if not isinstance(old or new, Mapping):
        return [("", _said(old), _said(new))]
    a, b = (s if isinstance(s, Mapping) else {} for s in (old, new))
    return [(f" · {_kind(key, k)}", _said(a.get(k)), _said(b.get(k))) for k in {**a, **b} if a.get(k) != b.get(k)]


def _kind(key: str, name: str) -> str:
    from app.verbs.absences import WORDS
    from models.terrain import SOURCES

    known = {"absent_controls": WORDS, "error_defaults": SOURCES}.get(key, {})
    return _(str(known[name])) if name in known else name


def _shifts(value: Any) -> str:
    names = [str(s.get("name") or _NOTHING) for s in value if isinstance(s, Mapping)] if isinstance(value, list) else []
    return _(", ").join(names) or _NOTHING


def _counted(value: Any) -> str:
    return _("{n} kinds of table").format(n=len(value)) if isinstance(value, Mapping) and value else _NOTHING


def _said(value: Any) -> str:
    """A value without the marks of a file format."""
    if isinstance(value, Mapping):
        named = [f"{_(_FIGURES[k])} {_said(v)}" if k in _FIGURES else _said(v) for k, v in value.items()]
        return _(", ").join(named) or _NOTHING
    if isinstance(value, list | tuple):
        return _(", ").join(map(_said, value)) or _NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return _NOTHING if value is None or value == "" else str(value)
