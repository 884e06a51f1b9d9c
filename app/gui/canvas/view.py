"""Where the map looks: a plain value that turns ground into pixels and back, and the places looked at before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

MIN_SCALE, MAX_SCALE = 5e-4, 2e4  # metres per logical pixel: half a millimetre .. the whole country in one window
PAPER_DPI = 96.0
_M_PER_INCH = 0.0254

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True)
class View:
    """A north-up view. (`x`, `y`) lies in the middle of the window; `scale` is metres per logical pixel.

    `width`, `height` are logical pixels; `dpr` device pixels per logical pixel. Numbers and numpy arrays both work.
    """

    x: float = 0.0
    y: float = 0.0
    scale: float = 1.0
    width: int = 1
    height: int = 1
    dpr: float = 1.0

    def to_screen(self, x: Any, y: Any) -> tuple[Any, Any]:
        """Logical pixels, from the upper left corner, of a place on the ground."""
        return (x - self.x) / self.scale + self.width / 2, (self.y - y) / self.scale + self.height / 2

    def to_world(self, px: Any, py: Any) -> tuple[Any, Any]:
        """The place on the ground under logical pixels."""
        return self.x + (px - self.width / 2) * self.scale, self.y - (py - self.height / 2) * self.scale

    @property
    def bounds(self) -> Bounds:
        """Ground seen: xmin, ymin, xmax, ymax."""
        w, h = self.width * self.scale / 2, self.height * self.scale / 2
        return self.x - w, self.y - h, self.x + w, self.y + h

    @property
    def device_size(self) -> tuple[int, int]:
        """Width and height in device pixels."""
        return max(1, round(self.width * self.dpr)), max(1, round(self.height * self.dpr))

    def zoomed(self, factor: float, px: float | None = None, py: float | None = None) -> View:
        """Closer by `factor` (> 1 shows less ground) with the ground under (px, py) staying where it is."""
        px = self.width / 2 if px is None else px
        py = self.height / 2 if py is None else py
        scale = min(max(self.scale / factor, MIN_SCALE), MAX_SCALE)
        x, y = self.to_world(px, py)
        return replace(self, x=x - (px - self.width / 2) * scale, y=y + (py - self.height / 2) * scale, scale=scale)

    def panned(self, dx: float, dy: float) -> View:
        """The picture pushed by (dx, dy) logical pixels, right and down."""
        return replace(self, x=self.x - dx * self.scale, y=self.y + dy * self.scale)

    def resized(self, width: int, height: int, dpr: float) -> View:
        """The same middle and scale in a window of another size."""
        return replace(self, width=max(1, width), height=max(1, height), dpr=dpr)

    def fitted(self, bounds: Bounds, margin: float = 0.08) -> View:
        """All of `bounds` in the window, with a margin as a share of it. A point gets a view about 100 m wide."""
        x0, y0, x1, y1 = bounds
        room = max(1 - 2 * margin, 0.1)
        scale = max((x1 - x0) / (self.width * room), (y1 - y0) / (self.height * room))
        if scale <= 0:
            scale = 100.0 / self.width
        return replace(self, x=(x0 + x1) / 2, y=(y0 + y1) / 2, scale=min(max(scale, MIN_SCALE), MAX_SCALE))

    def expanded(self, margin_px: int) -> View:
        """The same view with `margin_px` more on each side: what a picture holds so that a drag finds ground there."""
        return replace(self, width=self.width + 2 * margin_px, height=self.height + 2 * margin_px)

    def denominator(self, dpi: float = PAPER_DPI) -> float:
        """N of the scale 1:N on a screen of `dpi` logical dots per inch."""
        return self.scale * dpi / _M_PER_INCH

    def same_place(self, other: View) -> bool:
        """True if both show the same ground at the same scale, whatever the window."""
        tiny = self.scale * 1e-3
        return (
            abs(self.x - other.x) < tiny and abs(self.y - other.y) < tiny and abs(self.scale / other.scale - 1) < 1e-9
        )


class ViewHistory:
    """Views a person stopped at, for "previous view" and "next view"."""

    def __init__(self, limit: int = 50) -> None:
        self._views: list[View] = []
        self._at = -1
        self._limit = limit

    def visit(self, view: View) -> None:
        """Remember `view`; what lay ahead is forgotten. The same place twice counts once."""
        if self._at >= 0 and self._views[self._at].same_place(view):
            return
        del self._views[self._at + 1 :]
        self._views.append(view)
        del self._views[: -self._limit]
        self._at = len(self._views) - 1

    def back(self) -> View | None:
        """The view before, or None."""
        if self._at <= 0:
            return None
        self._at -= 1
        return self._views[self._at]

    def forward(self) -> View | None:
        """The view after, or None."""
        if self._at + 1 >= len(self._views):
            return None
        self._at += 1
        return self._views[self._at]

    def clear(self) -> None:
        """Forget all (another project)."""
        self._views.clear()
        self._at = -1
