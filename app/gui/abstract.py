"""Qt classes of which a part is left to subclasses: one that lacks it is refused when it is made."""

from __future__ import annotations

from abc import ABCMeta
from typing import Any

from PySide6.QtCore import QObject


class QtAbstract(ABCMeta, type(QObject)):  # type: ignore[misc]
    """Qt's class of classes with that of abstract ones."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if cls.__abstractmethods__:  # Qt makes its objects itself and does not look
            missing = ", ".join(sorted(cls.__abstractmethods__))
            raise TypeError(f"{cls.__name__} lacks {missing}")
        return super().__call__(*args, **kwargs)
