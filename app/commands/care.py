"""check, rescue: looking after the project file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from app.commands.common import Json, ProjectPath, print_json, progress, say
from app.i18n import _
from app.words import SEVERITIES
from models.errors import Refused
from models.notices import N_


def register(cli: typer.Typer) -> None:
    """Add this room's commands."""
    cli.command("check")(check)
    cli.command("rescue")(rescue)


def check(
    project: ProjectPath,
    repair: Annotated[bool, typer.Option("--repair", help="mend what can be mended; a backup is made first")] = False,
    quick: Annotated[bool, typer.Option("--quick", help="do not compute the estimates again")] = False,
    as_json: Json = False,
) -> None:
    """Integrity of the file and of what it says; exit code 1 if something is wrong."""
    from app.verbs.check import check_file

    mended: dict[str, Any] | None = None
    if repair:
        from app.verbs.repair import repair_project

        with progress() as watch:
            mended = repair_project(project, watch=watch).to_json(_)
    with progress() as watch:
        report = check_file(project, watch, quick=quick)
    document = report.to_json(_)
    if mended is not None:
        document["repair"] = mended
    if as_json:
        print_json(document)
    else:
        _say_repair(mended)
        _say_problems(document, sum(e.state == "same" for e in report.estimates))
    if not document["ok"]:
        errors = sum(p["severity"] == "error" for p in document["problems"])
        raise Refused(
            "check.not_sound",
            N_("the project is not sound: {n} errors"),
            where=str(project),
            advice=N_("keep a copy of the file as it is before anything is mended"),
            n=errors,
        )


def _say_repair(mended: dict[str, Any] | None) -> None:
    if mended is None:
        return
    say(_("the file as it was is kept in {path}").format(path=mended["backup"]))
    for done in mended["repairs"]:
        say(done["message"] + (_(" (can be undone)") if done["undoable"] else ""))
    if not mended["repairs"]:
        say(_("nothing was to be repaired"))


def _say_problems(document: dict[str, Any], same: int) -> None:
    for p in document["problems"]:
        place = f" ({p['table']} {p['fid'] or ''}".rstrip() + ")" if p["table"] else ""
        say(f"{_(SEVERITIES[p['severity']])}: {p['message']}{place}")
    if same:
        say(_("{n} estimates computed again: the same figures").format(n=same))
    if document["ok"]:
        say(_("sound"))


def rescue(
    damaged: Annotated[
        Path, typer.Argument(metavar="DAMAGED", help="the damaged project file; it is only read", readable=False)
    ],
    out: Annotated[Path, typer.Option("--out", metavar="NEW.gpkg", help="the new project to make", readable=False)],
    as_json: Json = False,
) -> None:
    """Take what can be read out of a damaged project into a new one, and say what was lost."""
    from app.verbs.rescue import rescue_project

    with progress() as watch:
        report = rescue_project(damaged, out, watch)
    if as_json:
        print_json(report.to_json(_))
        return
    for notice in report.notices():
        say(notice.render(_))
    for t in report.tables:
        for text, names in (
            (N_("lost: {names}"), t.lost),
            (N_("perhaps not in their last state: {names}"), t.doubtful),
        ):
            if names:
                say(f"{t.table}: " + _(text).format(names=", ".join(names[:20]) + (" …" if len(names) > 20 else "")))
    say(_("made {path}").format(path=report.out))
    if report.complete:
        say(_("nothing was lost, as far as can be known"))
