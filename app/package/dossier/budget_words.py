"""What stands behind a site's volume, in sentences of the plan: other surfaces, and its interval's causes."""

from __future__ import annotations

from app import format as fmt
from app.i18n import Translator
from app.package.dossier.record import SiteRecord
from app.words import basis_words, cause_words
from models.estimate import Estimate
from models.notices import N_
from models.surface_names import alternative_words
from models.units import M3_PER_WAN_M3


def behind(s: SiteRecord, e: Estimate, say: Translator) -> list[str]:
    """Sentences; none about an interval that there is not (a warning says that)."""
    return [t for t in (_others(s, e, say), _interval(e, say)) if t]


def _others(s: SiteRecord, e: Estimate, say: Translator) -> str:
    comma = say(N_(", "))
    known = [a for a in e.alternatives if a.fill_m3 is not None]
    if not known:
        return ""
    each = say(N_("{surface} {volume}"))
    named = comma.join(
        each.format(
            surface=alternative_words(a.key, e.request.parameters, say, fills=s.site.fills),
            volume=fmt.number(_wan(a.fill_m3), 2),
        )
        for a in known
    )
    return say(N_("By other reference surfaces, in ten thousand m³: {volumes}.")).format(volumes=named)


def _wan(volume: float | None) -> float | None:
    return None if volume is None else volume / M3_PER_WAN_M3


def _interval(e: Estimate, say: Translator) -> str:
    errors = e.terrain.errors
    if e.interval95.fill_m3 is None or errors is None:
        return ""
    reach = fmt.significant(errors.range_m, 3) if errors.range_m is not None else say(N_("not stated"))
    text = N_(
        "The interval rests on heights of ± {sigma} m (1σ; correlated over {reach} m; {basis}); made of: {causes}."
    )
    return say(text).format(
        sigma=fmt.significant(errors.sigma_z_m, 2), reach=reach, basis=basis_words(errors.basis, say),
        causes=cause_words(e.interval95.shares, say),
    )  # fmt: skip
