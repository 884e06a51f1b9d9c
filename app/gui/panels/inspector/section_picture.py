"""A section as a picture for reports: PNG or SVG, in the light colours whatever the screen shows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator

from app.gui.charts import Chart
from app.gui.panels.inspector.section_drawing import section_drawing, section_facts
from app.gui.theme import BODY_PX, SMALL_PX, colour, font, in_theme, theme
from app.i18n import _
from models.errors import Refused, Unwritable
from models.notices import N_

if TYPE_CHECKING:
    from app.verbs.section import SiteSection

KINDS = {".png": "PNG (*.png)", ".svg": "SVG (*.svg)"}
WIDTH, HEIGHT = 1200, 560
_SCALE = 2
_MARGIN = 16


def write_picture(answer: SiteSection, exaggeration: float | None, path: Path) -> None:
    """Chart, title and facts. Raises Refused for another ending than .png or .svg, Unwritable."""
    kind = path.suffix.lower()
    if kind not in KINDS:
        raise Refused("picture.suffix", N_("a picture is a PNG or SVG file"), where=str(path),
                      advice=N_("name it {name}"), name=f"{path.stem}.png")  # fmt: skip
    with in_theme("light"):
        if kind == ".png":
            image = QImage(WIDTH * _SCALE, HEIGHT * _SCALE, QImage.Format.Format_RGB32)
            image.fill(Qt.GlobalColor.white)
            image.setDevicePixelRatio(_SCALE)
            image.setDotsPerMeterX(round(96 * _SCALE / 0.0254))
            image.setDotsPerMeterY(round(96 * _SCALE / 0.0254))
            _paint(QPainter(image), answer, exaggeration)
            done = image.save(str(path))
        else:
            svg = QSvgGenerator()
            svg.setFileName(str(path))
            svg.setSize(QSize(WIDTH, HEIGHT))
            svg.setViewBox(QRectF(0, 0, WIDTH, HEIGHT))
            svg.setTitle(_title(answer))
            painter = QPainter()
            done = painter.begin(svg)
            if done:
                _paint(painter, answer, exaggeration)
    if not done:
        raise Unwritable("picture.unwritable", N_("the picture could not be written"), where=str(path),
                         advice=N_("check the folder and the room on the disk"))  # fmt: skip


def _title(answer: SiteSection) -> str:
    return _("Section of {code}").format(code=answer.site) if answer.site else _("Section")


def _paint(p: QPainter, answer: SiteSection, exaggeration: float | None) -> None:
    """Title above, chart, facts below; ends the painter."""
    head = QFontMetrics(font(BODY_PX, bold=True)).height() + 6
    facts = QFontMetrics(font(SMALL_PX)).height() * 2 + 4
    chart = Chart(least_height=100)
    chart.resize(WIDTH - 2 * _MARGIN, HEIGHT - 2 * _MARGIN - head - facts)
    drawing = section_drawing(answer, exaggeration)
    chart.show_drawing(None if drawing is None else replace(drawing, readout=None))
    p.fillRect(QRectF(0, 0, WIDTH, HEIGHT), colour(theme().surface))
    p.setFont(font(BODY_PX, bold=True))
    p.setPen(colour(theme().text))
    p.drawText(QRectF(_MARGIN, _MARGIN, WIDTH - 2 * _MARGIN, head), int(Qt.AlignmentFlag.AlignLeft), _title(answer))
    p.save()
    p.translate(_MARGIN, _MARGIN + head)
    chart.paint_on(p)
    p.restore()
    p.setFont(font(SMALL_PX))
    p.setPen(colour(theme().text_2))
    below = QRectF(_MARGIN, HEIGHT - _MARGIN - facts, WIDTH - 2 * _MARGIN, facts)
    flags = int(Qt.AlignmentFlag.AlignLeft) | int(Qt.TextFlag.TextWordWrap)
    p.drawText(below, flags, section_facts(answer, exaggeration or chart.exaggeration()))
    p.end()
    chart.deleteLater()
