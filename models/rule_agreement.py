"""Rules that do not go together, or name what there is not: within a pack and between packs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches

from models.errors import Refused
from models.notices import N_
from models.rules import Pack, Rule


def check_agreement(
    packs: Iterable[Pack], filename: str = "", groups: Mapping[str, Collection[str]] | None = None
) -> None:
    """Refuse two rules with one id, and two limits for one case, within a pack and between packs.

    One case is the same parameter by the same test with the same consequence for overlapping kinds of waste, classes,
    land uses and pH bands. `groups` tells the kinds behind a name as "@slag"; without it such a name stands for itself.
    """
    ids: dict[tuple[str, str], Rule] = {}
    cases: dict[tuple[str, str, str, str], list[tuple[Pack, Rule]]] = {}
    for pack in packs:
        for rule in pack.rules:
            place = f"{filename or pack.id}:{rule.line} {rule.id}"
            if (pack.id, rule.id) in ids:
                raise Refused("rules.twice", N_("the rule {rule} stands twice"), where=place, rule=rule.id)
            ids[pack.id, rule.id] = rule
            if rule.check != "limit":
                continue
            for parameter in rule.parameters:
                case = (parameter, rule.medium, rule.consequence, _side(rule))
                for other_pack, other in cases.get(case, []):
                    if _overlap(rule, other, groups or {}):
                        raise Refused(
                            "rules.contradiction",
                            N_("{rule} and {other} set limits for the same case ({parameter})"),
                            where=place,
                            rule=rule.id,
                            other=f"{other_pack.id} {other.id}",
                            parameter=parameter,
                            advice=N_("keep one of them, or tell their kinds of waste apart"),
                        )
                cases.setdefault(case, []).append((pack, rule))


def check_names(pack: Pack, known: Mapping[str, Collection[str]], filename: str = "") -> None:
    """Refuse names that nothing carries: a rule for a misspelt kind of waste would never apply, in silence.

    `known` lists the names by field: kinds (with "@group"), controls, land_uses, origins, classes.
    """
    for rule in pack.rules:
        routed = [k for r in rule.routes for k in r.kinds]
        used = {
            "kinds": {*rule.kinds, *rule.exempt_kinds, *rule.missing_kinds, *rule.with_kinds, *routed},
            "layings": {*rule.layings},
            "controls": {*rule.controls},
            "land_uses": {*rule.land_uses},
            "origins": {o for r in rule.routes for o in r.origins},
            "classes": {*rule.classes},
        }
        for field, names in used.items():
            for name in sorted(names - set(known[field])):
                raise Refused(
                    "rules.unknown_name",
                    N_("{name} is none of the {field} there are"),
                    where=f"{filename or pack.id}:{rule.line} {rule.id}",
                    advice=N_("known: {known}"),
                    name=name,
                    field=field,
                    known=", ".join(get_close_matches(name, known[field], 5, 0.5) or known[field]),
                )


def _side(rule: Rule) -> str:
    return {"<=": "upper", "<": "upper", "not_detected": "upper", ">=": "lower", ">": "lower"}.get(
        rule.comparator, "range"
    )


def _kinds(rule: Rule, groups: Mapping[str, Collection[str]]) -> set[str]:
    return {kind for name in rule.kinds for kind in groups.get(name, (name,))}


def _overlap(one: Rule, other: Rule, groups: Mapping[str, Collection[str]]) -> bool:
    if one.classes and other.classes and not set(one.classes) & set(other.classes):
        return False
    if one.land_uses and other.land_uses and not set(one.land_uses) & set(other.land_uses):
        return False
    if one.ph and other.ph and (one.ph[1] <= other.ph[0] or other.ph[1] <= one.ph[0]):
        return False
    return not one.kinds or not other.kinds or bool(_kinds(one, groups) & _kinds(other, groups))
