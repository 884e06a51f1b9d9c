"""Features of a foreign file into a layer of the project: one step, with an account of what was done to each."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.project import Project
from app.verbs import labels
from app.verbs.datum_shifts import shifts_of
from app.verbs.extent import boxes_held, extent
from app.verbs.import_job import Duplicates, Job
from app.verbs.import_neighbours import neighbour_notices
from app.verbs.import_report import ImportReport, Repaired
from gis.formats import inner
from gis.formats.packed_degrees import Degrees
from gis.formats.placing import Axes, Placing, Raw, place
from gis.formats.read import read_raw
from gis.store.collecting import no_collecting
from layers.base import LayerType
from layers.registry import LAYERS
from models.errors import Cancelled, Missing, Refused
from models.notices import N_, Notice
from models.progress import Watch

__all__ = ["Asked", "ImportReport", "Repaired", "extent", "import_features", "prepare"]


TAKEN_ADVICE = N_("to change the features that have these codes say --duplicates update, for new numbers add")


@dataclass(frozen=True)
class Asked:
    """What a person says of an import; the words are those of the command."""

    layer: str
    sublayer: str | None = None
    crs: str | None = None
    accept_guess: bool = False
    axes: Axes = "auto"
    shift: str | None = None
    encoding: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    duplicates: Duplicates = "skip"
    holes: bool = False
    """Outlines of a drawing that lie inside others of their layer are holes in them."""
    degrees: Degrees = "auto"
    """Degrees of a table are decimal or packed (D.MMSSss)."""


def import_features(
    project: Project,
    path: Path | str,
    *,
    raw: Raw | None = None,
    dry_run: bool = False,
    watch: Watch | None = None,
    **asked: Any,
) -> ImportReport:
    """Take the features of a file of any format that can be read into a layer, all in one step of the change log.

    `asked` are the fields of `Asked`. A row that cannot be used is skipped and reported with its reason; a value that
    does not fit its field leaves that field empty and is reported. A code that is taken is skipped, changes the feature
    that has it ("update") or is replaced by a new number ("add"). `raw` is the file if it was read already. Raises
    Missing (layer, file, sublayer, field), Refused (no CRS, nothing usable …), Unreadable, Cancelled; the project is
    unchanged then.
    """
    watch = watch or Watch()
    path = Path(path)
    with no_collecting():
        job = prepare(project, path, Asked(**asked), raw=raw, watch=watch.part(0.0, 0.75))
        if not dry_run:
            project.before_risky(Notice("snapshot.import", N_("before the import of {file}"), file=path.name))
            label = labels.imported(job.layer.key, len(job.changes), path.name)
            project.store.transact(label, job.changes, watch.part(0.75, 1.0))
    job.report.dry_run = dry_run
    with suppress(Cancelled):  # it is written: too late to stop
        watch.report(1.0)
    return job.report


def prepare(project: Project, path: Path, asked: Asked, *, raw: Raw | None = None, watch: Watch | None = None) -> Job:
    """All that an import would change, with its account; nothing is written. Raises as `import_features`."""
    target = _layer(asked.layer)
    watch = watch or Watch()
    _not_itself(project, path)
    how = Placing(
        asked.crs, asked.accept_guess, asked.axes, asked.shift, shifts_of(project), extent(project), asked.degrees,
        boxes_held(project),
    )  # fmt: skip
    how.check()
    if raw is None:
        raw = read_raw(
            path, sublayer=asked.sublayer, prefer=asked.layer, encoding=asked.encoding, watch=watch.part(0.0, 0.7)
        )
    inners = inner.found_in(raw) if target.geometry == "MULTIPOLYGON" else []
    incoming = place(inner.cut_out(raw, inners) if asked.holes else raw, project.crs, how)
    if not asked.holes:
        incoming.warnings += inner.told(raw, inners)
    job = Job(project, target, incoming, dict(asked.fields), asked.duplicates)
    job.report.file = str(path)
    job.report.inner = len(inners)
    job.run(watch.part(0.7, 0.95))
    if not job.changes:
        raise _nothing(path, job.report)
    job.report.warnings += neighbour_notices(project, job)
    return job


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
    except (OSError, ValueError):
        return
    if same:
        raise Refused("import.itself", N_("this is the open project itself"), where=str(path))


_MEND = N_("mend the rows in the program they came from and import the file again")
_ADVICE = {
    "import.code_known": TAKEN_ADVICE,
    "topology.no_polygon": N_("this layer takes closed outlines: close the lines in the program they came from (ends "
                              "within a millimetre), or choose a layer of points for points"),
    "photos.no_place": N_("put the track (GPX) of the walk beside the photos, or switch the camera's position on"),
    "import.not_finite": N_("check the numbers and their unit: a project takes metres, or degrees"),
}  # fmt: skip


def _nothing(path: Path, report: ImportReport) -> Refused:
    first = report.skipped[0] if report.skipped else None
    if first is None:
        text = N_("look at it in the program it came from, and export it again with what is to come in")
        return Refused("import.nothing", N_("there is nothing in it"), where=str(path), advice=text)
    return Refused(
        "import.nothing",
        N_("nothing in it can be used: {count} rows skipped, row {row} because {reason}"),
        where=str(path),
        advice=_ADVICE.get(first.reason.key, _MEND) if len({s.reason.key for s in report.skipped}) == 1 else _MEND,
        count=len(report.skipped),
        row=first.row,
        reason=first.reason,
    )
