"""DXF drawings: one version, a text style with Chinese, layers by their words, no clock in the bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from io import StringIO
from typing import Any

from gis.drawings.writing import add_style, fit, new_document

TEXT_STYLE = "HUITIAN"
RED, BLUE, BLACK, GREY = 1, 5, 7, 8

_DATES = re.compile(r"(\$TDU?(?:CREATE|UPDATE)\r?\n *40\r?\n)[^\r\n]+")
_BAD = str.maketrans(dict.fromkeys('<>/\\":;?*|=`,', "_"))
_MOST_CHARACTERS = 240
"""Of a text: what DXF of any version holds in one group."""


@contextmanager
def new_drawing() -> Iterator[Any]:
    """An empty drawing in metres with the text style. To be filled and written in the block."""
    import ezdxf

    before = ezdxf.options.write_fixed_meta_data_for_testing
    ezdxf.options.write_fixed_meta_data_for_testing = True  # ids are fixed, dates put right by `drawing_bytes`
    try:
        document = new_document()
        add_style(document, TEXT_STYLE)
        yield document
    finally:
        ezdxf.options.write_fixed_meta_data_for_testing = before


def drawing_bytes(document: Any, stamp: datetime) -> bytes:
    """The file. The same drawing and stamp give the same bytes."""
    for kind in sorted(document.entitydb.dxf_types_in_use()):  # ezdxf would take them as a set gives them
        document.classes.add_class(kind)
    out = StringIO()
    document.write(out)
    julian = f"{stamp.timestamp() / 86400.0 + 2440587.5:.9f}"
    return _DATES.sub(rf"\g<1>{julian}", out.getvalue()).encode(document.output_encoding, "dxfreplace")


def add_layers(document: Any, wanted: Mapping[Any, tuple[str, int]]) -> dict[Any, str]:
    """The layers' names by the keys of `wanted` (words, colour number); words that name the same share a layer."""
    made = {}
    for key, (words, colour) in wanted.items():
        name = fit(words.translate(_BAD)).strip() or "0"
        made[key] = name
        if name not in document.layers:
            document.layers.add(name, color=colour)
    return made


def add_text(
    space: Any, text: str, place: tuple[float, float], high: float, layer: str, *, align: str = "LEFT",
    style: str = TEXT_STYLE,
) -> None:  # fmt: skip
    """A text of one line; `align` as ezdxf names it (LEFT, TOP_LEFT, BOTTOM_RIGHT, MIDDLE_CENTER …)."""
    from ezdxf.enums import TextEntityAlignment

    words = fit(text[:_MOST_CHARACTERS])
    made = space.add_text(words, height=high, dxfattribs={"layer": layer, "style": style})
    if style != TEXT_STYLE:
        made.dxf.width = space.doc.styles.get(style).dxf.width
    made.set_placement(place, align=TextEntityAlignment[align])
