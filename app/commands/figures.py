"""estimate, curve, progress: how much a site takes and has taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from app import format as fmt
from app.commands import references as ref
from app.commands import rim, surveys
from app.commands.common import All, Json, ProjectPath, Sites, codes_of, print_json, progress, remark, say, table
from app.i18n import _, current_language, translator
from app.package.dossier.report_rows import few
from app.project import Project
from app.words import cause_words
from layers.registry import LAYERS
from models.errors import AppError, Refused
from models.estimate import Estimate, LevelFigures
from models.notices import N_, Notice
from models.surface_names import over_of
from models.units import M3_PER_WAN_M3

if TYPE_CHECKING:
    from app.verbs.estimate import EstimateReport

TerrainName = Annotated[
    str | None,
    typer.Option("--terrain", metavar="N", help="terrain to use (default: the best)"),
]


def register(cli: typer.Typer) -> None:
    """Add this room's commands."""
    cli.command("estimate")(estimate)
    cli.command("curve")(curve)
    cli.command("progress")(surveys.progress)
    rim.register(cli)


def estimate(
    project: ProjectPath,
    site: Sites = None,
    everything: All = False,
    terrain: TerrainName = None,
    reference: ref.Reference = "",
    level: ref.Level = None,
    reference_terrain: ref.OtherTerrain = None,
    remove_offset: ref.RemoveOffset = False,
    confirm_datum: ref.ConfirmDatum = False,
    confirm_kind: ref.ConfirmKind = False,
    fall: ref.Fall = None,
    azimuth: ref.Azimuth = None,
    crown: ref.Crown = False,
    anchor: ref.Anchor = None,
    design: ref.Design = None,
    design_crs: ref.DesignCrs = None,
    design_order: ref.DesignOrder = None,
    design_field: ref.DesignField = None,
    design_z_unit: ref.DesignUnit = None,
    design_max_edge: ref.DesignEdge = None,
    over: ref.Over = None,
    cover: Annotated[float, typer.Option("--cover", metavar="M", min=0, help="cover soil on top, m")] = 0.0,
    base: Annotated[float, typer.Option("--base", metavar="M", min=0, help="base layer below, m")] = 0.0,
    waste: Annotated[str | None, typer.Option("--waste", metavar="CODE", help="waste, for its density")] = None,
    density: Annotated[float | None, typer.Option("--density", metavar="T/M3", min=0.01, help="dry, in place")] = None,
    density_sigma: Annotated[
        float | None, typer.Option("--density-sigma", metavar="SHARE", min=0, max=1, help="its 1σ over the density")
    ] = None,
    moisture: Annotated[
        float | None, typer.Option("--moisture", metavar="SHARE", min=0, help="water over dry mass")
    ] = None,
    interpolate: Annotated[
        bool, typer.Option("--interpolate-holes", help="fill nodata inside by interpolation")
    ] = False,
    workers: Annotated[
        int | None, typer.Option("--workers", metavar="N", min=1, max=64, help="processes; default as many as pay")
    ] = None,
    as_json: Json = False,
) -> int:
    """Estimate fill, tonnage and land of sites, with their interval; keeps the results."""
    from app.verbs.estimate import estimate as estimate_sites

    options = ref.SurfaceOptions(
        reference, level, reference_terrain, remove_offset, confirm_datum, confirm_kind, fall, azimuth, crown, anchor,
        design, design_crs, design_order, design_field, design_z_unit, design_max_edge, over,
    )  # fmt: skip
    request = ref.request_of(
        options,
        cover_m=cover,
        base_m=base,
        waste=waste,
        density_t_m3=density,
        density_sigma=density_sigma,
        moisture=moisture,
        interpolate_holes=interpolate,
    )
    codes = codes_of(site, everything)
    with Project.open(project) as opened, progress() as watch:
        report = estimate_sites(opened, codes, terrain=terrain, request=request, workers=workers, watch=watch)
    if as_json:
        print_json(report.to_json(_))
    else:
        show_estimates(report)
    if report.refused and not report.estimates:
        raise _nothing_done(report)
    return 0


