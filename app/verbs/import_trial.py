"""An import tried out: what the file holds, how it was understood, where it would lie; nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from pyproj.exceptions import ProjError

from app.i18n import translator
from app.project import Project
from app.verbs import import_memory
from app.verbs.import_ import Asked, extent, prepare
from app.verbs.import_fields import map_fields, plain
from app.verbs.import_report import ImportReport
from gis.crs import transformer
from gis.crs_guess import Bounds
from gis.crs_zones import wind
from gis.formats.packed_degrees import Readings
from gis.formats.placing import Placing, Raw, degree_readings
from gis.formats.read import read_raw
from gis.store.collecting import no_collecting
from layers.registry import LAYERS
from models.errors import AppError, Cancelled
from models.notices import N_, Notice
from models.progress import Watch

ENCODINGS = ("UTF-8", "GB18030", "Big5", "Windows-1252")
"""What texts of Chinese files come in."""
_SAMPLES = 4
_SAMPLE_CHARS = 40
_LOOK = 60
_LAYER_WORDS = {
    "red_lines": ("红线", "redline", "red_line"),
    "control_areas": ("基本农田", "水源", "保护区", "开发边界", "control"),
    "districts": ("旗县", "行政区", "区划", "district"),
    "stockpiles": ("堆场", "渣场", "排土", "stockpile", "heap"),
    "mine_pits": ("矿坑", "采坑", "矿山", "mine"),
    "observations": ("照片", "航点", "巡查", "waypoint", "photo", "observation"),
    "sand_pits": ("砂坑", "沙坑", "sand"),
}


@dataclass(frozen=True)
class Column:
    """A column of the file: some of its values, in how many rows there is one, and our field ("" for none)."""

    name: str
    samples: tuple[str, ...]
    filled: int
    field: str


@dataclass
class Trial:
    """`error` tells why nothing could be taken; what is known of the file is there all the same.

    `shapes` are the outlines as they would be stored, `stays` those of the project by layer, `lands` says where.
    """

    raw: Raw
    asked: Asked
    columns: list[Column]
    recalled: dict[str, str]
    report: ImportReport | None = None
    error: AppError | None = None
    shapes: Any = field(default_factory=lambda: np.array([], dtype=object))
    stays: dict[str, Any] = field(default_factory=dict)
    bounds: Bounds | None = None
    home: Bounds | None = None
    lands: Notice | None = None
    readings: Readings | None = None
    """Where degrees lie that may be decimal or packed, None where there is nothing to choose."""
    revision: int = -1

    @property
    def sublayers(self) -> list[tuple[str, int]]:
        """(name, number of features, -1 if unknown) of the file's layers."""
        found = [(str(n), int(c)) for n, c in self.raw.head["sublayers"]]
        here = str(self.raw.head["sublayer"])
        return [(n, len(self.raw.features) if n == here else c) for n, c in found]


def try_import(
    project: Project,
    path: Path,
    asked: Asked,
    *,
    raw: Raw | None = None,
    before: Trial | None = None,
    watch: Watch | None = None,
) -> Trial:
    """Try an import. Raises what reading the file raises; what stops it later stands in the trial.

    `before` is a trial of a moment ago: what the project held then is not read again unless it changed.
    """
    with no_collecting():
        return _try(project, path, asked, raw, before, watch or Watch())


def _try(project: Project, path: Path, asked: Asked, raw: Raw | None, before: Trial | None, watch: Watch) -> Trial:
    if raw is None:
        raw = read_raw(
            path, sublayer=asked.sublayer, prefer=asked.layer, encoding=asked.encoding, watch=watch.part(0.0, 0.6)
        )
    recalled = import_memory.recall(raw, asked.layer)
    asked = Asked(**{**asked.__dict__, "fields": {**recalled, **asked.fields}})
    trial = Trial(raw, asked, _columns(raw, asked, None), recalled)
    trial.revision = project.store.revision
    if before is not None and before.revision == trial.revision:
        trial.stays = before.stays
    else:
        trial.stays = {key: project.store.read(key).geometry.to_numpy() for key in LAYERS if project.store.count(key)}
    trial.home = extent(project)
    try:
        how = Placing(asked.crs, neighbours=trial.home, degrees=asked.degrees)
        trial.readings = degree_readings(raw, project.crs, how)
        job = prepare(project, path, asked, raw=raw, watch=watch.part(0.6, 1.0))
    except AppError as error:
        trial.error = error
        return trial
    trial.report = job.report
    trial.report.dry_run = True
    trial.columns = _columns(raw, asked, job.report.fields)
    trial.shapes = np.array([*(c.values["geometry"] for c in job.changes), None], dtype=object)[:-1]
    box = shapely.total_bounds(trial.shapes)
    trial.bounds = (float(box[0]), float(box[1]), float(box[2]), float(box[3]))
    trial.lands = lands(trial.bounds, trial.home, project.crs)
    return trial


