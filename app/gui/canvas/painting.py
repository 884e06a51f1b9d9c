"""What lies over what on the map: pictures, an earlier outline, notes, what is drawn, furniture, the tool's marks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent

from app.gui.canvas import decorations
from app.gui.canvas.furniture import Piece
from app.gui.canvas.legend import Ground, Legend, LegendRow, legend_rows
from app.gui.canvas.theme import CanvasTheme, colour
from app.gui.foreground import foreground
from app.i18n import _
from models.notices import N_

if TYPE_CHECKING:
    from app.gui.canvas.ghost import Ghost
    from app.gui.canvas.map_layers import MapLayers
    from app.gui.canvas.marked import Marked
    from app.gui.canvas.notes import Note
    from app.gui.canvas.offered import Offered
    from app.gui.canvas.overlay import Classes
    from app.gui.canvas.pictures import Pictures
    from app.gui.canvas.tools import Tool
    from app.gui.canvas.view import View

_EMPTY = N_("Nothing to show yet: import outlines, draw one, or add a terrain")


class Painting:
    """Mixin of MapCanvas: its paint event and the legend's content."""

    session: Any
    map_layers: MapLayers
    theme: CanvasTheme
    view: View
    placed: bool
    pictures: Pictures
    ghost: Ghost
    marked: Marked
    offered: Offered
    notes: dict[str, Note]
    _tool: Tool
    furniture_stands: Callable[[], None]

    def init_painting(self) -> None:
        """Start state; called once by the widget's constructor."""
        self.legend = Legend()
        self._pieces = (Piece(), Piece(), Piece())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        with foreground:
            self._paint()

    def _paint(self) -> None:
        p = QPainter(self)
        p.fillRect(self.rect(), colour(self.theme.background))
        room = QRectF(self.rect())
        if self.session.project is not None:
            p.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            self.pictures.paint(p)
            p.setRenderHint(QPainter.RenderHint.Antialiasing)
            self.ghost.paint(p, self.view, room, self.theme)
            self._paint_notes(p, room)
            self.marked.paint(p, self)
            self.offered.paint(p, self)
            self._paint_furniture(p, room)
            self._tool.paint(p)  # above the legend: what is being drawn, and its figures, are never hidden
        p.end()

    def _paint_notes(self, p: QPainter, room: QRectF) -> None:
        taken = [piece.box for piece in self._pieces if not piece.box.isEmpty()]
        if self.notes:
            taken += self._tool.grips()
        for note in sorted(self.notes.values(), key=lambda n: n.above):
            p.save()
            note.paint(p, self.view, room, self.theme, taken)
            p.restore()
            taken += note.cards

    def _paint_furniture(self, p: QPainter, room: QRectF) -> None:
        if not self.placed:
            if not self.pictures.busy:
                decorations.paint_hint(p, _(_EMPTY), room, self.theme)
            return
        size, theme = (room.width(), room.height()), self.theme
        bar, north, legend = self._pieces
        bar.paint(p, (self.view.scale, size, theme), lambda q: decorations.paint_scale_bar(q, self.view, room, theme))
        north.paint(p, (size, theme), lambda q: decorations.paint_north(q, room, theme))
        key = (self._told(), self.legend.state, size, theme)
        legend.paint(p, key, lambda q: self.legend.paint(q, self._legend(), room, theme))
        self.furniture_stands()
        self.pictures.keep_clear([bar.box, legend.box, *(card for note in self.notes.values() for card in note.cards)])

    def cards(self) -> list[QRectF]:
        """Where scale bar, arrow and legend stand since they were last painted; [] before the first time."""
        return [piece.box for piece in self._pieces if not piece.box.isEmpty()]

    def forget_cards(self) -> None:
        """In a window of another size they stand elsewhere."""
        self._pieces = (Piece(), Piece(), Piece())

    def _legend(self) -> list[LegendRow]:
        return legend_rows(*self._told())

    def _told(self) -> tuple[frozenset[tuple[str, str]], Classes | None, Ground, tuple[str, ...]]:
        """What the legend is to tell."""
        facts = self.pictures.facts
        tints, intervals = facts("ground").get("tints", {}), facts("contours").get("intervals", {})
        overlay = self.pictures.shown_overlay
        ground = Ground(
            next(reversed(tints.values())) if tints else None, bool(facts("ground").get("slopes")),
            tuple(intervals.values()),
        )  # fmt: skip
        order = tuple(e.key for e in reversed(self.map_layers.layers()))
        drawn = facts("layers").get("drawn", frozenset())
        return drawn, overlay.told if overlay is not None and overlay.classes else None, ground, order
