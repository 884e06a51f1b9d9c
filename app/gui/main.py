"""Start of the window: the window first, the numeric libraries afterwards."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from PySide6.QtCore import QLibraryInfo, QLocale, QTimer, QTranslator
from PySide6.QtWidgets import QApplication

from app import __version__
from app.gui import settings
from app.gui.garbage import Garbage
from app.gui.main_window import MainWindow
from app.gui.qt_words import QtGaps
from app.gui.session import Session
from app.gui.theme import apply_theme
from app.i18n import _, current_language, set_language


class Shell:
    """Keeps session and window together; builds the window again when the language changes."""

    def __init__(self) -> None:
        self.session = Session()
        self._garbage = Garbage(self.session)
        self.window: MainWindow | None = None
        self._qt_words: QTranslator | None = None
        self._qt_gaps = QtGaps(self.session)
        QApplication.instance().installTranslator(self._qt_gaps)
        self.build()

    def build(self) -> None:
        """A window in the language of the settings, in the place of the old one."""
        old = self.window
        if old is not None:
            old.save_state()  # under the language in which it was: widths of columns are kept for each
            old.care.let_go()
        set_language(settings.language())
        QApplication.setApplicationDisplayName(_("Huitian"))  # Qt puts it behind titles that lack it
        self._translate_qt()
        self.window = MainWindow(self.session, lambda: QTimer.singleShot(0, self.build))
        self.window.appear()
        if old is not None:  # only now: the application ends with its last window
            old.close()
            old.deleteLater()

    def _translate_qt(self) -> None:
        """Qt's own dialogs in the same language."""
        app = QApplication.instance()
        if self._qt_words is not None:
            app.removeTranslator(self._qt_words)
        self._qt_words = QTranslator()
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if self._qt_words.load(QLocale(settings.language()), "qtbase", "_", folder):
            app.installTranslator(self._qt_words)
        app.removeTranslator(self._qt_gaps)
        app.installTranslator(self._qt_gaps)  # asked first: one of Qt's own words is wrong
        self._qt_gaps.on = current_language() == "zh_CN"

    def shutdown(self) -> None:
        """Leave no thread and no open file."""
        if self.window is not None:
            self.window.close()
            self.window.deleteLater()
            self.window = None
        QApplication.instance().removeTranslator(self._qt_gaps)
        self.session.shutdown()
        self._garbage.end()


# Qt fills every larger shape in several threads of its own: handing a hundred rows to another processor and waiting
# for it takes longer than filling them, and the map is drawn in threads anyway. Read by Qt at its first picture.
os.environ.setdefault("QT_NO_GUI_THREADPOOL", "1")
SWITCH_S = 0.001
"""How long Python lets one thread work before another may (its default is 5 ms): the window waits for the threads that
draw and compute at each of its own steps, and a drag is many steps."""


def make_application() -> QApplication:
    """The one QApplication, with name, font and theme."""
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)  # noqa: S101 - we make it
    sys.setswitchinterval(SWITCH_S)
    app.setApplicationName("Huitian")
    app.setApplicationVersion(__version__)
    app.setQuitOnLastWindowClosed(True)
    apply_theme(str(settings.value("theme", "system")))
    return app


def run(project_path: Path | None = None) -> int:
    """Show the window, with a project if one is named; returns the exit code."""
    for name in ("PROJ_LIB", "PROJ_DATA", "GDAL_DATA", "GDAL_DRIVER_PATH"):  # of other programs; they break ours
        os.environ.pop(name, None)
    app = make_application()
    set_language(settings.language())
    shell = Shell()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if project_path is not None:
        QTimer.singleShot(0, lambda: shell.session.open_soon(Path(project_path)))
    try:
        return app.exec()
    finally:
        shell.shutdown()
