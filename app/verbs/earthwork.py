"""Earthwork by the customary methods: the grid method with table and drawing, the section method with its table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from app.i18n import Translator
from app.package.build_parts import sheet_crs
from app.package.earthwork_dxf import DrawnGrid, write_drawing
from app.package.earthwork_layout import grid_sheets
from app.package.earthwork_table import grid_table, remarks_of, section_table, write_csv, write_workbook
from app.package.layout import layout_of
from app.package.sheet import SheetRequest, make_sheet
from app.package.template import sheet_kind
from app.project import Project
from app.verbs.asked import Asked, asked
from gis.earthwork import measure
from gis.surfaces import surface_label
from models.earthwork import Earthwork, EndAreaMethod, GridMethod
from models.errors import Missing, Refused
from models.estimate import EstimateRequest
from models.notices import N_, Notice, Translate, _same
from models.progress import Watch
from models.surface_names import over_asked

SHEET = "earthwork_grid"
_GRID = "grid"


@dataclass(frozen=True)
class EarthworkReport:
    """What was measured and, if asked, where it was written."""

    earthwork: Earthwork
    path: Path | None = None
    scale: int | None = None
    warnings: list[Notice] = field(default_factory=list)
    over: str = ""
    """Key of what is laid over an edited rim; "" for other surfaces."""

    def to_json(self, translate: Translate = _same) -> dict[str, Any]:
        """The document that ``earthwork --json`` prints."""
        path = None if self.path is None else str(self.path)
        warnings = [w.render(translate) for w in self.warnings]
        more = {"over": self.over or None, "path": path, "scale": self.scale, "warnings": warnings}
        return {**self.earthwork.to_json(), **more}


@dataclass(frozen=True)
class Delivery:
    """What to write: which table a CSV holds, paper and scale of a drawing, the language of both."""

    table: str = _GRID
    paper: str = "A3"
    scale: int | None = None
    language: str = "zh_CN"
    overwrite: bool = False


def earthwork(
    project: Project,
    code: str,
    *,
    out: Path | None = None,
    side_m: float | None = None,
    spacing_m: float | None = None,
    terrain: str | None = None,
    request: EstimateRequest | None = None,
    delivery: Delivery | None = None,
    watch: Watch | None = None,
) -> EarthworkReport:
    """Measure a site under the surface of `request` (None: of its last stored estimate) and write table or drawing.

    `out` ends in .xlsx (both tables), .csv (one of them), .pdf (the drawing as a sheet) or .dxf (for CAD). Without
    `side_m` the squares are the widest on the sheet that agree with the cell sums (within 2 %), else the finest that it
    carries, so that table and drawings show the same. Nothing is stored in the project.

    Raises as the estimate does, Refused (file exists, side or spacing unfit), Missing, Unwritable, Cancelled.
    """
    watch, how = watch or Watch(), delivery or Delivery()
    if out is not None:
        out = Path(out)
        _check_out(out, how)
    question = asked(project, code, terrain=terrain, request=request)
    drawing = out is not None and out.suffix.lower() == ".pdf"
    sides = [side_m] if side_m else []
    if not sides or drawing:
        outline, layout = question.site.outline, layout_of(how.paper)
        places = grid_sheets(outline, layout, sheet_kind(SHEET), code, side=side_m, scale=how.scale)
        sides = [p.side_m for p in places]
    found = measure(
        question.site, question.terrain, question.dem, question.request, sides_m=sides, spacing_m=spacing_m,
        watch=watch.part(0.0, 0.5), inputs=question.inputs,
    )  # fmt: skip
    over = over_asked(found.reference, question.request.parameters, fills=found.fills)
    said = [*question.stale, *_differences(found, grid=not drawing)]  # a sheet says the grid's of its own squares
    if out is None:
        return EarthworkReport(found, warnings=said, over=over)
    if drawing:
        wish = SheetRequest(code, kind=SHEET, language=how.language, scale=how.scale, paper=how.paper, earthwork=found)
        report = make_sheet(project, wish, out, watch.part(0.5, 1.0))
        return EarthworkReport(found, out, report.scale, [*said, *report.warnings], over)
    _WRITERS[out.suffix.lower()](project, question, found, out, how)
    watch.report(1.0)
    return EarthworkReport(found, out, warnings=said, over=over)


def _check_out(out: Path, how: Delivery) -> None:
    if out.suffix.lower() not in {".pdf", *_WRITERS}:
        raise Refused(
            "earthwork.suffix",
            N_("a table ends in .xlsx or .csv, a drawing in .pdf or .dxf"),
            where=str(out),
            advice=N_("name it {name}"),
            name=f"{out.stem}.xlsx",
        )
    if not out.parent.is_dir():
        raise Missing(
            "earthwork.no_folder", N_("there is no such folder"), where=str(out.parent), advice=N_("make it first")
        )
    if out.exists() and not how.overwrite and out.suffix.lower() != ".pdf":
        raise Refused(
            "earthwork.exists",
            N_("the file exists already"),
            where=str(out),
            advice=N_("choose another name, or say --overwrite"),
        )


def _differences(found: Earthwork, *, grid: bool = True) -> list[Notice]:
    """The methods that are more than 2 % apart from the cell sums; without `grid` the sections alone."""
    text = N_(
        "the {method} differs by {difference:+.1f} % from the cell sums: too coarse for this site; choose a smaller "
        "side or spacing"
    )
    measured: list[tuple[str, GridMethod | EndAreaMethod]] = [(N_("section method"), found.sections)]
    if grid:
        measured.insert(0, (N_("grid method"), found.grid))
    own = [
        Notice("earthwork.differs", text, method=Notice("earthwork.method", words), difference=percent)
        for words, method in measured
        if (percent := found.disagreement_percent(method.fill_m3, method.cut_m3)) is not None
    ]
    return [*found.grid.notices, *own]


def _csv(_project: Project, _question: Asked, found: Earthwork, out: Path, how: Delivery) -> None:
    say = Translator(how.language)
    write_csv(out, grid_table(found.grid, say) if how.table == _GRID else section_table(found.sections, say))


def _xlsx(project: Project, question: Asked, found: Earthwork, out: Path, how: Delivery) -> None:
    say = Translator(how.language)
    surface = surface_label(found.reference, fills=found.fills)
    name = str(project.store.project()["name"] or project.path.stem)
    facts = remarks_of(found, name, question.site.name or "", surface, say)
    tables = (grid_table(found.grid, say), section_table(found.sections, say))
    write_workbook(out, tables, facts, say, found.computed_at)


def _dxf(project: Project, question: Asked, found: Earthwork, out: Path, how: Delivery) -> None:
    facts, site = project.store.project(), question.site
    banner = Translator(how.language)(N_("sample data (made up)")) if facts["settings"].get("made_up") else ""
    drawn = DrawnGrid(
        found, site.outline, sheet_crs(site), str(facts["name"] or project.path.stem), site.code, site.name or "",
        banner, question.terrain.vertical_datum, how.language, datetime.fromisoformat(found.computed_at),
    )  # fmt: skip
    write_drawing(out, drawn)


_WRITERS: dict[str, Callable[[Project, Asked, Earthwork, Path, Delivery], None]] = {
    ".csv": _csv,
    ".xlsx": _xlsx,
    ".dxf": _dxf,
}
