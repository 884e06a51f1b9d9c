"""What the parsing child sends of a drawing: the layers that were asked for, entity by entity (see gis/formats/child).

The drawing is gone through once. Which layers are meant is known only at its end: what has a place is kept until then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import shapely

from gis.drawings.face_blocks import FaceBlocks, entities
from gis.drawings.faces import Face, FaceMesh, Faces, frames, polyline_mesh
from gis.drawings.shapes import Shape, shape_of, text_of
from gis.drawings.tags import Other, choose_encoding, read_header
from gis.formats.base import Limits
from gis.formats.encodings import label_of
from models.errors import AppError, Missing, Refused
from models.notices import N_

_BATCH = 500
_BREATH = 1000
_TOLD_LAYERS = 40
ALL = "*"
_SPLIT = ","
_CORNERS = 4


@dataclass
class _Layer:
    """What was found on one layer."""

    rows: list[int] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)
    texts: list[tuple[float, float, float]] = field(default_factory=list)
    others: Counter[str] = field(default_factory=Counter)
    """Entities that cannot be read, by kind."""
    heights: int = 0
    faces: Faces = field(default_factory=Faces)

    @property
    def holds(self) -> bool:
        """True where something has a height."""
        return bool(self.heights or self.faces.high)

    @property
    def points_at_zero(self) -> int:
        """Single places without a height."""
        return sum(not s.is_line and not s.has_height for s in self.shapes)


def stream(path: Path, job: dict[str, Any], limits: Limits) -> Iterator[tuple[dict[str, Any], list[bytes]]]:
    """Messages: alive, layer, texts, features, faces, end. Raises Missing, Refused or Unreadable.

    Where the layers hold as many faces as points and lines, or more, they are a surface (one of n points has some 2n):
    only faces are sent then, else none are. The head tells how much of both there is.
    """
    header = read_header(path)
    encoding = choose_encoding(path, header, job["encoding"])
    layers: dict[str, _Layer] = {}
    vertices = 0
    blocks = FaceBlocks(str(path), limits.vertices // _CORNERS)
    for number, entity in enumerate(entities(path, encoding, blocks), 1):
        if number % _BREATH == 0 or entity is None:
            yield {"kind": "alive"}, []
        if entity is None:
            continue
        if number > limits.features:
            raise _too_many(path, limits.features)
        vertices += _keep(layers, number, entity, blocks)
        if vertices > limits.vertices:
            raise Refused(
                "import.too_many_vertices",
                N_("the file has more than {most} vertices"),
                where=str(path),
                most=limits.vertices,
            )
    by_text = job["options"].get("text_heights_m") is not None
    chosen = _choose(layers, job["sublayer"], str(path), by_text=by_text)
    head = _head(layers, chosen, encoding, header.units) | {"cut": blocks.cut}
    yield head, []
    if head["faces_high"] and head["faces_high"] >= head["lines_high"] + head["points_high"]:
        yield from _surface(layers, chosen)
        return
    sent = 0
    for name in chosen:
        layer = layers[name]
        if by_text and layer.texts:
            yield {"kind": "texts", "layer": name, "texts": layer.texts}, []
        for start in range(0, len(layer.rows), _BATCH):
            rows = list(range(start, min(start + _BATCH, len(layer.rows))))
            sent += len(rows)
            said = [[layer.rows[i], {"layer": name, "line": layer.shapes[i].is_line}, []] for i in rows]
            yield {"kind": "features", "rows": said}, [_wkb(layer.shapes[i]) for i in rows]
    yield {"kind": "end", "count": sent, "said": sent}, []


def _surface(layers: dict[str, _Layer], chosen: list[str]) -> Iterator[tuple[dict[str, Any], list[bytes]]]:
    """The faces of the layers, then the end."""
    sent = 0
    for name in chosen:
        for count, blobs in frames(layers[name].faces):
            sent += count
            yield {"kind": "faces", "layer": name, "count": count}, blobs
    yield {"kind": "end", "count": sent, "said": sent}, []


def _keep(layers: dict[str, _Layer], number: int, entity: Any, blocks: FaceBlocks) -> int:
    """Note an entity with its layer; returns how many vertices it brought."""
    if isinstance(entity, Face):
        layers.setdefault(entity.layer, _Layer()).faces.add(number, entity)
        return _CORNERS
    if isinstance(entity, FaceMesh):
        return _keep_mesh(layers, number, [entity])
    if isinstance(entity, Other):
        layers.setdefault(entity.layer, _Layer()).others[entity.kind] += 1
        return 0
    layer = layers.setdefault(str(entity.dxf.layer), _Layer())
    kind = entity.dxftype()
    try:
        if kind in {"TEXT", "MTEXT"}:
            text = text_of(entity)
            if text is not None:
                layer.texts.append(text)
            return 0
        if kind in {"INSERT", "POLYLINE"}:
            mesh = polyline_mesh(entity) if kind == "POLYLINE" else None
            meshes = blocks.place(entity) if kind == "INSERT" else [mesh] if mesh is not None else []
            if meshes:
                return _keep_mesh(layers, number, meshes)
        shape = shape_of(entity)
    except AppError:
        raise
    except (ValueError, TypeError, ArithmeticError, AttributeError, RecursionError):
        shape = None  # a curve with nonsense in it is one entity that is not read
    if shape is None:
        layer.others[kind] += 1
        return 0
    layer.rows.append(number)
    layer.shapes.append(shape)
    layer.heights += shape.has_height
    return len(shape.xyz)


def _keep_mesh(layers: dict[str, _Layer], number: int, meshes: list[FaceMesh]) -> int:
    for mesh in meshes:
        layers.setdefault(mesh.layer, _Layer()).faces.add_mesh(number, mesh)
    return _CORNERS * sum(len(m.corners) for m in meshes)


def _choose(layers: dict[str, _Layer], asked: str | None, where: str, *, by_text: bool) -> list[str]:
    """Names of the layers that are meant."""
    holding = [n for n, x in layers.items() if x.holds or (by_text and x.texts and x.points_at_zero)]
    if asked is not None and asked != ALL:
        names = [asked] if asked in layers else [n.strip() for n in asked.split(_SPLIT) if n.strip()]
        for name in names:
            if name not in layers:
                raise Missing(
                    "import.no_sublayer",
                    N_("there is no layer {name} in it"),
                    where=where,
                    advice=N_("it has: {layers}"),
                    name=name,
                    layers=_listed(layers, list(layers)),
                )
        if any(layers[n].holds or (by_text and layers[n].points_at_zero) for n in names):
            return list(dict.fromkeys(names))
        raise _no_heights(layers, names, where)
    if not holding:
        raise _no_heights(layers, list(layers), where)
    if len(holding) > 1 and asked is None:
        raise Refused(
            "drawing.which_layers",
            N_("{count} layers of the drawing hold heights"),
            where=where,
            advice=N_("say which with --sublayer, several with commas between, * for all: {layers}"),
            count=len(holding),
            layers=_listed(layers, holding),
        )
    return holding


def _no_heights(layers: dict[str, _Layer], names: list[str], where: str) -> Refused:
    if not names:
        return Refused(
            "drawing.empty",
            N_("the drawing holds no point, line or face"),
            where=where,
            advice=N_("look whether it was saved with its model space, or whether all of it is in another file (XREF)"),
        )
    return Refused(
        "drawing.no_heights",
        N_("no point, line or face there has a height (z is 0 or there is none): {layers}"),
        where=where,
        advice=N_("give contours their elevation in the CAD program; where heights stand as texts beside points, "
                  "--text-heights M takes the nearest text within M metres"),
        layers=_listed(layers, names),
    )  # fmt: skip


def _listed(layers: dict[str, _Layer], names: list[str]) -> str:
    """Layers with their counts: "DGX (120 lines), GCD (3 points, 40 at height 0, 43 texts)"."""
    told = []
    for name in sorted(names, key=lambda n: -(layers[n].heights + layers[n].faces.high))[:_TOLD_LAYERS]:
        layer = layers[name]
        lines = sum(s.is_line for s in layer.shapes)
        facts = {"faces": len(layer.faces), "lines": lines, "points": len(layer.shapes) - lines}
        facts["texts"] = len(layer.texts)
        facts["z=0"] = len(layer.shapes) - layer.heights
        told.append(f"{name} (" + ", ".join(f"{k}: {n}" for k, n in facts.items() if n) + ")")
    return "; ".join(told) + (" …" if len(names) > _TOLD_LAYERS else "")


def _head(layers: dict[str, _Layer], chosen: list[str], encoding: str, units: int) -> dict[str, Any]:
    others: Counter[str] = sum((layers[n].others for n in chosen), Counter())
    shapes = [s for n in chosen for s in layers[n].shapes]
    return {
        "kind": "layer",
        "sublayer": ", ".join(chosen),
        "sublayers": [[n, len(x.shapes)] for n, x in layers.items()],
        "encoding": label_of(encoding),
        "count": len(shapes),
        "crs": "",
        "crs_text": "",
        "warnings": [],
        "units": units,
        "others": dict(others),
        "curves": sum(s.curved for s in shapes),
        "by_label": sum(s.by_label for s in shapes),
        "label_differs": sum(s.differs for s in shapes),
        "faces": sum(len(layers[n].faces) for n in chosen),
        "faces_high": sum(layers[n].faces.high for n in chosen),
        "faces_lost": sum(layers[n].faces.lost for n in chosen),
        "lines_high": sum(s.is_line and s.has_height for s in shapes),
        "points_high": sum(not s.is_line and s.has_height for s in shapes),
    }


def _wkb(shape: Shape) -> bytes:
    made = shapely.linestrings(shape.xyz) if shape.is_line else shapely.points(shape.xyz[0])
    return bytes(shapely.to_wkb(made, include_srid=False))


def _too_many(path: Path, most: int) -> Refused:
    return Refused(
        "import.too_many_features",
        N_("the file has {count} features; at most {most} are read at once"),
        where=str(path),
        count=most + 1,
        most=most,
    )
