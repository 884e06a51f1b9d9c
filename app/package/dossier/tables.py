"""Every table of the package, from the content record."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.i18n import Translator
from app.package.canvas import kind_words
from app.package.dossier.budget_tables import alternatives, uncertainty
from app.package.dossier.judged_tables import conflicts, conformity, duties_table, verdicts
from app.package.dossier.record import PackageRecord, SiteRecord
from app.package.dossier.table import Column, Table, Value, one_line, table
from app.package.figures import crs_words
from layers.registry import LAYERS
from models.earthwork import METHOD_WORDS
from models.notices import N_
from models.surface_names import reference_words
from models.units import m2_to_ha, m2_to_mu

CODE, NAME = Column(N_("code"), wide=12), Column(N_("name"), wide=22)
_AREA = (
    Column(N_("area"), "m²", "number", 2, 14),
    Column(N_("area"), N_("ha"), "number", 4, 12),
    Column(N_("area"), N_("mu"), "number", 2, 12),
)


def all_tables(record: PackageRecord, say: Translator) -> list[Table]:
    """In the order in which the workbook and the report show them."""
    makers: tuple[Callable[[PackageRecord, Translator], Table], ...] = (
        inventory, volumes, alternatives, uncertainty, tonnage, land, conflicts, verdicts, conformity, boundary,
        duties_table, sources, packs,
    )  # fmt: skip
    return [make(record, say) for make in makers]


def area_values(area_m2: float) -> tuple[float, float, float]:
    """m², ha, mu."""
    return area_m2, m2_to_ha(area_m2), m2_to_mu(area_m2)


def word_of(s: SiteRecord, name: str, say: Translator) -> str:
    """A field of a site in words: the label of a choice, else the value as it stands."""
    value = s.site.fields.get(name)
    if value is None or value == "":
        return ""
    declared = LAYERS[s.site.layer].field_named(name)
    choices = {c.value: c.label for c in declared.choices} if declared else {}
    return say(choices[value]) if value in choices else one_line(str(value))


def _real(s: SiteRecord, name: str) -> float | None:
    value = s.site.fields.get(name)
    return float(value) if isinstance(value, int | float) else None


def inventory(record: PackageRecord, say: Translator) -> Table:
    """台账: what each site is."""
    columns = (
        CODE,
        NAME,
        Column(N_("kind"), wide=10),
        Column(N_("district"), wide=14),
        Column(N_("status"), wide=12),
        Column(N_("mineral"), wide=12),
        Column(N_("responsible party"), wide=20),
        Column(N_("parcel number"), wide=14),
        *_AREA,
        Column(N_("highest groundwater elevation"), "m", "number", 2, 12),
        Column(N_("present land use"), wide=14),
        Column(N_("land use after reclamation"), wide=14),
        Column(N_("source of the outline"), wide=20),
        Column(N_("surveyed on"), wide=12),
        Column(N_("remarks"), wide=24),
    )
    rows = [
        (s.code, one_line(s.site.name), say(LAYERS[s.site.layer].label), *(word_of(s, n, say) for n in ("district",
        "status",
         "mineral", "responsible", "parcel_no")), *area_values(s.area_m2), _real(s, "ground_water_m"),
         *(word_of(s, n, say) for n in ("land_use_now", "land_use_after", "source")),
         word_of(s, "surveyed_on", say)[:10], word_of(s, "remarks", say))
        for s in record.sites
    ]  # fmt: skip
    title = say(N_("Inventory of sites"))
    return table("inventory", title, columns, rows, sums=(8, 9, 10), total_word=say(N_("total")))


def volumes(record: PackageRecord, say: Translator) -> Table:
    """库容: volumes by site with their interval and the check by an independent method."""
    cube, high = "m³", "m"
    columns = (
        CODE,
        NAME,
        Column(N_("reference surface"), wide=18),
        Column(N_("lowest level"), high, "number", 2, 12),
        Column(N_("highest level"), high, "number", 2, 12),
        Column(N_("fill volume"), cube, "number", 1, 16),
        Column(N_("± of the fill, 95 %"), cube, "number", 1, 16),
        Column(N_("cut volume"), cube, "number", 1, 14),
        Column(N_("± of the cut, 95 %"), cube, "number", 1, 16),
        Column(N_("space for waste"), cube, "number", 1, 16),
        Column(N_("cover soil"), cube, "number", 1, 14),
        Column(N_("base layer"), cube, "number", 1, 14),
        Column(N_("greatest depth"), high, "number", 2, 10),
        Column(N_("mean depth"), high, "number", 2, 10),
        Column(N_("checked by"), wide=16),
        Column(N_("volume by the check"), cube, "number", 1, 16),
        Column(N_("difference"), "%", "number", 2, 10),
        Column(N_("terrain covers"), "%", "number", 2, 10),
        Column(N_("terrain"), wide=18),
        Column(N_("remarks"), wide=40),
    )
    rows: list[tuple[Value, ...]] = []
    for s in record.sites:
        e = s.estimate
        if e is None:
            reason = s.refusal.what.render(say) if s.refusal else ""
            rows.append(
                (s.code, one_line(s.site.name), *[None] * 17, say(N_("no figures: {reason}")).format(reason=reason))
            )
            continue
        name = reference_words(e.reference.key, e.reference.parameters, say, fills=s.site.fills)
        said = [w.render(say) for w in e.warnings]
        halves = e.interval95.fill_m3, e.interval95.other_m3
        filled, removed = halves if s.site.fills else halves[::-1]
        rows.append((
            s.code, one_line(s.site.name), name, e.reference.min_elevation_m, e.reference.max_elevation_m,
            e.fill_m3, filled, e.cut_m3, removed, e.waste_m3, e.cover_m3, e.base_m3, e.max_depth_m, e.mean_depth_m,
            say(METHOD_WORDS.get(e.check.method, e.check.method)), e.check.fill_m3, e.check.difference_percent,
            e.covered_share * 100, one_line(e.terrain.name), say(N_("; ")).join(said),
        ))  # fmt: skip
    note = say(N_("± is the half width of the 95 % interval (k = 2); empty where it is not quantified"))
    title = say(N_("Volumes by site"))
    return table("volumes", title, columns, rows, sums=(5, 7, 9, 10, 11), total_word=say(N_("total")), note=note)


def tonnage(record: PackageRecord, say: Translator) -> Table:
    """消纳量: what each waste fills, against what there is of it."""
    mass = "t"
    columns = (
        Column(N_("waste"), wide=12),
        NAME,
        Column(N_("kind"), wide=16),
        Column(N_("producer"), wide=22),
        Column(N_("sites"), wide=24),
        Column(N_("space for waste"), "m³", "number", 1, 16),
        Column(N_("dry density in place"), "t/m³", "number", 3, 12),
        Column(N_("tonnage absorbed, dry"), mass, "number", 1, 16),
        Column(N_("tonnage absorbed, wet"), mass, "number", 1, 16),
        Column(N_("arises a year"), "t/a", "number", 1, 14),
        Column(N_("in stock"), mass, "number", 1, 14),
    )
    rows: list[tuple[Value, ...]] = []
    groups: dict[str, list[SiteRecord]] = {
        w.code: [] for w in record.wastes if any(s.design_waste == w.code for s in record.pits)
    }
    for s in record.pits:
        if s.estimate is not None and (s.design_waste or s.estimate.tonnage_t is not None):
            groups.setdefault(s.design_waste, []).append(s)
    known = {w.code: w for w in record.wastes}
    for code, sites in groups.items():
        found = [s.estimate for s in sites if s.estimate]
        w = known.get(code)
        densities = {e.density_t_m3 for e in found}
        rows.append((
            code or say(N_("not chosen")), one_line(w.name) if w else "", say(record.waste_kinds.get(code, "")),
            one_line(w.producer) if w else "", ", ".join(s.code for s in sites), sum(e.waste_m3 for e in found),
            densities.pop() if len(densities) == 1 else None, _sum([e.tonnage_t for e in found]),
            _sum([e.tonnage_wet_t for e in found]), w.annual_t if w else None, w.stock_t if w else None,
        ))  # fmt: skip
    title = say(N_("Tonnage by waste"))
    return table("tonnage", title, columns, rows, sums=(5, 7), total_word=say(N_("total")))


def _sum(values: list[float | None]) -> float | None:
    known = [v for v in values if v is not None]
    return sum(known) if known else None


def land(record: PackageRecord, say: Translator) -> Table:
    """释放土地: what ground each site sets free, and what it becomes."""
    columns = (
        CODE,
        NAME,
        Column(N_("land released"), "m²", "number", 2, 14),
        Column(N_("land released"), N_("ha"), "number", 4, 12),
        Column(N_("land released"), N_("mu"), "number", 2, 12),
        Column(N_("area of the outline"), "m²", "number", 2, 14),
        Column(N_("present land use"), wide=16),
        Column(N_("land use after reclamation"), wide=16),
    )
    rows = [
        (s.code, one_line(s.site.name), *area_values(s.estimate.land_released_m2), s.area_m2,
         word_of(s, "land_use_now", say), word_of(s, "land_use_after", say))
        for s in record.sites if s.estimate is not None
    ]  # fmt: skip
    title = say(N_("Land released"))
    note = say(N_("land released is ground area; the area of the outline is planar in the projection"))
    return table("land", title, columns, rows, sums=(2, 3, 4, 5), total_word=say(N_("total")), note=note)


def boundary(record: PackageRecord, say: Translator) -> Table:
    """界址点成果表 of all sites."""
    columns = (
        Column(N_("code"), wide=12),
        Column(N_("part"), "", "number", 0, 6),
        Column(N_("ring"), "", "number", 0, 6),
        Column(N_("point"), wide=8),
        Column(N_("X (north)"), "m", "plain", 3, 15),
        Column(N_("Y (east)"), "m", "plain", 3, 16),
        Column(N_("side"), "m", "plain", 2, 10),
        Column(N_("longitude"), "°", "plain", 8, 15),
        Column(N_("latitude"), "°", "plain", 8, 15),
    )
    rows = [row for s in record.sites for row in boundary_rows(record, s)]
    return table("boundary", say(N_("Boundary points")), columns, rows, note=boundary_note(record, say))


def boundary_rows(record: PackageRecord, s: SiteRecord) -> list[tuple[Value, ...]]:
    """The rows of one site; the side goes to the next point of the ring."""
    degrees: Sequence[tuple[float | None, float | None]] = s.lonlat or [(None, None)] * len(s.points)
    return [
        (s.code, p.part, p.ring, p.number, p.x_north, record.crs.east(p.y_east), p.side_m, lon, lat)
        for p, (lon, lat) in zip(s.points, degrees, strict=True)
    ]


def boundary_note(record: PackageRecord, say: Translator) -> str:
    """The coordinate system under a table of points, in the words of the sheets."""
    return crs_words(record.crs, say)


def sources(record: PackageRecord, say: Translator) -> Table:
    """Which terrains the figures come from."""
    columns = (
        Column(N_("terrain"), wide=20),
        Column(N_("kind"), wide=8),
        Column(N_("cell size"), "m", "number", 3, 10),
        Column(N_("coordinate system"), wide=16),
        Column(N_("height datum"), wide=20),
        Column(N_("surveyed on"), wide=12),
        Column(N_("source"), wide=24),
        Column("SHA-256", wide=66),
    )
    rows = [
        (one_line(t.name), t.kind.upper(), t.cell_m, t.crs if len(t.crs) < 30 else "WKT",
        one_line(t.vertical_datum or ""),
         (t.surveyed_on or "")[:10], one_line(t.source or ""), t.sha256)
        for t in record.terrains
    ]  # fmt: skip
    return table("sources", say(N_("Terrains used")), columns, rows)


def packs(record: PackageRecord, say: Translator) -> Table:
    """Which rules were judged by."""
    columns = (
        Column(N_("rule pack"), wide=22),
        Column(N_("version"), wide=14),
        Column(N_("title"), wide=60),
        Column(N_("changes"), wide=20),
        Column("SHA-256", wide=66),
    )
    rows = [
        (
            p.id,
            p.version,
            one_line(say(p.title)),
            say(N_("mended here")) if p.mended else say(N_("none, as the program brings it")),
            p.sha256,
        )
        for p in record.packs
    ]
    return table("packs", say(N_("Rule packs in force")), columns, rows)


__all__ = ["all_tables", "area_values", "boundary_note", "boundary_rows", "kind_words", "word_of"]