def _columns(raw: Raw, asked: Asked, taken: dict[str, str] | None) -> list[Column]:
    names = import_memory.columns_of(raw)
    if taken is None:
        try:
            found = map_fields(LAYERS[asked.layer], names, dict(asked.fields))
            taken = {theirs: f.name for theirs, f in found.taken.items()}
        except (AppError, KeyError):
            taken = {a: b for a, b in asked.fields.items() if b}
    columns = []
    for name in names:
        values = [f.fields.get(name) for f in raw.features]
        there = [v for v in values if v is not None and str(v).strip()]
        few = list(dict.fromkeys(" ".join(str(v).split())[:_SAMPLE_CHARS] for v in there[:200]))[:_SAMPLES]
        columns.append(Column(name, tuple(few), len(there), taken.get(name, "")))
    return columns


def lands(bounds: Bounds, home: Bounds | None, crs: str) -> Notice:
    """Where the data would lie: degrees of their middle, and how far from what the project holds."""
    x, y = (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2
    try:
        lon, lat = transformer(crs, "EPSG:4490").transform(x, y)
    except (AppError, ProjError):
        lon, lat = float("nan"), float("nan")
    facts: dict[str, Any] = {"lon": float(lon), "lat": float(lat)}
    if home is None:
        return Notice("lands.empty", N_("{lon:.4f}°, {lat:.4f}°; the project is still empty"), **facts)
    dx = max(bounds[0] - home[2], 0.0) - max(home[0] - bounds[2], 0.0)
    dy = max(bounds[1] - home[3], 0.0) - max(home[1] - bounds[3], 0.0)
    metres = float(np.hypot(dx, dy))
    if metres == 0.0:
        return Notice("lands.among", N_("{lon:.4f}°, {lat:.4f}°; among what the project holds"), **facts)
    facts["wind"] = wind(dx, dy)
    if metres < 1000:
        text = N_("{lon:.4f}°, {lat:.4f}°; {m:.0f} m {wind} of what the project holds")
        return Notice("lands.near", text, m=metres, **facts)
    text = N_("{lon:.4f}°, {lat:.4f}°; {km:.1f} km {wind} of what the project holds")
    return Notice("lands.away", text, km=metres / 1000, **facts)


def encoding_samples(
    path: Path, sublayer: str | None, encodings: Sequence[str] = ENCODINGS, watch: Watch | None = None
) -> dict[str, str]:
    """How the first texts of a file look in each encoding, ASCII left out; those that refuse are absent."""
    watch = watch or Watch()
    found: dict[str, str] = {}
    for n, encoding in enumerate(encodings):
        part = watch.part(n / len(encodings), (n + 1) / len(encodings))
        try:
            raw = read_raw(path, sublayer=sublayer, encoding=encoding, most=_LOOK, watch=part)
        except AppError as error:
            if isinstance(error, Cancelled):
                raise
            continue
        texts = [*import_memory.columns_of(raw)]
        texts += [v for f in raw.features[:_LOOK] for v in f.fields.values() if isinstance(v, str)]
        odd = list(dict.fromkeys(" ".join(t.split()) for t in texts if not t.isascii()))
        found[encoding] = "  ".join(t[:_SAMPLE_CHARS] for t in odd[:6])
    return found


def layer_meant(name: str) -> str | None:
    """The layer that a file's or a sublayer's name speaks of, None if none or several."""
    text, chinese = plain(name), translator("zh_CN")
    found = {
        key
        for key, layer in LAYERS.items()
        if any(w and w in text for w in (plain(key), plain(chinese(layer.label)), *_LAYER_WORDS.get(key, ())))
    }
    return found.pop() if len(found) == 1 else None


def file_kinds() -> str:
    """The endings of all formats that can be read, for a file dialog."""
    from gis.formats import READERS

    endings = dict.fromkeys(s for r in READERS.values() for s in r.suffixes)
    return " ".join(f"*{e}" for e in endings)


def format_names() -> str:
    """The formats that can be read, as people call them."""
    from gis.formats import READERS

    return ", ".join(dict.fromkeys(r.name for r in READERS.values()))
