"""The state that drawing shares with the whole process: matplotlib's settings, and the search for garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock

_lock = RLock()


@contextmanager
def drawing_settings() -> Iterator[None]:
    """Matplotlib's global settings as the sheets need them, whatever a user's matplotlibrc says; put back after."""
    import matplotlib as mpl

    with _lock, mpl.rc_context(), _no_search():
        mpl.rcdefaults()
        # TrueType outlines keep the text searchable and right in every reader (platform.md section 3).
        # The PDF writer of matplotlib 3.11 takes the size of its fonts from ps.fonttype; 42 makes one of each weight.
        mpl.rcParams.update({"pdf.fonttype": 42, "ps.fonttype": 42, "pdf.compression": 4, "backend": "pdf"})
        mpl.rcParams.update({"axes.unicode_minus": False, "svg.fonttype": "path", "svg.hashsalt": "huitian"})
        yield


@contextmanager
def _no_search() -> Iterator[None]:
    """No search for garbage: the thousands of small things of a page all live until it is written.

    What is left of the pages before is young then, and found at once: else many would pile up before all is searched.
    """
    gc.collect(1)
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
