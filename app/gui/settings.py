"""What the window remembers between two starts: theme, language, recent projects, sizes. One INI file of the user's."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSettings, QStandardPaths

from app.i18n import LANGUAGES, system_language
from app.paths import settings_file

_RECENT_MAX = 8


def settings() -> QSettings:
    """The open settings file. Cheap: QSettings shares one copy of a file inside the process."""
    return QSettings(str(settings_file()), QSettings.Format.IniFormat)


def value(key: str, default: Any = None) -> Any:
    """A remembered value, or `default`."""
    kept = settings().value(key)
    return default if kept is None else kept


def remember(key: str, what: Any) -> None:
    """Keep a value."""
    settings().setValue(key, what)


def start_folder(key: str = "open") -> str:
    """Where a file is asked for first: where the last one was taken, else beside the last project, else Documents."""
    candidates = [str(value(f"folders/{key}", "")), *(str(p.parent) for p in recent_projects())]
    known = next((c for c in candidates if c and Path(c).is_dir()), "")
    return known or QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)


def remember_folder(path: Path, key: str = "open") -> None:
    """Keep where a file was taken."""
    remember(f"folders/{key}", str(path.parent))


def language() -> str:
    """The window's language: what was chosen, else HUITIAN_LANG, else Chinese (the first users' language)."""
    import os

    chosen = str(value("language", ""))
    if chosen in LANGUAGES:
        return chosen
    return system_language() if os.environ.get("HUITIAN_LANG") else "zh_CN"


def recent_projects() -> list[Path]:
    """Projects opened lately, newest first. Files that are gone by now are among them: a stick may come back."""
    kept = value("recent", [])
    return [Path(p) for p in ([kept] if isinstance(kept, str) else list(kept or []))]


def recent_name(path: Path) -> str:
    """The project's own name as it was when last opened; the file's name if that is not known."""
    return str(settings().value(f"recent_names/{_key(path)}") or path.stem)


def _key(path: Path) -> str:
    return hashlib.sha1(str(path.absolute()).encode(), usedforsecurity=False).hexdigest()


def add_recent(path: Path, name: str = "") -> None:
    """Put a project on top of the list."""
    path = path.absolute()
    if name:
        remember(f"recent_names/{_key(path)}", name)
    others = [p for p in recent_projects() if p != path]
    remember("recent", [str(p) for p in [path, *others][:_RECENT_MAX]])


def forget_recent(path: Path) -> None:
    """Take a project from the list."""
    remember("recent", [str(p) for p in recent_projects() if p != path])
