from __future__ import annotations

from pathlib import Path

import pytest

from app.in_place import put_in_place
from models.errors import Unwritable


def test_the_file_is_there_only_when_it_is_whole(tmp_path: Path) -> None:
    out = tmp_path / "a.txt"
    out.write_bytes(b"old")
    with put_in_place(out, "a.unwritable", "cannot") as file:
        file.write(b"new")
        file.flush()
        assert out.read_bytes() == b"old"
    assert out.read_bytes() == b"new"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyError("x")])
def test_where_writing_fails_the_old_file_stays(tmp_path: Path, error: Exception) -> None:
    out = tmp_path / "a.txt"
    out.write_bytes(b"old")

    def write() -> None:
        with put_in_place(out, "a.unwritable", "cannot", "try") as file:
            file.write(b"half")
            raise error

    with pytest.raises((Unwritable, KeyError)) as caught:
        write()
    if isinstance(caught.value, Unwritable):
        assert (caught.value.key, caught.value.where, caught.value.advice.text) == ("a.unwritable", str(out), "try")
    assert isinstance(caught.value, Unwritable) == isinstance(error, OSError)
    assert out.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]
