"""What all tests share: real data where it is, an own settings folder, an offscreen Qt."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples in every run, so that a change and not chance makes a test fail; HUITIAN_SLOW=1 looks for new ones.
settings.register_profile("steady", derandomize=True)
if "HUITIAN_SLOW" not in os.environ:
    settings.load_profile("steady")

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["PROJ_NETWORK"] = "OFF"
os.environ.setdefault("HUITIAN_COMPILED", "0")  # tests/gis/compiled holds the compiled kernels against the others
for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):  # as app/__init__.py has it, before numpy is there
    os.environ.setdefault(_variable, "1")

# Every finished edit is forced to the disk (fsync), thousands of times over all tests. In memory that costs nothing, so
# that a slow disk does not make the tests slow; HUITIAN_TEST_DISK=1 keeps them on the disk.
_MEMORY, _ENOUGH_BYTES = Path("/dev/shm"), 6 * 1024**3  # noqa: S108 - pytest makes folders of its own in it
_asked_for_disk = "TMPDIR" in os.environ or "HUITIAN_TEST_DISK" in os.environ
if not _asked_for_disk and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free >= _ENOUGH_BYTES:
    os.environ["TMPDIR"] = str(_MEMORY)
    tempfile.tempdir = None  # asked again, with the new answer

_SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the repository; tests that need it skip where it is absent."""
    if not _SHARED_DATA.is_dir():
        pytest.skip("no shared data beside the repository")
    return _SHARED_DATA


@pytest.fixture(autouse=True)
def _own_settings(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Settings and the user's data folder of each test are its own; its log file goes with it."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HUITIAN_HOME", str(home))
    monkeypatch.setenv("HUITIAN_LANG", "en")
    yield
    root = logging.getLogger()
    for handler in [h for h in root.handlers if type(h) is logging.FileHandler]:
        root.removeHandler(handler)
        handler.close()
