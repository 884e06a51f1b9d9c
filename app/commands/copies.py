"""copy-out, merge: working copies for the field."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.common import Json, ProjectPath, print_json, progress, remark, say, table
from app.i18n import _
from app.project import Project

if TYPE_CHECKING:
    from models.merging import MergeReport, Take


def register(cli: typer.Typer) -> None:
    """Add this room's commands."""
    cli.command("copy-out")(copy_out)
    cli.command("merge")(merge)


def copy_out(
    project: ProjectPath,
    out: Annotated[Path, typer.Option("--out", metavar="COPY.gpkg", help="the copy to write", readable=False)],
    as_json: Json = False,
) -> None:
    """A working copy for a colleague or the field; merge brings it back."""
    from app.verbs.copies import copy_out as verb

    with Project.open(project, read_only=True) as opened, progress() as watch:
        mark = verb(opened, out, watch)
        terrains, photos = len(opened.store.terrains()), opened.store.count("photos")
    if as_json:
        print_json({"path": str(out), **mark})
        return
    say(_("made {path} as of step {step}").format(path=out, step=mark["revision"]))
    if terrains:
        remark(_("terrain files are not copied: take them along where the copy is to compute"))
    if photos:
        remark(_("photo files are not copied: take their folder along where they are to be seen"))


def merge(
    project: ProjectPath,
    copy: Annotated[Path, typer.Argument(metavar="COPY", help="the working copy", readable=False)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="look only, change nothing")] = False,
    take: Annotated[
        list[str] | None,
        typer.Option("--take", metavar="SIDE", help="mine or theirs, or CONFLICT=mine for one"),
    ] = None,
    resolve: Annotated[
        Path | None, typer.Option("--resolve", metavar="FILE", help="decisions, JSON or CSV", readable=False)
    ] = None,
    conflicts: Annotated[
        Path | None, typer.Option("--conflicts", metavar="FILE.csv", help="write conflicts to decide", readable=False)
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="replace an existing file")] = False,
    as_json: Json = False,
) -> None:
    """Bring a working copy back, as one step; what both changed is for you to decide."""
    from app.verbs import copies

    takes: dict[str, Take] = copies.read_takes(resolve) if resolve else {}
    others: Take | None = None
    for text in take or []:
        key, equals, side = text.rpartition("=")
        if side not in copies.SIDES or (equals and not key):
            problem = _("mine or theirs, or CONFLICT=mine: {text}").format(text=text)
            raise typer.BadParameter(problem, param_hint="--take")
        chosen: Take = "mine" if side == "mine" else "theirs"
        if key:
            takes[key] = chosen
        else:
            others = chosen
    with Project.open(project, read_only=dry_run) as opened:
        if conflicts is not None:
            found = copies.merge(opened, copy, takes=takes, others=others, dry_run=True)
            copies.write_conflicts(found, conflicts, overwrite=overwrite, translate=_)
        report = copies.merge(opened, copy, takes=takes, others=others, dry_run=dry_run)
    if as_json:
        print_json(report.to_json(_))
        return
    _say_report(report, dry_run=dry_run)


def _say_report(report: MergeReport, *, dry_run: bool) -> None:
    from app.verbs.copies import CONFLICT_HEADS, conflict_row

    for notice in report.remarks:
        remark(notice.render(_))
    for name, row, why in report.unfit:
        remark(_("left out: {table} {row}: {reason}").format(table=name, row=row, reason=why.render(_)))
    text = _("added {added}, changed {changed}, deleted {deleted}, conflicts {conflicts}")
    say(text.format(added=report.count("added"), changed=report.count("changed"), deleted=report.count("deleted"),
                    conflicts=len(report.conflicts)))  # fmt: skip
    if report.conflicts:
        table([_(h) for h in CONFLICT_HEADS], [conflict_row(c, _) for c in report.conflicts])
    if not dry_run and report.revision is None:
        say(_("the copy brings nothing new"))
