"""Which waste is it: the hazardous-waste list, wastes that may not be backfilled, tests that its kind calls for."""

from __future__ import annotations

import re
import unicodedata
from fnmatch import fnmatchcase

from models.checks.context import Context, effect, symbols, title_of
from models.notices import N_, Notice
from models.rules import Rule
from models.screening import Finding

_HAZARDOUS_CODE = re.compile(r"\d{3}-\d{3}-\d{2}|HW\d{2}")
_GENERAL_CODE = re.compile(r"SW\d{2}|\d{3}-\d{3}-S\d{2}")
"""The catalogue of general solid wastes has codes of its own; they are no sign of a hazard."""


def plain_words(text: str) -> str:
    """Text for looking words up in: full-width forms made plain, lower case, no spaces."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text).casefold())


def word_found(pattern: str, text: str) -> bool:
    """True if `text` has every part of "a+b" and none of the parts after "!" ("铬渣!铬铁")."""
    wanted, *barred = pattern.split("!")
    has_all = all(plain_words(w) in text for w in wanted.split("+"))
    return has_all and not any(plain_words(b) in text for b in barred)


def list_code(text: str) -> str:
    """A code as the list writes it: "321-024-48", "HW48"."""
    return re.sub(r"[\s　]+", "", unicodedata.normalize("NFKC", text)).upper().replace("—", "-").replace("–", "-")


def check_listed(rule: Rule, ctx: Context) -> list[Finding]:
    """A row of a list: matched by the waste's kind, its list code, or words of its name and process."""
    code = list_code(ctx.waste.list_code)
    why: Notice | None = None
    if ctx.names_kind(rule.kinds):
        why = Notice("listed.kind", N_("the kind is {kind}"), kind=Notice("kind", ctx.kind.label))
    elif code and any(fnmatchcase(code, c) for c in rule.codes) and _HAZARDOUS_CODE.fullmatch(code):
        why = Notice("listed.code", N_("the list code is {code}"), code=code)
    else:
        for text in (ctx.waste.name, ctx.waste.process):
            word = next((w for w in rule.words if word_found(w, plain_words(text))), None)
            if word:
                why = Notice("listed.word", N_("the name or process says “{words}”"), words=text)
                break
    if why is None:
        return []
    if rule.consequence == "NEEDS_TEST":
        message = Notice(
            "screen.listed_doubt", N_("{title}: {why}; clear up what the waste is"), title=title_of(rule), why=why
        )
        return [ctx.finding(rule, "cannot_judge", message, value=code or None)]
    message = Notice(
        "screen.listed", N_("{title}: {why}; {effect}"), title=title_of(rule), why=why, effect=effect(rule.consequence)
    )
    return [ctx.finding(rule, "does_not_meet", message, value=code or None)]


def check_list_code(rule: Rule, ctx: Context) -> list[Finding]:
    """A code that is neither of the hazardous list nor of the general catalogue leaves the question open."""
    code = list_code(ctx.waste.list_code)
    if not code or _HAZARDOUS_CODE.fullmatch(code) or _GENERAL_CODE.fullmatch(code):
        return []
    message = Notice(
        "screen.code_unread", N_("{title}: the code {code} is not understood"), title=title_of(rule), code=code
    )
    return [ctx.finding(rule, "cannot_judge", message, value=code)]


def check_identification(rule: Rule, ctx: Context) -> list[Finding]:
    """HW-02: which tests of GB 5085 are due for a waste that is not listed.

    Kinds of which the dossier says that they are not listed need them when in doubt only; the others always.
    """
    if any(r.check == "listed" and r.consequence == "REJECT" and r.id in ctx.raised for _, r in ctx.rules):
        message = Notice("screen.listed_already", N_("{title}: already decided by a list"), title=title_of(rule))
        return [ctx.finding(rule, "not_applicable", message)]
    tests = [r for _, r in ctx.rules if r.group == rule.group and r.check == "limit"]
    over = [r for r in tests if r.id in ctx.exceeded]
    if over:
        text = N_("{title}: hazardous by {what}")
        what = symbols(dict.fromkeys(p for r in over for p in r.parameters))
        message = Notice("screen.hazardous_already", text, title=title_of(rule), what=what)
        return [ctx.finding(rule, "not_applicable", message)]
    wanted = [r for r in tests if not ctx.kind.identify or set(r.parameters) & set(ctx.kind.identify)]
    if ctx.kind.identification == "when_in_doubt":
        wanted = tests
    lacking = [r for r in wanted if not any(ctx.readings(p, r.medium) for p in r.parameters) and r.id not in ctx.raised]
    what = symbols(dict.fromkeys(p for r in lacking for p in r.parameters))
    test = " / ".join(dict.fromkeys(m for r in lacking for m in (r.methods or (r.medium,))))
    if not lacking:
        message = Notice("screen.identified", N_("{title}: tested"), title=title_of(rule))
        return [ctx.finding(rule, "meets", message)]
    if ctx.kind.identification == "required":
        message = Notice(
            "screen.identify",
            N_("{title}: the hazard is not excluded; measure {what} by {test}"),
            title=title_of(rule),
            what=what,
            test=test,
        )
        return [ctx.finding(rule, "cannot_judge", message, consequence="NEEDS_TEST", method=test)]
    message = Notice(
        "screen.identify_doubt",
        N_("{title}: not on the list and no sign of a hazard; when in doubt measure {what} by {test}"),
        title=title_of(rule),
        what=what,
        test=test,
    )
    # That these kinds are not on the list is recalled, whatever the confidence of the clause (5.5).
    return [ctx.finding(rule, "requires", message, consequence="WARN", method=test, confidence="R")]


def check_suggested(rule: Rule, ctx: Context) -> list[Finding]:
    """Parameters beyond the minimum set that the waste's process calls for (EV-05)."""
    have = {v.parameter for v in ctx.values}
    lacking = [p for p in ctx.kind.suggested if p not in have]
    if not lacking:
        return []
    message = Notice(
        "screen.suggested", N_("{title}: {what} not measured"), title=title_of(rule), what=symbols(lacking)
    )
    return [ctx.finding(rule, "requires", message)]
