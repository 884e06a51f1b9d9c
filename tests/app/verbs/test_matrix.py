"""The matrix of the sample: as the screenings say, with masses from the estimates."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.project import Project
from app.sample.build import build_sample
from app.verbs.matrix import capacity, matrix
from app.verbs.screen import screen
from models.waste import Waste


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_sample(tmp_path_factory.mktemp("示例 矩阵"))


def test_cells_are_the_screenings_and_nothing_is_stored(sample: Path) -> None:
    with Project.open(sample, read_only=True) as project:
        before = project.store.revision
        made = matrix(project)
        answers = screen(project, store=False)
        assert {(c.waste, c.site): c.verdict for c in made.cells} == {(a.waste, a.site): a.verdict for a in answers}
        assert project.store.revision == before
        assert len(made.cells) == len(made.wastes) * len(made.sites)
        for c in made.cells:
            assert bool(c.needs) == (c.verdict in {"assess", "cannot_judge"})


def test_masses_are_space_times_the_waste_s_own_density(sample: Path) -> None:
    with Project.open(sample, read_only=True) as project:
        estimates = {e.site: e for e in project.store.estimates()}
        made = matrix(project)
    known = [c for c in made.cells if c.waste_m3 is not None and c.capacity_t is not None]
    assert known
    for c in known:
        assert c.waste_m3 == estimates[c.site].waste_m3
    assert capacity(Waste("W", "", "fly_ash", density_t_m3=1.5), estimates[known[0].site])[1] == pytest.approx(
        1.5 * estimates[known[0].site].waste_m3
    )
    assert capacity(Waste("W", "", "fly_ash"), None) == (None, None)
    ranked = [g.capacity_t for g in made.gaps]
    assert ranked == sorted(ranked, reverse=True)
