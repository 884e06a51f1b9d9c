"""What the pointer snaps to and how far it reaches; remembered from one start to the next."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from app.gui import settings
from models.notices import N_

KINDS = {
    "vertex": N_("Points of outlines"),
    "edge": N_("Edges"),
    "middle": N_("Middles of edges"),
    "intersection": N_("Crossings of edges"),
    "perpendicular": N_("Right angles"),
    "grid": N_("Grid"),
}
DEFAULT_KINDS = frozenset({"vertex", "edge", "intersection"})
"""Right angles and the grid pull at every place; they are asked for."""
TOLERANCES_PX = (6, 10, 14, 20)
GRIDS_M = (0.01, 0.1, 0.5, 1.0, 5.0, 10.0)
_SWITCHES = {"shared": True, "clear": False}


class SnapSettings(QObject):
    """The switches of the snap menu. `shared`: shared boundaries move together; `clear`: new ground stays clear."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.on = _truth("snap/on", True)
        self.kinds = frozenset(k for k in KINDS if _truth(f"snap/{k}", k in DEFAULT_KINDS))
        self.tolerance_px = _one_of("snap/tolerance_px", TOLERANCES_PX, 10)
        self.grid_m = _one_of("snap/grid_m", GRIDS_M, 1.0)
        self.switches = {name: _truth(f"snap/{name}", first) for name, first in _SWITCHES.items()}

    @property
    def shared(self) -> bool:
        """True if a boundary that two features share moves as one."""
        return self.switches["shared"]

    @property
    def clear(self) -> bool:
        """True if what is drawn is cut by its neighbours."""
        return self.switches["clear"]

    def wanted(self) -> frozenset[str]:
        """The kinds that count now."""
        return self.kinds if self.on else frozenset()

    def set_on(self, on: bool) -> None:
        """Snapping as a whole."""
        self.on = on
        self._keep("on", on)

    def set_kind(self, kind: str, on: bool) -> None:
        """One kind of target."""
        self.kinds = self.kinds | {kind} if on else self.kinds - {kind}
        self._keep(kind, on)

    def set_switch(self, name: str, on: bool) -> None:
        """Turn "shared" or "clear" on or off."""
        self.switches[name] = on
        self._keep(name, on)

    def set_tolerance(self, px: int) -> None:
        """How near the pointer must be, in pixels."""
        self.tolerance_px = px
        self._keep("tolerance_px", px)

    def set_grid(self, metres: float) -> None:
        """Width of the grid's meshes."""
        self.grid_m = metres
        self._keep("grid_m", metres)

    def _keep(self, name: str, value: object) -> None:
        settings.remember(f"snap/{name}", value)
        self.changed.emit()


def remembered(switch: str) -> bool:
    """A switch ("shared", "clear") as it was left, for those who have no map at hand."""
    return _truth(f"snap/{switch}", _SWITCHES[switch])


def _truth(key: str, otherwise: bool) -> bool:
    return str(settings.value(key, otherwise)).lower() not in ("false", "0")


def _one_of(key: str, choices: tuple, otherwise: float) -> float:
    kept: Callable[[object], bool] = lambda v: v in choices  # noqa: E731
    try:
        value = type(otherwise)(float(settings.value(key, otherwise)))
    except (TypeError, ValueError):
        return otherwise
    return value if kept(value) else otherwise
