"""``python -m tests.faults formats --runs N [--whole M]``: damaged foreign files of every kind, N of each.

Each file is read in a process of this run's own that may die: it damages and reads one file after the other and sends
what came of each, so that nobody waits for the other's turn; when it dies or hangs, the next one goes on with the file
after that. What it runs is the child's own code with its limits, without the start of a child for each file, which
takes a hundred times as long as a small file; `--whole M` reads M files of each format by the whole way as well, child
and pipe included. Wrong is: an exception that is no sentence of ours, more
than 5 s, more than 1 GB, a file anywhere but in the reader's own folder, or features in another place without a word.
"""

from __future__ import annotations

import argparse
import io
import json
import multiprocessing
import os
import random
import resource
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any

from tests.faults.samples import HOME, SAMPLES

MOST_S = 5.0
MOST_BYTES = 1 << 30
_INSIDE = 0.7
"""Share of the damage to archives that is done to a member."""
_PATIENCE_S = MOST_S * 12
_CENTRE = (390300.0, 4497550.0)
"""Middle of the sound outlines."""
_SPREAD_M = 50_000.0
"""Further from the sound outlines than this, a feature must be skipped or spoken of."""
_TOKENS = (b"nan", b"inf", b"1e308", b"-1e308", b"9" * 40, b"\x00", b"\xff\xfe", b'"', b"'", b"<", b"&x;", b",", b"{",
           b"]", b"../../x", "\u202e".encode(), b"=cmd()", b"POLYGON", b"\n", b"0", b"-")  # fmt: skip


def mutated(data: bytes, rng: random.Random) -> tuple[bytes, str]:
    """(damaged bytes, how)."""
    kind = rng.choice(("flip", "flip", "cut", "drop", "repeat", "token", "zero", "swap", "number"))
    made = bytearray(data)
    at = rng.randrange(len(made))
    length = min(len(made) - at, 1 << rng.randrange(12))
    if kind == "flip":
        for _ in range(1 << rng.randrange(7)):
            made[rng.randrange(len(made))] = rng.randrange(256)
    elif kind == "cut":
        del made[at:]
    elif kind == "drop":
        del made[at : at + length]
    elif kind == "repeat":
        made[at:at] = made[at : at + length] * (1 << rng.randrange(6))
    elif kind == "token":
        for _ in range(rng.randrange(1, 5)):
            place = rng.randrange(len(made))
            made[place : place + rng.randrange(8)] = rng.choice(_TOKENS)
    elif kind == "zero":
        made[at : at + length] = bytes(length)
    elif kind == "swap":
        other = rng.randrange(len(made))
        piece = made[at : at + length]
        made[other : other + length] = piece
    else:
        digits = [i for i, b in enumerate(made) if 48 <= b <= 57]
        for i in rng.sample(digits, min(len(digits), 1 << rng.randrange(5))):
            made[i] = rng.choice(b"0123456789.-eE")
    return bytes(made) or b"\0", kind


