"""What Qt's own Chinese lacks: words of its file dialog whose English was changed after they were translated."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTranslator

_CHINESE = {
    ("QFileDialog", "&Look in:"): "查找范围(&L)：",
    ("QFileDialog", "Files of &type:"): "文件类型(&T)：",
}


class QtGaps(QTranslator):
    """Asked after Qt's translation where it is installed before that; knows nothing else."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.on = False

    def isEmpty(self) -> bool:
        return not self.on

    def translate(self, context: str, text: str, *_how: object) -> str | None:
        return _CHINESE.get((context, text)) if self.on else None
