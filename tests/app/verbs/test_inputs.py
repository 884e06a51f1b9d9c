"""What a request names, from project to figure and back: terrains, designs; stored requests compute the same again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

from app.cli import main
from app.project import Project
from app.verbs.estimate import curve, estimate
from app.verbs.inputs import Resolver, resolved
from app.verbs.terrain import add_terrain
from models.errors import Missing, Unreadable
from models.estimate import EstimateRequest
from tests.app.conftest import GROUND_M, PIT_M3, SIZE, TOP, X0, Y0

BEFORE = EstimateRequest(reference="dem", parameters={"terrain": "采前"})


def write(path: Path, z: np.ndarray, cell: float = 1.0) -> Path:
    profile = {"driver": "GTiff", "width": z.shape[1], "height": z.shape[0], "count": 1, "dtype": "float32",
               "crs": "EPSG:4546", "transform": from_origin(X0, Y0, cell, cell)}  # fmt: skip
    with rasterio.open(path, "w", **profile) as target:
        target.write(z.astype(np.float32), 1)
    return path


@pytest.fixture
def project(project_file: Path, dem_file: Path, add_site: Callable[..., None], tmp_path: Path) -> Iterator[Project]:
    """The pit, and the level ground of before as a terrain of cells of 2 m."""
    add_site("SK-001")
    with Project.open(project_file) as opened:
        add_terrain(opened, dem_file, name="现状", vertical_datum="1985")
        flat = write(tmp_path / "before.tif", np.full((SIZE // 2, SIZE // 2), GROUND_M), 2.0)
        add_terrain(opened, flat, name="采前", vertical_datum="1985")
        yield opened


def test_the_ground_of_before_gives_the_pit(project: Project) -> None:
    answer = estimate(project, ["SK-001"], terrain="现状", request=BEFORE).estimates[0]
    assert answer.fill_m3 == pytest.approx(PIT_M3, rel=1e-3)
    assert answer.cut_m3 == pytest.approx(0, abs=0.1)
    assert answer.request.parameters["terrain_sha256"] == project.store.terrain("采前").sha256
    assert answer.reference.parameters["offset_m"] == 0
    again = estimate(project, ["SK-001"], terrain="现状", request=answer.request, store=False).estimates[0]
    assert (again.fill_m3, again.request) == (answer.fill_m3, answer.request)
    assert curve(project, "SK-001", terrain="现状").rows[-1].volume_m3 == pytest.approx(answer.fill_m3, rel=1e-9)


def test_workers_find_the_same(project: Project, add_site: Callable[..., None]) -> None:
    add_site("SK-002")
    one, two = (estimate(project, None, terrain="现状", request=BEFORE, store=False, workers=n) for n in (1, 2))
    assert [e.fill_m3 for e in one.estimates] == [e.fill_m3 for e in two.estimates]
    assert len(two.estimates) == 2


def test_an_unknown_terrain_is_missing_before_anything_is_computed(project: Project) -> None:
    with pytest.raises(Missing):
        estimate(project, None, request=EstimateRequest("dem", {"terrain": "无"}))
    with pytest.raises(Missing):
        Resolver(project).check(EstimateRequest("spill", {"terrain": "无"}))


def test_another_terrain_of_that_name_is_refused_for_a_stored_request(project: Project) -> None:
    request = EstimateRequest("dem", {"terrain": "采前", "terrain_sha256": "f" * 64})
    report = estimate(project, ["SK-001"], terrain="现状", request=request, store=False)
    assert report.refused[0].error.key == "surface.terrain_changed"


def test_a_terrain_whose_file_is_gone(project: Project, tmp_path: Path) -> None:
    (tmp_path / "before.tif").unlink()
    with pytest.raises(Unreadable):
        estimate(project, ["SK-001"], terrain="现状", request=BEFORE)


def design(folder: Path, height: float) -> Path:
    t = np.arange(0, SIZE + 1, 20.0)
    rows = [f"{X0 + x:.2f},{Y0 - y:.2f},{height}" for x in t for y in t]
    path = folder / "设计 标高.csv"
    path.write_text("东坐标,北坐标,高程\n" + "\n".join(rows), encoding="utf8")
    return path


def test_a_design_is_kept_relative_to_the_project_with_its_hash(project: Project, tmp_path: Path) -> None:
    file = design(tmp_path, GROUND_M + 1)
    request = EstimateRequest("contours", {"design": str(file), "design_crs": "EPSG:4546"})
    answer = estimate(project, ["SK-001"], terrain="现状", request=request).estimates[0]
    assert answer.fill_m3 == pytest.approx(PIT_M3 + TOP**2, rel=2e-3)
    assert answer.request.parameters["design"] == "设计 标高.csv"
    kept = project.store.estimates(["SK-001"])[-1].request
    again = estimate(project, ["SK-001"], terrain="现状", request=kept, store=False).estimates[0]
    assert again.fill_m3 == answer.fill_m3
    design(tmp_path, GROUND_M + 2)
    changed = estimate(project, ["SK-001"], terrain="现状", request=kept, store=False)
    assert changed.refused[0].error.key == "surface.design_changed"


def test_only_what_is_named_is_looked_for(project: Project) -> None:
    request, inputs = resolved(project, project.store.site("SK-001"), EstimateRequest("level", {"level_m": 1.0}))
    assert request.parameters == {"level_m": 1.0}
    assert inputs.terrain is None
    assert inputs.sites == ()
    assert inputs.design is None


@pytest.fixture
def run(project: Project, project_file: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    project.close()

    def call(*words: object, want: int = 0) -> str:
        arguments = ["--lang", "en", words[0], project_file, "--site", "SK-001", "--terrain", "现状", *words[1:]]
        assert main([str(w) for w in arguments]) == want
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return err if want else out

    return call


def figure(text: str) -> tuple[str, float]:
    answer = json.loads(text)["estimates"][0]
    return answer["reference"]["key"], answer["fill_m3"]


def test_options_of_the_commands(run: Callable[..., str], tmp_path: Path) -> None:
    """Options alone mean their surface; `curve` takes them as `estimate` does."""
    file = design(tmp_path, GROUND_M + 1)
    cases = {
        ("--reference-terrain", "采前"): ("dem", PIT_M3),
        ("--reference", "dem", "--reference-terrain", "采前", "--remove-offset"): ("dem", PIT_M3),
        ("--level", GROUND_M): ("level", PIT_M3),
        ("--level", GROUND_M, "--fall", 0): ("level", PIT_M3),
        ("--reference", "graded", "--level", GROUND_M + 1, "--fall", 0.5, "--azimuth", 30): ("graded", PIT_M3 + TOP**2),
        ("--crown", "--fall", 3, "--level", GROUND_M): ("graded", PIT_M3 + 0.03 * TOP**3 / 6),
        ("--design", file, "--design-crs", "EPSG:4546"): ("contours", PIT_M3 + TOP**2),
    }
    for options, (key, volume) in cases.items():
        got = figure(run("estimate", *options, "--json"))
        assert got[0] == key
        assert got[1] == pytest.approx(volume, rel=3e-3)
        rows = json.loads(run("curve", *options, "--json"))["rows"]
        assert rows[-1]["volume_m3"] == pytest.approx(got[1], rel=1e-6)


def test_a_terrain_named_beside_another_surface_is_shown_there(run: Callable[..., str]) -> None:
    answer = json.loads(run("estimate", "--reference", "spill", "--reference-terrain", "采前", "--json"))["estimates"][
        0
    ]
    beside = {a["key"]: a["fill_m3"] for a in answer["alternatives"]}
    assert beside["dem"] == pytest.approx(PIT_M3, rel=1e-3)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (("--reference", "dem"), "--reference-terrain"),
        (("--reference", "contours"), "--design"),
        (("--reference", "graded"), "--fall"),
        (("--reference", "graded", "--fall", 2), "--azimuth"),
        (("--reference", "graded", "--fall", 2, "--azimuth", 90), "--level"),
        (("--reference", "level"), "--level"),
        (("--reference", "spill", "--fall", 2), "--reference graded"),
        (("--reference", "spill", "--over", "spill"), "--reference edited_rim"),
        (("--reference", "graded", "--fall", 2, "--azimuth", 9, "--level", 1, "--anchor", "top"), "easting,northing"),
        (("--reference", "edited_rim"), "rim raise"),
        (("--reference", "dem", "--reference-terrain", "现状"), "same terrain"),
    ],
)
def test_errors_name_what_is_missing(run: Callable[..., str], options: tuple, named: str) -> None:
    text = run("estimate", *options, want=1)
    assert named in text
    assert text.startswith("error: ")
