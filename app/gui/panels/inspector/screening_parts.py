"""The parts of an answer around its findings: verdict, rule packs, what changed since, the assessment on record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from app import format as fmt
from app.gui import words
from app.gui.widgets import Banner, Section, VerdictMark, button, card, chip, label, row
from app.i18n import _
from models.assessment import Assessment
from models.screening import Screening

if TYPE_CHECKING:
    from app.verbs.stale import Freshness

_FEW = 6
_GOOD = "acceptable"


def verdict_card(s: Screening, counts: Mapping[str, int]) -> QWidget:
    """Verdict, class, how many findings of each outcome, and when it was judged."""
    mark = VerdictMark(s.verdict, words.cap(_(words.VERDICTS[s.verdict])), big=True)
    line = row(mark, spacing=8)
    line.setStretch(0, 1)
    if s.waste_class:
        line.addWidget(chip(_("Class I") if s.waste_class == "I" else _("Class II")))
    said = "  ".join(f"{words.cap(_(words.OUTCOMES[o]))} {n}" for o, n in counts.items() if n)
    mended = [f"{i} {v}" for i, v in s.packs if "+" in v]
    judged = _("judged on {day} by {n} rule packs").format(day=fmt.day(s.screened_at), n=len(s.packs))
    parts: list[QWidget] = [label(said, "secondary", wrap=True), label(words.cap(judged), "muted", wrap=True)]
    if mended:
        parts.append(
            label(_("mended for this project: {packs}").format(packs=_(", ").join(mended)), "muted", wrap=True)
        )
    return card(line, *parts, spacing=4)


def packs_section(s: Screening, titles: Mapping[str, str]) -> Section:
    """Every rule pack with the version that was used, folded."""
    said = "\n".join(f"{words.cap(_(titles[i])) if i in titles else i}  {v}" for i, v in s.packs)
    return Section(
        _("Rule packs and versions ({n})").format(n=len(s.packs)),
        lambda: label(said, "secondary", wrap=True, selectable=True),
        is_open=False,
    )


def stale_banner(fresh: Freshness, kept: Screening, titles: Mapping[str, str], again: Callable[[], object]) -> Banner:
    """What changed since it was judged, what would be said now, and the button that judges anew."""
    parts = [_("What was judged changed since.")]
    if fresh.now.verdict != kept.verdict:
        verdict = _(words.VERDICTS[fresh.now.verdict])
        parts.append(_("Now the verdict would be: {verdict}.").format(verdict=verdict))
    for pack, then, now in fresh.packs[:_FEW]:
        name = words.cap(_(titles[pack])) if pack in titles else pack
        parts.append(f"{name}: {then or fmt.NO_VALUE} → {now or fmt.NO_VALUE}")
    if fresh.rules:
        more = " …" if len(fresh.rules) > _FEW else ""
        parts.append(_("Other findings: {rules}").format(rules=_(", ").join(fresh.rules[:_FEW]) + more))
    return Banner("warning", "\n".join(parts), button(_("Judge again"), again, kind="quiet"))


def assessment_card(a: Assessment) -> QWidget:
    """The risk assessment on record."""
    head = label(_("Risk assessment on record"), "heading")
    word = label(words.cap(_(words.ASSESSED[a.outcome])), "heading")
    word.setProperty("tone", "ok" if a.outcome == _GOOD else "danger")
    whom = _("for every waste of this pit") if not a.waste else ""
    foot = "  ·  ".join(t for t in (a.assessed_by, a.assessed_on, a.report, whom) if t)
    parts: list[QWidget] = [label(foot, "muted", wrap=True, selectable=True)]
    if a.conditions:
        parts.insert(0, label(_("Conditions: {text}").format(text=a.conditions), wrap=True, selectable=True))
    return card(row(head, None, word), *parts, spacing=4, margin=10)
