"""Where the bundled files are. No code but this path helper."""

from pathlib import Path

_ROOT = Path(__file__).resolve().parent


def resource_path(*parts: str) -> Path:
    """Absolute path of a bundled file or folder, e.g. ``resource_path("fonts", "NotoSansSC-Regular.ttf")``."""
    return _ROOT.joinpath(*parts)
