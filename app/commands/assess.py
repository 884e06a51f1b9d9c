"""assess: risk assessments on record."""

from __future__ import annotations

from typing import Annotated

import typer

from app.commands.common import Json, ProjectPath, print_json, say, table
from app.i18n import _
from app.project import Project


def register(cli: typer.Typer) -> None:
    """Add this room's commands."""
    room = typer.Typer(help="Risk assessments on record.", no_args_is_help=True, rich_markup_mode=None)
    room.command("record")(assess_record)
    room.command("list")(assess_list)
    cli.add_typer(room, name="assess")


def assess_record(
    project: ProjectPath,
    site: Annotated[str, typer.Option("--site", metavar="CODE")],
    outcome: Annotated[str, typer.Option("--outcome", metavar="acceptable|not_acceptable")],
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="who made the assessment")],
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="e.g. 2026-11-26")],
    waste: Annotated[str, typer.Option("--waste", metavar="CODE", help="default: every waste of the site")] = "",
    report: Annotated[str, typer.Option("--report", metavar="TEXT", help="title or number of the report")] = "",
    conditions: Annotated[str, typer.Option("--conditions", metavar="TEXT")] = "",
) -> None:
    """Keep what an environmental risk assessment found; the program computes none itself."""
    from app.verbs.assess import record_assessment

    with Project.open(project) as opened:
        done = record_assessment(
            opened, site, waste, outcome, assessed_by=by, assessed_on=on, report=report, conditions=conditions
        )
    say(done.label.render(_))


def assess_list(project: ProjectPath, as_json: Json = False) -> None:
    """All on record, oldest entry first."""
    from dataclasses import asdict

    from app.verbs.assess import assessments

    with Project.open(project, read_only=True) as opened:
        found = assessments(opened)
    if as_json:
        print_json({"assessments": [asdict(a) for a in found]})
        return
    table(
        [_("site"), _("waste"), _("outcome"), _("by"), _("date"), _("report"), _("conditions")],
        [[a.site, a.waste, a.outcome, a.assessed_by, a.assessed_on, a.report, a.conditions] for a in found],
    )
