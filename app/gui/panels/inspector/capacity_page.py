"""What the capacity tab is made of and how it stands; what happens in it: capacity_tab.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from app.gui.panels.inspector.capacity_choices import CapacityChoices
from app.gui.panels.inspector.capacity_foot import CapacityFoot
from app.gui.panels.inspector.capacity_live import LiveLevel
from app.gui.panels.inspector.capacity_result import CapacityResult
from app.gui.widgets import EmptyState, button, column, rule, scrolled
from app.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.gui.session import Session


class CapacityPage(QWidget):
    """Controls above, figures below, the button that keeps them at the foot; another page while there is no terrain.

    `depth` carries depths for the map (None takes them away), `act` the key of a command of the table.
    """

    depth = Signal(object)
    act = Signal(str)
    PARTS = (CapacityChoices, CapacityResult)
    """What it consists of; whoever has time makes them before and hands them over."""

    def __init__(
        self, session: Session, keep: Callable[[], object], parent: QWidget | None = None,
        choices: CapacityChoices | None = None, result: CapacityResult | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.session = session
        self.choices, self.result = choices or CapacityChoices(), result or CapacityResult()
        self.problem = QVBoxLayout()
        self.foot = CapacityFoot(session, keep)
        self.state, self.keep = self.foot.state, self.foot.keep
        body = QWidget()
        inner = QVBoxLayout(body)
        inner.setContentsMargins(16, 12, 16, 12)
        inner.setSpacing(10)
        page = QWidget()
        page.setLayout(column(scrolled(body), rule(), self.foot, spacing=0))
        self._stack = QStackedLayout(self)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._stack.addWidget(page)
        # Filled when it is in its place: Qt styles all that is in a widget again whenever that gets another parent.
        inner.addWidget(self.choices)
        inner.addLayout(self.problem)
        inner.addWidget(self.result, 100)
        inner.addStretch(1)
        self._stack.addWidget(
            EmptyState(
                "mountain",
                _("No terrain yet"),
                _("A volume needs the shape of the ground: add a DEM, survey points, contours or point clouds."),
                button(_("Add terrain…"), lambda: self.act.emit("terrain_add"), kind="primary", icon="mountain"),
            )
        )
        self.live = LiveLevel(session, self.choices, self.result, self)
        self.live.depth.connect(self.depth)
        self.choices.rim_wanted.connect(lambda: self.act.emit("rim_edit"))
        self.result.parts.errors_wanted.connect(lambda: self.act.emit("error_figures"))
        self.result.checks.earthwork_wanted.connect(lambda: self.act.emit("earthwork"))
