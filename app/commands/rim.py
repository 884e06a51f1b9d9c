"""rim: what was changed by hand on the rim of a site, as where a road cuts it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from app import format as fmt
from app.commands.common import Json, ProjectPath, print_json, remark, say, table
from app.i18n import _
from app.project import Project
from models.errors import Refused
from models.notices import N_
from models.rim_edit import ACTION_WORDS, RimAction

if TYPE_CHECKING:
    from app.verbs.rim import RimRow

Site = Annotated[str, typer.Option("--site", metavar="CODE", help="code of the site")]
From = Annotated[str | None, typer.Option("--from", metavar="X,Y", help="one end of the stretch: easting,northing")]
To = Annotated[str | None, typer.Option("--to", metavar="X,Y", help="its other end")]
OtherWay = Annotated[bool, typer.Option("--other-way", help="the longer way round between the two ends")]
At = Annotated[str | None, typer.Option("--at", metavar="X,Y", help="middle of the stretch, with --length")]
Length = Annotated[float | None, typer.Option("--length", metavar="M", help="length along the outline, m")]
By = Annotated[float, typer.Option("--by", metavar="M", min=0.001, help="change of height, m")]
Remarks = Annotated[str, typer.Option("--remarks", metavar="TEXT", help="why, for the sheet")]


def register(cli: typer.Typer) -> None:
    """Add this room's commands."""
    rim = typer.Typer(
        help="The rim of a site edited by hand: for the reference surface edited_rim.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    rim.command("list")(rim_list)
    rim.command("raise")(rim_raise)
    rim.command("lower")(rim_lower)
    rim.command("set")(rim_set)
    rim.command("leave-out")(rim_leave_out)
    rim.command("remove")(rim_remove)
    cli.add_typer(rim, name="rim")


def place(text: str | None) -> tuple[float, float] | None:
    """``500123.4,4500567.8`` as (easting, northing). Raises Refused."""
    if text is None:
        return None
    try:
        x, y = (float(part) for part in text.replace("，", ",").split(","))
    except ValueError as error:
        raise Refused(
            "rim.place",
            N_("a place is given as easting,northing in metres"),
            where=text,
            advice=N_("for instance 500123.4,4500567.8"),
        ) from error
    return x, y


def rim_list(project: ProjectPath, site: Site, as_json: Json = False) -> None:
    """The edits in the order in which they apply."""
    from app.verbs.rim import rim_edits

    with Project.open(project, read_only=True) as opened:
        show(site, rim_edits(opened, site), as_json=as_json)


def rim_raise(
    project: ProjectPath, site: Site, by: By, from_: From = None, to: To = None, other_way: OtherWay = False,
    at: At = None, length: Length = None, remarks: Remarks = "", as_json: Json = False,
) -> None:  # fmt: skip
    """Raise a stretch of the rim: a bank that will be built."""
    _add(project, site, "raise", by, (from_, to, other_way, at, length), remarks, as_json=as_json)


def rim_lower(
    project: ProjectPath, site: Site, by: By, from_: From = None, to: To = None, other_way: OtherWay = False,
    at: At = None, length: Length = None, remarks: Remarks = "", as_json: Json = False,
) -> None:  # fmt: skip
    """Lower a stretch of the rim: a cutting, an outlet."""
    _add(project, site, "lower", by, (from_, to, other_way, at, length), remarks, as_json=as_json)


def rim_set(
    project: ProjectPath, site: Site, level: Annotated[float, typer.Option("--level", metavar="Z", help="m")],
    from_: From = None, to: To = None, other_way: OtherWay = False, at: At = None, length: Length = None,
    remarks: Remarks = "", as_json: Json = False,
) -> None:  # fmt: skip
    """Set a stretch of the rim to a height."""
    _add(project, site, "set", level, (from_, to, other_way, at, length), remarks, as_json=as_json)


def rim_leave_out(
    project: ProjectPath, site: Site, from_: From = None, to: To = None, other_way: OtherWay = False,
    at: At = None, length: Length = None, remarks: Remarks = "", as_json: Json = False,
) -> None:  # fmt: skip
    """Leave a stretch of the rim out: where a road cuts it."""
    _add(project, site, "leave_out", None, (from_, to, other_way, at, length), remarks, as_json=as_json)


def rim_remove(
    project: ProjectPath,
    site: Site,
    number: Annotated[list[int] | None, typer.Argument(metavar="NUMBER", help="as rim list shows it")] = None,
    everything: Annotated[bool, typer.Option("--all", help="all edits of the site")] = False,
    as_json: Json = False,
) -> None:
    """Take edits back."""
    from app.verbs.rim import remove_rim_edits, rim_edits

    if bool(number) == everything:
        raise typer.BadParameter(_("say either --all or the numbers of the edits"))
    with Project.open(project) as opened:
        gone = remove_rim_edits(opened, site, None if everything else number)
        left = rim_edits(opened, site)
    if as_json:
        show(site, left, as_json=True)
        return
    say(_("{site}: {n} rim edits taken back, {left} left").format(site=site, n=len(gone), left=len(left)))


def _add(
    project: ProjectPath,
    site: str,
    action: RimAction,
    value: float | None,
    where: tuple[str | None, str | None, bool, str | None, float | None],
    remarks: str,
    *,
    as_json: bool,
) -> None:
    from app.verbs.rim import Where, add_rim_edit, rim_edits

    from_, to, other_way, at, length = where
    stretch = Where(place(from_), place(to), other_way, place(at), length)
    with Project.open(project) as opened:
        added = add_rim_edit(opened, site, action, stretch, value_m=value, remarks=remarks)
        rows = rim_edits(opened, site)
    if as_json:
        print_json({"site": site, "added": added.to_json(), "edits": [r.to_json() for r in rows]})
        return
    text = _("{site}: edit {number}, {length} m of the rim {action}")
    say(
        text.format(
            site=site,
            number=added.number,
            length=fmt.number(added.edit.length_m, 1),
            action=_(ACTION_WORDS[action]),
        )
    )


def show(site: str, rows: list[RimRow], *, as_json: bool) -> None:
    """The edits as a table or as JSON."""
    if as_json:
        print_json({"site": site, "edits": [r.to_json() for r in rows]})
        return
    if not rows:
        say(_("the rim of {site} has no edits").format(site=site))
        return
    table(
        [
            _("edit no."),
            _("kind of edit"),
            _("height m"),
            _("length m"),
            _("from"),
            _("to"),
            _("on the outline"),
            _("remarks"),
        ],
        [
            [
                str(r.number),
                _(ACTION_WORDS[r.edit.action]),
                fmt.number(r.edit.value_m, 2),
                fmt.number(r.edit.length_m, 1),
                f"{r.edit.x1:.2f},{r.edit.y1:.2f}",
                f"{r.edit.x2:.2f},{r.edit.y2:.2f}",
                _("yes") if r.stretch is not None else _("no"),
                r.edit.remarks,
            ]
            for r in rows
        ],
        right=[0, 2, 3],
    )
    lost = [str(r.number) for r in rows if r.stretch is None]
    if lost:
        text = _("{site}: rim edits {numbers} no longer lie on the outline and do not count")
        remark(text.format(site=site, numbers=", ".join(lost)))
