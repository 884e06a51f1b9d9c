"""``python3 run.py faults [--runs N] [--seed S]``: long runs of what the tests do in short.

``faults formats [--runs N]`` damages foreign files and reads them.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from tests.faults import corruption, formats, kills, steps


def main() -> int:
    """Kills, each write step failing, each page damaged; stops with the first thing that is wrong."""
    if sys.argv[1:2] == ["formats"]:
        return formats.main(sys.argv[2:])
    parser = argparse.ArgumentParser(prog="run.py faults", description=__doc__)
    parser.add_argument("--runs", type=int, default=500, help="how often to kill (500)")
    parser.add_argument("--seed", type=int, default=0, help="where the random moments begin")
    parser.add_argument("--fine", type=int, default=64, help="KiB between two sizes at which the disk is full (64)")
    parser.add_argument("--flips", type=float, default=1.0, help="damaged bytes for each page of a small project (1)")
    parser.add_argument("--no-steps", action="store_true", help="kills only")
    wish = parser.parse_args()
    if os.name == "nt":
        sys.stderr.write("error: these runs need fork and signals: Linux or macOS\n")
        return 1
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text) / "w"
        folder.mkdir()
        os.environ["HUITIAN_HOME"] = str(Path(text) / "home")
        _kill(folder, wish.runs, wish.seed)
    if not wish.no_steps:
        _fail_steps(wish.fine)
    if wish.flips:
        with tempfile.TemporaryDirectory() as text:
            corruption.main(text, str(wish.seed), str(wish.flips))
    return 0


def _kill(folder: Path, runs: int, seed: int) -> None:
    start, told = time.monotonic(), [0, 0]

    def tell(number: int, outcome: kills.Outcome) -> None:
        told[0] += outcome.acknowledged
        told[1] += outcome.one_more
        if (number + 1) % 25 == 0 or number + 1 == runs:
            _say(f"{number + 1} kills: {told[0]} steps acknowledged, 0 lost, {told[1]} whole though not yet told, "
                 f"0 unsound files ({time.monotonic() - start:.0f} s)")  # fmt: skip

    kills.many_runs(folder, runs, seed, tell)


def _fail_steps(fine: int) -> None:
    mounts = steps.may_mount()
    if not mounts:
        _say("no small file system: not root on Linux; full disks are shown by limits of file size only")
    for name, scenario in steps.SCENARIOS.items():
        for number in steps.ERRNOS:
            count = steps.every_file_step(scenario, number)
            _say(f"{name}: {count} file steps failed with {os.strerror(number)}, nothing lost or left")
        _say(f"{name}: {steps.every_size(scenario, 1024 * fine)} limits of file size, nothing lost or left")
        if mounts:
            _say(f"{name}: {steps.every_free_size(scenario, fine)} sizes of a full disk, nothing lost or left")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
