"""What stands in the built-in template of the implementation plan, chapter by chapter (screening-rules.md 11.1)."""

from __future__ import annotations

from dataclasses import dataclass

from models.notices import N_


@dataclass(frozen=True)
class Words:
    """A paragraph. With `translate` False it is only tags."""

    text: str
    style: str = ""
    translate: bool = True


@dataclass(frozen=True)
class Todo:
    """A marked place that people fill."""

    what: str


@dataclass(frozen=True)
class Lines:
    """Paragraphs of template tags; `landscape` begins a new section first."""

    tags: tuple[str, ...] = ()
    landscape: bool | None = None


@dataclass(frozen=True)
class Col:
    """A column of a table: heading, name of the value, share of the width."""

    head: str
    name: str
    share: float
    unit: str = ""
    right: bool = False


@dataclass(frozen=True)
class TableOf:
    """A table with one row for each of `rows`."""

    caption: str
    rows: str
    columns: tuple[Col, ...]
    of: str = ""
    """A tag before the caption: what the table is of."""


@dataclass(frozen=True)
class Picture:
    """A picture with its numbered caption."""

    tag: str
    caption: str


Block = Words | Todo | Lines | TableOf | Picture


def _h(level: int, text: str) -> Words:
    return Words(text, f"Heading {level}")


def _n(head: str, name: str, share: float, unit: str = "") -> Col:
    return Col(head, name, share, unit, right=True)


COVER = (
    ("{{ title }}", "Title"),
    ("{{ project }}", ""),
    ("", ""),
    (N_("Unit: {{ unit }}"), ""),
    (N_("Date: {{ day }}"), ""),
)
LISTS = {
    "missing": N_("What is missing"),
    "missing_text": N_("This draft was filled by a program with what the project knows. The following is not "
                       "known to it and must "
                       "be completed before the plan is signed; the places are marked in the text."),
    "contents": N_("Contents"),
}  # fmt: skip

_CODE, _NAME = Col(N_("code"), "code", 1.1), Col(N_("name"), "name", 2.3)
_SITE, _WASTE = Col(N_("site"), "site", 1.1), Col(N_("waste"), "waste", 1.0)