def repacked(data: bytes, rng: random.Random) -> tuple[bytes, str]:
    """(an archive with one member damaged and all sums right, how): else hardly any file gets past the archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = [(i, archive.read(i)) for i in archive.infolist()]
    chosen = rng.randrange(len(members))
    made, kind = io.BytesIO(), ""
    with zipfile.ZipFile(made, "w") as archive:
        for n, (info, content) in enumerate(members):
            inner = content
            if n == chosen and content:
                inner, kind = mutated(content, rng)
            archive.writestr(info, inner)
    return made.getvalue(), f"{kind} of {members[chosen][0].filename} inside"


@dataclass
class Outcome:
    """What came of the damaged files of one format."""

    runs: int = 0
    read: int = 0
    refused: int = 0
    died: int = 0
    slowest_s: float = 0.0
    kinds: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def attempt(
    path: Path, centre: tuple[float, float], *, whole: bool = False, usual: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """Read one file as the program does, in this process or (`whole`) with a child for it; says what came of it.

    `usual`: remarks that the sound file brings as well; they are no word about a place.
    """
    from gis.formats import read_features
    from models.errors import AppError
    from tests.gis.formats.here import no_child

    start = time.process_time()  # the machine may be busy with other things
    try:
        with nullcontext() if whole else no_child():
            came = read_features(path, target_crs=HOME, prefer="sand_pits", accept_guess=True)
    except AppError as error:
        return {"outcome": "refused", "key": error.key, "said": bool(str(error)), "s": time.process_time() - start}
    except MemoryError:
        return {"outcome": "refused", "key": "memory", "said": True, "s": time.process_time() - start}
    except Exception as error:
        # The child catches what parsers throw; what the program itself throws at good parts is an error of ours.
        if isinstance(error, ImportError | NameError) and not isinstance(error, UnboundLocalError):
            return {"outcome": "wrong", "key": repr(error), "s": 0.0}
        trace = error.__traceback__
        inside = ""
        while trace is not None:
            inside, trace = trace.tb_frame.f_code.co_filename, trace.tb_next
            if inside.endswith("parsing.py") or "/tests/gis/formats/here.py" in inside:
                return {"outcome": "refused", "key": f"caught {type(error).__name__}", "said": True,
                        "s": time.process_time() - start}  # fmt: skip
        return {"outcome": "wrong", "key": f"{type(error).__name__}: {error} in {inside}", "s": 0.0}
    strange = ""
    keys = {n.key for n in [*came.warnings, *(n for f in came.features for n in f.notes)]}
    told = keys - usual
    for feature in came.features:
        shape = feature.geometry
        if shape is None or shape.is_empty:
            continue
        x, y = (shape.bounds[0] + shape.bounds[2]) / 2, (shape.bounds[1] + shape.bounds[3]) / 2
        if not (abs(x - centre[0]) < 1e9 and abs(y - centre[1]) < 1e9):
            strange = "coordinates that are no place"
        elif max(abs(x - centre[0]), abs(y - centre[1])) > _SPREAD_M and not told and len(came.features) > 1:
            strange = f"a feature {max(abs(x - centre[0]), abs(y - centre[1])) / 1000:.0f} km away without a word"
    s = time.process_time() - start
    return {"outcome": "wrong" if strange else "read", "key": strange, "s": s, "told": sorted(keys)}


def _remember_ways() -> None:
    """Keep transformations between the same two systems: making one takes ten times as long as reading a small file."""
    import pyproj
    from pyproj import transformer

    from gis.formats import reproject

    make, group = transformer.Transformer.from_crs, transformer.TransformerGroup
    ways: dict[Any, Any] = {}

    def name(crs: Any) -> Any:
        return crs.to_wkt() if isinstance(crs, pyproj.CRS) else crs

    def from_crs(a: Any, b: Any, **how: Any) -> Any:
        key = (name(a), name(b), how.get("always_xy"))
        if key not in ways:
            ways[key] = make(a, b, **how)
        return ways[key]

    def grouped(a: Any, b: Any, **how: Any) -> Any:
        key = ("group", name(a), name(b))
        if key not in ways:
            ways[key] = group(a, b, **how)
        return ways[key]

    transformer.Transformer.from_crs = staticmethod(from_crs)  # type: ignore[method-assign, assignment]
    reproject.TransformerGroup = grouped  # type: ignore[misc, assignment]


@dataclass(frozen=True)
class Bed:
    """Where damaged files lie and what they are made of; the same number makes the same file."""

    work: Path
    key: str
    seed: int
    main: str
    whole: dict[str, bytes]
    usual: frozenset[str] = frozenset()

    @property
    def folder(self) -> Path:
        """The folder with the damaged file and what belongs to it."""
        return self.work / "file"

    def lay(self, number: int) -> str:
        """Write the file of that number; says how it was damaged."""
        rng = random.Random(f"{self.seed} {self.key} {number}")
        name = rng.choice([n for n in self.whole if not n.endswith((".cpg",))])
        archive = self.whole[name].startswith(b"PK")
        data, kind = (repacked if archive and rng.random() < _INSIDE else mutated)(self.whole[name], rng)
        for part, content in self.whole.items():
            (self.folder / part).write_bytes(data if part == name else content)
        return f"{self.key} {number} ({kind} of {name})"

    def read(self, number: int, *, whole: bool = False) -> dict[str, Any]:
        """What came of the file of that number, and what was written where nothing may be."""
        which = self.lay(number)
        before = {p.name for p in self.folder.iterdir()}
        said = attempt(self.folder / self.main, _CENTRE, whole=whole, usual=self.usual)
        after = {p.name for p in self.folder.iterdir()}
        strays = sorted((before ^ after) | {p.name for p in (self.work / "cwd").iterdir()})
        return {**said, "which": which, "strays": strays}


def _worker(pipe: Any, bed: Bed, first: int, runs: int) -> None:
    """Reads the files from `first` on, one after the other."""
    sys.stdout.flush()
    os.environ["TMPDIR"] = tempfile.tempdir = str(bed.work / "tmp")
    os.chdir(bed.work / "cwd")
    _remember_ways()
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 2)
    size = int(Path("/proc/self/statm").read_text().split()[0]) * 4096 if Path("/proc/self/statm").exists() else 0
    if size:
        resource.setrlimit(resource.RLIMIT_AS, (size + MOST_BYTES, size + MOST_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for number in range(first, runs):
        pipe.send(bed.read(number))


def outcomes(bed: Bed, runs: int) -> Iterator[dict[str, Any]]:
    """What came of each file: as `Bed.read` says, or "died" or "hung" for one at which the process ended."""
    context = multiprocessing.get_context("fork")
    number = 0
    while number < runs:
        pipe, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_worker, args=(theirs, bed, number, runs), daemon=True)
        process.start()
        theirs.close()
        try:
            while number < runs:
                end = {"outcome": "hung", "key": "", "s": _PATIENCE_S}
                try:
                    # What counts is the time that the process says it worked; the machine may be busy.
                    said = dict(pipe.recv()) if pipe.poll(_PATIENCE_S) else end
                except EOFError:
                    said = {"outcome": "died", "key": "", "s": 0.0}
                yield said if "which" in said else {**said, "which": f"{bed.key} {number}", "strays": []}
                number += 1
                if "which" not in said:
                    break
        finally:
            if process.is_alive():
                process.kill()
            process.join(5.0)
            pipe.close()


def run(key: str, runs: int, seed: int, *, keep: Path | None = None, whole: int = 0) -> Outcome:
    """Damage the sample of one format `runs` times and read it, and `whole` times with a child for each file.

    Files that went wrong are copied to `keep`.
    """
    import fiona  # noqa: F401 - loaded once here, not in each process that is forked
    import pyogrio  # noqa: F401

    outcome = Outcome()
    with tempfile.TemporaryDirectory() as text:
        work = Path(text)
        sound = SAMPLES[key](_made(work / "sound"))
        parts = [p for p in sorted(sound.parent.iterdir()) if p.stem == sound.stem and p.is_file()]
        for name in ("tmp", "cwd", "file"):
            (work / name).mkdir()
        usual = frozenset(attempt(sound, _CENTRE).get("told", ()))
        bed = Bed(work, key, seed, sound.name, {p.name: p.read_bytes() for p in parts}, usual)
        by_child = (bed.read(runs + n, whole=True) for n in range(whole))
        for number, said in enumerate(chain(outcomes(bed, runs), by_child)):
            before = len(outcome.wrong)
            _judge(outcome, said, said["which"])
            if said["strays"]:
                outcome.wrong.append(f"{said['which']}: wrote {said['strays']}")
            if keep is not None and len(outcome.wrong) > before:
                _keep(bed, number, keep)
    return outcome


def _keep(bed: Bed, number: int, keep: Path) -> None:
    """The file of that number among those kept; made anew elsewhere, since the process has gone on."""
    target = keep / f"{bed.key}-{bed.seed}-{number}"
    (target / "file").mkdir(parents=True, exist_ok=True)
    replace(bed, work=target).lay(number)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


def _judge(outcome: Outcome, said: dict[str, Any], which: str) -> None:
    outcome.runs += 1
    outcome.slowest_s = max(outcome.slowest_s, said["s"])
    outcome.kinds[f"{said['outcome']} {said['key']}".strip()] += 1
    if said["outcome"] == "read":
        outcome.read += 1
    elif said["outcome"] == "refused":
        outcome.refused += 1
    elif said["outcome"] == "died":  # a child that dies is told as a refusal: that is what it is for
        outcome.died += 1
    if said["outcome"] in {"wrong", "hung"} or said["s"] > MOST_S:
        outcome.wrong.append(f"{which}: {said['outcome']} {said['key']} {said['s']:.1f} s")


def main(arguments: list[str]) -> int:
    """Run all formats or the named ones; exit code 1 if anything is wrong."""
    parser = argparse.ArgumentParser(prog="tests.faults formats", description=__doc__)
    parser.add_argument("--runs", type=int, default=1000, help="damaged files of each format (1000)")
    parser.add_argument("--whole", type=int, default=0, help="so many more with a child for each file (0)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", nargs="*", default=list(SAMPLES), help="formats: " + ", ".join(SAMPLES))
    parser.add_argument("--keep", type=Path, help="folder for files that went wrong")
    wish = parser.parse_args(arguments)
    wrong = 0
    for key in wish.only:
        start = time.monotonic()
        outcome = run(key, wish.runs, wish.seed, keep=wish.keep, whole=wish.whole)
        wrong += len(outcome.wrong)
        sys.stdout.write(
            f"{key}: {outcome.runs} files, {outcome.read} read, {outcome.refused} refused, {outcome.died} ended "
            f"their reader, {len(outcome.wrong)} wrong; slowest {outcome.slowest_s:.1f} s "
            f"({time.monotonic() - start:.0f} s)\n"
        )
        for line in outcome.wrong[:20]:
            sys.stdout.write(f"  {line}\n")
        caught = {k: n for k, n in outcome.kinds.items() if "caught" in k}
        if caught:
            sys.stdout.write(f"  {json.dumps(caught, ensure_ascii=False)}\n")
        sys.stdout.flush()
    return 1 if wrong else 0
