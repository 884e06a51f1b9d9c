"""rules: the packs of the program and of a project, and their mending."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands.common import Json, ProjectPath, print_json, say, table
from app.i18n import _
from app.project import Project
from app.sentences import difference_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from models.rules import Pack

_RULE_COLUMNS = ("id", "parameter", "comparator", "limit", "unit", "clause", "confidence")

PackId = Annotated[str, typer.Argument(metavar="ID", help="id of a rule pack")]
OfProject = Annotated[
    Path | None,
    typer.Option("--project", metavar="PROJECT", help="as this project has them, mended ones included", readable=False),
]
Why = Annotated[str, typer.Option("--why", metavar="TEXT", help="the reason, with the document if there is one")]
File = Annotated[Path, typer.Argument(metavar="FILE", help="TOML", readable=False)]


def register(cli: typer.Typer) -> None:
    """Add this room's commands."""
    rules = typer.Typer(help="Rule packs.", no_args_is_help=True, rich_markup_mode=None)
    for name, act in (
        ("list", rules_list),
        ("show", rules_show),
        ("validate", rules_validate),
        ("test", rules_test),
        ("set", rules_set),
        ("add", rules_add),
        ("adopt", rules_adopt),
        ("reset", rules_reset),
        ("diff", rules_diff),
    ):
        rules.command(name)(act)
    cli.add_typer(rules, name="rules")


@contextmanager
def _packs(project: Path | None) -> Iterator[tuple[Pack, ...]]:
    from app.verbs.rule_edits import project_packs
    from app.verbs.rules import rule_packs

    if project is None:
        yield rule_packs()
        return
    with Project.open(project, read_only=True) as opened:
        yield project_packs(opened)


def rules_list(project: OfProject = None, as_json: Json = False) -> None:
    """The rule packs that the program brings, or those of a project."""
    with _packs(project) as packs:
        found = [{"id": p.id, "version": p.version, "title": p.title, "rules": len(p.rules)} for p in packs]
        words = [_(p.title) for p in packs]
    if as_json:
        print_json({"packs": found})
        return
    table(
        [_("pack"), _("version"), _("title"), _("rules")],
        [[str(f["id"]), str(f["version"]), title, str(f["rules"])] for f, title in zip(found, words, strict=True)],
        right=[3],
    )


def rules_show(
    pack: PackId,
    project: OfProject = None,
    version: Annotated[str | None, typer.Option("--version", metavar="V", help="an earlier one of the project")] = None,
    toml: Annotated[bool, typer.Option("--toml", help="the text, to edit and take over with rules adopt")] = False,
    as_json: Json = False,
) -> None:
    """One pack, rule by rule, with clause and confidence."""
    from app.verbs.rule_edits import pack_of, pack_text
    from app.verbs.rules import chosen_packs, shipped_text, show_pack

    if project is None:
        found, text = chosen_packs([pack])[0], shipped_text(pack) if toml else ""
    else:
        with Project.open(project, read_only=True) as opened:
            found, text = pack_of(opened, pack, version), pack_text(opened, pack) if toml else ""
    if toml:
        say(text.rstrip())
        return
    document = show_pack(found)
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
    project: OfProject = None,
) -> int:
    """Run a table of cases against the rules; exit code 1 if one fails."""
    from app.verbs.rules import test_file

    with _packs(project) as packs:
        results = test_file(file, packs)
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


def rules_set(
    project: ProjectPath,
    pack: PackId,
    rule: Annotated[str, typer.Argument(metavar="RULE", help="id of the rule, e.g. DB15-04")],
    assignments: Annotated[list[str], typer.Argument(metavar="FIELD=VALUE...", help="e.g. limit=2.0 source=…")],
    why: Why,
    as_json: Json = False,
) -> None:
    """Mend a number of a rule for this project: a limit, an open slot, its source and confidence."""
    from app.verbs.rule_edits import edit_rule

    values = {}
    for text in assignments:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise typer.BadParameter(_("write {text} as field=value").format(text=text))
        values[name.strip()] = value.strip()
    with Project.open(project) as opened:
        edit_rule(opened, pack, rule, values, why)
        _say_state(opened, pack, as_json=as_json)


def rules_add(project: ProjectPath, pack: PackId, file: File, why: Why, as_json: Json = False) -> None:
    """Add rules ([[rule]] tables of a TOML file) to a pack for this project."""
    from app.verbs.rule_edits import add_rules

    with Project.open(project) as opened:
        add_rules(opened, pack, file, why)
        _say_state(opened, pack, as_json=as_json)


def rules_adopt(project: ProjectPath, file: File, why: Why, as_json: Json = False) -> None:
    """Take a whole pack over from a file: a local one, or an edited copy of a shipped one."""
    from app.verbs.rule_edits import adopt_pack
    from app.verbs.rules import validate_file

    pack = validate_file(file)
    with Project.open(project) as opened:
        adopt_pack(opened, file, why)
        _say_state(opened, pack.id, as_json=as_json)


def rules_reset(project: ProjectPath, pack: PackId, why: Why) -> None:
    """Put the shipped pack back (what was mended stays readable), or take a local one out of force."""
    from app.verbs.rule_edits import reset_pack

    with Project.open(project) as opened:
        done = reset_pack(opened, pack, why)
    say(done.label.render(_) if done else _("nothing of {pack} was mended").format(pack=pack))


def rules_diff(
    project: ProjectPath,
    pack: Annotated[list[str] | None, typer.Argument(metavar="[ID...]", help="default: all packs")] = None,
    as_json: Json = False,
) -> None:
    """What the project's packs say otherwise than the shipped ones; who changed it, when and why."""
    from app.verbs.rule_edits import kept_versions, pack_state, project_packs

    with Project.open(project, read_only=True) as opened:
        kept = dict.fromkeys(v.pack for v in kept_versions(opened))
        in_force = {p.id for p in project_packs(opened)}
        states = [pack_state(opened, p) for p in (pack or kept) if pack or p in in_force]
    if as_json:
        print_json({"packs": [s.to_json() for s in states]})
        return
    if not states:
        say(_("all packs are as shipped"))
    for state in states:
        _show_state(state)


def _say_state(project: Project, pack: str, *, as_json: bool) -> None:
    from app.verbs.rule_edits import pack_state

    state = pack_state(project, pack)
    if as_json:
        print_json(state.to_json())
    else:
        _show_state(state)


def _show_state(state: Any) -> None:
    shipped = state.shipped_version or _("not shipped: the project's own")
    say(f"{state.pack} {state.version}  ({_('shipped')}: {shipped})")
    for difference in state.differences:
        say("  " + difference_text(difference))
    for v in state.history:
        what = v.version if v.text else _("as shipped")
        say(f"  {v.edited_at[:16].replace('T', ' ')}  {v.edited_by}  {what}  {v.why}")
