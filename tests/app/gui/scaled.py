"""The window at another scale of the screen, in a process of its own: Qt reads QT_SCALE_FACTOR once.

``python -m tests.app.gui.scaled PROJECT WIDTH HEIGHT PICTURE`` prints what is cut off, and the size, as JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main(project: str, width: str, height: str, picture: str) -> None:
    """Open the project in a window of that many pixels of the screen."""
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    from app.gui.main_window import MainWindow
    from app.gui.session import Session
    from app.gui.theme import apply_theme
    from app.i18n import set_language
    from tests.app.gui.test_screens import cut_texts, outside

    set_language("zh_CN")
    app = QApplication([])
    apply_theme("light")
    session = Session()
    window = MainWindow(session)
    ratio = window.devicePixelRatioF()
    window.resize(int(int(width) / ratio), int(int(height) / ratio))
    window.show()
    found = {"start": cut_texts(window)}
    session.open(Path(project))
    session.select_site("SK-001")
    for tab in ("fields", "capacity", "screening"):
        window.workspace.inspector.show_tab(tab)
        for _time in range(200):
            QTest.qWait(100)
            if not session.tasks.running(quiet=True):
                break
        QTest.qWait(400)
        found[tab] = cut_texts(window) + outside(window)
    image = window.grab().toImage()
    image.save(picture)
    size = [image.width(), image.height()]
    window.close()
    session.shutdown()
    sys.stdout.write(json.dumps({"ratio": ratio, "size": size, "found": found}) + "\n")
    app.processEvents()


if __name__ == "__main__":
    main(*sys.argv[1:])
