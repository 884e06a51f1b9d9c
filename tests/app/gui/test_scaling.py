"""Nothing is cut off where the desktop enlarges everything: 125, 150 and 200 per cent of a 1920 × 1080 screen."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.slow
@pytest.mark.parametrize("factor", ["1.25", "1.5", "2"])
def test_nothing_is_cut_off(factor: str, project_file: Path, tmp_path: Path) -> None:
    picture = tmp_path / "window.png"
    environment = {**os.environ, "QT_SCALE_FACTOR": factor, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.app.gui.scaled", str(project_file), "1920", "1080", str(picture)],
        cwd=ROOT, env=environment, capture_output=True, encoding="utf8", timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    answer = json.loads(done.stdout.strip().splitlines()[-1])
    assert answer["ratio"] == float(factor)
    assert answer["size"] == [1920, 1080]
    assert {where: cut for where, cut in answer["found"].items() if cut} == {}
    assert picture.stat().st_size > 20_000
