"""Where the program keeps what is the user's: settings, logs, the sample, snapshots. HUITIAN_HOME moves it all."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

_APP = "Huitian"


def home() -> Path:
    """The user's data folder of this program, made if need be."""
    folder = _home()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _home() -> Path:
    wish = os.environ.get("HUITIAN_HOME")
    return Path(wish).absolute() if wish else Path(platformdirs.user_data_dir(_APP, appauthor=False))


def log_file() -> Path:
    """The file that takes library messages and tracebacks."""
    return home() / "huitian.log"


def settings_file() -> Path:
    """The window's settings (INI)."""
    return home() / "settings.ini"


def sample_folder() -> Path:
    """Where the made-up sample project is built."""
    return home() / "sample"


def snapshots_folder() -> Path:
    """Where snapshots of projects are kept, one folder a project; HUITIAN_SNAPSHOTS puts it on another disk.

    Not made: a project opens also where the data folder cannot be written.
    """
    wish = os.environ.get("HUITIAN_SNAPSHOTS")
    return Path(wish).absolute() if wish else _home() / "snapshots"


def copies_folder() -> Path:
    """Where local copies of projects from network folders are worked on. Not made."""
    return _home() / "copies"


def sheets_folder() -> Path:
    """Where a user's own sheet templates are looked for. Not made."""
    return _home() / "sheets"
