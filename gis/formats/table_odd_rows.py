"""Rows of a table that do not go with the others: the two coordinates exchanged, or the zone number missing.

Such a row is not mended (which of the two is the slip nobody knows) and spoils its outline alone, with the reason.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gis.arrays import Array
from models.notices import N_, Notice

_NORTH, _EAST = (1_900_000.0, 6_000_000.0), (100_000.0, 900_000.0)
_MOSTLY = 0.5


def odd_rows(xy: Array) -> dict[int, Notice]:
    """Position → reason of the rows of `xy` (n, 2; easting first; metres of a Chinese grid) that stand against most.

    Empty where the rows are no such metres or no form has the majority.
    """
    with np.errstate(invalid="ignore"):
        right, wrong = _on_grid(xy[:, 0], xy[:, 1]), _on_grid(xy[:, 1], xy[:, 0])
        prefixed = right & (xy[:, 0] >= 1e6)
    known = int((right | wrong).sum())
    if not known or right.sum() <= _MOSTLY * known:
        return {}
    turned = Notice("table.turned", N_("its two coordinates stand the other way round than in the other rows"))
    found = {int(i): turned for i in np.flatnonzero(wrong & ~right)}
    if prefixed.sum() > _MOSTLY * right.sum():
        zones = np.unique(xy[prefixed, 0] // 1e6).astype(int)
        text = N_("its easting has no zone number, as those of the other rows have ({zone})")
        bare = Notice("table.bare", text, zone=int(zones[0]))
        found.update({int(i): bare for i in np.flatnonzero(right & ~prefixed)})
    else:
        text = N_("its easting begins with a zone number ({zone}), those of the other rows with none")
        for i in np.flatnonzero(right & prefixed):
            found[int(i)] = Notice("table.prefixed", text, zone=int(xy[i, 0] // 1e6))
    return found


def _on_grid(east: Array, north: Array) -> npt.NDArray[np.bool_]:
    zone, rest = np.divmod(east, 1e6)
    good: npt.NDArray[np.bool_] = (zone == 0) | ((zone >= 13) & (zone <= 23)) | ((zone >= 25) & (zone <= 45))
    good &= (rest >= _EAST[0]) & (rest <= _EAST[1]) & (north >= _NORTH[0]) & (north <= _NORTH[1])
    return good
