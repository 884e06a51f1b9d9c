"""Which field of theirs went into which field of ours the last time for such a file: a small file of the user's.

A file is "such a file" if it is of the same format and has the same columns; nothing of its content is kept.
"""

from __future__ import annotations

import hashlib
import json
import logging
from contextlib import suppress
from pathlib import Path

from app.paths import home
from gis.formats.placing import Raw
from layers.registry import LAYERS

_MOST = 200
_log = logging.getLogger(__name__)


def columns_of(raw: Raw) -> list[str]:
    """Names of the columns, in the order of the file."""
    return list(dict.fromkeys(k for f in raw.features for k in f.fields))


def signature(raw: Raw, layer: str) -> str:
    """What tells such files from others."""
    text = json.dumps([raw.reader.key, layer, sorted(columns_of(raw))], ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:24]


def recall(raw: Raw, layer: str) -> dict[str, str]:
    """{theirs: ours} of the last time, "" for a column that was left out; empty if there was none.

    What does not fit the layer any more is left out: the memory must never be the reason of a refusal.
    """
    kept = _load().get(signature(raw, layer))
    if not isinstance(kept, dict) or layer not in LAYERS:
        return {}
    known = {f.name for f in LAYERS[layer].fields if not f.system} | {""}
    there = set(columns_of(raw))
    return {str(a): str(b) for a, b in kept.items() if a in there and b in known}


def remember(raw: Raw, layer: str, fields: dict[str, str]) -> None:
    """Keep a mapping that was used. A memory that cannot be written is none: the import stands."""
    memory = _load()
    memory.pop(signature(raw, layer), None)
    memory[signature(raw, layer)] = fields
    for old in list(memory)[:-_MOST]:
        del memory[old]
    draft = _file().with_suffix(".part")
    try:
        draft.write_text(json.dumps(memory, ensure_ascii=False), encoding="utf-8", errors="replace")
        draft.replace(_file())
    except OSError as cause:
        _log.info("field mapping not kept: %s", cause)
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def _file() -> Path:
    return home() / "import_fields.json"


def _load() -> dict[str, dict[str, str]]:
    try:
        kept = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}
