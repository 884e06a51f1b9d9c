"""Edits of a site's rim by hand: list, add, remove; kept in the project and undone like any row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.project import Project
from gis.rim_edits import Stretch, about, between, find, rings_of
from gis.store import rim_edit_values
from models.changes import Delete, Insert
from models.errors import Missing, Refused
from models.notices import N_, Notice
from models.rim_edit import ACTION_WORDS, RimAction, RimEdit
from models.site import Site

Place = tuple[float, float]


@dataclass(frozen=True)
class RimRow:
    """A rim edit as a list shows it. `number` counts from 1 in the order in which edits apply.

    `stretch` is where it lies on the outline as it is now, None where it does not lie on it any more.
    """

    number: int
    fid: int
    edit: RimEdit
    stretch: Stretch | None

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary with the present length of the stretch."""
        values = self.edit.to_json()
        values.pop("uid")
        length = self.stretch.length if self.stretch is not None else None
        return {"number": self.number, **values, "on_outline": self.stretch is not None, "length_now_m": length}


@dataclass(frozen=True)
class Where:
    """A stretch as people give it: two places near the outline (`other_way`: the longer way), or one and a length."""

    first: Place | None = None
    second: Place | None = None
    other_way: bool = False
    middle: Place | None = None
    length_m: float | None = None


def rim_edits(project: Project, code: str) -> list[RimRow]:
    """The edits of a site's rim in their order. Raises Missing for an unknown site."""
    site = project.store.site(code)
    rows = project.store.rim_edits(site.uid)
    return [RimRow(n, fid, edit, find(site.outline, edit)) for n, (fid, _, edit) in enumerate(rows, 1)]


def add_rim_edit(
    project: Project, code: str, action: RimAction, where: Where, *, value_m: float | None = None, remarks: str = ""
) -> RimRow:
    """One more edit, as one step. `value_m`: metres for raise and lower, elevation for set, None for leave_out.

    Raises Missing (site) or Refused: a place that is not near the outline, a stretch without length, a value that does
    not fit.
    """
    site = project.store.site(code)
    _check_value(action, value_m, code)
    stretch = _stretch(site, where)
    if action == "leave_out" and stretch.whole and len(rings_of(site.outline)) == 1:
        raise Refused(
            "rim.all_left_out",
            N_("this would leave out the whole rim"),
            where=code,
            advice=N_("give a shorter stretch"),
        )
    (x1, y1), (x2, y2) = stretch.ends
    edit = RimEdit(action, x1, y1, x2, y2, stretch.length, value_m, remarks)
    label = Notice(
        "rim.add",
        N_("rim of {code}: {length:.1f} m {action}"),
        code=code,
        length=stretch.length,
        action=Notice("rim.action", ACTION_WORDS[action]),
    )
    project.store.transact(label, [Insert("rim_edits", rim_edit_values(edit, site))])
    return rim_edits(project, code)[-1]


def _check_value(action: RimAction, value: float | None, code: str) -> None:
    low, high = (-1000.0, 10_000.0) if action == "set" else (0.001, 1000.0)
    if action != "leave_out" and (value is None or not low <= value <= high):
        raise Refused(
            "rim.value",
            N_("{action} needs a number of metres between {low:g} and {high:g}"),
            where=code,
            advice=N_("give the change of height with --by, the height itself with --level"),
            action=action,
            low=low,
            high=high,
        )


def _stretch(site: Site, where: Where) -> Stretch:
    if where.first is not None and where.second is not None and where.middle is None:
        return between(site.outline, where.first, where.second, site.code, other_way=where.other_way)
    if where.middle is not None and where.length_m is not None and where.first is where.second is None:
        return about(site.outline, where.middle, where.length_m, site.code)
    raise Refused(
        "rim.no_stretch",
        N_("which stretch of the rim is not said"),
        where=site.code,
        advice=N_("give two places with --from and --to, or its middle with --at and its length with --length"),
    )


def remove_rim_edits(project: Project, code: str, numbers: Sequence[int] | None) -> list[RimRow]:
    """Take back the edits with these numbers (None: all), as one step; returns what they were.

    Raises Missing for an unknown site or number; nothing changes then.
    """
    rows = rim_edits(project, code)
    known = {r.number: r for r in rows}
    for number in numbers or ():
        if number not in known:
            raise Missing(
                "rim.unknown",
                N_("the rim has no edit {number}"),
                where=code,
                advice=N_("rim list shows them; there are {count}"),
                number=number,
                count=len(rows),
            )
    chosen = rows if numbers is None else [known[n] for n in dict.fromkeys(numbers)]
    if chosen:
        label = Notice("rim.remove", N_("rim of {code}: {n} edits taken back"), code=code, n=len(chosen))
        project.store.transact(label, [Delete("rim_edits", r.fid) for r in chosen])
    return chosen
