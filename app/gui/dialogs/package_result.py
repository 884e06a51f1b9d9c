"""What came of an approval package: files by kind, what could not be made, what is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.gui import words
from app.gui.widgets import Banner, button, column, label, row, scrolled
from app.i18n import _
from app.package.dossier.manifest import ROLES


def result_page(report: Any, show: Callable[[], object]) -> QWidget:
    """The page that takes the place of the questions; `show` opens the folder."""
    inner = QVBoxLayout()
    inner.setSpacing(6)
    head = _("{files} files for {sites} sites").format(files=report.files, sites=len(report.document["sites"]))
    inner.addWidget(label(head, "heading"))
    inner.addLayout(row(label(str(report.path), "secondary", wrap=True, selectable=True)))
    for warning in report.warnings:
        inner.addWidget(Banner("warning", words.cap(warning.render(_))))
    counts = Counter(f["role"] for f in report.document["files"])
    for role, text in ROLES.items():
        if counts[role]:
            inner.addWidget(label(_("{what}: {said}").format(what=words.cap(_(text)), said=counts[role])))
    left = [_("{what}: {said}").format(what=f"{f.site} {f.what}".strip(), said=f.reason.render(_)) for f in report.left]
    _list(inner, _("What could not be made"), left, "error")
    _list(inner, _("What is missing"), report.document["missing"], "secondary")
    inner.addStretch(1)
    holder = QWidget()
    holder.setLayout(inner)
    page = QWidget()
    page.setLayout(column(scrolled(holder), row(button(_("Open the folder"), show, icon="folder-open"), None)))
    return page


def _list(inner: QVBoxLayout, title: str, lines: list[str], role: str) -> None:
    if not lines:
        return
    inner.addSpacing(8)
    inner.addWidget(label(f"{title} ({len(lines)})", "heading"))
    for line in lines:
        inner.addWidget(label(line, role, wrap=True))
