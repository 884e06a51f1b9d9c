"""The tables of a project file : feature tables from layers.registry, attribute tables declared here (DESIGN.md 4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from layers.base import Choice, Field, GeometryKind
from layers.common import CREATED_AT, UID, UPDATED_AT
from layers.registry import LAYERS
from models.notices import N_, Notice
from models.rim_edit import ACTION_WORDS, ACTIONS

GEOMETRY_COLUMN = "geom"
"""Name of the geometry column in the file; in Python it is "geometry"."""


@dataclass(frozen=True)
class Table:
    """A table of the project file. `json`: fields that hold a JSON document. No `geometry`: attributes only."""

    key: str
    label: str
    fields: tuple[Field, ...]
    geometry: GeometryKind | None = None
    code_prefix: str = ""
    site: bool = False
    json: frozenset[str] = field(default_factory=frozenset)
    indexes: tuple[str, ...] = ()
    kept: bool = False
    """True for a table that the program alone keeps: its rows are never inserted or deleted by a change."""
    since: int = 1
    """Schema version that brought the table: older files that are only read do not have it."""

    def field_named(self, name: str) -> Field | None:
        """The declared field of that name, or None."""
        return self._by_name.get(name)

    @cached_property
    def _by_name(self) -> dict[str, Field]:
        return {f.name: f for f in self.fields}

    @cached_property
    def required(self) -> tuple[Field, ...]:
        """The fields that a new row must be given; the program fills in the others."""
        given = (f for f in self.fields if f.required and not f.system)
        return tuple(f for f in given if f.name != "code" or not self.code_prefix)

    @cached_property
    def plain(self) -> dict[str, type]:
        """The fields that take any ordinary text (str) or any finite number (float)."""
        kinds: dict[str, type] = {"text": str, "real": float}
        return {
            f.name: kinds[f.kind]
            for f in self.fields
            if f.kind in kinds and not f.choices and not f.system and f.name != "code" and f.name not in self.json
            and f.minimum is None and f.maximum is None
        }  # fmt: skip

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Declared columns after fid, without geometry."""
        return tuple(f.name for f in self.fields)


def _text(name: str, *, required: bool = False, unique: bool = False) -> Field:
    return Field(name, "text", name, required=required, unique=unique)


def _real(name: str, *, minimum: float | None = 0.0, maximum: float | None = None) -> Field:
    return Field(name, "real", name, minimum=minimum, maximum=maximum)


def _attributes(
    key: str,
    label: str,
    *own: Field,
    json: tuple[str, ...] = (),
    indexes: tuple[str, ...] = (),
    kept: bool = False,
    since: int = 1,
) -> Table:
    fields = (UID, *own, CREATED_AT, UPDATED_AT)
    return Table(key, label, fields, json=frozenset(json), indexes=indexes, kept=kept, since=since)


PROJECT = _attributes(
    "project",
    N_("project"),
    _text("name"),
    _text("crs", required=True),
    _text("program_version"),
    Field("schema_version", "integer", "schema_version", required=True),
    _text("settings"),
    json=("settings",),
    kept=True,
)

TERRAINS = _attributes(
    "terrains",
    N_("terrains"),
    _text("name", required=True, unique=True),
    _text("path", required=True),
    _text("sha256"),
    _text("record", required=True),
    json=("record",),
)

BASEMAPS = _attributes(
    "basemaps",
    N_("basemaps"),
    _text("name", required=True, unique=True),
    _text("path", required=True),
    _text("record", required=True),
    json=("record",),
    since=3,
)

WASTES = _attributes(
    "wastes",
    N_("wastes"),
    _text("code", required=True, unique=True),
    _text("name"),
    _text("kind", required=True),
    _text("producer"),
    _text("process"),
    _text("place"),
    _real("annual_t", maximum=1e12),
    _real("stock_t", maximum=1e12),
    _text("mass_basis"),
    _text("list_code"),
    _text("origin_mine"),
    _real("density_t_m3", maximum=30.0),
    _real("moisture", maximum=100.0),
    _text("remarks"),
)

