"""``python -m app``: the same as the installed ``huitian``."""

import multiprocessing
import sys

if __name__ == "__main__":
    if getattr(sys, "frozen", False):  # the frozen program starts its worker and reader processes through this entry
        multiprocessing.freeze_support()
        from gis.dem import probe
        from gis.formats import child

        child.serve_if_asked(sys.argv)
        probe.serve_if_asked(sys.argv)

    from app.cli import main

    sys.exit(main())
