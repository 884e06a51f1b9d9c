"""Breaks a small project in one place after another and looks at what the program makes of it.

For each damage: the file is refused and can be rescued, or it opens and says exactly what it said before, or it opens
and names what is wrong. Never a crash, never silence, never longer than LIMIT_SECONDS.

    python -m tests.faults.corruption FOLDER SEED RUNS     prints one line of JSON
"""

from __future__ import annotations

import json
import random
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from shapely.geometry import Point, box

from app.verbs.rescue import rescue_project
from gis.store import Store, estimate_values
from gis.store.tables import TABLES
from models.changes import Delete, Insert, Update
from models.errors import AppError
from models.notices import Notice
from tests.gis.store.making import made_estimate

PAGE = 4096
LIMIT_SECONDS = 5
_LABEL = Notice("test", "change")


def make_project(path: Path) -> None:
    """A project with rows in many tables, a change of each kind, an undo, and deleted rows."""

    def square(n: int) -> Any:
        return box(500_000 + 200 * n, 4_500_000, 500_100 + 200 * n, 4_500_100)

    with Store.create(path, crs="EPSG:4546", name="试验", settings={"made_up": True}) as s:
        s.transact(
            _LABEL,
            [Insert("sand_pits", {"geometry": square(n), "name": f"坑{n}", "mineral": "coal"}) for n in range(30)],
        )
        s.transact(_LABEL, [Insert("red_lines", {"geometry": Point(n, 0).buffer(9, quad_segs=40)}) for n in range(8)])
        s.transact(_LABEL, [Insert("wastes", {"code": "W", "kind": "fly_ash"})])
        s.transact(_LABEL, [Insert("lab_values", {"waste": "W", "parameter": "pH", "raw": "7"}) for _ in range(20)])
        s.transact(_LABEL, [Insert("estimates", estimate_values(made_estimate(s.site("SK-001")))) for _ in range(8)])
        s.transact(_LABEL, [Update("sand_pits", 3, {"name": "新"}), Update("sand_pits", 4, {"geometry": square(90)})])
        s.transact(_LABEL, [Delete("sand_pits", 5)])
        s.transact(_LABEL, [Delete("red_lines", 2)])
        s.undo()


def content(store: Store, *, log: bool = True) -> list[Any]:
    """All that a project says: every row of every table as it is stored, the sites, a part by the spatial index."""
    with store._connections.reading() as con:
        said: list[Any] = [
            con.execute(f'SELECT * FROM "{key}" ORDER BY fid').fetchall()
            for key in TABLES
            if key not in {"project", "change_log"}
        ]
        if log:
            said += [con.execute(f'SELECT * FROM "{key}" ORDER BY fid').fetchall() for key in ("project", "change_log")]
    said.append([(s.code, s.outline.wkb) for s in store.sites()])
    said.append(sorted(store.read("sand_pits", bbox=(500_000, 4_500_000, 500_350, 4_500_050)).code))
    return [store.crs, *said]


class TooLong(Exception):
    """A case took longer than the limit."""


def _stop(*_: Any) -> None:
    raise TooLong


class Bench:
    """The sound project and what came of each damage to it."""

    def __init__(self, folder: Path) -> None:
        self.sound, self.path, self.out = folder / "sound.gpkg", folder / "damaged.gpkg", folder / "rescued.gpkg"
        make_project(self.sound)
        self.whole = self.sound.read_bytes()
        with Store.open(self.sound, read_only=True) as store:
            self.content, self.rows = content(store), content(store, log=False)
        self.counts: Counter[str] = Counter()
        self.wrong: list[str] = []

    @property
    def pages(self) -> int:
        return len(self.whole) // PAGE

    def zeroed(self, page: int) -> None:
        """Page `page` (from 0) reads as zeros, as after a bad sector."""
        self._try(f"page {page + 1} zeroed", self.whole[: page * PAGE] + bytes(PAGE) + self.whole[(page + 1) * PAGE :])

    def flipped(self, page: int, rng: random.Random) -> None:
        """One byte of the page is another one."""
        at = page * PAGE + rng.randrange(PAGE)
        other = self.whole[at] ^ rng.randrange(1, 256)
        self._try(f"byte {at} = {other}", self.whole[:at] + bytes([other]) + self.whole[at + 1 :])

    def _try(self, what: str, damaged: bytes) -> None:
        self.path.write_bytes(damaged)
        start = time.monotonic()
        if hasattr(signal, "SIGALRM"):
            signal.signal(signal.SIGALRM, _stop)
            signal.alarm(LIMIT_SECONDS)
        try:
            answer = self._answer()
        except TooLong:
            answer = "TOO LONG"
        except Exception as error:
            answer = f"CRASH {error!r}"
        finally:
            if hasattr(signal, "SIGALRM"):
                signal.alarm(0)
        self.counts[answer.partition(" ")[0]] += 1
        if answer[0].isupper():
            self.wrong.append(f"{what}: {answer}")
        if self.path.read_bytes() != damaged:
            self.wrong.append(f"{what}: the damaged file was written to")
        self.counts["slowest_ms"] = max(self.counts["slowest_ms"], round(1000 * (time.monotonic() - start)))

    def _answer(self) -> str:
        try:
            with Store.open(self.path, read_only=True) as store:
                if content(store) == self.content:
                    return "same"
                return "named" if store.remarks else "SILENT"
        except AppError:
            pass
        self.out.unlink(missing_ok=True)
        report = rescue_project(self.path, self.out)
        if any(p.severity == "error" for p in report.left):
            return f"UNSOUND {report.left[0].message.render()}"
        with Store.open(self.out, read_only=True) as store:
            if content(store, log=False) == self.rows:
                return "rescued"
        return "partly" if not report.complete else "SILENT rescue"


def main(folder: str, seed: str, runs: str) -> None:
    """Every page zeroed in turn, and `runs` times every page with a byte flipped; or a part of that for runs < 1."""
    bench, rng, share = Bench(Path(folder)), random.Random(int(seed)), float(runs)
    for page in range(bench.pages):
        if rng.random() < share:
            bench.zeroed(page)
        for _ in range(int(share) if share >= 1 else int(rng.random() < share)):
            bench.flipped(page, rng)
    json.dump({"pages": bench.pages, "counts": bench.counts, "wrong": bench.wrong}, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
