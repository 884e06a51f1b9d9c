"""controls: kinds of control area that the project holds, lacks, or of which there are none by an office's word."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from app.commands.common import Json, ProjectPath, print_json, say, table
from app.i18n import _
from app.project import Project

Kind = Annotated[str, typer.Argument(metavar="KIND", help="as `controls list` names it")]


def register(cli: typer.Typer) -> None:
    """Add this room's commands."""
    room = typer.Typer(help="Kinds of control area: mapped, or stated to be none.", no_args_is_help=True,
                       rich_markup_mode=None)  # fmt: skip
    room.command("list")(controls_list)
    room.command("none")(controls_none)
    room.command("withdraw")(controls_withdraw)
    cli.add_typer(room, name="controls")


def controls_list(project: ProjectPath, as_json: Json = False) -> None:
    """Every kind: how many areas the project holds, and what was stated of it."""
    from app.verbs.absences import WORDS, control_states

    with Project.open(project, read_only=True) as opened:
        found = control_states(opened)
    if as_json:
        facts = [{"kind": s.kind, "areas": s.areas, "none_stated": s.absence and vars(s.absence)} for s in found]
        print_json({"controls": facts})
        return
    table(
        [_("kind"), _("control area"), _("number"), _("none here, as stated")],
        [[s.kind, _(WORDS[s.kind]), str(s.areas), s.absence.note if s.absence else "—"] for s in found],
    )


def controls_none(
    project: ProjectPath,
    kind: Kind,
    source: Annotated[str, typer.Option("--source", metavar="TEXT", help="the document that states it")],
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="office or person who stated it")],
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="e.g. 2026-11-26; default: today")] = "",
) -> None:
    """Put on record that the region has no area of a kind; screening then need not ask for the layer."""
    from app.verbs.absences import state_absence

    day = on or date.today().isoformat()  # noqa: DTZ011 - a day on the user's own calendar
    with Project.open(project) as opened:
        done = state_absence(opened, kind, source=source, stated_by=by, stated_on=day)
    say(done.label.render(_))


def controls_withdraw(project: ProjectPath, kind: Kind) -> None:
    """Take such a statement back."""
    from app.verbs.absences import withdraw_absence

    with Project.open(project) as opened:
        done = withdraw_absence(opened, kind)
    say(done.label.render(_))
