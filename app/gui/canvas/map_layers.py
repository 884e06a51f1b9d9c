"""What the map shows: its layers and terrains with visibility, opacity and labels. Panel and canvas look at it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from PySide6.QtCore import QObject, Signal

from app.i18n import _
from layers.registry import LAYERS
from models.notices import N_

Group = Literal["sites", "controls", "reference", "terrain"]
GROUP_TITLES: dict[Group, str] = {
    "sites": N_("Sites"),
    "controls": N_("Control lines"),
    "reference": N_("Reference"),
    "terrain": N_("Terrain"),
}
TERRAIN_PREFIX = "terrain:"
_ROLE_GROUP: dict[str, Group] = {"site": "sites", "control": "controls", "reference": "reference"}


@dataclass(frozen=True)
class MapEntry:
    """One line of the layer panel. `key` is a table's name, or "terrain:" and the terrain's name.

    `hillshade` and `tint` are for terrains, `labels` for layers; `opacity` is 0..1.
    """

    key: str
    group: Group
    visible: bool = True
    opacity: float = 1.0
    labels: bool = True
    hillshade: bool = True
    tint: bool = True

    @property
    def is_terrain(self) -> bool:
        """True for a terrain."""
        return self.group == "terrain"

    @property
    def terrain(self) -> str:
        """The terrain's name, "" for a layer."""
        return self.key.removeprefix(TERRAIN_PREFIX) if self.is_terrain else ""

    def title(self) -> str:
        """What a person reads, in the current language."""
        if self.is_terrain:
            return self.terrain
        words = _(LAYERS[self.key].plural)
        return words[:1].upper() + words[1:]


class MapLayers(QObject):
    """Entries from below to above: terrains first, then the layers of the registry."""

    changed = Signal(str)  # key of the entry whose look changed
    entries_changed = Signal()  # an entry came or went, or the order changed

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: dict[str, MapEntry] = {
            key: MapEntry(key, _ROLE_GROUP[layer.role]) for key, layer in LAYERS.items()
        }

    def entries(self) -> list[MapEntry]:
        """All, from below to above."""
        return list(self._entries.values())

    def entry(self, key: str) -> MapEntry | None:
        """The entry of this key."""
        return self._entries.get(key)

    def layers(self) -> list[MapEntry]:
        """The vector layers, from below to above."""
        return [e for e in self._entries.values() if not e.is_terrain]

    def terrains(self) -> list[MapEntry]:
        """The terrains, from below to above."""
        return [e for e in self._entries.values() if e.is_terrain]

    def change(self, key: str, **fields: Any) -> None:
        """New values of some fields (visible, opacity, labels, hillshade, tint) of an entry."""
        old = self._entries[key]
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

    def set_terrains(self, names: Iterable[str]) -> None:
        """The project's terrains, in their order; the newest lies on top. What a person chose for one is kept."""
        wanted = [TERRAIN_PREFIX + n for n in names]
        if [e.key for e in self.terrains()] == wanted:
            return
        kept = {k: self._entries.get(k) or MapEntry(k, "terrain", opacity=1.0) for k in wanted}
        self._entries = {**kept, **{e.key: e for e in self.layers()}}
        self.entries_changed.emit()

    def state(self) -> dict[str, Any]:
        """What a window remembers of it, plain."""
        return {e.key: {k: v for k, v in asdict(e).items() if k not in ("key", "group")} for e in self.entries()}

    def restore(self, state: dict[str, Any]) -> None:
        """Take back what `state` gave, as far as it fits; anything else in it is ignored."""
        for key, saved in state.items():
            entry = self._entries.get(key)
            if entry is None or not isinstance(saved, dict):
                continue
            fits = {k: v for k, v in saved.items() if k in asdict(entry) and k not in ("key", "group")}
            self.change(key, **{k: v for k, v in fits.items() if isinstance(v, type(getattr(entry, k)))})
