"""terrain from-points: a DEM out of survey points, contour lines or triangles."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app import format as fmt
from app.commands.common import Json, ProjectPath, print_json, progress, remark, say
from app.i18n import _
from app.project import Project
from models.terrain import Terrain

if TYPE_CHECKING:
    from gis.points.joined import Breaklines

Source = Annotated[str | None, typer.Option("--source", help="kind of survey, for default error figures")]
SigmaZ = Annotated[
    float | None, typer.Option("--sigma-z", metavar="M", min=0, help="vertical error of the points themselves, m")
]
Range = Annotated[float | None, typer.Option("--range", metavar="M", min=0, help="its correlation length, m")]
SigmaXY = Annotated[float | None, typer.Option("--sigma-xy", metavar="M", min=0, help="outline error, m")]
SurveyedOn = Annotated[datetime | None, typer.Option("--surveyed-on", formats=["%Y-%m-%d"], help="date of the survey")]


class Degrees(StrEnum):
    """How numbers of degrees are read."""

    AUTO = "auto"
    DECIMAL = "decimal"
    PACKED = "packed"


class Order(StrEnum):
    """Which coordinate stands first in the table."""

    EN = "en"
    NE = "ne"


def terrain_from_points(
    project: ProjectPath,
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="points: CSV, TXT, .dat, XLSX; contours: DXF, SHP, GPKG, GeoJSON, KML; TIN: faces of DXF, LandXML",
            readable=False,
        ),
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DEM.tif", help="the GeoTIFF to write", readable=False)],
    crs: Annotated[str | None, typer.Option("--crs", metavar="C", help="coordinate system of the file, EPSG:…")] = None,
    accept_guess: Annotated[bool, typer.Option("--accept-guess", help="use the guessed coordinate system")] = False,
    order: Annotated[Order | None, typer.Option("--order", help="easting (en) or northing (ne) first")] = None,
    cell: Annotated[float | None, typer.Option("--cell", metavar="M", help="side of a cell, m")] = None,
    max_edge: Annotated[float | None, typer.Option("--max-edge", metavar="M", help="longest triangle edge, m")] = None,
    name: Annotated[str | None, typer.Option("--name")] = None,
    vertical_datum: Annotated[str | None, typer.Option("--vertical-datum", metavar="D")] = None,
    encoding: Annotated[str | None, typer.Option("--encoding", metavar="E", help="encoding of its texts")] = None,
    sublayer: Annotated[
        str | None, typer.Option("--sublayer", metavar="S", help="sheet or layer(s) in the file")
    ] = None,
    height_field: Annotated[str | None, typer.Option("--height-field", help="field of heights of contours")] = None,
    drop_outliers: Annotated[bool, typer.Option("--drop-outliers", help="leave named outliers out")] = False,
    unit: Annotated[
        str | None, typer.Option("--unit", metavar="U", help="unit of a drawing: m, mm, cm, ft …, if it lies")
    ] = None,
    z_unit: Annotated[
        str | None, typer.Option("--z-unit", metavar="U", help="unit of the heights: m, ft or us-ft")
    ] = None,
    text_heights: Annotated[
        float | None,
        typer.Option("--text-heights", metavar="M", min=0, help="drawing: heights from texts within M metres"),
    ] = None,
    columns: Annotated[
        str | None,
        typer.Option("--columns", metavar="E,N,H", help="table: columns of easting, northing, height, from 1"),
    ] = None,
    degrees: Annotated[
        Degrees, typer.Option("--degrees", help="degrees of a table are decimal or packed (D.MMSSss)")
    ] = Degrees.AUTO,
    breaklines: Annotated[
        Path | None,
        typer.Option(
            "--breaklines", metavar="FILE", help="lines with heights: SHP, DXF, GeoJSON, KML, GPKG", readable=False
        ),
    ] = None,
    breaklines_layer: Annotated[
        str | None, typer.Option("--breaklines-layer", metavar="S", help="layer(s) in that file")
    ] = None,
    breaklines_crs: Annotated[
        str | None, typer.Option("--breaklines-crs", metavar="C", help="its coordinate system, if it names none")
    ] = None,
    breaklines_field: Annotated[
        str | None, typer.Option("--breaklines-height-field", help="its field of heights (z: third coordinate)")
    ] = None,
    source: Source = None,
    sigma_z: SigmaZ = None,
    range_: Range = None,
    sigma_xy: SigmaXY = None,
    surveyed_on: SurveyedOn = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="replace an existing file")] = False,
    as_json: Json = False,
) -> None:
    """Make a DEM of survey points, contour lines or a surface of triangles (TIN) and register it."""
    from app.verbs.terrain_points import summary
    from app.verbs.terrain_points import terrain_from_points as make

    lines = _breaklines(breaklines, breaklines_layer, breaklines_crs, breaklines_field)
    with Project.open(project) as opened, progress() as watch:
        report = make(
            opened,
            file,
            out,
            crs=crs,
            accept_guess=accept_guess,
            order=order.value if order is not None else None,
            cell=cell,
            max_edge=max_edge,
            name=name,
            vertical_datum=vertical_datum,
            encoding=encoding,
            sublayer=sublayer,
            height_field=height_field,
            drop_outliers=drop_outliers,
            unit=unit,
            z_unit=z_unit,
            text_heights_m=text_heights,
            columns=_columns(columns),
            degrees=degrees.value,
            breaklines=lines,
            source=source,
            sigma_z_m=sigma_z,
            range_m=range_,
            sigma_xy_m=sigma_xy,
            surveyed_on=surveyed_on.date().isoformat() if surveyed_on else None,
            overwrite=overwrite,
            watch=watch,
        )
    answer = report.to_json(_)
    if as_json:
        print_json(answer)
        return
    for text in answer["warnings"]:
        remark(text)
    for notice in summary(report):
        say(notice.render(_))
    for text in answer["notes"]:
        say(text)
    for item in answer["skipped"]:
        say(_("left out {count} rows ({rows}): {reason}").format(**item | {"rows": rows_text(item)}))
    say_registered(report.terrain)


def say_registered(terrain: Terrain) -> None:
    """The closing sentence of every command that registers a terrain."""
    text = _("registered {name}: {width} × {height} cells of {cell_m} m, {crs}")
    say(text.format(**terrain.to_json() | {"cell_m": fmt.number(terrain.cell_m, 3)}))


def _breaklines(path: Path | None, layer: str | None, crs: str | None, field: str | None) -> Breaklines | None:
    from gis.points.joined import Breaklines

    if path is not None:
        return Breaklines(path, crs=crs, sublayer=layer, height_field=field)
    if layer or crs or field:
        raise typer.BadParameter(_("options of breaklines without --breaklines FILE"))
    return None


def _columns(text: str | None) -> tuple[int, int, int] | None:
    if text is None:
        return None
    parts = [int(t) for t in text.split(",") if t.strip().isdecimal()]
    if len(parts) != 3 or len(parts) != text.count(",") + 1:
        raise typer.BadParameter(_("not three column numbers: {text}").format(text=text))
    return parts[0], parts[1], parts[2]


def rows_text(item: dict[str, object]) -> str:
    """The numbers of the rows of one reason, shortened."""
    from gis.points.base import name_rows

    rows, count = item["rows"], item["count"]
    return name_rows(rows if isinstance(rows, list) else [], count if isinstance(count, int) else None)
