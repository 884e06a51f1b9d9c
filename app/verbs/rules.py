"""Rule packs: list, show, validate a file, run a table of cases."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from app.i18n import _
from app.verbs.overlay import RED_LINE
from app.verbs.waste import catalogue
from layers.registry import LAYERS
from models.errors import Missing, Refused, Unreadable
from models.notices import N_
from models.recipe import LAYINGS
from models.rule_agreement import check_agreement, check_names
from models.rule_cases import CaseResult, run_case
from models.rule_packs import parse_pack
from models.rules import Pack, Rule
from models.site_facts import ORIGINS
from resources import resource_path


@cache
def rule_packs() -> tuple[Pack, ...]:
    """The packs that the program brings, by id."""
    folder = resource_path("rules")
    packs = [parse_pack(p.read_text(encoding="utf8"), p.name) for p in sorted(folder.glob("*.toml"))]
    for pack in packs:
        check_names(pack, known_names())
    check_agreement(packs, groups=waste_groups())
    return tuple(packs)


@cache
def waste_groups() -> dict[str, tuple[str, ...]]:
    """The kinds of waste behind each group, written as rules write it ("@slag")."""
    groups: dict[str, tuple[str, ...]] = {}
    for kind in catalogue().values():
        for group in kind.groups:
            groups[f"@{group}"] = (*groups.get(f"@{group}", ()), kind.key)
    return groups


@cache
def known_names() -> dict[str, tuple[str, ...]]:
    """What the lists of a rule may name: kinds and groups of waste, control lines, land uses, origins, classes."""
    groups = {f"@{g}" for kind in catalogue().values() for g in kind.groups}
    return {
        "kinds": (*catalogue(), *sorted(groups)),
        "controls": (RED_LINE, *_choices("control_areas", "kind")),
        "land_uses": _choices("mine_pits", "land_use_after"),
        "origins": (*dict.fromkeys(ORIGINS.values()), "coal_goaf"),
        "classes": ("I", "II"),
        "layings": LAYINGS,
    }


def _choices(layer: str, name: str) -> tuple[str, ...]:
    field = LAYERS[layer].field_named(name)
    return tuple(c.value for c in field.choices) if field else ()


def shipped_text(pack_id: str) -> str:
    """The TOML of a pack that the program brings."""
    if pack_id not in _shipped_texts():
        raise Missing("rules.unknown_pack", N_("there is no rule pack {pack}"), pack=pack_id)
    return _shipped_texts()[pack_id]


@cache
def _shipped_texts() -> dict[str, str]:
    texts = {p.name: p.read_text(encoding="utf8") for p in sorted(resource_path("rules").glob("*.toml"))}
    return {parse_pack(text, name).id: text for name, text in texts.items()}


def chosen_packs(ids: Sequence[str] | None, packs: Sequence[Pack] | None = None) -> list[Pack]:
    """Of `packs` (None: those that the program brings) the ones with these ids, all for None.

    Raises Missing, naming those there are.
    """
    there = rule_packs() if packs is None else packs
    known = {p.id: p for p in there}
    for wanted in ids or ():
        if wanted not in known:
            raise Missing(
                "rules.unknown_pack",
                N_("there is no rule pack {pack}"),
                advice=N_("known: {known}"),
                pack=wanted,
                known=", ".join(known),
            )
    return [known[i] for i in dict.fromkeys(ids)] if ids else list(there)


def show_pack(pack: Pack) -> dict[str, Any]:
    """A pack as a document: its head and every rule with what is set, titles in the reader's language."""
    head = {k: v for k, v in asdict(pack).items() if k != "rules"}
    return {**head, "title": _(pack.title), "rules": [_shown(r) for r in pack.rules]}


def _shown(rule: Rule) -> dict[str, Any]:
    plain = {k: v for k, v in asdict(rule).items() if v not in ("", (), None, False) and k != "line"}
    limit = plain.get("limit")
    if isinstance(limit, tuple):
        plain["limit"] = f"{limit[0]:g}-{limit[1]:g}"
    return {**plain, "title": _(rule.title), "parameter": ", ".join(rule.parameters)}


def validate_file(path: Path) -> Pack:
    """The pack of a file. Raises Missing or Unreadable for the file, Refused with the line of the first mistake."""
    pack = parse_pack(read_text(Path(path)), Path(path).name)
    check_names(pack, known_names(), Path(path).name)
    check_agreement([pack], Path(path).name, waste_groups())
    return pack


def test_file(path: Path, packs: Sequence[Pack]) -> list[CaseResult]:
    """Run a CSV of cases (columns: models/rule_cases.py) against `packs`.

    Raises Missing or Unreadable for the file, Refused for a column or a word that no case can have.
    """
    rows = list(csv.DictReader(io.StringIO(read_text(Path(path)), newline="")))
    if not rows:
        raise Refused("cases.empty", N_("there are no cases"), where=str(path))
    return [run_case(row, number, packs, catalogue(), str(path)) for number, row in enumerate(rows, 2)]


def read_text(path: Path) -> str:
    """A UTF-8 text file. Raises Missing, Unreadable."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as cause:
        raise Missing("file.missing", N_("there is no such file"), where=str(path)) from cause
    except UnicodeDecodeError as cause:
        raise Unreadable(
            "file.not_utf8", N_("the text is not UTF-8"), where=str(path), advice=N_("save it as UTF-8")
        ) from cause
    except OSError as cause:
        raise Unreadable("file.unreadable", N_("the file cannot be read"), where=str(path)) from cause
