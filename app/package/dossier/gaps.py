"""What a package cannot say, sentence by sentence: the list that stands at the front of the report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from app.package.dossier.record import PackageRecord, SiteRecord
from models.estimate import TOO_UNCERTAIN
from models.notices import N_, Notice

_MOST_CODES = 12
# What no program can know from maps and samples: to be written by the people who make the plan (AP-01 to AP-08).
CHAPTERS = (
    N_("background and basis of the project, owner, ownership of the land, mining history (chapter 1)"),
    N_("geology, hydrogeology, soil, ecology and radiation background of the sites (chapter 2)"),
    N_("stability evaluation, impact prediction and environmental risk assessment as reports (chapter 4)"),
    N_("liner, drainage, zones and lifts of the fill, compaction, slopes, planting (chapter 5)"),
    N_("quantities of works other than the fill, schedule and budget (chapter 5)"),
    N_("ledger, transport, dust control, emergency plan, archive (chapter 6)"),
    N_("positions and depths of the monitoring wells (chapter 7)"),
    N_("test reports, contracts, consents and review opinions as attachments (chapter 8)"),
)
_FIELDS = (
    ("responsible", N_("responsible party not entered: {sites}")),
    ("ground_water_m", N_("highest groundwater elevation not entered: {sites}")),
    ("land_use_now", N_("present land use not entered: {sites}")),
    ("land_use_after", N_("land use after reclamation not entered: {sites}")),
    ("surveyed_on", N_("date of the outline's survey not entered: {sites}")),
    ("source", N_("source of the outline not entered: {sites}")),
)


def gaps(record: PackageRecord) -> Iterator[Notice]:
    """The sentences, the weightiest first: figures, verdicts, facts, then chapters that people write."""
    yield from _figures(record)
    yield from _verdicts(record)
    yield from _facts(record)
    yield from (Notice("gap.chapter", N_("to be written: {what}"), what=Notice("gap.what", c)) for c in CHAPTERS)


def _figures(record: PackageRecord) -> Iterator[Notice]:
    for s in record.sites:
        if s.refusal is not None:
            text = N_("{site} has no figures: {reason}")
            yield Notice("gap.refused", text, site=s.code, reason=s.refusal.what)
    yield from _named(
        "gap.uncertain",
        N_("the figures are too uncertain to plan with: {sites}"),
        (s for s in record.sites if s.estimate and any(w.key == TOO_UNCERTAIN for w in s.estimate.warnings)),
    )
    yield from _named(
        "gap.interval",
        N_("the uncertainty of the volume is not quantified: {sites}"),
        (s for s in record.sites if s.estimate and s.estimate.interval95.fill_m3 is None),
    )
    yield from _named(
        "gap.waste",
        N_("no waste chosen for the fill, so no tonnage: {sites}"),
        (s for s in record.pits if s.estimate and not s.design_waste and s.estimate.tonnage_t is None),
    )
    for t in record.terrains:
        if not (t.vertical_datum or "").strip():
            yield Notice("gap.datum", N_("the height datum of the terrain {name} is not stated"), name=t.name)
        if not (t.surveyed_on or "").strip():
            yield Notice("gap.survey", N_("the date of survey of the terrain {name} is not stated"), name=t.name)


def _verdicts(record: PackageRecord) -> Iterator[Notice]:
    yield from _named(
        "gap.screened", N_("no waste was screened: {sites}"), (s for s in record.pits if not s.screenings)
    )
    for verdict, text in (
        ("reject", N_("waste {waste} is not acceptable: {sites}")),
        ("cannot_judge", N_("waste {waste} cannot be judged for want of data: {sites}")),
        ("assess", N_("waste {waste} needs a risk assessment: {sites}")),
    ):
        for waste in sorted({w.code for w in record.wastes}):
            found = (s for s in record.pits for a in s.judged if a.waste == waste and a.verdict == verdict)
            yield from _named(f"gap.{verdict}", text, found, waste=waste)
    known = {str(r["waste"]) for r in record.samples}
    for w in record.wastes:
        if w.code not in known:
            yield Notice("gap.samples", N_("no laboratory values of waste {waste}"), waste=w.code)


def _facts(record: PackageRecord) -> Iterator[Notice]:
    for name, text in _FIELDS:
        sites = (
            record.pits if name in {"responsible", "ground_water_m", "land_use_now", "land_use_after"} else record.sites
        )
        yield from _named(f"gap.{name}", text, (s for s in sites if s.site.fields.get(name) in (None, "")))
    if not any(c.layer == "red_lines" for s in record.sites for c in s.conflicts):
        yield Notice("gap.red_lines", N_("the project holds no ecological red lines; conflicts cannot be told"))
    block = record.settings.get("sign_off") or {}
    if not str(block.get("unit") or "").strip():
        yield Notice("gap.unit", N_("the unit that makes the plan is not entered"))


def _named(key: str, text: str, sites: Iterable[SiteRecord], **facts: str) -> Iterator[Notice]:
    """One sentence that names the sites; of many the first, and how many more."""
    codes = list(dict.fromkeys(s.code for s in sites))
    if not codes:
        return
    shown = ", ".join(codes[:_MOST_CODES])
    if len(codes) > _MOST_CODES:
        more = Notice("gap.more", N_("{first} and {n} more"), first=shown, n=len(codes) - _MOST_CODES)
        yield Notice(key, text, sites=more, **facts)
    else:
        yield Notice(key, text, sites=shown, **facts)
