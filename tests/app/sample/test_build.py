from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from app.project import Project
from app.sample import terrain
from app.sample.build import DEM_FILE, TERRAIN_NAME, build_sample
from app.verbs.edit import set_fields
from app.verbs.screen import screen
from models.errors import Cancelled, Unwritable
from models.progress import Watch


@pytest.fixture
def quick_terrain(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The terrain is copied instead of computed: test_terrain.py shows that both are the same bytes."""

    def copy(path: Path, watch: Watch | None = None) -> Path:
        assert watch is not None
        watch.report(1.0)
        return Path(shutil.copy(built.parent / DEM_FILE, path))

    monkeypatch.setattr("app.sample.build.write_terrain", copy)


WASTES = ["FA-01", "FA-02", "GY-01", "GS-01", "GS-02", "AD-01", "BA-01", "SS-01", "CG-01"]


def test_the_project_is_sound_and_marked(built: Path) -> None:
    with Project.open(built) as project:
        assert project.made_up
        assert project.crs == "EPSG:4546"
        assert project.store.check() == []
        record = project.store.terrain(TERRAIN_NAME)
        assert record.path == DEM_FILE  # relative: the folder can be carried
        assert record.cell_m == pytest.approx(1, abs=1e-3)
        assert record.errors.sigma_z_m == 0.08


def test_the_second_call_changes_nothing(built: Path) -> None:
    before = {p.name: p.read_bytes() for p in built.parent.iterdir()}
    assert build_sample(built.parent) == built
    assert {p.name: p.read_bytes() for p in built.parent.iterdir()} == before


def test_edits_are_kept(copied: Path) -> None:
    with Project.open(copied) as project:
        set_fields(project, "SK-001", {"remarks": "改过"})
    build_sample(copied.parent)
    with Project.open(copied, read_only=True) as project:
        assert project.store.site("SK-001").fields["remarks"] == "改过"


@pytest.mark.usefixtures("quick_terrain")
def test_a_lost_terrain_comes_back_and_the_project_stays(copied: Path) -> None:
    before = copied.read_bytes()
    wanted = (copied.parent / DEM_FILE).read_bytes()
    (copied.parent / DEM_FILE).unlink()
    build_sample(copied.parent)
    assert (copied.parent / DEM_FILE).read_bytes() == wanted
    assert copied.read_bytes() == before


@pytest.mark.usefixtures("quick_terrain")
@pytest.mark.parametrize("fault", ["damaged", "older"])
def test_a_project_that_does_not_serve_is_set_aside(copied: Path, fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if fault == "damaged":
        copied.write_bytes(copied.read_bytes()[:5000])
    else:
        monkeypatch.setattr("app.sample.build.VERSION", terrain.VERSION + "+")
    old = copied.read_bytes()
    build_sample(copied.parent)
    assert copied.with_name(copied.name + ".old").read_bytes() == old
    with Project.open(copied, read_only=True) as project:
        assert len(project.store.sites()) == 12


@pytest.mark.usefixtures("quick_terrain")
def test_cancel_leaves_no_half_project(tmp_path: Path) -> None:
    def stop(fraction: float, _note: str) -> None:
        if fraction > 0.65:
            watch.cancel()

    watch = Watch(stop)
    with pytest.raises(Cancelled):
        build_sample(tmp_path, watch)
    assert {p.name for p in tmp_path.iterdir()} <= {DEM_FILE}


def test_a_folder_that_cannot_be_written_is_said_clearly(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Unwritable):
        build_sample(tmp_path / "file" / "sample")


def test_every_verdict_occurs(built: Path) -> None:
    with Project.open(built, read_only=True) as project:
        answers = {(s.waste, s.site): s for s in screen(project, store=False)}
    verdicts = {w: answers[w, "SK-001"].verdict for w in WASTES}
    assert verdicts["GS-02"] == verdicts["AD-01"] == "reject"
    assert verdicts["BA-01"] == verdicts["SS-01"] == "cannot_judge"
    assert verdicts["FA-01"] == verdicts["GY-01"] == verdicts["GS-01"] == "assess"
    assert answers["CG-01", "KK-001"].verdict == "accept"
    classes = {w: answers[w, "SK-001"].waste_class for w in WASTES}
    assert classes["FA-01"] == classes["CG-01"] == "I"
    assert classes["FA-02"] == "II"
    # Red line and water source stop even a clean ash.
    assert answers["FA-01", "SK-006"].verdict == answers["FA-01", "SK-007"].verdict == "reject"
    over = next(f for f in answers["GS-02", "SK-001"].findings if f.rule == "RAD-01" and f.outcome == "does_not_meet")
    assert over.consequence == "REJECT"
