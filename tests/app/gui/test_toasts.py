from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QWidget

from app.gui.toasts import Toasts


@pytest.mark.parametrize("shown", [True, False])
@pytest.mark.parametrize("advice", ["", "长长的话，" * 40])
def test_a_notice_is_as_high_as_its_words_before_and_after_the_first_layout(
    qtbot: Any, qtlog: Any, advice: str, shown: bool
) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(1000, 800)
    if shown:
        host.show()
    toast = Toasts(host, lambda _key: None).show("info", "短", advice=advice)
    at_once = toast.height()
    qtbot.wait(20)
    assert not [r.message for r in qtlog.records if "Negative" in r.message]
    assert toast.height() >= toast.layout().totalMinimumSize().height()
    assert at_once > 20
    assert toast.geometry().bottom() < host.height()
