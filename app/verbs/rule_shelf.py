"""All rules in force in a project at one look: what was mended, what is open, what of each may be edited."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from app.project import Project
from app.verbs.rule_edits import PackState, kept_versions, project_packs
from app.verbs.rules import rule_packs
from models.pack_edits import differences
from models.rules import Pack, Rule

Standing = Literal["shipped", "mended", "own"]
OPEN = "slot"
"""The check of a rule whose number nobody here has read."""

SLOT_FILLS: Mapping[str, tuple[str, ...]] = {
    "limit": ("parameters", "medium", "comparator", "limit", "unit", "consequence"),
    "listed": ("words", "consequence"),
    "duty": ("title",),
}
"""What an open slot can become, and the fields that this asks for."""

_ALWAYS = ("confidence", "source", "clause", "note")


@dataclass(frozen=True)
class RuleLine:
    """One rule in force. `shipped` is the rule as the program brings it, None for one of the project's own."""

    pack: Pack
    rule: Rule
    shipped: Rule | None
    standing: Standing

    @property
    def open(self) -> bool:
        """True for a slot that nobody has filled."""
        return self.rule.check == OPEN

    @property
    def fields(self) -> tuple[str, ...]:
        """What may be mended, in the order in which a person reads it."""
        own = tuple(f for f in ("limit", "unit") if getattr(self.rule, f) not in (None, ""))
        return (*own, *_ALWAYS)


@dataclass(frozen=True)
class Shelf:
    """Every pack in force and every rule of it, in the order of the packs."""

    lines: tuple[RuleLine, ...]
    states: Mapping[str, PackState]

    @property
    def packs(self) -> tuple[Pack, ...]:
        """The packs, each once."""
        return tuple({line.pack.id: line.pack for line in self.lines}.values())


def shelf(project: Project) -> Shelf:
    """Read once: packs in force, what they say otherwise than the shipped ones, and who changed it when and why."""
    shipped = {p.id: p for p in rule_packs()}
    packs = project_packs(project)
    kept = kept_versions(project)
    lines: list[RuleLine] = []
    states = {}
    for pack in packs:
        before = shipped.get(pack.id)
        found = differences(before, pack)
        changed = {d.rule for d in found if d.kind == "changed"}
        lines += _lines(pack, before, changed)
        states[pack.id] = PackState(
            pack.id,
            pack.version,
            before.version if before else None,
            found,
            tuple(v for v in kept if v.pack == pack.id),
        )
    return Shelf(tuple(lines), states)


def _lines(pack: Pack, before: Pack | None, changed: Iterable[str]) -> list[RuleLine]:
    found = []
    for rule in pack.rules:
        old = before.rule(rule.id) if before else None
        standing: Standing = "own" if old is None else "mended" if rule.id in changed else "shipped"
        found.append(RuleLine(pack, rule, old, standing))
    return found


def slot_values(kind: str, given: Mapping[str, str]) -> dict[str, str]:
    """What `edit_rule` is told to turn an open slot into a rule of this kind; empty answers are left out."""
    values = {"check": kind, **{k: v.strip() for k, v in given.items() if v.strip()}}
    if kind == "duty":
        values["consequence"] = "REQUIRE"
    return values
