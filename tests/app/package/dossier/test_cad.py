"""The grid method's drawing in a package: beside its sheet, of the same squares, with the same figures and bytes."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import ezdxf
import pytest

from app.package.dossier.make import make_package
from app.package.dossier.options import PackageOptions
from app.package.dossier.place import MANIFEST
from app.project import Project
from gis.files import sha256_of
from tests.app.package.dossier.world import STAMP, make_world


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler reads the sheets")
def test_a_grid_sheet_has_its_drawing_beside_it(tmp_path: Path) -> None:
    world = make_world(tmp_path)
    options = PackageOptions(kinds=("earthwork_grid", "location"), stamp=STAMP, workers=1)
    for out in ("one", "other"):
        with Project.open(world, read_only=True) as project:
            report = make_package(project, tmp_path / out, options)
        assert report.left == ()
    files = json.loads((tmp_path / "one" / MANIFEST).read_text(encoding="utf8"))["files"]
    drawings = {f["site"]: f for f in files if f["role"] == "earthwork_drawing"}
    sheets = {f["site"]: f for f in files if f["role"] == "sheet" and f["kind"] == "earthwork_grid"}
    assert set(drawings) == set(sheets) == {"SK-001", "SK-002"}
    for site, f in drawings.items():
        path = tmp_path / "one" / f["path"]
        assert path.with_suffix(".pdf") == tmp_path / "one" / sheets[site]["path"]
        assert sha256_of(path) == f["sha256"] == sha256_of(tmp_path / "other" / f["path"])
        done = subprocess.run(["pdftotext", str(path.with_suffix(".pdf")), "-"], capture_output=True, check=True)
        said = done.stdout.decode().replace("\u2009", " ").replace("\u2212", "-")
        texts = [t.dxf.text for t in ezdxf.readfile(path).modelspace().query('TEXT[layer=="填方量"]')]
        totals = [t.dxf.text for t in ezdxf.readfile(path).modelspace().query('TEXT[layer=="图名与说明"]')]
        fill = next(t for t in totals if t.endswith(" m3"))
        assert round(sum(map(float, texts)), 1) == float(fill.removesuffix(" m3").replace(" ", ""))
        assert fill.removesuffix(" m3") in said.replace("\n", " ")
