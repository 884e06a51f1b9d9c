"""The tables of colours: light, dark, and high contrast for sunlight. Everything that is drawn takes them from here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PySide6.QtCore import QDir, QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from models.notices import N_
from resources import resource_path

FAMILY = "Noto Sans SC"
BODY_PX, SMALL_PX, TITLE_PX, FIGURE_PX = 13, 12, 16, 26


@dataclass(frozen=True)
class Theme:
    """One look. `*_soft` are grounds under text of the same name; `chart_*` are lines and areas of charts."""

    key: str
    dark: bool
    window: str
    surface: str
    raised: str
    sunken: str
    hover: str
    pressed: str
    border: str
    border_strong: str
    text: str
    text_2: str
    text_3: str
    disabled: str
    accent: str
    accent_hover: str
    accent_soft: str
    on_accent: str
    selection: str
    ok: str
    ok_soft: str
    warning: str
    warning_soft: str
    danger: str
    danger_soft: str
    info: str
    info_soft: str
    unknown: str
    unknown_soft: str
    chart_ground: str
    chart_ground_fill: str
    chart_reference: str
    chart_fill: str
    chart_cut: str
    chart_grid: str
    control: int = 32
    line: int = 1


LIGHT = Theme(
    key="light", dark=False, window="#F2F4F6", surface="#FFFFFF", raised="#FFFFFF", sunken="#F7F8FA", hover="#EEF1F4",
    pressed="#E2E6EB", border="#E1E5EA", border_strong="#CBD2DA", text="#16202B", text_2="#47535F", text_3="#626E7A",
    disabled="#A3ACB6", accent="#0F766E", accent_hover="#0B5F59", accent_soft="#DFF1EF", on_accent="#FFFFFF",
    selection="#D5ECE9", ok="#067647", ok_soft="#E3F5EB", warning="#A6540A", warning_soft="#FDF0DF", danger="#B42318",
    danger_soft="#FDE9E7", info="#175CD3", info_soft="#E6EFFC", unknown="#56616D", unknown_soft="#ECEFF2",
    chart_ground="#7A5C3A", chart_ground_fill="#EADFCF", chart_reference="#0F766E", chart_fill="#7DB3DE",
    chart_cut="#D98880", chart_grid="#E7EAEE",
)  # fmt: skip
DARK = Theme(
    key="dark", dark=True, window="#14181C", surface="#1B2025", raised="#242A31", sunken="#171B20", hover="#272E35",
    pressed="#303840", border="#2B323A", border_strong="#404953", text="#E8ECF0", text_2="#B3BDC7", text_3="#8E99A5",
    disabled="#5E6873", accent="#2BB3A5", accent_hover="#45C8BA", accent_soft="#123B38", on_accent="#04211E",
    selection="#17433F", ok="#5BC793", ok_soft="#15352A", warning="#EBA552", warning_soft="#3A2A16", danger="#F38278",
    danger_soft="#42201E", info="#7FB0F5", info_soft="#1B2E4A", unknown="#A3AEB9", unknown_soft="#2A3138",
    chart_ground="#C6A57C", chart_ground_fill="#3A3229", chart_reference="#2BB3A5", chart_fill="#4F8DBF",
    chart_cut="#B8645C", chart_grid="#2A3138",
)  # fmt: skip
CONTRAST = Theme(
    key="contrast", dark=False, window="#FFFFFF", surface="#FFFFFF", raised="#FFFFFF", sunken="#FFFFFF",
    hover="#DCE6E5", pressed="#BFD3D1", border="#000000", border_strong="#000000", text="#000000", text_2="#000000",
    text_3="#1C1C1C", disabled="#6B6B6B", accent="#004F49", accent_hover="#003733", accent_soft="#CBE7E4",
    on_accent="#FFFFFF", selection="#A9D8D3", ok="#00522F", ok_soft="#D4F0E1", warning="#6E3500",
    warning_soft="#FFE8C9", danger="#8A0F06", danger_soft="#FFDCD8", info="#003B98", info_soft="#DCE9FF",
    unknown="#2B2B2B", unknown_soft="#E4E4E4", chart_ground="#4A2F10", chart_ground_fill="#DCC7A6",
    chart_reference="#004F49", chart_fill="#3D8CCB", chart_cut="#C0392B", chart_grid="#B5B5B5", control=44, line=2,
)  # fmt: skip
THEME_NAMES = {
    "system": N_("Like the desktop"),
    "light": N_("Light"),
    "dark": N_("Dark"),
    "contrast": N_("High contrast (sunlight)"),
}
"""What people choose among; "system" follows the desktop."""
THEMES = {t.key: t for t in (LIGHT, DARK, CONTRAST)}


class _Current(QObject):
    changed = Signal()


_signals: _Current | None = None
_theme = LIGHT


def theme() -> Theme:
    """The theme in use."""
    return _theme


def theme_signals() -> _Current:
    """An object whose `changed` tells that another theme is in use."""
    global _signals  # noqa: PLW0603 - made with the first window, after the application
    if _signals is None:
        _signals = _Current()
    return _signals


def system_theme() -> str:
    """The theme that fits the desktop: dark or light."""
    scheme = QGuiApplication.styleHints().colorScheme()
    return "dark" if scheme == Qt.ColorScheme.Dark else "light"


def load_fonts() -> None:
    """Register the bundled font once."""
    if FAMILY not in QFontDatabase.families():
        for name in ("NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf"):
            QFontDatabase.addApplicationFont(str(resource_path("fonts", name)))


def font(px: int = BODY_PX, *, bold: bool = False) -> QFont:
    """The program's font."""
    made = QFont(FAMILY)
    made.setPixelSize(px)
    made.setBold(bold)
    return made


