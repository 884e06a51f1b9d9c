"""Values against limits.

The worst sample and the worst parameter decide (EV-01); equality as the clause says (EV-02, EV-03); non-detects and
gaps never pass by silence (EV-04, EV-05); units are converted first (EV-06); leach tests are kept apart (EV-07).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from models.checks.context import Context, SampleValue, effect, listed, source_of, symbols, title_of
from models.checks.sampling import batch_decision
from models.errors import Refused
from models.lab_units import convert, plain_number, tidy
from models.notices import N_, Notice
from models.rules import Rule
from models.screening import Finding

Judgement = Literal["meets", "exceeds", "undecided"]
_RANK = {"meets": 0, "undecided": 1, "exceeds": 2}


@dataclass(frozen=True)
class Judged:
    """One reading against the limit. `value` in the rule's unit; `badness` grows as the value gets worse."""

    reading: SampleValue
    judgement: Judgement
    value: float | None
    badness: float
    why: Notice | None = None


def passes(rule: Rule, value: float) -> bool:
    """True if a quantified value, in the rule's unit, passes."""
    limit = rule.limit
    if rule.comparator == "not_detected":
        return value <= 0
    if isinstance(limit, tuple):
        low, high = limit
        return low <= value <= high if rule.comparator == "between" else low < value < high
    if limit is None:
        raise ValueError(rule.id)
    return {"<=": value <= limit, "<": value < limit, ">=": value >= limit, ">": value > limit}[rule.comparator]


def badness(rule: Rule, value: float) -> float:
    """A measure that grows as the value gets worse, for choosing the worst of several."""
    if isinstance(rule.limit, tuple):
        return max(rule.limit[0] - value, value - rule.limit[1])
    return -value if rule.comparator in {">=", ">"} else value


def judge(rule: Rule, reading: SampleValue) -> Judged:
    """One reading against the rule's limit."""
    try:
        unit = reading.unit or rule.unit
        value = None if reading.value is None else convert(reading.value, unit, rule.unit)
    except Refused as error:
        return Judged(reading, "undecided", None, 0.0, error.what)
    if not reading.below:
        if value is None:
            return Judged(reading, "undecided", None, 0.0, Notice("lab.blank", N_("there is no value")))
        good = passes(rule, value)
        return Judged(reading, "meets" if good else "exceeds", value, badness(rule, value))
    if rule.comparator == "not_detected":
        return Judged(reading, "meets", value, 0.0)
    if value is None:
        why = Notice("screen.no_detection_limit", N_("not detected, and the detection limit is not stated"))
        return Judged(reading, "undecided", None, 0.0, why)
    if rule.comparator in {"<=", "<"} and passes(rule, value):
        return Judged(reading, "meets", value, badness(rule, value))
    # "<" the limit: what is below a detection limit equal to a strict limit is below the limit too.
    if rule.comparator == "<" and value == rule.limit:
        return Judged(reading, "meets", value, badness(rule, value))
    why = Notice("screen.detection_limit", N_("not detected, but the detection limit lies above the limit"))
    return Judged(reading, "undecided", value, badness(rule, value), why)


def check_limit(rule: Rule, ctx: Context) -> list[Finding]:
    """The worst reading of the rule's parameters, or what is missing."""
    if ctx.names_kind(rule.exempt_kinds):
        message = Notice(
            "screen.exempt",
            N_("{title}: {kind} is exempt ({document} {clause})"),
            title=title_of(rule),
            kind=Notice("kind", ctx.kind.label),
            **source_of(rule),
        )
        return [ctx.finding(rule, "not_applicable", message)]
    readings = [r for p in rule.parameters for r in ctx.readings(p, rule.medium)]
    fit = [r for r in readings if not rule.methods_only or set(r.methods) & set(rule.methods)]
    if rule.ph:
        without = [r for r in fit if _soil_ph(r, ctx) is None]
        fit = [r for r in fit if _in_band(rule, r, ctx)]
        if without:
            return [_no_ph(rule, ctx, without[0])]
        if not fit:
            return []
    judged = sorted((judge(rule, r) for r in fit), key=lambda j: (_RANK[j.judgement], j.badness), reverse=True)
    if judged and judged[0].judgement != "meets":
        return [_not_met(rule, ctx, judged)]
    gaps = _gaps(rule, fit)
    if judged and not gaps:
        return [_met(rule, ctx, judged)]
    doubt = _doubt(rule, ctx) if not judged else None
    if doubt:
        return [doubt]
    answer = _missing(rule, ctx, gaps or [symbols([p]) for p in rule.parameters], unfit=readings if not fit else [])
    return [f for f in (_met(rule, ctx, judged) if judged and answer is None else answer,) if f]


