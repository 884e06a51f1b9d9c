"""Drafts of killed processes go with the next run; those of living ones, of others, and other files stay."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gis import leftovers
from gis.leftovers import draft_folder, draft_name, drafts_of, left_behind, tidy
from gis.processes import computer

CHILD = """
import sys, time
from pathlib import Path
from app.in_place import put_in_place
from app.package.dossier.place import built_beside
from gis.leftovers import draft_folder
folder = Path(sys.argv[1])
with built_beside(folder / "成果") as (draft, _), draft_folder("a.tif", folder) as other, \\
        put_in_place(folder / "图.pdf", "t", "t") as file:
    (draft / "x" ).mkdir()
    (draft / "x" / "half.pdf").write_bytes(b"half")
    (other / "half.tif").write_bytes(b"half")
    file.write(b"half")
    file.flush()
    print("ready", flush=True)
    time.sleep(600)
"""


@pytest.fixture(autouse=True)
def nothing_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leftovers, "_seen", {})


@pytest.fixture
def writing(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process with three drafts under way in `tmp_path`."""
    process = subprocess.Popen([sys.executable, "-c", CHILD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def names(folder: Path) -> set[str]:
    return {p.name for p in folder.iterdir()}


@pytest.mark.skipif(sys.platform == "win32", reason="ends the process as no other system does")
def test_what_a_killed_process_left_goes_and_nothing_before_that(
    writing: subprocess.Popen[str], tmp_path: Path
) -> None:
    drafts = names(tmp_path)
    assert len(drafts) == 3
    theirs = {".成果.part-abcdefgh", ".图.pdf.part", "a.part", ".a.h12345678-1-12345678.part"}
    for name in theirs:
        (tmp_path / name).write_text("somebody's", encoding="utf8")
    tidy(tmp_path)
    assert names(tmp_path) == drafts | theirs
    writing.send_signal(signal.SIGKILL)
    writing.wait()
    leftovers._seen.clear()
    tidy(tmp_path)
    assert names(tmp_path) == theirs


def test_a_number_that_another_process_has_now_protects_nothing(tmp_path: Path) -> None:
    mine = draft_name("a")
    host, pid, _start, rest = mine[3:].split("-")
    assert pid == str(os.getpid())
    again = f".a.{host}-{pid}-00000000-{rest}"
    for name in (mine, again):
        (tmp_path / name).mkdir()
    assert not left_behind(tmp_path / mine)
    assert left_behind(tmp_path / again)
    assert drafts_of("a", tmp_path, "part") == [tmp_path / again]


def test_another_computer_has_a_day(tmp_path: Path) -> None:
    other = "0" * 8 if computer()[:8] != "0" * 8 else "1" * 8
    draft = tmp_path / f".a.h{other}-99-12345678-12345678.part"
    draft.mkdir()
    inside = draft / "sheet.pdf"
    inside.write_bytes(b"half")
    old = time.time() - 2 * 86_400
    os.utime(draft, (old, old))
    assert not left_behind(draft)  # something in it is new
    os.utime(inside, (old, old))
    assert left_behind(draft)


def test_links_are_left_alone(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "letter.txt").write_text("mine", encoding="utf8")
    name = f".a.h{computer()[:8]}-4194399-12345678-12345678.part"
    (tmp_path / name).symlink_to(theirs, target_is_directory=True)
    tidy(tmp_path)
    assert (theirs / "letter.txt").exists()
    assert (tmp_path / name).is_symlink()


def test_a_link_inside_a_draft_is_not_followed(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "letter.txt").write_text("mine", encoding="utf8")
    draft = tmp_path / f".a.h{computer()[:8]}-4194399-12345678-12345678.part"
    draft.mkdir()
    (draft / "link").symlink_to(theirs, target_is_directory=True)
    tidy(tmp_path)
    assert not draft.exists()
    assert (theirs / "letter.txt").exists()


def test_a_long_chinese_name_makes_a_name_that_file_systems_take(tmp_path: Path) -> None:
    with draft_folder("长" * 80 + ".pdf", tmp_path) as folder:
        assert folder.is_dir()
        assert len(folder.name.encode()) < 255
        assert not left_behind(folder)
    assert names(tmp_path) == set()


def test_a_folder_that_cannot_be_read_is_no_error(tmp_path: Path) -> None:
    tidy(tmp_path / "none")
    assert drafts_of("a", tmp_path / "none", "part") == []
