"""matrix: all wastes against all pits, and the gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.common import Json, ProjectPath, Sites, print_json, progress, say, table
from app.i18n import _
from app.project import Project
from app.sentences import gap_sentence
from app.words import MARKS, VERDICTS

if TYPE_CHECKING:
    from models.matrix import Matrix

_SHOWN = 12


def register(cli: typer.Typer) -> None:
    """Add this room's command."""
    cli.command("matrix")(matrix)


def matrix(
    project: ProjectPath,
    waste: Annotated[
        list[str] | None, typer.Option("--waste", metavar="CODE", help="may be repeated; default all")
    ] = None,
    site: Sites = None,
    pack: Annotated[list[str] | None, typer.Option("--pack", metavar="ID", help="rule packs; default all")] = None,
    as_json: Json = False,
) -> None:
    """Which waste may go into which pit, and what is missing to open the rest; nothing is stored."""
    from app.verbs.matrix import matrix as judge_all

    with Project.open(project, read_only=True) as opened, progress() as watch:
        found = judge_all(opened, waste, site, pack, watch=watch)
    if as_json:
        print_json(found.to_json(_))
    else:
        show_matrix(found)


def show_matrix(found: Matrix) -> None:
    """The matrix with one row a pit, then the gaps, the largest first."""
    verdicts = {(c.waste, c.site): c.verdict for c in found.cells}
    rows = [[s, *(MARKS[verdicts[w, s]] for w in found.wastes)] for s in found.sites]
    table([_("site"), *found.wastes], rows)
    say("  ".join(f"{MARKS[v]} {_(VERDICTS[v])}" for v in VERDICTS))
    if not found.gaps:
        return
    say("")
    for gap in found.gaps[:_SHOWN]:
        say(gap_sentence(gap))
    if len(found.gaps) > _SHOWN:
        say(_("{n} smaller gaps more; --json lists them all").format(n=len(found.gaps) - _SHOWN))
