"""The head of a table: names in two rows, several pairs of coordinates beside each other, words that name a system."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from gis.formats.angles import are_units, unit_of
from gis.formats.columns import Columns, axis_of, find, plain
from gis.formats.said_systems import speaks_of_cgcs2000, speaks_of_older, system_words
from models.errors import Refused
from models.notices import N_, Notice

__all__ = ["are_units", "complete", "notes_below", "refuse_blocks", "with_units", "words_of"]


def _text(cell: Any) -> str:
    return str(cell).strip() if isinstance(cell, str) else ""


def _filled(cells: Sequence[Any]) -> list[str]:
    return [t for c in cells if (t := _text(c))]


def complete(cells: list[Any], above: list[list[Any]], warnings: list[Notice], hidden: Collection[int] = ()) -> Columns:
    """The columns by the row that names coordinates and what stands above it.

    A column without a name there has that of the row above (cells merged downwards). Of several pairs of coordinates
    the one that is said to be in CGCS2000 counts, else the first that is not said to be in an older system; one in
    `hidden` columns only where there is no other.
    """
    names = list(cells)
    if above and len(_filled(above[-1])) > 1:
        upper = above[-1]
        names += [None] * (len(upper) - len(names))
        names = [
            n if _text(n) or n not in {None, ""} else (upper[i] if i < len(upper) else None)
            for i, n in enumerate(names)
        ]
    made = find(names)
    pairs = _pairs(made)
    if len(pairs) > 1:
        pairs = [p for p in pairs if not any(at in hidden for at in p)] or pairs
        _choose(made, pairs, above, warnings)
    return made


def with_units(columns: Columns, units: list[Any]) -> Columns:
    """The columns with the units of a row below the head: 经度, 度 is 经度(度); merged headings go on to the right."""
    names: list[str] = []
    last = ""
    for i in range(max(len(columns.head), len(units))):
        name = columns.head[i] if i < len(columns.head) else ""
        unit = _text(units[i]) if i < len(units) else ""
        last = name or (last if unit else "")
        names.append(f"{last}({unit})" if unit else name)
    return find(names)


def _pairs(columns: Columns) -> list[tuple[int, int]]:
    if columns.pair is None:
        return []
    a, b = columns.axes
    axes = [axis_of(n) if not unit_of(n) else "" for n in columns.head]
    return list(zip((i for i, x in enumerate(axes) if x == a), (i for i, x in enumerate(axes) if x == b), strict=False))


def _over(above: list[list[Any]], at: int) -> list[str]:
    """What stands above a column in rows of several headings; a heading goes on to the right until the next one."""
    found = []
    for row in above:
        if len(_filled(row)) > 1:
            before = [t for c in row[: at + 1] if (t := _text(c))]
            found += before[-1:]
    return found


def _own(columns: Columns, pair: tuple[int, int], above: list[list[Any]]) -> str:
    return " ".join(t for at in pair for t in (columns.head[at], *_over(above, at)))


def _choose(columns: Columns, pairs: list[tuple[int, int]], above: list[list[Any]], warnings: list[Notice]) -> None:
    said = [_own(columns, p, above) for p in pairs]
    known = [i for i, s in enumerate(said) if speaks_of_cgcs2000(s)]
    fit = [i for i, s in enumerate(said) if not speaks_of_older(s)]
    chosen = (known or fit or [0])[0]
    columns.pair = pairs[chosen]
    if len(pairs) == 1:
        return
    text = N_("{count} pairs of columns hold coordinates; columns {first} and {second} were taken ({said})")
    first, second = (at + 1 for at in columns.pair)
    warnings.append(
        Notice("table.pairs", text, count=len(pairs), first=first, second=second, said=said[chosen][:80])
    )  # fmt: skip


def refuse_blocks(columns: Columns, where: str) -> None:
    """Raises Refused for a table that goes on in columns beside it: 点号 X Y 点号 X Y."""
    names = [plain(n) for n in columns.head]
    while names and not names[-1]:
        names.pop()
    for width in range(3, len(names) // 2 + 1):
        if len(names) % width == 0 and names == names[:width] * (len(names) // width) and all(names[:width]):
            raise Refused(
                "table.blocks",
                N_("the table goes on beside itself: columns {first} to {last} repeat the names of the first ones"),
                where=where,
                advice=N_("put the rows of the second block below those of the first and import again"),
                first=width + 1,
                last=len(names),
            )


def words_of(columns: Columns, above: list[list[Any]], more: Sequence[str]) -> str:
    """What titles, headings and `more` texts (name of the sheet) say of the system of the columns that are taken."""
    pair = columns.pair or (columns.corners[0] if columns.corners else None)
    own = _own(columns, pair, above) if pair is not None else ""
    titles = [*more]
    for row in above:
        said = _filled(row)
        several = len(said) > 1 and any(map(speaks_of_older, said)) and any(map(speaks_of_cgcs2000, said))
        titles += [] if several else said  # headings of several systems count for their columns alone
    if speaks_of_cgcs2000(own) and not speaks_of_older(own):
        titles = [t for t in titles if not speaks_of_older(t)]
    return system_words([own, *titles])


def notes_below(columns: Columns, rows: list[tuple[int, list[Any]]]) -> list[str]:
    """Texts of rows that have nothing in the columns of coordinates: remarks and sums below a table."""
    places = {*(columns.pair or ()), *(i for pair in columns.corners for i in pair)}
    if columns.shape is not None or not places:
        return []
    return [
        t
        for _, cells in rows
        if not any(i < len(cells) and cells[i] not in {None, ""} for i in places)
        for t in _filled(cells)
    ]
