"""photo add, observe, list, remove; set-many: features as rows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app import format as fmt
from app.commands.common import All, Json, ProjectPath, Sites, codes_of, print_json, progress, remark, say, table
from app.i18n import _
from app.project import Project

if TYPE_CHECKING:
    from app.verbs.photos import PhotosAdded

Pictures = Annotated[list[Path], typer.Argument(metavar="PICTURE…", help="JPEG, PNG or WebP", readable=False)]
Layer = Annotated[str, typer.Option("--layer", metavar="L", help="where several layers have the code")]


def register(cli: typer.Typer) -> None:
    """Add this room's commands."""
    photo = typer.Typer(help="Photos of features.", no_args_is_help=True, rich_markup_mode=None)
    photo.command("add")(photo_add)
    photo.command("observe")(photo_observe)
    photo.command("list")(photo_list)
    photo.command("remove")(photo_remove)
    cli.add_typer(photo, name="photo")
    cli.command("set-many")(set_many)


def photo_add(
    project: ProjectPath,
    code: Annotated[str, typer.Argument(metavar="CODE", help="code of the feature")],
    pictures: Pictures,
    layer: Layer = "",
    caption: Annotated[str, typer.Option("--caption", metavar="TEXT", help="words under the photos")] = "",
    as_json: Json = False,
) -> None:
    """Photos of a feature; they are copied beside the project."""
    from app.verbs.photos import add_photos, feature_named

    with Project.open(project) as opened, progress() as watch:
        key, row = feature_named(opened, code, layer)
        report = add_photos(opened, key, row, pictures, caption=caption, watch=watch)
    _tell(report, as_json)


def photo_observe(project: ProjectPath, pictures: Pictures, as_json: Json = False) -> None:
    """An observation for each photo, at the place where it was taken."""
    from app.verbs.photos import observe_photos

    with Project.open(project) as opened, progress() as watch:
        report = observe_photos(opened, pictures, watch=watch)
    _tell(report, as_json)


def _tell(report: PhotosAdded, as_json: bool) -> None:
    if as_json:
        print_json(report.to_json(_))
        return
    for file, error in report.refused:
        remark(_("{file} was left out: {reason}").format(file=file, reason=error.what.render(_)))
    for file in report.known:
        remark(_("{file} is there already").format(file=file))
    say(_("added {n} photos").format(n=len(report.photos)))
    if report.features:
        say(_("observations: {codes}").format(codes=", ".join(report.features)))


def photo_list(
    project: ProjectPath,
    code: Annotated[str, typer.Option("--site", metavar="CODE", help="of one feature only")] = "",
    as_json: Json = False,
) -> None:
    """The photos of a project, and whether their files are as they were added."""
    from app.verbs.photos import all_photos, feature_named, photo_state, photos_of

    with Project.open(project, read_only=True) as opened:
        found = photos_of(opened, str(feature_named(opened, code)[1]["uid"])) if code else all_photos(opened)
        states = [photo_state(opened, p, deep=True) for p in found]
        codes = {p.row_uid: _code(opened, p.layer, p.row_uid) for p in found}
    if as_json:
        print_json({"photos": [{**p.to_json(), "code": codes[p.row_uid], "state": s}
                               for p, s in zip(found, states, strict=True)]})  # fmt: skip
        return
    from app.words import PHOTO_STATES

    rows = [[str(p.number), codes[p.row_uid], p.taken_at[:16].replace("T", " ") or fmt.NO_VALUE, _(PHOTO_STATES[s]),
             p.caption, p.path] for p, s in zip(found, states, strict=True)]  # fmt: skip
    table([_("photo no."), _("code"), _("taken at"), _("file state"), _("caption"), _("file")], rows, right=[0])


def _code(project: Project, layer: str, uid: str) -> str:
    from layers.registry import LAYERS

    rows = project.store.rows(layer, uid=uid) if layer in LAYERS else []
    return str(rows[0]["code"] or "") if rows else ""


def photo_remove(
    project: ProjectPath,
    numbers: Annotated[list[int], typer.Argument(metavar="NUMBER…", help="as photo list shows them")],
    as_json: Json = False,
) -> None:
    """Take photos from their features; the files stay."""
    from app.verbs.photos import remove_photo

    with Project.open(project) as opened:
        gone = [remove_photo(opened, number) for number in numbers]
    if as_json:
        print_json({"removed": [p.to_json() for p in gone]})
        return
    for p in gone:
        say(_("removed photo {number}; its file stays: {path}").format(number=p.number, path=p.path))


def set_many(
    project: ProjectPath,
    values: Annotated[list[str], typer.Argument(metavar="FIELD=VALUE…")],
    layer: Annotated[str, typer.Option("--layer", metavar="L", help="layer of the project, e.g. sand_pits")],
    site: Sites = None,
    everything: All = False,
    as_json: Json = False,
) -> None:
    """The same values for several features, as one step."""
    from app.verbs.edit_many import set_many as verb

    wanted = {}
    for text in values:
        name, equals, value = text.partition("=")
        if not equals:
            raise typer.BadParameter(_("write {text} as field=value").format(text=text))
        wanted[name.strip()] = value
    with Project.open(project) as opened:
        changed = verb(opened, layer, codes_of(site, everything), wanted)
    count = len(changed.fids.get(layer, ()))
    if as_json:
        print_json({"changed": count})
        return
    say(_("{n} features changed").format(n=count))
