"""progress: what happened at a site between two surveys."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app import format as fmt
from app.commands.common import Json, ProjectPath, print_json, remark, table
from app.commands.common import progress as watching
from app.i18n import _
from app.project import Project
from app.sentences import shift_text, tilt_text
from models.comparison import MAX_SLOPE_DEG, ComparisonRequest, SurveyComparison
from models.units import M3_PER_WAN_M3


def progress(
    project: ProjectPath,
    site: Annotated[str, typer.Option("--site", metavar="CODE")],
    before: Annotated[str, typer.Option("--before", metavar="N", help="terrain of the earlier survey")],
    after: Annotated[str, typer.Option("--after", metavar="N", help="terrain of the later survey")],
    remove_offset: Annotated[
        bool, typer.Option("--remove-offset", help="take the offset on stable ground off the later survey")
    ] = False,
    remove_shift: Annotated[
        bool, typer.Option("--remove-shift", help="take the sideways shift on stable ground off the later survey")
    ] = False,
    remove_tilt: Annotated[
        bool, typer.Option("--remove-tilt", help="take a tilt or bend on stable ground off the later survey")
    ] = False,
    confirm_datum: Annotated[
        bool, typer.Option("--confirm-datum", help="compare although the height datums differ")
    ] = False,
    confirm_kind: Annotated[
        bool, typer.Option("--confirm-kind", help="compare a surface model with a ground model")
    ] = False,
    max_slope: Annotated[
        float, typer.Option("--max-slope", metavar="DEG", help="steepest slope of stable ground")
    ] = MAX_SLOPE_DEG,
    to_map: Annotated[
        Path | None,
        typer.Option("--map", metavar="FILE", help="also a map of the change: .png, .pdf or .tif", readable=False),
    ] = None,
    as_json: Json = False,
) -> None:
    """The volume placed and removed between two surveys of a site."""
    from app.verbs.change_map import check_map_file, write_change_map
    from app.verbs.progress import progress as compare

    if to_map is not None:
        check_map_file(to_map)
    request = ComparisonRequest(
        remove_offset, confirm_datum, confirm_kind, max_slope, remove_shift=remove_shift, remove_tilt=remove_tilt
    )
    with Project.open(project, read_only=True) as opened, watching() as watch:
        found = compare(opened, site, before=before, after=after, request=request, watch=watch.part(0.0, 0.7))
        if to_map is not None:
            write_change_map(opened, found, to_map, watch.part(0.7, 1.0))
    if as_json:
        print_json(found.to_json(_))
    else:
        show(found)


def show(found: SurveyComparison) -> None:
    """The comparison as a table for people."""
    unsure, sure = f"({_('not quantified')})", found.interval95
    rows = [
        [_("placed 万m³"), _volume(found.placed_m3, sure.placed_m3, unsure)],
        [_("removed 万m³"), _volume(found.removed_m3, sure.removed_m3, unsure)],
        [_("net 万m³"), _volume(found.net_m3, sure.net_m3, unsure)],
        [_("offset on stable ground m"), _offset(found)],
        [_("scatter there (NMAD) m"), fmt.number(found.nmad_m, 3)],
        [_("sideways shift on stable ground"), shift_text(found.shift)],
        [_("tilt or bend on stable ground"), tilt_text(found.tilt)],
        [_("level of detection m"), fmt.number(found.level_of_detection_m, 3)],
        [_("share of the plan"), fmt.percent(found.share_of_plan)],
        [_("remaining 万m³"), fmt.wan_m3(found.remaining_m3)],
    ]
    table([_("quantity"), _("value")], rows, right=[1])
    for notice in found.warnings:
        remark(f"{found.site}: {notice.render(_)}")


def _volume(volume: float, half: float | None, unsure: str) -> str:
    return fmt.plus_minus(volume, half, per=M3_PER_WAN_M3, unquantified=unsure)


def _offset(found: SurveyComparison) -> str:
    text = fmt.number(found.offset_m, 3)
    if found.offset_m is None:
        return text
    return f"{text} ({_('taken off') if found.offset_removed else _('left in')})"
