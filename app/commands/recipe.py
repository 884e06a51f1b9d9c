"""recipe: fills of several wastes, by share or by layer."""

from __future__ import annotations

from typing import Annotated

import typer

from app import format as fmt
from app.commands.common import Json, ProjectPath, print_json, say, table
from app.commands.judge import verdict_text
from app.i18n import _
from app.project import Project
from models.recipe import LAYINGS, Recipe, RecipePart, RecipeVerdict

Name = Annotated[str, typer.Argument(metavar="NAME", help="name of the fill")]


def register(cli: typer.Typer) -> None:
    """Add this room's commands."""
    room = typer.Typer(help="Fills of several wastes.", no_args_is_help=True, rich_markup_mode=None)
    for name, act in (("set", recipe_set), ("list", recipe_list), ("judge", recipe_judge), ("drop", recipe_drop)):
        room.command(name)(act)
    cli.add_typer(room, name="recipe")


def recipe_set(
    project: ProjectPath,
    name: Name,
    site: Annotated[str, typer.Option("--site", metavar="CODE")],
    part: Annotated[list[str], typer.Option("--part", metavar="WASTE=SHARE", help="share of the dry mass, e.g. 0.6")],
    laying: Annotated[str, typer.Option("--laying", metavar="|".join(LAYINGS), help="layers: bottom first")] = "mixed",
    density: Annotated[float | None, typer.Option("--density", metavar="T/M3", help="tested, of the whole")] = None,
    source: Annotated[str, typer.Option("--density-source", metavar="TEXT")] = "",
) -> None:
    """Keep a fill of several wastes, in place of an earlier one of that name."""
    from app.verbs.recipe import keep_recipe

    parts = []
    for text in part:
        code, _equals, share = text.rpartition("=")
        try:
            parts.append(RecipePart(code.strip(), float(share)))
        except ValueError as cause:
            raise typer.BadParameter(_("write {text} as WASTE=SHARE, e.g. FA-1=0.6").format(text=text)) from cause
    recipe = Recipe(name, site, laying, tuple(parts), density, source)  # type: ignore[arg-type]  # checked on keeping
    with Project.open(project) as opened:
        say(keep_recipe(opened, recipe).label.render(_))


def recipe_list(project: ProjectPath, as_json: Json = False) -> None:
    """The fills that the project keeps."""
    from app.verbs.recipe import recipes

    with Project.open(project, read_only=True) as opened:
        found = recipes(opened)
    if as_json:
        print_json({"recipes": [r.to_json() for r in found]})
        return
    table(
        [_("name"), _("site"), _("laying"), _("wastes")],
        [[r.name, r.site, r.laying, ", ".join(f"{p.waste} {fmt.percent(p.share, 0)}" for p in r.parts)] for r in found],
    )


def recipe_judge(project: ProjectPath, name: Name, as_json: Json = False) -> None:
    """Judge each stream and their company; the strictest verdict is the fill's. Nothing is stored."""
    from app.verbs.recipe import judge_recipe, recipe_named

    with Project.open(project, read_only=True) as opened:
        answer = judge_recipe(opened, recipe_named(opened, name))
    if as_json:
        print_json(answer.to_json(_))
    else:
        _show(answer)


def recipe_drop(project: ProjectPath, name: Name) -> None:
    """Remove a fill."""
    from app.verbs.recipe import drop_recipe

    with Project.open(project) as opened:
        say(drop_recipe(opened, name).label.render(_))


def _show(answer: RecipeVerdict) -> None:
    say(f"{answer.recipe.name}  {answer.recipe.site}  {verdict_text(answer.verdict)}")
    shares: dict[str, float] = {}
    for p in answer.recipe.parts:
        shares[p.waste] = shares.get(p.waste, 0.0) + p.share
    table(
        [_("waste"), _("share"), _("class"), _("verdict"), _("mass t")],
        [
            [
                s.waste,
                fmt.percent(shares[s.waste], 1),
                s.waste_class or fmt.NO_VALUE,
                verdict_text(s.verdict),
                fmt.number(answer.parts_t.get(s.waste), 0),
            ]
            for s in answer.screenings
        ],
        right=[1, 4],
    )
    say(
        _("density {density} t/m³, {mass} t").format(
            density=fmt.number(answer.density_t_m3, 3), mass=fmt.number(answer.tonnage_t, 0)
        )
    )
    for f in answer.findings:
        say(f"{f.rule}  {f.message.render(_)}  [{f.document} {f.clause}; {f.confidence}]")
