"""What all tests share: real data where it is, an own settings folder, an offscreen Qt."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["PROJ_NETWORK"] = "OFF"
for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):  # as app/__init__.py has it, before numpy is there
    os.environ.setdefault(_variable, "1")

_SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the repository; tests that need it skip where it is absent."""
    if not _SHARED_DATA.is_dir():
        pytest.skip("no shared data beside the repository")
    return _SHARED_DATA


@pytest.fixture(autouse=True)
def _own_settings(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings and the user's data folder of each test are its own."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HUITIAN_HOME", str(home))
    monkeypatch.setenv("HUITIAN_LANG", "en")
