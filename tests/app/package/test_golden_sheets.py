"""Pages as a reader of PDF shows them against pictures that were looked at: tests/golden/sheets.

After a change that is meant, ``HUITIAN_NEW_GOLDEN=1 pytest tests/app/package/test_golden_sheets.py`` writes them anew;
look at every one before it is committed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.package.sheet import draw_sheet
from tests.app.package import synthetic

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "sheets"
DPI = 45
CASES = (
    ("present_state", "A3", "landscape", "zh_CN"),
    ("backfill_design", "A3", "landscape", "zh_CN"),
    ("control_overlay", "A3", "portrait", "en"),
    ("sections", "A3", "landscape", "zh_CN"),
    ("capacity_curve", "A4", "landscape", "en"),
    ("final_landform", "A4", "portrait", "zh_CN"),
    ("district_overview", "A3", "landscape", "en"),
)


def seen(pdf: Path) -> np.ndarray:
    """The first page in grey."""
    if shutil.which("pdftoppm") is None:
        pytest.skip("no pdftoppm here")
    out = pdf.with_suffix("")
    command = ["pdftoppm", "-r", str(DPI), "-f", "1", "-l", "1", "-gray", "-singlefile", str(pdf), str(out)]
    subprocess.run(command, check=True)
    with Image.open(out.with_suffix(".pgm")) as image:
        return np.asarray(image).astype(int)


@pytest.mark.parametrize(("kind", "paper", "orientation", "language"), CASES)
def test_the_page_looks_as_it_did(tmp_path: Path, kind: str, paper: str, orientation: str, language: str) -> None:
    content = synthetic.content(kind=kind, paper=paper, orientation=orientation, language=language)
    draw_sheet(content, tmp_path / "page.pdf")
    page, path = seen(tmp_path / "page.pdf"), GOLDEN / f"{kind}-{paper}-{orientation}-{language}.png"
    if os.environ.get("HUITIAN_NEW_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(page.astype(np.uint8)).save(path, optimize=True)
    with Image.open(path) as image:
        golden = np.asarray(image).astype(int)
    assert page.shape == golden.shape
    difference = np.abs(page - golden)
    # Other versions of poppler and zlib smooth edges differently; a panel that moved is far more than this.
    assert difference.mean() < 1.5
    assert (difference > 60).mean() < 0.006
