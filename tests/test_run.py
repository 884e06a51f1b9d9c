"""The one file that makes the environment: what can be tried without making one."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import run

ROOT = Path(__file__).resolve().parents[1]


def test_it_needs_the_standard_library_only() -> None:
    tree = ast.parse((ROOT / "run.py").read_text(encoding="utf8"))
    names = {a.name.split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    names |= {n.module.split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module}
    assert names <= set(sys.stdlib_module_names)


@pytest.mark.parametrize(("line", "code"), [([], 2), (["frobnicate"], 2), (["--help"], 0)])
def test_wrong_words_show_the_usage(line: list[str], code: int) -> None:
    result = subprocess.run([sys.executable, str(ROOT / "run.py"), *line], capture_output=True, text=True, check=False)
    assert result.returncode == code
    assert "usage:" in result.stdout + result.stderr


def test_a_changed_pin_or_interpreter_asks_for_a_new_installation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "ROOT", tmp_path)
    (tmp_path / "base.txt").write_text("a==1\n")
    (tmp_path / "more.txt").write_text("-r base.txt\nb==1\n")
    first = run.fingerprint("more.txt")
    assert first == run.fingerprint("more.txt")
    (tmp_path / "base.txt").write_text("a==2\n")
    second = run.fingerprint("more.txt")
    monkeypatch.setattr(sys, "version", "4.0")
    assert len({first, second, run.fingerprint("more.txt")}) == 3


def test_the_exact_line_is_said_to_who_may_not_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run.shutil, "which", lambda _name: "/usr/bin/apt-get")
    monkeypatch.setattr(run.os, "geteuid", lambda: 1000, raising=False)
    with pytest.raises(run.SetupError, match="sudo apt-get install -y --no-install-recommends libegl1"):
        run.apt_install(["libegl1"], "libraries are missing")


def test_every_dependency_is_pinned_and_no_host_is_named() -> None:
    pins = (ROOT / "requirements.txt").read_text(encoding="utf8")
    pinned = {line.split("==")[0].lower().replace("_", "-") for line in pins.splitlines() if "==" in line}
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf8"))["project"]["dependencies"]
    assert {re.split(r"[<>=\[]", d)[0].lower() for d in wanted} <= pinned
    for path in ROOT.glob("requirements*.txt"):
        assert "://" not in path.read_text(encoding="utf8")
