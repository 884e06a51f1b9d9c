"""Where the pit lies: control areas, groundwater below its floor, the layer under it, what the land becomes."""

from __future__ import annotations

from models.checks.context import Context, effect, title_of
from models.checks.limits import passes
from models.notices import N_, Notice
from models.rules import Rule
from models.screening import Finding


def check_overlap(rule: Rule, ctx: Context) -> list[Finding]:
    """Ground of the site within control areas of the rule's kinds. Replaced areas do not count; drafts only warn."""
    here = [c for c in ctx.site.conflicts if c.kind in rule.controls and c.control_status != "replaced"]
    if not here:
        return _stated_absent(rule, ctx) or _unmapped(rule, ctx)
    hits = sorted((c for c in here if c.conflicting), key=lambda c: (c.control_status == "draft", -c.area_m2))
    title = title_of(rule)
    if hits:
        worst = hits[0]
        draft = worst.control_status == "draft"
        consequence = "WARN" if draft else rule.consequence
        message = Notice(
            "screen.overlap",
            N_("{title}: {area} m² ({share} %) of the site lie in {area_name}; {effect}"),
            title=title,
            area=f"{worst.area_m2:.0f}",
            share=f"{worst.share * 100:.1f}",
            area_name=worst.name or worst.code,
            effect=effect(consequence),
        )
        return [
            ctx.finding(
                rule,
                "does_not_meet",
                message,
                consequence=consequence,
                value=round(worst.area_m2, 1),
                unit="m2",
                limit=0.0,
            )
        ]
    nearest = min(here, key=lambda c: c.distance_m)
    if nearest.relation == "touches":
        message = Notice(
            "screen.touches",
            N_("{title}: the site touches {area_name}; check the survey of the line"),
            title=title,
            area_name=nearest.name or nearest.code,
        )
        return [ctx.finding(rule, "requires", message, consequence="WARN", value=0.0, unit="m")]
    message = Notice(
        "screen.clear",
        N_("{title}: none; nearest {area_name} at {distance} m"),
        title=title,
        area_name=nearest.name or nearest.code,
        distance=f"{nearest.distance_m:.0f}",
    )
    return [ctx.finding(rule, "meets", message, value=round(nearest.distance_m, 1), unit="m", limit=0.0)]


def _stated_absent(rule: Rule, ctx: Context) -> list[Finding]:
    """An office's word for every kind of the rule stands for areas that cannot be drawn."""
    stated = {a.kind: a for a in ctx.site.absences}
    if not rule.controls or not all(kind in stated for kind in rule.controls):
        return []
    notes = dict.fromkeys(stated[kind].note for kind in rule.controls)
    message = Notice(
        "screen.stated_absent",
        N_("{title}: none in the region, as stated on record ({source})"),
        title=title_of(rule),
        source="; ".join(notes),
    )
    return [ctx.finding(rule, "meets", message)]


def _unmapped(rule: Rule, ctx: Context) -> list[Finding]:
    mode = rule.missing
    if mode == "DECISIVE":
        mode = "REQUIRE" if ctx.assessment_certain else "NEEDS_TEST"
    if mode == "SILENT":
        return []
    message = Notice(
        "screen.unmapped",
        N_("{title}: no such area is in the project; import the official layer, or put on record that there is none"),
        title=title_of(rule),
    )
    outcome = "cannot_judge" if mode == "NEEDS_TEST" else "requires"
    return [ctx.finding(rule, outcome, message, consequence=mode)]  # type: ignore[arg-type] # two literals


def check_clearance(rule: Rule, ctx: Context) -> list[Finding]:
    """Pit floor above the highest groundwater level, m (GWD-01)."""
    height, title = ctx.site.clearance_m, title_of(rule)
    if height is None:
        if rule.missing == "SILENT":
            return []
        water = ctx.site.ground_water_m is None
        message = (
            Notice(
                "screen.no_water_level", N_("{title}: survey the highest groundwater level of the site"), title=title
            )
            if water
            else Notice(
                "screen.no_floor",
                N_("{title}: the pit floor is not known; estimate the site on a terrain"),
                title=title,
            )
        )
        if rule.missing == "NEEDS_TEST":
            return [ctx.finding(rule, "cannot_judge", message, consequence="NEEDS_TEST")]
        return [ctx.finding(rule, "requires", message, consequence=rule.missing)]
    facts = {"title": title, "height": f"{height:.2f}", "limit": f"{rule.limit:g}"}
    if passes(rule, height):
        message = Notice(
            "screen.clearance_good",
            N_("{title}: floor {height} m above the highest groundwater, at least {limit} m"),
            **facts,
        )
        return [ctx.finding(rule, "meets", message, value=height)]
    message = Notice(
        "screen.clearance_bad",
        N_("{title}: floor {height} m above the highest groundwater, at least {limit} m; {effect}"),
        **facts,
        effect=effect(rule.consequence),
    )
    return [ctx.finding(rule, "does_not_meet", message, value=height)]


def check_base_layer(rule: Rule, ctx: Context) -> list[Finding]:
    """Natural base: saturated permeability at most limit[0] cm/s over at least limit[1] m."""
    k, thickness, title = ctx.site.base_permeability_cm_s, ctx.site.base_thickness_m, title_of(rule)
    if not isinstance(rule.limit, tuple):
        raise TypeError(rule.id)
    shown = f"<= {rule.limit[0]:g} cm/s, >= {rule.limit[1]:g} m"
    if k is None or thickness is None:
        if rule.missing == "SILENT":
            return []
        message = Notice(
            "screen.no_base", N_("{title}: survey permeability and thickness of the layer under the pit"), title=title
        )
        outcome = "cannot_judge" if rule.missing == "NEEDS_TEST" else "requires"
        return [ctx.finding(rule, outcome, message, consequence=rule.missing, limit=shown)]  # type: ignore[arg-type] # two literals
    facts = {"title": title, "k": f"{k:g}", "thickness": f"{thickness:g}", "limit": shown}
    value = f"{k:g} cm/s, {thickness:g} m"
    if k <= rule.limit[0] and thickness >= rule.limit[1]:
        message = Notice("screen.base_good", N_("{title}: {k} cm/s over {thickness} m serves ({limit})"), **facts)
        return [ctx.finding(rule, "meets", message, value=value, limit=shown)]
    message = Notice(
        "screen.base_bad",
        N_("{title}: {k} cm/s over {thickness} m does not serve ({limit}); {effect}"),
        **facts,
        effect=effect(rule.consequence),
    )
    return [ctx.finding(rule, "does_not_meet", message, value=value, limit=shown)]


def check_land_use(rule: Rule, ctx: Context) -> list[Finding]:
    """What follows when the land becomes one of these uses."""
    if ctx.site.land_use_after not in rule.land_uses:
        return []
    if ctx.site.assessment == "acceptable":
        message = Notice(
            "screen.land_use_good", N_("{title}: covered by the assessment on record"), title=title_of(rule)
        )
        return [ctx.finding(rule, "meets", message, value=ctx.site.land_use_after)]
    message = Notice("screen.land_use", N_("{title}: {effect}"), title=title_of(rule), effect=effect(rule.consequence))
    return [ctx.finding(rule, "requires", message, value=ctx.site.land_use_after)]
