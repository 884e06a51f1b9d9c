"""Features of a foreign file into a layer of the project: one step, with an account of what was done to each."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from app.project import Project
from app.verbs import labels
from app.verbs.import_job import Duplicates, Job
from app.verbs.import_report import ImportReport, Repaired
from gis.crs_guess import Bounds
from gis.formats import read_features
from layers.base import LayerType
from layers.registry import LAYERS
from models.errors import Missing, Refused
from models.notices import N_, Notice
from models.progress import Watch

__all__ = ["ImportReport", "Repaired", "extent", "import_features"]


def import_features(
    project: Project,
    path: Path | str,
    *,
    layer: str,
    sublayer: str | None = None,
    crs: str | None = None,
    accept_guess: bool = False,
    encoding: str | None = None,
    fields: Mapping[str, str] | None = None,
    duplicates: Duplicates = "skip",
    dry_run: bool = False,
    watch: Watch | None = None,
) -> ImportReport:
    """Take the features of a GeoPackage, Shapefile or GeoJSON into `layer`, all in one step of the change log.

    A row that cannot be used is skipped and reported with its reason; a value that does not fit its field leaves that
    field empty and is reported. A code that is in the project or came before in the file is skipped, or with
    `duplicates="update"` changes the feature that has it. Raises Missing (layer, file, sublayer, field), Refused (no
    CRS, nothing usable …), Unreadable, Cancelled; the project is unchanged then.
    """
    target = _layer(layer)
    watch = watch or Watch()
    path = Path(path)
    _not_itself(project, path)
    incoming = read_features(
        path,
        target_crs=project.crs,
        sublayer=sublayer,
        prefer=layer,
        crs=crs,
        accept_guess=accept_guess,
        encoding=encoding,
        neighbours=extent(project),
        watch=watch.part(0.0, 0.7),
    )
    job = Job(project, target, incoming, fields or {}, duplicates)
    job.run(watch.part(0.7, 0.9))
    if not job.changes:
        raise _nothing(path, job.report)
    if not dry_run:
        project.before_risky(Notice("snapshot.import", N_("before the import of {file}"), file=path.name))
        project.store.transact(labels.imported(layer, len(job.changes), path.name), job.changes)
    job.report.dry_run = dry_run
    watch.report(1.0)
    return job.report


def extent(project: Project) -> Bounds | None:
    """The box around everything that the project's layers hold, in its CRS; None while it is empty."""
    boxes = [project.store.read(key).total_bounds for key in LAYERS if project.store.count(key)]
    if not boxes:
        return None
    return (
        min(float(b[0]) for b in boxes),
        min(float(b[1]) for b in boxes),
        max(float(b[2]) for b in boxes),
        max(float(b[3]) for b in boxes),
    )


def _layer(key: str) -> LayerType:
    if key not in LAYERS:
        raise Missing(
            "layer.unknown",
            N_("there is no layer {layer}"),
            advice=N_("one of: {layers}"),
            layer=key,
            layers=", ".join(LAYERS),
        )
    return LAYERS[key]


def _not_itself(project: Project, path: Path) -> None:
    try:
        same = path.samefile(project.path)
    except OSError:
        return
    if same:
        raise Refused("import.itself", N_("this is the open project itself"), where=str(path))


def _nothing(path: Path, report: ImportReport) -> Refused:
    first = report.skipped[0] if report.skipped else None
    if first is None:
        return Refused("import.nothing", N_("there is nothing in it"), where=str(path))
    return Refused(
        "import.nothing",
        N_("nothing in it can be used: {count} rows skipped, row {row} because {reason}"),
        where=str(path),
        count=len(report.skipped),
        row=first.row,
        reason=first.reason,
    )
