"""How the parts of a check say what they found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from gis.store.tables import table_word
from models.notices import N_, Notice
from models.problems import Problem, Severity

_EACH = 20
"""Rows of one kind that are named one by one; the rest is counted, so that a report stays readable."""


def problem(key: str, severity: Severity, text: str, table: str = "", fid: int | None = None, **facts: Any) -> Problem:
    """One finding, its table named as people call it."""
    return Problem(key, severity, Notice(key, text, table=table_word(table), fid=fid, **facts), table, fid)


def listed(rows: list[Any], make: Callable[[Any], Problem]) -> Iterator[Problem]:
    """One problem a row for the first rows; one more that counts the others."""
    for row in rows[:_EACH]:
        yield make(row)
    if len(rows) > _EACH:
        first = make(rows[_EACH])
        more = Notice(first.key, N_("{count} more of this kind: {first}"), count=len(rows) - _EACH, first=first.message)
        yield Problem(first.key, first.severity, more, first.table)


def maker(key: str, severity: Severity, text: str, table: str, *names: str, **facts: Any) -> Callable[[Any], Problem]:
    """Makes a problem of a row of a query: fid, then the facts called `names`."""

    def make(row: Any) -> Problem:
        return problem(key, severity, text, table, row[0], **facts, **dict(zip(names, row[1:], strict=False)))

    return make
