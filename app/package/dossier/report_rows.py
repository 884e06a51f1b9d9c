"""Rows of the report's tables that say the same, put together: a plan is read from front to back, a workbook is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.i18n import Translator
from app.words import RELATIONS
from models.notices import N_

Row = dict[str, str]
_MOST_CODES = 8
_MOST_APART = 12
"""Sites and control lines that lie apart are all listed as long as there are no more pairs than this."""
_APART = frozenset({"site", "waste", "value", "limit", "sample"})
"""What does not keep findings apart; value, limit and sample stand in the words of a finding."""


def few(codes: Sequence[str], every: Sequence[str], say: Translator) -> str:
    """Codes that fit a cell: "all 9" where they are all of `every`, the first of them where they are many."""
    if len(codes) > 3 and set(codes) == set(every):
        return say(N_("all {n}")).format(n=len(codes))
    if len(codes) <= _MOST_CODES:
        return ", ".join(codes)
    return say(N_("{first} and {n} more")).format(first=", ".join(codes[:3]), n=len(codes) - 3)


def merged(rows: Sequence[Mapping[str, str]], say: Translator) -> list[Row]:
    """Findings with the same words once; `pairs` says for which wastes at which sites, no pair lost or invented.

    Wastes at the same sites stand together; `site` and `waste` are all of both.
    """
    sites = list(dict.fromkeys(r["site"] for r in rows))
    wastes = list(dict.fromkeys(r["waste"] for r in rows))
    found: dict[tuple[str, ...], tuple[Mapping[str, str], dict[str, dict[str, None]]]] = {}
    for r in rows:
        words = tuple(v for k, v in r.items() if k not in _APART)
        found.setdefault(words, (r, {}))[1].setdefault(r["waste"], {})[r["site"]] = None
    made = []
    for r, where in found.values():
        groups: dict[tuple[str, ...], list[str]] = {}
        for waste, places in where.items():
            groups.setdefault(tuple(places), []).append(waste)
        text = say(N_("{wastes} at {sites}"))
        pairs = [text.format(wastes=few(w, wastes, say), sites=few(s, sites, say)) for s, w in groups.items()]
        every = dict.fromkeys(s for places in where.values() for s in places)
        made.append(
            {
                **r,
                "site": few(list(every), sites, say),
                "waste": few(list(where), wastes, say),
                "pairs": say(N_("; ")).join(pairs),
            }
        )
    return made


def near(rows: Sequence[Mapping[str, str]], say: Translator) -> tuple[list[Row], bool]:
    """Conflicts first, then what lies apart: all of it where it is little, else the nearest of each site.

    The second value is True where rows were left out.
    """
    apart = say(RELATIONS["clear"])
    meets = [dict(r) for r in rows if r["relation"] != apart]
    others = [dict(r) for r in rows if r["relation"] == apart]
    if len(others) <= _MOST_APART:
        return meets + others, False
    nearest: dict[str, Row] = {}
    for r in others:
        if r["site"] not in nearest or _metres(r) < _metres(nearest[r["site"]]):
            nearest[r["site"]] = r
    return meets + list(nearest.values()), len(nearest) < len(others)


def _metres(row: Mapping[str, str]) -> float:
    digits = "".join(c for c in row["distance"] if c.isdigit() or c == ".")
    return float(digits) if digits.strip(".") else float("inf")
