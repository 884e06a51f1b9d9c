"""Wrong usage is said in the reader's language: the real messages of the library, none of its English left."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.cli import WRONG_USAGE, main

CASES = (
    (("estimate",), "缺少 PROJECT"),
    (("curve", "P"), "缺少 --site"),
    (("estimate", "P", "--sit", "D"), "没有选项 --sit；可用的有"),
    (("history", "P", "--xyz"), "没有选项 --xyz"),
    (("estmate",), "没有命令 estmate；是否指 estimate？"),
    (("estimate", "P", "--site"), "--site 后面要给出值"),
    (("estimate", "P", "--crown=3"), "--crown 不带值"),
    (("estimate", "P", "more"), "多出了内容：more"),
    (("estimate", "P", "--level", "高"), "--level：不是数字"),
    (("estimate", "P", "--workers", "two"), "--workers：不是整数"),
    (("estimate", "P", "--density", "0"), "--density：不能小于 0.01"),
    (("estimate", "P", "--density-sigma", "5"), "--density-sigma：不能大于 1"),
    (("terrain", "add", "P", "x.tif", "--kind", "foo"), "--kind：“foo”不在可选值"),
    (
        ("terrain", "add", "P", "x.tif", "--surveyed-on", "2026/1/1"),
        "--surveyed-on：“2026/1/1”不是 2026-05-01 这样的日期",
    ),
    (("terrain", "defaults", "P", "--sigma-z", "0.1"), "误差数值须与 --source"),
)


@pytest.mark.parametrize(("line", "said"), CASES, ids=[" ".join(c[0]) for c in CASES])
def test_wrong_usage_is_said_in_chinese(
    line: tuple[str, ...],
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr("app.cli.system_language", lambda: "zh_CN")
    monkeypatch.chdir(tmp_path)
    assert main(list(line)) == WRONG_USAGE
    error = capsys.readouterr().err
    assert error.startswith(f"error: {said}"), error
    assert "Input should" not in error
