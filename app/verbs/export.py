"""A layer of the project into a foreign file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.project import Project
from gis.formats import WRITERS, write_features
from gis.names import check_new_name
from layers.registry import LAYERS
from models.errors import Missing, Refused
from models.notices import N_, Notice, Translate, _same


@dataclass(frozen=True)
class ExportReport:
    """What was written, and what did not survive the format."""

    path: Path
    count: int
    format: str
    crs: str
    warnings: list[Notice] = field(default_factory=list)

    def to_json(self, translate: Translate = _same) -> dict[str, Any]:
        """A plain dictionary; remarks as sentences in the language of `translate`."""
        return {
            "path": str(self.path),
            "count": self.count,
            "format": self.format,
            "crs": self.crs,
            "warnings": [w.render(translate) for w in self.warnings],
        }


def export_layer(
    project: Project,
    *,
    layer: str,
    format: str,  # noqa: A002 - the word of the command
    out: Path | str,
    encoding: str | None = None,
    overwrite: bool = False,
    codes: Sequence[str] | None = None,
) -> ExportReport:
    """Write a layer (or the features with `codes`) as `format` to `out`, whole or not at all.

    The program's own columns (uid, times of change) stay at home. Raises Missing (layer, format, folder, codes),
    Refused (nothing to write, file exists, the project itself) or Unwritable.
    """
    if layer not in LAYERS:
        raise Missing(
            "layer.unknown",
            N_("there is no layer {layer}"),
            advice=N_("one of: {layers}"),
            layer=layer,
            layers=", ".join(LAYERS),
        )
    out = Path(out)
    check_new_name(out)
    if out.exists() and out.samefile(project.path):
        raise Refused("export.itself", N_("this is the open project itself"), where=str(out))
    frame = project.store.read(layer, codes=codes)
    if codes is not None and (lost := sorted(set(codes) - set(frame["code"]))):
        raise Missing("code.unknown", N_("nothing in the project has the code {code}"), code=", ".join(lost))
    if frame.empty:
        raise Refused("export.empty", N_("the layer {layer} holds nothing"), where=str(project.path), layer=layer)
    ours = [f.name for f in LAYERS[layer].fields if not f.system and f.name in frame.columns]
    table = frame[[*ours, "geometry"]].reset_index(drop=True)
    remarks = write_features(table, out, format, layer, encoding=encoding or "UTF-8", overwrite=overwrite)
    crs = "OGC:CRS84" if WRITERS[format].degrees else project.crs
    return ExportReport(out, len(table), format, crs, remarks)
