"""Approval sheets: one of a site or of the project, many sites' sheets in one atlas, many files at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from app.package.layout import papers
from app.package.render import DPI, SUFFIXES
from app.package.sheet import SheetReport, SheetRequest, make_sheet
from app.package.template import is_of_project, kind_names, sheet_kind
from app.project import Project
from gis.names import check_new_name
from models.errors import AppError, Refused
from models.notices import N_
from models.progress import Watch

if TYPE_CHECKING:
    from app.package.atlas import AtlasReport
    from models.site import Site

__all__ = [
    "SheetReport",
    "SheetRequest",
    "is_of_project",
    "kind_names",
    "make_atlas_of",
    "make_each",
    "make_site_sheet",
    "papers",
]

_LEAST_DPI, _MOST_DPI = 50, 1200


def make_site_sheet(
    project: Project,
    code: str,
    out: Path,
    *,
    kind: str = "backfill_design",
    scale: int | None = None,
    paper: str = "A3",
    language: str = "zh_CN",
    banner: str | None = None,
    watch: Watch | None = None,
    orientation: str = "landscape",
    centre: tuple[float, float] | None = None,
    dpi: int = DPI,
    sites: Sequence[str] = (),
    basemap: str = "",
) -> SheetReport:
    """One sheet at `out`, as its name ends: .pdf, .png or .svg (a file a page), .tif (the map alone, georeferenced).

    `kind` is a key or the path of a template (.toml); of a kind for the whole project `code` may be "" and `sites` says
    which it shows. `basemap` names one of the project that is drawn in place of the shaded terrain. `out` is replaced
    only when the new one is whole.

    Raises Missing (site, kind, paper), Refused (no fitting scale, a text without glyphs, figures that cannot be had, a
    name with another ending: a slip there would replace the project or a DEM by the sheet), Unreadable (the terrain's
    file, the template), Unwritable, Cancelled.
    """
    out = Path(out)
    _check_suffix(out, SUFFIXES)
    check_dpi(dpi)
    _check_scope(kind, code)
    request = SheetRequest(
        code, kind=kind, language=language, scale=scale, paper=paper, banner=banner, orientation=orientation,
        centre=centre, dpi=dpi, sites=tuple(sites), basemap=basemap,
    )  # fmt: skip
    return make_sheet(project, request, out, watch)


def make_atlas_of(
    project: Project, codes: Sequence[str] | None, out: Path, request: SheetRequest, *, workers: int | None = None,
    watch: Watch | None = None,
) -> AtlasReport:  # fmt: skip
    """One PDF with the sheet of each site (None: of all) that `request` describes. Raises as `make_site_sheet` does.

    A site whose sheet is refused is left out and told of in the report.
    """
    from app.package.atlas import make_atlas

    out = Path(out)
    _check_suffix(out, (".pdf",))
    requests = _requests(project, codes, request)
    return make_atlas(project, requests, out, workers=workers, watch=watch)


def make_each(
    project: Project, codes: Sequence[str] | None, folder: Path, request: SheetRequest, *, suffix: str = ".pdf",
    workers: int | None = None, watch: Watch | None = None,
) -> AtlasReport:  # fmt: skip
    """A file for each site in `folder`, named by kind and code; existing ones of those names are replaced."""
    from app.package.atlas import AtlasReport, make_sheets

    folder = Path(folder)
    check_dpi(request.dpi)
    _check_suffix(Path(f"sheet{suffix}"), SUFFIXES)
    requests = _requests(project, codes, request)
    names = _names(project.store.sites([r.site for r in requests]), request)
    outs = [folder / f"{name}{suffix}" for name in names]
    for out in outs:
        _check_theirs(out)
    watch = watch or Watch()
    found: dict[int, tuple[int, list[Path]]] = {}
    refused: dict[int, AppError] = {}
    warnings = []
    for i, answer in make_sheets(project, requests, outs, workers, watch):
        if isinstance(answer, AppError):
            refused[i] = answer
        else:
            found[i] = answer[0], answer[2]
            warnings += [(requests[i].site, n) for n in answer[1]]
    if not found:
        raise refused[min(refused)]
    watch.report(1.0)
    left = [(requests[i].site, refused[i]) for i in sorted(refused)]
    files = [f for i in sorted(found) for f in found[i][1]]
    return AtlasReport(folder, len(found), sum(p for p, _ in found.values()), left, warnings, files)


def _requests(project: Project, codes: Sequence[str] | None, request: SheetRequest) -> list[SheetRequest]:
    if sheet_kind(request.kind).scope != "site":
        raise Refused(
            "sheet.scope",
            N_("this kind of sheet shows the whole project, not one site"),
            where=request.kind,
            advice=N_("make it once, without a list of sites"),
        )
    sites = project.store.sites(list(codes) if codes is not None else None)
    if not sites:
        raise Refused(
            "sheet.no_sites", N_("there are no sites to show"), where=project.path.name, advice=N_("import sites first")
        )
    return [replace(request, site=s.code, centre=None) for s in sites]


def _names(sites: Sequence[Site], request: SheetRequest) -> list[str]:
    """A file name for each site, as the files of the package have: number of the kind, code, title."""
    from app.package.dossier.names import safe_name

    used: set[str] = set()
    kind = sheet_kind(request.kind)
    titles = {fills: kind.title(request.language, fills=fills) for fills in (True, False)}
    return [safe_name(" ".join(t for t in (kind.number, s.code, titles[s.fills]) if t), used) for s in sites]


def check_dpi(dpi: int) -> None:
    """Raises Refused for dots per inch that make no picture."""
    if not _LEAST_DPI <= dpi <= _MOST_DPI:
        raise Refused("sheet.dpi", N_("{dpi} dots per inch are not possible"), advice=N_("choose 300 or 600"), dpi=dpi)


def _check_suffix(out: Path, known: Sequence[str]) -> None:
    check_new_name(out)
    if out.suffix.lower() in known:
        _check_theirs(out)
        return
    if known == (".pdf",):
        text, advice = N_("an atlas is a PDF: its name must end in .pdf"), N_("name it {name}")
    else:
        text, advice = N_("a sheet's name must end in .pdf, .png, .svg, .tif or .dxf"), N_("name it {name}")
    raise Refused("sheet.suffix", text, where=str(out), advice=advice, name=f"{out.stem}.pdf")


_THEIRS = {
    ".tif": N_("the file is there already, and it may be a terrain"),
    ".tiff": N_("the file is there already, and it may be a terrain"),
    ".dxf": N_("the file is there already, and somebody may have drawn in it"),
}


def _check_theirs(out: Path) -> None:
    """A GeoTIFF or a drawing never replaces a file: it might be somebody's terrain or work."""
    text = _THEIRS.get(out.suffix.lower())
    if text is not None and out.exists():
        raise Refused(
            "sheet.exists",
            text,
            where=str(out),
            advice=N_("choose another name"),
        )


def _check_scope(kind: str, code: str) -> None:
    if not code and sheet_kind(kind).scope == "site":
        raise Refused("sheet.scope", N_("this kind of sheet is of one site"), where=kind, advice=N_("say which site"))