def _nothing_done(report: EstimateReport) -> AppError:
    first = report.refused[0]
    if len(report.refused) == 1:
        error = first.error
        where = f"{first.site}: {error.where}" if error.where and error.where != first.site else first.site
        return type(error)(error.key, error.what.text, where=where, advice=error.advice.text, **error.what.facts)
    return Refused(
        "estimate.none",
        N_("none of the {n} sites could be estimated; {site}: {reason}"),
        advice=N_("mend what is said of each site"),
        n=len(report.refused),
        site=first.site,
        reason=first.error.what,
    )


def show_estimates(report: EstimateReport) -> None:
    """The report as a table for people."""
    unsure = _("not quantified")
    rows = [
        [
            e.site,
            _key_of(e),
            fmt.elevation(e.reference.mean_elevation_m),
            *_fill_and_cut(e, f"({unsure})"),
            fmt.plus_minus(e.tonnage_t, e.interval95.tonnage_t, per=1e4, unquantified=f"({unsure})"),
            fmt.mu(e.land_released_m2),
            fmt.number(e.max_depth_m, 1),
            " / ".join(fmt.difference(c.difference_percent, 1) for c in e.checks),
            e.terrain.name,
            cause_words(e.interval95.shares, _, most=2) or fmt.NO_VALUE,
        ]
        for e in report.estimates
    ]
    heads = [
        _("site"),
        _("reference"),
        _("elevation m"),
        _("fill 万m³"),
        _("cut 万m³"),
        _("tonnage 万t"),
        _("land 亩"),
        _("depth m"),
        _("TIN / grid / sections %"),
        _("terrain"),
        _("± mostly from"),
    ]
    if rows:
        table(heads, rows, right=[2, 3, 4, 5, 6, 7, 8])
        _show_others(report.estimates)
    elif not report.refused:
        say(_("the project has no sites yet"))
    every = [e.site for e in report.estimates]
    for text, sites in _said([(e.site, e.terrain.chosen) for e in report.estimates if e.terrain.chosen is not None]):
        say(f"{few(sites, every, translator(current_language()))}: {text}")
    for text, sites in _said([(e.site, notice) for e in report.estimates for notice in e.warnings]):
        remark(f"{few(sites, every, translator(current_language()))}: {text}")
    alone = len(report.refused) == 1 and not report.estimates  # then it is the command's error
    for refused in () if alone else report.refused:
        say(_("{site} was refused: {reason}").format(site=refused.site, reason=refused.error.sentence(_)))


def _show_others(estimates: Sequence[Estimate]) -> None:
    """The volume by the other surfaces, a column for each that any of the sites can have."""
    keys = list(dict.fromkeys(a.key for e in estimates for a in e.alternatives))
    if not keys:
        return
    say("")
    say(_("by other reference surfaces, 10⁴ m³"))
    found = [
        {a.key: fmt.significant(a.fill_m3 / M3_PER_WAN_M3) for a in e.alternatives if a.fill_m3 is not None}
        for e in estimates
    ]
    rows = [[e.site, *(f.get(k, fmt.NO_VALUE) for k in keys)] for e, f in zip(estimates, found, strict=True)]
    table([_("site"), *keys], rows, right=list(range(1, len(keys) + 1)))


def _key_of(e: Estimate) -> str:
    return _named(e.reference.key, over_of(e.reference.parameters))


def _named(reference: str, over: str) -> str:
    return f"{reference} ({over})" if over else reference


def heading(site: str, terrain: str, reference: str, over: str) -> str:
    """What the figures below it are of: a site, its terrain and the surface they end at."""
    text = _("{site}: terrain {terrain}, reference {reference}")
    return text.format(site=site, terrain=terrain, reference=_named(reference, over))


