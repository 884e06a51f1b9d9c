"""A file put in its place when it is whole: written beside, flushed, then moved over what was there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, cast

from gis.leftovers import draft_name, tidy
from models.errors import Unwritable
from models.notices import N_

_ADVICE = N_("check that the folder exists and may be written to, and that the file is not open elsewhere")


@contextmanager
def put_in_place(out: Path, key: str, what: str, advice: str = _ADVICE) -> Iterator[BinaryIO]:
    """A file to write to; at the end of the block it is `out`. On any error `out` is as it was.

    Raises Unwritable with `key` and the templates `what` and `advice` where the system refuses.
    """
    tidy(out.parent)
    beside = out.with_name(draft_name(out.name))
    try:
        with beside.open("xb+") as file:
            yield cast(BinaryIO, file)
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
        with suppress(OSError):
            beside.unlink(missing_ok=True)
