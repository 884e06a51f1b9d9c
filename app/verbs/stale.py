"""Whether what was screened still holds: other rules, other data, or both since then."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.project import Project
from app.verbs.screen import screen
from models.notices import Notice
from models.screening import Finding, Screening

_AGE_UNIT = "months"
_UNSAID = Notice("", "")


@dataclass(frozen=True)
class Freshness:
    """A kept screening against one made now. `packs`: (id, version then, version now), "" for none."""

    now: Screening
    packs: tuple[tuple[str, str, str], ...]
    rules: tuple[str, ...]
    """Ids of the rules that say something else now."""

    @property
    def stale(self) -> bool:
        """True if the kept answer is not what would be said now."""
        return bool(self.packs or self.rules)


def freshness(project: Project, kept: Screening) -> Freshness:
    """Judge the pair anew, storing nothing, and compare. Raises as `screen` does (the waste may be gone by now)."""
    (now,) = screen(project, [kept.waste], [kept.site], store=False)
    then, today = dict(kept.packs), dict(now.packs)
    packs = tuple(
        (i, then.get(i, ""), today.get(i, ""))
        for i in dict.fromkeys([*then, *today])
        if then.get(i, "") != today.get(i, "")
    )
    before, after = _by_rule(kept.findings), _by_rule(now.findings)
    rules = tuple(r for r in dict.fromkeys([*before, *after]) if before.get(r) != after.get(r))
    return Freshness(now, packs, rules)


def _by_rule(findings: tuple[Finding, ...]) -> dict[str, list[Finding]]:
    """What each rule says. The age of a report grows by the day and changes nothing until it passes its limit."""
    found: dict[str, list[Finding]] = {}
    for f in findings:
        plain = replace(f, message=_UNSAID, value=None) if f.unit == _AGE_UNIT else f
        found.setdefault(f.rule, []).append(plain)
    return found
