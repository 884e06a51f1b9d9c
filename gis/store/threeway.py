"""Decides row by row what a merge does: three states of each cell in, changes to make and conflicts out.

Pure: it reads no file. What an earlier merge of the same copy saw of a cell takes the place of the ancestor.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from gis.store.ancestors import UNSURE, Pair
from gis.store.cells import Cells, Ref, digest
from gis.store.tables import GEOMETRY_COLUMN, LINKS, TABLES
from models.merging import ConflictKind, Take

Key = tuple[str, str]
GONE = "deleted"
Seen = Mapping[str, Any]
"""What earlier merges saw of a row: digest by cell, or GONE; by "table/uid"."""
Op = Literal["keep", "insert", "update", "delete"]


@dataclass
class Decision:
    """What is to become of one row: `values` are the copy's cells to take over."""

    pair: Pair
    op: Op = "keep"
    values: Cells = field(default_factory=dict)
    conflicts: list[Clash] = field(default_factory=list)
    news: dict[str, str] | str | None = None
    """What of the copy's row is new since the ancestor: to be remembered as seen."""
    mine_changed: bool = False
    """True if the project's own row is new or changed since the ancestor."""


@dataclass
class Clash:
    """A conflict before it has a name. `cells`: the columns it is about, none for the whole row."""

    kind: ConflictKind
    cells: tuple[str, ...] = ()
    below: list[Key] = field(default_factory=list)


def decide(pair: Pair, seen: Seen) -> Decision:
    """The decision on one row, looked at alone."""
    before = seen.get(f"{pair.table}/{pair.uid}")
    made = Decision(pair)
    mine, theirs = pair.mine_cells, pair.theirs_cells
    if theirs is None:
        _theirs_gone(made, before)
    elif mine is None:
        _mine_gone(made, before)
    else:
        _both(made, mine, theirs, before)
    return made


def _changed(name: str, value: Any, base: Cells | None, before: Any) -> bool:
    if isinstance(before, dict) and name in before:
        return bool(digest(value) != before[name])
    if base is None:
        return True
    known = base.get(name)
    return known is UNSURE or known != value


def _any_changed(state: Cells, base: Cells | None, before: Any) -> bool:
    return any(_changed(n, v, base, before) for n, v in state.items() if base is None or n in base)


def _theirs_gone(made: Decision, before: Any) -> None:
    known = made.pair.base is not None or isinstance(before, dict)
    mine = made.pair.mine_cells or {}
    made.mine_changed = not known or before == GONE or _any_changed(mine, made.pair.base, before)
    if not known or before == GONE:
        return  # mine alone has it; or its end was seen before
    made.news = GONE
    if made.mine_changed:
        made.conflicts.append(Clash("deleted_there"))
    made.op = "delete"


def _mine_gone(made: Decision, before: Any) -> None:
    theirs = made.pair.theirs_cells or {}
    known = made.pair.base is not None or isinstance(before, dict)
    if known and not _any_changed(theirs, made.pair.base, before):
        return  # deleted here, untouched there
    if before == GONE:
        return
    made.news = {n: digest(v) for n, v in theirs.items()}
    made.op, made.values = "insert", dict(theirs)
    if known:
        made.conflicts.append(Clash("deleted_here"))


def _both(made: Decision, mine: Cells, theirs: Cells, before: Any) -> None:
    base = made.pair.base
    names = [n for n in theirs if n in mine or n.startswith("settings.")]
    names += [n for n in mine if n.startswith("settings.") and n not in theirs]
    new = [n for n in names if _changed(n, theirs.get(n), base, before)]
    made.news = {n: digest(theirs.get(n)) for n in new} or None
    open_ = [n for n in new if mine.get(n) != theirs.get(n)]
    mine_new = {n for n in names if _changed(n, mine.get(n), base, before)}
    made.mine_changed = bool(mine_new)
    if not open_:
        return
    whole = "record" in TABLES[made.pair.table].json  # its columns repeat what the record says: they stay together
    clashing = [n for n in open_ if n in mine_new]
    if whole and any(mine.get(n) != theirs.get(n) for n in mine_new):
        made.conflicts.append(Clash("record", tuple(n for n in names if mine.get(n) != theirs.get(n))))
    else:
        made.conflicts += [Clash("outline" if n == GEOMETRY_COLUMN else "field", (n,)) for n in clashing]
    made.values = {n: theirs.get(n) for n in open_}
    made.op = "update"


