"""A fill of several wastes: their shares, how they are laid, and the verdict that follows from all of them.

No stream gets better by company: each is judged by itself, and the strictest verdict is the fill's (screening-rules.md
BF-04, HW-03: no dilution out of a ban).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from models.catalogue import WasteKind
from models.errors import Refused
from models.notices import N_, Notice, Translate, _same
from models.rules import Pack, Rule
from models.screening import Finding, Screening, Verdict
from models.tonnage import mixture_density

Laying = Literal["mixed", "layers", "zones"]
"""Blended into one material; in layers one above the other; in zones side by side that do not touch."""
LAYINGS: tuple[Laying, ...] = get_args(Laying)
_STRICTEST: tuple[Verdict, ...] = ("reject", "cannot_judge", "assess", "accept")
_SUM = 1e-6


@dataclass(frozen=True)
class RecipePart:
    """A waste and its share of the dry mass, 0..1; parts in layers from the bottom up."""

    waste: str
    share: float


@dataclass(frozen=True)
class Recipe:
    """A fill of one site. `density_t_m3` of the whole where it was tested, dry and compacted."""

    name: str
    site: str
    laying: Laying
    parts: tuple[RecipePart, ...]
    density_t_m3: float | None = None
    density_source: str = ""

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary; `from_json` reads it back."""
        parts = [{"waste": p.waste, "share": p.share} for p in self.parts]
        return {"name": self.name, "site": self.site, "laying": self.laying, "parts": parts,
                "density_t_m3": self.density_t_m3, "density_source": self.density_source}  # fmt: skip

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Recipe:
        """The recipe that `to_json` wrote. Raises KeyError, TypeError, ValueError for anything else."""
        parts = tuple(RecipePart(str(p["waste"]), float(p["share"])) for p in data["parts"])
        return cls(**{**data, "parts": parts})


@dataclass(frozen=True)
class RecipeVerdict:
    """What is to be said of a fill. `screenings` one a part, `findings` those about their company; masses dry, t."""

    recipe: Recipe
    verdict: Verdict
    waste_class: Literal["I", "II"] | None
    screenings: tuple[Screening, ...]
    findings: tuple[Finding, ...]
    density_t_m3: float | None
    waste_m3: float | None = None
    tonnage_t: float | None = None
    parts_t: Mapping[str, float] = field(default_factory=dict)

    def to_json(self, translate: Translate = _same) -> dict[str, Any]:
        """A plain dictionary; messages as sentences in the language of `translate`."""
        findings = [
            {**{k: getattr(f, k) for k in f.__dataclass_fields__ if k != "message"},
             "message": f.message.render(translate)} for f in self.findings
        ]  # fmt: skip
        return {
            **self.recipe.to_json(),
            "verdict": self.verdict,
            "waste_class": self.waste_class,
            "findings": findings,
            "screenings": [s.to_json(translate) for s in self.screenings],
            "mixture_density_t_m3": self.density_t_m3,
            "waste_m3": self.waste_m3,
            "tonnage_t": self.tonnage_t,
            "parts_t": dict(self.parts_t),
        }


def check_recipe(recipe: Recipe) -> None:
    """Raise Refused for shares that do not add up, a waste named twice, fewer than two parts, an unknown laying."""
    where = recipe.name
    if not recipe.name.strip():
        raise Refused("recipe.no_name", N_("a fill needs a name"), where=recipe.site)
    if recipe.laying not in LAYINGS:
        raise Refused("recipe.laying", N_("wastes are laid {known}"), where=where, known=", ".join(LAYINGS))
    names = [p.waste for p in recipe.parts]
    if len(names) < 2:
        raise Refused(
            "recipe.parts",
            N_("a fill of several wastes names at least two"),
            where=where,
            advice=N_("a single waste is screened by itself"),
        )
    twice = [n for n in dict.fromkeys(names) if names.count(n) > 1]
    if twice and recipe.laying != "layers":
        raise Refused("recipe.twice", N_("the waste {waste} stands twice"), where=where, waste=twice[0])
    total = sum(p.share for p in recipe.parts)
    wrong = next((p for p in recipe.parts if not p.share > 0), None)
    if wrong is not None:
        raise Refused(
            "recipe.share",
            N_("the share {share} of {waste} is not above 0"),
            where=where,
            share=f"{wrong.share:g}",
            waste=wrong.waste,
        )
    if abs(total - 1) > _SUM:
        raise Refused(
            "recipe.shares",
            N_("the shares add up to {total}, not to 1"),
            where=where,
            advice=N_("shares are of the dry mass: 0.6 and 0.4 for 60 % and 40 %"),
            total=f"{total:g}",
        )
    if recipe.density_t_m3 is not None and not 0.05 <= recipe.density_t_m3 <= 10:
        raise Refused("recipe.density", N_("a density of {density} t/m³ cannot be"), where=where,
                      density=f"{recipe.density_t_m3:g}")  # fmt: skip


def strictest(verdicts: Sequence[Verdict]) -> Verdict:
    """The verdict of a fill from those of its parts: a reject before a doubt, a doubt before an assessment."""
    return next(v for v in _STRICTEST if v in verdicts)


def recipe_class(classes: Sequence[Literal["I", "II"] | None]) -> Literal["I", "II"] | None:
    """Class II as soon as one part is; I only if all are."""
    if "II" in classes:
        return "II"
    return "I" if classes and all(c == "I" for c in classes) else None


def recipe_density(recipe: Recipe, densities: Mapping[str, float | None]) -> float | None:
    """The tested density, else 1/ρ = Σ sₖ/ρₖ of the parts (volumes.md section 3), t/m³; None where one is not known."""
    if recipe.density_t_m3 is not None:
        return recipe.density_t_m3
    shares: dict[str, float] = {}
    for part in recipe.parts:
        shares[part.waste] = shares.get(part.waste, 0.0) + part.share
    known = {w: d for w in shares if (d := densities.get(w)) is not None}
    return mixture_density(shares, known) if len(known) == len(shares) else None


def company(recipe: Recipe, kinds: Mapping[str, WasteKind], packs: Sequence[Pack]) -> tuple[Finding, ...]:
    """What the rules of check "mixture" say of these wastes together. `kinds` by waste code."""
    found = []
    for pack in packs:
        for rule in pack.rules:
            if rule.check != "mixture" or (rule.layings and recipe.laying not in rule.layings):
                continue
            pair = _pair(rule, recipe, kinds)
            if pair is None:
                continue
            title = Notice(rule.id, rule.title)
            one, other = pair
            message = Notice("screen.mixture", N_("{title}: {one} with {other}"), title=title, one=one, other=other)
            found.append(
                Finding(rule.id, "requires", None, None, None, None, None, rule.clause, rule.document, rule.confidence,
                        rule.consequence, message, title=rule.title, pack=pack.id)
            )  # fmt: skip
    return tuple(found)


def _pair(rule: Rule, recipe: Recipe, kinds: Mapping[str, WasteKind]) -> tuple[str, str] | None:
    """Two different wastes of the recipe that the rule is about; None if there are none."""
    wastes = tuple(dict.fromkeys(p.waste for p in recipe.parts))
    for one in wastes:
        for other in wastes:
            if one != other and _named(rule.kinds, kinds[one]) and _named(rule.with_kinds, kinds[other]):
                return one, other
    return None


def _named(names: Sequence[str], kind: WasteKind) -> bool:
    return not names or any(n == kind.key or (n.startswith("@") and n[1:] in kind.groups) for n in names)
