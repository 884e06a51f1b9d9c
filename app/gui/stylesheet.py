"""The style sheet: one quiet look for every control, filled from a theme's table. Lengths are pixels in steps of four."""

from __future__ import annotations

from dataclasses import asdict
from string import Template

from app.gui.theme import BODY_PX, FIGURE_PX, SMALL_PX, TITLE_PX, Theme

_SHEET = Template("""
* { outline: 0; }
QMainWindow, QDialog, #page { background: $window; }
QLabel { color: $text; background: transparent; }
QLabel:disabled { color: $disabled; }
QLabel[role="muted"] { color: $text_3; font-size: ${small}px; }
QLabel[role="secondary"] { color: $text_2; }
QLabel[role="heading"] { color: $text; font-weight: bold; }
QLabel[role="title"] { font-size: ${title}px; font-weight: bold; }
QLabel[role="hero"] { font-size: 28px; font-weight: bold; }
QLabel[role="figure"] { font-size: ${figure}px; font-weight: bold; }
QLabel[role="figure2"] { font-size: ${title}px; font-weight: bold; }
QLabel[role="unit"] { color: $text_2; }
QLabel[role="error"] { color: $danger; font-size: ${small}px; }
QLabel[role="link"] { color: $accent; }
QFrame[role="card"] { background: $surface; border: ${line}px solid $border; border-radius: 8px; }
QFrame[role="inset"] { background: $sunken; border: ${line}px solid $border; border-radius: 6px; }
QFrame[role="panel"] { background: $surface; border: 0; }
QFrame[role="rule"] { background: $border; border: 0; max-height: ${line}px; min-height: ${line}px; }
QFrame[role="vrule"] { background: $border; border: 0; max-width: ${line}px; min-width: ${line}px; }
QFrame[role="toast"] { background: $raised; border: ${line}px solid $border_strong; border-radius: 8px; }
QFrame[tone="warning"] { background: $warning_soft; border: ${line}px solid $warning_soft; border-radius: 6px; }
QFrame[tone="danger"] { background: $danger_soft; border: ${line}px solid $danger_soft; border-radius: 6px; }
QFrame[tone="info"] { background: $info_soft; border: ${line}px solid $info_soft; border-radius: 6px; }
QFrame[tone="ok"] { background: $ok_soft; border: ${line}px solid $ok_soft; border-radius: 6px; }
QFrame[tone="unknown"] { background: $unknown_soft; border: ${line}px solid $unknown_soft; border-radius: 6px; }
QLabel[tone="warning"] { color: $warning; } QLabel[tone="danger"] { color: $danger; }
QLabel[tone="ok"] { color: $ok; } QLabel[tone="info"] { color: $info; } QLabel[tone="unknown"] { color: $unknown; }
QLabel[chip="true"] { background: $unknown_soft; color: $text_2; border-radius: 4px; padding: 1px 6px; font-size: ${small}px; }
QLabel[chip="accent"] { background: $accent_soft; color: $accent; border-radius: 4px; padding: 1px 6px; font-size: ${small}px; }

QMenuBar { background: $surface; border-bottom: ${line}px solid $border; padding: 2px 8px; }
QMenuBar::item { background: transparent; padding: 6px 10px; border-radius: 4px; color: $text; }
QMenuBar::item:selected { background: $hover; } QMenuBar::item:pressed { background: $pressed; }
QMenu { background: $raised; border: ${line}px solid $border_strong; padding: 4px; color: $text; }
QMenu::item { padding: 6px 28px 6px 8px; border-radius: 4px; min-height: ${menuitem}px; }
QMenu::icon { padding-left: 8px; }
QMenu::item:selected { background: $hover; } QMenu::item:disabled { color: $disabled; }
QMenu::separator { height: ${line}px; background: $border; margin: 4px 8px; }
QMenu::indicator { width: 16px; height: 16px; margin-left: 8px; }
QMenu::indicator:checked { image: url(look:check.svg); }
QToolBar { background: $surface; border: 0; border-bottom: ${line}px solid $border; padding: 3px 8px; spacing: 2px; }
QToolBar::separator { background: $border; width: ${line}px; margin: 6px; }
QToolButton { background: transparent; border: ${line}px solid transparent; border-radius: 6px; padding: 0 6px; color: $text;
  min-height: ${inner}px; min-width: 18px; }
QToolButton:hover { background: $hover; } QToolButton:pressed { background: $pressed; }
QToolButton:checked { background: $accent_soft; color: $accent; }
QToolButton:focus { border-color: $accent; }
QToolButton:disabled { color: $disabled; }
QToolButton::menu-indicator { image: none; }
QToolButton[size="small"] { min-height: 22px; padding: 0 3px; border-radius: 4px; }
QToolButton[kind="search"] { border: ${line}px solid $border_strong; color: $text_3; padding: 0 10px; background: $sunken;
  min-height: 24px; text-align: left; }
QToolButton[kind="search"]:hover { border-color: $text_3; background: $hover; }
QToolButton[kind="section"] { font-weight: bold; text-align: left; padding: 0 4px; min-height: 24px; }

QPushButton { background: $surface; border: ${line}px solid $border_strong; border-radius: 6px; padding: 0 14px; color: $text;
  min-height: ${inner}px; }
QPushButton:hover { background: $hover; } QPushButton:pressed { background: $pressed; }
QPushButton:focus { border-color: $accent; }
QPushButton:disabled { color: $disabled; background: $sunken; border-color: $border; }
QPushButton[kind="primary"] { background: $accent; border-color: $accent; color: $on_accent; font-weight: bold; }
QPushButton[kind="primary"]:hover { background: $accent_hover; border-color: $accent_hover; }
QPushButton[kind="primary"]:focus { border-color: $text; }
QPushButton[kind="primary"]:disabled { background: $unknown_soft; border-color: $unknown_soft; color: $disabled; }
QPushButton[kind="quiet"] { background: transparent; border-color: transparent; color: $accent; padding: 0 8px; }
QPushButton[kind="quiet"]:hover { background: $accent_soft; }
QPushButton[kind="quiet"]:focus { border-color: $accent; }
QPushButton[kind="quiet"]:disabled { color: $disabled; }
QPushButton[kind="tile"] { text-align: left; padding: 8px 12px; border-color: $border; border-radius: 8px; min-height: 40px; }
QPushButton[kind="tile"]:hover { border-color: $accent; background: $surface; }
QPushButton[size="small"] { min-height: 22px; padding: 0 8px; border-radius: 4px; }

QLineEdit, QComboBox, QAbstractSpinBox, QPlainTextEdit, QTextEdit { background: $surface; color: $text; border: ${line}px solid $border_strong;
  border-radius: 6px; padding: 0 8px; min-height: ${inner}px; selection-background-color: $accent; selection-color: $on_accent; }
QPlainTextEdit, QTextEdit { padding: 4px; }
QLineEdit:hover, QComboBox:hover, QAbstractSpinBox:hover { border-color: $text_3; }
QLineEdit:focus, QComboBox:focus, QAbstractSpinBox:focus, QPlainTextEdit:focus, QTextEdit:focus { border-color: $accent; }
QLineEdit:disabled, QComboBox:disabled, QAbstractSpinBox:disabled, QPlainTextEdit:disabled { background: $sunken; color: $disabled; border-color: $border; }
QLineEdit[readOnly="true"] { background: $sunken; color: $text_2; border-color: $border; }
QLineEdit[invalid="true"], QComboBox[invalid="true"], QAbstractSpinBox[invalid="true"] { border-color: $danger; background: $danger_soft; }
QComboBox::drop-down { border: 0; width: 24px; subcontrol-position: center right; }
QComboBox::down-arrow { image: url(look:chevron-down.svg); width: 14px; height: 14px; }
QComboBox QAbstractItemView { background: $raised; border: ${line}px solid $border_strong; padding: 4px; selection-background-color: $hover;
  selection-color: $text; outline: 0; }
QComboBox QAbstractItemView::item { min-height: ${inner}px; padding: 0 8px; border-radius: 4px; color: $text; }
QComboBox QAbstractItemView::item:selected, QComboBox QAbstractItemView::item:hover { background: $hover; color: $text; }
QAbstractSpinBox { padding-right: 20px; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { border: 0; width: 20px; background: transparent; subcontrol-origin: border; }
QAbstractSpinBox::up-button { subcontrol-position: top right; height: ${half}px; border-top-right-radius: 6px; }
QAbstractSpinBox::down-button { subcontrol-position: bottom right; height: ${half}px; border-bottom-right-radius: 6px; }
QAbstractSpinBox::up-button:hover, QAbstractSpinBox::down-button:hover { background: $hover; }
QAbstractSpinBox::up-arrow { image: url(look:chevron-up.svg); width: 12px; height: 12px; }
QAbstractSpinBox::down-arrow { image: url(look:chevron-down.svg); width: 12px; height: 12px; }
QDateEdit::drop-down, QDateTimeEdit::drop-down { border: 0; width: 24px; subcontrol-position: center right; }
QDateEdit::down-arrow, QDateTimeEdit::down-arrow { image: url(look:calendar.svg); width: 14px; height: 14px; }

QCheckBox, QRadioButton { spacing: 8px; color: $text; min-height: 24px; background: transparent; }
QCheckBox:disabled, QRadioButton:disabled { color: $disabled; }
QCheckBox::indicator, QTreeView::indicator, QTableView::indicator, QListView::indicator { width: 14px; height: 14px;
  border: ${line}px solid $border_strong; border-radius: 4px; background: $surface; }
QCheckBox::indicator:hover, QTreeView::indicator:hover { border-color: $accent; }
QCheckBox::indicator:checked, QTreeView::indicator:checked, QTableView::indicator:checked, QListView::indicator:checked {
  background: $accent; border-color: $accent; image: url(look:tick.svg); }
QTreeView::indicator:indeterminate { background: $accent_soft; border-color: $accent; }
QCheckBox:focus { color: $accent; }
QRadioButton::indicator { width: 14px; height: 14px; border: ${line}px solid $border_strong; border-radius: 8px; background: $surface; }
QRadioButton::indicator:checked { border: 5px solid $accent; width: 6px; height: 6px; background: $on_accent; }

QTabBar { background: transparent; qproperty-drawBase: 0; }
QTabBar::tab { background: transparent; color: $text_2; padding: 0 12px; min-height: 34px; border: 0; border-bottom: 2px solid transparent; }
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected { color: $accent; border-bottom: 2px solid $accent; font-weight: bold; }
QTabBar::tab:focus { color: $accent; }
QTabBar::tab:disabled { color: $disabled; }
QTabWidget::pane { border: 0; border-top: ${line}px solid $border; }

QTableView, QTreeView, QListView { background: $surface; color: $text; border: 0; gridline-color: transparent;
  selection-background-color: $selection; selection-color: $text; alternate-background-color: $sunken; }
QTableView::item, QListView::item { padding: 0 8px; border: 0; border-bottom: ${line}px solid $chart_grid; }
QTableView::item:selected, QListView::item:selected, QTreeView::item:selected { background: $selection; color: $text; }
QTableView::item:hover, QListView::item:hover, QTreeView::item:hover { background: $hover; }
QTableView::item:selected:hover { background: $selection; }
QHeaderView { background: $sunken; border: 0; }
QHeaderView::section { background: $sunken; color: $text_2; border: 0; border-bottom: ${line}px solid $border; padding: 0 8px; min-height: 28px;
  font-size: ${small}px; }
QHeaderView::section:hover { color: $text; background: $hover; }
QHeaderView::up-arrow { image: url(look:chevron-up.svg); width: 12px; height: 12px; subcontrol-position: center right; right: 4px; }
QHeaderView::down-arrow { image: url(look:chevron-down.svg); width: 12px; height: 12px; subcontrol-position: center right; right: 4px; }
QTableCornerButton::section { background: $sunken; border: 0; }
QTreeView::branch { background: transparent; }
QTreeView::branch:has-children:closed { image: url(look:chevron-right.svg); }
QTreeView::branch:has-children:open { image: url(look:chevron-down.svg); }

QScrollArea { background: transparent; border: 0; }
#scrolled { background: transparent; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: $border_strong; border-radius: 3px; margin: 2px; min-height: 28px; min-width: 28px; }
QScrollBar::handle:hover { background: $text_3; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QAbstractScrollArea::corner { background: transparent; }
QSplitter::handle { background: $border; }
QSplitter::handle:horizontal { width: ${line}px; } QSplitter::handle:vertical { height: ${line}px; }
QSplitter::handle:hover { background: $accent; }
QSlider::groove:horizontal { height: 4px; background: $pressed; border-radius: 2px; }
QSlider::sub-page:horizontal { background: $accent; border-radius: 2px; }
QSlider::handle:horizontal { background: $surface; border: 2px solid $accent; width: 12px; height: 12px; margin: -6px 0; border-radius: 8px; }
QSlider::handle:horizontal:hover { background: $accent_soft; }
QSlider::sub-page:horizontal:disabled { background: $disabled; }
QSlider::handle:horizontal:disabled { border-color: $disabled; }
QProgressBar { background: $pressed; border: 0; border-radius: 2px; min-height: 4px; max-height: 4px; color: transparent; }
QProgressBar::chunk { background: $accent; border-radius: 2px; }
QStatusBar { background: $surface; border-top: ${line}px solid $border; color: $text_2; min-height: 26px; }
QStatusBar QLabel { color: $text_2; font-size: ${small}px; }
QStatusBar::item { border: 0; }
QToolTip { background: $raised; color: $text; border: ${line}px solid $border_strong; padding: 4px 8px; }
QCalendarWidget QAbstractItemView { background: $surface; selection-background-color: $accent; selection-color: $on_accent; }
QCalendarWidget QWidget#qt_calendar_navigationbar { background: $sunken; }
""")


def stylesheet(t: Theme) -> str:
    """The style sheet of a theme."""
    inner = t.control - 2 * t.line
    sizes = {"body": BODY_PX, "small": SMALL_PX, "title": TITLE_PX, "figure": FIGURE_PX}
    return _SHEET.substitute(asdict(t) | sizes, inner=inner, half=t.control // 2, menuitem=max(20, t.control - 12))
