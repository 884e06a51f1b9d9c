"""Fills of several wastes: kept with the project, judged stream by stream and together."""

from __future__ import annotations

from app.project import Project
from app.verbs.matrix import density_of
from app.verbs.rule_edits import project_packs
from app.verbs.screen import screen
from app.verbs.waste import catalogue
from models.catalogue import kind_of
from models.changes import ChangeSet, Delete, Insert, Update
from models.errors import Missing, Refused
from models.notices import N_, Notice
from models.recipe import Recipe, RecipeVerdict, check_recipe, company, recipe_class, recipe_density, strictest
from models.tonnage import dry_tonnage

_KIND = "recipe"


def keep_recipe(project: Project, recipe: Recipe) -> ChangeSet:
    """Keep a recipe under its name, in place of an earlier one of that name; one undo step.

    Raises Missing (site, waste), Refused (shares, a stockpile; see models/recipe.py, a name that a plan has).
    """
    check_recipe(recipe)
    if not project.store.site(recipe.site).fills:
        raise Refused(
            "recipe.stockpile", N_("{code} is a stockpile and takes no waste"), where=recipe.name, code=recipe.site
        )
    for part in recipe.parts:
        project.store.waste(part.waste)
    values = {"name": recipe.name, "kind": _KIND, "parameters": recipe.to_json()}
    label = Notice("recipe.keep", N_("fill {name} of {site}"), name=recipe.name, site=recipe.site)
    known = project.store.rows("scenarios", name=recipe.name)
    if known and known[0]["kind"] != _KIND:
        raise Refused("recipe.name_taken", N_("the name {name} is taken by a plan"), name=recipe.name)
    change = Update("scenarios", known[0]["fid"], values) if known else Insert("scenarios", values)
    return project.store.transact(label, [change])


def recipes(project: Project, site: str | None = None) -> list[Recipe]:
    """All recipes by name, or those of a site."""
    rows = project.store.rows("scenarios", kind=_KIND)
    found = [Recipe.from_json(r["parameters"]) for r in sorted(rows, key=lambda r: r["name"])]
    return [r for r in found if site is None or r.site == site]


def recipe_named(project: Project, name: str) -> Recipe:
    """The recipe of that name. Raises Missing."""
    known = recipes(project)
    found = next((r for r in known if r.name == name), None)
    if found is None:
        raise Missing(
            "recipe.unknown",
            N_("there is no fill {name}"),
            advice=N_("known: {known}"),
            name=name,
            known=", ".join(r.name for r in known) or "-",
        )
    return found


def drop_recipe(project: Project, name: str) -> ChangeSet:
    """Remove a recipe. Raises Missing."""
    recipe_named(project, name)
    fid = project.store.rows("scenarios", name=name)[0]["fid"]
    return project.store.transact(
        Notice("recipe.drop", N_("remove fill {name}"), name=name), [Delete("scenarios", fid)]
    )


def judge_recipe(project: Project, recipe: Recipe) -> RecipeVerdict:
    """Each stream for the site, and what their company asks for. The strictest verdict is the fill's.

    Masses follow from the site's last estimate. Raises as `screen` does.
    """
    check_recipe(recipe)
    codes = list(dict.fromkeys(p.waste for p in recipe.parts))
    answers = screen(project, codes, [recipe.site], store=False)
    streams = {code: project.store.waste(code) for code in codes}
    kinds = {code: kind_of(waste, catalogue()) for code, waste in streams.items()}
    density = recipe_density(recipe, {code: density_of(waste) for code, waste in streams.items()})
    estimates = project.store.estimates([recipe.site])
    space = estimates[-1].waste_m3 if estimates and not estimates[-1].refused else None
    mass = dry_tonnage(space, density) if space is not None and density is not None else None
    parts = {c: mass * sum(p.share for p in recipe.parts if p.waste == c) for c in codes} if mass is not None else {}
    return RecipeVerdict(
        recipe=recipe,
        verdict=strictest([a.verdict for a in answers]),
        waste_class=recipe_class([a.waste_class for a in answers]),
        screenings=tuple(answers),
        findings=company(recipe, kinds, project_packs(project)),
        density_t_m3=density,
        waste_m3=space,
        tonnage_t=mass,
        parts_t=parts,
    )