CHAPTERS: tuple[Block, ...] = (
    _h(1, N_("1 Overview")),
    _h(2, N_("1.1 Background")),
    Todo(N_("background and purpose of the project, owner, ownership of the land, mining history")),
    Words(N_("The project {{ project }} covers {{ site_count }} sites with an area of {{ total_area }}.")),
    _h(2, N_("1.2 Basis")),
    Words(N_("Wastes and sites were judged by the following rule packs. "
             "Their texts must be checked against the documents.")),
    TableOf(N_("Rule packs in force"), "packs", (
        Col(N_("rule pack"), "id", 1.6), Col(N_("version"), "version", 0.7), Col(N_("title"), "title", 3.6),
        Col(N_("changes"), "changes", 2.0))),
    _h(2, N_("1.3 Sites")),
    TableOf(N_("Inventory of sites"), "inventory", (
        _CODE, _NAME, Col(N_("kind"), "kind", 0.8), Col(N_("district"), "district", 1.4),
        Col(N_("responsible party"), "responsible", 1.9), _n(N_("area"), "area_ha", 1.4, N_("ha")),
        _n(N_("area"), "area_mu", 1.2, N_("mu")), Col(N_("present land use"), "land_now", 1.2))),
    _h(2, N_("1.4 Coordinate system and data")),
    Words(N_("{{ crs_words }}. Figures were computed by {{ program }} from revision {{ revision }} of the project on "
             "{{ day }}.")),
    TableOf(N_("Terrains used"), "terrains", (
        Col(N_("terrain"), "name", 1.6), Col(N_("kind"), "kind", 0.7), _n(N_("cell size"), "cell", 0.9, "m"),
        Col(N_("height datum"), "datum", 1.6), Col(N_("surveyed on"), "surveyed", 1.2),
        Col("SHA-256", "sha256", 3.4))),
    _h(1, N_("2 Present state")),
    _h(2, N_("2.1 The pits")),
    Lines(("{%p for s in sites %}",)),
    _h(3, "{{ s.code }} {{ s.name }}"),
    Words("{{ s.text }}", translate=False),
    Lines(("{%p endfor %}",)),
    _h(2, N_("2.2 Geology, groundwater, soil, ecology")),
    TableOf(N_("Groundwater as far as it is known"), "groundwater", (
        _CODE, _NAME, _n(N_("highest groundwater elevation"), "ground_water", 1.6, "m"))),
    Todo(N_("geology, hydrogeology, soil, surface water, ecology and radiation background")),
    _h(2, N_("2.3 Control lines")),
    Words("{{ conflicts_text }}", translate=False),
    TableOf(N_("Sites and control lines"), "conflicts", (
        _SITE, Col(N_("control area"), "code", 1.2), Col(N_("name"), "name", 1.8), Col(N_("kind"), "kind", 1.8),
        Col(N_("relation"), "relation", 0.9), _n(N_("shared area"), "area_m2", 1.2, "m²"),
        _n(N_("distance"), "distance", 1, "m"))),
    _h(1, N_("3 Solid waste")),
    _h(2, N_("3.1 Sources and quantities")),
    TableOf(N_("Wastes"), "wastes", (
        Col(N_("waste"), "code", 1), _NAME, Col(N_("kind"), "kind", 1.3), Col(N_("producer"), "producer", 2),
        _n(N_("arises a year"), "annual", 1.2, "t/a"), _n(N_("in stock"), "stock", 1.2, "t"))),
    _h(2, N_("3.2 Samples")),
    TableOf(N_("Samples"), "samples", (
        Col(N_("sample of"), "waste", 1), Col(N_("sample"), "code", 1.3), Col(N_("date"), "date", 1.1),
        Col(N_("place"), "place", 1.6), Col(N_("laboratory"), "lab", 2), Col(N_("CMA mark"), "cma", 0.9))),
    _h(2, N_("3.3 Verdicts")),
    TableOf(N_("Verdicts on wastes and pits"), "verdicts", (
        _SITE, _WASTE, Col(N_("verdict"), "verdict", 1.3), Col(N_("class"), "waste_class", 0.6),
        Col(N_("rules not met or not judged"), "open_rules", 4))),
    _h(1, N_("4 Feasibility")),
    _h(2, N_("4.1 Conformity")),
    Words("{{ conformity_text }}", translate=False),
    TableOf(N_("Conformity, rule by rule"), "conformity", (
        Col(N_("rule"), "rule", 1.1), Col(N_("requirement"), "title", 2.0), Col(N_("finding"), "finding", 2.6),
        Col(N_("source and clause"), "clause", 1.8), Col(N_("confidence"), "confidence", 1.3),
        Col(N_("waste and site"), "pairs", 2.1))),
    _h(2, N_("4.2 Stability and impact")),
    Todo(N_("stability evaluation and prediction of environmental impact")),
    _h(2, N_("4.3 Environmental risk assessment")),
    TableOf(N_("Risk assessments on record"), "assessments", (
        _SITE, _WASTE, Col(N_("outcome"), "outcome", 1.3), Col(N_("assessed by"), "by", 1.8),
        Col(N_("date"), "date", 1.1), Col(N_("report"), "report", 2), Col(N_("conditions"), "conditions", 2))),
    Todo(N_("result of the environmental risk assessment")),
    _h(1, N_("5 Design of the backfill")),
    _h(2, N_("5.1 Volumes")),
    TableOf(N_("Volumes by site"), "volumes", (
        _CODE, Col(N_("reference surface"), "reference", 1.5), _n(N_("highest level"), "high", 1.1, "m"),
        _n(N_("fill volume"), "fill", 1.5, "m³"), _n(N_("± of the fill, 95 %"), "fill_half", 1.3, "m³"),
        _n(N_("space for waste"), "waste_m3", 1.5, "m³"), _n(N_("cover soil"), "cover", 1.3, "m³"),
        _n(N_("difference"), "difference", 0.9, "%"))),
    Words(N_("± is the half width of the 95 % interval (k = 2). The last column compares with an independent method "
             "(triangulated surface).")),
    _h(2, N_("5.2 Tonnage")),
    TableOf(N_("Tonnage by waste"), "tonnage", (
        Col(N_("waste"), "code", 1), _NAME, Col(N_("sites"), "sites", 1.8),
        _n(N_("space for waste"), "waste_m3", 1.5, "m³"),
        _n(N_("dry density in place"), "density", 1, "t/m³"), _n(N_("tonnage absorbed, dry"), "dry", 1.5, "t"),
        _n(N_("tonnage absorbed, wet"), "wet", 1.5, "t"))),
    _h(2, N_("5.3 Land released")),
    TableOf(N_("Land released"), "land", (
        _CODE, _NAME, _n(N_("land released"), "m2", 1.3, "m²"), _n(N_("land released"), "ha", 1.1, N_("ha")),
        _n(N_("land released"), "mu", 1.1, N_("mu")), Col(N_("present land use"), "now", 1.3),
        Col(N_("land use after reclamation"), "after", 1.3))),
    _h(2, N_("5.4 Construction")),
    Todo(N_("liner, drainage, zones and lifts of the fill, compaction, slopes, cover, planting")),
    _h(2, N_("5.5 Schedule and budget")),
    Todo(N_("quantities of works, schedule, budget")),
    _h(1, N_("6 Management")),
    Todo(N_("ledger, transport, dust control, emergency plan, archive")),
    _h(1, N_("7 Monitoring and duties")),
    TableOf(N_("Duties of monitoring and management"), "duties", (
        Col(N_("rule"), "rule", 1), Col(N_("what is to be done"), "what", 3.6),
        Col(N_("source and clause"), "clause", 2.2),
        Col(N_("confidence"), "confidence", 1.2), Col(N_("sites"), "sites", 1.6))),
    Todo(N_("positions and depths of the monitoring wells")),
    _h(1, N_("8 Attachments")),
    Todo(N_("test reports, contracts, consents, review opinions, approval of the environmental impact assessment")),
    _h(1, N_("Appendix A Boundary points")),
    Words("{{ boundary_text }}", translate=False),
    Lines(("{%p for s in boundary_sites %}",)),
    _h(2, "{{ s.code }} {{ s.name }}"),
    Words(N_("area of the outline {{ s.area }}")),
    TableOf(N_("Boundary points"), "s.points", (
        Col(N_("point"), "number", 0.8), _n(N_("X (north)"), "x", 1.5, "m"), _n(N_("Y (east)"), "y", 1.6, "m"),
        _n(N_("side"), "side", 1, "m"), _n(N_("longitude"), "lon", 1.4, "°"), _n(N_("latitude"), "lat", 1.4, "°")),
        of="{{ s.code }}"),
    Lines(("{%p endfor %}",)),
    Lines(landscape=True),
    _h(1, N_("Appendix B Maps")),
    Words("{{ figures_text }}", translate=False),
    TableOf(N_("Sheets of the package"), "sheet_list", (
        Col(N_("No. of the sheet"), "number", 1.4), Col(N_("site"), "site", 1.4),
        Col(N_("name of the sheet"), "title", 3.0),
        Col(N_("scale"), "scale", 1.0), _n(N_("pages"), "pages", 0.7))),
    Lines(("{%p for f in figures %}",)),
    Picture("{{ f.image }}", "{{ f.caption }}"),
    Lines(("{%p endfor %}",)),
)  # fmt: skip
