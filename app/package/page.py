"""A page in millimetres from its lower left corner. Every text knows its box and is checked before it is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from app.package.fonts import MM_PER_PT, plain, require_glyphs
from app.package.shapes import Rect, line_path, polygon_path, text_corners
from app.package.textrun import Halos, Run, TextRuns, outlines
from models.errors import Refused
from models.notices import N_, Notice

Ring = NDArray[np.floating]
PT_PER_MM = 1.0 / MM_PER_PT
INK = "#1F2933"
HALO_MM = 0.3


class PlacedText(NamedTuple):
    """A text that stands on the page: what it says, its element's name, the box it takes and the room it was given."""

    text: str
    name: str
    corners: tuple[tuple[float, float], ...]
    room: Rect
    size_pt: float

    @property
    def shape(self) -> Polygon:
        """The box that it takes."""
        return Polygon(self.corners)


@dataclass
class _Drawn:
    """What was drawn last at a height: more of the same style is drawn with it, which is the same to the eye."""

    style: tuple[Any, ...]
    artist: Any
    boxes: NDArray[np.float64]
    """Bounds of what is see-through: it must not overlap, for there it would be darker."""

    def takes(self, style: tuple[Any, ...], boxes: NDArray[np.float64]) -> bool:
        """True if something of this style and these bounds can be drawn with it; remembers the bounds."""
        if style != self.style:
            return False
        if len(boxes):
            a, b = self.boxes[:, None], boxes[None]
            if ((a[..., :2] <= b[..., 2:]) & (a[..., 2:] >= b[..., :2])).all(axis=2).any():
                return False
            self.boxes = np.vstack([self.boxes, boxes])
        return True


_NO_BOX = np.empty((0, 4))


