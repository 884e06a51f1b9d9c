"""Kinds of control area of which there are none, as an office stated: an empty layer says nothing, a statement does."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Absence:
    """Who stated, when (ISO date) and by which document, that the project's region has no area of this kind."""

    kind: str
    source: str
    stated_by: str
    stated_on: str

    @property
    def note(self) -> str:
        """Document, who and when, in one line."""
        return ", ".join(t for t in (self.source, self.stated_by, self.stated_on) if t)
