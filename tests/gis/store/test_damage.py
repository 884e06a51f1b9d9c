"""A sample of the sweep in tests/faults: a project damaged in one place is refused, rescued, or says what it said."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def test_some_pages_zeroed_and_some_bytes_flipped(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.corruption", str(tmp_path), "7", "0.12"],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=180,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    assert found["wrong"] == []
    assert found["counts"]["same"] > 0
    assert found["counts"]["rescued"] > 10
