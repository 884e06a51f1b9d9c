"""A layer as plain columns: what the window draws and lists, without the time that pandas takes to load."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class LayerTable:
    """Features of one layer in the order of `fids` (rising). `geometry` holds shapely objects in the CRS `crs`.

    `columns` are lists by field name, as long as `fids`; None where nothing is stored.
    """

    layer: str
    crs: str
    fids: NDArray[np.int64]
    geometry: NDArray[np.object_]
    columns: dict[str, list[Any]]

    def __len__(self) -> int:
        return len(self.fids)

    def __contains__(self, fid: object) -> bool:
        return isinstance(fid, int | np.integer) and self._at(int(fid)) is not None

    def _at(self, fid: int) -> int | None:
        at = int(np.searchsorted(self.fids, fid))
        return at if at < len(self.fids) and self.fids[at] == fid else None

    def column(self, name: str) -> list[Any]:
        """The values of a field, all None if the layer has no such field."""
        return self.columns.get(name) or [None] * len(self)

    def value(self, fid: int, name: str) -> Any:
        """One value, None if there is no such row or field."""
        at = self._at(fid)
        return None if at is None else self.column(name)[at]

    def row(self, fid: int) -> dict[str, Any] | None:
        """The fields and the geometry of a feature, None if there is no such row."""
        at = self._at(fid)
        if at is None:
            return None
        return {"geometry": self.geometry[at], **{name: values[at] for name, values in self.columns.items()}}

    def where(self, name: str, wanted: Iterable[Any]) -> list[int]:
        """The fids of the features whose field has one of these values."""
        chosen = set(wanted)
        return [int(f) for f, v in zip(self.fids, self.column(name), strict=True) if v in chosen]

    def patched(self, gone: Iterable[int], fresh: LayerTable) -> LayerTable:
        """The table without the rows `gone`, with the rows of `fresh` in their place."""
        places = [at for at in (self._at(int(f)) for f in fresh.fids) if at is not None]
        if len(places) == len(fresh) and set(map(int, gone)) <= set(fresh.fids.tolist()):
            return self._with(places, fresh)
        keep = np.nonzero(~np.isin(self.fids, [*gone, *fresh.fids.tolist()]))[0]
        fids = np.concatenate([self.fids[keep], fresh.fids])
        order = np.argsort(fids, kind="stable")
        geometry = np.concatenate([self.geometry[keep], fresh.geometry])[order]
        columns = {}
        for name in {**self.columns, **fresh.columns}:
            mine, theirs = self.column(name), fresh.column(name)
            both = [mine[i] for i in keep.tolist()] + theirs
            columns[name] = [both[i] for i in order.tolist()]
        return LayerTable(self.layer, self.crs, fids[order], geometry, columns)

    def _with(self, places: list[int], fresh: LayerTable) -> LayerTable:
        """The same rows, those of `fresh` at their places: a large layer is not put together anew for one edit."""
        geometry = self.geometry.copy()
        columns = {name: list(self.column(name)) for name in {**self.columns, **fresh.columns}}
        for at, place in enumerate(places):
            geometry[place] = fresh.geometry[at]
            for name, values in columns.items():
                values[place] = fresh.column(name)[at]
        return LayerTable(self.layer, self.crs, self.fids, geometry, columns)
