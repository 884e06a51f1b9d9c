"""What a rule and a rule pack are. Packs are data (resources/rules/*.toml); models/rule_packs.py reads them.

A rule states what passes; `consequence` is what follows when it does not. The words of `check`, the test that is made,
are the keys of models.checks.CHECKS.
"""

from __future__ import annotations

from dataclasses import dataclass

CONSEQUENCES = ("REJECT", "NEEDS_TEST", "NEEDS_RA", "NEEDS_LINER", "CLASS_II", "REQUIRE", "WARN", "INFO")
"""Strongest first for those that shape the verdict (screening-rules.md section 0)."""

CONFIDENCES = ("V", "V*", "R", "U", "D")
SCOPES = ("W", "S", "P", "O", "C", "A")
COMPARATORS = ("<=", "<", ">=", ">", "between", "inside", "not_detected")
"""How a value passes: "between" limits included, "inside" limits excluded."""

MISSING = ("NEEDS_TEST", "DECISIVE", "REQUIRE", "WARN", "SILENT")
"""What a missing fact does: NEEDS_TEST cannot judge; DECISIVE likewise, unless a risk assessment is due for this pair
whatever the value is; REQUIRE and WARN ask for it without blocking; SILENT says nothing."""

Limit = float | tuple[float, float]


@dataclass(frozen=True)
class Route:
    """A pairing that clause 8.1 lists: these kinds of waste into pits of these origins."""

    kinds: tuple[str, ...]
    origins: tuple[str, ...]
    same_mine: bool = False


@dataclass(frozen=True)
class Rule:
    """One clause as data. Fields that a `check` does not use are empty.

    `kinds`, `exempt_kinds`, `missing_kinds` name kinds of waste, or groups of the catalogue as "@slag". `step` is the
    step of screening-rules.md section 1 at which it is judged. `line` is where it stands in its file.
    """

    id: str
    title: str
    title_zh: str
    scope: str
    step: int
    check: str
    consequence: str
    clause: str
    document: str
    confidence: str
    source: str
    note: str = ""
    clause_zh: str = ""
    document_zh: str = ""
    # What is compared with what
    parameters: tuple[str, ...] = ()
    one_of: tuple[tuple[str, ...], ...] = ()
    medium: str = ""
    methods: tuple[str, ...] = ()
    methods_only: bool = False
    unit: str = ""
    comparator: str = ""
    limit: Limit | None = None
    divisors: tuple[float, ...] = ()
    missing: str = "SILENT"
    missing_kinds: tuple[str, ...] = ()
    missing_else: str = "SILENT"
    doubt_medium: str = ""
    group: str = ""
    # To whom it applies
    kinds: tuple[str, ...] = ()
    exempt_kinds: tuple[str, ...] = ()
    exempt_note: str = ""
    classes: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    # Lists, places and pairings
    words: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()
    land_uses: tuple[str, ...] = ()
    routes: tuple[Route, ...] = ()
    # Wastes together in one fill (check "mixture"): kinds with with_kinds, where they are laid so
    with_kinds: tuple[str, ...] = ()
    layings: tuple[str, ...] = ()
    # Soil by its pH (above the first, up to the second number), and how many samples a mass needs (HJ 298)
    ph: tuple[float, ...] = ()
    masses: tuple[float, ...] = ()
    samples: tuple[int, ...] = ()
    counts: tuple[int, ...] = ()
    line: int = 0


@dataclass(frozen=True)
class Pack:
    """The rules taken from one document (or one subject), with version and dates in force."""

    id: str
    version: str
    title: str
    title_zh: str
    document: str
    issued: str = ""
    in_force: str = ""
    superseded: str = ""
    source: str = ""
    note: str = ""
    document_zh: str = ""
    rules: tuple[Rule, ...] = ()

    def rule(self, rule_id: str) -> Rule | None:
        """The rule of that id, or None."""
        return next((r for r in self.rules if r.id == rule_id), None)
