"""Pages read without SQLite say what SQLite says of them."""

from __future__ import annotations

import os
import random
import sqlite3

import pytest

from gis.store.pages import Broken, Pages, record


@pytest.mark.parametrize("page_size", [512, 4096, 65536])
def test_rows_of_every_kind_and_length(tmp_path, page_size):
    path, rng = tmp_path / "a.db", random.Random(page_size)
    con = sqlite3.connect(path)
    con.execute(f"PRAGMA page_size={page_size}")
    con.execute("CREATE TABLE t (fid INTEGER PRIMARY KEY, a TEXT, b REAL, c BLOB, d INT)")
    con.execute("CREATE INDEX i ON t (a)")
    rows = {
        n * 7 - 400: ("中" * rng.choice([0, 3, 700]) + str(n), rng.uniform(-1e9, 1e9),
                      os.urandom(rng.choice([0, 9, 200, 30_000 if n % 40 == 0 else 5])),
                      rng.choice([None, 0, 1, -1, 127, -129, 2**23, -(2**31), 2**40, 2**62]))
        for n in range(600)
    }  # fmt: skip
    con.executemany("INSERT INTO t VALUES (?,?,?,?,?)", [(k, *v) for k, v in rows.items()])
    con.execute("DELETE FROM t WHERE fid > 3000")
    con.commit()
    kept = {k: v for k, v in rows.items() if k <= 3000}
    roots = dict(con.execute("SELECT name, rootpage FROM sqlite_master"))
    con.close()
    whole = path.read_bytes()
    pages = Pages(lambda at, n: whole[at : at + n], len(whole))
    assert (pages.page_size, pages.count) == (page_size, len(whole) // page_size)
    tree = pages.tree(roots["t"])
    assert tree.broken == 0
    found = {}
    for leaf in tree.leaves:
        cells, bad = pages.rows(leaf)
        assert bad == 0
        found |= {c.rowid: tuple(c.values[1:]) for c in cells}
    assert found == kept
    index = pages.tree(roots["i"])
    keys = [k for n in (*index.inner, *index.leaves) for k in pages.keys(n)]
    assert sorted(keys) == sorted([v[0], k] for k, v in kept.items())
    inner, leaves, broken = pages.outline(roots["t"], 10_000)
    assert (sorted(inner), sorted(leaves), broken) == (sorted(tree.inner), sorted(tree.leaves), 0)
    assert len(pages.free()) == _free(path)
    assert not pages.free() & {*tree.inner, *tree.leaves}


def _free(path):
    con = sqlite3.connect(path)
    count = con.execute("PRAGMA freelist_count").fetchone()[0]
    con.close()
    return count


def test_random_bytes_never_end_in_anything_but_broken():
    rng = random.Random(5)
    for kind in (2, 5, 10, 13):
        for _ in range(300):
            page = bytearray(rng.randbytes(4096))
            page[0], page[3], page[5] = kind, 0, 8
            body = bytes(4096) + bytes(page)
            pages = Pages(lambda at, n, body=body: body[at : at + n], len(body))
            assert not pages.sound_header
            for read in (pages.rows, pages.children):
                try:
                    read(2)
                except Broken:
                    continue
            list(pages.keys(2))
            pages.tree(2)
            pages.free()
    for length in range(60):
        try:
            list(record(rng.randbytes(length)))
        except (Broken, IndexError, UnicodeDecodeError):
            continue


def test_a_tree_that_bites_its_tail_ends():
    page = bytearray(512)
    page[0] = 5
    page[5:7] = (512).to_bytes(2, "big")
    page[8:12] = (2).to_bytes(4, "big")  # the right child is the page itself
    header = b"SQLite format 3\x00" + (512).to_bytes(2, "big") + bytes(82)
    whole = header + bytes(512 - len(header)) + bytes(page) + bytes(512)
    pages = Pages(lambda at, n: whole[at : at + n], len(whole))
    assert pages.tree(2).broken == 1
