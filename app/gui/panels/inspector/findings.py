"""One finding of a screening as a card."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel

from app import format as fmt
from app.gui import words
from app.gui.icons import verdict_pixmap
from app.gui.widgets import chip, column, label, row
from app.i18n import _
from models.screening import Finding


class FindingCard(QFrame):
    """One finding: what was compared, with which limit, from which clause, how sure the limit is."""

    def __init__(self, finding: Finding) -> None:
        super().__init__()
        self.setProperty("role", "inset")
        mark = QLabel()
        mark.setPixmap(verdict_pixmap(finding.outcome, 14))
        mark.setFixedWidth(16)
        mark.setAlignment(Qt.AlignmentFlag.AlignTop)
        title = words.cap(_(finding.title)) if finding.title else finding.rule
        sure = chip(finding.confidence, words.cap(words.from_key(words.CONFIDENCES, finding.confidence)))
        head = row(mark, label(title, "heading", wrap=True), sure, spacing=8)
        head.setStretch(1, 1)
        head.setAlignment(sure, Qt.AlignmentFlag.AlignTop)
        parts: list[Any] = [head, label(_message(finding, title), "secondary", wrap=True, selectable=True)]
        compared = _compared(finding)
        if compared:
            parts.append(label(compared, wrap=True, selectable=True))
        source = " ".join(_(t) for t in (finding.document, finding.clause) if t)
        sample = _("sample {sample}").format(sample=finding.sample) if finding.sample else ""
        foot = "  ·  ".join(t for t in (source, sample, finding.rule) if t)
        parts.append(label(foot, "muted", wrap=True, selectable=True))
        self.setLayout(column(*parts, spacing=3, margins=(10, 8, 10, 8)))


def _message(f: Finding, title: str) -> str:
    """The finding's sentence without its subject, which stands above it as the heading."""
    text = f.message.render(_)
    if text.casefold().startswith(title.casefold()):
        text = text[len(title) :].lstrip(" :：,，") or text
    return words.cap(text)


_COMPARATORS = {"<=": "≤", ">=": "≥", "==": "=", "!=": "≠", "between": "", "in": "", "": ""}
_NO_UNIT = {"", "-", "1", None}


def _compared(f: Finding) -> str:
    """``48.3 mg/L, limit ≤ 15 mg/L``, where numbers were compared."""
    if not isinstance(f.value, (int, float)) and not isinstance(f.limit, (int, float)):
        return ""
    unit = "" if f.unit in _NO_UNIT else f" {f.unit}"

    def said(value: float | str | None) -> str:
        return f"{value:.6g}{unit}" if isinstance(value, (int, float)) else f"{str(value).replace('-', '–')}{unit}"

    value = _("no value") if f.value is None else said(f.value)
    if f.limit is None:
        return value
    sign = _COMPARATORS.get(f.comparator or "", f.comparator or "")
    text = _("{value}, limit {limit}").format(value=value, limit=f"{sign} {said(f.limit)}".strip())
    return f"{text}  ·  {margin_text(f.margin, in_range=isinstance(f.limit, str))}" if f.margin is not None else text


def margin_text(margin: float, *, in_range: bool = False) -> str:
    """``30 % to the limit``, ``at the limit``, ``23 % over``: a share of the limit, or of half the width of a range."""
    if margin == 0:
        return _("at the limit")
    share = fmt.percent(abs(margin), 0 if abs(margin) >= 0.01 else 1)
    if in_range:
        text = _("inside by {share} of half the range") if margin > 0 else _("outside by {share} of half the range")
        return text.format(share=share)
    return _("{share} to the limit").format(share=share) if margin > 0 else _("{share} over").format(share=share)