# Rows that belong to a row


def parents(table: str, state: Cells | None) -> list[Key]:
    """The rows to which a row belongs."""
    if state is None:
        return []
    found: list[Key] = []
    for link in LINKS:
        value = state.get(link.child_column)
        if link.child != table or value is None:
            continue
        if isinstance(value, Ref):
            if link.parent_column != "uid":
                found.append((link.parent, value.uid))
        elif link.parent_column == "uid":
            found.append((link.parent, str(value)))
    return found


def gather(decisions: Mapping[Key, Decision]) -> None:
    """Join what hangs together: a row that one side deleted and what the other changed or added below it."""
    for key, made in decisions.items():
        pair = made.pair
        if pair.mine_cells is None and made.op == "insert":
            owner = _owner(decisions, parents(pair.table, pair.theirs_cells), gone_here=True)
            kind: ConflictKind = "deleted_here"
        elif pair.mine_cells is not None and made.mine_changed:
            owner = _owner(decisions, parents(pair.table, pair.mine_cells), gone_here=False)
            kind = "deleted_there"
        else:
            continue
        if owner is None:
            continue
        if kind == "deleted_here" or pair.theirs_cells is None:
            made.conflicts = []
        if not any(c.kind == kind for c in owner.conflicts):
            owner.conflicts = [Clash(kind)]
            owner.op = "insert" if kind == "deleted_here" else "delete"
            owner.values = dict(owner.pair.theirs_cells or {})
        next(c for c in owner.conflicts if c.kind == kind).below.append(key)


def _owner(decisions: Mapping[Key, Decision], above: Iterable[Key], *, gone_here: bool) -> Decision | None:
    for key in above:
        made = decisions.get(key)
        if made is None:
            continue
        mine, theirs = made.pair.mine_cells, made.pair.theirs_cells
        if gone_here and mine is None and theirs is not None and (made.op == "keep" or made.conflicts):
            return made  # deleted here, and not simply new there
        if not gone_here and theirs is None and made.op == "delete":
            return made
    return None


def take(decisions: Mapping[Key, Decision], made: Decision, clash: Clash, side: Take) -> None:
    """Carry out what a person decided on one conflict."""
    if clash.kind in {"deleted_here", "deleted_there"}:
        if side == "mine":
            made.op, made.values = "keep", {}
        _below(decisions, made, clash, side)
    elif side == "mine":
        for name in clash.cells:
            made.values.pop(name, None)
        if not made.values:
            made.op = "keep"
    elif clash.kind == "record":
        made.values = {n: (made.pair.theirs_cells or {}).get(n) for n in clash.cells}


def _below(decisions: Mapping[Key, Decision], owner: Decision, clash: Clash, side: Take) -> None:
    own = (owner.pair.table, owner.pair.uid)
    for made in decisions.values():
        pair = made.pair
        if clash.kind == "deleted_here" and pair.mine_cells is None:
            if own in parents(pair.table, pair.theirs_cells):
                # Back with the row, or gone with it.
                made.op = "insert" if side == "theirs" else "keep"
                made.values = dict(pair.theirs_cells or {}) if side == "theirs" else {}
        elif (
            clash.kind == "deleted_there" and pair.theirs_cells is None and own in parents(pair.table, pair.mine_cells)
        ):
            made.op = "delete" if side == "theirs" else "keep"
