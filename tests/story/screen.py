"""A screen of its own (Xvfb) and the hands in front of it (xdotool): keys, pointer, pictures of what is shown."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image, ImageChops, ImageGrab
from scipy import ndimage

NEEDED = ("Xvfb", "xdotool", "openbox", "pdftotext")
_BETWEEN_KEYS_MS = 15
_SETTLED_S = 0.6
_CARET_PX = 120  # a blinking caret, and the clock of the status bar, are no change


class Failure(Exception):
    """What should have been seen from outside was not."""


def missing() -> list[str]:
    """Programs that are not there."""
    return [name for name in NEEDED if shutil.which(name) is None]


@contextmanager
def xvfb(width: int, height: int) -> Iterator[str]:
    """A screen in memory; gives its name (":7"), chosen by the server itself."""
    told, tell = os.pipe()
    line = ["Xvfb", "-displayfd", str(tell), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp", "-noreset"]
    server = subprocess.Popen(line, pass_fds=(tell,), stderr=subprocess.DEVNULL)
    os.close(tell)
    try:
        if not select.select([told], [], [], 20)[0]:
            raise Failure("Xvfb did not start")
        yield f":{os.read(told, 20).decode().strip()}"
    finally:
        os.close(told)
        server.terminate()
        server.wait(20)


class Hands:
    """Presses and looks on one display. Pictures go to `folder`, numbered as they are taken."""

    def __init__(self, display: str, folder: Path) -> None:
        self.display, self.folder = display, folder
        self.taken = 0
        folder.mkdir(parents=True, exist_ok=True)

    def _do(self, *words: str) -> str:
        env = {**os.environ, "DISPLAY": self.display}
        done = subprocess.run(["xdotool", *words], env=env, capture_output=True, text=True, timeout=60, check=False)
        return done.stdout

    # Keys

    def key(self, *keys: str, times: int = 1) -> None:
        """Press keys one after the other, as "ctrl+i"."""
        for name in keys * times:
            self._do("key", "--clearmodifiers", name)
            time.sleep(_BETWEEN_KEYS_MS / 1000)

    def write(self, text: str) -> None:
        """Type a line, in place of what stands there."""
        self.key("ctrl+a")
        self._do("type", "--delay", str(_BETWEEN_KEYS_MS), text)

    # Pointer

    def move(self, x: float, y: float) -> None:
        """Bring the pointer to a place by a few steps, as a hand does."""
        now = dict(part.split(":") for part in self._do("getmouselocation").split()[:2])
        x0, y0 = int(now["x"]), int(now["y"])
        for share in (0.4, 0.8, 1.0):
            self._do("mousemove", str(round(x0 + (x - x0) * share)), str(round(y0 + (y - y0) * share)))
            time.sleep(0.03)

    def click(self, x: float, y: float, *, button: int = 1, twice: bool = False) -> None:
        """Move there and click."""
        self.move(x, y)
        self._do("click", "--repeat", "2" if twice else "1", "--delay", "80", str(button))
        time.sleep(0.1)

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Press at `start`, let go at `end`."""
        self.move(*start)
        self._do("mousedown", "1")
        time.sleep(0.1)
        self.move(*end)
        time.sleep(0.1)
        self._do("mouseup", "1")
        time.sleep(0.1)

    def wheel_with(self, key: str, x: float, y: float, steps: int) -> None:
        """Turn the wheel while a key is held."""
        self.move(x, y)
        self._do("keydown", key)
        self._do("click", "--repeat", str(abs(steps)), "--delay", "40", "4" if steps > 0 else "5")
        self._do("keyup", key)

    # Looking

    def look(self) -> Image.Image:
        """What the screen shows now."""
        return ImageGrab.grab(xdisplay=self.display)

    def windows(self) -> list[str]:
        """Titles of the windows that are shown."""
        found = self._do("search", "--onlyvisible", "--name", ".+").split()
        return [self._do("getwindowname", one).strip() for one in found]

    def settled(self, limit_s: float = 30.0) -> Image.Image:
        """The picture once nothing has changed for a moment."""
        end, calm_since, before = time.monotonic() + limit_s, time.monotonic(), self.look()
        while time.monotonic() < end:
            time.sleep(0.1)
            now = self.look()
            if changed(now, before) > _CARET_PX:
                before, calm_since = now, time.monotonic()
            elif time.monotonic() - calm_since > _SETTLED_S:
                break
        return before

    def shot(self, name: str) -> Path:
        """Keep a picture of the whole screen."""
        self.taken += 1
        path = self.folder / f"{self.taken:02d}-{name}.png"
        self.settled().save(path)
        return path

    def until(self, what: str, true: Callable[[], bool], limit_s: float = 30.0) -> None:
        """Wait for something; a picture tells how it looked when it did not come."""
        end = time.monotonic() + limit_s
        while not true():
            if time.monotonic() > end:
                raise Failure(f"{what} did not happen within {limit_s:.0f} s; see {self.shot('failed')}")
            time.sleep(0.2)


def changed(now: Image.Image, before: Image.Image) -> int:
    """How many pixels differ visibly."""
    difference = ImageChops.difference(now.convert("L"), before.convert("L"))
    return int((np.asarray(difference) > 8).sum())


def has_colour(picture: Image.Image, colour: tuple[int, int, int], least: int) -> bool:
    """Whether at least so many pixels have a colour."""
    return bool((np.asarray(picture.convert("RGB")) == np.array(colour)).all(axis=2).sum() >= least)


def largest_of_colour(picture: Image.Image, colour: tuple[int, int, int], near: int = 12) -> tuple[int, int, int, int]:
    """(left, top, right, bottom) in pixels, right and bottom inside, of the widest connected shape of a colour."""
    pixels = np.asarray(picture.convert("RGB")).astype(int)
    mask = (np.abs(pixels - np.array(colour)) <= near).all(axis=2)
    parts, count = ndimage.label(mask, structure=np.ones((3, 3)))
    if not count:
        raise Failure(f"nothing of the colour {colour} on the screen")
    boxes = ndimage.find_objects(parts)
    rows, cols = max(boxes, key=lambda b: (b[0].stop - b[0].start) * (b[1].stop - b[1].start))
    return cols.start, rows.start, cols.stop - 1, rows.stop - 1
