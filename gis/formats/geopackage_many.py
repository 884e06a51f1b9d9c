"""Several layers as one new GeoPackage whose bytes depend on its content and time stamp only."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from models.errors import Unwritable
from models.notices import N_

_COUNTERS = (24, 92)


def write_layers(layers: Sequence[tuple[str, Any]], path: Path, stamp: datetime) -> None:
    """Write (name, GeoDataFrame or DataFrame) pairs to `path`, a new file, version 1.3. Raises Unwritable.

    Every time in it is `stamp`. Tables without geometry become attribute tables.
    """
    import pyogrio

    told = stamp.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    try:
        for number, (name, frame) in enumerate(layers):
            pyogrio.write_dataframe(  # type: ignore[no-untyped-call]
                frame,
                path,
                layer=name,
                driver="GPKG",
                append=number > 0,
                dataset_options={} if number else {"VERSION": "1.3"},
                layer_options={"FID": "fid", "SPATIAL_INDEX": "YES"} if hasattr(frame, "crs") else {"FID": "fid"},
                promote_to_multi=hasattr(frame, "crs") and not (frame.geom_type == "Point").all(),
            )
        _settle(path, told)
    except (OSError, RuntimeError, sqlite3.Error) as cause:
        raise Unwritable(
            "export.unwritable",
            N_("the file cannot be written"),
            where=str(path),
            advice=N_("check the permissions of the folder, free space, and whether another program holds the file"),
        ) from cause


def _settle(path: Path, told: str) -> None:
    """The time of every layer is `told`, and no page holds what was there before."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("UPDATE gpkg_contents SET last_change = ?", (told,))
        db.execute("VACUUM")
    # How often GDAL committed depends on its clock; the two counters of the header (SQLite file format, 1.3) say that.
    with path.open("r+b") as file:
        for at in _COUNTERS:
            file.seek(at)
            file.write((1).to_bytes(4, "big"))
