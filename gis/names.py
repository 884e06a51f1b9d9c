"""Names that some system cannot keep a file under: what is made here must open on the colleague's Windows too."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from models.errors import Refused
from models.notices import N_

# Windows gives these to devices, whatever the ending: writing NUL.gpkg there writes to nowhere (Microsoft, "Naming
# Files, Paths, and Namespaces").
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)\s*(\..*)?", re.IGNORECASE)
_FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f]')
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


def check_new_name(path: Path) -> None:
    """Raises Refused for a name of a file to be made that is a device's, or holds characters that mislead or fail.

    Characters that only Windows forbids are refused only there; devices everywhere, since files travel.
    """
    name = path.name
    if _DEVICE.fullmatch(name):
        raise Refused(
            "name.device",
            N_("“{name}” is the name of a device in Windows; a file cannot be kept under it"),
            where=str(path),
            advice=N_("choose another name"),
            name=name,
        )
    if _CONTROL.search(name):
        raise Refused(
            "name.control",
            N_("the name holds control characters, or such as turn the direction of writing"),
            where=ascii(str(path))[1:-1],
            advice=N_("choose another name"),
        )
    if sys.platform == "win32" and (_FORBIDDEN.search(name) or name != name.rstrip(" .")):
        raise Refused(
            "name.forbidden",
            N_('Windows allows none of < > : " | ? * in a name, nor a dot or a space at its end'),
            where=str(path),
            advice=N_("choose another name"),
        )