def _said(notices: Sequence[tuple[str, Notice]]) -> list[tuple[str, list[str]]]:
    """(sentence, the sites it is said of), each sentence once: a batch says of hundreds of sites the same."""
    found: dict[str, list[str]] = {}
    for site, notice in notices:
        found.setdefault(notice.render(_), []).append(site)
    return list(found.items())


def _fill_and_cut(e: Estimate, unsure: str) -> tuple[str, str]:
    """Fill and cut, each with its interval: a stockpile's volume is the ground above its base."""
    fills = LAYERS[e.layer].fills
    sure = fmt.plus_minus(e.fill_m3 if fills else e.cut_m3, e.interval95.fill_m3, per=1e4, unquantified=unsure)
    if e.standing == "too_uncertain":
        sure = f"{sure} ({_('no estimate')})"
    value, half = e.cut_m3 if fills else e.fill_m3, e.interval95.other_m3
    other = fmt.wan_m3(value) if value <= 0 else fmt.plus_minus(value, half, per=1e4, unquantified=unsure)
    return (sure, other) if fills else (other, sure)


def curve(
    project: ProjectPath,
    site: Annotated[str, typer.Option("--site", metavar="CODE")],
    step: Annotated[
        float | None, typer.Option("--step", metavar="M", min=0.001, help="m; default about 1/100 of the depth")
    ] = None,
    terrain: TerrainName = None,
    reference: ref.Reference = "",
    level: ref.Level = None,
    reference_terrain: ref.OtherTerrain = None,
    remove_offset: ref.RemoveOffset = False,
    confirm_datum: ref.ConfirmDatum = False,
    confirm_kind: ref.ConfirmKind = False,
    fall: ref.Fall = None,
    azimuth: ref.Azimuth = None,
    crown: ref.Crown = False,
    anchor: ref.Anchor = None,
    design: ref.Design = None,
    design_crs: ref.DesignCrs = None,
    design_order: ref.DesignOrder = None,
    design_field: ref.DesignField = None,
    design_z_unit: ref.DesignUnit = None,
    design_max_edge: ref.DesignEdge = None,
    over: ref.Over = None,
    at: Annotated[
        list[float] | None,
        typer.Option("--at", metavar="Z", help="also volume, area and tonnage at this level, m; may be repeated"),
    ] = None,
    as_json: Json = False,
) -> None:
    """The stage–capacity table of a site."""
    from app.verbs.estimate import curve as stage_curve
    from app.verbs.estimate import live_levels

    options = ref.SurfaceOptions(
        reference, level, reference_terrain, remove_offset, confirm_datum, confirm_kind, fall, azimuth, crown, anchor,
        design, design_crs, design_order, design_field, design_z_unit, design_max_edge, over,
    )  # fmt: skip
    request = ref.request_of(options) if options.given else None
    with Project.open(project, read_only=True) as opened, progress() as watch:
        found = stage_curve(opened, site, request=request, terrain=terrain, step_m=step, watch=watch)
        table_at = live_levels(opened, site, request=request, terrain=terrain, watch=watch) if at else None
    levels = [table_at.figures(z) for z in at or []] if table_at else []
    if as_json:
        document = {
            "site": site, "terrain": found.terrain, "reference": found.reference, "over": found.over or None,
            "rows": [asdict(row) for row in found.rows],
        }  # fmt: skip
        more = {"levels": [asdict(f) for f in levels]} if at else {}
        print_json({**document, **more, "warnings": [w.render(_) for w in found.warnings]})
        return
    for notice in found.warnings:
        remark(f"{site}: {notice.render(_)}")
    say(heading(site, found.terrain, found.reference, found.over))
    table(
        [_("elevation m"), _("area m²"), _("volume m³")],
        [[fmt.elevation(r.elevation_m), fmt.number(r.area_m2, 1), fmt.number(r.volume_m3, 1)] for r in found.rows],
        right=[0, 1, 2],
    )
    if levels:
        say("")
        show_levels(levels, fills=table_at is None or table_at.fills)


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
