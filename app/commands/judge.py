"""screen, overlay, rules: whether a waste may go into a pit."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app import format as fmt
from app.commands.common import Json, ProjectPath, Sites, print_json, progress, say, table
from app.i18n import _
from app.project import Project
from app.words import MARKS, OUTCOMES, RELATIONS, VERDICTS
from models.screening import Screening

_RULE_COLUMNS = ("id", "parameter", "comparator", "limit", "unit", "clause", "confidence")


def register(cli: typer.Typer) -> None:
    """Add this room's commands."""
    cli.command("screen")(screen)
    cli.command("overlay")(overlay)
    rules = typer.Typer(help="Rule packs.", no_args_is_help=True, rich_markup_mode=None)
    rules.command("list")(rules_list)
    rules.command("show")(rules_show)
    rules.command("validate")(rules_validate)
    rules.command("test")(rules_test)
    cli.add_typer(rules, name="rules")


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
                source = f"[{f.document} {f.clause}; {f.confidence}]"
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


def rules_list(as_json: Json = False) -> None:
    """The rule packs that the program brings."""
    from app.verbs.rules import rule_packs

    packs = rule_packs()
    if as_json:
        print_json(
            {"packs": [{"id": p.id, "version": p.version, "title": p.title, "rules": len(p.rules)} for p in packs]}
        )
        return
    table(
        [_("pack"), _("version"), _("title"), _("rules")],
        [[p.id, p.version, _(p.title), str(len(p.rules))] for p in packs],
        right=[3],
    )


def rules_show(pack: Annotated[str, typer.Argument(metavar="ID")], as_json: Json = False) -> None:
    """One pack, rule by rule, with clause and confidence."""
    from app.verbs.rules import show_pack

    document = show_pack(pack)
    if as_json:
        print_json(document)
        return
    say(f"{document['id']} {document['version']}  {document['title']}")
    table(
        [_("rule"), _("parameter"), "", _("limit"), _("unit"), _("clause"), _("confidence")],
        [[str(rule[key]) if rule.get(key) is not None else "" for key in _RULE_COLUMNS] for rule in document["rules"]],
    )


def rules_validate(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="a rule pack (TOML)", readable=False)],
) -> None:
    """Check a pack: schema, units, clauses, contradictions."""
    from app.verbs.rules import validate_file

    pack = validate_file(file)
    say(
        _("{pack} {version}: {count} rules, no error").format(pack=pack.id, version=pack.version, count=len(pack.rules))
    )


def rules_test(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="a CSV of cases with the expected outcome", readable=False)
    ],
) -> int:
    """Run a table of cases against the rules; exit code 1 if one fails."""
    from app.verbs.rules import test_file

    results = test_file(file)
    for result in results:
        if not result.passed:
            say(
                _("row {row}: expected {expected}, got {got}").format(
                    row=result.row, expected=result.expected, got=result.got
                )
            )
    failed = sum(not r.passed for r in results)
    say(_("{passed} passed, {failed} failed").format(passed=len(results) - failed, failed=failed))
    return 1 if failed else 0
