"""The account of files before a terrain is made of them, and of the terrain after: facts, classes, remarks in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QProgressBar, QVBoxLayout, QWidget

from app import format as fmt
from app.gui import words
from app.gui.dialogs.terrain_cloud import class_name
from app.gui.widgets import Banner, button, card, clear, label
from app.i18n import _
from app.words import CRS_BASES
from models.errors import AppError
from models.notices import N_, Notice

if TYPE_CHECKING:
    from app.verbs.terrain_look import Look
    from models.terrain import Terrain

KINDS = {
    "raster": N_("elevation file"),
    "tiles": N_("tiles of one terrain"),
    "points": N_("survey points or contours"),
    "lines": N_("points and lines with heights"),
    "surface": N_("surface of triangles (TIN)"),
    "cloud": N_("point cloud"),
}
# Errors of the engine advise options of the command line; in the window the same is a control beside.
ADVICE = {
    "drawing.unit": N_("choose the unit of the drawing at the left"),
    "points.cells": N_("choose a larger cell"),
    "points.bad_cell": N_("choose a cell of some metres"),
    "points.ending": N_("the name of the terrain file ends in .tif"),
    "points.exists": N_("choose another name, or tick “replace the file”"),
    "points.order_contradicts": N_("choose the order of the coordinates at the left"),
    "points.order_unknown": N_("choose the order of the coordinates at the left"),
    "points.order_needless": N_("leave the order as recognised"),
    "points.no_triangles": N_("choose a longer edge"),
    "points.reach": N_("choose a shorter edge"),
    "points.degrees": N_("for longitudes and latitudes write EPSG:4490 (CGCS2000) or EPSG:4326 under Coordinates"),
    "import.two_degrees": N_("ask whoever made the file, then choose how its degrees are read at the left"),
    "import.nearly_packed": N_("mend those values, or choose at the left how the degrees are read"),
    "degrees.not_packed": N_("mend the value, or choose decimal degrees at the left"),
    "points.which_columns": N_("choose the columns of easting, northing and height at the left"),
    "points.no_table": N_("a table of points has one row a point; choose its columns at the left"),
    "landxml.which_surface": N_("write the name of the surface at the left: {layers}"),
    "points.which_sheet": N_("write the name of the sheet at the left: {layers}"),
    "import.which_sublayer": N_("write the name of the layer at the left: {layers}"),
    "points.which_height": N_("write the field of heights at the left (z for the third coordinate): {fields}"),
    "cloud.no_class": N_("name other classes, or take the lowest points"),
    "cloud.mixed": N_("classify them alike first, or take the lowest points of all"),
    "cloud.unit": N_("choose the unit of heights at the left"),
    "cloud.z_unit": N_("choose the unit of heights at the left"),
    "cloud.z_unit_other": N_("choose the unit of heights at the left"),
    "cloud.mixed_units": N_("choose the unit of heights at the left"),
    "terrain.unit": N_("choose the unit of heights at the left"),
    "terrain.no_crs": N_("write the coordinate system under Coordinates, for instance EPSG:4546"),
    "terrain.two_crs": N_("leave Coordinates empty, or reproject the file"),
    "terrain.name_taken": N_("choose another name"),
    "basemap.no_crs": N_("write it under Coordinates, for instance EPSG:4546, or accept the guess"),
    "basemap.two_crs": N_("leave Coordinates empty, or reproject the file"),
    "basemap.name_taken": N_("choose another name"),
    "basemap.which_table": N_("write one of them under Set of tiles"),
    "basemap.no_table": N_("write one of them under Set of tiles"),
    "import.no_crs": N_("write it under Coordinates, for instance EPSG:4546, or accept the guess"),
    "progress.kinds_differ": N_("compare surveys of one kind; confirm it only where the ground is bare in both"),
    "progress.datums_differ": N_("convert one of them first; if you confirm it all the same, look at the offset"),
    "terrain.many_points": N_("put the points into one file first; a file of lines goes under Breaklines at the left"),
    "breaklines.import.no_crs": N_("write it under “Their coordinates”, for instance EPSG:4546, or accept the guess"),
    "breaklines.import.unfit_crs": N_("write the right coordinate system under “Their coordinates”"),
    "breaklines.import.which_sublayer": N_("write the name of the layer under “Their layer”: {layers}"),
    "breaklines.points.which_height": N_("write it under “Their field of heights” (z: third coordinate): {fields}"),
    "breaklines.apart": N_("check “Coordinates” and “Their coordinates”, or take far lines out of the file"),
    "import.unfit_crs": N_("write the right coordinate system under Coordinates"),
}  # fmt: skip

# Remarks in the same way.
REMARKS = {
    "points.outlying": N_("{count} points lie more than {sigmas:g} robust sigmas off the plane of their neighbours "
                          "(rows {rows}); they are used as they are: check them, or have them left out by the tick"),
    "points.covered": N_("only {share:.0f} % of the ground between the outermost points is close enough to points; the "
                         "rest has no height (a longer edge bridges it)"),
    "terrain.suspicious_low": N_("{count} cells hold {value:g}, {gap:.0f} m below every other height: if it means "
                                 "“no height”, write it under “Value of no height”"),
    "degrees.doubt": N_("its degrees were read as decimal ones; read as D.MMSS (109.4512 is 109°45′12″) they would lie "
                        "at {packed}, {km:.1f} km {wind}: choose so at the left"),
    "order.stated": N_("as it was chosen"),
}  # fmt: skip


def say(notice: Notice) -> str:
    """A remark in the reader's language, in the words of the window."""
    text = REMARKS.get(notice.key) if "--" in notice.text else None
    facts = {k: Notice(v.key, REMARKS[v.key]) if isinstance(v, Notice) and v.key in REMARKS else v
             for k, v in notice.facts.items()}  # fmt: skip
    return Notice(notice.key, text or notice.text, **facts).render(_)


