"""``python3 run.py bench [NAME ...]``: every tests/bench/bench_NAME.py, or those named; ratios of one run."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

NAMES = sorted(p.stem.removeprefix("bench_") for p in Path(__file__).parent.glob("bench_*.py"))


def main(wanted: list[str]) -> int:
    """Run the benches; returns 2 for an unknown name."""
    unknown = [name for name in wanted if name not in NAMES]
    if unknown:
        sys.stderr.write(f"error: no bench named {', '.join(unknown)}; there are {', '.join(NAMES)}\n")
        return 2
    for name in wanted or NAMES:
        sys.stdout.write(f"\n{name}\n{'=' * len(name)}\n")
        sys.stdout.flush()
        importlib.import_module(f"tests.bench.bench_{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
