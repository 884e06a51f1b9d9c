"""A map of the change between two surveys: fill blue, cut red, what is within the level of detection grey."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from app import format as fmt
from app.i18n import _
from app.package.drawing_settings import drawing_settings
from app.package.fonts import font_properties, plain
from app.package.page import INK
from app.sentences import shift_text, tilt_text
from gis.comparison import DifferenceGrid
from layers.classes import depth_colour
from models.comparison import SurveyComparison, SurveyUsed
from models.site import Site
from models.units import M3_PER_WAN_M3

_PAPER_MM = (297.0, 210.0)
_DPI = 200
_SAME = "#D9DCE1"
_STEPS = 4
_AROUND = 0.3
"""How strongly the change outside the outline shows: it tells what stable ground does, and is no part of the sum."""


@dataclass(frozen=True)
class Classes:
    """Upper limits of the classes in m, the same up and down; `none_m`: changes up to this show as none."""

    none_m: float
    limits_m: tuple[float, ...]

    def picture(self, difference: NDArray[np.float32]) -> NDArray[np.uint8]:
        """RGBA of the differences; transparent where there is none."""
        out = np.zeros((*difference.shape, 4), np.uint8)
        known = np.isfinite(difference)
        size = np.abs(np.where(known, difference, 0))
        step = np.searchsorted(self.limits_m, size, side="right")
        for up in (True, False):
            colours = np.array([_rgba(c) for c in self.colours(up=up)], np.uint8)
            here = known & (difference > 0 if up else difference <= 0)
            out[here] = colours[step[here]]
        out[known & (size <= self.none_m)] = _rgba(_SAME)
        return out

    def colours(self, *, up: bool) -> list[str]:
        """Colour of each class, the last one open: blue where ground rose, red where it sank."""
        n = len(self.limits_m)
        return [depth_colour((k + 1) / (n + 1), fill=up) for k in range(n + 1)]


def classes_of(grid: DifferenceGrid, detection_m: float | None) -> Classes:
    """Four classes of a round height each way, so that 98 % of the change inside the outline has its class."""
    inside = np.abs(grid.difference[grid.inside & np.isfinite(grid.difference)])
    none = detection_m or 0.0
    reach = max(float(np.percentile(inside, 98)) if inside.size else 0.0, 2 * none, 0.01)
    raw = reach / _STEPS
    power = 10.0 ** np.floor(np.log10(raw))
    step = float(next(m * power for m in (1.0, 2.0, 2.5, 5.0, 10.0) if m * power >= raw * (1 - 1e-9)))
    return Classes(none, tuple(step * k for k in range(1, _STEPS + 1) if step * k > none))


def draw_change_map(site: Site, grid: DifferenceGrid, found: SurveyComparison, out: Path) -> None:
    """Write the map as PNG or PDF (by the ending of `out`), A4 across, coordinates in the project CRS.

    Raises OSError where it cannot be written.
    """
    from matplotlib.figure import Figure

    classes = classes_of(grid, found.level_of_detection_m)
    with drawing_settings():
        figure = Figure(figsize=(_PAPER_MM[0] / 25.4, _PAPER_MM[1] / 25.4), facecolor="white")
        axes = figure.add_axes((0.07, 0.08, 0.62, 0.82))
        _map(axes, site, grid, classes)
        panel = figure.add_axes((0.72, 0.08, 0.26, 0.82))
        panel.axis("off")
        _title(figure, site, found)
        below = _legend(panel, classes, 0.98)
        _figures(panel, found, below - 0.04)
        metadata: dict[str, Any] = {"Title": plain(f"{site.code} {site.name}")} if out.suffix.lower() == ".pdf" else {}
        figure.savefig(out, dpi=_DPI, format=out.suffix[1:].lower(), metadata=metadata)


def _map(axes: Any, site: Site, grid: DifferenceGrid, classes: Classes) -> None:
    x0, y0, x1, y1 = grid.extent
    picture = classes.picture(grid.difference)
    picture[..., 3] = np.where(grid.inside, picture[..., 3], (picture[..., 3] * _AROUND).astype(np.uint8))
    axes.imshow(picture, extent=(x0, x1, y0, y1), interpolation="nearest", origin="upper")
    for part in shapely.get_parts(site.outline):
        for ring in shapely.get_rings(part):
            xy = shapely.get_coordinates(ring)
            axes.plot(xy[:, 0], xy[:, 1], color=INK, linewidth=1.2)
    axes.set_xlim(x0, x1)
    axes.set_ylim(y0, y1)
    axes.set_aspect("equal")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(_ticks())
        axis.set_major_formatter(lambda value, _place: f"{value:.0f}")
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        label.set_fontproperties(font_properties(7))
    axes.tick_params(width=0.5, length=2.5)
    _bar(axes, grid.extent)


def _ticks() -> Any:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(4, steps=[1, 2, 5, 10])


def _bar(axes: Any, extent: tuple[float, float, float, float]) -> None:
    """Scale bar, and the arrow to grid north."""
    wide, high = extent[2] - extent[0], extent[3] - extent[1]
    power = 10.0 ** np.floor(np.log10(wide / 4))
    length = float(max(m * power for m in (1.0, 2.0, 5.0) if m * power <= wide / 4))
    x, y = extent[0] + 0.04 * wide, extent[1] + 0.04 * high
    halo = {"color": "white", "alpha": 0.7, "linewidth": 0, "pad": 2.0}
    axes.plot([x, x + length], [y, y], color=INK, linewidth=2.5, solid_capstyle="butt")
    axes.text(x + length / 2, y + 0.012 * high, f"{length:g} m", ha="center", va="bottom",
              fontproperties=font_properties(8), bbox=halo)  # fmt: skip
    axes.annotate("", xy=(0.96, 0.97), xytext=(0.96, 0.89), xycoords="axes fraction",
                  arrowprops={"arrowstyle": "-|>", "color": INK})  # fmt: skip
    axes.text(0.96, 0.875, "N", ha="center", va="top", transform=axes.transAxes, fontproperties=font_properties(9))


def _title(figure: Any, site: Site, found: SurveyComparison) -> None:
    surveys = (found.before, found.after)
    names = [
        "" if s is None else f"{s.terrain} ({s.surveyed_on[:10]})" if s.surveyed_on else s.terrain for s in surveys
    ]
    head = _("Change between two surveys: {site}").format(site=plain(f"{site.code} {site.name}".strip()))
    figure.text(0.07, 0.955, head, fontproperties=font_properties(13, bold=True), color=INK, va="center")
    words = _("from {before} to {after}").format(before=plain(names[0]), after=plain(names[1]))
    figure.text(0.07, 0.918, words, fontproperties=font_properties(9), color=INK, va="center")


def _survey(used: SurveyUsed | None) -> str:
    if used is None:
        return ""
    return f"{used.terrain} ({used.surveyed_on[:10]})" if used.surveyed_on else used.terrain


def _legend(panel: Any, classes: Classes, top: float) -> float:
    """The classes in metres, the highest fill on top; returns where it ends."""
    from matplotlib.patches import Rectangle

    low = (classes.none_m, *classes.limits_m)
    decimals = 2 if low[-1] < 10 else 1
    words = [f"{a:.{decimals}f} – {b:.{decimals}f}" for a, b in zip(low, classes.limits_m, strict=False)]
    words.append(f"> {low[-1]:.{decimals}f}")
    up = list(zip(words, classes.colours(up=True), strict=True))[::-1]
    down = list(zip(words, classes.colours(up=False), strict=True))
    rows = [(_("fill, m"), ""), *up]
    if classes.none_m > 0:
        rows.append((_("within the level of detection, ± {level:.2f}").format(level=classes.none_m), _SAME))
    rows += [(_("cut, m"), ""), *down]
    y, step = top, 0.036
    for text, colour in rows:
        if colour:
            panel.add_patch(Rectangle((0.0, y - 0.7 * step), 0.12, 0.75 * step, facecolor=colour, edgecolor=INK,
                                      linewidth=0.3))  # fmt: skip
        font = font_properties(8, bold=not colour)
        panel.text(0.16 if colour else 0.0, y - 0.35 * step, text, fontproperties=font, va="center", color=INK)
        y -= step
    panel.set_xlim(0, 1)
    panel.set_ylim(0, 1)
    return y


def _figures(panel: Any, found: SurveyComparison, top: float) -> None:
    """The sums that belong to the map, with their intervals, and how the surveys were brought together."""
    sure, unsure = found.interval95, f"({_('not quantified')})"
    rows = [
        (_("placed 万m³"), _volume(found.placed_m3, sure.placed_m3, unsure)),
        (_("removed 万m³"), _volume(found.removed_m3, sure.removed_m3, unsure)),
        (_("net 万m³"), _volume(found.net_m3, sure.net_m3, unsure)),
        (_("offset on stable ground m"), fmt.number(found.offset_m, 3)),
        ("", _("taken off") if found.offset_removed else _("left in")),
        (_("sideways shift on stable ground"), ""),
        ("", shift_text(found.shift)),
        *((r, "") if not k else ("", r) for k, r in enumerate(_tilt(found))),
        (_("share of the plan"), fmt.percent(found.share_of_plan)),
        (_("remaining 万m³"), fmt.wan_m3(found.remaining_m3)),
    ]
    for k, (words, value) in enumerate(rows):
        y = top - 0.04 * k
        panel.text(0.0, y, words, fontproperties=font_properties(8), va="center", color=INK)
        panel.text(1.0, y, plain(value), fontproperties=font_properties(8), va="center", ha="right", color=INK)


def _tilt(found: SurveyComparison) -> list[str]:
    """A heading and the words of a tilt in lines that fit; nothing where none stands out."""
    if found.tilt is None or found.tilt.lowest_m is None:
        return []
    way, _comma, over = tilt_text(found.tilt).partition(_(", "))
    return [_("tilt or bend on stable ground"), way, over]


def _volume(volume: float, half: float | None, unsure: str) -> str:
    return fmt.plus_minus(volume, half, per=M3_PER_WAN_M3, unquantified=unsure)


def _rgba(colour: str) -> tuple[int, int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16), 255
