"""An estimate in words and numbers: the lines of "all figures", and the whole of it for a spreadsheet."""

from __future__ import annotations

from app import format as fmt
from app.gui import words
from app.i18n import _
from app.words import basis_words
from layers.registry import LAYERS
from models.earthwork import WhyReport
from models.estimate import Estimate, SecondMethod
from models.terrain import ErrorFigures

NOTABLE_PERCENT = 2.0
"""A method further apart than this is flagged (volumes.md section 6)."""
K = 2.0
"""The interval's half width is two standard deviations."""
Line = tuple[str, str, str]


def body_of(e: Estimate) -> float:
    """The volume that matters: fill of a pit, heap of a stockpile."""
    return e.fill_m3 if LAYERS[e.layer].fills else e.cut_m3


def is_notable(check: SecondMethod) -> bool:
    """Whether a method is so far from the cell sums that one has to look."""
    return check.difference_percent is not None and abs(check.difference_percent) > NOTABLE_PERCENT


def methods_of(e: Estimate) -> tuple[SecondMethod, ...]:
    """All independent methods of an estimate; records from before there were several have one."""
    return e.checks or (e.check,)


def figures(e: Estimate) -> list[Line]:
    """(name, value, unit) of every figure, whole values in SI."""
    half = e.interval95.fill_m3
    return [
        (_("Fill"), fmt.number(e.fill_m3, 1), "m³"),
        (_("Cut"), fmt.number(e.cut_m3, 1), "m³"),
        (_("Net"), fmt.number(e.net_m3, 1), "m³"),
        (
            _("95 % interval, ±"),
            _("not quantified") if half is None else fmt.number(half, 1),
            "" if half is None else "m³",
        ),
        (_("Waste"), fmt.number(e.waste_m3, 1), "m³"),
        (_("Cover"), fmt.number(e.cover_m3, 1), "m³"),
        (_("Base"), fmt.number(e.base_m3, 1), "m³"),
        (_("Density"), fmt.number(e.density_t_m3, 2), "t/m³"),
        (_("Dry mass"), fmt.number(e.tonnage_t, 0), "t"),
        (_("Wet mass"), fmt.number(e.tonnage_wet_t, 0), "t"),
        (_("Outline area"), fmt.number(e.footprint_m2, 1), "m²"),
        (_("Filled area") if LAYERS[e.layer].fills else _("Area of the heap"), fmt.number(e.flooded_m2, 1), "m²"),
        (_("Depth, mean"), fmt.number(e.mean_depth_m, 2), "m"),
        (_("Depth, largest"), fmt.number(e.max_depth_m, 2), "m"),
        (_("Surface, lowest"), fmt.elevation(e.reference.min_elevation_m), "m"),
        (_("Surface, mean"), fmt.elevation(e.reference.mean_elevation_m), "m"),
        (_("Surface, highest"), fmt.elevation(e.reference.max_elevation_m), "m"),
        (_("Covered by terrain"), fmt.number(e.covered_share * 100, 2), "%"),
        *_support(e),
        (_("Cells inside"), fmt.number(float(e.cells_inside), 0), ""),
        (_("Cell size"), fmt.significant(e.terrain.cell_m, 3), "m"),
        (_("Scale factor"), fmt.number(e.scale_factor, 6), ""),
        (_("Height datum"), e.terrain.vertical_datum or _("not stated"), ""),
        *_stands_on(e.terrain.errors),
    ]


def _support(e: Estimate) -> list[Line]:
    """What ground and reference rest on, where that is known."""
    own, below, found = e.support, e.reference_support, list[Line]()
    if own is not None:
        found += [
            (_("Area in gaps between points"), fmt.number(own.spanned_area_share * 100, 2), "%"),
            (_("Volume in gaps between points"), fmt.number(own.spanned_volume_share * 100, 2), "%"),
            (_("Points on measured ground"), fmt.significant(own.points_per_100_m2, 3), _("per 100 m²")),
        ]
    if below is not None:
        found += [
            (_("Area in gaps of the other terrain"), fmt.number(below.spanned_area_share * 100, 2), "%"),
            (_("Volume in gaps of the other terrain"), fmt.number(below.spanned_volume_share * 100, 2), "%"),
        ]
    return found


def _stands_on(errors: ErrorFigures | None) -> list[Line]:
    """The error figures that the interval was computed with; nothing for records from before they were kept."""
    if errors is None:
        return []
    named = (
        (_("Random error of a height (1σ)"), errors.sigma_z_m),
        (_("Errors hang together over"), errors.range_m),
        (_("Error of an outline point (1σ)"), errors.sigma_xy_m),
        (_("All heights off together (1σ)"), errors.bias_m),
    )
    lines = [(n, _("not stated"), "") if v is None else (n, fmt.significant(v, 3), "m") for n, v in named]
    return [*lines, (_("Who says so"), basis_words(errors.basis, _), "")]


def as_table(e: Estimate, why: WhyReport | None) -> str:
    """Everything that is shown, tab-separated; plain digits, so that a spreadsheet reads numbers."""
    lines: list[tuple[str, ...]] = [
        (_("Site"), e.site),
        (_("Surface"), words.reference(e.reference, fills=LAYERS[e.layer].fills)),
        (_("Terrain"), e.terrain.name),
        (_("computed"), words.when(e.computed_at)),
    ]
    if e.standing == "too_uncertain":
        lines.append((_("No estimate: too uncertain to plan with"),))
    lines += [("",), *figures(e), ("",), (_("Where the interval comes from"), _("± at 95 %"), _("share"))]
    for key, sigma in e.interval95.parts.items():
        lines.append((words.from_key(words.CAUSES, key), *part_words(e, key, sigma)))
    lines += [("",), (_("Other reference surfaces"), "m³")]
    for other in e.alternatives:
        reason = "" if other.reason is None else other.reason.render(_)
        name = words.alternative(other.key, e.request.parameters, fills=LAYERS[e.layer].fills)
        lines.append((name, fmt.number(other.fill_m3, 1), reason))
    lines += [("",), (_("Independent methods"), "m³", "%")]
    for check in methods_of(e):
        name = words.from_key(words.CHECK_METHODS, check.method)
        lines.append((name, fmt.number(check.fill_m3, 1), fmt.difference(check.difference_percent, 2)))
    if why is not None:
        lines += [("",), (_("Why tools differ"), "m³", "%")]
        for r in why.rows:
            percent = fmt.difference(r.difference_percent, 2)
            lines.append((r.rule.render(_), fmt.number(r.fill_m3, 1), percent, r.reason.render(_)))
    lines += [("",), *((n.render(_),) for n in e.warnings)]
    return "\n".join("\t".join(_plain(c) for c in line) for line in lines) + "\n"


def _plain(cell: str) -> str:
    return cell.replace(fmt.THIN_SPACE, "").replace(fmt.MINUS, "-").replace("\n", " ")


def part_words(e: Estimate, key: str, sigma: float | None) -> tuple[str, str]:
    """(± at 95 % with unit, share) of a part of the interval; not quantified is said, never ±0."""
    if sigma is None:
        return _("not quantified"), ""
    if key.endswith("_share"):
        share = e.interval95.tonnage_shares.get(key)
        return _("± {share} of t").format(share=fmt.percent(K * sigma, 0)), "" if share is None else fmt.percent(
            share, 0
        )
    share = e.interval95.shares.get(key)
    return f"± {fmt.significant(K * sigma, 3)} m³", "" if share is None else fmt.percent(share, 0)