SAMPLES = _attributes(
    "samples",
    N_("samples"),
    _text("waste", required=True),
    _text("code", required=True),
    Field("date", "date", "date"),
    _text("place"),
    _text("lab"),
    Field("cma", "boolean", "cma"),
    indexes=("waste",),
)

LAB_VALUES = _attributes(
    "lab_values",
    N_("laboratory values"),
    _text("waste", required=True),
    _text("sample"),
    _text("date"),  # as the laboratory wrote it; samples.date is the real date
    _text("method"),
    _text("parameter", required=True),
    _text("raw"),
    _real("value", minimum=None),
    Field("below", "boolean", "below"),
    _text("unit"),
    Field("row", "integer", "row"),
    indexes=("waste",),
)

ESTIMATES = _attributes(
    "estimates",
    N_("estimates"),
    _text("site_uid", required=True),
    _text("site"),
    _text("layer"),
    _text("terrain"),
    _text("reference"),
    _real("fill_m3", minimum=None),
    _real("tonnage_t", minimum=None),
    _real("land_released_m2", minimum=None),
    _text("record", required=True),
    json=("record",),
    indexes=("site_uid",),
)

SCREENINGS = _attributes(
    "screenings",
    N_("screenings"),
    _text("waste", required=True),
    _text("site"),
    _text("site_uid"),
    _text("verdict", required=True),
    _text("waste_class"),
    _text("record", required=True),
    json=("record",),
    indexes=("waste", "site_uid"),
)

# Outcome of an environmental risk assessment (GB 18599-2020 cl. 8.2) as it was reported; the program computes none.
ASSESSMENTS = _attributes(
    "assessments",
    N_("risk assessments"),
    _text("site_uid", required=True),
    _text("site"),
    _text("waste"),  # NULL: for every waste of the site
    _text("outcome", required=True),
    _text("assessed_by", required=True),
    Field("assessed_on", "date", "assessed_on", required=True),
    _text("report"),
    _text("conditions"),
    indexes=("site_uid",),
    since=2,
)

# One row for each version of a pack that the project keeps: a mended copy of a shipped one, or one of its own. The last
# row of a pack is in force; an empty text puts the shipped pack back (or takes the project's own one out).
RULE_PACKS = _attributes(
    "rule_packs",
    N_("rule packs"),
    _text("pack", required=True),
    _text("version", required=True),
    _text("text"),
    _text("why", required=True),
    _text("edited_by"),
    indexes=("pack",),
    since=2,
)

SCENARIOS = _attributes(
    "scenarios",
    N_("scenarios"),
    _text("name", required=True, unique=True),
    _text("kind"),
    _text("status"),
    _text("parameters"),
    _text("record"),
    _text("remarks"),
    json=("parameters", "record"),
)

ASSIGNMENTS = _attributes(
    "assignments",
    N_("assignments"),
    _text("scenario", required=True),
    _text("waste", required=True),
    _text("site_uid", required=True),
    _text("site"),
    Field("start_year", "integer", "start_year", minimum=1900, maximum=2500),
    Field("end_year", "integer", "end_year", minimum=1900, maximum=2500),
    _real("volume_m3"),
    _real("tonnage_t"),
    _real("distance_km"),
    _real("cost", minimum=None),
    _text("record"),
    json=("record",),
    indexes=("scenario", "site_uid"),
)

PHOTOS = _attributes(
    "photos",
    N_("photos"),
    _text("layer", required=True),
    _text("row_uid", required=True),
    _text("path", required=True),
    _text("sha256"),
    Field("taken_at", "datetime", "taken_at"),
    _text("caption"),
    indexes=("row_uid",),
)

