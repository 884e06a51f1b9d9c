"""A section as a chart: ground, reference, fill and cut between them, other surveys, what the line crosses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from app import format as fmt
from app.gui import words
from app.gui.drawing import Area, Axis, Band, Drawing, Line, Mark
from app.i18n import _

if TYPE_CHECKING:
    from app.verbs.section import SiteSection
    from gis.arrays import Array
    from gis.crossings import Crossing

_OTHER_TONES = ("info", "warning", "unknown", "ok")


def section_drawing(answer: SiteSection, exaggeration: float | None) -> Drawing | None:
    """The chart of a section; None where there are no heights at all."""
    s = answer.section
    d, g, r = s.distance_m, s.ground_m, s.reference_m
    heights = np.concatenate([v[np.isfinite(v)] for v in (g, r, *(z for _n, z in answer.others))])
    if not heights.size:
        return None
    low, high = float(heights.min()), float(heights.max())
    room = max(high - low, 0.5) * 0.12
    floor = low - room
    others = [
        Line(d, z, _OTHER_TONES[k % len(_OTHER_TONES)], name, 1.6, dash=k >= len(_OTHER_TONES))
        for k, (name, z) in enumerate(answer.others)
    ]
    ends = Mark(0.0, "A", vertical=True), Mark(float(d[-1]), "A′", vertical=True)
    level = float(np.nanmax(r)) if answer.reference == "level" and np.isfinite(r).any() else None
    levels = () if level is None else (Mark(level, f"{fmt.elevation(level)} m", "chart_reference"),)
    bends = tuple(Mark(b, "", "text_3", vertical=True) for b in s.bends_m)
    return Drawing(
        Axis(_("Distance (m)"), low=0.0, high=float(d[-1])),
        Axis(_("Elevation (m)"), low=floor, high=high + room),
        (
            Line(d, g, "chart_ground", answer.terrain if others else _("Ground"), 2.0),
            Line(d, r, "chart_reference", _("Reference surface"), 1.8, dash=True),
            *others,
        ),
        (
            Area(d, np.full_like(d, floor - (0.0 if exaggeration is None else 1e4)), g, "chart_ground_fill"),
            Area(d, g, r, "chart_fill", _("Fill"), 0.75),
            Area(d, r, np.where(np.isfinite(r), g, np.nan), "chart_cut", _("Cut"), 0.55),
        ),
        marks=(*levels, *bends, *ends),
        readout=lambda x, _y: read_section(answer, x),
        bands=(
            *(Band(c.from_m, c.to_m, c.code or c.name, "accent") for c in answer.passes),
            *(Band(c.from_m, c.to_m, c.code or c.name) for c in answer.crossings),
        ),
        exaggeration=exaggeration,
    )


def _at(distance: Array, x: float) -> int:
    return int(np.clip(np.searchsorted(distance, x - (distance[1] - distance[0]) / 2), 0, len(distance) - 1))


def read_section(answer: SiteSection, x: float) -> Sequence[str]:
    """What stands at a distance along the line, in words."""
    s = answer.section
    k = _at(s.distance_m, x)
    ground, reference = float(s.ground_m[k]), float(s.reference_m[k])
    said = [f"{fmt.number(float(s.distance_m[k]), 1)} m", _("ground {z} m").format(z=fmt.elevation(ground))]
    if np.isfinite(reference):
        said.append(_("reference {z} m").format(z=fmt.elevation(reference)))
        depth = reference - ground
        text = _("fill {d} m") if not depth < 0 else _("cut {d} m")
        said.append(text.format(d=fmt.number(abs(depth), 2)))
    for name, z in answer.others:
        said.append(f"{name} {fmt.elevation(float(z[k]))} m ({fmt.difference(float(z[k]) - ground)})")
    along = (*answer.passes, *answer.crossings)
    said += [f"{c.code} {c.name}".strip() for c in along if c.from_m <= x <= c.to_m]
    return said


def _spans(crossed: Sequence[Crossing]) -> str:
    """Codes with where they lie, some of many."""
    said = [f"{c.code or c.name} {fmt.number(c.from_m, 1)}–{fmt.number(c.to_m, 1)} m" for c in crossed[:4]]
    more = len(crossed) - len(said)
    return _(", ").join(said) + (f" (+{more})" if more > 0 else "")


def section_facts(answer: SiteSection, exaggeration: float | None) -> str:
    """The line below the chart. `exaggeration` as it is drawn."""
    s = answer.section
    depth = s.depth_m
    deepest = float(np.nanmax(depth)) if np.isfinite(depth).any() else float("nan")
    first = _("{terrain}; {surface}; length {length} m") if answer.reference else _("{terrain}; length {length} m")
    said = [
        first.format(
            terrain=answer.terrain,
            surface=words.surface(answer.reference, fills=answer.fills) if answer.reference else "",
            length=fmt.number(float(s.distance_m[-1]), 1),
        ),
        _("fill {fill} m², cut {cut} m², deepest fill {depth} m").format(
            fill=fmt.number(s.fill_m2, 1), cut=fmt.number(s.cut_m2, 1), depth=fmt.number(max(deepest, 0.0), 2)
        ),
    ]  # fmt: skip
    if exaggeration:
        said.append(_("heights {times} times exaggerated").format(times=fmt.significant(exaggeration, 2)))
    if answer.passes:
        said.append(_("passes {names}").format(names=_spans(answer.passes)))
    if answer.crossings:
        said.append(_("crosses {names}").format(names=_spans(answer.crossings)))
    return _("; ").join(said)
