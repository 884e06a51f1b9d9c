"""Which surveys may be compared: never one with itself; other datums or kinds only when somebody confirmed it."""

from __future__ import annotations

from models.comparison import ComparisonRequest
from models.errors import Refused
from models.notices import N_, Notice
from models.terrain import Terrain


def check_surveys(before: Terrain, after: Terrain, request: ComparisonRequest, code: str) -> tuple[Notice, ...]:
    """What must be said of the two. Raises Refused where they cannot be compared as they are."""
    _check_request(request, code)
    if before.name == after.name or before.sha256 == after.sha256:
        raise Refused(
            "progress.same_terrain",
            N_("{before} and {after} are the same terrain: there is nothing to compare"),
            where=code,
            advice=N_("name two surveys of different dates"),
            before=before.name,
            after=after.name,
        )
    return (*_kinds(before, after, request, code), *_datums(before, after, request, code), *_dates(before, after))


def _check_request(request: ComparisonRequest, code: str) -> None:
    if not 0 < request.max_slope_deg <= 90:
        raise Refused(
            "progress.slope",
            N_("the steepest slope of stable ground is {slope:g}°; it lies between 0 and 90"),
            where=code,
            advice=N_("20 is usual"),
            slope=request.max_slope_deg,
        )


def _kinds(before: Terrain, after: Terrain, request: ComparisonRequest, code: str) -> list[Notice]:
    if before.kind == after.kind:
        if before.kind != "dsm":
            return []
        text = N_("both surveys are surface models: plants, buildings and machines count as change")
        return [Notice("progress.surface_models", text)]
    dsm = before if before.kind == "dsm" else after
    dtm = after if dsm is before else before
    if not request.confirm_kind:
        raise Refused(
            "progress.kinds_differ",
            N_("{dsm} is a surface model and {dtm} a ground model: plants and buildings would count as volume"),
            where=code,
            advice=N_("compare surveys of one kind, or confirm it with --confirm-kind where the ground is bare"),
            dsm=dsm.name,
            dtm=dtm.name,
        )
    text = N_("{dsm} is a surface model and {dtm} a ground model; that this does no harm was confirmed by the user")
    return [Notice("progress.kinds_confirmed", text, dsm=dsm.name, dtm=dtm.name)]


def _datums(before: Terrain, after: Terrain, request: ComparisonRequest, code: str) -> list[Notice]:
    a, b = before.vertical_datum, after.vertical_datum
    if not a or not b:
        text = N_("the height datum of {names} is not stated; a difference of datums would look like a change")
        names = ", ".join(t.name for t in (before, after) if not t.vertical_datum)
        return [Notice("progress.datum_unknown", text, names=names)]
    if _plain(a) == _plain(b):
        return []
    if not request.confirm_datum:
        raise Refused(
            "progress.datums_differ",
            N_(
                "the heights of {before} refer to “{a}”, those of {after} to “{b}”: they may differ by centimetres or "
                "by tens of metres"
            ),
            where=code,
            advice=N_("convert one of them first, or confirm it with --confirm-datum and look at the offset"),
            before=before.name,
            after=after.name,
            a=a,
            b=b,
        )
    text = N_("the heights refer to “{a}” and “{b}”; that they are compared all the same was confirmed by the user")
    return [Notice("progress.datums_confirmed", text, a=a, b=b)]


def _plain(name: str) -> str:
    return "".join(name.casefold().split())


def _dates(before: Terrain, after: Terrain) -> list[Notice]:
    a, b = before.surveyed_on, after.surveyed_on
    if not a or not b or b[:10] >= a[:10]:
        return []
    text = N_("{after} ({b}) was surveyed before {before} ({a}): placed and removed may be the wrong way round")
    return [Notice("progress.dates", text, before=before.name, after=after.name, a=a[:10], b=b[:10])]
