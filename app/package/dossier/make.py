"""The whole approval package: one record, every file from it, put in place as one folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.i18n import Translator, translator
from app.package.dossier.drawing import drawing
from app.package.dossier.frozen import Frozen, frozen
from app.package.dossier.gather import gather
from app.package.dossier.geopackage import write_geopackage
from app.package.dossier.land_file import land_plots
from app.package.dossier.manifest import LeftOut, PackedFile, manifest, manifest_bytes, page
from app.package.dossier.names import safe_name
from app.package.dossier.options import PackageOptions
from app.package.dossier.place import MANIFEST, built_beside, check_place
from app.package.dossier.points_sheet import points_kinds
from app.package.dossier.record import PackageRecord, SiteRecord
from app.package.dossier.report import check_template, report
from app.package.dossier.sheets import SheetJob, SheetMade, draw_sheets
from app.package.dossier.tables import all_tables, boundary
from app.package.dossier.workbook import workbook
from app.package.duties import monitoring_duties
from app.package.layout import layout_of
from app.package.template import is_of_project, kind_names, sheet_kind
from app.project import Project
from gis.crs import parse_crs
from gis.formats.land_txt_write import Header, land_bytes
from gis.leftovers import draft_folder
from models.errors import AppError, Refused, Unwritable
from models.notices import N_, Notice
from models.progress import Watch

_SHOWN_TABLES = ("volumes", "land", "conflicts", "verdicts")
_PICTURE_KINDS = ("backfill_design", "present_state", "control_overlay")
_MANY = 24
"""With more sites than this the report shows one small picture of each."""
_FEW = 4
"""With no more sites than this it shows every sheet."""


@dataclass(frozen=True)
class PackageReport:
    """What was made: the folder, its files with their manifest, what was left out and why."""

    path: Path
    files: int
    document: dict[str, Any]
    left: tuple[LeftOut, ...] = ()
    kept_old: Path | None = None
    warnings: tuple[Notice, ...] = field(default=())

    def to_json(self, translate: Callable[[str], str] = str) -> dict[str, Any]:
        """The document that ``package --json`` prints."""
        return {
            "path": str(self.path),
            "manifest": str(self.path / MANIFEST),
            "kept_old": str(self.kept_old) if self.kept_old else None,
            "warnings": [w.render(translate) for w in self.warnings],
            **{k: self.document[k] for k in ("stamp", "project", "sites", "files", "left_out", "missing")},
        }


def make_package(
    project: Project, out: Path, options: PackageOptions | None = None, watch: Watch | None = None
) -> PackageReport:
    """The package of some or all sites as folder `out`, replaced only when the new one is whole.

    Raises Missing (site, kind, folder, template), Refused (the folder holds other things, a template that cannot be
    filled), Unwritable, Cancelled; `out` is as it was then. A single sheet that cannot be made stops nothing: it is in
    `left` with its reason.
    """
    options, watch = options or PackageOptions(), watch or Watch()
    out = check_place(Path(out), project.store.home)
    kinds = sheet_kinds() if options.kinds is None else tuple(dict.fromkeys(options.kinds))
    for kind in kinds:
        sheet_kind(kind)
    layout_of(options.paper)
    check_template(options.template)
    stamp = _stamp(options.stamp)
    with frozen(project, options.codes, stamp, workers=options.workers, watch=watch.part(0.0, 0.2)) as still:
        record = gather(
            still, options.codes, stamp, language=options.language, shared_numbers=options.shared_numbers,
            watch=watch.part(0.2, 0.25),
        )  # fmt: skip
        with built_beside(out) as (folder, kept), draft_folder("huitian-pictures") as pictures:
            try:
                work = _Work(record, folder, pictures, translator(options.language), options)
                work.sheets(still, kinds, watch.part(0.25, 0.8))
                work.data(watch.part(0.8, 0.85))
                work.report(watch.part(0.85, 0.97))
                document = work.manifest()
            except OSError as cause:
                if isinstance(cause, AppError):
                    raise
                raise Unwritable(
                    "package.unwritable",
                    N_("the package cannot be written"),
                    where=str(out),
                    advice=N_("check free space and the permissions of the folder"),
                ) from cause
            watch.report(0.99)
    watch.report(1.0)
    warnings = []
    if kept:
        text = N_("the old package was changed by somebody since it was made; it is kept as {name}")
        warnings.append(Notice("package.kept_old", text, name=kept[0].name))
    return PackageReport(out, len(work.files), document, tuple(work.left), kept[0] if kept else None, tuple(warnings))


def sheet_kinds() -> tuple[str, ...]:
    """The kinds of sheet that a package can have, in the order of their numbers."""
    return tuple(sorted(kind_names(), key=lambda k: (sheet_kind(k).number, k)))


def _stamp(wish: datetime | None) -> datetime:
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if wish is not None:
        made = wish if wish.tzinfo else wish.replace(tzinfo=UTC)
    elif epoch.isdigit():
        made = datetime.fromtimestamp(int(epoch), UTC)
    else:
        made = datetime.now(UTC)
    return made.astimezone(UTC).replace(microsecond=0)


class _Work:
    """Fills the folder; knows what was made and what was left out."""

    def __init__(
        self, record: PackageRecord, folder: Path, pictures: Path, say: Translator, options: PackageOptions
    ) -> None:
        self.record, self.folder, self.pictures, self.say, self.options = record, folder, pictures, say, options
        self.files: list[PackedFile] = []
        self.left: list[LeftOut] = []
        self.drawn: list[SheetMade] = []
        self.tables = all_tables(record, say)
        self._taken: set[str] = set()
        self._names: dict[str, str] = {}
        for s in record.sites:
            self._names[s.code] = safe_name(s.code, self._taken)

    def sheets(self, still: Frozen, kinds: Sequence[str], watch: Watch) -> None:
        """Draw every kind of every site."""
        many = len(self.record.sites) > _MANY
        shown = [k for k in _PICTURE_KINDS if k in kinds] or list(kinds[:1])
        shown = shown[:1] if many else list(kinds) if len(self.record.sites) <= _FEW else shown
        base, language = self.folder / self.say(N_("sheets")), self.record.language
        jobs: list[SheetJob] = []
        holder = next(iter(points_kinds(kinds)), "")
        taken: dict[str, set[str]] = {}

        def add(s: SiteRecord | None, kind: str) -> None:
            title = sheet_kind(kind).title(language, fills=s is None or s.site.fills)
            code = self._names[s.code] if s else ""
            name = safe_name(" ".join(t for t in (sheet_kind(kind).number, code, title) if t),  # as on the sheet
                             taken.setdefault(code, set()))  # fmt: skip
            picture = self.pictures / f"{len(jobs)}.png" if s is None or kind in shown else None
            jobs.append(
                SheetJob(
                    still.path, still.home, s.code if s else "", kind, language, self.options.paper,
                    (base / code if code else base) / f"{name}.pdf", picture, s.points if s else (),
                    s.area_m2 if s else 0.0, self.record.stamp, monitoring_duties(s.judged) if s else (),
                    tuple(r.code for r in self.record.sites), many, holder,
                )
            )  # fmt: skip

        for kind in kinds:
            if is_of_project(kind):
                add(None, kind)
        for s in self.record.sites:
            for kind in kinds:
                if not is_of_project(kind):
                    add(s, kind)
        if not jobs:
            return
        self.drawn = draw_sheets(jobs, self.options.workers, watch)
        fills = {s.code: s.site.fills for s in self.record.sites}
        for made in self.drawn:
            title = sheet_kind(made.job.kind).title(language, fills=fills.get(made.job.site, True))
            if made.error is not None:
                self.left.append(LeftOut(title, made.job.site, made.error.what, made.error.advice))
            else:
                self.files.append(PackedFile(made.job.out, "sheet", made.job.site, made.job.kind, title))
                if made.cad is not None:
                    self.files.append(PackedFile(made.cad, "earthwork_drawing", made.job.site, made.job.kind, title))

    def data(self, watch: Watch) -> None:
        """Coordinate files, drawings, map data, workbooks."""
        say, record = self.say, self.record
        coordinates = self.folder / say(N_("coordinates"))
        coordinates.mkdir(parents=True)
        self._land_files(coordinates)
        watch.report(0.2)
        title = say(N_("Boundary points"))
        self._put(coordinates / f"{safe_name(title)}.xlsx", "boundary_table",
                  workbook([boundary(record, say)], record, say, title=title))  # fmt: skip
        watch.report(0.4)
        self._put(self.folder / f"{say(N_('outlines and boundary points'))}.dxf", "drawing", drawing(record, say))
        watch.report(0.6)
        data = self.folder / f"{say(N_('map data'))}.gpkg"
        write_geopackage(record, data, say)
        self.files.append(PackedFile(data, "geopackage"))
        watch.report(0.8)
        title = say(N_("tables"))
        self._put(self.folder / f"{title}.xlsx", "tables", workbook(self.tables, record, say, title=title))

    def _land_files(self, folder: Path) -> None:
        """One coordinate file of all sites, and one of each where there are several."""
        record, say = self.record, self.say
        try:
            header = Header.of(
                parse_crs(record.crs_code),
                producer=str((record.settings.get("sign_off") or {}).get("unit") or ""),
                date=record.stamp.date().isoformat(),
            )
        except Refused as refused:
            self.left.append(LeftOut(say(N_("coordinate exchange file")), "", refused.what, refused.advice))
            return
        plots = land_plots(record, say)
        self._put(folder / f"{say(N_('all sites'))}.txt", "boundary_txt",
                  land_bytes(plots, header, self.options.dialect))  # fmt: skip
        if len(plots) > 1:
            for s, plot in zip(record.sites, plots, strict=True):
                self._put(folder / f"{self._names[s.code]}.txt", "boundary_txt",
                          land_bytes([plot], header, self.options.dialect), s.code)  # fmt: skip

    def report(self, watch: Watch) -> None:
        """The implementation plan."""
        figures = [m for m in self.drawn if m.error is None and m.job.picture is not None]
        data = report(
            self.record, self.tables, figures, self.left, self.say, sheets=self.drawn, template=self.options.template,
            watch=watch,
        )  # fmt: skip
        self._put(self.folder / f"{self.say(N_('implementation plan'))}.docx", "report", data)

    def manifest(self) -> dict[str, Any]:
        """The page, then the manifest, which names every file but itself."""
        order = (
            "report",
            "tables",
            "boundary_table",
            "boundary_txt",
            "drawing",
            "geopackage",
            "sheet",
            "earthwork_drawing",
        )
        self.files.sort(key=lambda f: order.index(f.role))
        shown = [t for t in self.tables if t.key in _SHOWN_TABLES and t.rows]
        body = page(self.record, self.folder, self.files, self.left, shown, self.say)
        self._put(self.folder / f"{self.say(N_('list of the package'))}.html", "page", body)
        document = manifest(self.record, self.folder, self.files, self.left, self.say)
        (self.folder / MANIFEST).write_bytes(manifest_bytes(document))
        return document

    def _put(self, path: Path, role: str, data: bytes, site: str = "") -> None:
        path.write_bytes(data)
        self.files.append(PackedFile(path, role, site))
