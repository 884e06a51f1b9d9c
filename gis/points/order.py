"""Which of two coordinates is the easting: stated, by the format or the names, else by what is plausible. Said."""

from __future__ import annotations

from dataclasses import dataclass

import pyproj

from gis.axis_order import Order, plausible
from gis.crs_guess import Bounds
from gis.points.base import RawPoints
from models.errors import Refused
from models.notices import N_, Notice


@dataclass(frozen=True)
class Decided:
    """The order and the sentence that tells it and why."""

    order: Order
    said: Notice


def decide_order(
    raw: RawPoints,
    *,
    stated: Order | None,
    crs: pyproj.CRS | None,
    project_crs: pyproj.CRS,
    neighbours: Bounds | None,
    where: str,
) -> Decided:
    """The order of the two coordinates of `raw`. `crs` is what was stated for the file, None if nothing was.

    Raises Refused where format or names contradict the values, or where both orders are possible or none.
    """
    if stated is not None:
        return Decided(stated, _said(stated, Notice("order.stated", N_("as --order states"))))
    evidence = plausible(raw.first, raw.second, crs, project_crs, neighbours)
    if raw.declared is not None:
        other: Order = "ne" if raw.declared == "en" else "en"
        if evidence is not None and evidence[0] == other:
            raise Refused(
                "points.order_contradicts",
                N_("{basis}: so {said}; but by the values {other}, because {reason}"),
                where=where,
                advice=N_("state which coordinate stands first: --order en (easting) or --order ne (northing)"),
                basis=raw.basis,
                said=_first(raw.declared),
                other=_first(other),
                reason=evidence[1],
            )
        return Decided(raw.declared, _said(raw.declared, raw.basis))
    if evidence is None:
        raise Refused(
            "points.order_unknown",
            N_("whether {a:.3f}, {b:.3f} is easting, northing or northing, easting cannot be told"),
            where=where,
            advice=N_("state which coordinate stands first: --order en (easting) or --order ne (northing)"),
            a=float(raw.first[0]),
            b=float(raw.second[0]),
        )
    return Decided(evidence[0], _said(*evidence))


def _first(order: Order) -> Notice:
    if order == "en":
        return Notice("order.en", N_("the easting stands first"))
    return Notice("order.ne", N_("the northing stands first"))


def _said(order: Order, reason: Notice) -> Notice:
    return Notice("points.order", N_("{first} ({reason})"), first=_first(order), reason=reason)
