"""What a kind of sheet is: what is drawn, what stands in the column, and at which scales."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SheetKind:
    """A template: what is drawn on the map, in drawing order, and what stands in the column. A kind is one file."""

    key: str
    number: str
    titles: dict[str, str]
    heap_titles: dict[str, str]
    """Titles for stockpiles, where they differ."""
    map: tuple[str, ...]
    column: tuple[str, ...]
    scales: tuple[int, ...] = ()
    """Scales of this kind, where they are not those of all sheets."""
    body: str = "map"
    """What stands in the sheet's large place: a map, sections, or the stage–capacity chart."""
    scope: str = "site"
    """A sheet of one site, or of the whole project."""
    extent: str = "site"
    """What a map shows: the site, the site among its neighbours, or all sites."""
    margin: float | None = None
    """mm from what is shown to the edge of the map, where it is not that of all sheets."""

    def title(self, language: str, *, fills: bool = True) -> str:
        """The sheet's kind in a language; `fills` False for a heap."""
        titles = self.titles if fills else self.heap_titles or self.titles
        return titles.get(language) or titles["en"]
