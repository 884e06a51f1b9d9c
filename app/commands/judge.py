"""screen, overlay: whether a waste may go into a pit."""

from __future__ import annotations

from typing import Annotated

import typer

from app import format as fmt
from app.commands import rulebook
from app.commands.common import Json, ProjectPath, Sites, print_json, progress, say, table
from app.i18n import _
from app.project import Project
from app.words import MARKS, OUTCOMES, RELATIONS, VERDICTS
from models.screening import Screening


def register(cli: typer.Typer) -> None:
    """Add this room's commands."""
    cli.command("screen")(screen)
    cli.command("overlay")(overlay)
    rulebook.register(cli)


def screen(
    project: ProjectPath,
    waste: Annotated[
        list[str] | None, typer.Option("--waste", metavar="CODE", help="may be repeated; default all")
    ] = None,
    site: Sites = None,
    pack: Annotated[list[str] | None, typer.Option("--pack", metavar="ID", help="rule packs; default all")] = None,
    as_json: Json = False,
) -> None:
    """Verdicts on wastes for sites, with every finding; keeps the results."""
    from app.verbs.screen import screen as screen_wastes

    with Project.open(project) as opened, progress() as watch:
        answers = screen_wastes(opened, wastes=waste, sites=site, packs=pack, watch=watch)
    if as_json:
        print_json({"screenings": [a.to_json(_) for a in answers]})
    else:
        show_screenings(answers, findings=len(answers) == 1)


def show_screenings(answers: list[Screening], *, findings: bool) -> None:
    """One line a pair; with `findings`, every finding below."""
    table(
        [_("waste"), _("site"), _("class"), _("verdict"), _("because of")],
        [[a.waste, a.site, a.waste_class or fmt.NO_VALUE, verdict_text(a.verdict), _decisive(a)] for a in answers],
    )
    if findings:
        for answer in answers:
            for f in answer.findings:
                source = f"[{_(f.document)} {_(f.clause)}; {f.confidence}]"
                say(f"{_(OUTCOMES[f.outcome])}  {f.rule}  {f.message.render(_)}  {source}")


def verdict_text(verdict: str) -> str:
    """Shape and word of a verdict: ``✔ acceptable``."""
    return f"{MARKS[verdict]} {_(VERDICTS[verdict])}"


def _decisive(answer: Screening) -> str:
    """The rules behind the verdict, for the table."""
    wanted = {"reject": ("does_not_meet",), "cannot_judge": ("cannot_judge",), "assess": ("requires", "does_not_meet")}
    consequences = {"reject": ("REJECT",), "cannot_judge": ("NEEDS_TEST",), "assess": ("NEEDS_RA", "NEEDS_LINER")}
    if answer.verdict not in wanted:
        return ""
    rules = [
        f.rule
        for f in answer.findings
        if f.outcome in wanted[answer.verdict] and (f.consequence in consequences[answer.verdict])
    ]
    unique = list(dict.fromkeys(rules))
    return ", ".join(unique[:4]) + (" …" if len(unique) > 4 else "")


def overlay(project: ProjectPath, site: Sites = None, as_json: Json = False) -> None:
    """Conflicts of sites with red lines and control areas: area, share, distance."""
    from app.verbs.overlay import overlay_sites

    with Project.open(project, read_only=True) as opened:
        conflicts = overlay_sites(opened, site)
    if as_json:
        print_json({"conflicts": [c.to_json() for c in conflicts]})
        return
    table(
        [_("site"), _("control line"), _("name"), _("relation"), _("area m²"), _("share"), _("distance m")],
        [
            [
                c.site,
                c.code,
                c.name,
                _(RELATIONS.get(c.relation, c.relation)),
                fmt.number(c.area_m2, 1),
                fmt.percent(c.share),
                fmt.number(c.distance_m, 1),
            ]
            for c in conflicts
        ],
        right=[4, 5, 6],
    )
