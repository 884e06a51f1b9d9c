"""The long sweep over every page of a small project. HUITIAN_FAULT_RUNS: how often each page gets a flipped byte."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RUNS = os.environ.get("HUITIAN_FAULT_RUNS", "1")


def test_every_page_damaged_in_turn(tmp_path):
    seed = os.environ.get("HUITIAN_FAULT_SEED", "1")
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.corruption", str(tmp_path), seed, RUNS],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=600 * max(1, int(float(RUNS))),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    assert found["wrong"] == []
    assert sum(v for k, v in found["counts"].items() if k != "slowest_ms") >= found["pages"]
