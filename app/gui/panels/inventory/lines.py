"""Lines of the inventory: the sites of the project with their latest figures, light enough for 100,000 of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import shapely

from app.gui import words
from layers.registry import LAYERS, SITE_LAYERS

if TYPE_CHECKING:
    from gis.store.layer_table import LayerTable

VERDICT_ORDER = ("accept", "assess", "reject", "cannot_judge")
_FOUND_BY = ("responsible", "parcel_no", "waste", "producer", "remarks")
"""Fields beyond code, name, district, status and kind in which the text filter looks."""


class Figures(NamedTuple):
    """What the last estimate of a site says. m³, t, m²; half widths of the 95 % interval.

    `outline` is the fingerprint of the outline it was made with; `outdated`: that is another by now.
    """

    fill_m3: float | None = None
    cut_m3: float | None = None
    half_m3: float | None = None
    tonnage_t: float | None = None
    half_t: float | None = None
    land_m2: float | None = None
    reference: str = ""
    computed: str = ""
    outline: str = ""
    outdated: bool = False

    @classmethod
    def of_record(cls, e: Mapping[str, Any]) -> Figures:
        """From the record of a stored estimate."""
        half = e["interval95"]
        return cls(e["fill_m3"], e["cut_m3"], half["fill_m3"], e["tonnage_t"], half["tonnage_t"],
                   e["land_released_m2"], e["reference"]["key"], e["computed_at"],
                   e.get("outline_sha256") or "")  # fmt: skip


NO_FIGURES = Figures()
_NO_VERDICTS: dict[str, int] = {}


class Columns:
    """The columns of one layer that its lines read from; put in anew when the layer changed."""

    __slots__ = ("values",)

    def __init__(self, values: dict[str, list[Any]]) -> None:
        self.values = values


@dataclass(slots=True)
class Line:
    """One site. Areas m². `source` and `at`: the columns of its layer, and where in them its fields stand."""

    layer: str
    fid: int
    uid: str
    code: str
    name: str
    district: str
    status: str
    area_m2: float
    figures: Figures = NO_FIGURES
    verdicts: dict[str, int] = field(default_factory=lambda: _NO_VERDICTS)
    hay: str = ""
    source: Columns | None = None
    at: int = 0

    @property
    def fills(self) -> bool:
        """True for a pit, False for a heap."""
        return LAYERS[self.layer].fills

    @property
    def volume_m3(self) -> float | None:
        """What goes in, or what lies in a heap."""
        return self.figures.fill_m3 if LAYERS[self.layer].fills else self.figures.cut_m3

    def value(self, name: str) -> Any:
        """A field as it is stored, None where the layer has none of that name."""
        held = self.source.values.get(name) if self.source is not None else None
        return held[self.at] if held else None

    def hold(self, table: LayerTable) -> None:
        """Take over what the layer says now; figures stay."""
        row = table.row(self.fid) or {}
        self.code, self.name, self.district, self.status = (
            _text(row.get(c)) for c in ("code", "name", "district", "status")
        )
        shape = row.get("geometry")
        self.area_m2 = float(shape.area) if shape is not None else 0.0
        self.hay = ""

    def search_text(self) -> str:
        """What the text filter looks in; made when it is first asked for."""
        if not self.hay:
            state = words.choice(LAYERS[self.layer].field_named("status"), self.status or None)
            more = (self.value(name) for name in _FOUND_BY)
            parts = (self.code, self.name, self.district, state, words.layer(self.layer), *(m for m in more if m))
            self.hay = " ".join(map(str, parts)).casefold()
        return self.hay


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def lines_of(layer: str, table: LayerTable) -> tuple[list[Line], Columns]:
    """The sites of one layer, without figures, and the columns that they share."""
    source = Columns(table.columns)
    areas = shapely.area(table.geometry).tolist()
    named = [
        ["" if v is None else str(v) for v in table.column(c)] for c in ("uid", "code", "name", "district", "status")
    ]
    rows = zip(table.fids.tolist(), *named, areas, range(len(areas)), strict=True)
    made = [
        Line(layer, fid, uid, code, name, district, status, area, NO_FIGURES, _NO_VERDICTS, "", source, at)
        for fid, uid, code, name, district, status, area, at in rows
    ]
    return made, source


Latest = tuple[dict[str, Figures], dict[str, dict[str, int]]]


def latest_figures(store: Any) -> Latest:
    """By uid of the site: its last estimate, and how many wastes got which verdict last."""
    records = {str(row["site_uid"]): row["record"] for row in store.rows("estimates")}
    figures = {uid: Figures.of_record(record) for uid, record in records.items()}
    return figures, _verdicts(store.rows("screenings"))


def figures_of(store: Any, uids: Iterable[str]) -> Latest:
    """The same for some sites only."""
    figures: dict[str, Figures] = {}
    verdicts: dict[str, dict[str, int]] = {}
    for uid in uids:
        rows = store.rows("estimates", site_uid=uid)
        figures[uid] = Figures.of_record(rows[-1]["record"]) if rows else NO_FIGURES
        verdicts[uid] = _verdicts(store.rows("screenings", site_uid=uid)).get(uid, {})
    return figures, verdicts


def _verdicts(rows: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    last = {(row["site_uid"], row["waste"]): str(row["verdict"]) for row in rows}
    counts: dict[str, dict[str, int]] = {}
    for (uid, _waste), verdict in last.items():
        mine = counts.setdefault(str(uid), {})
        mine[verdict] = mine.get(verdict, 0) + 1
    return counts


def compare_outlines(latest: Latest, outline_of: Callable[[str], Any]) -> None:
    """Mark the figures whose outline is another by now; `outline_of` a site's uid, None where it is gone."""
    from gis.fingerprint import outline_fingerprint

    figures = latest[0]
    for uid, found in figures.items():
        outline = outline_of(uid) if found.outline else None
        if outline is not None and outline_fingerprint(outline) != found.outline:
            figures[uid] = found._replace(outdated=True)


def add_figures(lines: Iterable[Line], latest: Latest, *, only: bool = False) -> None:
    """What was found, into the lines; `only`: the lines of other sites keep what they have."""
    figures, verdicts = latest
    for line in lines:
        if only and line.uid not in figures:
            continue
        line.figures = figures.get(line.uid, NO_FIGURES)
        line.verdicts = verdicts.get(line.uid, _NO_VERDICTS)


def site_layers() -> tuple[str, ...]:
    """Layers that the inventory lists, pits first."""
    return tuple(sorted(SITE_LAYERS, key=lambda k: (not LAYERS[k].fills, k != "sand_pits")))
