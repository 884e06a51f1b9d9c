"""curve: the stage–capacity table, and figures at single levels."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from app import format as fmt
from app.commands import references as ref
from app.commands.common import Json, ProjectPath, print_json, progress, remark, say, table
from app.i18n import _
from app.project import Project
from models.estimate import LevelFigures, StageCurve


@ref.takes_surface
def curve(
    project: ProjectPath,
    site: Annotated[str, typer.Option("--site", metavar="CODE")],
    step: Annotated[
        float | None, typer.Option("--step", metavar="M", min=0.001, help="m; default about 1/100 of the depth")
    ] = None,
    terrain: ref.TerrainName = None,
    surface: ref.SurfaceOptions = ref.NOTHING_SAID,
    at: Annotated[
        list[float] | None,
        typer.Option("--at", metavar="Z", help="also volume, area and tonnage at this level, m; may be repeated"),
    ] = None,
    as_json: Json = False,
) -> None:
    """The stage–capacity table of a site."""
    from app.verbs.estimate import curve as stage_curve
    from app.verbs.estimate import live_levels

    request = ref.request_of(surface) if surface.given else None
    with Project.open(project, read_only=True) as opened, progress() as watch:
        found = stage_curve(opened, site, request=request, terrain=terrain, step_m=step, watch=watch)
        table_at = live_levels(opened, site, request=request, terrain=terrain, watch=watch) if at else None
    levels = [table_at.figures(z) for z in at or []] if table_at else []
    if as_json:
        document = {
            "site": site, "terrain": found.terrain, "reference": found.reference, "over": found.over or None,
            "rows": [asdict(row) for row in found.rows],
        }  # fmt: skip
        rests = {k: asdict(s) if s is not None else None for k, s in
                 (("support", found.support), ("reference_support", found.reference_support))}  # fmt: skip
        more = {"levels": [asdict(f) for f in levels]} if at else {}
        print_json({**document, **more, **rests, "warnings": [w.render(_) for w in found.warnings]})
        return
    for notice in found.warnings:
        remark(f"{site}: {notice.render(_)}")
    say(ref.heading(site, found.terrain, found.reference, found.over))
    show_curve(found)
    if levels:
        say("")
        show_levels(levels, fills=table_at is None or table_at.fills)


def show_curve(found: StageCurve) -> None:
    """The curve as a table for people; what of the volume was spanned where some was."""
    gaps = any(r.spanned_m3 for r in found.rows)
    rows = [
        [fmt.elevation(r.elevation_m), fmt.number(r.area_m2, 1), fmt.number(r.volume_m3, 1),
         *([fmt.number(r.spanned_m3, 1)] if gaps else [])]
        for r in found.rows
    ]  # fmt: skip
    heads = [_("elevation m"), _("area m²"), _("volume m³"), *([_("in gaps between points m³")] if gaps else [])]
    table(heads, rows, right=list(range(len(heads))))


def show_levels(levels: list[LevelFigures], *, fills: bool = True) -> None:
    """Figures at single levels as a table for people, the interval at the one that matters (of a heap: the cut)."""
    unsure = f"({_('not quantified')})"

    def sure(value: float | None, half: float | None) -> str:
        return fmt.plus_minus(value, half, per=1e4, unquantified=unsure)

    table(
        [_("level m"), _("fill 万m³"), _("cut 万m³"), _("flooded m²"), _("waste space 万m³"), _("tonnage 万t")],
        [
            [
                fmt.elevation(f.level_m),
                sure(f.fill_m3, f.half_m3) if fills else fmt.wan_m3(f.fill_m3),
                fmt.wan_m3(f.cut_m3) if fills else sure(f.cut_m3, f.half_m3),
                fmt.number(f.flooded_m2, 1),
                sure(f.waste_m3, f.half_waste_m3),
                sure(f.tonnage_t, f.half_tonnage_t),
            ]
            for f in levels
        ],
        right=[0, 1, 2, 3, 4, 5],
    )
