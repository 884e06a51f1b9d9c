"""terrain defaults, set, place: how far the heights of a survey can be trusted, and where its file lies by now."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from app import format as fmt
from app.commands.common import Json, ProjectPath, print_json, say, table
from app.i18n import _
from app.project import Project
from models.terrain import ErrorDefault

SigmaZ = Annotated[float | None, typer.Option("--sigma-z", metavar="M", help="random vertical error (1σ), m")]
Range = Annotated[float | None, typer.Option("--range", metavar="M", help="its correlation length, m")]
SigmaXY = Annotated[float | None, typer.Option("--sigma-xy", metavar="M", help="outline error (1σ), m")]
Bias = Annotated[
    float | None, typer.Option("--bias", metavar="M", help="error common to all heights (1σ), for given levels, m")
]
Source = Annotated[str | None, typer.Option("--source", metavar="S", help="kind of survey: lidar, contour_map, …")]


def _stated(
    sigma_z: float | None, range_: float | None, sigma_xy: float | None, bias: float | None
) -> dict[str, float | None]:
    return {"sigma_z_m": sigma_z, "range_m": range_, "sigma_xy_m": sigma_xy, "bias_m": bias}


def terrain_defaults(
    project: ProjectPath,
    source: Source = None,
    sigma_z: SigmaZ = None,
    range_: Range = None,
    sigma_xy: SigmaXY = None,
    bias: Bias = None,
    said_by: Annotated[str, typer.Option("--said-by", metavar="TEXT", help="where the new figures come from")] = "",
    reset: Annotated[bool, typer.Option("--reset", help="take the program's own figures again")] = False,
    apply: Annotated[bool, typer.Option("--apply", help="also for terrains that stand on an earlier default")] = False,
    as_json: Json = False,
) -> None:
    """The usual error figures of each kind of survey: list them, or edit one kind's with --source."""
    from app.verbs.terrain_errors import (
        apply_error_default,
        error_defaults,
        reset_error_defaults,
        set_error_default,
        unlike_default,
    )

    stated = _stated(sigma_z, range_, sigma_xy, bias)
    edits = any(v is not None for v in stated.values()) or bool(said_by)
    if edits and (source is None or reset):
        raise typer.BadParameter(_("figures go with --source KIND and without --reset"))
    if apply and source is None:
        raise typer.BadParameter(_("--apply goes with --source KIND"))
    if source is not None:
        from models.error_figures import check_source

        check_source(source)
    with Project.open(project, read_only=not (edits or reset or apply)) as opened:
        if reset:
            reset_error_defaults(opened, source)
        elif edits and source is not None:
            set_error_default(opened, source, stated, said_by=said_by)
        applied = [t.name for t in apply_error_default(opened, source)] if apply and source is not None else []
        found = error_defaults(opened)
        found = {source: found[source]} if source is not None else found
        behind = {key: names for key in found if (names := [t.name for t in unlike_default(opened, key)])}
    if as_json:
        print_json({"defaults": [_as_json(d) for d in found.values()], "applied": applied, "behind": behind})
        return
    table(
        [_("kind of survey"), "σz m", _("range m"), "σxy m", _("bias m"), _("confidence"), _("source")],
        [[d.source, *_figures(d), d.confidence if not d.edited else _("edited"), _(d.said_by) if d.said_by else
          fmt.NO_VALUE] for d in found.values()],
        right=[1, 2, 3, 4],
    )  # fmt: skip
    if applied:
        say(_("taken by: {names}").format(names=", ".join(applied)))
    for key, names in behind.items():
        text = _(
            "registered before with other figures of {source}, and kept: {names}; --source {source} --apply changes it"
        )
        say(text.format(source=key, names=", ".join(names)))


def _as_json(d: ErrorDefault) -> dict[str, object]:
    figures = asdict(d.figures)
    basis = figures.pop("basis")
    said_by = _(d.said_by) if d.said_by else ""
    return {"source": d.source, **figures, "basis": basis, "confidence": d.confidence or None, "said_by": said_by,
            "edited": d.edited}  # fmt: skip


def _figures(d: ErrorDefault) -> list[str]:
    f = d.figures
    return [fmt.number(v, n) for v, n in ((f.sigma_z_m, 2), (f.range_m, 0), (f.sigma_xy_m, 2), (f.bias_m, 2))]


def terrain_set(
    project: ProjectPath,
    name: Annotated[str, typer.Argument(metavar="NAME", help="name of the terrain")],
    sigma_z: SigmaZ = None,
    range_: Range = None,
    sigma_xy: SigmaXY = None,
    bias: Bias = None,
    source: Source = None,
    forget: Annotated[bool, typer.Option("--forget", help="what is not given is unknown")] = False,
    as_json: Json = False,
) -> None:
    """Change the error figures of a registered terrain; the estimates made afterwards use them."""
    from app.verbs.terrain_errors import set_terrain_errors

    with Project.open(project) as opened:
        changed = set_terrain_errors(
            opened, name, _stated(sigma_z, range_, sigma_xy, bias), source=source, forget=forget
        )
    if as_json:
        print_json({**changed.to_json(), "warnings": [w.render(_) for w in changed.warnings]})
        return
    f = changed.errors
    figures = [fmt.number(v, n) for v, n in ((f.sigma_z_m, 2), (f.range_m, 0), (f.sigma_xy_m, 2), (f.bias_m, 2))]
    text = _("{name}: σz {z} m, range {reach} m, σxy {xy} m, bias {bias} m ({basis})")
    z, reach, xy, off = figures
    say(text.format(name=name, z=z, reach=reach, xy=xy, bias=off, basis=f.basis or _("not stated")))


def terrain_place(
    project: ProjectPath,
    name: Annotated[str, typer.Argument(metavar="NAME", help="name of the terrain")],
    place: Annotated[Path, typer.Argument(metavar="FILE", help="its file, or the folder of its tiles")],
    as_json: Json = False,
) -> None:
    """Show where the file of a registered terrain lies by now; it is known by its content."""
    from app.verbs.terrain_place import place_terrain

    with Project.open(project) as opened:
        placed = place_terrain(opened, name, place)
    if as_json:
        print_json({"placed": placed})
        return
    say(_("found: {names}").format(names=", ".join(placed)))
