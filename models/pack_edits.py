"""Mending a rule pack: a changed limit, a filled slot, a rule of one's own; and what then differs from the shipped one.

Edits are made on the TOML text, so that comments, order and line numbers stay for people; what comes out is parsed and
checked like any other pack.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from typing import Any, Literal, cast

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Table

from models.errors import Missing, Refused
from models.notices import N_
from models.rule_packs import LIST_FIELDS, parse_pack
from models.rules import Pack, Rule

_WHOLE = {"step"}
_SWITCHES = {"methods_only"}
_NUMBERS = {"limit"}
_PLACES = {"line", "clause_zh", "document_zh"}  # where a rule stands and its Chinese words are no part of what it says
_FIXED = {"id", "document"}
_BETWEEN = re.compile(r"(?<![eE])-")
"""The dash of "6-9", not that of 1e-7."""
MENDED = "U"
"""Confidence of a number that a user changed without saying how sure it is: whatever the shipped one was, this one was
not read in that text."""


@dataclass(frozen=True)
class Difference:
    """One thing that a pack says otherwise than the shipped one. `field` "" for a whole rule (or pack)."""

    kind: Literal["changed", "added", "removed"]
    rule: str
    field: str = ""
    shipped: Any = None
    own: Any = None


def differences(shipped: Pack | None, own: Pack) -> tuple[Difference, ...]:
    """What `own` says otherwise than `shipped` (None: a pack of the project's own), rule by rule, field by field."""
    before = {r.id: r for r in shipped.rules} if shipped else {}
    after = {r.id: r for r in own.rules}
    found = []
    for rule_id, rule in after.items():
        if rule_id not in before:
            found.append(Difference("added", rule_id))
            continue
        old = before[rule_id]
        for name in (f.name for f in fields(Rule) if f.name not in _PLACES):
            one, two = getattr(old, name), getattr(rule, name)
            if one != two:
                found.append(Difference("changed", rule_id, name, one, two))
    found += [Difference("removed", rule_id) for rule_id in before if rule_id not in after]
    return tuple(found)


def edited(text: str, rule_id: str, values: Mapping[str, str], filename: str) -> str:
    """The pack's text with these fields of one rule set; an empty value takes a field out.

    A changed number without a stated confidence becomes `MENDED`. Raises Missing for an unknown rule, Refused (naming
    field and line) for a value that the schema does not allow.
    """
    document = _document(text, filename)
    rule = _rule(document, rule_id)
    for name, value in values.items():
        if name in _FIXED:
            raise Refused(
                "rules.fixed",
                N_("{field} says which rule this is and stays"),
                where=f"{filename} {rule_id}",
                advice=N_("add a rule of your own instead"),
                field=name,
            )
        if value == "":
            rule.pop(name, None)
        else:
            rule[name] = _value(name, value, f"{filename} {rule_id}")
    if "confidence" not in values and set(values) - {"note", "title", "title_zh"}:
        rule["confidence"] = MENDED
    return _checked(document, filename)


def with_rules(text: str, added: str, filename: str) -> str:
    """The pack's text with the [[rule]] tables of `added` behind its own."""
    document, more = _document(text, filename), _document(added, filename)
    rules = more.get("rule")
    if not isinstance(rules, AoT) or set(more) - {"rule"}:
        raise Refused(
            "rules.no_rule",
            N_("rules to add are one or more [[rule]] tables and nothing else"),
            where=filename,
            advice=N_("a whole pack is taken over with rules adopt"),
        )
    own = document.get("rule")
    for rule in rules:
        cast(AoT, own).append(rule)
    return _checked(document, filename)


def versioned(text: str, version: str, filename: str) -> str:
    """The pack's text with another version."""
    document = _document(text, filename)
    cast(Table, document["pack"])["version"] = version
    return _checked(document, filename)


def next_version(current: str, taken: Iterable[str]) -> str:
    """The version after `current` for an edit in a project: 1.0, 1.0+1, 1.0+2."""
    stem, _, number = current.partition("+")
    n = int(number) + 1 if number.isdigit() else 1
    known = set(taken)
    while f"{stem}+{n}" in known:
        n += 1
    return f"{stem}+{n}"


def _document(text: str, filename: str) -> tomlkit.TOMLDocument:
    try:
        return tomlkit.parse(text)
    except TOMLKitError as cause:
        line = getattr(cause, "line", 1)
        raise Refused(
            "toml.syntax",
            N_("this is not valid TOML"),
            where=f"{filename}:{line}",
            advice=N_("check quotes, brackets and repeated keys in that line"),
        ) from cause


def _rule(document: tomlkit.TOMLDocument, rule_id: str) -> Table:
    rules = document.get("rule")
    known = [str(r.get("id")) for r in rules] if isinstance(rules, AoT) else []
    if rule_id not in known or not isinstance(rules, AoT):
        raise Missing(
            "rules.unknown_rule",
            N_("the pack has no rule {rule}"),
            advice=N_("known: {known}"),
            rule=rule_id,
            known=", ".join(get_close_matches(rule_id, known, 8, 0.3) or known[:20]),
        )
    return rules[known.index(rule_id)]


def _value(name: str, text: str, where: str) -> Any:
    """What a person typed, as the field's kind: numbers with a point, "6-9" a range, lists with commas."""
    if name in LIST_FIELDS:
        return [w.strip() for w in text.replace("，", ",").split(",") if w.strip()]
    if name in _SWITCHES:
        return text.strip().casefold() in {"1", "true", "yes", "是"}
    if name in _NUMBERS | _WHOLE:
        parts = _BETWEEN.split(text.replace("~", "-").replace("～", "-"))
        try:
            numbers = [float(p) for p in parts] if len(parts) == 2 and all(parts) else [float(text)]
        except ValueError as cause:
            raise Refused(
                "rules.no_number",
                N_("{field} must be a number, or two as 6-9"),
                where=where,
                advice=N_("write digits with a point, no unit: {unit}"),
                field=name,
                unit="limit=0.05",
            ) from cause
        if name in _WHOLE:
            return int(numbers[0])
        return numbers if len(numbers) == 2 else numbers[0]
    return text


def _checked(document: tomlkit.TOMLDocument, filename: str) -> str:
    text = tomlkit.dumps(document)
    parse_pack(text, filename)
    return text
