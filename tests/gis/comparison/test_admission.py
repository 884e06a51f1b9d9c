"""Which surveys are compared, which are refused, which need a word."""

from __future__ import annotations

from pathlib import Path

import pytest

from gis.comparison import Survey, compare_surveys
from models.comparison import ComparisonRequest
from models.errors import Refused
from tests.gis.comparison.making import heaped, plane, survey
from tests.gis.ground import box, site

SITE = site(box(100, 95, 205, 200))


def keys(before: Survey, after: Survey, **request: bool) -> set[str]:
    return {w.key for w in compare_surveys(SITE, before, after, ComparisonRequest(**request)).warnings}


def refusal(before: Survey, after: Survey, **request: float) -> str:
    with pytest.raises(Refused) as caught:
        compare_surveys(SITE, before, after, ComparisonRequest(**request))  # type: ignore[arg-type]
    return caught.value.key


def test_one_terrain_twice_is_refused_also_under_another_name(tmp_path: Path) -> None:
    a = survey(tmp_path, "a", plane)
    assert refusal(a, a) == "progress.same_terrain"
    copy = survey(tmp_path, "copy", plane, sha256=a.terrain.sha256)
    assert refusal(a, copy) == "progress.same_terrain"


def test_other_datums_need_a_confirmation(tmp_path: Path) -> None:
    a = survey(tmp_path, "a", plane, vertical_datum="1985国家高程基准")
    b = survey(tmp_path, "b", heaped, vertical_datum="CGCS2000 ellipsoidal")
    assert refusal(a, b) == "progress.datums_differ"
    assert refusal(a, b, confirm_kind=True) == "progress.datums_differ"
    assert "progress.datums_confirmed" in keys(a, b, confirm_datum=True)
    same = survey(tmp_path, "c", heaped, vertical_datum="1985 国家高程基准 ")
    assert not {k for k in keys(a, same) if "datum" in k}


def test_an_unknown_datum_is_said(tmp_path: Path) -> None:
    a, b = survey(tmp_path, "a", plane), survey(tmp_path, "b", heaped, vertical_datum=None)
    assert "progress.datum_unknown" in keys(a, b)


def test_surface_and_ground_model_need_a_confirmation(tmp_path: Path) -> None:
    a, b = survey(tmp_path, "a", plane), survey(tmp_path, "b", heaped, kind="dsm")
    assert refusal(a, b) == "progress.kinds_differ"
    assert refusal(b, a, confirm_datum=True) == "progress.kinds_differ"
    assert "progress.kinds_confirmed" in keys(a, b, confirm_kind=True)
    assert "progress.surface_models" in keys(survey(tmp_path, "c", plane, kind="dsm"), b)


def test_surveys_in_the_wrong_order_are_said(tmp_path: Path) -> None:
    a = survey(tmp_path, "a", plane, surveyed_on="2025-06-01")
    b = survey(tmp_path, "b", heaped, surveyed_on="2026-06-01")
    assert "progress.dates" in keys(b, a)
    assert "progress.dates" not in keys(a, b)
    assert "progress.dates" not in keys(survey(tmp_path, "c", heaped), a)


@pytest.mark.parametrize("slope", [0.0, -5.0, 91.0, float("nan")])
def test_a_slope_that_is_none_is_refused(tmp_path: Path, slope: float) -> None:
    assert refusal(survey(tmp_path, "a", plane), survey(tmp_path, "b", heaped), max_slope_deg=slope) == "progress.slope"


def test_surveys_that_do_not_meet_the_site_are_refused(tmp_path: Path) -> None:
    a, far = survey(tmp_path, "a", plane), survey(tmp_path, "far", heaped, shift=(9000.0, 0.0))
    assert refusal(a, far) == refusal(far, a) == "terrain.no_overlap"
