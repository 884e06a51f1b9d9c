"""A line of the inventory and its columns: what is read, sorted, summed and copied."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import shapely

from app import format as fmt
from app.gui import words
from app.i18n import _
from layers.registry import LAYERS, SITE_LAYERS
from models.notices import N_
from models.units import M2_PER_MU, M3_PER_WAN_M3, T_PER_WAN_T

if TYPE_CHECKING:
    from gis.store.layer_table import LayerTable

VERDICT_ORDER = ("accept", "assess", "reject", "cannot_judge")


@dataclass
class Line:
    """One site. Volumes m³, masses t, areas m²; None = not estimated. `half_m3` and `half_t` are 95 % half widths."""

    layer: str
    fid: int
    uid: str
    code: str
    name: str
    district: str
    status: str
    area_m2: float
    volume_m3: float | None = None
    half_m3: float | None = None
    tonnage_t: float | None = None
    half_t: float | None = None
    land_m2: float | None = None
    reference: str = ""
    computed: str = ""
    verdicts: dict[str, int] = field(default_factory=dict)
    hay: str = ""


@dataclass(frozen=True)
class Group:
    """A heading line with the sums of the lines below it."""

    title: str
    members: tuple[int, ...]


@dataclass(frozen=True)
class Column:
    """One column. `show` what is read, `key` what is sorted and copied."""

    key: str
    title: str
    unit: str
    show: Callable[[Line], str]
    sort: Callable[[Line], Any]
    width: int
    right: bool = False
    total: Callable[[Line], float | None] | None = None


def _status(line: Line) -> str:
    return words.choice(LAYERS[line.layer].field_named("status"), line.status or None)


def _fills(line: Line) -> bool:
    return LAYERS[line.layer].fills


def _per(value: float | None, unit: float) -> float | None:
    return None if value is None else value / unit


COLUMNS: tuple[Column, ...] = (
    Column("code", N_("Code"), "", lambda s: s.code, lambda s: s.code, 88),
    Column("name", N_("Name"), "", lambda s: s.name, lambda s: s.name, 150),
    Column("layer", N_("Kind"), "", lambda s: words.layer(s.layer), lambda s: words.layer(s.layer), 76),
    Column("district", N_("District"), "", lambda s: s.district, lambda s: s.district, 92),
    Column("status", N_("Status"), "", _status, _status, 96),
    Column("volume", N_("Volume"), N_("10⁴ m³"), lambda s: fmt.plus_minus(s.volume_m3, s.half_m3, per=M3_PER_WAN_M3),
           lambda s: _per(s.volume_m3, M3_PER_WAN_M3), 124, True, lambda s: s.volume_m3 if _fills(s) else None),
    Column("tonnage", N_("Takes"), N_("10⁴ t"), lambda s: fmt.plus_minus(s.tonnage_t, s.half_t, per=T_PER_WAN_T),
           lambda s: _per(s.tonnage_t, T_PER_WAN_T), 116, True, lambda s: s.tonnage_t if _fills(s) else None),
    Column("land", N_("Land released"), N_("mu"), lambda s: fmt.mu(s.land_m2), lambda s: _per(s.land_m2, M2_PER_MU),
           96, True, lambda s: s.land_m2 if _fills(s) else None),
    Column("verdicts", N_("Wastes"), "", lambda _s: "",
           lambda s: tuple(s.verdicts.get(v, 0) for v in VERDICT_ORDER), 150),
    Column("area", N_("Area"), N_("mu"), lambda s: fmt.mu(s.area_m2), lambda s: s.area_m2 / M2_PER_MU, 84, True,
           lambda s: s.area_m2),
    Column("reference", N_("Reference surface"), "", lambda s: words.surface(s.reference) if s.reference else "",
           lambda s: s.reference, 120),
    Column("computed", N_("Estimated on"), "", lambda s: fmt.day(s.computed) if s.computed else "",
           lambda s: s.computed, 100),
)  # fmt: skip
_PLAIN_UNITS = {"area": "m²", "volume": "m³", "tonnage": "t", "land": "m²"}
TOTALS = {"area": M2_PER_MU, "volume": M3_PER_WAN_M3, "tonnage": T_PER_WAN_T, "land": M2_PER_MU}
GROUPINGS = {
    "": N_("No groups"),
    "layer": N_("By kind"),
    "district": N_("By district"),
    "status": N_("By status"),
}


def column_named(key: str) -> int:
    """Number of a column."""
    return next(i for i, c in enumerate(COLUMNS) if c.key == key)


def column_title(c: Column) -> str:
    """Heading with its unit."""
    return f"{_(c.title)} {_(c.unit)}" if c.unit else _(c.title)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def lines_of(layer: str, table: LayerTable) -> list[Line]:
    """The sites of one layer, without figures."""
    areas = shapely.area(table.geometry)
    columns = [table.column(c) for c in ("uid", "code", "name", "district", "status")]
    made = []
    for fid, area, uid, *texts in zip(table.fids.tolist(), areas.tolist(), *columns, strict=True):
        code, name, district, status = (_text(t) for t in texts)
        line = Line(layer, fid, _text(uid), code, name, district, status, area)
        line.hay = f"{code} {name} {district} {_status(line)} {words.layer(layer)}".casefold()
        made.append(line)
    return made


def latest_figures(store: Any) -> tuple[dict[str, dict[str, Any]], dict[str, dict[str, int]]]:
    """By uid of the site: the record of its last estimate, and how many wastes got which verdict last."""
    estimates = {str(row["site_uid"]): row["record"] for row in store.rows("estimates")}
    last = {(row["site_uid"], row["waste"]): str(row["verdict"]) for row in store.rows("screenings")}
    verdicts: dict[str, dict[str, int]] = {}
    for (uid, _waste), verdict in last.items():
        counts = verdicts.setdefault(str(uid), {})
        counts[verdict] = counts.get(verdict, 0) + 1
    return estimates, verdicts


def add_figures(
    lines: Iterable[Line], estimates: dict[str, dict[str, Any]], verdicts: dict[str, dict[str, int]]
) -> None:
    """What `latest_figures` found, into the lines."""
    for line in lines:
        e = estimates.get(line.uid)
        line.verdicts = verdicts.get(line.uid, {})
        if e is None:
            line.volume_m3 = line.half_m3 = line.tonnage_t = line.half_t = line.land_m2 = None
            line.reference = line.computed = ""
            continue
        line.volume_m3 = e["fill_m3"] if _fills(line) else e["cut_m3"]
        line.half_m3, line.half_t = e["interval95"]["fill_m3"], e["interval95"]["tonnage_t"]
        line.tonnage_t, line.land_m2 = e["tonnage_t"], e["land_released_m2"]
        line.reference, line.computed = e["reference"]["key"], e["computed_at"]


def verdict_text(counts: dict[str, int]) -> str:
    """Counts of verdicts in words."""
    return ", ".join(f"{_(words.VERDICTS[v])} {counts[v]}" for v in VERDICT_ORDER if counts.get(v))


def tip_of(line: Line, column: Column) -> str | None:
    """The full value behind a cell."""
    if column.key == "verdicts":
        return verdict_text(line.verdicts) or _("no waste screened for this site yet")
    if column.key in TOTALS:
        value = column.sort(line)
        if value is None:
            return _("not estimated yet")
        return f"{fmt.number(value * TOTALS[column.key], 3)} {_PLAIN_UNITS[column.key]}"
    return column.show(line) or None


def site_layers() -> tuple[str, ...]:
    """Layers that the inventory lists, pits first."""
    return tuple(sorted(SITE_LAYERS, key=lambda k: (not LAYERS[k].fills, k != "sand_pits")))
