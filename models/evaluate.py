"""May this waste go into this pit? Rules judged in the order of screening-rules.md section 1, three-valued (EV-01…09).

The verdict follows from the strongest consequence of any finding:
REJECT > NEEDS_TEST > NEEDS_RA > NEEDS_LINER > WARN > INFO  →  reject, cannot_judge, assess, assess, accept.
A reject stays a reject whatever else is missing; an accept needs every decisive step judged and met.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache

from models.catalogue import WasteKind, kind_of
from models.checks import CHECKS
from models.checks.context import Context, WasteClass, sample_values, site_values
from models.checks.pairing import prepare
from models.methods import LEACH_TESTS
from models.notices import N_, Notice
from models.rule_agreement import check_agreement
from models.rules import Pack, Rule
from models.screening import RAISING, Finding, Screening, Verdict
from models.site_facts import SiteFacts
from models.waste import LabValue, Waste

CLASS_STEP = 3
"""The step that settles the class; later steps may ask for it."""
MINIMUM_SET = (
    "pH",
    "Hg",
    "Cd",
    "Cr",
    "Cr6",
    "As",
    "Pb",
    "Ni",
    "Be",
    "Ag",
    "Cu",
    "Zn",
    "Mn",
    "Se",
    "F",
    "alpha",
    "beta",
)
"""EV-05: without these no waste is Class I (D)."""


def screen(
    waste: Waste,
    values: Iterable[LabValue],
    site: SiteFacts,
    packs: Sequence[Pack],
    catalogue: Mapping[str, WasteKind],
    *,
    today: date | None = None,
    program_version: str = "",
) -> Screening:
    """Judge one waste into one site by the rules of `packs`.

    Raises Missing for a kind of waste that the catalogue does not know, Refused for packs that contradict each other.
    """
    _agree(tuple(packs))
    now = datetime.now(UTC)
    rules = _ordered(packs)
    readings = (*sample_values(values), *site_values(site.values))
    ctx = Context(waste, kind_of(waste, dict(catalogue)), readings, site, today or now.date(), rules)
    prepare(ctx)
    findings = _judge(ctx, [r for r in rules if _before_class(r[1])])
    ctx.waste_class = waste_class(ctx.class_findings)
    findings += _judge(ctx, [r for r in rules if not _before_class(r[1])])
    findings += _unused(ctx) + _left_out(rules)
    return Screening(
        waste=waste.code,
        site=site.code,
        packs=tuple((p.id, p.version) for p in packs),
        verdict=verdict(findings, assessed=site.assessment == "acceptable"),
        waste_class=ctx.waste_class,
        findings=tuple(findings),
        screened_at=now.isoformat(timespec="seconds"),
        program_version=program_version,
    )


@lru_cache(maxsize=8)
def _agree(packs: tuple[Pack, ...]) -> None:
    """Packs are values: thousands of pairs are judged by the same ones."""
    check_agreement(packs)


def _ordered(packs: Sequence[Pack]) -> list[tuple[str, Rule]]:
    rules = [(p.id, r) for p in packs for r in p.rules]
    # Python's sort is stable: within a step the order of packs and files stays.
    return sorted(
        rules,
        key=lambda r: (
            r[1].step,
            not _before_class(r[1]),
            r[1].check in {"identification", "duty", "slot", "sample_count"},
        ),
    )


def _before_class(rule: Rule) -> bool:
    return rule.step <= CLASS_STEP and rule.check != "class" and not rule.classes


def _judge(ctx: Context, rules: Iterable[tuple[str, Rule]]) -> list[Finding]:
    findings: list[Finding] = []
    for pack, rule in rules:
        if not _applies(ctx, rule):
            continue
        ctx.pack = pack
        found = CHECKS[rule.check](rule, ctx)
        if rule.consequence == "CLASS_II" and rule.check != "class":
            ctx.class_findings += found
        ctx.raised.update(f.rule for f in found if f.outcome in RAISING)
        ctx.exceeded.update(f.rule for f in found if f.outcome == "does_not_meet")
        findings += found
    return findings


def _applies(ctx: Context, rule: Rule) -> bool:
    if rule.classes and ctx.waste_class not in rule.classes:
        return False
    if rule.after and not ctx.raised & set(rule.after):
        return False
    if rule.check == "limit" and rule.land_uses and ctx.site.land_use_after not in rule.land_uses:
        return False
    # A list row names its kinds as one of its marks; for every other check `kinds` restricts the rule.
    return rule.check == "listed" or not rule.kinds or ctx.names_kind(rule.kinds)


def waste_class(findings: Iterable[Finding]) -> WasteClass | None:
    """The class from the findings of the rules whose consequence is CLASS_II.

    II after one exceedance; I if the whole minimum set passes and nothing is open; else not known.
    """
    own = list(findings)
    if any(f.outcome == "does_not_meet" for f in own):
        return "II"
    if any(f.outcome == "cannot_judge" for f in own):
        return None
    passed = {f.parameter for f in own if f.outcome == "meets"}
    return "I" if passed >= set(MINIMUM_SET) else None


def verdict(findings: Iterable[Finding], *, assessed: bool = False) -> Verdict:
    """The strongest consequence decides. `assessed`: an acceptable risk assessment answers NEEDS_RA and NEEDS_LINER."""
    raised = {f.consequence for f in findings if f.outcome in RAISING}
    if "REJECT" in raised:
        return "reject"
    if "NEEDS_TEST" in raised:
        return "cannot_judge"
    if not assessed and raised & {"NEEDS_RA", "NEEDS_LINER"}:
        return "assess"
    return "accept"


def _unused(ctx: Context) -> list[Finding]:
    """EV-07: values of leach tests that no rule asks for are named, not silently dropped."""
    asked = {r.medium for _, r in ctx.rules} | {r.doubt_medium for _, r in ctx.rules}
    unused: dict[str, int] = {}
    for v in ctx.values:
        if v.medium in {*LEACH_TESTS, "ambiguous", "unknown"} and v.medium not in asked:
            unused[v.method or "?"] = unused.get(v.method or "?", 0) + 1
    rule = _engine_rule("EV-07", N_("leach tests are not interchangeable"), "V", "INFO")
    text = N_("{title}: {n} values by {method} were not used")
    return [
        ctx.finding(
            rule, "not_applicable", Notice("screen.unused", text, title=Notice("EV-07", rule.title), n=n, method=m)
        )
        for m, n in unused.items()
    ]


def _left_out(rules: Sequence[tuple[str, Rule]]) -> list[Finding]:
    """An accept must not come from leaving rules out: list, radioactivity, class and pairing are decisive."""
    have = {
        N_("hazardous-waste list"): any(r.check == "listed" and r.codes for _, r in rules),
        N_("radioactivity"): any("Th232" in r.parameters and r.consequence == "REJECT" for _, r in rules),
        N_("class by leachate"): any(r.consequence == "CLASS_II" and r.check == "limit" for _, r in rules),
        N_("pairing of waste and pit"): any(r.check == "assessment" for _, r in rules),
    }
    rule = _engine_rule("EV-05", N_("a missing fact is never a pass"), "D", "NEEDS_TEST")
    text = N_("{title}: the rule packs chosen say nothing of {subject}")
    return [
        Finding(
            rule=rule.id,
            outcome="cannot_judge",
            value=None,
            unit=None,
            limit=None,
            comparator=None,
            sample=None,
            clause=rule.clause,
            document=rule.document,
            confidence=rule.confidence,
            consequence=rule.consequence,
            message=Notice(
                "screen.left_out", text, title=Notice(rule.id, rule.title), subject=Notice("subject", subject)
            ),
            title=rule.title,
        )
        for subject, there in have.items()
        if not there
    ]


def _engine_rule(rule_id: str, title: str, confidence: str, consequence: str) -> Rule:
    return Rule(
        id=rule_id,
        title=title,
        title_zh="",
        scope="W",
        step=9,
        check="duty",
        consequence=consequence,
        clause="section 1",
        document="Huitian screening rules",
        confidence=confidence,
        source="screening-rules.md section 1",
    )
