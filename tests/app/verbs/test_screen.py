"""Screening a project: facts from fields, map and estimate; results kept as one step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import shapely

from app.i18n import translator
from app.project import Project
from app.verbs.samples import import_samples
from app.verbs.screen import pit_floor, screen, site_facts
from app.verbs.terrain import add_terrain
from app.verbs.waste import add_waste
from gis.store import estimate_values
from models.changes import Insert, Update
from models.errors import Missing, Refused
from models.estimate import Estimate, Interval95, ReferenceUsed, SecondMethod, TerrainUsed
from models.notices import Notice
from models.rule_cases import CLEAN
from tests.app.conftest import DEPTH_M, GROUND_M, pit_outline

FAR = shapely.MultiPolygon([shapely.box(418_000, 4_500_000, 418_100, 4_500_100)])


def square(x: float) -> shapely.MultiPolygon:
    return shapely.MultiPolygon([shapely.box(x, 4_496_000, x + 100, 4_496_100)])


def estimate_of(site: str, uid: str, floor: float) -> Estimate:
    return Estimate(
        site=site, layer="sand_pits", terrain=TerrainUsed("t", "0", 1.0, "EPSG:4546", None, "dtm"),
        reference=ReferenceUsed("level", {}, 1050.0, 1050.0, 1050.0), fill_m3=1.0, cut_m3=0.0, net_m3=1.0,
        footprint_m2=1.0, flooded_m2=1.0, covered_share=1.0, max_depth_m=1050.0 - floor, mean_depth_m=1.0, waste_m3=1.0,
        cover_m3=0.0, base_m3=0.0, density_t_m3=None, tonnage_t=None, tonnage_wet_t=None, land_released_m2=1.0,
        interval95=Interval95(None, None, {}), check=SecondMethod("tin", None, None), alternatives=(),
        warnings=(), site_uid=uid,
    )  # fmt: skip


@pytest.fixture
def project(project_file: Path, tmp_path: Path) -> Iterator[Project]:
    with Project.open(project_file) as opened:
        opened.store.transact(
            Notice("test", "test"),
            [
                Insert("sand_pits", {"code": "SK-1", "geometry": square(417_000), "ground_water_m": 1030.0}),
                Insert("mine_pits", {"code": "KK-1", "geometry": square(417_200), "mineral": "coal"}),
                Insert("stockpiles", {"code": "DC-1", "geometry": square(417_400)}),
                Insert("red_lines", {"code": "HX-1", "geometry": FAR}),
            ],
        )
        add_waste(opened, "ASH", kind="fly_ash", name="粉煤灰")
        add_waste(opened, "GAN", kind="coal_gangue", name="煤矸石")
        table = tmp_path / "s.csv"
        rows = [f"{w},S1,2026-10-01,{m},{p},{v},{u}" for w in ("ASH", "GAN") for m, p, v, u in CLEAN]
        table.write_text("waste,sample,date,method,parameter,value,unit\n" + "\n".join(rows), encoding="utf8")
        assert import_samples(opened, table).skipped == []
        yield opened


def test_every_waste_for_every_pit_and_no_stockpile(project: Project) -> None:
    made = screen(project)
    assert [(s.waste, s.site, s.verdict, s.waste_class) for s in made] == [
        ("ASH", "KK-1", "assess", "I"),
        ("ASH", "SK-1", "assess", "I"),
        ("GAN", "KK-1", "accept", "I"),
        ("GAN", "SK-1", "assess", "I"),
    ]


def test_results_are_kept_as_one_step(project: Project) -> None:
    made = screen(project)
    assert project.store.screenings() == made
    project.store.undo()
    assert project.store.screenings() == []


def test_the_same_answer_is_not_kept_twice(project: Project) -> None:
    screen(project)
    before = project.store.revision
    screen(project)
    assert (project.store.revision, project.store.count("screenings")) == (before, 4)
    site = project.store.rows("sand_pits", code="SK-1")[0]
    project.store.transact(Notice("test", "test"), [Update("sand_pits", site["fid"], {"ground_water_m": 1031.0})])
    project.store.transact(
        Notice("test", "test"), [Update("sand_pits", site["fid"], {"land_use_after": "dry_farmland"})]
    )
    screen(project)
    assert project.store.count("screenings") == 6


def test_can_be_asked_without_keeping(project: Project) -> None:
    before = project.store.revision
    (made,) = screen(project, ["ASH"], ["SK-1"], store=False)
    assert (made.waste, made.site, project.store.revision) == ("ASH", "SK-1", before)


def test_red_line_on_the_site_rejects(project: Project) -> None:
    project.store.transact(Notice("test", "test"), [Insert("red_lines", {"code": "HX-2", "geometry": square(417_290)})])
    (made,) = screen(project, ["GAN"], ["KK-1"], store=False)
    (found,) = [f for f in made.findings if f.rule == "SL-01"]
    assert (made.verdict, found.value, found.unit) == ("reject", 1000.0, "m2")


def test_control_area_of_a_kind(project: Project) -> None:
    area = {"code": "KZ-1", "geometry": square(417_250), "kind": "water_source_2"}
    project.store.transact(Notice("test", "test"), [Insert("control_areas", area)])
    (made,) = screen(project, ["GAN"], ["KK-1"], store=False)
    assert {f.rule: f.consequence for f in made.findings}["SL-03"] == "REJECT"


def test_pit_floor_comes_from_the_last_estimate(project: Project) -> None:
    site = project.store.site("SK-1")
    kept = estimate_of("SK-1", site.uid, 1040.0)
    project.store.transact(Notice("test", "test"), [Insert("estimates", estimate_values(kept))])
    facts = site_facts(project, [site])[site.uid]
    assert (facts.pit_floor_m, facts.ground_water_m, facts.clearance_m, facts.floor_basis) == (
        1040.0,
        1030.0,
        10.0,
        "t",
    )
    assert site_facts(project, [project.store.site("KK-1")])[project.store.site("KK-1").uid].pit_floor_m is None


def test_pit_floor_of_a_sloping_reference_is_a_lower_bound() -> None:
    kept = estimate_of("A", "u", 1040.0)
    slope = ReferenceUsed("rim_plane", {}, 1050.0, 1048.0, 1052.0)
    assert pit_floor(Estimate(**{**kept.__dict__, "reference": slope})) == 1038.0
    assert pit_floor(None) is None


def test_pit_floor_of_a_site_without_estimate_comes_from_the_terrain(project_file: Path, dem_file: Path) -> None:
    with Project.open(project_file) as project:
        values = {"code": "SK-9", "geometry": pit_outline(), "ground_water_m": 1030.0}
        project.store.transact(Notice("test", "test"), [Insert("sand_pits", values)])
        site = project.store.site("SK-9")
        assert site_facts(project, [site])[site.uid].pit_floor_m is None
        add_terrain(project, dem_file, name="dem")
        facts = site_facts(project, [site])[site.uid]
        assert (facts.pit_floor_m, facts.floor_basis) == (GROUND_M - DEPTH_M, "dem")


def test_unknown_codes_are_named(project: Project) -> None:
    for wrong in ({"wastes": ["X"]}, {"sites": ["X"]}, {"packs": ["X"]}):
        with pytest.raises(Missing):
            screen(project, **wrong)  # type: ignore[arg-type]


def test_a_stockpile_takes_no_waste(project: Project) -> None:
    with pytest.raises(Refused, match="DC-1 is a stockpile"):
        screen(project, sites=["DC-1"])


def test_nothing_to_screen(project_file: Path) -> None:
    with Project.open(project_file) as project, pytest.raises(Refused, match="no wastes"):
        screen(project)


def test_speaks_chinese(project: Project) -> None:
    (made,) = screen(project, ["ASH"], ["SK-1"], store=False)
    sentences = [f["message"] for f in made.to_json(translator("zh_CN"))["findings"]]
    assert "浸出液总汞：<0.00004 mg/L，限值≤ 0.05 mg/L" in sentences
    assert all(any("\u4e00" <= c <= "\u9fff" for c in s) for s in sentences)


def test_form_of_the_contract(project: Project, add_site: Callable[..., None]) -> None:
    (made,) = screen(project, ["ASH"], ["SK-1"], store=False)
    document = made.to_json()
    assert {"waste", "site", "packs", "verdict", "waste_class", "findings"} <= document.keys()
    wanted = {"rule", "outcome", "value", "unit", "limit", "comparator", "sample", "clause", "document", "confidence",
              "consequence", "message"}  # fmt: skip
    assert all(wanted <= f.keys() for f in document["findings"])
