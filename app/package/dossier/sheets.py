"""The sheets of a package, drawn in processes of their own from the frozen project and the one record."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from app.package.boundary import BoundaryPoint
from app.package.dossier.frozen import open_still
from app.package.dossier.points_sheet import points_kinds, points_place, refers
from app.package.surroundings import Kept
from app.project import Project
from app.verbs.workers import Died, each_answer, processes_for_sheets
from models.errors import AppError, Cancelled
from models.notices import N_, Notice
from models.progress import Watch

if TYPE_CHECKING:
    from app.package.page import Page

_log = logging.getLogger(__name__)
_PICTURE_DPI, _COLOURS = 120, 256
_DENSE_DPI, _DENSE_COLOURS = 72, 64
"""Of a report with hundreds of pictures, which would be a hundred megabytes else: the sheets lie beside it."""


@dataclass(frozen=True)
class SheetJob:
    """One sheet to draw: of what, where to (`picture` None: no picture for the report), and what the record says.

    `site` "" is a sheet of the whole project, which shows `sites`.
    """

    project: Path
    home: Path
    site: str
    kind: str
    language: str
    paper: str
    out: Path
    picture: Path | None
    points: tuple[BoundaryPoint, ...]
    area_m2: float
    stamp: datetime
    duties: tuple[Notice, ...] = ()
    """What is to be monitored at the site."""
    sites: tuple[str, ...] = ()
    dense: bool = False
    """True where the report has very many pictures: they are smaller then."""
    points_kind: str = ""
    """The kind of sheet in the package that lists the boundary points of a site; "" for none."""


@dataclass(frozen=True)
class SheetMade:
    """What came of a job: pages and remarks, or the error that stopped it."""

    job: SheetJob
    pages: int = 0
    warnings: tuple[Notice, ...] = ()
    error: AppError | None = None
    scale: int = 0
    """Denominator; 0 for a chart."""
    cad: Path | None = None
    """A drawing of the same squares for CAD, beside a sheet of the grid method."""


def draw_sheets(jobs: Sequence[SheetJob], workers: int | None, watch: Watch) -> list[SheetMade]:
    """All sheets, in the order of the jobs, in so many processes (None: as many as pay).

    A sheet that cannot be made stops no other; sheets that refer to one are made anew with another in its place.
    Raises Cancelled.
    """
    made = _draw_all(jobs, workers, watch.part(0.0, 0.98))
    while again := _in_vain(made):
        for i, answer in zip(again, _draw_all(list(again.values()), workers, watch.part(0.98, 0.99)), strict=True):
            made[i] = answer
    return made


def _in_vain(made: Sequence[SheetMade]) -> dict[int, SheetJob]:
    """Jobs by their number in `made` whose sheet refers to one that could not be made, with another to refer to."""
    lost = {(m.job.site, m.job.kind) for m in made if m.error is not None}
    left: dict[str, list[str]] = {}
    for m in made:
        if m.error is None:
            left.setdefault(m.job.site, []).append(m.job.kind)
    again = {}
    for i, m in enumerate(made):
        if m.error is None and (m.job.site, m.job.points_kind) in lost and refers(m.job.kind):
            kind = next(iter(points_kinds(left[m.job.site])), "")
            again[i] = replace(m.job, points_kind=kind)
    return again


def _draw_all(jobs: Sequence[SheetJob], workers: int | None, watch: Watch) -> list[SheetMade]:
    workers = workers or processes_for_sheets(len(jobs))
    made: dict[int, SheetMade] = {}
    names = [j.out.stem for j in jobs]  # number, code and title, as people read them
    if workers <= 1 or len(jobs) <= 1:
        parts = [watch.part(i / len(jobs), (i + 1) / len(jobs)) for i in range(len(jobs))]
        for i, answer in enumerate(_work(zip(jobs, parts, strict=True))):
            made[i] = answer
            parts[i].report(1.0, names[i])
        return [made[i] for i in range(len(jobs))]
    for i, answer in each_answer(_work, jobs, workers, watch, names):
        made[i] = SheetMade(jobs[i], error=_died(answer)) if isinstance(answer, Died) else answer
    return [made[i] for i in range(len(jobs))]


def _died(end: Died) -> AppError:
    return AppError(
        "package.process_died",
        N_("the process that drew the sheet was ended from outside (code {code})"),
        advice=N_("make the package again; if it ends again, free memory"),
        code=end.code,
    )


def _work(jobs: Iterator[tuple[SheetJob, Watch]]) -> Iterator[SheetMade]:
    """An answer for each job; runs here or in a process of its own. The project stays open between jobs."""
    with ExitStack() as stack:
        opened: dict[Path, Project] = {}
        kept = Kept()
        for job, watch in jobs:
            if job.project not in opened:
                opened[job.project] = stack.enter_context(open_still(job.project, job.home))
            yield _one(opened[job.project], job, watch, kept)


def _one(project: Project, job: SheetJob, watch: Watch, kept: Kept) -> SheetMade:
    try:
        return _draw(project, job, watch, kept)
    except Cancelled:
        raise
    except AppError as error:
        return SheetMade(job, error=error)
    except Exception as error:  # a sheet that shows a mistake of the program must not take the others with it
        _log.exception("%s: sheet %s", job.site, job.kind)
        failed = AppError(
            "package.sheet_failed",
            N_("the sheet failed in a way that the program did not expect ({error})"),
            advice=N_("the details are in the log file"),
            error=type(error).__name__,
        )
        return SheetMade(job, error=failed)


def _draw(project: Project, job: SheetJob, watch: Watch, kept: Kept) -> SheetMade:
    from app.package.build import build_content
    from app.package.drawing_settings import drawing_settings
    from app.package.sheet import SheetRequest, compose, drawn_scale, write_cad, write_pdf

    shown = () if job.site else job.sites
    request = SheetRequest(job.site, kind=job.kind, language=job.language, paper=job.paper, sites=shown)
    content = build_content(project, request, watch.part(0.0, 0.5), kept=kept)
    # What the tables say and what the sheet says is one record.
    content = replace(content, created=job.stamp)
    if job.site:
        duties = job.duties if content.duties else ()
        place = points_place(job.kind, job.points_kind, job.language, fills=content.fills)
        content = replace(content, points=job.points, area_m2=job.area_m2, duties=duties, points_sheet=place)
    with drawing_settings():
        pages, notes = compose(content, watch.part(0.5, 0.7))
        for page in pages:
            page.check()
        job.out.parent.mkdir(parents=True, exist_ok=True)
        write_pdf(pages, content, job.out, watch.part(0.7, 0.95))
        if job.picture is not None:
            job.picture.parent.mkdir(parents=True, exist_ok=True)
            _picture(pages[0], job.picture, dense=job.dense)
    cad = None
    if content.earthwork is not None:
        (cad,) = write_cad(content, job.out.with_suffix(".dxf"))
    watch.report(1.0)
    return SheetMade(job, len(pages), tuple(notes), scale=drawn_scale(content), cad=cad)


def _picture(page: Page, path: Path, *, dense: bool) -> None:
    """The first page for the report: a PNG of few colours, small, and the same bytes each time."""
    from PIL import Image

    from app.package.render import picture_of

    dpi, colours = (_DENSE_DPI, _DENSE_COLOURS) if dense else (_PICTURE_DPI, _COLOURS)
    picture = Image.fromarray(picture_of(page, dpi))
    picture.quantize(colours, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(path, "PNG")