def in_window(error: Exception) -> Exception:
    """The same error with an advice that names what the window has, where the engine's names an option."""
    advice = ADVICE.get(error.key) if isinstance(error, AppError) else None
    if advice is None or not isinstance(error, AppError):
        return error
    return type(error)(error.key, error.what.text, where=error.where, advice=advice, **error.what.facts)


def error_text(error: Exception) -> str:
    """What is wrong, where, and what to do, for a banner."""
    error = in_window(error)
    if not isinstance(error, AppError):
        return words.cap(_("the file could not be read"))
    parts = [words.cap(error.what.render(_)), error.where, words.cap(error.advice.render(_))]
    return "\n".join(p for p in parts if p)


def _grid() -> tuple[QWidget, QGridLayout]:
    holder = QWidget()
    grid = QGridLayout(holder)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(4)
    grid.setColumnStretch(1, 1)
    return holder, grid


def facts_grid(rows: Sequence[tuple[str, str]]) -> QWidget:
    """Names at the left, values at the right, both wrapping."""
    holder, grid = _grid()
    for at, (name, value) in enumerate(rows):
        grid.addWidget(label(name, "muted"), at, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(label(value, wrap=True, selectable=True), at, 1)
    return holder


def show_look(into: QVBoxLayout, look: Look, accept: Callable[[], object]) -> None:
    """What was recognised, what is wrong, and what is to be known. `accept` takes the coordinate system guessed."""
    clear(into)
    if look.refused is not None:
        guessed = look.refused.what.facts.get("guess") if look.refused.key.endswith("import.no_crs") else None
        yes = button(_("Accept {crs}").format(crs=guessed), accept, kind="quiet") if guessed else None
        into.addWidget(Banner("danger", error_text(look.refused), yes))
    into.addWidget(card(label(words.cap(_(KINDS[look.kind])), "heading"), facts_grid(look_rows(look)), spacing=6))
    if look.classes:
        into.addWidget(classes_card(look.classes, _("Classes, by a sample of the points")))
    add_remarks(into, look.warnings)


def look_rows(look: Look) -> list[tuple[str, str]]:
    """(name, value) of all that is known."""
    size = f"{fmt.number(look.size_bytes / 1e6, 1)} MB" if look.size_bytes >= 1e5 else f"{look.size_bytes / 1e3:.0f} kB"
    rows = [(_("Files"), f"{look.files[0].name}, {size}" if len(look.files) == 1 else f"{len(look.files)}, {size}")]
    if look.crs:
        basis = words.from_key(CRS_BASES, look.crs_basis)
        rows.append((_("Coordinates"), f"{look.crs} ({basis})"))
    if look.vertical_datum:
        rows.append((_("Height datum"), look.vertical_datum))
    if look.grid is not None:
        cols, lines, cell = look.grid
        rows.append((_("Cells"), f"{cols} × {lines}, {fmt.significant(cell, 3)} m"))
    for name, count in ((_("Points"), look.points), (_("Triangles"), look.triangles)):
        if count is not None:
            rows.append((name, f"{count:,}".replace(",", fmt.THIN_SPACE)))
    if look.lines:
        rows.append((_("Lines"), "\n".join((str(look.lines), *(words.cap(n.render(_)) for n in look.breaklines)))))
    if look.density is not None:
        rows.append((_("Density"), _("{n} per 100 m²").format(n=fmt.significant(look.density, 3))))
    if look.extent is not None:
        rows.append((_("Extent"), _extent(look.extent)))
    if look.heights is not None:
        rows.append((_("Heights"), f"{fmt.number(look.heights[0], 2)} … {fmt.number(look.heights[1], 2)} m"))
    if look.columns is not None:
        rows.append((_("Columns"), words.cap(look.columns.render(_))))
    if look.order_said is not None:
        rows.append((_("Order"), words.cap(say(look.order_said))))
    more = "  ·  ".join(t for t in (look.sublayer, look.encoding) if t)
    skipped = _("{n} rows").format(n=look.skipped) if look.skipped else ""
    return rows + [(n, t) for n, t in ((_("Layer, encoding"), more), (_("Left out"), skipped)) if t]


def _extent(box: tuple[float, float, float, float]) -> str:
    x0, y0, x1, y1 = (fmt.number(v, 1) for v in box)
    wide, high = fmt.number(box[2] - box[0], 0), fmt.number(box[3] - box[1], 0)
    return f"X {y0} … {y1}\nY {x0} … {x1}\n{wide} × {high} m"


def classes_card(classes: dict[int, int], title: str) -> QWidget:
    """A bar for each class by its share."""
    holder, grid = _grid()
    total = sum(classes.values()) or 1
    for at, (number, count) in enumerate(sorted(classes.items())):
        bar = QProgressBar()
        bar.setRange(0, 1000)
        bar.setValue(round(1000 * count / total))
        bar.setTextVisible(False)
        bar.setFixedHeight(6)
        grid.addWidget(label(class_name(number)), at, 0)
        grid.addWidget(bar, at, 1)
        share = label(fmt.percent(count / total), "secondary")
        share.setToolTip(str(count))
        grid.addWidget(share, at, 2, Qt.AlignmentFlag.AlignRight)
    return card(label(title, "heading"), holder, spacing=6)


def add_remarks(into: QVBoxLayout, notices: Sequence[Notice]) -> None:
    """A banner for each; the same one once."""
    for text in dict.fromkeys(words.cap(say(n)) for n in notices):
        into.addWidget(Banner("warning", text))


def show_report(into: QVBoxLayout, terrain: Terrain, report: Any) -> None:
    """The terrain that was made or registered. `report`: a PointsReport, a CloudReport, or None for a raster."""
    from app.verbs.terrain_points import line_summary

    clear(into)
    text = _("terrain {name} is registered: {width} × {height} cells of {cell} m").format(
        name=terrain.name, width=terrain.width, height=terrain.height, cell=fmt.significant(terrain.cell_m, 3)
    )
    into.addWidget(Banner("ok", words.cap(text)))
    into.addWidget(card(label(_("How the terrain came about"), "heading"), facts_grid(report_rows(terrain)), spacing=6))
    if report is None:
        add_remarks(into, terrain.warnings)
        return
    ground = report.ground
    classes = getattr(ground, "classes", None)
    if classes:
        into.addWidget(classes_card(classes, _("Classes of all points")))
    points = getattr(ground, "points", None)
    of_lines = line_summary(points) if getattr(points, "breaklines", None) is not None else []
    notes = [words.cap(n.render(_)) for n in (*of_lines, *getattr(ground, "notes", ()))]
    if notes:
        into.addWidget(label("\n".join(notes), "muted", wrap=True, selectable=True))
    own = getattr(report, "remarks", None)
    add_remarks(into, [*(own if own is not None else ground.points.warnings), *ground.notices, *terrain.warnings])
    skips = [] if own is not None else [t.to_json(_) for t in ground.points.skips]
    if skips:
        from app.commands.points import rows_text

        text = "\n".join(
            _("left out {count} rows ({rows}): {reason}").format(**item | {"rows": rows_text(item)}) for item in skips
        )
        into.addWidget(Banner("info", words.cap(text)))


def report_rows(terrain: Terrain) -> list[tuple[str, str]]:
    """(name, value): method, points, density, cross-validation, error figures."""
    rows: list[tuple[str, str]] = []
    making = terrain.making
    if making is not None:
        rows += [
            (_("Method"), words.cap(making.method.render(_))),
            (_("Made of"), making.source),
            (_("Points used"), f"{making.points:,}".replace(",", fmt.THIN_SPACE)),
            (_("Density"), _("{n} per 100 m²").format(n=fmt.significant(making.density_per_100_m2, 3))),
            (_("Cross-validation"), _checked(making)),
        ]
    if terrain.tiles:
        text = _("{count}; where they overlap, the one named first counts").format(count=len(terrain.tiles))
        rows.append((_("Tiles"), text))
    errors = terrain.errors
    sigma = fmt.significant(errors.sigma_z_m, 2)
    rows.append((_("Error of a height"), f"± {sigma} m (1σ)" if errors.sigma_z_m else _("not stated")))
    rows.append((_("Height datum"), terrain.vertical_datum or _("not stated")))
    rows.append((_("File"), terrain.path))
    return rows


def _checked(making: Any) -> str:
    if making.rmse_m is None:
        return _("none: too few points to leave some out")
    return _("{n} heights left out: bias {bias} m, RMSE {rmse} m, NMAD {nmad} m").format(
        n=making.left_out, bias=fmt.difference(making.bias_m, 3), rmse=fmt.number(making.rmse_m, 3),
        nmad=fmt.number(making.nmad_m, 3),
    )  # fmt: skip
