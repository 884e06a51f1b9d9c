"""What has to be done or known beside the limits: obligations, the age of reports, the class by the leachate."""

from __future__ import annotations

from datetime import date

from models.checks.context import Context, source_of, title_of
from models.lab_units import tidy
from models.notices import N_, Notice
from models.rules import Rule
from models.screening import Finding

_MONTH_DAYS = 365.25 / 12
_TOMORROW = -0.05
"""In months: a day ahead is the clock of another time zone, more is a wrong date."""


def check_duty(rule: Rule, ctx: Context) -> list[Finding]:
    """An obligation that goes with the pair; its title says what to do."""
    message = Notice("screen.duty", N_("{title}"), title=title_of(rule))
    return [ctx.finding(rule, "requires", message)]


def check_slot(rule: Rule, ctx: Context) -> list[Finding]:
    """A place for a number or a list that a document has and that nobody here has read: shown as open, never passed.

    To fill it, give the rule another check, its limit and its source (rules set).
    """
    text = N_("{title}: open; the text of {document} ({clause}) was not read")
    message = Notice("screen.slot", text, title=title_of(rule), **source_of(rule))
    return [ctx.finding(rule, "requires", message)]


def check_alone(rule: Rule, ctx: Context) -> list[Finding]:
    """A rule about wastes together has nothing to say of one alone; models/recipe.py reads it."""
    del rule, ctx
    return []


def check_age(rule: Rule, ctx: Context) -> list[Finding]:
    """Reports older than the rule's months, or without a date (EV-09). The oldest sample decides."""
    if not ctx.values or not isinstance(rule.limit, float):
        return []
    ages = {v.sample: _months(v.date, ctx.today) for v in ctx.values}
    undated = sorted(s for s, months in ages.items() if months is None)
    title = title_of(rule)
    if undated:
        message = Notice("screen.undated", N_("{title}: sample {sample} has no date"), title=title, sample=undated[0])
        return [ctx.finding(rule, "requires", message)]
    known = {s: m for s, m in ages.items() if m is not None}
    early = min(known, key=lambda s: known[s])
    if known[early] < _TOMORROW:
        text = N_("{title}: the date of sample {sample} lies in the future; correct it")
        message = Notice("screen.future", text, title=title, sample=early)
        return [ctx.finding(rule, "cannot_judge", message, value=known[early])]
    oldest = max(known, key=lambda s: known[s])
    months, facts = known[oldest], {"title": title, "sample": oldest, "months": f"{known[oldest]:.1f}"}
    if months <= rule.limit:
        message = Notice("screen.fresh", N_("{title}: the oldest sample, {sample}, is {months} months old"), **facts)
        return [ctx.finding(rule, "meets", message, value=months)]
    message = Notice("screen.expired", N_("{title}: sample {sample} is {months} months old; sample again"), **facts)
    return [ctx.finding(rule, "does_not_meet", message, value=months)]


def _months(day: str, today: date) -> float | None:
    try:
        return tidy(round((today - date.fromisoformat(day[:10])).days / _MONTH_DAYS, 2))
    except ValueError:
        return None


def check_class(rule: Rule, ctx: Context) -> list[Finding]:
    """The class as one line: I if every parameter of the minimum set passes, II after one exceedance."""
    title = title_of(rule)
    if ctx.waste_class == "I":
        message = Notice("screen.class_1", N_("{title}: Class I, no parameter is over its limit"), title=title)
        return [ctx.finding(rule, "meets", message, value="I")]
    if ctx.waste_class == "II":
        message = Notice(
            "screen.class_2", N_("{title}: Class II, at least one parameter is over its limit"), title=title
        )
        return [ctx.finding(rule, "does_not_meet", message, value="II")]
    message = Notice("screen.class_unknown", N_("{title}: not known as long as parameters are missing"), title=title)
    return [ctx.finding(rule, "cannot_judge", message, consequence="NEEDS_TEST")]
