"""A file of points or contours into ground points in the project's system, with everything that was understood."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyproj

from gis.arrays import Array, Index, Mask
from gis.axis_order import Order
from gis.crs_guess import Bounds, guess_crs
from gis.files import sha256_of
from gis.formats import crs_choice, reproject
from gis.formats.packed_degrees import Degrees
from gis.formats.placed_twice import compared
from gis.formats.placing import parse_stated
from gis.formats.said_systems import system_words
from gis.formats.table_twice import both_places
from gis.points.base import POINT_LIMITS, LineFile, PointLimits, RawPoints, Skips, name_rows
from gis.points.cass import looks_like_cass, read_cass
from gis.points.columns import Chosen
from gis.points.drawing import read_drawing
from gis.points.file_kinds import ZIP, is_drawing, table_head, vector_reader
from gis.points.height_units import stated_factor, to_metres
from gis.points.landxml import is_surface_file, read_landxml
from gis.points.mesh import Corners
from gis.points.order import decide_order
from gis.points.packed import unpack_degrees
from gis.points.text import codec_of, read_text
from gis.points.vector import read_vector
from gis.points.xlsx import read_xlsx
from gis.unchanged import unchanged
from models.errors import Refused, Unreadable
from models.notices import N_, Notice
from models.progress import Watch

_TABLES = ("text", "xlsx")
_OLE = b"\xd0\xcf\x11\xe0"
_OUTSIDE = Notice("points.outside", N_("it lies outside what the coordinate system can show"))


@dataclass
class GroundPoints:
    """Points in the project's CRS: easting, northing (m) in `xy`, heights `z` (m), rows of the file, breaklines.

    `line` is -1 for single points; vertices of one line follow each other in their order.
    """

    path: Path
    sha256: str
    kind: str
    xy: Array
    z: Array
    row: Index
    line: Index
    crs: str
    crs_basis: str
    order: Order
    order_said: Notice
    columns_said: Notice
    rows_read: int
    skips: Skips
    encoding: str | None = None
    sublayer: str = ""
    warnings: list[Notice] = field(default_factory=list)
    breaklines: LineFile | None = None
    """The file of breaklines that was laid in; its lines have the numbers from `held_from` on."""
    held_from: int | None = None
    corners: Corners | None = None
    """Of a surface that the file gives as triangles: (m, 3) positions of their corners in `xy`."""

    @property
    def has_lines(self) -> bool:
        """True where there are breaklines."""
        return bool((self.line >= 0).any())

    @property
    def box(self) -> Bounds:
        """The box around all points, in the project's CRS."""
        (x0, y0), (x1, y1) = self.xy.min(axis=0).tolist(), self.xy.max(axis=0).tolist()
        return x0, y0, x1, y1

    def keep(self, good: Mask) -> None:
        """Leave out all points but these, and the triangles that lose a corner."""
        if self.corners is not None:
            number = np.cumsum(good) - 1
            self.corners = number[self.corners[good[self.corners].all(axis=1)]].astype(np.int32)
        self.xy, self.z = self.xy[good], self.z[good]
        self.row, self.line = self.row[good], self.line[good]


def read_points(
    path: Path,
    *,
    target_crs: str,
    crs: str | None = None,
    order: Order | None = None,
    accept_guess: bool = False,
    encoding: str | None = None,
    sublayer: str | None = None,
    height_field: str | None = None,
    unit: str | None = None,
    z_unit: str | None = None,
    text_heights_m: float | None = None,
    columns: Chosen | None = None,
    neighbours: Bounds | None = None,
    degrees: Degrees = "auto",
    least: int = 3,
    limits: PointLimits = POINT_LIMITS,
    watch: Watch | None = None,
) -> GroundPoints:
    """Every point of the file that has a height, in `target_crs`. Raises Missing, Refused, Unreadable, Cancelled.

    `columns` (of easting, northing, height, from 1) is for tables whose columns are not told right; `degrees` says
    whether numbers of degrees are decimal or packed (gis.formats.packed_degrees). `unit` and
    `text_heights_m` are for drawings, see gis.points.drawing. `z_unit` (m, ft, us-ft) overrules what the file says of
    its heights. Fewer than `least` points are refused.
    """
    with unchanged(Path(path)):
        return _read_points(
            Path(path), target_crs, crs, order, accept_guess, encoding, sublayer, height_field, unit, z_unit,
            text_heights_m, columns, neighbours, degrees, least, limits, watch or Watch(),
        )  # fmt: skip


