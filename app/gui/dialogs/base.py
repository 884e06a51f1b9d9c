"""What the dialogs share: heading, content, a place for what is wrong, one main button. None is modal."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractSpinBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.gui import settings, words
from app.gui.widgets import Banner, button, clear, fill, label, restyle, row, rule, scrolled
from app.i18n import _
from models.errors import AppError

_TITLE_BAR_PX = 40
_CHAIN = 5000  # widgets; a chain that is longer is none

Act = Callable[[], object]


class Sheet(QDialog):
    """A dialog beside the work. `content` takes what it asks; `problem` shows what is wrong in words."""

    def __init__(self, parent: QWidget, title: str, text: str = "", *, width: int = 560) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setModal(False)
        self.setMinimumWidth(width)
        self.content = QVBoxLayout()
        self.content.setContentsMargins(0, 0, 0, 0)
        self.content.setSpacing(12)
        self._problem = QVBoxLayout()
        self._enter_acts = True
        self._body = QWidget()
        self._fitted = False
        self._active_once = False
        body = QVBoxLayout(self._body)
        head: list[QWidget] = [label(title, "title")]
        if text:
            head.append(label(text, "secondary", wrap=True))
        fill(body, head, 4, (24, 20, 24, 0))
        body.addSpacing(12)
        body.addLayout(self.content, 1)
        body.addLayout(self._problem)
        self._foot = QHBoxLayout()
        fill(self._foot, [], 8, (24, 12, 24, 16))
        outer = QVBoxLayout(self)
        fill(outer, [], 0, (0, 0, 0, 0))
        outer.addWidget(self._body, 1)
        outer.addSpacing(16)
        outer.addWidget(rule())
        outer.addLayout(self._foot)

    def foot(self, main: str, act: Act, *, icon: str = "", left: QWidget | None = None, cancel: str = "") -> None:
        """The buttons: `left` something of its own, then cancel and the main one."""
        if left is not None:
            self._foot.addWidget(left)
        self._foot.addStretch(1)
        self.cancel = button(cancel or _("Cancel"), self.reject)
        self.main = button(main, act, kind="primary", icon=icon)
        self.main.setDefault(True)
        self._foot.addWidget(self.cancel)
        self._foot.addWidget(self.main)

    def foot_close(self, *extra: QWidget) -> None:
        """Only a button that closes."""
        self._enter_acts = False
        for part in extra:
            self._foot.addWidget(part)
        self._foot.addStretch(1)
        self.main = button(_("Close"), self.accept)
        self._foot.addWidget(self.main)

    def showEvent(self, event: QShowEvent) -> None:
        if not self._fitted:
            self._fitted = True
            self._fit()
            for view in self.findChildren(QAbstractItemView):
                if not view.accessibleName():  # the one list or table that a dialog is about
                    view.setAccessibleName(self.windowTitle())
        super().showEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.WindowActivate and not self._active_once:
            self._active_once = True
            QTimer.singleShot(0, self, self._ready_to_type)  # the focus is given after this
        return super().event(event)

    def _ready_to_type(self) -> None:
        """A number that has the focus is replaced by what is typed, as in a field that Tab leads to."""
        focus = self.focusWidget()
        if isinstance(focus, QAbstractSpinBox):
            focus.selectAll()

    def _fit(self) -> None:
        """No larger than the screen, whose buttons would be out of reach; what does not fit can be scrolled."""
        parent, room = self.parentWidget(), self.screen().availableGeometry().size()
        if parent is not None:
            room = room.expandedTo(parent.window().size())
        room -= QSize(0, _TITLE_BAR_PX)
        self.setMinimumSize(self.minimumSize().boundedTo(room))
        needed = self.layout().totalMinimumSize()
        if needed.height() > room.height() or needed.width() > room.width():
            self._let_scroll()
        self.resize(self.size().boundedTo(room))

    def _let_scroll(self) -> None:
        focus = self.focusWidget()
        holder, area = QWidget(), scrolled(QWidget())
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.layout().replaceWidget(self._body, holder)  # stands in while the body moves
        area.setParent(self)  # first, so that the order of Tab stays
        self._body.setObjectName("scrolled")
        area.setWidget(self._body)
        self.layout().replaceWidget(holder, area)
        area.show()
        holder.deleteLater()
        if focus is not None:
            focus.setFocus()

    def focusNextPrevChild(self, forward: bool) -> bool:
        self._buttons_last()
        return super().focusNextPrevChild(forward)

    def _buttons_last(self) -> None:
        """Tab comes to the buttons after all else, also after what was put into the dialog when it stood already."""
        held = (self._foot.itemAt(i).widget() for i in range(self._foot.count()))
        foot = [w for w in held if w is not None and w.focusPolicy() != Qt.FocusPolicy.NoFocus]
        chain: list[QWidget] = []
        at = self.nextInFocusChain()
        while at is not self and len(chain) < _CHAIN:
            if at.focusPolicy() & Qt.FocusPolicy.TabFocus and self.isAncestorOf(at):
                chain.append(at)
            at = at.nextInFocusChain()
        body = [w for w in chain if w not in foot]
        if not body or not foot or chain[-len(foot) :] == foot:
            return
        for before, after in pairwise([body[-1], *foot]):
            QWidget.setTabOrder(before, after)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Without a main button Qt would let Enter press whichever button comes first.
        entered = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if entered and not self._enter_acts and not isinstance(self.focusWidget(), QPushButton):
            event.accept()
            return
        super().keyPressEvent(event)

    def problem(self, error: Exception | str | None, tone: str = "danger") -> None:
        """Say what is wrong above the buttons; None takes it away. `tone` "info": nothing is wrong, it is only said."""
        clear(self._problem)
        if error is None:
            return
        if isinstance(error, AppError):
            parts = [words.cap(error.what.render(_)), error.where, words.cap(error.advice.render(_))]
            text = "\n".join(p for p in parts if p)
        elif isinstance(error, str):
            text = error
        else:
            text = words.cap(_("something unexpected went wrong; the project is as it was"))
        self._problem.addWidget(Banner(tone, text))


def form() -> QFormLayout:
    """Names left, controls right."""
    made = QFormLayout()
    made.setHorizontalSpacing(16)
    made.setVerticalSpacing(10)
    made.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    made.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    made.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
    return made


def add_row(layout: QFormLayout, name: str, control: QWidget, hint: str = "") -> None:
    """A line of a form, with a remark below it."""
    title = label(name, "secondary")
    title.setMinimumHeight(32)
    title.setBuddy(control)
    say_name(control, name)
    if not hint:
        layout.addRow(title, control)
        return
    holder = QWidget()
    inner = QVBoxLayout(holder)
    fill(inner, [control, label(hint, "muted", wrap=True)], 2, (0, 0, 0, 0))
    layout.addRow(title, holder)


def say_name(control: QWidget, name: str) -> None:
    """What a reader of the screen says of a control, and of the field in it that takes the keys."""
    part: QWidget | None = control
    while part is not None:
        if part.accessibleName() in ("", part.toolTip()):
            part.setAccessibleName(name)
        part = part.focusProxy()


class PathEdit(QWidget):
    """A file: typed, dropped or chosen. `settled` when it changed."""

    settled = Signal()

    def __init__(self, title: str, kinds: str, *, save: bool = False, text: str = "") -> None:
        super().__init__()
        self._title, self._kinds, self._save = title, kinds, save
        self.line = QLineEdit(text)
        self.line.setPlaceholderText(_("drop a file here, or choose one"))
        self.line.setMinimumWidth(280)
        self.line.editingFinished.connect(self.settled)
        choose = button(_("Choose…"), self._choose, icon="folder-open")
        inner = row(self.line, choose, spacing=8)
        inner.setStretch(0, 1)
        self.setLayout(inner)
        self.setFocusProxy(self.line)

    def _choose(self) -> None:
        ask = QFileDialog.getSaveFileName if self._save else QFileDialog.getOpenFileName
        name, _kind = ask(self, self._title, self.line.text() or settings.start_folder(), self._kinds)
        if name:
            if not self._save:
                settings.remember_folder(Path(name))
            self.set_path(Path(name))

    def set_path(self, path: Path) -> None:
        """Show and tell."""
        self.line.setText(str(path))
        self.settled.emit()

    def path(self) -> Path | None:
        """The file, None if nothing is given."""
        text = self.line.text().strip().strip('"')
        return Path(text) if text else None


class Asked(QWidget):
    """A control and, below it, what is wrong with what stands in it."""

    def __init__(self, control: QWidget) -> None:
        super().__init__()
        self.control = control
        self.wrong = label("", "error", wrap=True)
        self.wrong.hide()
        inner = QVBoxLayout(self)
        fill(inner, [control, self.wrong], 2, (0, 0, 0, 0))
        self.setFocusProxy(control)

    def complain(self, text: str = "") -> None:
        """Say what is wrong; "" takes it away."""
        self.wrong.setText(words.cap(text))
        self.wrong.setVisible(bool(text))
        if bool(self.control.property("invalid")) != bool(text):
            restyle(self.control, invalid=bool(text))


def ask_open(parent: QWidget, title: str, kinds: str) -> Path | None:
    """A file that a person chooses, None if none; the folder is remembered for the next time."""
    name, _kind = QFileDialog.getOpenFileName(parent, title, settings.start_folder(), kinds)
    if not name:
        return None
    settings.remember_folder(Path(name))
    return Path(name)
