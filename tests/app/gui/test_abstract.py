"""A Qt class that lacks a part is refused when it is made."""

from __future__ import annotations

from abc import abstractmethod

import pytest
from PySide6.QtCore import QObject

from app.gui.abstract import QtAbstract


class Half(QObject, metaclass=QtAbstract):
    @abstractmethod
    def part(self) -> int:
        """Left to subclasses."""


class Whole(Half):
    def part(self) -> int:
        return 3


def test_what_lacks_a_part_is_refused_by_name() -> None:
    with pytest.raises(TypeError, match="Half lacks part"):
        Half()
    assert Whole().part() == 3
