"""What the map shows: layers, terrains and basemaps in groups, with order, visibility, opacity and limits of scale."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, TypeVar

from PySide6.QtCore import QObject, Signal

from app.i18n import _
from layers.registry import LAYERS
from models.notices import N_

Group = Literal["field", "controls", "sites", "reference", "basemaps", "terrain"]
GROUP_TITLES: dict[Group, str] = {
    "field": N_("Field work"),
    "controls": N_("Control lines"),
    "sites": N_("Sites"),
    "reference": N_("Reference"),
    "basemaps": N_("Basemaps"),
    "terrain": N_("Terrain"),
}
"""Groups from above to below as a new project shows them."""
TERRAIN_PREFIX, BASEMAP_PREFIX = "terrain:", "basemap:"
_PREFIX: dict[Group, str] = {"terrain": TERRAIN_PREFIX, "basemaps": BASEMAP_PREFIX}
_ROLE_GROUP: dict[str, Group] = {"site": "sites", "control": "controls", "reference": "reference"}
_FIXED = ("key", "group")
_ROUNDING = 1e-6
MAX_DENOMINATOR = 100_000_000
T = TypeVar("T")


def _group_of(key: str) -> Group:
    layer = LAYERS[key]
    return "field" if layer.geometry == "POINT" else _ROLE_GROUP[layer.role]


@dataclass(frozen=True)
class MapEntry:
    """One line of the layer panel. `key` is a table's name, or "terrain:" or "basemap:" and the name.

    `hillshade`, `tint`, `slope`, `contours` and `contour_m` (interval in metres, 0: by scale and ground) are for
    terrains, `labels` for layers; `opacity` is 0..1. It is shown from 1:`closest` out to 1:`farthest`; 0 is no limit.
    """

    key: str
    group: Group
    visible: bool = True
    opacity: float = 1.0
    labels: bool = True
    hillshade: bool = True
    tint: bool = True
    slope: bool = False
    contours: bool = False
    contour_m: float = 0.0
    closest: int = 0
    farthest: int = 0

    @property
    def is_terrain(self) -> bool:
        """True for a terrain."""
        return self.group == "terrain"

    @property
    def is_basemap(self) -> bool:
        """True for an orthophoto or a set of tiles."""
        return self.group == "basemaps"

    @property
    def is_layer(self) -> bool:
        """True for a feature layer of the project."""
        return self.group not in _PREFIX

    @property
    def terrain(self) -> str:
        """The terrain's name, "" for anything else."""
        return self.key.removeprefix(TERRAIN_PREFIX) if self.is_terrain else ""

    @property
    def basemap(self) -> str:
        """The basemap's name, "" for anything else."""
        return self.key.removeprefix(BASEMAP_PREFIX) if self.is_basemap else ""

    def in_scale(self, denominator: float) -> bool:
        """True if its limits of scale let it be seen at 1:denominator."""
        least, most = self.closest * (1 - _ROUNDING), self.farthest * (1 + _ROUNDING)
        return denominator >= least and (not self.farthest or denominator <= most)

    def shown_at(self, denominator: float) -> bool:
        """True if it is ticked and within its limits of scale."""
        return self.visible and self.in_scale(denominator)

    def title(self) -> str:
        """What a person reads, in the current language."""
        if not self.is_layer:
            return self.terrain or self.basemap
        words = _(LAYERS[self.key].plural)
        return words[:1].upper() + words[1:]