class Page:
    """One page. Draw with lines, shapes, pictures and texts in mm; `check` before it is written."""

    def __init__(self, width_mm: float, height_mm: float, name: str) -> None:
        from matplotlib.figure import Figure
        from matplotlib.transforms import Affine2D

        self.name, self.width, self.height = name, width_mm, height_mm
        self.figure = Figure(figsize=(width_mm / 25.4, height_mm / 25.4), facecolor="white")
        self.mm = Affine2D().scale(1 / 25.4) + self.figure.dpi_scale_trans
        """From millimetres to the dots of whatever the page is drawn on."""
        self._written: dict[float, TextRuns] = {}
        self._halos: dict[float, Halos] = {}
        self._clips: dict[Rect, Any] = {}
        self._last: dict[float, _Drawn] = {}
        self.texts: list[PlacedText] = []
        self.rules: list[BaseGeometry] = []
        """Frames and table rules that no text may touch, as lines widened to their width."""

    def rule(self, xs: Sequence[float], ys: Sequence[float], width: float, *, color: str = INK, z: float = 50) -> None:
        """A line of a frame or table; texts that touch it are an error."""
        self.rule_lines([np.column_stack([xs, ys])], width, color=color, z=z)

    def rule_lines(self, parts: Sequence[Ring], width: float, *, color: str = INK, z: float = 50) -> None:
        """Many rules of one style."""
        self.lines(parts, width, color=color, z=z)
        if parts:
            lines = np.array([shapely.LineString(p) for p in parts], dtype=object)
            self.rules.extend(shapely.buffer(lines, width / 2, cap_style="square"))

    def frame(self, rect: Rect, width: float, *, color: str = INK, z: float = 50) -> None:
        """A rectangle of rules, drawn as one closed line."""
        xs = [rect.x0, rect.x1, rect.x1, rect.x0]
        ys = [rect.y0, rect.y0, rect.y1, rect.y1]
        self.shape(rect.polygon(), edge=color, width=width, z=z)
        for i in range(4):
            j = (i + 1) % 4
            self.rules.append(
                shapely.LineString([(xs[i], ys[i]), (xs[j], ys[j])]).buffer(width / 2, cap_style="square")
            )

    def line(
        self,
        xs: Sequence[float],
        ys: Sequence[float],
        width: float,
        *,
        color: str = INK,
        dash: Sequence[float] = (),
        z: float = 20,
        clip: Rect | None = None,
        cap: Literal["butt", "projecting", "round"] = "butt",
    ) -> None:
        """A line of `width` mm; `dash` alternates drawn and empty mm."""
        self.lines([np.column_stack([xs, ys])], width, color=color, dash=dash, z=z, clip=clip, cap=cap)

    def lines(
        self,
        parts: Sequence[Ring],
        width: float,
        *,
        color: str = INK,
        dash: Sequence[float] = (),
        z: float = 20,
        clip: Rect | None = None,
        alpha: float = 1.0,
        cap: Literal["butt", "projecting", "round"] = "butt",
    ) -> None:
        """Many lines of one style, each an (n, 2) array in mm."""
        from matplotlib.colors import to_rgba
        from matplotlib.patches import PathPatch

        path = line_path(parts)
        if path is None:
            return
        key = ("lines", width, color, tuple(dash), alpha, clip, cap)
        if alpha == 1.0 and self._joins(key, z, path, _NO_BOX):
            return
        # matplotlib scales dashes by the line width; ours are mm on paper.
        style: Any = (0.0, [d / width for d in dash]) if dash else "solid"
        patch = PathPatch(
            path,
            facecolor="none",
            edgecolor=to_rgba(color, alpha),
            linewidth=width * PT_PER_MM,
            linestyle=style,
            zorder=z,
            capstyle=cap,
            joinstyle="round",
        )
        self._add(patch, clip, key)

    def shape(
        self,
        geometry: BaseGeometry,
        *,
        face: str | None = None,
        alpha: float = 1.0,
        edge: str | None = None,
        width: float = 0.0,
        dash: Sequence[float] = (),
        z: float = 20,
        clip: Rect | None = None,
    ) -> None:
        """Polygons with holes, filled and/or outlined (mm)."""
        path = polygon_path(geometry)
        if path is None:
            return
        key = ("shape", face, alpha, edge, width, tuple(dash), clip)
        box = np.array([geometry.bounds]) if face and (alpha < 1.0 or edge) else _NO_BOX
        if self._joins(key, z, path, box):
            return
        from matplotlib.colors import to_rgba
        from matplotlib.patches import PathPatch

        style: Any = (0.0, [d / width for d in dash]) if dash and width else "solid"
        patch = PathPatch(
            path,
            facecolor=to_rgba(face, alpha) if face else "none",
            edgecolor=edge or "none",
            linewidth=width * PT_PER_MM,
            linestyle=style,
            zorder=z,
            joinstyle="miter" if width > 0.5 else "round",
        )
        self._add(patch, clip, key, box)

    def dots(
        self,
        xy: Ring,
        diameter: float,
        *,
        face: str,
        edge: str | None = None,
        width: float = 0.1,
        z: float = 20,
        clip: Rect | None = None,
    ) -> None:
        """Round dots of `diameter` mm."""
        if len(xy) == 0:
            return
        from matplotlib.lines import Line2D

        key = ("dots", diameter, face, edge, width, clip)
        last = self._last.get(z)
        if last is not None and last.takes(key, _NO_BOX):
            xs, ys = last.artist.get_data()
            last.artist.set_data(np.concatenate([xs, xy[:, 0]]), np.concatenate([ys, xy[:, 1]]))
            return
        # A marker is written once and placed many times, a collection's ellipses one by one.
        marks = Line2D(
            xy[:, 0],
            xy[:, 1],
            linestyle="none",
            marker="o",
            markersize=diameter * PT_PER_MM,
            markerfacecolor=face,
            markeredgecolor=edge or "none",
            markeredgewidth=width * PT_PER_MM if edge else 0.0,
            zorder=z,
        )
        self._add(marks, clip, key)

    def image(self, rgba: NDArray[np.uint8], rect: Rect, *, z: float = 1, clip: Rect | None = None) -> None:
        """A picture (rows from the top) that fills `rect`; its pixels go into the page as they are."""
        axes = self.figure.add_axes((0.0, 0.0, 1.0, 1.0), zorder=z, xlim=(0, self.width), ylim=(0, self.height))
        axes.set_axis_off()
        # No limits of the axes' own: they would be the picture's.
        picture = axes.imshow(rgba, extent=(rect.x0, rect.x1, rect.y0, rect.y1), interpolation="none", aspect="auto")
        axes.set(xlim=(0, self.width), ylim=(0, self.height))
        if clip is not None:
            picture.set_clip_box(self._box(clip))

    def outline(self, run: Run, *, alpha: float, z: float) -> None:
        """A line of text as shapes: it is seen, and not found as text."""
        from matplotlib.colors import to_rgba
        from matplotlib.patches import PathPatch

        path = outlines([run])
        if path is not None:
            face = to_rgba(run.color, alpha)
            self._add(PathPatch(path, facecolor=face, edgecolor="none", linewidth=0.0, zorder=z), None)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        name: str,
        *,
        size: float,
        room: Rect,
        bold: bool = False,
        color: str = INK,
        ha: Literal["left", "center", "right"] = "left",
        rotation: float = 0.0,
        halo: bool = False,
        z: float = 60,
        clean: bool = True,
    ) -> PlacedText | None:
        """A line of text whose middle is at `y`. `name` is what an error calls it; `room` the box it must stay in."""
        text = plain(text) if clean else text
        if not text:
            return None
        require_glyphs(text, where=name)
        corners, left, base = text_corners(x, y, text, size, bold, ha, rotation)
        run = Run(left, base, text, size, bold, color, rotation)
        if halo:
            self._halo(z - 0.5).runs.append(run)
        self._runs(z).runs.append(run)
        placed = PlacedText(text, name, corners, room, size)
        self.texts.append(placed)
        return placed

    def _runs(self, z: float) -> TextRuns:
        """The artist that writes the texts of one drawing height."""
        if z not in self._written:
            self._written[z] = TextRuns(self.mm, z)
            self._add(self._written[z], None)
        return self._written[z]

    def _halo(self, z: float) -> Halos:
        """The artist that draws the halos of one drawing height."""
        if z not in self._halos:
            self._halos[z] = Halos(self.mm, z, 2 * HALO_MM * PT_PER_MM)
            self._add(self._halos[z], None)
        return self._halos[z]

    def _joins(self, style: tuple[Any, ...], z: float, path: Any, boxes: NDArray[np.float64]) -> bool:
        """Draw a path with what was drawn last at that height, if it is of one style; False if it is not."""
        last = self._last.get(z)
        if last is None or not last.takes(style, boxes):
            return False
        last.artist.set_path(type(path).make_compound_path(last.artist.get_path(), path))
        return True

    def _add(
        self, artist: Any, clip: Rect | None, style: tuple[Any, ...] = (), boxes: NDArray[np.float64] = _NO_BOX
    ) -> None:
        self._last[artist.get_zorder()] = _Drawn(style, artist, boxes)
        artist.set_transform(self.mm)
        self.figure.add_artist(artist)
        if clip is not None:
            artist.set_clip_box(self._box(clip))

    def _box(self, clip: Rect) -> Any:
        """A box to clip by, made once a page."""
        from matplotlib.transforms import Bbox, TransformedBbox

        if clip not in self._clips:
            self._clips[clip] = TransformedBbox(Bbox.from_extents(clip.x0, clip.y0, clip.x1, clip.y1), self.mm)
        return self._clips[clip]

    def check(self) -> None:
        """Raises Refused that names the first element which leaves its room, touches a frame or covers another text."""
        if not self.texts:
            return
        corners = _inset(np.array([t.corners for t in self.texts]), 0.05)
        rooms = np.array([(t.room.x0, t.room.y0, t.room.x1, t.room.y1) for t in self.texts])
        low, high = corners.min(axis=1), corners.max(axis=1)
        out = np.flatnonzero((low < rooms[:, :2]).any(axis=1) | (high > rooms[:, 2:]).any(axis=1))
        if out.size:
            placed = self.texts[out[0]]
            raise _collision(N_("{name} runs out of its box on the sheet"), placed, placed)
        shapes = np.array(shapely.polygons(corners), dtype=object)
        tree = shapely.STRtree(shapes)
        for i in tree.query(np.array(self.rules, dtype=object), predicate="intersects")[1] if self.rules else ():
            raise _collision(N_("{name} touches a frame of the sheet"), self.texts[i], self.texts[i])
        first, second = tree.query(shapes, predicate="intersects")
        for i, j in zip(first, second, strict=True):
            if i < j:
                raise _collision(N_("{name} covers {other} ({words}) on the sheet"), self.texts[i], self.texts[j])


def _inset(corners: NDArray[np.float64], by: float) -> NDArray[np.float64]:
    """Boxes (n, 4, 2) smaller by `by` on every side."""
    sides = (corners[:, 1] - corners[:, 0], corners[:, 3] - corners[:, 0])
    along, up = (s / np.maximum(np.hypot(s[:, 0], s[:, 1]), 1e-9)[:, None] for s in sides)
    moves = np.stack([along + up, up - along, -along - up, along - up], axis=1)
    return np.asarray(corners + by * moves, np.float64)


def _collision(what: str, placed: PlacedText, other: PlacedText) -> Refused:
    return Refused(
        "sheet.collision",
        what,
        where=placed.text[:60],
        advice=N_("choose another scale or a larger paper"),
        name=Notice("sheet.element", placed.name),
        other=Notice("sheet.element", other.name),
        words=other.text[:40],
    )
