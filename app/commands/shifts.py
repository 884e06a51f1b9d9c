"""crs: parameters from older datums to CGCS2000, kept in the project."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from app import format as fmt
from app.commands.common import Json, ProjectPath, print_json, say, table
from app.i18n import _
from app.project import Project


class Kind(StrEnum):
    """How many parameters."""

    THREE = "three"
    FOUR = "four"
    SEVEN = "seven"


class Convention(StrEnum):
    """The sense of the rotations."""

    COORDINATE_FRAME = "coordinate_frame"
    POSITION_VECTOR = "position_vector"


def register(cli: typer.Typer) -> None:
    """Add this room's commands."""
    crs = typer.Typer(
        help="Parameters from older datums (Xi'an 1980, Beijing 1954) to CGCS2000.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    crs.command("add")(crs_add)
    crs.command("list")(crs_list)
    crs.command("remove")(crs_remove)
    cli.add_typer(crs, name="crs")


def crs_add(
    project: ProjectPath,
    name: Annotated[str, typer.Argument(metavar="NAME")],
    values: Annotated[
        str,
        typer.Option(
            "--values",
            metavar="A,B,…",
            help="three: dX,dY,dZ (m); seven: dX,dY,dZ (m), rX,rY,rZ (seconds), scale (ppm); "
            "four: dX north, dY east (m), rotation (seconds), scale (ppm)",
        ),
    ],
    source: Annotated[str, typer.Option("--from", metavar="C", help="xian1980, beijing1954 or EPSG:…")],
    kind: Annotated[Kind, typer.Option("--kind")] = Kind.SEVEN,
    target: Annotated[str, typer.Option("--to", metavar="C", help="a CGCS2000 system")] = "EPSG:4490",
    convention: Annotated[Convention, typer.Option("--convention")] = Convention.COORDINATE_FRAME,
    origin: Annotated[str, typer.Option("--source", metavar="TEXT", help="who gave them, and when")] = "",
    control: Annotated[
        str | None,
        typer.Option("--control", metavar="N,E,N2,E2", help="a point known in both systems; they must agree to 1 m"),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="replace those of the same name")] = False,
    as_json: Json = False,
) -> None:
    """Keep a set of parameters in the project."""
    from app.verbs.datum_shifts import add_shift
    from gis.datum_shift import OLD_DATUMS, DatumShift

    shift = DatumShift(
        name.strip(),
        kind.value,
        OLD_DATUMS.get(source.lower(), source),
        target,
        _numbers(values),
        convention.value,
        origin,
    )
    point = None
    if control is not None:
        n, e, n2, e2 = _numbers(control, 4)
        point = (n, e, n2, e2)
    with Project.open(project) as opened:
        _step, miss = add_shift(opened, shift, control=point, replace=overwrite)
    if as_json:
        print_json({**shift.to_json(), "control_miss_m": miss})
        return
    say(_("kept the datum parameters “{name}”").format(name=shift.name))
    if miss is not None:
        say(_("the control point is met to {miss} m").format(miss=fmt.number(miss, 3)))


def _numbers(text: str, count: int | None = None) -> tuple[float, ...]:
    try:
        made = tuple(float(part) for part in text.replace("，", ",").split(","))
    except ValueError as cause:
        raise typer.BadParameter(_("not numbers with commas between them: {text}").format(text=text)) from cause
    if count is not None and len(made) != count:
        raise typer.BadParameter(_("not numbers with commas between them: {text}").format(text=text))
    return made


def crs_list(project: ProjectPath, as_json: Json = False) -> None:
    """The parameters that the project keeps."""
    from app.verbs.datum_shifts import shifts_of

    with Project.open(project, read_only=True) as opened:
        kept = shifts_of(opened)
    if as_json:
        print_json({"shifts": [s.to_json() for s in kept]})
        return
    rows = [[s.name, s.kind, s.source, s.target, ", ".join(f"{v:g}" for v in s.values), s.origin] for s in kept]
    table([_("Name"), _("Kind"), _("From"), _("To"), _("Values"), _("Source")], rows)


def crs_remove(project: ProjectPath, name: Annotated[str, typer.Argument(metavar="NAME")]) -> None:
    """Take a set of parameters away; features that came through it stay as they are."""
    from app.verbs.datum_shifts import remove_shift

    with Project.open(project) as opened:
        remove_shift(opened, name)
    say(_("removed the datum parameters “{name}”").format(name=name))
