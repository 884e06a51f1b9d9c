"""Line numbers of a TOML text."""

from __future__ import annotations

import pytest

from models.errors import Refused
from models.toml_lines import Lines, read_toml

TEXT = '''a = 1

[[rule]]
id = "x"
note = """
[[rule]]
id = "not a rule"
"""
list = [
  "one",
]
[[rule]]
id = "y"
'''


def test_finds_keys_in_their_own_table() -> None:
    lines = Lines(TEXT)
    assert lines.of("", 0, "a") == 1
    assert lines.of("rule", 0, "id") == 4
    assert lines.of("rule", 0, "list") == 9
    assert lines.of("rule", 1) == 12
    assert lines.of("rule", 1, "id") == 13


def test_a_missing_key_gives_the_head_of_its_table() -> None:
    assert Lines(TEXT).of("rule", 1, "limit") == 12


@pytest.mark.parametrize(("text", "line"), [("a = 1\nb = \n", 2), ("a = 1\na = 2\n", 2), ('a = "x\n', 1)])
def test_syntax_errors_name_their_line(text: str, line: int) -> None:
    with pytest.raises(Refused) as caught:
        read_toml(text, "p.toml")
    assert caught.value.where == f"p.toml:{line}"
