"""export, terrain, waste, samples: what goes in and comes out."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from app import format as fmt
from app.commands.clouds import terrain_from_cloud
from app.commands.common import Json, ProjectPath, print_json, progress, remark, say, table
from app.commands.points import Source, say_registered, terrain_from_points
from app.commands.terrain_errors import Bias, terrain_defaults, terrain_place, terrain_set
from app.i18n import _
from app.project import Project

_FORMATS = "gpkg, shp, geojson, kml, dxf, csv, csv_points, xlsx, xlsx_points or land_txt"


class Kind(StrEnum):
    """What a DEM shows: the bare ground, or the surface with trees and heaps of the day."""

    DTM = "dtm"
    DSM = "dsm"


def register(cli: typer.Typer) -> None:
    """Add this room's commands."""
    cli.command("export")(export)
    terrain = typer.Typer(help="The DEMs of a project.", no_args_is_help=True, rich_markup_mode=None)
    terrain.command("add")(terrain_add)
    terrain.command("list")(terrain_list)
    terrain.command("from-points")(terrain_from_points)
    terrain.command("from-cloud")(terrain_from_cloud)
    terrain.command("set")(terrain_set)
    terrain.command("place")(terrain_place)
    terrain.command("defaults")(terrain_defaults)
    cli.add_typer(terrain, name="terrain")
    waste = typer.Typer(help="Waste streams.", no_args_is_help=True, rich_markup_mode=None)
    waste.command("add")(waste_add)
    waste.command("list")(waste_list)
    cli.add_typer(waste, name="waste")
    samples = typer.Typer(help="Laboratory samples.", no_args_is_help=True, rich_markup_mode=None)
    samples.command("import")(samples_import)
    cli.add_typer(samples, name="samples")


def export(
    project: ProjectPath,
    layer: Annotated[str, typer.Option("--layer", metavar="L", help="layer of the project")],
    format_: Annotated[str, typer.Option("--format", metavar="F", help=_FORMATS)],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="file to write", readable=False)],
    encoding: Annotated[str | None, typer.Option("--encoding", metavar="E", help="for shapefiles")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="replace an existing file")] = False,
    as_json: Json = False,
) -> None:
    """A layer into a foreign file."""
    from app.verbs.export import export_layer

    with Project.open(project, read_only=True) as opened:
        report = export_layer(
            opened, layer=layer, format=format_.lower(), out=out, encoding=encoding, overwrite=overwrite
        )
    if as_json:
        print_json(report.to_json(_))
        return
    for notice in report.warnings:
        remark(notice.render(_))
    say(_("wrote {count} features to {path}").format(count=report.count, path=report.path))


def terrain_add(
    project: ProjectPath,
    dem: Annotated[
        list[Path],
        typer.Argument(
            metavar="DEM…",
            help="GeoTIFF, ASC or IMG, where it stays; several files or a folder are one terrain",
            readable=False,
        ),
    ],
    name: Annotated[str | None, typer.Option("--name")] = None,
    crs: Annotated[str | None, typer.Option("--crs", metavar="C", help="if the file says none")] = None,
    kind: Annotated[Kind, typer.Option("--kind")] = Kind.DTM,
    vertical_datum: Annotated[str | None, typer.Option("--vertical-datum", metavar="D")] = None,
    source: Source = None,
    sigma_z: Annotated[float | None, typer.Option("--sigma-z", metavar="M", min=0, help="vertical error, m")] = None,
    range_: Annotated[
        float | None, typer.Option("--range", metavar="M", min=0, help="its correlation length, m")
    ] = None,
    sigma_xy: Annotated[float | None, typer.Option("--sigma-xy", metavar="M", min=0, help="outline error, m")] = None,
    bias: Bias = None,
    surveyed_on: Annotated[
        datetime | None, typer.Option("--surveyed-on", formats=["%Y-%m-%d"], help="date of the survey")
    ] = None,
    nodata: Annotated[float | None, typer.Option("--nodata", help="undeclared value that means no data")] = None,
    z_unit: Annotated[
        str | None, typer.Option("--z-unit", metavar="U", help="unit of the heights: m, ft or us-ft")
    ] = None,
    as_json: Json = False,
) -> None:
    """Register a DEM: one file, or several tiles as one terrain."""
    from app.verbs.extent import far_terrain
    from app.verbs.terrain import add_terrain

    with Project.open(project) as opened, progress() as watch:
        added = add_terrain(
            opened,
            dem,
            name=name,
            crs=crs,
            kind=kind.value,
            vertical_datum=vertical_datum,
            source=source,
            sigma_z_m=sigma_z,
            range_m=range_,
            sigma_xy_m=sigma_xy,
            bias_m=bias,
            surveyed_on=surveyed_on.date().isoformat() if surveyed_on else None,
            nodata=nodata,
            z_unit=z_unit,
            watch=watch,
        )
        warnings = [*added.warnings, *far_terrain(opened, added)]
    if as_json:
        print_json({**added.to_json(), "warnings": [w.render(_) for w in warnings]})
        return
    for notice in warnings:
        remark(notice.render(_))
    say_registered(added)
    if added.tiles:
        say(_("{count} tiles; where they overlap, the one named first counts").format(count=len(added.tiles)))


