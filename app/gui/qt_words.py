"""What Qt's own Chinese lacks or gets wrong: words of its file dialog."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTranslator

_CHINESE = {
    ("QFileDialog", "&Look in:"): "查找范围(&L)：",
    ("QFileDialog", "Files of &type:"): "文件类型(&T)：",
    ("QFileSystemModel", "Size"): "大小",  # Qt says 体积, the size of a body
    ("QAbstractFileIconProvider", "Folder"): "文件夹",
}


class QtGaps(QTranslator):
    """Asked before Qt's translation; knows nothing else."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.on = False

    def isEmpty(self) -> bool:
        return not self.on

    def translate(self, context: str, text: str, *_how: object) -> str | None:
        return _CHINESE.get((context, text)) if self.on else None
