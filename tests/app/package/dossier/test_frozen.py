"""What a package computes for itself: figures that are missing, or of another outline, terrain or rim than now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from app.package.dossier.frozen import frozen
from app.project import Project
from app.verbs.estimate import estimate
from app.verbs.rim import Where, add_rim_edit, remove_rim_edits
from app.verbs.terrain import add_terrain
from models.estimate import Estimate, EstimateRequest
from models.progress import Watch
from tests.app.conftest import GROUND_M, SIZE, TOP, X0, Y0

SOUTH = Where(middle=(X0 + SIZE / 2, Y0 - SIZE / 2 - TOP / 2), length_m=8.0)
STAMP = datetime.fromisoformat("2026-11-27T12:00:00+00:00")


@pytest.fixture
def project(project_file: Path, dem_file: Path, add_site: Callable[..., None]) -> Iterator[Project]:
    add_site("SK-001")
    with Project.open(project_file) as opened:
        add_terrain(opened, dem_file, name="t", sigma_z_m=0.05, range_m=20.0)
        add_rim_edit(opened, "SK-001", "set", SOUTH, value_m=GROUND_M - 2)
        yield opened


def figures(project: Project) -> tuple[Estimate | None, set[str], set[str]]:
    with frozen(project, None, STAMP, workers=1, watch=Watch()) as still:
        kept = still.project.store.estimates(["SK-001"])
        return (kept[0] if kept else None), set(still.computed), set(still.refused)


def test_a_figure_that_holds_is_taken_as_it_stands(project: Project) -> None:
    (made,) = estimate(project, ["SK-001"], request=EstimateRequest("edited_rim")).estimates
    found, computed, _ = figures(project)
    assert found is not None
    assert (found.fill_m3, computed) == (made.fill_m3, set())


def test_a_figure_of_the_rim_as_it_was_is_computed_anew(project: Project) -> None:
    """What is signed is of the rim that the project shows."""
    (made,) = estimate(project, ["SK-001"], request=EstimateRequest("edited_rim")).estimates
    add_rim_edit(project, "SK-001", "set", SOUTH, value_m=GROUND_M - 4)
    found, computed, _ = figures(project)
    assert computed == {"SK-001"}
    assert found is not None
    (now,) = estimate(project, ["SK-001"], request=EstimateRequest("edited_rim"), store=False).estimates
    assert found.fill_m3 == now.fill_m3 < made.fill_m3
    assert len(found.request.parameters["rim_edits"]) == 2


def test_where_all_edits_were_taken_back_there_is_no_figure(project: Project) -> None:
    estimate(project, ["SK-001"], request=EstimateRequest("edited_rim"))
    remove_rim_edits(project, "SK-001", None)
    _, computed, refused = figures(project)
    assert (computed, refused) == (set(), {"SK-001"})


def test_edits_make_nothing_stale_that_does_not_use_them(project: Project) -> None:
    estimate(project, ["SK-001"], request=EstimateRequest("rim_mean"))
    add_rim_edit(project, "SK-001", "set", SOUTH, value_m=GROUND_M - 4)
    assert figures(project)[1] == set()
