"""Quiet notices in the corner: what happened, and a button that shows or mends it. Errors stay until read."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QGraphicsDropShadowEffect, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.gui.icons import set_picture
from app.gui.theme import colour
from app.gui.widgets import Elided, button, fill, label, tool
from app.gui.words import cap
from app.i18n import _
from models.errors import AppError

_ICONS = {"info": "info", "ok": "circle-check", "warning": "triangle-alert", "error": "circle-x"}
TONES = {"info": "info", "ok": "ok", "warning": "warning", "error": "danger"}
_STAY_MS = {"info": 6000, "ok": 6000, "warning": 12000, "error": 0}
_MOST = 3


class Toast(QFrame):
    """One notice."""

    dismissed = Signal(object)

    def __init__(
        self, level: str, what: str, where: str, advice: str, act: tuple[str, Callable[[], object]] | None
    ) -> None:
        super().__init__()
        self.level = level
        self.said = (level, what, where, advice)
        self.setProperty("role", "toast")
        self.setFixedWidth(380)
        shadow = QGraphicsDropShadowEffect(self)
        shadow.setBlurRadius(24)
        shadow.setOffset(0, 4)
        shadow.setColor(colour("#000000", 0.22))
        self.setGraphicsEffect(shadow)
        picture = QLabel()
        set_picture(picture, _ICONS[level], TONES[level], 18)
        picture.setAlignment(Qt.AlignmentFlag.AlignTop)
        picture.setFixedWidth(18)
        words = QVBoxLayout()
        parts: list[QWidget] = [label(what, "heading" if advice or where else "", wrap=True, selectable=True)]
        if where:
            parts.append(Elided(where, "muted", Qt.TextElideMode.ElideMiddle))
        if advice:
            parts.append(label(advice, "secondary", wrap=True, selectable=True))
        fill(words, parts, 2, (0, 0, 0, 0))
        if act or level == "error":
            line = QHBoxLayout()
            items: list[QWidget | None] = [None]
            if level == "error":
                text = "\n".join(t for t in (what, where, advice) if t)
                items.append(button(_("Copy"), lambda: QGuiApplication.clipboard().setText(text), kind="quiet"))
            if act:
                items.append(button(act[0], lambda: (self.dismiss(), act[1]()), kind="quiet"))
            fill(line, items, 4, (0, 4, 0, 0))
            words.addLayout(line)
        outer = QHBoxLayout(self)
        close = tool("x", _("Dismiss"), self.dismiss)
        fill(outer, [picture, words, close], 10, (12, 10, 8, 10))
        outer.setStretch(1, 1)
        outer.setAlignment(close, Qt.AlignmentFlag.AlignTop)
        outer.setAlignment(words, Qt.AlignmentFlag.AlignTop)
        outer.setAlignment(picture, Qt.AlignmentFlag.AlignTop)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.dismiss)
        if _STAY_MS[level]:
            self._timer.start(_STAY_MS[level])

    def enterEvent(self, event: QEvent) -> None:
        self._timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        if _STAY_MS[self.level]:
            self._timer.start(3000)
        super().leaveEvent(event)

    def dismiss(self) -> None:
        """Take it away."""
        self._timer.stop()
        self.hide()
        self.dismissed.emit(self)
        self.deleteLater()


class Toasts(QObject):
    """Stacks notices over the lower right corner of `host`."""

    def __init__(self, host: QWidget, error_action: Callable[[str], tuple[str, Callable[[], object]] | None]) -> None:
        super().__init__(host)
        self._host = host
        self._error_action = error_action
        self.inset: Callable[[], int] = lambda: 0
        self.shown: list[Toast] = []
        host.installEventFilter(self)

    def show(
        self,
        level: str,
        what: str,
        *,
        where: str = "",
        advice: str = "",
        act: tuple[str, Callable[[], object]] | None = None,
    ) -> Toast:
        """Tell something. The oldest goes when there are too many; the same said again takes its own place."""
        for same in [t for t in self.shown if t.said == (level, what, where, advice)]:
            same.dismiss()
        toast = Toast(level if level in _ICONS else "info", what, where, advice, act)
        toast.setParent(self._host)
        toast.dismissed.connect(self._gone)
        self.shown.append(toast)
        while len(self.shown) > _MOST:
            self.shown[0].dismiss()
        toast.show()
        self.place()
        QTimer.singleShot(0, self, self.place)  # wrapped labels know their height after the first layout
        return toast

    def show_error(self, error: Exception) -> Toast:
        """What happened, where, what to do, and one button that does it."""
        if not isinstance(error, AppError):
            text = _("something unexpected went wrong; the project is as it was")
            return self.show("error", cap(text), advice=_("The log has the details (Help)."))
        what, advice = cap(error.what.render(_)), cap(error.advice.render(_))
        return self.show("error", what, where=error.where, advice=advice, act=self._error_action(error.key))

    def _gone(self, toast: Toast) -> None:
        if toast in self.shown:
            self.shown.remove(toast)
            self.place()

    def place(self) -> None:
        """Stack them from the corner up."""
        bottom = self._host.height() - 44
        for toast in reversed([t for t in self.shown if not t.isHidden()]):
            layout = toast.layout()
            wraps = layout.hasHeightForWidth()  # not before its labels were looked at
            toast.setFixedHeight(
                layout.totalHeightForWidth(toast.width()) if wraps else layout.totalSizeHint().height()
            )
            bottom -= toast.height()
            toast.move(self._host.width() - self.inset() - toast.width() - 16, bottom)
            toast.raise_()
            bottom -= 8

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.place()
        return super().eventFilter(watched, event)
