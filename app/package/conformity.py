"""符合性分析: a screening as the table that reviewers read, rule by rule, the same in Word and Excel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app import __version__
from app.format import day, percent
from app.i18n import Translator
from app.words import CONFIDENCES, MARKS, OUTCOMES, VERDICTS
from models.lab_units import plain_number
from models.notices import N_
from models.rules import Rule
from models.screening import Finding, Screening
from models.site import Site
from models.waste import Waste

# The steps of screening-rules.md section 1, in which rules are judged.
STEPS: Mapping[int, str] = {
    1: N_("Is it general industrial solid waste"),
    2: N_("Radioactivity"),
    3: N_("Class by leachate, samples and reports"),
    4: N_("Organic matter, salts, other entry limits"),
    5: N_("Waste and pit: routes and assessment"),
    6: N_("Place of the site"),
    7: N_("Groundwater, base and liner"),
    8: N_("Result of the risk assessment"),
    9: N_("Duties of operation, closure and after-care"),
}
HEADS = (N_("No."), N_("rule"), N_("requirement"), N_("finding"), N_("value"), N_("limit"), N_("margin"),
         N_("sample"), N_("method"), N_("source and clause"), N_("confidence"))  # fmt: skip
SUPPORTS = N_(
    "This table was made by a program from the data and rule packs named above. It supports the engineer's judgement "
    "and replaces no approval, no environmental impact assessment and no risk assessment. What is recalled or "
    "uncertain is marked and must be checked in the text of the document before it is relied on."
)
_WORST = {"does_not_meet": 0, "cannot_judge": 1, "requires": 2, "meets": 3, "not_applicable": 4}


@dataclass(frozen=True)
class ConformityRow:
    """One rule of the table, in words. `outcome` and `confidence` are keys, for colours and filters."""

    number: int
    rule: str
    requirement: str
    finding: str
    value: str
    limit: str
    margin: str
    sample: str
    method: str
    clause: str
    confidence: str
    outcome: str


@dataclass(frozen=True)
class Conformity:
    """The whole paper: a title, facts about the pair, the verdict, rows by step, and the sentence that ends it."""

    title: str
    facts: tuple[tuple[str, str], ...]
    verdict: str
    missing: tuple[str, ...]
    """What keeps the pair from being accepted, in sentences; first of all what a reader needs."""
    steps: tuple[tuple[str, tuple[ConformityRow, ...]], ...]
    closing: str
    heads: tuple[str, ...]


def conformity(
    answer: Screening,
    waste: Waste,
    site: Site,
    rules: Mapping[str, Rule],
    say: Translator,
    *,
    kind: str,
    project: str,
    made_up: bool = False,
    samples: Sequence[Mapping[str, Any]] = (),
    mended: Sequence[str] = (),
) -> Conformity:
    """The paper of a screening in the language of `say`. `kind` is the kind's label (an English msgid).

    `samples` are the rows of the samples behind it (code, date, place, lab, cma), `mended` says in lines which rules
    the project has otherwise than shipped, who changed them, when and why.
    """
    numbered = _numbered(answer, rules, say)
    blocking = [f for f in answer.findings if _blocks(f)]
    blocking.sort(key=lambda f: _WORST[f.outcome])
    packs = ", ".join(f"{i} {v}" for i, v in answer.packs)
    facts = (
        (say(N_("project")), project + (say(N_(" (made-up sample data)")) if made_up else "")),
        (say(N_("waste")), _name(waste.code, waste.name, say(kind))),
        (say(N_("producer")), waste.producer or "—"),
        (say(N_("pit")), _name(site.code, site.name, "")),
        (say(N_("class")), {"I": say(N_("Class I")), "II": say(N_("Class II"))}.get(answer.waste_class or "", "—")),
        (say(N_("judged on")), day(answer.screened_at)),
        (say(N_("rule packs")), packs),
        *([(say(N_("rules changed or added in this project")), "\n".join(mended))] if mended else []),
        (say(N_("samples")), "\n".join(sample_line(s, say) for s in samples) or "—"),
        (say(N_("program")), f"Huitian {answer.program_version or __version__}"),
    )
    return Conformity(
        title=say(N_("Conformity analysis")),
        facts=facts,
        verdict=f"{MARKS[answer.verdict]} {say(VERDICTS[answer.verdict])}",
        missing=tuple(dict.fromkeys(f"{f.rule}  {f.message.render(say)}" for f in blocking)),
        steps=numbered,
        closing=say(SUPPORTS),
        heads=tuple(say(h) for h in HEADS),
    )


def sample_line(row: Mapping[str, Any], say: Translator) -> str:
    """A sample in a line: name, date, place, laboratory, and whether the report bears the CMA mark."""
    cma = row.get("cma")
    mark = say(N_("CMA mark not stated")) if cma is None else "CMA" if cma else say(N_("no CMA mark"))
    when = day(row["date"]) if row.get("date") else say(N_("no date"))
    known = (row["code"], when, row.get("place"), row.get("lab") or say(N_("laboratory not stated")), mark)
    return "  ".join(str(t) for t in known if t)


def _name(code: str, name: str, kind: str) -> str:
    return "  ".join(t for t in (code, name, kind) if t)


def _blocks(finding: Finding) -> bool:
    return finding.outcome in {"does_not_meet", "cannot_judge", "requires"} and finding.consequence in {
        "REJECT",
        "NEEDS_TEST",
        "NEEDS_RA",
        "NEEDS_LINER",
    }


def _numbered(
    answer: Screening, rules: Mapping[str, Rule], say: Translator
) -> tuple[tuple[str, tuple[ConformityRow, ...]], ...]:
    steps: dict[int, list[Finding]] = {}
    for f in answer.findings:
        steps.setdefault(rules[f.rule].step if f.rule in rules else 9, []).append(f)
    number, found = 0, []
    for step in sorted(steps):
        rows = []
        for f in steps[step]:
            number += 1
            rows.append(_row(number, f, say))
        found.append((f"{step}  {say(STEPS[step])}", tuple(rows)))
    return tuple(found)


def _row(number: int, f: Finding, say: Translator) -> ConformityRow:
    plain = f.outcome == "meets" and f.value is not None and f.limit is not None
    return ConformityRow(
        number=number,
        rule=f.rule,
        requirement=say(f.title) if f.title else f.rule,
        # What is met is said by value and limit beside it; everything else is told in a sentence.
        finding=say(OUTCOMES[f.outcome]) if plain else f"{say(OUTCOMES[f.outcome])}: {f.message.render(say)}",
        value=value_words(f.value, f.unit, say),
        limit=limit_words(f, say),
        margin=percent(f.margin, 0) if f.margin is not None else "",
        sample=f.sample or "",
        method=f.method or "",
        clause=f"{say(f.document)}  {say(f.clause)}",
        confidence=confidence_words(f, say),
        outcome=f.outcome,
    )


def value_words(value: float | str | None, unit: str | None, say: Translator) -> str:
    """A measured value with its unit, "" for none."""
    if value is None:
        return ""
    text = plain_number(value) if isinstance(value, int | float) else str(value)
    return text if unit in {None, "", "-"} else f"{text} {say(str(unit))}"


def limit_words(f: Finding, say: Translator) -> str:
    """What a value is held against, "" for none."""
    if f.limit is None:
        return ""
    if f.comparator == "not_detected":
        return say(N_("not detectable"))
    text = value_words(f.limit, f.unit, say)
    sign = {"<=": "≤ ", ">=": "≥ ", "<": "< ", ">": "> "}.get(f.comparator or "", "")
    return sign + (text.replace("-", "–") if isinstance(f.limit, str) else text)


def confidence_words(f: Finding, say: Translator) -> str:
    """The tag of a rule with what it means."""
    return f"{f.confidence}  {say(CONFIDENCES[f.confidence])}" if f.confidence in CONFIDENCES else f.confidence
