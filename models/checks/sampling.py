"""How many samples a batch needs, and how many of them over a limit make it hazardous (HJ 298, screening-rules.md 5.4).

Fewer exceedances than the table says clear a batch only where enough samples for its mass were taken; with fewer
samples, or with a mass that is not known, any exceedance decides.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from models.checks.context import Context, title_of
from models.lab_units import plain_number
from models.notices import N_, Notice
from models.rules import Rule
from models.screening import Finding

_MONTHS = 12


@dataclass(frozen=True)
class BatchDecision:
    """The rule that clears a batch, and the number of exceeding samples from which it is hazardous."""

    rule: Rule
    count: int


def batch_mass(ctx: Context) -> float | None:
    """The mass that decides how many samples are due, t: all of a stock, or a month's output; the larger of the two.

    HJ 298-2019 cl. 4.2.2, 4.2.3 (HW-33). None where the waste states neither.
    """
    waste = ctx.waste
    known = [m for m in (waste.stock_t, waste.annual_t / _MONTHS if waste.annual_t else None) if m]
    return max(known) if known else None


def samples_due(rule: Rule, mass_t: float) -> int:
    """The least number of samples for a mass, t; the limits of the table are included in their row (q <= 5: 5)."""
    return rule.samples[bisect_left(rule.masses, mass_t)]


def batch_decision(rule: Rule, ctx: Context, total: int, bad: int) -> BatchDecision | None:
    """What clears a batch with `bad` of `total` samples over the limit of `rule`; None if it stays exceeded."""
    counting = _of_group(ctx, rule.group, "exceedance_count")
    sampling = _of_group(ctx, rule.group, "sample_count")
    mass = batch_mass(ctx)
    if not rule.group or counting is None or sampling is None or mass is None or total < samples_due(sampling, mass):
        return None
    row = bisect_right(counting.samples, total) - 1
    if row < 0 or bad >= counting.counts[row]:
        return None
    return BatchDecision(counting, counting.counts[row])


def _of_group(ctx: Context, group: str, check: str) -> Rule | None:
    return next((r for _, r in ctx.rules if r.check == check and r.group == group), None)


def check_sample_count(rule: Rule, ctx: Context) -> list[Finding]:
    """Whether the tests of the rule's group rest on enough samples for the mass; silent where none was made."""
    tests = [r for _, r in ctx.rules if r.group == rule.group and r.check == "limit"]
    taken = {v.sample for r in tests for p in r.parameters for v in ctx.readings(p, r.medium)}
    if not taken:
        return []
    mass, title = batch_mass(ctx), title_of(rule)
    if mass is None:
        text = N_("{title}: {n} samples; how many are due depends on the mass, which is not stated")
        return [ctx.finding(rule, "requires", Notice("screen.samples_mass", text, title=title, n=len(taken)))]
    due = samples_due(rule, mass)
    facts = {"title": title, "n": len(taken), "due": due, "mass": plain_number(round(mass, 1))}
    if len(taken) >= due:
        message = Notice("screen.samples_enough", N_("{title}: {n} samples, {due} due for {mass} t"), **facts)
        return [ctx.finding(rule, "meets", message, value=float(len(taken)), limit=float(due))]
    text = N_("{title}: {n} samples, {due} due for {mass} t; take {more} more")
    message = Notice("screen.samples_few", text, more=due - len(taken), **facts)
    return [ctx.finding(rule, "requires", message, value=float(len(taken)), limit=float(due))]


def check_exceedance_count(rule: Rule, ctx: Context) -> list[Finding]:
    """No finding of its own: `batch_decision` reads the table where a limit is exceeded."""
    del rule, ctx
    return []
