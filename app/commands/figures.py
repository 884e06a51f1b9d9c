"""estimate, curve, progress: how much a site takes and has taken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from app import format as fmt
from app.commands import curves, rim, surveys
from app.commands import references as ref
from app.commands.common import All, Json, ProjectPath, Sites, codes_of, print_json, progress, remark, say, table
from app.i18n import _, current_language, translator
from app.package.dossier.report_rows import few
from app.project import Project
from app.words import cause_words
from layers.registry import LAYERS
from models.errors import AppError, Refused
from models.estimate import Estimate
from models.notices import N_, Notice
from models.surface_names import over_of, surface_label
from models.units import M3_PER_WAN_M3

if TYPE_CHECKING:
    from app.verbs.estimate import EstimateReport


def register(cli: typer.Typer) -> None:
    """Add this room's commands."""
    cli.command("estimate")(estimate)
    cli.command("curve")(curves.curve)
    cli.command("progress")(surveys.progress)
    rim.register(cli)


@ref.takes_surface
def estimate(
    project: ProjectPath,
    site: Sites = None,
    everything: All = False,
    terrain: ref.TerrainName = None,
    surface: ref.SurfaceOptions = ref.NOTHING_SAID,
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

    request = ref.request_of(
        surface,
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
        _say_names(report.estimates)
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


def _say_names(estimates: Sequence[Estimate]) -> None:
    """What the keys in the tables mean: commands take the keys, readers the words."""
    fills = any(LAYERS[e.layer].fills for e in estimates)
    used = [key for e in estimates for key in (e.reference.key, over_of(e.reference.parameters))]
    used += [a.key for e in estimates for a in e.alternatives]
    names = [f"{key} = {_(surface_label(key, fills=fills))}" for key in dict.fromkeys(used) if key]
    say("; ".join(names))


def _key_of(e: Estimate) -> str:
    return ref.named(e.reference.key, over_of(e.reference.parameters))


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
