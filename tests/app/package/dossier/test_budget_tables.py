"""The workbook's table of intervals: its parts are all that the interval is made of."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from app.i18n import translator
from app.package.dossier.budget_tables import uncertainty
from app.package.dossier.record import PackageRecord
from app.words import CAUSES
from gis.volume import estimate
from models.estimate import INTERVAL_PARTS, SPANNED_PART, EstimateRequest
from models.terrain import ErrorFigures
from tests.gis.ground import box, made, site


@pytest.mark.parametrize("spanned", [None, 40.0], ids=["measured ground", "a gap"])
def test_parts_add_up_by_squares_to_the_interval(tmp_path: Path, spanned: float | None) -> None:
    errors = ErrorFigures(0.1, 20.0, 0.3, "stated", 0.05)
    terrain, path = made(tmp_path, lambda x, y: 50 + 0.01 * (x - y), errors=errors)
    answer = estimate(site(box(20, 20, 70, 60)), terrain, path, EstimateRequest("level", {"level_m": 55.0}))
    half = answer.interval95.fill_m3
    assert half is not None
    if spanned is not None:
        parts = {**answer.interval95.parts, SPANNED_PART: spanned}
        half = (half**2 + (2 * spanned) ** 2) ** 0.5
        answer = replace(answer, interval95=replace(answer.interval95, fill_m3=half, parts=parts))
    own: Any = SimpleNamespace(code="P1", site=site(box(20, 20, 70, 60)), estimate=answer)
    table = uncertainty(cast(PackageRecord, SimpleNamespace(sites=[own])), translator("en"))
    (row,) = table.rows
    title = {c.head: k for k, c in enumerate(table.columns)}
    shown = [row[title[CAUSES[k]]] for k in (*INTERVAL_PARTS, SPANNED_PART)]
    assert (shown[-1] is None) == (spanned is None)
    together = sum(float(cast(float, v)) ** 2 for v in shown if v is not None) ** 0.5
    assert together == pytest.approx(half, abs=0.3)  # m³; the table gives tenths