def _soil_ph(reading: SampleValue, ctx: Context) -> float | None:
    """The pH of the same soil sample; the highest if it was measured more than once."""
    found = [r.value for r in ctx.readings("pH", reading.medium) if r.sample == reading.sample and r.value is not None]
    return max(found) if found else None


def _in_band(rule: Rule, reading: SampleValue, ctx: Context) -> bool:
    ph = _soil_ph(reading, ctx)
    return ph is not None and rule.ph[0] < ph <= rule.ph[1]


def _no_ph(rule: Rule, ctx: Context, reading: SampleValue) -> Finding:
    text = N_("{title}: the limit depends on the pH of the soil, and sample {sample} has none")
    message = Notice("screen.no_ph", text, title=title_of(rule), sample=reading.sample)
    weak = rule.consequence in {"WARN", "INFO"}
    consequence = "WARN" if weak else "NEEDS_TEST"
    return ctx.finding(rule, "cannot_judge", message, consequence=consequence, reading=reading)


def _gaps(rule: Rule, fit: list[SampleValue]) -> list[str | Notice]:
    """What still has to be measured: a parameter of each group of `one_of`, or any at all."""
    have = {r.parameter for r in fit}
    if rule.one_of:
        either = N_("{first} / {then}")
        return [listed([symbols([p]) for p in group], either) for group in rule.one_of if not have & set(group)]
    return [] if have else [symbols([p]) for p in rule.parameters]


def _met(rule: Rule, ctx: Context, judged: list[Judged]) -> Finding:
    worst = judged[0]
    message = Notice(
        "screen.meets",
        N_("{title} {value}, allowed {limit}"),
        title=title_of(rule),
        value=_shown(rule, worst),
        limit=allowed(rule),
    )
    return ctx.finding(
        rule, "meets", message, value=_value(worst), reading=worst.reading, parameter=worst.reading.parameter
    )


def _not_met(rule: Rule, ctx: Context, judged: list[Judged]) -> Finding:
    worst = judged[0]
    facts = {
        "title": title_of(rule),
        "value": _shown(rule, worst),
        "limit": allowed(rule),
        "sample": worst.reading.sample,
    }
    if worst.judgement == "undecided":
        message = Notice(
            "screen.undecided",
            N_("{title} {value} in sample {sample}, allowed {limit}: {why}; test again"),
            **facts,
            why=worst.why,
        )
        weak = rule.consequence in {"WARN", "INFO"}
        return ctx.finding(
            rule,
            "cannot_judge",
            message,
            consequence="WARN" if weak else "NEEDS_TEST",
            value=_value(worst),
            reading=worst.reading,
            parameter=worst.reading.parameter,
        )
    bad = len({j.reading.sample for j in judged if j.judgement == "exceeds"})
    total = len({j.reading.sample for j in judged})
    doubtful = len({j.reading.sample for j in judged if j.judgement == "undecided"})
    batch = batch_decision(rule, ctx, total, bad + doubtful)
    if batch is not None:
        message = Notice(
            "screen.batch",
            N_(
                "{title} {value} in sample {sample}, allowed {limit}: {bad} of {total} samples are over; the batch is "
                "hazardous from {count} on ({document} {clause})"
            ),
            **facts,
            bad=bad,
            total=total,
            count=batch.count,
            **source_of(batch.rule),
        )
        return ctx.finding(rule, "requires", message, consequence="WARN", value=_value(worst), reading=worst.reading,
                           parameter=worst.reading.parameter, confidence=batch.rule.confidence)  # fmt: skip
    message = Notice(
        "screen.exceeds",
        N_("{title} {value} in sample {sample}, allowed {limit}: {effect} ({bad} of {total} samples)"),
        **facts,
        effect=effect(rule.consequence),
        bad=bad,
        total=total,
    )
    return ctx.finding(
        rule, "does_not_meet", message, value=_value(worst), reading=worst.reading, parameter=worst.reading.parameter
    )


def _shown(rule: Rule, judged: Judged) -> str:
    unit = unit_shown(rule) if judged.value is not None else ""
    return f"{judged.reading.shown(judged.value)} {unit}".strip()


def _value(judged: Judged) -> float | str:
    return judged.reading.shown(judged.value) if judged.reading.below or judged.value is None else judged.value


