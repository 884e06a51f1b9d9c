"""The tables of a project file : feature tables from layers.registry, attribute tables declared here (DESIGN.md 4)."""

from __future__ import annotations

from gis.store.table import Link, Table, attributes, real, text
from layers.base import Choice, Field
from layers.common import CREATED_AT, UID, UPDATED_AT
from layers.registry import LAYERS
from models.notices import N_, Notice
from models.rim_edit import ACTION_WORDS, ACTIONS

GEOMETRY_COLUMN = "geom"
"""Name of the geometry column in the file; in Python it is "geometry"."""

PROJECT = attributes(
    "project",
    N_("project"),
    text("name"),
    text("crs", required=True),
    text("program_version"),
    Field("schema_version", "integer", "schema_version", required=True),
    text("settings"),
    json=("settings",),
    kept=True,
)

TERRAINS = attributes(
    "terrains",
    N_("terrains"),
    text("name", required=True, unique=True),
    text("path", required=True),
    text("sha256"),
    text("record", required=True),
    json=("record",),
)

BASEMAPS = attributes(
    "basemaps",
    N_("basemaps"),
    text("name", required=True, unique=True),
    text("path", required=True),
    text("record", required=True),
    json=("record",),
    since=3,
)

WASTES = attributes(
    "wastes",
    N_("wastes"),
    text("code", required=True, unique=True),
    text("name"),
    text("kind", required=True),
    text("producer"),
    text("process"),
    text("place"),
    real("annual_t", maximum=1e12),
    real("stock_t", maximum=1e12),
    text("mass_basis"),
    text("list_code"),
    text("origin_mine"),
    real("density_t_m3", maximum=30.0),
    real("moisture", maximum=100.0),
    text("remarks"),
)

SAMPLES = attributes(
    "samples",
    N_("samples"),
    text("waste", required=True),
    text("code", required=True),
    Field("date", "date", "date"),
    text("place"),
    text("lab"),
    Field("cma", "boolean", "cma"),
    indexes=("waste",),
)

LAB_VALUES = attributes(
    "lab_values",
    N_("laboratory values"),
    text("waste", required=True),
    text("sample"),
    text("date"),  # as the laboratory wrote it; samples.date is the real date
    text("method"),
    text("parameter", required=True),
    text("raw"),
    real("value", minimum=None),
    Field("below", "boolean", "below"),
    text("unit"),
    Field("row", "integer", "row"),
    indexes=("waste",),
)

ESTIMATES = attributes(
    "estimates",
    N_("estimates"),
    text("site_uid", required=True),
    text("site"),
    text("layer"),
    text("terrain"),
    text("reference"),
    real("fill_m3", minimum=None),
    real("tonnage_t", minimum=None),
    real("land_released_m2", minimum=None),
    text("record", required=True),
    json=("record",),
    indexes=("site_uid",),
)

SCREENINGS = attributes(
    "screenings",
    N_("screenings"),
    text("waste", required=True),
    text("site"),
    text("site_uid"),
    text("verdict", required=True),
    text("waste_class"),
    text("record", required=True),
    json=("record",),
    indexes=("waste", "site_uid"),
)

# Outcome of an environmental risk assessment (GB 18599-2020 cl. 8.2) as it was reported; the program computes none.
ASSESSMENTS = attributes(
    "assessments",
    N_("risk assessments"),
    text("site_uid", required=True),
    text("site"),
    text("waste"),  # NULL: for every waste of the site
    text("outcome", required=True),
    text("assessed_by", required=True),
    Field("assessed_on", "date", "assessed_on", required=True),
    text("report"),
    text("conditions"),
    indexes=("site_uid",),
    since=2,
)

# One row for each version of a pack that the project keeps: a mended copy of a shipped one, or one of its own. The last
# row of a pack is in force; an empty text puts the shipped pack back (or takes the project's own one out).
RULE_PACKS = attributes(
    "rule_packs",
    N_("rule packs"),
    text("pack", required=True),
    text("version", required=True),
    text("text"),
    text("why", required=True),
    text("edited_by"),
    indexes=("pack",),
    since=2,
)

SCENARIOS = attributes(
    "scenarios",
    N_("scenarios"),
    text("name", required=True, unique=True),
    text("kind"),
    text("status"),
    text("parameters"),
    text("record"),
    text("remarks"),
    json=("parameters", "record"),
)

ASSIGNMENTS = attributes(
    "assignments",
    N_("assignments"),
    text("scenario", required=True),
    text("waste", required=True),
    text("site_uid", required=True),
    text("site"),
    Field("start_year", "integer", "start_year", minimum=1900, maximum=2500),
    Field("end_year", "integer", "end_year", minimum=1900, maximum=2500),
    real("volume_m3"),
    real("tonnage_t"),
    real("distance_km"),
    real("cost", minimum=None),
    text("record"),
    json=("record",),
    indexes=("scenario", "site_uid"),
)

PHOTOS = attributes(
    "photos",
    N_("photos"),
    text("layer", required=True),
    text("row_uid", required=True),
    text("path", required=True),
    text("sha256"),
    Field("taken_at", "datetime", "taken_at"),
    text("caption"),
    indexes=("row_uid",),
)

RIM_EDITS = Table(
    "rim_edits",
    N_("rim edits"),
    (
        UID,
        text("site_uid", required=True),
        text("site"),
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
        text("remarks"),
        CREATED_AT,
        UPDATED_AT,
    ),
    indexes=("site_uid",),
    since=2,
)

# One row for each merge of a working copy. record: {"seen": what of the copy was merged or decided, by row and cell,
# "steps": which steps of the copy changed a row, "log": what they were, "decided": conflicts and their decisions}.
MERGES = attributes(
    "merges",
    N_("merges of working copies"),
    text("copy_uid"),
    text("copy_name"),
    Field("base_step", "integer", "base_step"),
    text("record", required=True),
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
        text("kind", required=True),
        Field("target", "integer", "target"),
        text("label", required=True),
        text("table_name", required=True),
        Field("row_fid", "integer", "row_fid", required=True),
        text("row_uid"),
        text("op", required=True),
        text("before"),
        text("after"),
        text("user"),
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
