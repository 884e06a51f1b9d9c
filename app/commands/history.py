"""undo, redo, history, restore, log, project: what was changed, and taking it back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from app import format as fmt
from app.commands.common import Json, ProjectPath, print_json, progress, say, table
from app.i18n import _
from app.project import Project

Steps = Annotated[int, typer.Option("--steps", metavar="N", min=1, help="how many steps")]


def register(cli: typer.Typer) -> None:
    """Add this room's commands."""
    cli.command("undo")(undo)
    cli.command("redo")(redo)
    cli.command("history")(history)
    cli.command("restore")(restore)
    cli.command("log")(log)
    cli.command("project")(project_)


def undo(project: ProjectPath, steps: Steps = 1, as_json: Json = False) -> None:
    """Take back the last steps; redo brings them back."""
    _turn(project, steps, as_json=as_json, back=True)


def redo(project: ProjectPath, steps: Steps = 1, as_json: Json = False) -> None:
    """Bring back what undo took, as long as nothing new was done."""
    _turn(project, steps, as_json=as_json, back=False)


def _turn(path: Path, steps: int, *, as_json: bool, back: bool) -> None:
    from app.verbs.history import turn

    with Project.open(path) as opened:
        done = turn(opened, steps, back=back)
        ahead = {"undo": opened.store.undo_label(), "redo": opened.store.redo_label()}
    if as_json:
        print_json({"done": [c.label.render(_) for c in done]} | {k: v and v.render(_) for k, v in ahead.items()})
        return
    for change in done:
        say(change.label.render(_))


def history(
    project: ProjectPath,
    site: Annotated[str | None, typer.Option("--site", metavar="CODE", help="of one feature or waste")] = None,
    step: Annotated[int | None, typer.Option("--step", metavar="N", help="what one step changed")] = None,
    deleted: Annotated[bool, typer.Option("--deleted", help="what was deleted and can be restored")] = False,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="steps to list")] = 50,
    as_json: Json = False,
) -> None:
    """The steps of the project, newest first; or of one feature: who, when, what."""
    from app.verbs import history as verbs

    if sum((site is not None, step is not None, deleted)) > 1:
        raise typer.BadParameter(_("say only one of --site, --step, --deleted"))
    with Project.open(project, read_only=True) as opened:
        if site is None and step is None and not deleted:
            _list_steps(verbs.steps(opened, limit), as_json=as_json)
            return
        if site is not None:
            found = verbs.feature_history(opened, site)
        else:
            found = verbs.deleted_features(opened) if step is None else verbs.step_changes(opened, step)
    entries = [c.to_json(_) for c in found]
    if as_json:
        print_json({"entries": entries})
        return
    for entry in entries if site is not None or step is not None else ():
        _say_entry(entry)
    if deleted:
        table(
            [_("step"), _("time"), _("user"), _("table"), _("code"), _("what was done")],
            [[str(e["step"]), e["at"], e["user"], e["table"], e["code"], e["label"]] for e in entries],
            right=[0],
        )


def _list_steps(found: list[Any], *, as_json: bool) -> None:
    from app.verbs.history import local_time

    rows = [
        {"step": s.step, "kind": s.kind, "target": s.target, "at": local_time(s.at), "user": s.user, "rows": s.rows,
         "label": s.label.render(_)}
        for s in found
    ]  # fmt: skip
    if as_json:
        print_json({"steps": rows})
        return
    heads = [_("step"), _("time"), _("user"), _("rows"), _("what was done")]
    table(heads, [[str(r["step"]), r["at"], r["user"], str(r["rows"]), r["label"]] for r in rows], right=[0, 3])


def _say_entry(entry: dict[str, Any]) -> None:
    who = " ".join(t for t in (entry["at"], entry["user"]) if t)
    say(f"{entry['step']}  {who}  {entry['label']}  [{entry['table']} {entry['code']}]")
    for step in entry["origin"]:
        say(f"    {_('in the copy')}: {step['at']} {step['user']}  {step['label']}")
    for f in entry["fields"]:
        unit = f" {f['unit']}" if f["unit"] else ""
        old = f"{f['old_words']} → " if entry["op"] == "update" else ""
        say(f"    {f['label']}: {old}{f['new_words'] if entry['op'] != 'delete' else f['old_words']}{unit}")
    outline = entry["outline"]
    if outline is not None:
        text = _("{area} m², {n} points")
        sides = [text.format(area=fmt.number(o["area_m2"], 1), n=o["vertices"])
                 for o in (outline["before"], outline["after"]) if o]  # fmt: skip
        say(f"    {_('outline')}: {' → '.join(sides)}")


def restore(
    project: ProjectPath,
    code: Annotated[str, typer.Argument(metavar="CODE", help="code of a feature or a waste, deleted ones too")],
    step: Annotated[int, typer.Option("--step", metavar="N", help="as it was after this step")],
    fields: Annotated[str | None, typer.Option("--fields", metavar="A,B", help="only these fields")] = None,
    outline: Annotated[bool, typer.Option("--outline", help="only the outline (or the outline too)")] = False,
    as_json: Json = False,
) -> None:
    """Bring back an earlier state of a feature, as a new step that can be undone."""
    from app.verbs.history import restore as verb

    names = None if fields is None else [n.strip() for n in fields.split(",") if n.strip()]
    with Project.open(project) as opened:
        change = verb(opened, code, step, fields=names, outline=True if outline else None)
    if as_json:
        print_json({"code": code, "step": change.revision, "change": change.label.render(_)})
        return
    say(change.label.render(_))


def log(
    project: ProjectPath,
    out: Annotated[Path, typer.Option("--out", metavar="FILE.csv", help="table to write", readable=False)],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="replace an existing file")] = False,
    as_json: Json = False,
) -> None:
    """The whole change log as a table for an audit."""
    from app.verbs.history import export_log

    with Project.open(project, read_only=True) as opened, progress() as watch:
        lines = export_log(opened, out, overwrite=overwrite, translate=_, watch=watch)
    if as_json:
        print_json({"path": str(out), "lines": lines})
        return
    say(_("wrote {count} lines to {path}").format(count=lines, path=out))


def project_(
    project: ProjectPath,
    assignments: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME=VALUE]...", help="name=… or settings; NAME= removes one")
    ] = None,
    as_json: Json = False,
) -> None:
    """The project's name and settings: shown, or set as a step that can be undone."""
    from app.verbs.settings import set_project

    values: dict[str, str] = {}
    for text in assignments or []:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise typer.BadParameter(_("not of the form field=value: {text}").format(text=text))
        values[name.strip()] = value
    with Project.open(project, read_only=not values) as opened:
        change = set_project(opened, values) if values else None
        facts = opened.store.project()
    if as_json:
        print_json({"name": facts["name"], "settings": facts["settings"], "change": change and change.label.render(_)})
    elif change is not None:
        say(change.label.render(_))
    else:
        table(
            [_("name"), _("value")], [[_("name"), facts["name"]], *([k, str(v)] for k, v in facts["settings"].items())]
        )
