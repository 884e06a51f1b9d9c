"""Stretches of the rim that were edited by hand: what the sheet says of them, and how the map marks them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry import LineString

from app.format import number
from app.i18n import Translator
from app.package.canvas import MapDraw
from app.package.content import RimMark
from app.package.labels import number_spots
from gis.rim_edits import find
from gis.surfaces import surface_label
from layers.style import LayerStyle, LineStyle
from models.estimate import Estimate
from models.notices import N_, Notice
from models.rim_edit import ACTION_WORDS, RimEdit
from models.site import Site

if TYPE_CHECKING:
    from app.project import Project

_COLOUR = "#C2410C"
_WIDTH_MM = 1.0
_DASH_MM = (1.6, 0.8)
_DISTANCES = (1.6, 3.0, 5.0, 7.5, 10.0)
_HEIGHTS = {
    "raise": N_("{number} raised by {value} m over {length} m"),
    "lower": N_("{number} lowered by {value} m over {length} m"),
    "set": N_("{number} set to {value} m over {length} m"),
    "leave_out": N_("{number} left out over {length} m"),
}


def rim_marks(
    project: Project, site: Site, estimate: Estimate | None, say: Translator
) -> tuple[tuple[RimMark, ...], tuple[Notice, ...]]:
    """The edits that the estimate knows of, on the outline as it is, and the notes that go with them."""
    given = estimate.request.parameters.get("rim_edits") if estimate else None
    if estimate is None or not given:
        return (), ()
    edits = [RimEdit.from_json(dict(e)) for e in given]
    marks, words = [], []
    for n, edit in enumerate(edits, 1):
        stretch = find(site.outline, edit)
        if stretch is not None:
            marks.append(RimMark(f"R{n}", edit.action, stretch.line))
            words.append(_words(f"R{n}", edit, stretch.length, say))
    if not marks:
        return (), ()
    if estimate.reference.key == "edited_rim":
        text = N_("the rim was edited by hand, and the figures are those of the edited rim ({surface}): {edits}")
    else:
        text = N_("the rim was edited by hand ({edits}); only the figure by the edited rim uses that")
    notes = [Notice("sheet.rim_edits", text, edits=say(N_("; ")).join(words), surface=_over(estimate))]
    if [e for _, _, e in project.store.rim_edits(site.uid)] != edits:
        text = N_("the rim edits of the project changed since the estimate")
        notes.append(Notice("sheet.rim_edits_stale", text))
    return tuple(marks), tuple(notes)


def _over(estimate: Estimate) -> Notice:
    """The name of the surface that was laid over the edited rim."""
    used = estimate.reference.parameters
    key = str((used.get("parts") or [used])[0].get("over") or "")
    return Notice("surface", surface_label(key))


def _words(label: str, edit: RimEdit, length: float, say: Translator) -> str:
    value = number(edit.value_m, 2) if edit.value_m is not None else ""
    words = say(_HEIGHTS[edit.action]).format(number=label, value=value, length=number(length, 1))
    return f"{words} ({edit.remarks})" if edit.remarks else words


def rim_edits(draw: MapDraw) -> None:
    """The edited stretches as a broad line on the outline, broken where the rim is left out, each with its number."""
    for mark in draw.content.rim_edits:
        shape = draw.visible(mark.line)
        if not draw.shows(shape):
            continue
        dash = _DASH_MM if mark.action == "leave_out" else ()
        lines = [shapely.get_coordinates(p) for p in shapely.get_parts(shape) if p.geom_type == "LineString"]
        draw.page.lines(lines, _WIDTH_MM, color=_COLOUR, dash=dash, z=13, clip=draw.rect)
        words = draw.say(N_("rim {action} by hand")).format(action=draw.say(ACTION_WORDS[mark.action]))
        draw.explain(f"rim:{mark.action}", words, "line", LayerStyle(LineStyle(_COLOUR, _WIDTH_MM, dash)))
        draw.later.append(partial(_label, draw, mark, LineString(max(lines, key=len))))


def _label(draw: MapDraw, mark: RimMark, line: LineString) -> None:
    middle, size = line.interpolate(0.5, normalized=True), draw.layout.body_pt
    ahead = line.interpolate(min(line.length, 0.5 * line.length + 0.5))
    along = np.array([ahead.x - middle.x, ahead.y - middle.y])
    # Counter-clockwise along an outer ring, the outside lies to the right.
    spots = number_spots(middle.x, middle.y, (float(along[1]), float(-along[0])), mark.number, size, _DISTANCES)
    spot = next((s for s in spots if draw.room.free(s[2])), None)
    if spot is None:
        return
    draw.room.take(spot[2])
    draw.page.text(
        spot[0], spot[1], mark.number, N_("number of a rim edit"), size=size, room=draw.rect, ha="center", halo=True,
        color=_COLOUR,
    )  # fmt: skip