class MapLayers(QObject):
    """Entries in groups. What stands above in the panel is drawn above on the map."""

    changed = Signal(str)  # key of the entry whose look changed
    entries_changed = Signal()  # an entry came or went, or the order changed

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._groups: list[Group] = list(GROUP_TITLES)
        self._entries: dict[str, MapEntry] = {}
        self._order: dict[Group, list[str]] = {}
        self._waiting: dict[str, dict[str, Any]] = {}
        self._waiting_order: dict[Group, list[str]] = {}
        self.reset()

    def reset(self) -> None:
        """As a new project shows itself; terrains and basemaps are gone."""
        self._groups = list(GROUP_TITLES)
        self._entries = {key: MapEntry(key, _group_of(key)) for key in LAYERS}
        self._order = {g: [k for k in reversed(LAYERS) if _group_of(k) == g] for g in GROUP_TITLES}
        self._waiting, self._waiting_order = {}, {}
        self.entries_changed.emit()

    # Reading ---------------------------------------------------------------------------------------------------------

    @property
    def groups(self) -> tuple[Group, ...]:
        """Groups from above to below."""
        return tuple(self._groups)

    def members(self, group: Group) -> list[MapEntry]:
        """Entries of a group from above to below."""
        return [self._entries[k] for k in self._order[group]]

    def entries(self) -> list[MapEntry]:
        """All, from below to above: the order of drawing."""
        return [e for g in self._groups for e in self.members(g)][::-1]

    def entry(self, key: str) -> MapEntry | None:
        """The entry of this key."""
        return self._entries.get(key)

    def layers(self) -> list[MapEntry]:
        """The vector layers, from below to above."""
        return [e for e in self.entries() if e.is_layer]

    def terrains(self) -> list[MapEntry]:
        """The terrains, from below to above."""
        return [e for e in self.entries() if e.is_terrain]

    def grounds(self) -> list[MapEntry]:
        """Terrains and basemaps, from below to above."""
        return [e for e in self.entries() if not e.is_layer]

    # Changing --------------------------------------------------------------------------------------------------------

    def change(self, key: str, **fields: Any) -> None:
        """New values of some fields of an entry. Slope and elevation colour the same ground: one excludes the other."""
        old = self._entries[key]
        if fields.get("slope"):
            fields = {"tint": False, **fields}
        if fields.get("tint"):
            fields = {"slope": False, **fields}
        new = replace(old, **fields)
        if new != old:
            self._entries[key] = new
            self.changed.emit(key)

    def set_visible(self, key: str, visible: bool) -> None:
        """Show or hide an entry."""
        self.change(key, visible=visible)

    def set_opacity(self, key: str, opacity: float) -> None:
        """Opacity 0..1 of an entry."""
        self.change(key, opacity=min(max(opacity, 0.0), 1.0))

    def set_limits(self, key: str, closest: int, farthest: int) -> None:
        """Show an entry from 1:closest out to 1:farthest only; 0 is no limit. Limits the wrong way round are turned."""
        low, high = (min(max(int(v), 0), MAX_DENOMINATOR) for v in (closest, farthest))
        if low and high and low > high:
            low, high = high, low
        self.change(key, closest=low, farthest=high)

    def place(self, key: str, index: int) -> None:
        """Put an entry at a place of its group, counted from above."""
        order = self._order[self._entries[key].group]
        rest = [k for k in order if k != key]
        rest.insert(min(max(index, 0), len(rest)), key)
        if rest != order:
            order[:] = rest
            self.entries_changed.emit()

    def move(self, key: str, up: int) -> None:
        """Move an entry `up` places (negative: down) within its group."""
        order = self._order[self._entries[key].group]
        self.place(key, order.index(key) - up)

    def place_group(self, group: Group, index: int) -> None:
        """Put a whole group at a place, counted from above."""
        rest: list[Group] = [g for g in self._groups if g != group]
        rest.insert(min(max(index, 0), len(rest)), group)
        if rest != self._groups:
            self._groups = rest
            self.entries_changed.emit()

    def set_terrains(self, names: Iterable[str]) -> None:
        """The project's terrains. A new one lies on top; what a person chose for one and its place are kept."""
        self._set_members("terrain", names)

    def set_basemaps(self, names: Iterable[str]) -> None:
        """The project's basemaps, in the same way."""
        self._set_members("basemaps", names)

    def _set_members(self, group: Group, names: Iterable[str]) -> None:
        wanted = [_PREFIX[group] + n for n in names]
        before = list(self._order[group])
        order = [k for k in before if k in wanted]
        for key in before:
            if key not in wanted:
                self._waiting[key] = _plain(self._entries.pop(key))
        for key in wanted:
            if key not in self._entries:
                self._entries[key] = _with(MapEntry(key, group), self._waiting.pop(key, {}))
                order.insert(0, key)
        self._order[group] = _sorted(order, self._waiting_order.get(group, []))
        if self._order[group] != before:
            self.entries_changed.emit()

    # Remembering -----------------------------------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """What a window remembers of it, plain: the look of each entry and the order."""
        looks = {**self._waiting, **{e.key: _plain(e) for e in self.entries()}}
        return {"entries": looks, "groups": list(self._groups), "order": {g: list(o) for g, o in self._order.items()}}

    def restore(self, state: Any) -> None:
        """Take back what `state` gave, as far as it fits; anything else in it is ignored.

        What it says of terrains and basemaps that come later is kept for them.
        """
        saved = state if isinstance(state, dict) else {}
        looks, orders, groups = saved.get("entries"), saved.get("order"), saved.get("groups")
        for key, look in looks.items() if isinstance(looks, dict) else ():
            if not isinstance(look, dict):
                continue
            if key in self._entries:
                self.change(key, **_fitting(self._entries[key], look))
            elif str(key).startswith(tuple(_PREFIX.values())):
                self._waiting[key] = look
        for group in GROUP_TITLES:
            wish = orders.get(group) if isinstance(orders, dict) else None
            if isinstance(wish, list):
                self._waiting_order[group] = wish
                self._order[group] = _sorted(self._order[group], wish)
        if isinstance(groups, list):
            self._groups = _sorted(list(GROUP_TITLES), groups)
        self.entries_changed.emit()


def _plain(entry: MapEntry) -> dict[str, Any]:
    return {k: v for k, v in asdict(entry).items() if k not in _FIXED}


def _fitting(entry: MapEntry, look: dict[str, Any]) -> dict[str, Any]:
    """The values of a remembered look that an entry can take."""
    kept = {k: v for k, v in look.items() if k in _plain(entry) and type(v) is type(getattr(entry, k))}
    bad = [k for k, v in kept.items() if not isinstance(v, bool) and not 0 <= v <= (1 if k == "opacity" else 1e8)]
    return {k: v for k, v in kept.items() if k not in bad}


def _with(entry: MapEntry, look: dict[str, Any]) -> MapEntry:
    return replace(entry, **_fitting(entry, look))


def _sorted(items: list[T], wish: list[Any]) -> list[T]:
    """`items` in the order wished for; those it does not name keep their place on top of the one they stood on."""
    known = [i for i in wish if i in items]
    if len(set(known)) != len(known):
        return items
    made: list[T] = list(known)
    for position in range(len(items) - 1, -1, -1):
        if items[position] not in made:
            below = next((i for i in items[position + 1 :] if i in made), None)
            made.insert(made.index(below) if below is not None else len(made), items[position])
    return made