def colour(text: str, opacity: float = 1.0) -> QColor:
    """A colour of "#RRGGBB" with an opacity 0..1."""
    made = QColor(text)
    made.setAlphaF(opacity)
    return made


def palette_of(t: Theme) -> QPalette:
    """Qt's palette for the parts that a style sheet does not reach."""
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    p = QPalette()
    for where, what in {
        role.Window: t.window, role.WindowText: t.text, role.Base: t.surface, role.AlternateBase: t.sunken,
        role.Text: t.text, role.Button: t.surface, role.ButtonText: t.text, role.BrightText: t.danger,
        role.Highlight: t.selection, role.HighlightedText: t.text, role.ToolTipBase: t.raised, role.ToolTipText: t.text,
        role.PlaceholderText: t.text_3, role.Link: t.accent, role.LinkVisited: t.accent, role.Accent: t.accent,
        role.Light: t.surface, role.Midlight: t.hover, role.Mid: t.border, role.Dark: t.border_strong,
        role.Shadow: t.border_strong,
    }.items():  # fmt: skip
        p.setColor(where, QColor(what))
    for where in (role.WindowText, role.Text, role.ButtonText):
        p.setColor(group.Disabled, where, QColor(t.disabled))
    return p


@contextmanager
def in_theme(key: str) -> Iterator[None]:
    """Draw in another theme for a while: what is saved is for paper, whatever the screen shows."""
    global _theme  # noqa: PLW0603 - one look per process
    before, _theme = _theme, THEMES[key]
    try:
        yield
    finally:
        _theme = before


def apply_theme(key: str) -> None:
    """Put a theme on the whole application; "system" follows the desktop."""
    global _theme  # noqa: PLW0603 - one look per process
    from app.gui.stylesheet import stylesheet

    app = QApplication.instance()
    assert isinstance(app, QApplication)  # noqa: S101 - themes come after the application
    load_fonts()
    _theme = THEMES.get(system_theme() if key == "system" else key, LIGHT)
    if app.style().name().lower() != "fusion":
        app.setStyle("Fusion")
    if app.font() != font():  # each of these four goes through every widget
        app.setFont(font())
    app.setPalette(palette_of(_theme))
    QDir.setSearchPaths("look", [str(resource_path("icons", "look", _theme.key))])
    app.setStyleSheet(stylesheet(_theme))
    theme_signals().changed.emit()
