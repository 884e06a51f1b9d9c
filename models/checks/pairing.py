"""Which waste into which pit: the routes of clause 8.1, and the risk assessment of clause 8.2 for everything else."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from models.checks.context import Context, title_of
from models.notices import N_, Notice
from models.rules import Route, Rule
from models.screening import Finding

RouteAnswer = Literal["listed", "open", "unlisted"]


def same_mine(ctx: Context) -> bool | None:
    """True if the waste comes from the site's own mine; None if its origin is not stated.

    The origin is compared with the site's code and name; a name within the other counts
    ("白云东矿" in "白云东矿一号坑").
    """
    origin = _plain(ctx.waste.origin_mine)
    if not origin:
        return None
    code, name = _plain(ctx.site.code), _plain(ctx.site.name)
    if origin in {code, name}:
        return True
    return len(min(origin, name, key=len)) >= 2 and (origin in name or name in origin)


def _plain(text: str) -> str:
    return re.sub(r"[\s（）()·]+", "", unicodedata.normalize("NFKC", text or "").casefold())


def route_answer(ctx: Context, routes: tuple[Route, ...]) -> RouteAnswer:
    """Is this pair on a listed route, whatever the class? "open" when the pit's or the waste's origin is not stated."""
    answer: RouteAnswer = "unlisted"
    for route in routes:
        if not ctx.names_kind(route.kinds):
            continue
        if ctx.site.origin and ctx.site.origin not in route.origins:
            continue
        own = same_mine(ctx) if route.same_mine else True
        if own and ctx.site.origin:
            return "listed"
        if own is not False:
            answer = "open"
    return answer


def prepare(ctx: Context) -> None:
    """Find out before the rules are judged whether the pair needs a risk assessment in any case."""
    routes = [r for _, r in ctx.rules if r.check == "route"]
    assessed = any(r.check == "assessment" for _, r in ctx.rules)
    ctx.listed_route = any(route_answer(ctx, r.routes) == "listed" for r in routes)
    ctx.assessment_certain = bool(routes) and assessed and not ctx.listed_route and ctx.site.assessment != "acceptable"


def check_route(rule: Rule, ctx: Context) -> list[Finding]:
    """Routes open to Class I without the assessment of clause 8.2."""
    facts = {"title": title_of(rule), "kind": Notice("kind", ctx.kind.label)}
    answer = route_answer(ctx, rule.routes)
    if answer == "open":
        message = Notice(
            "screen.route_open", N_("{title}: state the pit's mineral and the waste's origin to tell"), **facts
        )
        return [ctx.finding(rule, "cannot_judge", message, consequence="INFO")]
    if answer == "unlisted":
        message = Notice("screen.route_no", N_("{title}: {kind} into this pit is not among them"), **facts)
        return [ctx.finding(rule, "not_applicable", message)]
    if ctx.waste_class == "I":
        message = Notice("screen.route_yes", N_("{title}: {kind} of Class I into this pit is listed"), **facts)
        return [ctx.finding(rule, "meets", message)]
    if ctx.waste_class == "II":
        message = Notice("screen.route_class", N_("{title}: open to Class I only"), **facts)
        return [ctx.finding(rule, "not_applicable", message)]
    message = Notice("screen.route_unknown", N_("{title}: listed for Class I, but the class is not known"), **facts)
    return [ctx.finding(rule, "cannot_judge", message, consequence="NEEDS_TEST")]


def check_assessment(rule: Rule, ctx: Context) -> list[Finding]:
    """Clause 8.2: baseline survey and risk assessment off the listed routes; a recorded outcome decides (RA-03)."""
    title = title_of(rule)
    note = {"note": ctx.site.assessment_note or "–"}
    if ctx.site.assessment == "not_acceptable":
        # Also on a listed route, where none is asked for: what was found stays found.
        text = N_("{title}: the assessment on record finds the risk not acceptable ({note})")
        message = Notice("screen.ra_bad", text, title=title, **note)
        return [ctx.finding(rule, "does_not_meet", message, consequence="REJECT", value=ctx.site.assessment)]
    if ctx.listed_route and ctx.waste_class == "I":
        message = Notice("screen.ra_no", N_("{title}: not asked on this route"), title=title)
        return [ctx.finding(rule, "not_applicable", message)]
    if ctx.site.assessment == "acceptable":
        text = N_("{title}: the assessment on record finds the risk acceptable ({note})")
        message = Notice("screen.ra_good", text, title=title, **note)
        return [ctx.finding(rule, "meets", message, value=ctx.site.assessment)]
    if ctx.listed_route and ctx.waste_class is None:
        message = Notice("screen.ra_unknown", N_("{title}: depends on the class, which is not known"), title=title)
        return [ctx.finding(rule, "cannot_judge", message, consequence="NEEDS_TEST")]
    message = Notice("screen.ra_yes", N_("{title}: needed before this waste may go into this pit"), title=title)
    return [ctx.finding(rule, "requires", message)]
