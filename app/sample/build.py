"""Build the sample: terrain, project, sites, control lines, wastes with samples. The second call finds it made."""

from __future__ import annotations

import logging
import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from app.project import Project
from app.sample.features import SOURCE, features
from app.sample.places import CRS
from app.sample.terrain import VERSION, VERSION_TAG, write_terrain
from app.sample.wastes import LABORATORY, WASTES, lab_rows, waste_fields
from app.verbs.estimate import EstimateReport, estimate
from app.verbs.screen import screen
from app.verbs.terrain import add_terrain
from layers.registry import LAYERS
from models.changes import Change, Insert
from models.errors import AppError, Unwritable
from models.estimate import EstimateRequest
from models.lab import parse_value
from models.notices import N_, Notice
from models.progress import Watch
from models.screening import Screening

PROJECT_FILE = "huitian_sample.gpkg"
DEM_FILE = "huitian_sample_dem_1m.tif"
PROJECT_NAME = "大青山南麓示例工程（虚构数据）"
FILL_WASTE, COVER_M = "FA-01", 0.5
TERRAIN_NAME = "示例地形1m"
_SAMPLED_DAYS_AGO = 60  # reports count as fresh for twelve months (screening-rules.md EV-09)


def build_sample(folder: Path, watch: Watch | None = None, *, today: date | None = None, figures: bool = True) -> Path:
    """The sample project in `folder`, made if it is not there; returns its path.

    A project that is there already is kept with whatever was edited in it, unless it is damaged or of an older version
    of the sample: that one is set aside as ``….old``. `figures` also estimates and screens, so that the first look at
    the window has something to show. Raises Unwritable if the folder cannot be written.
    """
    watch = watch or Watch()
    folder = Path(folder).absolute()
    path, dem = folder / PROJECT_FILE, folder / DEM_FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        known = _registered_size(path)
        if known is None or not dem.is_file() or dem.stat().st_size != known:
            if known is not None or not _is_ours(dem):
                write_terrain(dem, watch.part(0.0, 0.6))
            # A terrain file that was lost and came out the same leaves the project as it is.
            if dem.stat().st_size != known:
                _make_project(path, dem, watch.part(0.6, 1.0), today or datetime.now(UTC).date(), figures=figures)
    except AppError:
        raise
    except OSError as cause:
        what, advice = N_("the sample cannot be written"), N_("choose a folder that you may write to")
        raise Unwritable("sample.unwritable", what, where=str(folder), advice=advice) from cause
    watch.report(1.0)
    return path


def _registered_size(path: Path) -> int | None:
    """Bytes of the terrain file that the project was made with; None if the project is missing or does not serve."""
    if not path.is_file():
        return None
    try:
        with Project.open(path, read_only=True) as project:
            if project.store.project()["settings"].get("sample_version") != VERSION:
                return None
            return project.store.terrain(TERRAIN_NAME).size_bytes
    except AppError:
        logging.getLogger(__name__).exception("the sample project cannot be opened and is made anew")
        return None


def _is_ours(dem: Path) -> bool:
    """True if the file is the terrain of this version of the sample."""
    import rasterio

    if not dem.is_file():
        return False
    try:
        with rasterio.open(dem) as source:
            return bool(source.tags().get(VERSION_TAG) == VERSION)
    except rasterio.RasterioIOError:
        return False


def _make_project(path: Path, dem: Path, watch: Watch, today: date, *, figures: bool) -> None:
    draft = path.with_name(f".{os.getpid()}-{path.name}")
    draft.unlink(missing_ok=True)
    try:
        settings = {"made_up": True, "sample_version": VERSION}
        with Project.create(draft, crs=CRS, name=PROJECT_NAME, settings=settings) as project:
            _fill(project, dem, watch.part(0.0, 0.5), today)
            if figures:
                compute_figures(project, watch.part(0.5, 1.0))
        if path.exists():
            path.replace(path.with_name(path.name + ".old"))
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _fill(project: Project, dem: Path, watch: Watch, today: date) -> None:
    add_terrain(
        project, dem, name=TERRAIN_NAME, kind="dtm", vertical_datum="1985国家高程基准", source="rtk_photogrammetry",
        watch=watch.part(0.0, 0.4),
    )  # fmt: skip
    rows = features()
    sites: list[Change] = [Insert(f.layer, f.values) for f in rows if LAYERS[f.layer].role == "site"]
    others: list[Change] = [Insert(f.layer, f.values) for f in rows if LAYERS[f.layer].role != "site"]
    project.store.transact(Notice("sample.control", N_("sample: districts, control lines and observations")), others)
    watch.report(0.6)
    project.store.transact(Notice("sample.sites", N_("sample: pits and stockpiles")), sites)
    watch.report(0.8)
    sampled = (today - timedelta(days=_SAMPLED_DAYS_AGO)).isoformat()
    project.store.transact(Notice("sample.wastes", N_("sample: wastes with laboratory values")), _waste_rows(sampled))
    watch.report(1.0)


def compute_figures(project: Project, watch: Watch) -> tuple[EstimateReport, list[Screening]]:
    """Estimate every site, the pits filled with fly ash below cover soil, and screen every waste for every pit."""
    sites = project.store.sites()
    filled = EstimateRequest(waste=FILL_WASTE, cover_m=COVER_M)
    parts = [
        estimate(project, [s.code for s in sites if s.fills], request=filled, watch=watch.part(0.0, 0.5)),
        estimate(
            project, [s.code for s in sites if not s.fills], request=EstimateRequest(), watch=watch.part(0.5, 0.6)
        ),
    ]
    report = EstimateReport([e for p in parts for e in p.estimates], [r for p in parts for r in p.refused])
    return report, screen(project, watch=watch.part(0.6, 1.0))


def _waste_rows(sampled: str) -> list[Change]:
    changes: list[Change] = [Insert("wastes", waste_fields(w)) for w in WASTES]
    known: set[str] = set()
    for number, row in enumerate(lab_rows(sampled), start=1):
        if row["sample"] not in known:
            known.add(row["sample"])
            taken: dict[str, Any] = {"waste": row["waste"], "code": row["sample"], "date": sampled}
            changes.append(Insert("samples", {**taken, "place": SOURCE, "lab": LABORATORY, "cma": ""}))
        reading = parse_value(row["value"], row["unit"])
        common = {k: row[k] for k in ("waste", "sample", "date", "method", "parameter")}
        value = {"raw": row["value"], "value": reading.value, "below": reading.below, "unit": reading.unit}
        changes.append(Insert("lab_values", {**common, **value, "row": number}))
    return changes
