"""The process that parses a foreign file. It may crash, hang or be killed; it writes only a folder of its own.

Frames it sends (see wire.py): ready, layer, features, then end or error.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from gis.formats import wire
from gis.formats.base import Limits, Plan, Reader
from models.errors import AppError, Missing, Refused, Unreadable
from models.notices import N_, Notice

_BATCH_FEATURES, _BATCH_BYTES = 500, 1 << 20
_FOREIGN = ("PROJ_LIB", "PROJ_DATA", "GDAL_DATA", "GDAL_DRIVER_PATH")


FLAG = "--read-foreign-file"
"""The only argument of a frozen program that starts itself as this child."""


STREAMS = {
    "dxf": "gis.drawings.stream",
    "las": "gis.clouds.stream",
    "las_classes": "gis.clouds.peek",
    "land_txt": "gis.formats.land_txt_read",
}
"""Formats that GDAL does not read for us: key → module whose `stream` yields the messages itself."""


def serve_if_asked(argv: list[str]) -> None:
    """First thing in a frozen program's entry point: becomes the child and never returns, if it was started as one."""
    if argv[1:2] == [FLAG]:
        serve(json.loads(sys.stdin.buffer.readline()))
        raise SystemExit(0)


def serve(job: dict[str, Any]) -> None:
    """Read the file that `job` names and send what it holds to standard output."""
    limits = Limits(**job["limits"])
    pipe = os.fdopen(os.dup(1), "wb")
    _seclude(limits)
    lines = _Lines()
    logging.getLogger().addHandler(lines)
    path: str = job["file"]
    try:
        wire.send(pipe, wire.pack({"kind": "ready"}))
        last = (_pass_on if job["reader"] in STREAMS else _by_gdal)(pipe, Path(path), job, limits)
    except AppError as error:
        last = wire.error_message(error)
    except MemoryError:
        last = wire.error_message(_unreadable(path, N_("the file needs more memory than a file may take")))
    except Exception as error:  # whatever a parser throws at a hostile file ends as one clear refusal
        lines.add(f"{type(error).__name__}: {error}")
        last = wire.error_message(_unreadable(path, N_("the file cannot be read as what it claims to be")))
    wire.send(pipe, wire.pack({**last, "lines": lines.kept}))
    pipe.close()


