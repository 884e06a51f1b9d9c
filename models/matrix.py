"""All wastes against all pits: one cell a pair, and what is missing to open those that are not open yet.

A gap is what a waste and a group of pits still need; gaps are ranked by the mass that they would open. A pair that a
rule rejects is no gap: nothing that is missing opens it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from models.notices import Notice, Translate, _same
from models.rules import Rule
from models.screening import RAISING, Finding, Screening, Verdict

NeedKind = Literal["test", "survey", "assessment", "liner"]
_KINDS: Mapping[str, NeedKind] = {"NEEDS_RA": "assessment", "NEEDS_LINER": "liner"}
_OF_THE_SITE = {"S"}
_ORDER = ("test", "survey", "assessment", "liner")


@dataclass(frozen=True)
class Need:
    """One thing that a pair still needs. "test": of the waste; "survey": of the site; the others: of the pair."""

    kind: NeedKind
    rule: str
    what: Notice
    parameter: str | None = None
    method: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What makes two needs the same, whatever the words."""
        return self.kind, self.rule if self.kind in {"test", "survey"} else self.kind


@dataclass(frozen=True)
class Cell:
    """A waste and a pit. `capacity_t` dry mass that the pit takes of this waste, t; `waste_m3` its space, m³."""

    waste: str
    site: str
    verdict: Verdict
    waste_class: str | None
    capacity_t: float | None
    waste_m3: float | None
    needs: tuple[Need, ...]


@dataclass(frozen=True)
class Gap:
    """What opens `sites` to `waste`: the needs that they share. A site that is not estimated adds no mass or volume."""

    waste: str
    needs: tuple[Need, ...]
    sites: tuple[str, ...]
    capacity_t: float
    waste_m3: float
    unknown_sites: int

    @property
    def tests(self) -> tuple[Need, ...]:
        """The tests among the needs: done once for the waste, not once a pit."""
        return tuple(n for n in self.needs if n.kind == "test")


@dataclass(frozen=True)
class Matrix:
    """All cells, by waste and then by site in the order given, and the gaps, largest first."""

    wastes: tuple[str, ...]
    sites: tuple[str, ...]
    cells: tuple[Cell, ...]
    gaps: tuple[Gap, ...]

    def cell(self, waste: str, site: str) -> Cell:
        """One pair. Raises KeyError."""
        for c in self.cells:
            if (c.waste, c.site) == (waste, site):
                return c
        raise KeyError(waste, site)

    def to_json(self, translate: Translate = _same) -> dict[str, Any]:
        """A plain dictionary; needs as sentences in the language of `translate`."""

        def plain(record: Cell | Gap) -> dict[str, Any]:
            needs = [
                {"kind": n.kind, "rule": n.rule, "what": n.what.render(translate), "parameter": n.parameter,
                 "method": n.method} for n in record.needs
            ]  # fmt: skip
            data = {k: getattr(record, k) for k in record.__dataclass_fields__}
            return {**data, "needs": needs}

        return {
            "wastes": list(self.wastes),
            "sites": list(self.sites),
            "cells": [plain(c) for c in self.cells],
            "gaps": [plain(g) for g in self.gaps],
        }


def needs_of(findings: Iterable[Finding], rules: Mapping[str, Rule]) -> tuple[Need, ...]:
    """What the findings of a pair ask for before it can be accepted: tests, surveys, the assessment, the liner."""
    found: dict[tuple[str, str], Need] = {}
    findings = list(findings)
    assessed = any(f.outcome == "meets" and f.rule in rules and rules[f.rule].check == "assessment" for f in findings)
    for f in findings:
        if f.outcome not in RAISING:
            continue
        rule = rules.get(f.rule)
        if f.consequence == "NEEDS_TEST":
            kind: NeedKind = "survey" if rule is not None and rule.scope in _OF_THE_SITE else "test"
        elif f.consequence is not None and f.consequence in _KINDS:
            kind = _KINDS[f.consequence]
            if assessed:
                continue  # an acceptable assessment on record answers for the liner too
        else:
            continue
        need = Need(kind, f.rule, f.message, f.parameter, f.method)
        found.setdefault(need.key, need)
    return tuple(sorted(found.values(), key=lambda n: _ORDER.index(n.kind)))


def cell_of(answer: Screening, rules: Mapping[str, Rule], capacity_t: float | None, waste_m3: float | None) -> Cell:
    """The cell of a screening."""
    needs = () if answer.verdict in {"accept", "reject"} else needs_of(answer.findings, rules)
    return Cell(answer.waste, answer.site, answer.verdict, answer.waste_class, capacity_t, waste_m3, needs)


def gaps_of(cells: Iterable[Cell]) -> tuple[Gap, ...]:
    """The gaps: pits that need the same things for the same waste together, by the mass they open, then by number."""
    groups: dict[tuple[str, frozenset[tuple[str, str]]], list[Cell]] = {}
    for c in cells:
        if c.needs:
            groups.setdefault((c.waste, frozenset(n.key for n in c.needs)), []).append(c)
    gaps = [
        Gap(
            waste,
            members[0].needs,
            tuple(c.site for c in members),
            sum(c.capacity_t or 0.0 for c in members),
            sum(c.waste_m3 or 0.0 for c in members),
            sum(c.waste_m3 is None for c in members),
        )
        for (waste, _), members in groups.items()
    ]
    return tuple(sorted(gaps, key=lambda g: (-g.capacity_t, -g.waste_m3, -len(g.sites), g.waste)))


def matrix_of(wastes: Sequence[str], sites: Sequence[str], cells: Sequence[Cell]) -> Matrix:
    """The matrix with its gaps."""
    return Matrix(tuple(wastes), tuple(sites), tuple(cells), gaps_of(cells))
