"""CAD drawings (DXF): tags to entities to places with heights. Runs in the child that parses foreign files.

Entities are read one after the other and never as a whole document: memory follows what is kept of them.
"""

import re

_STARTS = re.compile(rb"\A(?:\xef\xbb\xbf)?(?:\s*999[^\n]*\n[^\n]*\n)*\s*0\s*\r?\n\s*SECTION\s*\r?\n")
BINARY = b"AutoCAD Binary DXF\r\n\x1a\x00"
_DWG = re.compile(rb"\AAC10[0-9]{2}|\AAC[12]\.[0-9]")


def is_dxf(head: bytes) -> bool:
    """True for the first bytes of a DXF file, text or binary."""
    return head.startswith(BINARY) or _STARTS.match(head) is not None


def is_dwg(head: bytes) -> bool:
    """True for the first bytes of a DWG file of any release."""
    return _DWG.match(head) is not None
