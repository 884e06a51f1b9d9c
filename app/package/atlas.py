"""An atlas: one sheet of each of many sites in one PDF, drawn in processes and joined without holding it in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.in_place import put_in_place
from app.package.sheet import SheetRequest, make_sheet
from app.package.surroundings import Kept
from app.project import Project
from app.verbs.workers import Died, each_answer, processes_for_sheets
from gis.leftovers import draft_folder
from models.errors import AppError, Refused
from models.notices import N_, Notice
from models.progress import Watch

_FEW = 3
"""Sheets up to this number are drawn here: starting a process takes as long as two."""


@dataclass(frozen=True)
class AtlasReport:
    """What was written, how many sheets and pages, and the sites that were left out with the reason."""

    path: Path
    sheets: int
    pages: int
    refused: list[tuple[str, AppError]] = field(default_factory=list)
    warnings: list[tuple[str, Notice]] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)


@dataclass(frozen=True)
class _Job:
    project: Path
    request: SheetRequest
    out: Path


_Answer = tuple[int, list[Notice], list[Path]] | AppError


def make_sheets(
    project: Project, requests: Sequence[SheetRequest], outs: Sequence[Path], workers: int | None, watch: Watch
) -> Iterator[tuple[int, _Answer]]:
    """(number, pages with remarks and files, or why not) of each sheet as it is done. Raises Cancelled.

    `workers` None: as many processes as pay.
    """
    workers = workers or processes_for_sheets(len(requests))
    if len(requests) <= _FEW or workers < 2:
        kept = Kept()
        for i, (request, out) in enumerate(zip(requests, outs, strict=True)):
            watch.report(i / len(requests), request.site)
            part = watch.part(i / len(requests), (i + 1) / len(requests))
            yield i, _made(project, request, out, part, kept)
        return
    jobs = [_Job(project.path, r, o) for r, o in zip(requests, outs, strict=True)]
    for i, answer in each_answer(_work, jobs, workers, watch, [r.site for r in requests]):
        yield i, _ended(jobs[i].request.site) if isinstance(answer, Died) else answer


def _made(project: Project, request: SheetRequest, out: Path, watch: Watch, kept: Kept) -> _Answer:
    from models.errors import Cancelled

    try:
        report = make_sheet(project, request, out, watch, kept=kept)
    except Cancelled:
        raise
    except AppError as error:
        return error
    return report.pages, report.warnings, report.files


def _work(jobs: Iterator[Any]) -> Iterator[_Answer]:
    """In a process: the project is opened once, read-only."""
    opened: Project | None = None
    kept = Kept()
    try:
        for job, watch in jobs:
            opened = opened or Project.open(job.project, read_only=True)
            yield _made(opened, job.request, job.out, watch, kept)
    finally:
        if opened is not None:
            opened.close()


def _ended(code: str) -> AppError:
    return Refused(
        "sheet.process_died", N_("the process that drew this sheet ended"), where=code, advice=N_("try it alone")
    )


def make_atlas(
    project: Project,
    requests: Sequence[SheetRequest],
    out: Path,
    *,
    workers: int | None = None,
    watch: Watch | None = None,
) -> AtlasReport:
    """One PDF of the sheets of `requests`, in their order, with a bookmark for each.

    A site whose sheet is refused is left out and told of. Raises Refused where all are, Unwritable, Cancelled; `out`
    is as it was then.
    """
    import pikepdf

    watch = watch or Watch()
    pages: dict[int, int] = {}
    refused: dict[int, AppError] = {}
    warnings: dict[int, list[Notice]] = {}
    with draft_folder(out.name, out.parent) as folder:
        outs = [folder / f"{i}.pdf" for i in range(len(requests))]
        for i, answer in make_sheets(project, requests, outs, workers, watch.part(0.0, 0.9)):
            if isinstance(answer, AppError):
                refused[i] = answer
            else:
                pages[i], warnings[i], _ = answer
        if not pages:
            raise refused[min(refused)]
        unwritable = N_("the sheet cannot be written")
        with put_in_place(out, "sheet.unwritable", unwritable) as file, pikepdf.new() as whole:
            _join(whole, [(requests[i].site, outs[i]) for i in sorted(pages)], watch)
            whole.save(file, deterministic_id=True)
    watch.report(1.0)
    left = [(requests[i].site, refused[i]) for i in sorted(refused)]
    said = [(requests[i].site, n) for i in sorted(warnings) for n in warnings[i]]
    return AtlasReport(out, len(pages), sum(pages.values()), left, said, [out])


def _join(whole: Any, parts: Sequence[tuple[str, Path]], watch: Watch) -> None:
    """Append the files' pages; each stays on disk until the whole is written."""
    import pikepdf

    marks = []
    for n, (code, path) in enumerate(parts):
        watch.report(0.9 + 0.08 * n / len(parts), code)
        first = len(whole.pages)
        part = pikepdf.open(path)
        whole.pages.extend(part.pages)
        if n == 0:
            whole.docinfo = whole.copy_foreign(part.docinfo)
        marks.append((code, first))
    with whole.open_outline() as outline:
        outline.root.extend(pikepdf.OutlineItem(code, page) for code, page in marks)
