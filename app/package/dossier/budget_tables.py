"""What stands behind the volumes of the package: the other surfaces, the other methods, and each interval's parts."""

from __future__ import annotations

from app.i18n import Translator
from app.package.dossier.record import PackageRecord, SiteRecord
from app.package.dossier.table import Column, Table, Value, one_line, table
from app.words import CAUSES, basis_words
from gis.uncertainty import K
from models.earthwork import METHOD_WORDS
from models.estimate import INTERVAL_PARTS, SPANNED_PART, Estimate
from models.notices import N_
from models.surface_names import alternative_words, reference_words

_PARTS = (*INTERVAL_PARTS, SPANNED_PART)
_METHODS = ("tin", "grid", "sections")
_CODE, _NAME = Column(N_("code"), wide=12), Column(N_("name"), wide=22)


def alternatives(record: PackageRecord, say: Translator) -> Table:
    """Each site's volume by every surface that it can have, the chosen one first."""
    columns = (
        _CODE,
        _NAME,
        Column(N_("reference surface"), wide=24),
        Column(N_("chosen"), wide=8),
        Column(N_("volume"), "m³", "number", 1, 16),
        Column(N_("difference"), "m³", "number", 1, 14),
        Column(N_("difference"), "%", "number", 1, 10),
        Column(N_("remarks"), wide=40),
    )
    rows: list[tuple[Value, ...]] = []
    for s in record.sites:
        if (e := s.estimate) is None:
            continue
        own = body(s, e)
        chosen = reference_words(e.reference.key, e.reference.parameters, say, fills=s.site.fills)
        rows.append((s.code, one_line(s.site.name), chosen, say(N_("yes")), own, *[None] * 3))
        for other in e.alternatives:
            by = None if other.fill_m3 is None else other.fill_m3 - own
            share = None if by is None or own <= 0 else 100 * by / own
            reason = other.reason.render(say) if other.reason else ""
            rows.append(
                (
                    s.code,
                    one_line(s.site.name),
                    alternative_words(other.key, e.request.parameters, say, fills=s.site.fills),
                    "",
                    other.fill_m3,
                    by,
                    share,
                    reason,
                )
            )
    note = say(N_("the volume is the fill of a pit, the heap of a stockpile; the choice of the surface is no error"))
    return table("alternatives", say(N_("Volumes by all reference surfaces")), columns, rows, note=note)


def uncertainty(record: PackageRecord, say: Translator) -> Table:
    """How sure each volume and tonnage is: its interval, the parts, the figures of the terrain, the other methods."""
    high = "m"
    columns = (
        _CODE,
        _NAME,
        Column(N_("volume"), "m³", "number", 1, 16),
        Column(N_("± 95 %"), "m³", "number", 1, 14),
        *(Column(CAUSES[k], "± m³", "number", 1, 14) for k in _PARTS),
        Column(N_("tonnage absorbed, dry"), "t", "number", 1, 16),
        Column(N_("± 95 %"), "t", "number", 1, 14),
        Column(N_("density, 1σ"), "%", "number", 1, 10),
        Column(N_("σz of the terrain"), high, "number", 2, 10),
        Column(N_("errors hang together over"), high, "number", 0, 12),
        Column(N_("σxy of the outline"), high, "number", 2, 10),
        Column(N_("all heights off together, 1σ"), high, "number", 2, 12),
        Column(N_("who says so"), wide=28),
        *(Column(METHOD_WORDS[k], "%", "number", 2, 12) for k in _METHODS),
    )
    rows: list[tuple[Value, ...]] = []
    for s in record.sites:
        if (e := s.estimate) is None:
            continue
        interval, errors = e.interval95, e.terrain.errors
        density = interval.parts.get("density_share") if e.tonnage_t is not None else None
        figures = (errors.sigma_z_m, errors.range_m, errors.sigma_xy_m, errors.bias_m) if errors else (None,) * 4
        other = {c.method: c.difference_percent for c in e.checks or (e.check,)}
        rows.append((
            s.code, one_line(s.site.name), body(s, e), interval.fill_m3,
            *(_half(interval.parts.get(k)) for k in _PARTS),
            e.tonnage_t, interval.tonnage_t, None if density is None else 100 * density, *figures,
            basis_words(errors.basis, say) if errors else "", *(other.get(k) for k in _METHODS),
        ))  # fmt: skip
    note = say(N_("the parts are half widths at 95 % (k = 2) and add up by squares; empty: not stated, not quantified"))
    return table("uncertainty", say(N_("How sure the volumes are")), columns, rows, note=note)


def body(s: SiteRecord, e: Estimate) -> float:
    """The volume that matters, m³: the fill of a pit, the heap of a stockpile."""
    return e.fill_m3 if s.site.fills else e.cut_m3


def _half(sigma: float | None) -> float | None:
    return None if sigma is None else K * sigma
