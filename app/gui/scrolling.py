"""Pages that scroll, as high as what stands on them."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from app.gui.basics import column
from app.i18n import _

_SETTLE_MS = 60


def scrolled(body: QWidget) -> QScrollArea:
    """A page that scrolls up and down only."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setAccessibleName(_("page that scrolls"))
    page = _Page()
    page.setObjectName("scrolled")
    body.setObjectName("scrolled")
    area.setWidget(page)
    page.layout().addWidget(body)
    return area


class _Page(QWidget):
    """Holds what scrolls, as high as it is at this width.

    A wrapped text asks for the height that it has in a narrow column: a page with many of them would end in an empty
    stretch. Its true height is known when the layouts in it have told each other of a change, one after the other:
    until then the page keeps the height asked for, in which nothing is squeezed.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setLayout(column(spacing=0))
        self._settled = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SETTLE_MS)
        self._timer.timeout.connect(self._settle)

    def minimumSizeHint(self) -> QSize:
        least = super().minimumSizeHint()
        around = self.parentWidget()
        if self._settled and around is not None and self.layout().hasHeightForWidth():
            least.setHeight(self.layout().totalHeightForWidth(max(around.width(), least.width())))
        return least

    def event(self, event: QEvent) -> bool:
        used = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._settled = False
            self._timer.start()
            self._tell()
        return used

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._timer.start()

    def _settle(self) -> None:
        self._settled = True
        self._tell()

    def _tell(self) -> None:
        """The area looks at once: until it hears of a change by itself, what came in would be painted squeezed."""
        around = self.parentWidget()
        if around is not None and around.parentWidget() is not None:
            QCoreApplication.sendEvent(around.parentWidget(), QEvent(QEvent.Type.LayoutRequest))
