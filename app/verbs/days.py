"""A day that something was found or stated on."""

from __future__ import annotations

from datetime import date

from models.errors import Refused
from models.notices import N_


def past_day(text: str, where: str, subject: str) -> str:
    """The day as it was written. Raises Refused (`subject`.date, `subject`.future) for none and for one to come."""
    try:
        day = date.fromisoformat(text)
    except ValueError as cause:
        raise Refused(
            f"{subject}.date", N_("{date} is no date"), where=where, advice=N_("write it as 2026-11-26"), date=text
        ) from cause
    if day > date.today():  # noqa: DTZ011 - a day on the user's own calendar
        raise Refused(f"{subject}.future", N_("the date {date} lies in the future"), where=where, date=text)
    return text
