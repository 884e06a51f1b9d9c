"""Sheets refer to one that is in the package: whichever lists the boundary points."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import shapely

from app.package import build
from app.package.dossier.make import make_package
from app.package.dossier.options import PackageOptions
from app.package.dossier.points_sheet import points_kinds, points_place
from app.project import Project
from models.changes import Update
from models.errors import Refused
from models.notices import N_, Notice
from tests.app.conftest import SIZE, X0, Y0
from tests.app.package.dossier.world import STAMP, make_world

KINDS = ("backfill_design", "control_overlay", "final_landform")
POINTS = 160
"""More than stand in a column of A3."""

pytestmark = pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler reads the sheets")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = make_world(tmp_path_factory.mktemp("world"), names=("一号",))
    turn = np.linspace(0, 2 * np.pi, POINTS, endpoint=False)
    ring = np.column_stack([X0 + SIZE / 2 + 32 * np.cos(turn), Y0 - SIZE / 2 + 28 * np.sin(turn)])
    with Project.open(path) as project:
        (row,) = project.store.rows("sand_pits", code="SK-001")
        shape = shapely.MultiPolygon([shapely.Polygon(ring)])
        project.store.transact(Notice("t", "t"), [Update("sand_pits", row["fid"], {"geometry": shape})])
    return path


def sheets(world: Path, out: Path, kinds: tuple[str, ...]) -> dict[str, str]:
    """The texts of the sheets of a package by their numbers."""
    with Project.open(world, read_only=True) as project:
        make_package(project, out, PackageOptions(kinds=kinds, stamp=STAMP, workers=1))
    texts = {}
    for path in out.rglob("*.pdf"):
        done = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True)
        texts[path.name[:2]] = done.stdout.decode()
    return texts


def referred(text: str) -> set[str]:
    return set(re.findall(r"坐标表见图\s*SK-001-(\d\d)", text))


def listed(text: str) -> set[str]:
    return set(re.findall(r"\bJ(\d+)\s+\d{7}\.\d{3}", text))


@pytest.mark.parametrize("kinds", [("present_state", *KINDS), KINDS, KINDS[:1], KINDS[1:]])
def test_every_reference_is_to_a_sheet_that_lists_the_points(
    world: Path, tmp_path: Path, kinds: tuple[str, ...]
) -> None:
    texts = sheets(world, tmp_path / "out", kinds)
    assert len(texts) == len(kinds)
    named = set().union(*map(referred, texts.values()))
    whole = {n for n, text in texts.items() if len(listed(text)) == POINTS}
    assert len(whole) == 1
    assert named == (whole if len(kinds) > 1 else set())
    for number, text in texts.items():
        assert bool(referred(text)) != (number in whole)


def test_a_sheet_that_could_not_be_made_is_not_referred_to(
    world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = build.build_content

    def fails(project, request, *args, **more):
        if request.kind == "present_state":
            raise Refused("t", N_("the file exists already"))
        return own(project, request, *args, **more)

    monkeypatch.setattr(build, "build_content", fails)
    texts = sheets(world, tmp_path / "out", ("present_state", *KINDS))
    assert sorted(texts) == ["03", "04", "08"]
    assert len(listed(texts["03"])) == POINTS
    assert referred(texts["04"]) == referred(texts["08"]) == {"03"}


def test_which_kinds_can_list_the_points() -> None:
    assert points_kinds(("monitoring", "final_landform", "present_state", "district_overview", "control_overlay")) == [
        "present_state", "control_overlay", "final_landform",
    ]  # fmt: skip
    assert points_kinds(("location",)) == []
    assert points_place("control_overlay", "control_overlay", "en", fills=True) == ("", "")
    assert points_place("control_overlay", "", "en", fills=True) == ("", "")
    assert points_place("final_landform", "control_overlay", "zh_CN", fills=True)[0] == "03"
