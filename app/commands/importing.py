"""import: features of a foreign file, with the account of what was done to each."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from app import format as fmt
from app.commands.common import Json, ProjectPath, print_json, progress, remark, say
from app.i18n import _
from app.project import Project


class Duplicates(StrEnum):
    """What becomes of a feature whose code is taken."""

    SKIP = "skip"
    UPDATE = "update"
    ADD = "add"


class Axes(StrEnum):
    """Which coordinate stands first."""

    AUTO = "auto"
    EN = "en"
    NE = "ne"


class Degrees(StrEnum):
    """How numbers of degrees are read."""

    AUTO = "auto"
    DECIMAL = "decimal"
    PACKED = "packed"


def register(cli: typer.Typer) -> None:
    """Add this room's commands."""
    cli.command("import")(import_)


def import_(
    project: ProjectPath,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="a file of outlines or places", readable=False)],
    layer: Annotated[str, typer.Option("--layer", metavar="L", help="layer of the project, e.g. sand_pits")],
    sublayer: Annotated[str | None, typer.Option("--sublayer", metavar="S", help="layer inside the file")] = None,
    crs: Annotated[
        str | None,
        typer.Option(
            "--crs", metavar="C", help="coordinate system of the file: EPSG:…, or GCJ-02, BD-09 (approximate)"
        ),
    ] = None,
    accept_guess: Annotated[bool, typer.Option("--accept-guess", help="use the guessed coordinate system")] = False,
    axes: Annotated[Axes, typer.Option("--axes", help="easting (en) or northing (ne) first")] = Axes.AUTO,
    degrees: Annotated[
        Degrees, typer.Option("--degrees", help="degrees of a table are decimal or packed (D.MMSSss)")
    ] = Degrees.AUTO,
    shift: Annotated[
        str | None, typer.Option("--shift", metavar="NAME", help="datum parameters of the project to use")
    ] = None,
    encoding: Annotated[str | None, typer.Option("--encoding", metavar="E", help="encoding of its texts")] = None,
    field: Annotated[list[str] | None, typer.Option("--field", metavar="THEIRS=OURS", help="map a field")] = None,
    fields_as_last: Annotated[
        bool, typer.Option("--fields-as-last", help="map fields as the last time for such a file")
    ] = False,
    duplicates: Annotated[
        Duplicates, typer.Option("--duplicates", help="a code that is taken: skip, update, or add under a new number")
    ] = Duplicates.SKIP,
    holes: Annotated[
        bool, typer.Option("--holes", help="outlines of a drawing inside others of their layer are holes in them")
    ] = False,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FILE", help="keep the account as .csv or .txt", readable=False)
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="replace an account of that name")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="report only, write nothing")] = False,
    as_json: Json = False,
) -> None:
    """Features from a foreign file into a layer, as one step."""
    from app.verbs import import_memory
    from app.verbs.import_ import import_features
    from app.verbs.import_account import check_account, write_account
    from gis.formats.read import read_raw

    fields: dict[str, str] = {}
    for text in field or []:
        theirs, equals, ours = text.partition("=")
        if not equals:
            raise typer.BadParameter(_("not of the form theirs=ours: {text}").format(text=text))
        fields[theirs] = ours
    if report is not None:
        check_account(report, overwrite=overwrite)
    with Project.open(project) as opened, progress() as watch:
        raw = None
        if fields_as_last:
            raw = read_raw(file, sublayer=sublayer, prefer=layer, encoding=encoding, watch=watch.part(0.0, 0.6))
            fields = {**import_memory.recall(raw, layer), **fields}
        done = import_features(
            opened,
            file,
            raw=raw,
            layer=layer,
            sublayer=sublayer,
            crs=crs,
            accept_guess=accept_guess,
            axes=axes.value,
            degrees=degrees.value,
            shift=shift,
            encoding=encoding,
            fields=fields,
            duplicates=duplicates.value,
            holes=holes,
            dry_run=dry_run,
            watch=watch,
        )
    if report is not None:
        write_account(done, report, _, overwrite=overwrite)
    answer = done.to_json(_)
    if as_json:
        print_json(answer)
        return
    for text in answer["warnings"]:
        remark(text)
    counts = {
        "added": answer["added"],
        "updated": answer["updated"],
        "repaired": len(answer["repaired"]),
        "skipped": len(answer["skipped"]),
    }
    say(_("added {added}, updated {updated}, repaired {repaired}, skipped {skipped}").format(**counts))
    for item in answer["repaired"]:
        said = _("repaired row {row}: {reason}").format(row=item["row"], reason=item["reason"])
        areas = (fmt.number(item["area_before_m2"], 2), fmt.number(item["area_after_m2"], 2))
        say(f"{said} ({areas[0]} → {areas[1]} m²)")
    for item in answer["renumbered"]:
        say(_("row {row}: {was} is taken, came in as {code}").format(**item))
    for item in answer["skipped"]:
        say(_("skipped row {row}: {reason}").format(row=item["row"], reason=item["reason"]))
    for text in answer["notes"]:
        say(text)
    if dry_run:
        say(_("This was a trial: nothing was written."))