def _doubt(rule: Rule, ctx: Context) -> Finding | None:
    """HW-02: no test of its own, but another test already lies beyond this limit, so the hazard is not excluded."""
    if not rule.doubt_medium:
        return None
    others = [judge(rule, r) for p in rule.parameters for r in ctx.readings(p, rule.doubt_medium)]
    over = [j for j in others if j.judgement == "exceeds" and rule.comparator != "not_detected"]
    if not over:
        return None
    worst = max(over, key=lambda j: j.badness)
    message = Notice(
        "screen.doubt",
        N_("{title}: {value} by {other} lies beyond {limit}, so the hazard is not excluded; test by {test}"),
        title=title_of(rule),
        value=_shown(rule, worst),
        other=rule.doubt_medium,
        limit=allowed(rule),
        test=" / ".join(rule.methods) or rule.medium,
    )
    return ctx.finding(rule, "cannot_judge", message, consequence="NEEDS_TEST", value=_value(worst))


def _missing(rule: Rule, ctx: Context, gaps: list[str | Notice], unfit: list[SampleValue]) -> Finding | None:
    mode = rule.missing if not rule.missing_kinds or ctx.names_kind(rule.missing_kinds) else rule.missing_else
    if mode == "DECISIVE":
        mode = "REQUIRE" if ctx.assessment_certain else "NEEDS_TEST"
    if mode == "SILENT":
        return None
    test = " / ".join(rule.methods) or rule.medium
    if unfit:
        message = Notice(
            "screen.unfit_method",
            N_("{title}: measured by {used}, the clause asks for {test}"),
            title=title_of(rule),
            used=unfit[0].method or "?",
            test=test,
        )
    elif test == "solid":
        text = N_("{title}: no value; measure {what} of the solid")
        message = Notice("screen.not_measured", text, title=title_of(rule), what=listed(gaps, N_("{first}, {then}")))
    else:
        message = Notice(
            "screen.not_measured",
            N_("{title}: no value; measure {what} by {test}"),
            title=title_of(rule),
            what=listed(gaps, N_("{first}, {then}")),
            test=test,
        )
    outcome: Literal["cannot_judge", "requires"] = "cannot_judge" if mode == "NEEDS_TEST" else "requires"
    return ctx.finding(rule, outcome, message, consequence=mode, method=test)


def check_index(rule: Rule, ctx: Context) -> list[Finding]:
    """A sum of activities over their divisors (GB 6566), from the worst value of each nuclide in each sample."""
    total: dict[str, float] = {}
    for sample in dict.fromkeys(v.sample for v in ctx.values):
        parts = []
        for parameter, divisor in zip(rule.parameters, rule.divisors, strict=True):
            values = [
                convert(r.value, r.unit, rule.unit)
                for r in ctx.readings(parameter, rule.medium)
                if r.sample == sample and r.value is not None and r.unit
            ]
            parts.append(max(values) / divisor if values else None)
        known = [p for p in parts if p is not None]
        # A part that is not measured cannot make the sum smaller: what is over already is over.
        if len(known) == len(parts) or (known and not passes(rule, tidy(sum(known)))):
            total[sample] = tidy(sum(known))
    if not total:
        return []
    sample = max(total, key=lambda s: total[s])
    value, good = total[sample], passes(rule, total[sample])
    facts = {"title": title_of(rule), "value": f"{value:.3g}", "limit": allowed(rule), "sample": sample}
    if good:
        message = Notice("screen.meets", N_("{title} {value}, allowed {limit}"), **facts)
        return [ctx.finding(rule, "meets", message, value=value, unit=None, sample=sample)]
    message = Notice(
        "screen.exceeds",
        N_("{title} {value} in sample {sample}, allowed {limit}: {effect} ({bad} of {total} samples)"),
        **facts,
        effect=effect(rule.consequence),
        bad=sum(not passes(rule, v) for v in total.values()),
        total=len(total),
    )
    return [ctx.finding(rule, "does_not_meet", message, value=value, unit=None, sample=sample)]


def unit_shown(rule: Rule) -> str:
    """The unit in a sentence; nothing for pH."""
    return "" if rule.unit == "-" else rule.unit


def allowed(rule: Rule) -> str:
    """The limit in a sentence: "≤ 0.05 mg/L", "6–9", "ND"."""
    unit = f" {unit_shown(rule)}" if unit_shown(rule) and rule.check != "index" else ""
    if isinstance(rule.limit, tuple):
        low, high = rule.limit
        return f"{low:g}–{high:g}{unit}" if rule.comparator == "between" else f"> {low:g}, < {high:g}{unit}"
    if rule.limit is None:
        return "ND"
    return f"{ {'<=': '≤', '>=': '≥'}.get(rule.comparator, rule.comparator) } {plain_number(rule.limit)}{unit}"
