"""Terrains of wide cells that say nothing of their errors: most likely public elevation models (SRTM, Copernicus).

They get no interval, as nobody stated an error. But whether their figure may be called an estimate does not hang on
that: it is asked what the interval would be by the surest of those models.
"""

from __future__ import annotations

from dataclasses import replace

from gis.budget import interval
from gis.job import Job
from gis.surfaces import Surface
from models.estimate import TOO_UNCERTAIN, TOO_WIDE, Estimate
from models.notices import N_, Notice
from models.terrain import ERROR_DEFAULTS, SOURCES

WIDE_M = 10.0
"""Surveys of a pit have cells of decimetres to a few metres; public models 12 to 90 m."""
_SUPPOSED = "copernicus_30m"


def doubt(job: Job, surfaces: list[Surface], answer: Estimate) -> tuple[Notice, ...]:
    """A remark that makes the figure no estimate, where such a model's errors would (half width over half of it)."""
    body = answer.fill_m3 if job.site.fills else answer.cut_m3
    if job.terrain.errors.sigma_z_m is not None or job.terrain.cell_m < WIDE_M or body <= 0:
        return ()
    errors = ERROR_DEFAULTS[_SUPPOSED]
    half = interval(replace(job, terrain=replace(job.terrain, errors=errors)), surfaces, answer, None).fill_m3
    if half is None or half <= TOO_WIDE * body:
        return ()
    text = N_(
        "the terrain does not say how sure its heights are. Cells of {cell:.0f} m are those of public models: by the "
        "errors of the surest ({source}, {sigma:g} m) this would be {body:.0f} ± {half:.0f} m³. This is no estimate to "
        "plan with; state the survey's source or its error"
    )
    source = Notice(f"source.{_SUPPOSED}", SOURCES[_SUPPOSED])
    facts = {"cell": job.terrain.cell_m, "source": source, "sigma": errors.sigma_z_m, "body": body, "half": half}
    return (Notice(TOO_UNCERTAIN, text, **facts),)
