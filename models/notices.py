"""Sentences for people, kept as a template and its facts until a front end renders them in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Translate = Callable[[str], str]


def N_(text: str) -> str:
    """Mark an English template for translation; returns it unchanged. The translation test collects these calls."""
    return text


def _same(text: str) -> str:
    return text


class Notice:
    """A warning or a remark: a stable key, an English template with ``{names}``, and the facts that fill it."""

    __slots__ = ("facts", "key", "text")

    def __init__(self, key: str, text: str, **facts: Any) -> None:
        self.key = key
        self.text = text
        self.facts: Mapping[str, Any] = facts

    def render(self, translate: Translate = _same) -> str:
        """The sentence in the language of `translate` (a gettext-like function of the template).

        A fact that is itself a Notice is rendered in the same language.
        """
        facts = {k: v.render(translate) if isinstance(v, Notice) else v for k, v in self.facts.items()}
        return translate(self.text).format(**facts)

    def to_json(self) -> dict[str, Any]:
        """What is stored: key, template and facts, so that a later program can render it in any language."""
        facts = {k: v.to_json() if isinstance(v, Notice) else v for k, v in self.facts.items()}
        return {"key": self.key, "text": self.text, "facts": facts}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Notice:
        """The notice that `to_json` wrote."""
        facts = {
            k: cls.from_json(v) if isinstance(v, Mapping) and {"key", "text", "facts"} <= set(v) else v
            for k, v in data.get("facts", {}).items()
        }
        return cls(data["key"], data["text"], **facts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Notice) and self.to_json() == other.to_json()

    def __hash__(self) -> int:
        return hash(self.key)

    def __repr__(self) -> str:
        return f"Notice({self.key!r}: {self.render()})"
