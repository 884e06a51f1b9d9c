"""A file put in its place when it is whole: written beside, flushed, then moved over what was there."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from models.errors import Unwritable
from models.notices import N_

_ADVICE = N_("check that the folder exists and may be written to, and that the file is not open elsewhere")


@contextmanager
def put_in_place(out: Path, key: str, what: str, advice: str = _ADVICE) -> Iterator[BinaryIO]:
    """A file to write to; at the end of the block it is `out`. On any error `out` is as it was.

    Raises Unwritable with `key` and the templates `what` and `advice` where the system refuses.
    """
    beside: Path | None = None
    try:
        with tempfile.NamedTemporaryFile(
            dir=out.parent, prefix=f".{out.name[:40]}.", suffix=".part", delete=False
        ) as file:
            beside = Path(file.name)
            yield cast(BinaryIO, file)  # it has all of one, and pikepdf asks for the name
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(0o644)
        beside.replace(out)
    except OSError as error:
        raise Unwritable(
            key,
            what,
            where=str(out),
            advice=advice,
        ) from error
    finally:
        if beside is not None:
            beside.unlink(missing_ok=True)