RIM_EDITS = Table(
    "rim_edits",
    N_("rim edits"),
    (
        UID,
        _text("site_uid", required=True),
        _text("site"),
        Field(
            "action",
            "text",
            "action",
            required=True,
            choices=tuple(Choice(action, ACTION_WORDS[action]) for action in ACTIONS),
        ),
        *(Field(name, "real", name, required=True) for name in ("x1", "y1", "x2", "y2")),
        Field("length_m", "real", "length_m", required=True, minimum=0.0),
        Field("value_m", "real", "value_m", minimum=-1000.0, maximum=10_000.0),
        _text("remarks"),
        CREATED_AT,
        UPDATED_AT,
    ),
    indexes=("site_uid",),
    since=2,
)

# One row for each merge of a working copy. record: {"seen": what of the copy was merged or decided, by row and cell,
# "steps": which steps of the copy changed a row, "log": what they were, "decided": conflicts and their decisions}.
MERGES = _attributes(
    "merges",
    N_("merges of working copies"),
    _text("copy_uid"),
    _text("copy_name"),
    Field("base_step", "integer", "base_step"),
    _text("record", required=True),
    json=("record",),
    kept=True,
    since=2,
)

# One row for each row that a step changed. before/after: JSON of the columns concerned; outlines as they lie in the
# file.
# A step is never rewritten: undoing step 7 is a new step of kind "undo" with target 7.
CHANGE_LOG = Table(
    "change_log",
    N_("change log"),
    (
        Field("step", "integer", "step", required=True),
        _text("kind", required=True),
        Field("target", "integer", "target"),
        _text("label", required=True),
        _text("table_name", required=True),
        Field("row_fid", "integer", "row_fid", required=True),
        _text("row_uid"),
        _text("op", required=True),
        _text("before"),
        _text("after"),
        _text("user"),
        Field("at", "datetime", "at"),
    ),
    kept=True,
)
LOG_BLOBS = ("before_geom", "after_geom")

_LAYER_TABLES = tuple(
    Table(
        layer.key,
        layer.plural,
        layer.fields,
        geometry=layer.geometry,
        code_prefix=layer.code_prefix,
        site=layer.role == "site",
    )
    for layer in LAYERS.values()
)
_ATTRIBUTE_TABLES = (
    PROJECT,
    TERRAINS,
    BASEMAPS,
    WASTES,
    SAMPLES,
    LAB_VALUES,
    ESTIMATES,
    SCREENINGS,
    ASSESSMENTS,
    RULE_PACKS,
    SCENARIOS,
    ASSIGNMENTS,
    PHOTOS,
    RIM_EDITS,
    MERGES,
    CHANGE_LOG,
)

TABLES: dict[str, Table] = {t.key: t for t in (*_LAYER_TABLES, *_ATTRIBUTE_TABLES)}
SITE_TABLES = tuple(t.key for t in _LAYER_TABLES if t.site)


def table_word(key: str) -> Notice | str:
    """What people call a table: translated where a message is shown."""
    return Notice("table", TABLES[key].label) if key in TABLES else key


def field_word(key: str, name: str) -> Notice | str:
    """What people call a field of a table."""
    f = TABLES[key].field_named(name) if key in TABLES else None
    return Notice("field", f.label) if f else name


@dataclass(frozen=True)
class Link:
    """Rows of `child` belong to a row of `parent` by equal values: they go when it goes, follow when it is renamed."""

    parent: str
    parent_column: str
    child: str
    child_column: str


LINKS: tuple[Link, ...] = (
    *(
        Link(site, "uid", child, "site_uid")
        for site in SITE_TABLES
        for child in ("estimates", "screenings", "assessments", "assignments", "rim_edits")
    ),
    *(Link(layer.key, "uid", "photos", "row_uid") for layer in _LAYER_TABLES),
    *(
        Link("wastes", "code", child, "waste")
        for child in ("samples", "lab_values", "screenings", "assessments", "assignments")
    ),
    # Samples of groundwater and soil carry the code of their site in the same column.
    *(Link(site, "code", child, "waste") for site in SITE_TABLES for child in ("samples", "lab_values")),
    Link("scenarios", "name", "assignments", "scenario"),
)
