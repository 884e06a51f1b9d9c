"""Approval sheets: the page itself beside what can be chosen; one sheet, an atlas, or a file for each selected site."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app import format as fmt
from app.gui import words
from app.gui.dialogs.base import PathEdit, Sheet, add_row, form
from app.gui.dialogs.sheet_choices import (
    FORMS,
    SCALES,
    basemap_choices,
    choices,
    every_code,
    selected_codes,
    sentence,
    shows_ground,
)
from app.gui.dialogs.sheet_page import PageView
from app.gui.widgets import Combo, button, fill, label, row, tool
from app.i18n import LANGUAGE_NAMES, LANGUAGES, _, current_language
from layers.registry import LAYERS

if TYPE_CHECKING:
    from app.gui.session import Session
    from app.gui.tasks import Task

_WAIT_MS = 250
_PANEL_PX = 392


class SheetDialog(Sheet):
    """Kind, paper, scale, middle, language; the preview is drawn anew when one changes, in the background."""

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent, _("Approval sheet"), width=900)
        from app.package.layout import papers
        from app.package.surroundings import Kept

        self.session = session
        self.selected = selected_codes(session)
        self.every = every_code(session)
        self.centre: tuple[float, float] | None = None
        self.found: Any = None
        self.page = 0
        self._kept = Kept()
        self._task: Task | None = None
        self._asked = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_WAIT_MS)
        self._timer.timeout.connect(self._draw)
        self._controls(papers())
        self._lay_out()
        self.foot(_("Write"), self.take, icon="printer")
        for combo in (self.kind, self.paper, self.orientation, self.scale, self.language, self.what):
            combo.currentIndexChanged.connect(lambda _i: self._changed())
        self.basemap.currentIndexChanged.connect(self._again)
        self.form.currentIndexChanged.connect(lambda _i: self._name())
        self.view.moved.connect(self._moved)
        session.changed.connect(self._again)
        self._name()
        self._changed()

    def _controls(self, known_papers: tuple[str, ...]) -> None:
        from app.package.template import kind_names, sheet_kind

        layer = self.session.selection[0]
        fills = layer not in LAYERS or LAYERS[layer].fills
        kinds = [sheet_kind(k) for k in (*kind_names("site"), *kind_names("project"))]
        self.kind = Combo([(k.key, k.title(current_language(), fills=fills)) for k in kinds])
        self.kind.choose("backfill_design")
        self.what = Combo(choices(self.selected, self.every))
        self.paper = Combo([(p, p) for p in known_papers])
        self.paper.choose("A3")
        self.orientation = Combo([("landscape", _("Landscape")), ("portrait", _("Portrait"))])
        self.basemap = Combo(basemap_choices(self.session))
        self.scale = Combo([(s, f"1:{fmt.number(s, 0)}" if s else _("the largest that fits")) for s in SCALES])
        self.language = Combo([(k, LANGUAGE_NAMES[k]) for k in LANGUAGES])
        self.form = Combo([(k, _(v)) for k, v in FORMS.items()])
        self.dpi = Combo([(300, "300 dpi"), (600, "600 dpi")])
        self.out = PathEdit(
            _("Approval sheet"), "PDF, PNG, SVG, GeoTIFF, DXF (*.pdf *.png *.svg *.tif *.dxf)", save=True
        )
        self.out.line.setMinimumWidth(120)
        self.view = PageView()
        self.facts = label("", "secondary", wrap=True)
        self.warnings = label("", "secondary", wrap=True)
        self.middle = button(_("Back to the site's middle"), self._recentre, icon="scan-search")
        self.before = tool("arrow-left", _("Previous page"), lambda: self._turn(-1))
        self.after = tool("arrow-right", _("Next page"), lambda: self._turn(1))
        self.whole = tool("maximize", _("Whole page"), self.view.fit)

    def _lay_out(self) -> None:
        lines = form()
        add_row(lines, _("Kind of sheet"), self.kind)
        add_row(lines, _("For"), self.what)
        add_row(lines, _("Paper"), self.paper)
        add_row(lines, _("Orientation"), self.orientation)
        add_row(lines, _("Scale"), self.scale)
        add_row(lines, _("Under the map"), self.basemap)
        add_row(lines, _("Language"), self.language)
        add_row(lines, _("Format"), self.form)
        add_row(lines, _("Resolution"), self.dpi)
        add_row(lines, _("File"), self.out)
        side = QWidget()
        side.setFixedWidth(_PANEL_PX)
        column = QVBoxLayout(side)
        fill(column, [], 10, (0, 0, 0, 0))
        column.addLayout(lines)
        column.addWidget(self.middle)
        column.addWidget(self.warnings)
        column.addStretch(1)
        below = row(self.before, self.facts, self.after, self.whole, spacing=8)
        below.setStretch(1, 1)
        right = QVBoxLayout()
        fill(right, [], 6, (0, 0, 0, 0))
        right.addWidget(self.view, 1)
        right.addLayout(below)
        body = QHBoxLayout()
        fill(body, [], 16, (0, 0, 0, 0))
        body.addWidget(side)
        body.addLayout(right, 1)
        self.content.addLayout(body, 1)
        screen = self.screen().availableGeometry()
        self.resize(min(1320, screen.width() - 40), min(820, screen.height() - 80))

    # -- what is asked for

    def _of_project(self) -> bool:
        from app.package.template import sheet_kind

        return sheet_kind(str(self.kind.currentData())).scope == "project"

    def _what(self) -> tuple[str, str]:
        """("one", code), or "atlas" or "each" with "selected" or "all"."""
        mode, _bar, which = str(self.what.currentData() or "one|").partition("|")
        return mode, which

    def _codes(self) -> list[str]:
        """The sites that are asked for."""
        mode, which = self._what()
        return [which] if mode == "one" and which else self.every if which == "all" else self.selected

    def options(self) -> dict[str, Any]:
        """What the verbs take."""
        return {
            "kind": str(self.kind.currentData()), "paper": str(self.paper.currentData()),
            "orientation": str(self.orientation.currentData()), "scale": int(self.scale.currentData()) or None,
            "language": str(self.language.currentData()), "dpi": int(self.dpi.currentData()),
            "basemap": str(self.basemap.currentData() or "") if self.basemap.isEnabled() else "",
        }  # fmt: skip

    def _name(self) -> None:
        """A name for the file where the user has not chosen the folder."""
        suffix, kind = str(self.form.currentData()), _of_file(self.kind.currentText())
        now = self.out.path()
        folder = now.parent if now is not None else self.session.project.path.parent if self.session.project else Path()
        mode = self._what()[0]
        self.dpi.setEnabled(suffix in {".png", ".tif"})
        if self._of_project():
            name = f"{kind}{suffix}"
        elif mode == "each":
            name = ""
        else:
            code = (self._codes() or [""])[0] if mode == "one" else _("atlas")
            name = f"{_of_file(code)}-{kind}" if code else kind
            name += suffix if mode == "one" else ".pdf"
        self.out.line.setText(str(folder / name) if name else str(folder))

    # -- the preview

    def _changed(self) -> None:
        self.centre = None
        if self._what()[0] == "atlas" and not self._of_project():
            self.form.choose(".pdf")
        self.what.setEnabled(not self._of_project())
        self.basemap.setEnabled(shows_ground(str(self.kind.currentData())))
        self._name()
        self._again()

    def _again(self, *_args: object) -> None:
        """Draw it anew in a moment: several changes make one drawing."""
        self._timer.start()

    def _recentre(self) -> None:
        self.centre = None
        self._again()

    def _moved(self, dx: float, dy: float) -> None:
        """The map was dragged by so many mm on paper: its middle moves the other way."""
        if self.found is None or not self.found.scale:
            return
        metres = self.found.scale / 1000.0
        x, y = self.found.centre
        self.centre = (x - dx * metres, y + dy * metres)
        self._again()

    def _draw(self) -> None:
        project = self.session.project
        codes = self._codes()
        if project is None or (not codes and not self._of_project()):
            self.view.clear(_("Import or draw a site first: a sheet shows one."))
            self.main.setEnabled(False)
            return
        if self._task is not None:
            self._task.cancel()
        self._asked += 1
        asked, options, centre, kept = self._asked, self.options(), self.centre, self._kept
        code = "" if self._of_project() else codes[0]
        self.view.say(_("drawing…"))

        def work(watch: Any) -> Any:
            from app.package.preview import preview_sheet
            from app.package.sheet import SheetRequest

            request = SheetRequest(code, centre=centre, **options)
            return preview_sheet(project, request, kept=kept, watch=watch)

        def done(found: Any) -> None:
            if asked == self._asked:
                self._arrived(found)

        def failed(error: Exception) -> None:
            if asked == self._asked:
                self.found = None
                self.view.clear(sentence(error))
                self.facts.setText("")
                self.warnings.setText("")
                for part in (self.main, self.middle, self.before, self.after):
                    part.setEnabled(False)

        title = _("Preview of {code}").format(code=code or _("the project"))
        self._task = self.session.tasks.submit(title, work, done, failed, quiet=True)

    def _arrived(self, found: Any) -> None:
        self.found, self.page = found, min(self.page, len(found.pages) - 1)
        self._show_page()
        said = [sentence(found.problem)] if found.problem else []
        said += [words.cap(w.render(_)) for w in found.warnings]
        self.warnings.setText("\n".join(f"• {t}" for t in said))
        self.main.setEnabled(found.problem is None)
        self.middle.setVisible(found.map_mm is not None)
        self.middle.setEnabled(self.centre is not None)

    def _show_page(self) -> None:
        found, many = self.found, len(self.found.pages)
        self.view.show_page(found.pages[self.page], found.size_mm, found.map_mm if self.page == 0 else None)
        facts = [_("page {page} of {pages}").format(page=self.page + 1, pages=many)]
        if found.scale:
            facts.append(f"1:{fmt.number(found.scale, 0)}")
        if found.map_mm is not None and self.page == 0:
            facts.append(_("drag the map to move it, turn the wheel to look closer"))
        self.facts.setText("   ".join(facts))
        self.before.setEnabled(self.page > 0)
        self.after.setEnabled(self.page < many - 1)

    def _turn(self, by: int) -> None:
        if self.found is not None and 0 <= self.page + by < len(self.found.pages):
            self.page += by
            self._show_page()

    # -- writing

    def take(self) -> None:
        """Write it in the background; the dialog stays for the next one."""
        out, session, codes = self.out.path(), self.session, self._codes()
        if out is None:
            self.problem(_("Say where the sheet goes."))
            return
        mode = "one" if self._of_project() else self._what()[0]
        project, options, centre, suffix = session.project, self.options(), self.centre, str(self.form.currentData())
        code = "" if self._of_project() else codes[0]
        window = self.parentWidget()
        self.problem(None)

        def work(watch: Any) -> Any:
            from app.verbs import sheets

            if mode == "one":
                return sheets.make_site_sheet(project, code, out, centre=centre, watch=watch, **options)
            request = sheets.SheetRequest("", **options)
            if mode == "atlas":
                return sheets.make_atlas_of(project, codes, out, request, watch=watch)
            return sheets.make_each(project, codes, out, request, suffix=suffix, watch=watch)

        def done(report: Any) -> None:
            text = _("{name} made").format(name=Path(report.path).name)
            advice = [f"{c}: {e.what.render(_)}" for c, e in getattr(report, "refused", ())]
            if mode == "one":
                advice += [words.cap(w.render(_)) for w in report.warnings]

            def show() -> None:
                QDesktopServices.openUrl(QUrl.fromLocalFile(str(report.path)))

            tone = "warning" if mode != "one" and advice else "ok"
            window.toasts.show(tone, text, advice="\n".join(advice[:6]), act=(_("Open"), show))

        def failed(error: Exception) -> None:
            self.problem(error)

        title = (
            _("Sheet of {code}").format(code=code) if mode == "one" else _("Sheets of {n} sites").format(n=len(codes))
        )
        session.tasks.submit(title, work, done, failed)

    def done(self, result: int) -> None:
        """Closing stops the preview, not what is being written."""
        self._timer.stop()
        if self._task is not None:
            self._task.cancel()
        super().done(result)


def _of_file(text: str) -> str:
    """What a file can be called after a text."""
    return "".join(c if c.isalnum() or c in "._-" else "_" for c in text)