def _pass_on(pipe: IO[bytes], path: Path, job: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """Send what a format's own module says; returns its last message."""
    last: dict[str, Any] = {}
    for message, shapes in importlib.import_module(STREAMS[job["reader"]]).stream(path, job, limits):
        if message["kind"] == "end":
            last = message
        else:
            wire.send(pipe, wire.pack(message, shapes))
    return last


def _by_gdal(pipe: IO[bytes], path: Path, job: dict[str, Any], limits: Limits) -> dict[str, Any]:
    from gis.formats import READERS

    with tempfile.TemporaryDirectory(prefix="huitian-read-") as folder:
        return _read(pipe, path, READERS[job["reader"]], job, Path(folder), limits)


def _seclude(limits: Limits) -> None:
    """Own settings, no network, no output of C libraries on the user's terminal, a lid on memory."""
    for name in _FOREIGN:
        os.environ.pop(name, None)
    os.environ.update(
        PROJ_NETWORK="OFF",
        OGR_SQLITE_ALLOW_EXTERNAL_ACCESS="NO",
        OGR_GEOJSON_MAX_OBJ_SIZE="500",
        CPL_VSIL_CURL_ALLOWED_EXTENSIONS=".none",
        GDAL_HTTP_PROXY="127.0.0.1:9",
        GDAL_HTTP_TIMEOUT="1",
        OPENBLAS_NUM_THREADS="1",
        GDAL_PAM_ENABLED="NO",
    )
    with contextlib.suppress(OSError, ValueError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)  # what libraries print must not mix with the frames
        os.dup2(null, 2)
    if sys.platform.startswith("linux"):
        import resource

        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class _Lines(logging.Handler):
    """Keeps the first lines that libraries log, for the program's own log."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.kept: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.add(record.getMessage())

    def add(self, line: str) -> None:
        if len(self.kept) < 50:
            self.kept.append(line[:500])


class _Verbatim:
    """Stands in for json in fiona, which takes a column of mixed values (1, "3a") for JSON and stumbles over "3a"."""

    @staticmethod
    def loads(text: Any) -> str:
        """The text as it stands: fields are typed by the layer, not by the file, and "007" stays what it is."""
        return text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)


def _read(
    pipe: IO[bytes], path: Path, reader: Reader, job: dict[str, Any], folder: Path, limits: Limits
) -> dict[str, Any]:
    import fiona
    import fiona.ogrext

    fiona.ogrext.json = _Verbatim
    plan = reader.plan(path, job["encoding"], folder)
    found = list(plan.sublayers) if plan.sublayers is not None else fiona.listlayers(plan.path)
    if len(found) > limits.sublayers:
        raise Refused(
            "import.too_many_layers",
            N_("the file has {count} layers; at most {most} are read"),
            where=str(path),
            count=len(found),
            most=limits.sublayers,
        )
    counts = _count(fiona, plan, found)
    name = _pick(found, job["sublayer"], job["prefer"], path, counts)
    options: dict[str, Any] = {"encoding": "ISO-8859-1"} if plan.codec else {}
    with fiona.open(plan.path, layer=name, allowed_drivers=[plan.driver], **options) as source:
        said = _length(source)
        if said > limits.features:
            raise _too_many(path, said, limits.features)
        wire.send(
            pipe,
            wire.pack(
                {
                    "kind": "layer",
                    "sublayer": name,
                    "sublayers": counts,
                    "encoding": plan.encoding,
                    "count": said,
                    "crs": _crs_of(source) if plan.crs_from_driver else plan.crs,
                    "crs_text": plan.crs_text,
                    "warnings": [w.to_json() for w in plan.warnings],
                }
            ),
        )
        sent = 0
        for frame, count in _frames(source, plan.codec, path, limits):
            wire.send(pipe, frame)
            sent += count
    return {"kind": "end", "count": sent, "said": said}


def _count(fiona: Any, plan: Plan, names: list[str]) -> list[tuple[str, int]]:
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


def _pick(found: list[str], wanted: str | None, prefer: str | None, path: Path, counts: list[tuple[str, int]]) -> str:
    if wanted is not None:
        if wanted not in found:
            raise Missing(
                "import.no_sublayer",
                N_("there is no layer {name} in it"),
                where=str(path),
                advice=N_("it has: {layers}"),
                name=wanted,
                layers=", ".join(found),
            )
        return wanted
    if len(found) == 1:
        return found[0]
    if prefer in found:
        return str(prefer)
    filled = [name for name, count in counts if count != 0]
    if len(filled) == 1:
        return filled[0]
    raise Refused(
        "import.which_sublayer",
        N_("the file has {count} layers"),
        where=str(path),
        advice=N_("say which with --sublayer: {layers}"),
        count=len(found),
        layers=", ".join(found),
        sublayers=[[n, c] for n, c in counts],
    )


def _frames(source: Any, codec: str, path: Path, limits: Limits) -> Iterator[tuple[bytes, int]]:
    rows: list[Any] = []
    shapes: list[bytes] = []
    size = vertices = 0
    row = 0
    for row, feature in enumerate(source, 1):
        if row > limits.features:
            raise _too_many(path, row, limits.features)
        shape, points, notes = _shape(feature.geometry)
        vertices += points
        if vertices > limits.vertices:
            raise Refused(
                "import.too_many_vertices",
                N_("the file has more than {most} vertices"),
                where=str(path),
                most=limits.vertices,
            )
        rows.append([row, _fields(feature.properties, codec), [n.to_json() for n in notes]])
        shapes.append(shape)
        size += len(shape)
        if len(rows) >= _BATCH_FEATURES or size >= _BATCH_BYTES:
            yield wire.pack({"kind": "features", "rows": rows}, shapes), len(rows)
            rows, shapes, size = [], [], 0
    if rows:
        yield wire.pack({"kind": "features", "rows": rows}, shapes), len(rows)


def _fields(properties: Any, codec: str) -> dict[str, Any]:
    if not codec:
        return {str(k): wire.plain(v) for k, v in properties.items()}
    from gis.formats.encodings import decode

    def text(value: Any) -> Any:
        return decode(value.encode("latin-1", "replace"), codec) if isinstance(value, str) else value

    return {text(str(k)): text(wire.plain(v)) for k, v in properties.items()}


def _shape(geometry: Any) -> tuple[bytes, int, list[Notice]]:
    """(WKB or b"", number of vertices, remarks) of fiona's geometry."""
    import shapely
    from shapely.geometry import shape

    if geometry is None:
        return b"", 0, []
    notes = []
    if _unclosed(geometry):
        notes.append(Notice("import.unclosed", N_("a ring was not closed")))
    try:
        made = shape(geometry)
    except (ValueError, TypeError, AttributeError, shapely.errors.ShapelyError):
        return b"", 0, [Notice("import.bad_shape", N_("its outline cannot be read (too few points)"))]
    return shapely.to_wkb(made, include_srid=False), int(shapely.get_num_coordinates(made)), notes


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


def _unreadable(path: str, what: str) -> Unreadable:
    return Unreadable(
        "import.unreadable", what, where=path, advice=N_("open it in the program it came from and save it again")
    )
