"""What a check is given, and how it answers: the waste, its values, the site, and what was found before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from models.catalogue import WasteKind
from models.lab_units import plain_number, read_unit, unit_kind
from models.methods import read_method, site_medium
from models.notices import N_, Notice
from models.parameters import PARAMETERS
from models.rules import Rule
from models.screening import Finding, Outcome
from models.site_facts import SiteFacts
from models.waste import LabValue, Waste

WasteClass = Literal["I", "II"]


@dataclass(frozen=True)
class SampleValue:
    """A lab value ready to be compared. `medium` says which leach test or solid it belongs to (models/methods.py)."""

    parameter: str
    medium: str
    methods: tuple[str, ...]
    method: str
    sample: str
    date: str
    value: float | None
    below: bool
    unit: str

    def shown(self, value: float | None) -> str:
        """The value as a person reads it, e.g. "<0.05" for a non-detect."""
        if value is None:
            return "ND"
        return f"<{plain_number(value)}" if self.below else plain_number(value)


def sample_values(values: Iterable[LabValue]) -> tuple[SampleValue, ...]:
    """Lab values with method and unit understood. A solid's unit tells a solid where the method does not."""
    ready = []
    for v in values:
        method = read_method(v.method)
        unit = read_unit(v.unit)
        medium = method.medium
        if medium == "unknown" and _solid_unit(v.parameter, unit):
            medium = "solid"
        ready.append(
            SampleValue(v.parameter, medium, method.keys, v.method, v.sample, v.date, v.value, v.below, unit or "")
        )
    return tuple(ready)


def site_values(values: Iterable[LabValue]) -> tuple[SampleValue, ...]:
    """Values measured at a site, each of groundwater or of soil; what says neither is left out of every rule."""
    values = list(values)
    media = [site_medium(v.method, unit_kind(read_unit(v.unit) or "") or "") for v in values]
    return tuple(replace(ready, medium=m) for ready, m in zip(sample_values(values), media, strict=True))


def _solid_unit(parameter: str, unit: str | None) -> bool:
    # mg/kg, % and Bq/kg are of the solid itself; mg/L without a leach test belongs to nothing.
    return parameter in PARAMETERS and unit not in {None, "", "-"} and not str(unit).endswith(("/L", "/mL", "/m3"))


@dataclass
class Context:
    """One waste into one site, while its rules are judged one after another."""

    waste: Waste
    kind: WasteKind
    values: tuple[SampleValue, ...]
    site: SiteFacts
    today: date
    rules: Sequence[tuple[str, Rule]]
    """(pack id, rule) of every rule in force, in the order in which they are judged."""
    pack: str = ""
    waste_class: WasteClass | None = None
    raised: set[str] = field(default_factory=set)
    """Ids of the rules that were not simply met."""
    exceeded: set[str] = field(default_factory=set)
    """Ids of the rules that a value breaks."""
    class_findings: list[Finding] = field(default_factory=list)
    """Findings of the rules that settle the class."""
    listed_route: bool = False
    assessment_certain: bool = False
    """True if the pair needs a risk assessment whatever any laboratory value is."""
    _by_test: dict[tuple[str, str], list[SampleValue]] = field(default_factory=dict)

    def names_kind(self, names: Iterable[str]) -> bool:
        """True if the waste's kind is among `names`, by its key or by a group written "@group"."""
        return any(n == self.kind.key or (n.startswith("@") and n[1:] in self.kind.groups) for n in names)

    def readings(self, parameter: str, medium: str) -> list[SampleValue]:
        """The values of a parameter that belong to this medium."""
        if not self._by_test:
            for v in self.values:
                self._by_test.setdefault((v.parameter, v.medium), []).append(v)
        return self._by_test.get((parameter, medium), [])

    def finding(
        self,
        rule: Rule,
        outcome: Outcome,
        message: Notice,
        *,
        consequence: str | None = None,
        value: float | str | None = None,
        reading: SampleValue | None = None,
        **more: Any,
    ) -> Finding:
        """A finding of `rule`. `consequence` None takes the rule's own, unless nothing follows from the outcome."""
        if consequence is None and outcome not in {"meets", "not_applicable"}:
            consequence = rule.consequence
        return Finding(
            rule=rule.id,
            outcome=outcome,
            value=value,
            unit=more.get("unit", rule.unit or None),
            limit=more.get("limit", limit_shown(rule)),
            comparator=rule.comparator or None,
            sample=reading.sample if reading else more.get("sample"),
            clause=rule.clause,
            document=rule.document,
            confidence=more.get("confidence", rule.confidence),
            consequence=consequence,
            message=message,
            title=rule.title,
            parameter=more.get("parameter", rule.parameters[0] if len(rule.parameters) == 1 else None),
            method=reading.method if reading else (more.get("method") or (" / ".join(rule.methods) or _test_of(rule))),
            pack=self.pack,
        )


def _test_of(rule: Rule) -> str | None:
    return rule.medium if rule.medium not in {"", "solid", "unknown", "corrosivity"} else None


def limit_shown(rule: Rule) -> float | str | None:
    """The limit as the contract carries it: a number, or "6-9" for a range, or "not detectable"."""
    if isinstance(rule.limit, tuple):
        return f"{rule.limit[0]:g}-{rule.limit[1]:g}"
    return "not detectable" if rule.comparator == "not_detected" else rule.limit


def title_of(rule: Rule) -> Notice:
    """The rule's title as a part of a sentence, in the reader's language."""
    return Notice(rule.id, rule.title)


def source_of(rule: Rule) -> dict[str, Notice]:
    """Document and clause as parts of a sentence, in the reader's language."""
    return {"document": Notice("document", rule.document), "clause": Notice("clause", rule.clause)}


def symbols(parameters: Iterable[str]) -> str | Notice:
    """Parameters as a short list of symbols, the same in every language; of what has no symbol the name."""
    return listed([_symbol(p) for p in parameters], N_("{first}, {then}"))


def listed(parts: Sequence[str | Notice], text: str) -> str | Notice:
    """Parts of a sentence in a row; `text` says how two are joined, as {first} and {then}."""
    if not any(isinstance(p, Notice) for p in parts):
        return text.format(first="", then="").join(str(p) for p in parts)
    first, *rest = parts
    return Notice("screen.listed", text, first=first, then=listed(rest, text)) if rest else first


def _symbol(key: str) -> str | Notice:
    known = PARAMETERS.get(key)
    if known is None:
        return key
    return known.symbol or Notice("parameter", known.label)


_EFFECTS = {
    "REJECT": N_("not to be used for backfill"),
    "NEEDS_TEST": N_("cannot be judged"),
    "NEEDS_RA": N_("a risk assessment is needed"),
    "NEEDS_LINER": N_("a liner is needed"),
    "CLASS_II": N_("Class II"),
    "REQUIRE": N_("to be met"),
    "WARN": N_("take note"),
    "INFO": N_("for information"),
}


def effect(consequence: str) -> Notice:
    """What a consequence means, as a part of a sentence."""
    return Notice(f"consequence.{consequence}", _EFFECTS[consequence])
