"""What a layer type declares: its table, geometry, fields, style and the words of its legend."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from layers.style import LayerStyle

FieldKind = Literal["text", "integer", "real", "boolean", "date", "datetime"]
GeometryKind = Literal["MULTIPOLYGON", "MULTILINESTRING", "POINT"]


@dataclass(frozen=True)
class Choice:
    """One allowed value of a field: what is stored, and its English label (a gettext msgid)."""

    value: str
    label: str


@dataclass(frozen=True)
class Field:
    """A column. `label` is the English msgid; `unit` is shown beside the value; limits are inclusive.

    `system` fields (uid, created_at, updated_at) are kept by the program and never edited by hand.
    """

    name: str
    kind: FieldKind
    label: str
    unit: str = ""
    required: bool = False
    unique: bool = False
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[Choice, ...] = ()
    system: bool = False
    aliases: tuple[str, ...] = ()
    """Other names under which foreign files carry this field (Chinese headings, shapefile short names)."""


@dataclass(frozen=True)
class LayerType:
    """A feature layer of the project file. `key` is the table's name; `label` the English msgid of one feature's kind.

    `role`: "site" can be estimated and screened; "control" is a line that a site must respect; "reference" is neither.
    `code_prefix` numbers features without a code (``SK-001``).
    """

    key: str
    label: str
    plural: str
    geometry: GeometryKind
    role: Literal["site", "control", "reference"]
    code_prefix: str
    fields: tuple[Field, ...]
    style: LayerStyle
    style_by: str = ""
    """A field whose value picks the style from `styles`; "" draws all with `style`."""
    styles: dict[str, LayerStyle] = field(default_factory=dict)
    fills: bool = True
    """For sites: True for a hole to be filled, False for a heap above its base."""

    def field_named(self, name: str) -> Field | None:
        """The declared field of that name, or None."""
        return next((f for f in self.fields if f.name == name), None)

    def style_of(self, value: str | None) -> LayerStyle:
        """The style of a feature whose `style_by` field has this value."""
        return self.styles.get(value or "", self.style)
