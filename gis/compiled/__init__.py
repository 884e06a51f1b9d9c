"""Compiled twins of the engine's inner loops, where numba (the optional extra `compiled`) is installed.

Each module here has the functions of the module of `gis` that bears its name, and gives what that gives, to the last
bit: the same sums in the same order. They are loaded for batches only, as loading takes longer than one site does.
"""

from __future__ import annotations

import importlib
import logging
import os
from types import ModuleType

_log = logging.getLogger(__name__)

SITES = 1000
"""From so many sites on they are loaded: half a second a process, which whole estimates of 246 pits do not win back."""
OFF = "HUITIAN_COMPILED"
"""Environment variable: 0 keeps them from being loaded."""
_NAMES = "band_masks", "band_steps", "band_tables", "coverage_runs", "cut_arms", "interpolation", "membrane"
_twins: dict[str, ModuleType] = {}


def load() -> bool:
    """Use the compiled twins from now on, in this process; False where there are none."""
    if not _twins and os.environ.get(OFF) != "0":
        try:
            _twins.update({f"gis.{name}": importlib.import_module(f"gis.compiled.{name}") for name in _NAMES})
        # Not installed, not for this numpy, a library of the system missing, no folder for what is compiled.
        except (ImportError, OSError, RuntimeError) as error:
            _log.info("no compiled kernels: %s", error)
    return bool(_twins)


def forget() -> None:
    """Do without them again."""
    _twins.clear()


def twin(module: ModuleType) -> ModuleType:
    """The module's compiled twin, if they are loaded, else itself."""
    return _twins.get(module.__name__, module)