def _read_points(
    path: Path, target_crs: str, crs: str | None, order: Order | None, accept_guess: bool, encoding: str | None,
    sublayer: str | None, height_field: str | None, unit: str | None, z_unit: str | None,
    text_heights_m: float | None, columns: Chosen | None, neighbours: Bounds | None, degrees: Degrees, least: int,
    limits: PointLimits, watch: Watch,
) -> GroundPoints:  # fmt: skip
    where = str(path)
    stated = parse_stated(crs)
    angles = stated is not None and stated.is_geographic
    z_factor = stated_factor(z_unit, where)
    if is_drawing(path):
        _refuse_order(order, "DXF", where)
        raw = read_drawing(
            path, sublayer=sublayer, encoding=encoding, unit=unit, text_heights_m=text_heights_m,
            z_factor=z_factor, limits=limits, watch=watch,
        )  # fmt: skip
    else:
        _refuse_for_drawings(unit, text_heights_m, where)
        how = {"encoding": encoding, "z_factor": z_factor, "limits": limits, "watch": watch}
        raw = _read(path, sublayer, height_field, how, order=order, degrees=angles, columns=columns)
    if len(raw.row) < least:
        raise few(where, len(raw.row), raw.skips)
    home = pyproj.CRS.from_user_input(target_crs)
    in_file = crs_choice.read_crs(raw.crs)
    texts = _first_texts(raw, path, encoding)
    said = raw.crs_text or (raw.crs if in_file is None else "") or system_words([path.stem, raw.sublayer, *texts])
    _refuse_degrees(raw, stated or in_file, where)
    to_metres(raw, stated, table=raw.kind in (*_TABLES, "cass"), z_unit=z_unit)
    if raw.kind in _TABLES:
        raw.warnings += unpack_degrees(raw, degrees, stated or in_file, home, neighbours, where, texts)
    decided = decide_order(
        raw, stated=order, crs=stated or in_file, project_crs=home, neighbours=neighbours, where=where
    )
    east, north = (raw.first, raw.second) if decided.order == "en" else (raw.second, raw.first)
    bounds = _bounds(east, north)
    guess = guess_crs(bounds, project_crs=target_crs, neighbours=neighbours, text=said)
    used, basis, remarks = crs_choice.decide(in_file, stated, guess, accept_guess=accept_guess, where=where, said=said)
    crs_choice.check_fit(used, bounds, guess, where)
    remarks += crs_choice.check_place(used, home, bounds, where)
    remarks += _twice(raw, used, home)
    way, more = reproject.across(used, home, bounds, where)
    if way is not None:
        east, north = way.transform(east, north)
    points = GroundPoints(
        path, sha256_of(path), raw.kind, np.column_stack((east, north)), raw.height, raw.row, raw.line,
        crs_choice.name_of(used), basis, decided.order, decided.said, raw.basis, raw.rows_read, raw.skips,
        raw.encoding, raw.sublayer, raw.warnings + remarks + more, corners=raw.corners,
    )  # fmt: skip
    return _finite(points, least)


def _twice(raw: RawPoints, used: pyproj.CRS, home: pyproj.CRS) -> list[Notice]:
    """What a table says of its points in degrees and in metres, compared."""
    said = both_places(raw.twice, raw.twice_names) if raw.twice else None
    if said is None:
        return []
    packed = any(n.key in {"degrees.stated", "degrees.said"} for n in raw.warnings)
    taken = raw.twice_names[:2] if used.is_geographic else raw.twice_names[2:]
    return compared(said, used, home, " / ".join(taken), packed=packed)


