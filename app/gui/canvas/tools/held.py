"""The outlines that the transform tool holds: one, a part of it, or all selected ones; how they would be changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from models.errors import Refused
from models.notices import N_

if TYPE_CHECKING:
    from app.verbs.outlines import OutlineStep
    from models.notices import Notice

Where = tuple[str, int]
_MOST_VERTICES = 200_000
CHECKED_WHILE_DRAGGING = 20_000
"""Vertices; above it what is dragged is checked when the button comes up, and the step is made in the background."""

_SEVERAL = {
    "move": N_("move {n} {layer}: {codes}"),
    "turn": N_("turn {n} {layer} by {amount}: {codes}"),
    "scale": N_("scale {n} {layer} by {amount}: {codes}"),
    "all": N_("move, turn and scale {n} {layer}: {codes}"),
}
"""What is done with several outlines, for the history."""


class Held:
    """Mixin of the transform tool. With several selected outlines all of them move, turn and scale as one."""

    canvas: Any
    part: int
    chosen: Callable[[], tuple[str, list[int]]]
    one: Callable[[], Where | None]
    outline: Callable[[str, int], Any]
    tables: Callable[[], dict[str, Any]]
    _shapes: dict[Where, Any] | None = None
    _body: tuple[int, Any] | None = None

    def shapes(self) -> dict[Where, Any]:
        """The selected outlines as they are now; kept until `forget`, since the pointer asks at each of its steps."""
        if self._shapes is None:
            layer, fids = self.chosen()
            found = {(layer, fid): self.outline(layer, fid) for fid in fids}
            self._shapes = {where: shape for where, shape in found.items() if shape is not None}
        return self._shapes

    def forget(self) -> None:
        """Look again: the selection or the outlines are others."""
        self._shapes = self._body = None

    def pieces(self) -> list[Any]:
        """The polygons that are changed: the part taken, else all parts of all that is selected."""
        from gis.editing.sound import parts_of

        parts = [part for shape in self.shapes().values() for part in parts_of(shape)]
        return [parts[self.part]] if self.one() and 0 <= self.part < len(parts) else parts

    def body(self) -> Any:
        """The ground that is changed, as one geometry (outlines in it may overlap); None if nothing is selected."""
        if self._body is None or self._body[0] != self.part:
            pieces = self.pieces()
            self._body = (self.part, shapely.MultiPolygon(pieces) if pieces else None)
        return self._body[1]

    def holds(self, here: tuple[float, float]) -> bool:
        """True if a place lies in what is changed."""
        body = self.body()
        return body is not None and bool(shapely.intersects_xy(body, *here))

    def nearest(self, here: tuple[float, float]) -> tuple[tuple[float, float], float]:
        """The vertex of what is changed that is nearest to a place, and how far it is."""
        xy = shapely.get_coordinates(self.body())
        away = np.hypot(xy[:, 0] - here[0], xy[:, 1] - here[1])
        at = int(away.argmin())
        return (float(xy[at, 0]), float(xy[at, 1])), float(away[at])

    def boxes(self, change: Callable[[Any, int], Any]) -> dict[Where, Any]:
        """What stands for outlines that are too long to be drawn at each step: the boxes around what is changed."""
        single = len(self.shapes()) == 1
        bodies = {where: self.body() if single else shape for where, shape in self.shapes().items()}
        return {where: change(shapely.MultiPolygon([shapely.box(*b.bounds)]), -1) for where, b in bodies.items()}

    def ground_m2(self) -> float:
        """The area of what is changed."""
        return float(self.body().area)

    def owner(self, at: tuple[float, float]) -> Where | None:
        """The outline that has a vertex at a place."""
        for where, shape in self.shapes().items():
            if (abs(shapely.get_coordinates(shape) - at).max(axis=1) < 1e-3).any():
                return where
        return None

    def heavy(self) -> bool:
        """True if there is too much of it to be checked at every step of the pointer."""
        shapes = list(self.shapes().values())
        return int(shapely.get_num_coordinates(shapes).sum()) > CHECKED_WHILE_DRAGGING

    def held(self) -> tuple[dict[Where, Any], int]:
        """What is held now, for work that goes on while something else may be selected: the outlines and the part."""
        return dict(self.shapes()), self.part

    def each(
        self, change: Callable[[Any, int], Any], held: tuple[dict[Where, Any], int] | None = None
    ) -> dict[Where, Any]:
        """The outlines as `change(outline, part)` makes them. Raises Refused, for too much of it too."""
        shapes, part = held or self.held()
        count = int(shapely.get_num_coordinates(list(shapes.values())).sum()) if len(shapes) > 1 else 0
        if count > _MOST_VERTICES:
            raise Refused(
                "edit.too_many",
                N_("{n} points are selected; at most {most} can be moved, turned or scaled at once"),
                n=count, most=_MOST_VERTICES, advice=N_("select fewer outlines"),
            )  # fmt: skip
        return {where: change(shape, part if len(shapes) == 1 else -1) for where, shape in shapes.items()}

    def renewed(self, made: Mapping[Where, Any], one: str, several: str, **facts: Any) -> OutlineStep:
        """The step that gives outlines their new place, named by the template for one or by the word for several."""
        from app.verbs import labels, outlines

        layer = next(iter(made))[0]
        codes = [outlines.code_of(self.canvas.session.table(layer), fid) for _layer, fid in made]
        label: Notice
        if len(codes) == 1:
            label = labels.reworked(one, layer, codes[0], **facts)
        else:
            label = labels.reworked_many(_SEVERAL[several], layer, codes, **facts)
        return outlines.redraw(self.tables(), made, label)
