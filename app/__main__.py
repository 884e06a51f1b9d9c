"""``python -m app``: the same as the installed ``huitian``."""

import multiprocessing
import sys

if __name__ == "__main__":
    multiprocessing.freeze_support()  # the frozen program starts its reader processes through this entry

    from app.cli import main

    sys.exit(main())