def _read(
    path: Path,
    sublayer: str | None,
    height_field: str | None,
    how: dict[str, Any],
    *,
    order: Order | None,
    degrees: bool,
    columns: Chosen | None = None,
) -> RawPoints:
    """The file by the reader that its content asks for; `how` is what all of them take."""
    if is_surface_file(path):
        _refuse_order(order, "LandXML", str(path))
        return read_landxml(path, sublayer=sublayer, **how)
    reader = vector_reader(path)
    if reader is not None:
        _refuse_order(order, reader.name, str(path))
        return read_vector(path, reader, sublayer=sublayer, height_field=height_field, **how)
    try:
        with path.open("rb") as file:
            head = file.read(8)
        if head.startswith(_OLE):
            raise Refused(
                "points.old_excel",
                N_("this is a workbook of the old format (.xls), or one with a password"),
                where=str(path),
                advice=N_("save it as .xlsx without a password"),
            )
        if head.startswith(ZIP):
            own = {name: value for name, value in how.items() if name != "encoding"}
            return read_xlsx(path, sublayer=sublayer, degrees=degrees, columns=columns, **own)
        limits = how["limits"]
        if columns is None and looks_like_cass(path, codec_of(path, how["encoding"], limits), limits):
            return read_cass(path, **how)
        return read_text(path, degrees=degrees, columns=columns, **how)
    except OSError as cause:
        if isinstance(cause, Unreadable):
            raise
        raise Unreadable(
            "points.no_access",
            N_("the file cannot be read to its end"),
            where=str(path),
            advice=N_("check whether another program holds it, and copy it again"),
        ) from cause


def _first_texts(raw: RawPoints, path: Path, encoding: str | None) -> list[str]:
    """Texts of a table's first rows: title and headings."""
    rows = table_head(path, encoding=encoding, sublayer=raw.sublayer or None) if raw.kind in _TABLES else []
    return [c for _, cells in rows for c in cells if isinstance(c, str)]


def _refuse_order(order: Order | None, name: str, where: str) -> None:
    if order is not None:
        raise Refused(
            "points.order_needless",
            N_("a {format} file states itself which coordinate is which"),
            where=where,
            advice=N_("leave --order away"),
            format=name,
        )


def _refuse_for_drawings(unit: str | None, text_heights_m: float | None, where: str) -> None:
    if unit is not None or text_heights_m is not None:
        raise Refused(
            "points.no_drawing",
            N_("a unit and heights from texts are for drawings (DXF); this file is none"),
            where=where,
            advice=N_("leave --unit and --text-heights away"),
        )


def few(where: str, count: int, skips: Skips) -> Refused:
    """The refusal of fewer than three points, with the commonest reason why rows were left out."""
    worst = max(skips, key=lambda t: t.count, default=None)
    if worst is None:
        return Refused(
            "points.few", N_("{count} points make no ground; at least three are needed"), where=where, count=count
        )
    return Refused(
        "points.few_skipped",
        N_("{count} points make no ground; {skipped} rows were left out, {most} of them because: {reason}"),
        where=where,
        advice=N_("check the columns, or put a row with names above them: 点号, 东, 北, 高程"),
        count=count,
        skipped=skips.count,
        most=worst.count,
        reason=worst.reason,
        rows=name_rows(worst.rows, worst.count),
        place=worst.place,
    )


def _refuse_degrees(raw: RawPoints, crs: pyproj.CRS | None, where: str) -> None:
    small = max(float(np.median(np.abs(raw.first))), float(np.median(np.abs(raw.second)))) <= 180
    fractions = float((raw.first % 1 != 0).mean()) > 0.5
    if small and fractions and (crs is None or not crs.is_geographic):
        raise Refused(
            "points.degrees",
            N_("coordinates like {a:.5f}, {b:.5f} look like degrees, not like metres"),
            where=where,
            advice=N_("if they are longitudes and latitudes, state it: --crs EPSG:4490 (CGCS2000) or EPSG:4326"),
            a=float(raw.first[0]),
            b=float(raw.second[0]),
        )


def _bounds(x: Array, y: Array) -> Bounds:
    """The box of the bulk: a stray must not decide in which system a file is."""
    (x0, x1), (y0, y1) = np.quantile(x, (0.05, 0.95)), np.quantile(y, (0.05, 0.95))
    return float(x0), float(y0), float(x1), float(y1)


def _finite(points: GroundPoints, least: int) -> GroundPoints:
    """Leave out what has no image in the project's system."""
    good = np.asarray(np.isfinite(points.xy).all(axis=1), np.bool_)
    if not good.all():
        points.skips.add_all(points.row[~good], _OUTSIDE)
        points.keep(good)
        if len(points.z) < least:
            raise few(str(points.path), len(points.z), points.skips)
    return points
