"""Office files (.xlsx, .docx): archives of XML that a stranger may have made."""

from __future__ import annotations

import zipfile

_SMALL = 1 << 20
_DOCTYPE_WITHIN = 1 << 16


def swells(archive: zipfile.ZipFile, *, members: int, unpacked: int, ratio: int) -> bool:
    """True for an archive with more members or bytes than these, or one whose larger members shrank beyond `ratio`.

    A member never yields more than its directory entry says (zipfile stops there), so the entries are enough.
    """
    found = archive.infolist()
    big = any(m.file_size > _SMALL and m.file_size > ratio * m.compress_size for m in found)
    return big or len(found) > members or sum(m.file_size for m in found) > unpacked


def has_doctype(archive: zipfile.ZipFile) -> bool:
    """True if some XML in it has a document type: office files have none, and one that has means entities."""
    for member in archive.infolist():
        if member.filename.endswith((".xml", ".rels")):
            with archive.open(member) as stream:
                if b"<!DOCTYPE" in stream.read(_DOCTYPE_WITHIN).replace(b"\0", b"").upper():
                    return True
    return False
