"""The options of a reference surface, and the request that they describe."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from app.commands.rim import place
from app.i18n import _
from models.errors import Refused
from models.estimate import EstimateRequest
from models.notices import N_

TerrainName = Annotated[
    str | None,
    typer.Option("--terrain", metavar="N", help="terrain to use (default: the best)"),
]
Reference = Annotated[
    str,
    typer.Option(
        "--reference",
        metavar="KEY",
        help="reference surface: level, spill, rim_mean, rim_plane, rim_surface, lowest, dem, graded, contours, "
        "edited_rim",
    ),
]
_Height = Annotated[float | None, typer.Option("--level", metavar="Z", help="elevation of level or graded, m")]
_Terrain = Annotated[
    str | None,
    typer.Option("--reference-terrain", metavar="N", help="dem: registered terrain that is the reference surface"),
]
_RemoveOffset = Annotated[
    bool, typer.Option("--remove-offset", help="dem: take its offset on stable ground off the reference")
]
_ConfirmDatum = Annotated[bool, typer.Option("--confirm-datum", help="dem: although the height datums differ")]
_ConfirmKind = Annotated[bool, typer.Option("--confirm-kind", help="dem: a surface model with a ground model")]
_Fall = Annotated[float | None, typer.Option("--fall", metavar="P", help="graded: fall in %")]
_Azimuth = Annotated[
    float | None,
    typer.Option("--azimuth", metavar="A", help="graded: direction of the fall, degrees from grid north"),
]
_Crown = Annotated[bool, typer.Option("--crown", help="graded: a crown that falls to the rim")]
_Anchor = Annotated[
    str | None,
    typer.Option(
        "--anchor", metavar="WHERE", help="graded: where --level holds: centroid (default), lowest_rim or X,Y"
    ),
]
_Design = Annotated[
    Path | None,
    typer.Option("--design", metavar="FILE", help="contours: file of contours, lines or points", readable=False),
]
_DesignCrs = Annotated[str | None, typer.Option("--design-crs", metavar="C", help="contours: its coordinate system")]
_DesignOrder = Annotated[str | None, typer.Option("--design-order", metavar="en|ne", help="contours: order in a table")]
_DesignField = Annotated[str | None, typer.Option("--design-field", metavar="F", help="contours: field of heights")]
_DesignUnit = Annotated[
    str | None, typer.Option("--design-z-unit", metavar="U", help="contours: unit of its heights: m, ft or us-ft")
]
_DesignEdge = Annotated[
    float | None, typer.Option("--design-max-edge", metavar="M", help="contours: longest edge of border triangles, m")
]
_Over = Annotated[
    str | None,
    typer.Option("--over", metavar="KEY", help="edited_rim: spill, lowest, rim_mean, rim_plane or rim_surface"),
]


@dataclass(frozen=True)
class SurfaceOptions:
    """What was said of the reference surface; field names are the options with underscores."""

    reference: Reference = ""
    level: _Height = None
    reference_terrain: _Terrain = None
    remove_offset: _RemoveOffset = False
    confirm_datum: _ConfirmDatum = False
    confirm_kind: _ConfirmKind = False
    fall: _Fall = None
    azimuth: _Azimuth = None
    crown: _Crown = False
    anchor: _Anchor = None
    design: _Design = None
    design_crs: _DesignCrs = None
    design_order: _DesignOrder = None
    design_field: _DesignField = None
    design_z_unit: _DesignUnit = None
    design_max_edge: _DesignEdge = None
    over: _Over = None

    @property
    def given(self) -> bool:
        """True where anything was said."""
        return self != NOTHING_SAID


NOTHING_SAID = SurfaceOptions()


def takes_surface(command: Callable[..., int | None]) -> Callable[..., int | None]:
    """A command with the options of `SurfaceOptions`, one by one, in place of its parameter `surface`."""
    types = get_type_hints(SurfaceOptions, include_extras=True)
    options = [
        Parameter(f.name, Parameter.POSITIONAL_OR_KEYWORD, default=f.default, annotation=types[f.name])
        for f in fields(SurfaceOptions)
    ]
    parameters: list[Parameter] = []
    for parameter in signature(command, eval_str=True).parameters.values():
        parameters += options if parameter.name == "surface" else [parameter]

    @wraps(command)
    def with_options(**given: Any) -> int | None:
        said = {option.name: given.pop(option.name) for option in options if option.name in given}
        return command(**given, surface=SurfaceOptions(**said))

    with_options.__signature__ = Signature(parameters)  # type: ignore[attr-defined]  # what typer looks at, as is
    with_options.__annotations__ = {p.name: p.annotation for p in parameters}  # this
    return with_options


_OWNERS = {
    "remove_offset": "dem", "confirm_datum": "dem", "confirm_kind": "dem", "fall": "graded", "azimuth": "graded",
    "crown": "graded", "anchor": "graded", "design": "contours", "design_crs": "contours",
    "design_order": "contours", "design_field": "contours", "design_z_unit": "contours",
    "design_max_edge": "contours", "over": "edited_rim",
}  # fmt: skip
"""Which surface an option belongs to; alone it means that surface. --level and --reference-terrain are told below."""


def request_of(options: SurfaceOptions, **others: Any) -> EstimateRequest:
    """The request that the options describe. Raises Refused naming what is missing or does not go together."""
    key = options.reference or _meant(options)
    _check_level(key, options)
    for name, owner in _OWNERS.items():
        beside = owner == "dem" and options.reference_terrain is not None
        if getattr(options, name) and owner != key and not beside:
            raise Refused(
                "reference.option",
                N_("{option} goes with --reference {owner}"),
                where=f"--reference {key}",
                advice=N_("leave one of them out"),
                option="--" + name.replace("_", "-"),
                owner=owner,
            )
    if key == "dem" and options.reference_terrain is None:
        raise _missing("dem", "--reference-terrain", "--reference dem --reference-terrain 2012")
    if key == "contours" and options.design is None:
        raise _missing("contours", "--design", "--reference contours --design 设计等高线.shp")
    if key == "graded":
        _check_graded(options)
    return EstimateRequest(reference=key, parameters=_parameters(key, options), **others)


def _meant(options: SurfaceOptions) -> str:
    """The surface that the options alone mean; "" for the default of the site's kind."""
    owners = {o for name, o in _OWNERS.items() if getattr(options, name)}
    if len(owners) == 1:
        return owners.pop()
    if options.reference_terrain is not None:
        return "dem"
    return "level" if options.level is not None and not owners else ""


