"""The inventory as a table: every site of every layer with its latest figures and verdicts. Fast for 100,000 rows."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt

from app import format as fmt
from app.gui import words
from app.gui.theme import colour, font, theme
from app.i18n import _
from layers.registry import LAYERS, SITE_LAYERS
from models.notices import N_
from models.units import M2_PER_MU, M3_PER_WAN_M3, T_PER_WAN_T

Index = QModelIndex
VERDICT_ORDER = ("accept", "assess", "reject", "cannot_judge")
VerdictsRole = int(Qt.ItemDataRole.UserRole) + 1
GroupRole = int(Qt.ItemDataRole.UserRole) + 2


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
    Column("name", N_("Name"), "", lambda s: s.name, lambda s: s.name, 132),
    Column("layer", N_("Kind"), "", lambda s: words.layer(s.layer), lambda s: words.layer(s.layer), 76),
    Column("district", N_("District"), "", lambda s: s.district, lambda s: s.district, 92),
    Column("status", N_("Status"), "", _status, _status, 96),
    Column("area", N_("Area"), "亩", lambda s: fmt.mu(s.area_m2), lambda s: s.area_m2 / M2_PER_MU, 84, True,
           lambda s: s.area_m2),
    Column("volume", N_("Volume"), "万m³", lambda s: fmt.plus_minus(s.volume_m3, s.half_m3, per=M3_PER_WAN_M3),
           lambda s: _per(s.volume_m3, M3_PER_WAN_M3), 124, True, lambda s: s.volume_m3 if _fills(s) else None),
    Column("tonnage", N_("Takes"), "万t", lambda s: fmt.plus_minus(s.tonnage_t, s.half_t, per=T_PER_WAN_T),
           lambda s: _per(s.tonnage_t, T_PER_WAN_T), 116, True, lambda s: s.tonnage_t if _fills(s) else None),
    Column("land", N_("Land released"), "亩", lambda s: fmt.mu(s.land_m2), lambda s: _per(s.land_m2, M2_PER_MU), 96, True,
           lambda s: s.land_m2 if _fills(s) else None),
    Column("reference", N_("Reference surface"), "", lambda s: words.surface(s.reference) if s.reference else "",
           lambda s: s.reference, 120),
    Column("verdicts", N_("Wastes"), "", lambda _s: "", lambda s: tuple(s.verdicts.get(v, 0) for v in VERDICT_ORDER), 150),
    Column("computed", N_("Estimated on"), "", lambda s: fmt.day(s.computed) if s.computed else "", lambda s: s.computed, 100),
)  # fmt: skip
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


def _text(value: Any) -> str:
    return "" if value is None or value != value else str(value)  # noqa: PLR0124 - NaN of an empty cell


def lines_of(layer: str, frame: Any) -> list[Line]:
    """The sites of one layer, without figures."""
    areas = frame.geometry.area.to_numpy() if len(frame) else np.zeros(0)
    columns = [frame[c].tolist() for c in ("uid", "code", "name", "district", "status")]
    made = []
    for fid, area, uid, *texts in zip(frame.index.tolist(), areas.tolist(), *columns, strict=True):
        code, name, district, status = (_text(t) for t in texts)
        line = Line(layer, fid, _text(uid), code, name, district, status, area)
        line.hay = f"{code} {name} {district} {_status(line)} {words.layer(layer)}".casefold()
        made.append(line)
    return made


def add_figures(lines: Iterable[Line], estimates: dict[str, Any], verdicts: dict[str, dict[str, int]]) -> None:
    """Latest estimates by uid of the site, and counts of verdicts by its code."""
    for line in lines:
        e = estimates.get(line.uid)
        line.verdicts = verdicts.get(line.code, {})
        if e is None:
            line.volume_m3 = line.half_m3 = line.tonnage_t = line.half_t = line.land_m2 = None
            line.reference = line.computed = ""
            continue
        line.volume_m3 = e.fill_m3 if _fills(line) else e.cut_m3
        line.half_m3 = e.interval95.fill_m3
        line.tonnage_t, line.half_t = e.tonnage_t, e.interval95.tonnage_t
        line.land_m2, line.reference, line.computed = e.land_released_m2, e.reference.key, e.computed_at


class InventoryModel(QAbstractTableModel):
    """Sites in an order, filtered and grouped by itself: a proxy in Python would be slow."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[Line] = []
        self.shown: list[int | Group] = []
        self._text = ""
        self._layer = ""
        self._group = ""
        self._sort = (column_named("code"), Qt.SortOrder.AscendingOrder)

    # What is in it

    def set_lines(self, lines: list[Line]) -> None:
        """All sites."""
        self.beginResetModel()
        self.lines = lines
        self._arrange()
        self.endResetModel()

    def set_filter(self, text: str, layer: str, group: str) -> None:
        """Show lines that hold every word of `text`, of one layer ("" all), under headings."""
        self.beginResetModel()
        self._text, self._layer, self._group = text, layer, group
        self._arrange()
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        if column < 0:
            return
        self.beginResetModel()
        self._sort = (column, order)
        self._arrange()
        self.endResetModel()

    def _arrange(self) -> None:
        parts = self._text.casefold().split()
        chosen = [
            i
            for i, line in enumerate(self.lines)
            if (not self._layer or line.layer == self._layer) and all(p in line.hay for p in parts)
        ]
        column, order = self._sort
        key = COLUMNS[column].sort
        # Empty values stand last either way: they are what is still to do.
        empty = [i for i in chosen if key(self.lines[i]) in (None, "")]
        full = [i for i in chosen if key(self.lines[i]) not in (None, "")]
        full.sort(key=lambda i: (key(self.lines[i]), self.lines[i].code), reverse=order == Qt.SortOrder.DescendingOrder)
        chosen = full + empty
        self.shown = list(chosen)
        if self._group:
            show = COLUMNS[column_named(self._group)].show
            groups: dict[str, list[int]] = {}
            for i in chosen:
                groups.setdefault(show(self.lines[i]), []).append(i)
            self.shown = []
            for title in sorted(groups, key=lambda t: (not t, t)):
                self.shown += [Group(title or _("(not stated)"), tuple(groups[title])), *groups[title]]

    def line(self, row: int) -> Line | None:
        """The site of a row; None for a heading."""
        at = self.shown[row] if 0 <= row < len(self.shown) else None
        return self.lines[at] if isinstance(at, int) else None

    def rows_of(self, layer: str, fids: frozenset[int]) -> list[int]:
        """Rows where these sites stand."""
        return [
            r
            for r, at in enumerate(self.shown)
            if isinstance(at, int) and self.lines[at].layer == layer and self.lines[at].fid in fids
        ]

    def totals(self, rows: Iterable[int] | None = None) -> dict[str, float]:
        """Sums over rows (None: all shown): count, and m², m³, t of pits. Headings do not count."""
        at = self.shown if rows is None else [self.shown[r] for r in rows]
        return self._sums([i for i in at if isinstance(i, int)])

    def _sums(self, members: Iterable[int]) -> dict[str, float]:
        lines = [self.lines[i] for i in members]
        sums: dict[str, float] = {"count": len(lines), "estimated": sum(s.volume_m3 is not None for s in lines)}
        for column in COLUMNS:
            if column.total:
                values = [v for v in map(column.total, lines) if v is not None and math.isfinite(v)]
                sums[column.key] = math.fsum(values)
        return sums

    def as_tsv(self, rows: Iterable[int] | None = None) -> str:
        """Rows for a spreadsheet: headings with units, plain numbers with all their digits, words for verdicts."""
        at = range(len(self.shown)) if rows is None else rows
        heads = [f"{_(c.title)} {c.unit}".strip() for c in COLUMNS]
        out = ["\t".join(heads)]
        for r in at:
            line = self.line(r)
            if line is None:
                continue
            cells = []
            for c in COLUMNS:
                value = c.sort(line) if c.right else c.show(line)
                if c.key == "verdicts":
                    value = _verdict_text(line.verdicts)
                if isinstance(value, float):
                    value = repr(round(value, 6))
                cells.append(" ".join(str("" if value is None else value).split()))
            out.append("\t".join(cells))
        return "\n".join(out) + "\n"

    # Qt

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.shown)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        column = COLUMNS[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{_(column.title)} {column.unit}".strip()
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if self.line(index.row()) is None:
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        at, column = self.shown[index.row()], COLUMNS[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if isinstance(at, Group):
            return self._group_data(at, column, role)
        line = self.lines[at]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.show(line)
        if role == Qt.ItemDataRole.ToolTipRole:
            return _tip(line, column)
        if role == VerdictsRole and column.key == "verdicts":
            return line.verdicts
        return None

    def _group_data(self, group: Group, column: Column, role: int) -> Any:
        if role == Qt.ItemDataRole.FontRole:
            return font(bold=True)
        if role == Qt.ItemDataRole.BackgroundRole:
            return colour(theme().sunken)
        if role == GroupRole:
            return True
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if column.key == "code":
            return group.title
        if column.key == "name":
            return _("{n} sites").format(n=len(group.members))
        if column.total:
            total = self._sums(group.members)[column.key]
            return fmt.number(total / TOTALS[column.key], 1) if total else ""
        return ""


def _verdict_text(counts: dict[str, int]) -> str:
    return ", ".join(f"{_(words.VERDICTS[v])} {counts[v]}" for v in VERDICT_ORDER if counts.get(v))


def _tip(line: Line, column: Column) -> str | None:
    if column.key == "verdicts":
        return _verdict_text(line.verdicts) or _("no waste screened for this site yet")
    if column.key in TOTALS:
        value = column.sort(line)
        if value is None:
            return _("not estimated yet")
        return f"{fmt.number(value * TOTALS[column.key], 3)} {dict(area='m²', volume='m³', tonnage='t', land='m²')[column.key]}"
    return column.show(line) or None


def site_layers() -> tuple[str, ...]:
    """Layers that the inventory lists, pits first."""
    return tuple(sorted(SITE_LAYERS, key=lambda k: (not LAYERS[k].fills, k != "sand_pits")))