def terrain_list(project: ProjectPath, as_json: Json = False) -> None:
    """The registered DEMs."""
    from app.verbs.terrain import making_notice

    with Project.open(project, read_only=True) as opened:
        terrains = opened.store.terrains()
    if as_json:
        print_json({"terrains": [t.to_json() for t in terrains]})
        return
    table(
        [_("name"), _("cells"), _("cell m"), _("kind"), _("CRS"), _("height datum"), "σz m", _("file")],
        [
            [
                t.name,
                f"{t.width} × {t.height}" + (_(" ({count} tiles)").format(count=len(t.tiles)) if t.tiles else ""),
                fmt.number(t.cell_m, 2),
                t.kind,
                t.crs[:24],
                t.vertical_datum or fmt.NO_VALUE,
                fmt.number(t.errors.sigma_z_m, 2),
                t.path,
            ]
            for t in terrains
        ],
        right=[1, 2, 6],
    )
    for t in terrains:
        if t.making is not None:
            say(f"{t.name}: {making_notice(t.making).render(_)}")


def waste_add(
    project: ProjectPath,
    code: Annotated[str, typer.Argument(metavar="CODE")],
    kind: Annotated[str, typer.Option("--kind", metavar="K", help="fly_ash, fgd_gypsum, granulated_slag, …")],
    name: Annotated[str, typer.Option("--name")] = "",
    producer: Annotated[str, typer.Option("--producer")] = "",
    process: Annotated[str, typer.Option("--process")] = "",
    place: Annotated[str, typer.Option("--place", help="where it arises or lies")] = "",
    annual_t: Annotated[float | None, typer.Option("--annual-t", metavar="T", min=0)] = None,
    stock_t: Annotated[float | None, typer.Option("--stock-t", metavar="T", min=0)] = None,
    mass_basis: Annotated[str, typer.Option("--mass-basis", metavar="dry|wet", help="what the masses are")] = "",
    list_code: Annotated[str, typer.Option("--list-code", help="code of the hazardous waste list, if any")] = "",
    origin_mine: Annotated[str, typer.Option("--origin-mine", help="mine that the waste comes from")] = "",
    density: Annotated[float | None, typer.Option("--density", metavar="T/M3", min=0)] = None,
    moisture: Annotated[float | None, typer.Option("--moisture", metavar="SHARE", min=0)] = None,
    as_json: Json = False,
) -> None:
    """Add a waste stream."""
    from dataclasses import asdict

    from app.verbs.waste import add_waste

    with Project.open(project) as opened:
        added = add_waste(
            opened,
            code,
            kind=kind,
            name=name,
            producer=producer,
            process=process,
            place=place,
            annual_t=annual_t,
            stock_t=stock_t,
            mass_basis=mass_basis,
            list_code=list_code,
            origin_mine=origin_mine,
            density_t_m3=density,
            moisture=moisture,
        )
    if as_json:
        print_json(asdict(added))
        return
    say(_("added waste {code}").format(code=added.code))


def waste_list(project: ProjectPath, as_json: Json = False) -> None:
    """The waste streams."""
    from dataclasses import asdict

    with Project.open(project, read_only=True) as opened:
        wastes = opened.store.wastes()
    if as_json:
        print_json({"wastes": [asdict(w) for w in wastes]})
        return
    table(
        [_("code"), _("name"), _("kind"), _("producer"), _("t/a"), _("in stock t")],
        [[w.code, w.name, w.kind, w.producer, fmt.number(w.annual_t, 0), fmt.number(w.stock_t, 0)] for w in wastes],
        right=[4, 5],
    )


def samples_import(
    project: ProjectPath,
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="CSV (waste,sample,date,method,parameter,value,unit), XLSX or DOCX", readable=False
        ),
    ],
    waste: Annotated[str, typer.Option("--waste", metavar="CODE", help="waste of all values")] = "",
    method: Annotated[str, typer.Option("--method", metavar="M", help="leach test of all values, e.g. HJ 557")] = "",
    date: Annotated[str, typer.Option("--date", metavar="D", help="day of sampling of all values")] = "",
    unit: Annotated[str, typer.Option("--unit", metavar="U", help="unit where the table has none")] = "",
    table_name: Annotated[str, typer.Option("--table", metavar="N", help="sheet, or number of a Word table")] = "",
    columns: Annotated[
        list[str] | None, typer.Option("--map", metavar="ROLE=COLUMN", help="e.g. parameter=B, values=D; repeatable")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="show what was understood, write nothing")] = False,
    as_json: Json = False,
) -> None:
    """Laboratory values from a table, in either orientation."""
    from app.verbs.lab.rows import Given
    from app.verbs.samples import import_samples

    roles: dict[str, list[str]] = {}
    for text in columns or []:
        role, equals, column = text.partition("=")
        if not equals:
            raise typer.BadParameter(_("write {text} as field=value").format(text=text))
        roles.setdefault(role.strip(), []).append(column.strip())
    given = Given(waste, method, date, unit, table_name, roles)
    with Project.open(project, read_only=dry_run) as opened:
        report = import_samples(opened, file, given, trial=dry_run)
    answer = report.to_json(_)
    if as_json:
        print_json(answer)
        return
    for text in answer["understood"]:
        say(text)
    if dry_run:
        table(
            [_("waste"), _("sample"), _("date"), _("method"), _("parameter"), _("value"), _("unit")],
            [[v.waste, v.sample, v.date, v.method, v.parameter, v.raw, v.unit] for v in report.values[:20]],
        )
    for text in answer["warnings"]:
        remark(text)
    say(_("added {added} values, skipped {skipped}").format(added=answer["added"], skipped=len(answer["skipped"])))
    for item in answer["skipped"]:
        if item["cell"]:
            say(_("skipped cell {cell}: {reason}").format(cell=item["cell"], reason=item["reason"]))
        else:
            say(_("skipped row {row}: {reason}").format(row=item["row"], reason=item["reason"]))
