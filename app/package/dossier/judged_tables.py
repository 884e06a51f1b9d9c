"""The tables of the package that say how sites and wastes are judged: conflicts, verdicts, conformity, duties."""

from __future__ import annotations

from app.i18n import Translator
from app.package.canvas import kind_words
from app.package.conformity import confidence_words, limit_words, value_words
from app.package.dossier.record import PackageRecord, duties
from app.package.dossier.table import Column, Table, Value, one_line, table
from app.words import MARKS, OUTCOMES, RELATIONS, VERDICTS
from layers.registry import LAYERS
from models.notices import N_
from models.units import m2_to_ha

_SITE, _WASTE = Column(N_("site"), wide=12), Column(N_("waste"), wide=12)


def conflicts(record: PackageRecord, say: Translator) -> Table:
    """压占情况: each site against the control areas around it."""
    columns = (
        _SITE,
        Column(N_("control area"), wide=14),
        Column(N_("name"), wide=24),
        Column(N_("kind"), wide=24),
        Column(N_("relation"), wide=10),
        Column(N_("shared area"), "m²", "number", 2, 14),
        Column(N_("shared area"), N_("ha"), "number", 4, 12),
        Column(N_("share of the site"), "%", "number", 2, 10),
        Column(N_("distance"), "m", "number", 2, 12),
    )
    rows = [
        (s.code, c.code, one_line(c.name), say(kind_words(LAYERS[c.layer], c.kind)), say(RELATIONS[c.relation]),
        c.area_m2,
         m2_to_ha(c.area_m2), c.share * 100, c.distance_m)
        for s in record.sites for c in s.conflicts
    ]  # fmt: skip
    return table("conflicts", say(N_("Sites and control lines")), columns, rows)


def verdicts(record: PackageRecord, say: Translator) -> Table:
    """One row a pair of waste and pit: the verdict, and what stands in its way."""
    columns = (
        _SITE,
        _WASTE,
        Column(N_("verdict"), wide=16),
        Column(N_("class"), wide=8),
        Column(N_("does not meet"), "", "number", 0, 10),
        Column(N_("cannot judge"), "", "number", 0, 10),
        Column(N_("requires"), "", "number", 0, 10),
        Column(N_("rules not met or not judged"), wide=60),
        Column(N_("judged on"), wide=12),
    )
    rows: list[tuple[Value, ...]] = []
    for s in record.pits:
        for a in s.screenings:
            count = {o: sum(f.outcome == o for f in a.findings) for o in ("does_not_meet", "cannot_judge", "requires")}
            open_rules = dict.fromkeys(f.rule for f in a.findings if f.outcome in {"does_not_meet", "cannot_judge"})
            rows.append((
                s.code, a.waste, f"{MARKS[a.verdict]} {say(VERDICTS[a.verdict])}", a.waste_class or "", *count.values(),
                ", ".join(open_rules), a.screened_at[:10],
            ))  # fmt: skip
    return table("verdicts", say(N_("Verdicts on wastes and pits")), columns, rows)


def conformity(record: PackageRecord, say: Translator) -> Table:
    """符合性分析: rule by rule for each pair. What is not applicable is left out."""
    columns = (
        _SITE,
        _WASTE,
        Column(N_("rule"), wide=12),
        Column(N_("requirement"), wide=34),
        Column(N_("outcome"), wide=12),
        Column(N_("finding"), wide=60),
        Column(N_("value"), wide=12),
        Column(N_("limit"), wide=12),
        Column(N_("sample"), wide=14),
        Column(N_("source and clause"), wide=36),
        Column(N_("confidence"), wide=20),
    )
    rows = [
        (s.code, a.waste, f.rule, one_line(say(f.title)) if f.title else f.rule, say(OUTCOMES[f.outcome]),
         one_line(f.message.render(say)), one_line(value_words(f.value, f.unit, say)),
         one_line(limit_words(f, say)), f.sample or "",
         one_line(f"{say(f.document)} {say(f.clause)}"), one_line(confidence_words(f, say)))
        for s in record.pits for a in s.judged for f in a.findings if f.outcome != "not_applicable"
    ]  # fmt: skip
    note = say(N_("rules that do not apply to a pair are left out; what is recalled or uncertain must be checked"))
    return table("conformity", say(N_("Conformity, rule by rule")), columns, rows, note=note)


def duties_table(record: PackageRecord, say: Translator) -> Table:
    """监测与管理要求: what is to be done, with the clause that asks for it, and for which pairs."""
    columns = (
        Column(N_("rule"), wide=12),
        Column(N_("requirement"), wide=36),
        Column(N_("what is to be done"), wide=60),
        Column(N_("source and clause"), wide=36),
        Column(N_("confidence"), wide=20),
        Column(N_("sites"), wide=30),
    )
    found: dict[tuple[str, ...], dict[str, None]] = {}
    for s in record.pits:
        for a in s.judged:
            for f in duties(a, record.steps):
                words = (f.rule, one_line(say(f.title)) if f.title else f.rule, one_line(f.message.render(say)),
                         one_line(f"{say(f.document)} {say(f.clause)}"),
                         one_line(confidence_words(f, say)))  # fmt: skip
                found.setdefault(words, {})[s.code] = None
    rows = [(*words, ", ".join(sites)) for words, sites in sorted(found.items())]
    return table("duties", say(N_("Duties of monitoring and management")), columns, rows)
