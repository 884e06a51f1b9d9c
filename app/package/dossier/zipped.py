"""Office files whose bytes depend on their content only: no clock in the archive, none in its properties."""

from __future__ import annotations

import re
import zipfile
from datetime import datetime
from io import BytesIO

_FIRST = datetime(1980, 1, 1)  # noqa: DTZ001 - what a ZIP archive can hold has no zone
_TIMES = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")


def without_clock(data: bytes, stamp: datetime) -> bytes:
    """The archive `data` with `stamp` as the time of each member and in docProps/core.xml, members in their order."""
    out = BytesIO()
    moment = max(stamp.replace(tzinfo=None), _FIRST).timetuple()[:6]
    told = stamp.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as new:
        for member in old.infolist():
            body = old.read(member)
            if member.filename == "docProps/core.xml":
                body = _TIMES.sub(rb"\g<1>" + told + rb"\g<3>", body)
            info = zipfile.ZipInfo(member.filename, moment)
            # Pictures do not get smaller.
            info.compress_type = (
                zipfile.ZIP_STORED if member.filename.endswith((".png", ".jpeg")) else zipfile.ZIP_DEFLATED
            )
            info.external_attr, info.create_system = 0o600 << 16, 3
            new.writestr(info, body)
    return out.getvalue()