def _check_level(key: str, options: SurfaceOptions) -> None:
    if key == "level" and options.level is None:
        raise Refused(
            "reference.no_level",
            N_("the reference surface level needs its elevation: --level is missing"),
            where="--reference level",
            advice=N_("give both, e.g. --reference level --level 1052.3"),
        )
    if options.level is not None and key not in ("level", "graded"):
        raise Refused(
            "reference.level",
            N_("--level goes with --reference level"),
            where=f"--reference {key}",
            advice=N_("give both, e.g. --reference level --level 1052.3"),
        )


def _check_graded(options: SurfaceOptions) -> None:
    example = "--reference graded --level 1052.3 --fall 2 --azimuth 135"
    if options.fall is None:
        raise _missing("graded", "--fall", example)
    if options.crown:
        return
    if options.azimuth is None and options.fall > 0:
        raise _missing("graded", "--azimuth", example)
    if options.level is None and options.anchor != "lowest_rim":
        raise _missing("graded", "--level", example)


def _missing(surface: str, option: str, example: str) -> Refused:
    return Refused(
        "reference.missing",
        N_("the reference surface {surface} needs {option}"),
        where=f"--reference {surface}",
        advice=N_("for instance {example}"),
        surface=surface,
        option=option,
        example=example,
    )


def _parameters(key: str, options: SurfaceOptions) -> dict[str, Any]:
    """The request's parameters: only what was said."""
    names = {
        "level": "level_m", "reference_terrain": "terrain", "fall": "fall_percent", "azimuth": "azimuth_deg",
        "design_max_edge": "design_max_edge_m",
    }  # fmt: skip
    apart = {"reference", "design", "anchor"}
    found: dict[str, Any] = {}
    for field in fields(options):
        value = getattr(options, field.name)
        if field.name not in apart and value is not None and value is not False:
            found[names.get(field.name, field.name)] = value
    if options.design is not None:
        found["design"] = str(options.design.absolute())
    if key == "graded" and options.anchor:
        found |= _anchor(options.anchor)
    return found


def _anchor(text: str) -> dict[str, Any]:
    if text in ("centroid", "lowest_rim"):
        return {"anchor": text}
    x, y = place(text) or (None, None)
    return {"anchor": "place", "anchor_x": x, "anchor_y": y}


def named(reference: str, over: str) -> str:
    """The key of a surface, and of what was laid over an edited rim."""
    return f"{reference} ({over})" if over else reference


def heading(site: str, terrain: str, reference: str, over: str) -> str:
    """What the figures below it are of: a site, its terrain and the surface they end at."""
    text = _("{site}: terrain {terrain}, reference {reference}")
    return text.format(site=site, terrain=terrain, reference=named(reference, over))
