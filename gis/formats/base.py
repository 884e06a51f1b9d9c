"""What a foreign format is, what comes out of a foreign file, and how much of it is let in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from shapely.geometry.base import BaseGeometry

from models.errors import Refused
from models.notices import N_, Notice

if TYPE_CHECKING:
    from gis.crs_guess import Guess


@dataclass(frozen=True)
class Limits:
    """How much a foreign file may ask of us; beyond it the file is refused.

    `start_s` is for the start of the child process that parses it; `silence_s` without a sign of life later ends it.
    """

    file_bytes: int = 4 * 1024**3
    features: int = 2_000_000
    vertices: int = 100_000_000
    sublayers: int = 1_000
    start_s: float = 120.0
    silence_s: float = 20.0
    memory_bytes: int = 4 * 1024**3
    """Address space of the child, where the system can limit it (Linux)."""
    unpacked_bytes: int = 2 * 1024**3
    """What an archive may unpack to, all of its members that are read together."""
    members: int = 5_000
    """Members of an archive."""
    ratio: int = 250
    """How many times its packed size a member may be; small members are let off."""


LIMITS = Limits()


def too_many_layers(path: Path, count: int, most: int, *, whole: bool = True) -> Refused:
    """The error for a file with more layers than are let in; `whole` False: it has `count` and perhaps more."""
    text = N_("the file has {count} layers; at most {most} are read")
    if not whole:
        text = N_("the file has more than {most} layers; so many are not read")
    advice = N_("copy the layers that are meant into a file of their own, or delete the others")
    return Refused("import.too_many_layers", text, where=str(path), advice=advice, count=count, most=most)


@dataclass(frozen=True)
class Plan:
    """How the child opens a file: what GDAL is given, and how its text becomes characters.

    `codec` "" means that GDAL's text is right as it is; else it came as bytes (ISO 8859-1) and is decoded with it.
    `crs` "" means that the file says none; `crs_text` keeps what it says where that names no known system.
    """

    path: str
    driver: str
    sublayers: tuple[str, ...] | None = None
    codec: str = ""
    encoding: str | None = None
    crs_from_driver: bool = True
    crs: str = ""
    crs_text: str = ""
    warnings: tuple[Notice, ...] = ()
    layer: str = ""
    """The layer's own name where it goes by another (a shapefile in an archive)."""
    deleted: int = 0
    """Rows that the file counts and nobody sees (marked as deleted in the table of a shapefile)."""


@dataclass(frozen=True)
class Skipped:
    """A row that was not taken, and why."""

    row: int
    reason: Notice
    code: str = ""


Kind = Literal["area", "line", "point"]


@dataclass(frozen=True)
class Row:
    """A feature as a reader of ours makes it; `row` is its place in the file, as people would look for it there."""

    row: int
    fields: dict[str, Any]
    geometry: BaseGeometry | None
    notes: tuple[Notice, ...] = ()


@dataclass(frozen=True)
class Rows:
    """One layer that a reader parses itself.

    `features` may also yield None, a sign of life. `late` is filled while the features are taken and told after them.
    """

    features: Iterable[Row | Skipped | None]
    count: int = -1
    encoding: str | None = None
    crs: str = ""
    crs_text: str = ""
    warnings: tuple[Notice, ...] = ()
    late: list[Notice] = field(default_factory=list)
    degrees: dict[str, Any] | None = None
    """What the digits of degrees allow (gis.formats.packed_degrees), None where there are none."""
    twice: dict[str, Any] | None = None
    """Places in degrees and in metres (gis.formats.table_twice), None where a table says them once."""


@dataclass(frozen=True)
class Found:
    """A layer of a file; `kinds` is what it holds, as far as that is known before it is read."""

    name: str
    count: int
    open: Callable[[], Plan | Rows]
    kinds: frozenset[Kind] = frozenset()


@dataclass(frozen=True)
class Content:
    """The layers of a file whose reader finds them itself."""

    layers: tuple[Found, ...]
    join: Callable[[list[Found]], Plan | Rows] | None = None
    """How several layers become one, None where they cannot."""
    format: str = ""
    """Key of the format that was really found, where that is another (in an archive)."""


@dataclass(frozen=True)
class Reader:
    """A format that can be read; `name` is the format as people say it.

    `looks_like` sees the first bytes, and of a zip archive the last ones too; `plan` runs in the child (it may parse)
    and raises AppErrors; a format that the child reads by a stream of its own (gis.formats.child.STREAMS) has none.
    """

    key: str
    name: str
    suffixes: tuple[str, ...]
    looks_like: Callable[[bytes], bool]
    plan: Callable[[Path, str | None, Path], Plan | Content] | None
    """(file, encoding asked for, temporary folder) → plan."""
    always_degrees: bool = False
    """True where the format's own rule says WGS 84 degrees unless the file says otherwise."""


@dataclass(frozen=True)
class Writer:
    """A format that can be written: (table with geometry, file, layer name, encoding) → remarks."""

    key: str
    name: str
    suffix: str
    siblings: tuple[str, ...]
    """Endings of the other files that belong to it; all are replaced together."""
    write: Callable[[Any, Path, str, str], list[Notice]]
    encodings: tuple[str, ...] = ("UTF-8",)
    degrees: bool = False
    """True where coordinates are written as WGS 84 longitude and latitude, whatever the table's CRS."""


class IncomingFeature(NamedTuple):
    """A feature as it came. `row` counts from 1 in the order of the file; `notes` tell what reading it mended."""

    row: int
    fields: dict[str, Any]
    geometry: BaseGeometry | None
    notes: tuple[Notice, ...] = ()


@dataclass
class Incoming:
    """What a foreign file holds, in the project's CRS."""

    features: list[IncomingFeature]
    crs: str
    crs_basis: Literal["file", "stated", "guessed"]
    encoding: str | None
    sublayer: str
    sublayers: list[tuple[str, int]]
    format: str
    field_names: list[str]
    warnings: list[Notice] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    said: str = ""
    """What the file itself says of its coordinate system, "" for nothing."""
    guesses: list[Guess] = field(default_factory=list)
    """Systems that the numbers look like, the likeliest first."""
    exchanged: bool = False
    """True where the northing stood first and the axes were exchanged."""
    heights: str = ""
    """What heights of the vertices refer to (normal_1985, ellipsoidal, other, unknown), "" without heights."""
