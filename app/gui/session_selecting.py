"""What is selected in the open project: features of one layer, and the one site among them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from app.gui.foreground import foreground
from app.gui.unsaved import PROVISIONAL
from layers.registry import LAYERS

if TYPE_CHECKING:
    from PySide6.QtCore import SignalInstance

    from gis.store.layer_table import LayerTable

NOTHING: tuple[str, frozenset[int]] = ("", frozenset())


class Selecting:
    """A part of Session."""

    if TYPE_CHECKING:
        selection_changed: SignalInstance
        site_changed: SignalInstance

    table: Callable[[str], LayerTable]
    _selection: tuple[str, frozenset[int]]
    _site: str

    @property
    def selection(self) -> tuple[str, frozenset[int]]:
        """Layer key and row numbers of what is selected; ("", empty) for nothing."""
        return self._selection

    @property
    def site_code(self) -> str:
        """Code of the one selected site, "" if there is none."""
        return self._site

    def select(self, layer: str, fids: Iterable[int]) -> None:
        """Select features of one layer."""
        chosen = frozenset(int(f) for f in fids)
        new = (layer, chosen) if chosen else NOTHING
        if new == self._selection:
            return
        self._selection = new
        old, self._site = self._site, self._only_site()
        with foreground:
            self.selection_changed.emit(*new)
            if self._site != old:
                self.site_changed.emit(self._site)
            foreground.until_painted()

    def select_site(self, code: str) -> bool:
        """Select the site of this code; False if there is none."""
        for key in LAYERS:
            if LAYERS[key].role != "site":
                continue
            fids = self.table(key).where("code", [code])
            if fids:
                self.select(key, fids[:1])
                return True
        return False

    def _only_site(self) -> str:
        layer, fids = self._selection
        if layer not in LAYERS or LAYERS[layer].role != "site" or len(fids) != 1:
            return ""
        fid = next(iter(fids))
        return "" if fid >= PROVISIONAL else str(self.table(layer).value(fid, "code") or "")

    def _tell_site(self) -> None:
        code = self._only_site()
        if code != self._site:
            self._site = code
            self.site_changed.emit(code)
