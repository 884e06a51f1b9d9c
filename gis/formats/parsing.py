"""A foreign file into frames: its layers, the one that is meant, and its features in batches (in the child)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from gis.formats import bulk, wire
from gis.formats.base import Content, Limits, Plan, Reader, Row, Rows, Skipped, too_many_layers
from gis.formats.breath import breathe
from gis.formats.choice import pick
from gis.formats.far_corners import far_corners
from gis.formats.ring_direction import holes_again
from models.errors import Refused
from models.notices import N_, Notice

_BATCH_FEATURES, _BATCH_BYTES = 500, 1 << 20

Send = Callable[[bytes], None]


class _Verbatim:
    """Stands in for json in fiona, which takes a column of mixed values (1, "3a") for JSON and stumbles over "3a"."""

    @staticmethod
    def loads(text: Any) -> str:
        """The text as it stands: fields are typed by the layer, not by the file, and "007" stays what it is."""
        return text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)


def parse(send: Send, path: Path, reader: Reader, job: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """Send what the meant layer holds; returns the last message. Raises AppErrors.

    `job`: encoding, sublayer, prefer (a layer of ours) and folder (a temporary one, for what must be unpacked).
    """
    breathe.send = lambda share: send(wire.pack({"kind": "alive", "share": share}))
    assert reader.plan is not None  # noqa: S101 - the child sends the others to their streams
    plan = reader.plan(path, job["encoding"], Path(job["folder"]))
    if isinstance(plan, Content):
        names = [f.name for f in plan.layers]
        _check_layers(names, path, limits)
        counts = [(f.name, f.count) for f in plan.layers]
        kinds = {f.name: f.kinds for f in plan.layers}
        chosen = pick(counts, job["sublayer"], job["prefer"], path, kinds=kinds, several=plan.join is not None)
        found = [f for f in plan.layers if f.name in chosen]
        source = found[0].open() if len(found) == 1 or plan.join is None else plan.join(found)
        return _send_layer(send, source, ", ".join(chosen), counts, path, limits, plan.format)
    counts = _counts(plan, path, limits)
    chosen = pick(counts, job["sublayer"], job["prefer"], path)
    return _send_layer(send, plan, chosen[0], counts, path, limits, "")


def _send_layer(
    send: Send,
    source: Plan | Rows,
    name: str,
    counts: list[tuple[str, int]],
    path: Path,
    limits: Limits,
    format_key: str,
) -> dict[str, Any]:
    with ExitStack() as stack:
        layer = _layer_of(source, name, stack)
        if layer.said > limits.features:
            raise _too_many(path, layer.said, limits.features)
        head = {
            "kind": "layer", "sublayer": name, "sublayers": counts, "encoding": source.encoding, "count": layer.said,
            "crs": layer.crs, "crs_text": source.crs_text, "warnings": [w.to_json() for w in source.warnings],
            "format": format_key, "degrees": source.degrees if isinstance(source, Rows) else None,
            "twice": source.twice if isinstance(source, Rows) else None,
        }  # fmt: skip
        send(wire.pack(head))
        sent = _Frames(send, path, limits).all_of(layer.batches)
    return {"kind": "end", "count": sent, "said": layer.said, "warnings": [w.to_json() for w in layer.late]}


@dataclass
class _Layer:
    said: int
    crs: str
    batches: Iterator[Any]
    late: list[Notice] = field(default_factory=list)


def _layer_of(source: Plan | Rows, name: str, stack: ExitStack) -> _Layer:
    if isinstance(source, Rows):
        return _Layer(source.count, source.crs, _collected(source), source.late)
    inner = source.layer or name
    known = bulk.head(source, inner) if source.driver in bulk.DRIVERS else None
    if known is not None:
        said, crs = known
        late: list[Notice] = []
        crs = (crs or source.crs) if source.crs_from_driver else source.crs
        return _Layer(said - source.deleted, crs, bulk.batches(source, inner, said, late), late)
    import fiona
    import fiona.ogrext

    fiona.ogrext.json = _Verbatim
    options: dict[str, Any] = {"encoding": "ISO-8859-1"} if source.codec else {}
    opened = stack.enter_context(fiona.open(source.path, layer=inner, allowed_drivers=[source.driver], **options))
    crs = (_crs_of(opened) or source.crs) if source.crs_from_driver else source.crs
    turned = holes_again if source.driver == "ESRI Shapefile" else None
    return _Layer(max(_length(opened) - source.deleted, -1), crs, _one_by_one(opened, source.codec, turned))


def _counts(plan: Plan, path: Path, limits: Limits) -> list[tuple[str, int]]:
    import fiona

    names = list(plan.sublayers) if plan.sublayers is not None else fiona.listlayers(plan.path)
    _check_layers(names, path, limits)
    if len(names) == 1:
        return [(names[0], -1)]
    counts = []
    for name in names:
        try:
            with fiona.open(plan.path, layer=name, allowed_drivers=[plan.driver]) as source:
                counts.append((name, _length(source)))
        except Exception:
            counts.append((name, -1))
    return counts


def _check_layers(names: list[str], path: Path, limits: Limits) -> None:
    if len(names) > limits.sublayers:
        raise too_many_layers(path, len(names), limits.sublayers)


def _crs_of(source: Any) -> str:
    try:
        return source.crs_wkt or ""
    except Exception:  # fiona passes on GDAL's own errors; nonsense says nothing, its text may still give a hint
        return ""


def _length(source: Any) -> int:
    try:
        return len(source)
    except TypeError:  # the driver does not know without reading
        return -1


@dataclass
class _Frames:
    """Sends batches within the limits, and a sign of life where a batch holds nothing."""

    send: Send
    path: Path
    limits: Limits
    vertices: int = 0
    sent: int = 0
    left_out: int = 0
    """Rows that were skipped with their reason."""

    def all_of(self, batches: Iterator[Any]) -> int:
        for rows, shapes, *more in batches:
            skipped = more[0] if more else []
            made = np.asarray(shapes, dtype=object)
            if not len(made) and not skipped:
                self.send(wire.pack({"kind": "alive"}))
                continue
            self._count(made, len(skipped))
            if isinstance(rows, bulk.Block):
                self._send_block(rows, made)
                continue
            for i, note, broken in far_corners(made):
                rows[i][2] = [*rows[i][2], note.to_json()]
                if broken:
                    made[i] = None
            message = {"kind": "features", "rows": rows, "skipped": skipped}
            self.send(wire.pack(message, _wkb(made)))
        return self.sent + self.left_out

    def _count(self, made: Any, skipped: int) -> None:
        self.sent += len(made)
        self.left_out += skipped
        if self.sent + skipped > self.limits.features:
            raise _too_many(self.path, self.sent, self.limits.features)
        self.vertices += int(shapely.get_num_coordinates(made).sum()) if len(made) else 0
        if self.vertices > self.limits.vertices:
            raise Refused(
                "import.too_many_vertices",
                N_("the file has more than {most} vertices"),
                where=str(self.path),
                most=self.limits.vertices,
            )

    def _send_block(self, block: bulk.Block, made: Any) -> None:
        as_given = block.wkb is not None
        for i, note, broken in far_corners(made):
            block.notes[i] = [*block.notes.get(i, ()), note.to_json()]
            if broken:
                made[i], as_given = None, False
        message = {
            "kind": "features", "numbers": block.numbers, "names": block.names,
            "columns": block.columns, "notes": block.notes,
        }  # fmt: skip
        shapes = [w or b"" for w in block.wkb] if as_given else _wkb(made)
        self.send(wire.pack(message, shapes))


def _wkb(made: Any) -> list[bytes]:
    """The shapes as bytes; none for none."""
    found = shapely.to_wkb(made, include_srid=False) if len(made) else ()
    return [b"" if w is None else bytes(w) for w in found]


@dataclass
class _Batch:
    rows: list[Any] = field(default_factory=list)
    shapes: list[Any] = field(default_factory=list)
    skipped: list[Any] = field(default_factory=list)
    size: int = 0

    def add(self, row: Row) -> None:
        fields = {str(k): wire.plain(v) for k, v in row.fields.items()}
        self.rows.append([row.row, fields, [n.to_json() for n in row.notes]])
        self.shapes.append(row.geometry)
        if row.geometry is not None:
            self.size += 16 * int(shapely.get_num_coordinates(row.geometry))

    @property
    def full(self) -> bool:
        return len(self.rows) + len(self.skipped) >= _BATCH_FEATURES or self.size >= _BATCH_BYTES

    def taken(self) -> tuple[Any, Any, Any]:
        made = np.empty(len(self.shapes), object)
        made[:] = self.shapes
        return self.rows, made, self.skipped


def _collected(source: Rows) -> Iterator[Any]:
    batch = _Batch()
    for item in source.features:
        if item is None:
            yield [], []
        elif isinstance(item, Skipped):
            batch.skipped.append([item.row, item.reason.to_json(), item.code])
        else:
            batch.add(item)
        if batch.full:
            yield batch.taken()
            batch = _Batch()
    if batch.rows or batch.skipped:
        yield batch.taken()


def _one_by_one(source: Any, codec: str, turned: Callable[[Any], Any] | None) -> Iterator[Any]:
    """Batches by fiona; `turned` is what a format says by the direction of its rings."""
    for rows, shapes, skipped in _by_fiona(source, codec):
        yield rows, shapes if turned is None else turned(shapes), skipped


def _by_fiona(source: Any, codec: str) -> Iterator[Any]:
    batch = _Batch()
    for number, feature in enumerate(source, 1):
        shape, notes = _shape(feature.geometry)
        batch.add(Row(number, _fields(feature.properties, codec), shape, tuple(notes)))
        if batch.full:
            yield batch.taken()
            batch = _Batch()
    if batch.rows:
        yield batch.taken()


def _fields(properties: Any, codec: str) -> dict[str, Any]:
    if not codec:
        return {str(k): wire.plain(v) for k, v in properties.items()}
    from gis.formats.encodings import decode

    def text(value: Any) -> Any:
        return decode(value.encode("latin-1", "replace"), codec) if isinstance(value, str) else value

    return {text(str(k)): text(wire.plain(v)) for k, v in properties.items()}


def _shape(geometry: Any) -> tuple[Any, list[Notice]]:
    """(geometry or None, remarks) of fiona's geometry."""
    from shapely.geometry import shape

    if geometry is None:
        return None, []
    notes = []
    if _unclosed(geometry):
        notes.append(Notice("import.unclosed", N_("a ring was not closed")))
    try:
        return shape(geometry), notes
    except (ValueError, TypeError, AttributeError, shapely.errors.ShapelyError):
        return None, [Notice("import.bad_shape", N_("its outline cannot be read (too few points)"))]


def _unclosed(geometry: Any) -> bool:
    kind = geometry.type
    rings: Any = ()
    if kind == "Polygon":
        rings = geometry.coordinates
    elif kind == "MultiPolygon":
        rings = (r for part in geometry.coordinates for r in part)
    return any(len(r) > 2 and tuple(r[0][:2]) != tuple(r[-1][:2]) for r in rings)


def _too_many(path: Path, count: int, most: int) -> Refused:
    return Refused(
        "import.too_many_features",
        N_("the file has {count} features; at most {most} are read at once"),
        where=str(path),
        count=count,
        most=most,
    )
