"""section, spill: the ground along a line, and where a full pit runs over."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app import format as fmt
from app.commands import references as ref
from app.commands.common import Json, ProjectPath, print_json, progress, say, table
from app.commands.rim import place
from app.i18n import _
from app.project import Project
from app.words import SPILL_ENDS

if TYPE_CHECKING:
    from app.verbs.section import SiteSection


def register(cli: typer.Typer) -> None:
    """Add this room's commands."""
    cli.command("section")(section)
    cli.command("spill")(spill)


@ref.takes_surface
def section(
    project: ProjectPath,
    site: Annotated[
        str, typer.Option("--site", metavar="CODE", help="left out: along --point anywhere over a terrain")
    ] = "",
    across: Annotated[bool, typer.Option("--across", help="across the site, not along its length")] = False,
    point: Annotated[
        list[str] | None,
        typer.Option("--point", metavar="X,Y", help="a place of the line: easting,northing; two or more"),
    ] = None,
    terrain: ref.TerrainName = None,
    other: Annotated[
        list[str] | None, typer.Option("--with", metavar="N", help="another terrain beside it; may be repeated")
    ] = None,
    surface: ref.SurfaceOptions = ref.NOTHING_SAID,
    out: Annotated[Path | None, typer.Option("--out", metavar="F.csv", help="the table", readable=False)] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="replace an existing table")] = False,
    as_json: Json = False,
) -> None:
    """Ground, reference surface, fill, other terrains and control areas along a line through a site, or anywhere."""
    from shapely.geometry import LineString

    from app.verbs.section import Along, site_section, write_section
    from app.verbs.section_line import line_section

    places = [p for p in map(place, point or []) if p is not None]
    if len(places) == 1 or (places and across):
        raise typer.BadParameter(_("a line needs two or more --point, and no --across"), param_hint="--point")
    side: Along = "across" if across else "long"
    if not site and (not places or surface.given):
        text = _("without --site a line needs two or more --point, and no reference surface")
        raise typer.BadParameter(text, param_hint="--site")
    request = ref.request_of(surface) if surface.given else None
    with Project.open(project, read_only=True) as opened, progress() as watch:
        if site:
            answer = site_section(
                opened, site, LineString(places) if places else side, terrain=terrain, request=request,
                others=other or (), watch=watch,
            )  # fmt: skip
        else:
            answer = line_section(opened, LineString(places), terrain=terrain, others=other or (), watch=watch)
    count = write_section(answer, out, overwrite=overwrite) if out is not None else 0
    if as_json:
        print_json(answer.to_json())
        return
    _show(answer)
    if out is not None:
        say(_("{n} rows written to {file}").format(n=count, file=out))


def _show(answer: SiteSection) -> None:
    s = answer.section
    text = _("{site} on {terrain}, {reference}: {length} m, fill {fill} m², cut {cut} m²")
    if not answer.site:
        text = _("line on {terrain}: {length} m, fill {fill} m², cut {cut} m²")
    say(
        text.format(
            site=answer.site, terrain=answer.terrain, reference=answer.reference,
            length=fmt.number(float(s.distance_m[-1]), 1), fill=fmt.number(s.fill_m2, 1), cut=fmt.number(s.cut_m2, 1),
        )
    )  # fmt: skip
    if answer.passes:
        table(
            [_("site"), _("from m"), _("to m")],
            [[f"{c.code} {c.name}".strip(), fmt.number(c.from_m, 1), fmt.number(c.to_m, 1)] for c in answer.passes],
            right=[1, 2],
        )
    if answer.crossings:
        table(
            [_("control area"), _("from m"), _("to m")],
            [[f"{c.code} {c.name}".strip(), fmt.number(c.from_m, 1), fmt.number(c.to_m, 1)] for c in answer.crossings],
            right=[1, 2],
        )


def spill(
    project: ProjectPath,
    site: Annotated[str, typer.Option("--site", metavar="CODE")],
    terrain: ref.TerrainName = None,
    reference: Annotated[
        str, typer.Option("--reference", metavar="KEY", help="edited_rim: over the rim as edited; spill: as it is")
    ] = "",
    reach: Annotated[float, typer.Option("--reach", metavar="M", min=1, max=20_000, help="how far to look, m")] = 3000,
    as_json: Json = False,
) -> None:
    """Where water runs over the rim of a full pit, and the way it takes downhill."""
    from app.verbs.spill import spill_ways

    request = ref.request_of(ref.SurfaceOptions(reference)) if reference else None
    with Project.open(project, read_only=True) as opened, progress() as watch:
        name, ways = spill_ways(opened, site, terrain=terrain, request=request, reach_m=reach, watch=watch)
    if as_json:
        rows = [
            {
                "level_m": w.level_m, "runs_m": w.runs_m, "x": w.x, "y": w.y, "length_m": w.length_m,
                "drop_m": w.drop_m, "ponded_m": w.ponded_m, "end": w.end, "path": w.path.tolist(), "z": w.z.tolist(),
            }
            for w in ways
        ]  # fmt: skip
        print_json({"site": site, "terrain": name, "ways": rows})
        return
    if not ways:
        say(_("nothing to run over: the site is a heap, or its rim lies outside the terrain"))
        return
    table(
        [_("lowest rim m"), _("water leaves at m"), _("X north"), _("Y east"), _("length m"), _("drop m"), _("way")],
        [
            [
                fmt.elevation(w.level_m), fmt.elevation(w.runs_m), fmt.number(w.y, 1), fmt.number(w.x, 1),
                fmt.number(w.length_m, 0), fmt.number(w.drop_m, 1), _(SPILL_ENDS[w.end]),
            ]
            for w in ways
        ],
        right=[0, 1, 2, 3, 4, 5],
    )  # fmt: skip
