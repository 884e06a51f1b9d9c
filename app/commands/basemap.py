"""basemap: pictures and tiles that lie under the map."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from app.commands.common import Json, ProjectPath, print_json, progress, remark, say, table
from app.i18n import _
from app.project import Project
from models.basemap import Basemap


def register(cli: typer.Typer) -> None:
    """Add this room's commands."""
    basemap = typer.Typer(help="Orthophotos and tiles under the map.", no_args_is_help=True, rich_markup_mode=None)
    basemap.command("add")(add)
    basemap.command("list")(list_)
    basemap.command("overviews")(overviews)
    basemap.command("remove")(remove)
    cli.add_typer(basemap, name="basemap")


Name = Annotated[str, typer.Argument(metavar="NAME", help="name of the basemap")]


def add(
    project: ProjectPath,
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", readable=False, help="GeoTIFF, JPEG or PNG with world file, MBTiles, GeoPackage"
        ),
    ],
    name: Annotated[str | None, typer.Option("--name", metavar="N", help="what to call it")] = None,
    crs: Annotated[str | None, typer.Option("--crs", metavar="C", help="coordinate system of the file, EPSG:…")] = None,
    accept_guess: Annotated[bool, typer.Option("--accept-guess", help="use the guessed coordinate system")] = False,
    sublayer: Annotated[str | None, typer.Option("--sublayer", metavar="S", help="tiles inside the file")] = None,
    with_overviews: Annotated[
        bool, typer.Option("--overviews", help="make overviews beside the picture if it has none")
    ] = False,
    as_json: Json = False,
) -> None:
    """Register a picture or tiles; the file stays where it is."""
    from app.verbs.basemap import add_basemap, make_overviews, without_overviews

    with Project.open(project) as opened, progress() as watch:
        made = add_basemap(opened, file, name=name, crs=crs, sublayer=sublayer, accept_guess=accept_guess)
        slow = without_overviews(opened, made)
        if slow and with_overviews:
            make_overviews(opened, made.name, watch)
            slow = False
    if as_json:
        print_json(facts(made))
    else:
        say(_("basemap {name} added: {facts}").format(name=made.name, facts=sentence(made)))
    if slow:
        remark(_("the picture is large and has no overviews; make them beside it with basemap overviews"))


def list_(project: ProjectPath, as_json: Json = False) -> None:
    """The basemaps of a project."""
    with Project.open(project, read_only=True) as opened:
        rows = [(b, opened.store.basemap_path(b)) for b in opened.store.basemaps()]
    if as_json:
        print_json({"basemaps": [{**facts(b), "file": str(p), "there": p.is_file()} for b, p in rows]})
        return
    head = [_("name"), _("kind"), _("coordinate system"), _("pixels"), _("file")]
    table(head, [[b.name, kind_word(b), b.crs[:40], f"{b.width} × {b.height}",
                  str(p) if p.is_file() else _("{file} (not there)").format(file=p)] for b, p in rows])  # fmt: skip


def overviews(project: ProjectPath, name: Name, as_json: Json = False) -> None:
    """Make overviews as a file beside the picture."""
    from app.verbs.basemap import make_overviews

    with Project.open(project, read_only=True) as opened, progress() as watch:
        made = make_overviews(opened, name, watch)
    if as_json:
        print_json({"name": name, "overviews": str(made)})
    else:
        say(_("overviews written: {file}").format(file=made))


def remove(project: ProjectPath, name: Name, as_json: Json = False) -> None:
    """Take a basemap out of the project; its file stays."""
    from app.verbs.basemap import remove_basemap

    with Project.open(project) as opened:
        gone = remove_basemap(opened, name)
    if as_json:
        print_json({"removed": gone.name})
    else:
        say(_("basemap {name} is out of the project; its file stays").format(name=gone.name))


def facts(basemap: Basemap) -> dict[str, Any]:
    """What a script gets."""
    return {k: v for k, v in basemap.to_json().items() if k != "uid"}


def kind_word(basemap: Basemap) -> str:
    """orthophoto, MBTiles or GeoPackage tiles."""
    return {"raster": _("picture"), "mbtiles": "MBTiles"}.get(basemap.kind, _("GeoPackage tiles"))


def sentence(basemap: Basemap) -> str:
    """Kind, size, pixel and coordinate system in a line."""
    size = f"{basemap.width} × {basemap.height}"
    return f"{kind_word(basemap)}, {size}, {basemap.crs[:60]}"
