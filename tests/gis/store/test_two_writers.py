"""Two processes that write into one project at the same time: each waits its turn or is told, and nothing is lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from gis.store import Store
from gis.store.log import entries
from models.changes import Insert, Update
from models.notices import Notice

ROOT = Path(__file__).resolve().parents[3]
LABEL = Notice("t", "edit")
_STEPS = 25

_WRITER = """
import json, sys
from pathlib import Path
from gis.store import Store
from models.changes import Insert, Update
from models.errors import Unwritable
from models.notices import Notice
who, steps = sys.argv[2], int(sys.argv[3])
done, waited = 0, 0
print("ready", flush=True)
sys.stdin.readline()
while done < steps:
    try:
        with Store.open(Path(sys.argv[1])) as store:
            while done < steps:
                row = store.row("wastes", 1 if who == "a" else 2)
                changes = [Update("wastes", row["fid"], {"annual_t": (row["annual_t"] or 0) + 1}),
                           Insert("samples", {"waste": row["code"], "code": f"{who}{done}"})]
                store.transact(Notice("t", "edit"), changes)
                done += 1
    except Unwritable as error:
        assert error.key == "project.in_use", error.key
        waited += 1
print(json.dumps({"done": done, "waited": waited}), flush=True)
"""


def writer(path: Path, who: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(path), who, str(_STEPS)], cwd=ROOT, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


def test_no_update_is_lost_and_each_step_is_whole(store):
    store.transact(LABEL, [Insert("wastes", {"code": c, "kind": "other"}) for c in ("A", "B")])
    store.close()
    children = [writer(store.path, who) for who in "ab"]
    for child in children:
        assert child.stdout.readline() == "ready\n"
    for child in children:
        child.stdin.write("\n")
        child.stdin.flush()
    answers = [json.loads(child.communicate(timeout=120)[0].splitlines()[-1]) for child in children]
    assert [a["done"] for a in answers] == [_STEPS, _STEPS]
    with Store.open(store.path) as again:
        assert [w["annual_t"] for w in again.rows("wastes")] == [_STEPS, _STEPS]
        assert again.count("samples") == 2 * _STEPS
        assert again.revision == 1 + 2 * _STEPS
        with again.reader() as con:
            by_step: dict[int, list[str]] = {}
            for entry in entries(con, after=1):
                by_step.setdefault(entry.step, []).append(entry.table)
        assert set(map(tuple, by_step.values())) == {("wastes", "samples")}  # never half of one, never two in one
        assert again.check() == []
        for _ in range(2 * _STEPS):
            again.undo()
        assert again.count("samples") == 0


def test_a_second_writer_waits_for_a_long_step(store):
    """The first holds the file for less than the patience of the second: no error, both are in."""
    store.transact(LABEL, [Insert("wastes", {"code": "A", "kind": "other"})])
    with store.open_step(LABEL) as step:
        step.insert("samples", {"uid": "u", "waste": "A", "code": "held"})
        child = subprocess.Popen(
            [sys.executable, "-c", _ONCE, str(store.path)], cwd=ROOT, text=True, stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert child.stdout.readline() == "begins\n"
        time.sleep(0.6)
        assert child.poll() is None
    assert child.communicate(timeout=60)[0] == "in\n"
    assert {r["code"] for r in store.rows("samples")} == {"held", "second"}
    store.transact(LABEL, [Update("wastes", 1, {"name": "x"})])
    assert [r["step"] for r in store.rows("change_log")] == [1, 2, 3, 4]


_ONCE = """
import sys
from pathlib import Path
from gis.store.connection import Connections, connect
from gis.store import Store
from models.changes import Insert
from models.notices import Notice
path = Path(sys.argv[1])
store = Store(path, Connections(path, connect(path, "rw")), read_only=False)
print("begins", flush=True)
store.transact(Notice("t", "second"), [Insert("samples", {"waste": "A", "code": "second"})])
print("in", flush=True)
"""
