"""``python -m tests.story [--out FOLDER] [--scale S]``: an engineer's day by real keys and mouse on a screen in memory.

Needs Linux with Xvfb, xdotool, openbox (dialogs get their keys from a window manager) and pdftotext.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.story import place, screen
from tests.story.walk import Walk

ROOT = Path(__file__).resolve().parents[2]


@contextlib.contextmanager
def running(line: list[str], log: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A program while the block lasts."""
    with log.open("ab") as out:
        made = subprocess.Popen(line, cwd=ROOT, env={**os.environ, **environment}, stdout=out, stderr=out)
    try:
        yield made
    finally:
        made.terminate()
        try:
            made.wait(20)
        except subprocess.TimeoutExpired:
            made.kill()
            made.wait()


def main() -> int:
    """One walk through the story; 1 at the first thing that is not as it should be."""
    parser = argparse.ArgumentParser(prog="python -m tests.story", description=__doc__)
    parser.add_argument("--out", type=Path, help="where the pictures go (a new folder for temporary files)")
    parser.add_argument("--size", default="1366x768", help="the screen (1366x768)")
    parser.add_argument("--scale", default="1", help="of the desktop, as 1.25 (1)")
    wish = parser.parse_args()
    missing = screen.missing()
    if missing:
        sys.stderr.write(f"error: {', '.join(missing)} not found; apt-get install xvfb xdotool openbox poppler-utils\n")
        return 1
    width, height = (int(v) for v in wish.size.split("x"))
    out = wish.out or Path(tempfile.mkdtemp(prefix="huitian-story-"))
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as text, screen.xvfb(width, height) as display:
        home, log = Path(text) / "home", out / "program.log"
        out.mkdir(parents=True, exist_ok=True)
        environment = {
            "DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "QT_SCALE_FACTOR": wish.scale, "HUITIAN_HOME": str(home),
        }  # fmt: skip
        project, outline = place.make(Path(text) / "story")
        with running(["openbox", "--config-file", str(Path(__file__).with_name("openbox.xml"))], log, DISPLAY=display):
            time.sleep(1)
            with running([sys.executable, "-m", "app", "gui", str(project)], log, **environment) as program:
                walk = Walk(screen.Hands(display, out), project, outline, _say)
                try:
                    walk.run()
                except screen.Failure as failure:
                    sys.stderr.write(f"error: {failure}\n")
                    return 1
                finally:
                    kept = home / "huitian.log"
                    if kept.exists():
                        (out / "huitian.log").write_bytes(kept.read_bytes())
                if program.poll() is not None:
                    sys.stderr.write("error: the program has ended by itself\n")
                    return 1
    _say(f"the story was walked in {time.monotonic() - begun:.0f} s; pictures in {out}")
    return 0


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
