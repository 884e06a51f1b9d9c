"""The story: an outline comes in, is corrected, split, filled to a level, cut by a section, screened and printed.

Nothing is called inside the program: keys and pointer go in, pictures and the project file come out.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import shapely
from PIL import Image

from app.project import Project
from tests.story import place
from tests.story.screen import Failure, Hands, changed, has_colour, largest_of_colour

ACCENT = (0x0F, 0x76, 0x6E)
RED = (0xB4, 0x23, 0x18)
_FILLED_RGB, _NEAR = (158, 198, 230), 14  # chart_fill of the light theme, as it lies on the grid
_EXACT_M = 0.0005
_SAME_SHARE = 0.01
_GRID_M2 = 0.1  # the ends of the cut go to the grid of 1 mm, along its 80 m


class Walk:
    """One run on one display with one project."""

    def __init__(self, hands: Hands, project: Path, outline: Path, say: Callable[[str], None]) -> None:
        self.hands, self.project, self.outline, self.say = hands, project, outline, say
        self.folder = project.parent

    def run(self) -> None:
        """All steps; Failure at the first that cannot be seen from outside."""
        for step in (self.opened, self.imports, self.corrects, self.splits, self.levels, self.cuts_section,
                     self.screens, self.prints, self.undoes):  # fmt: skip
            begun = time.monotonic()
            said = step()
            shot = self.hands.shot(step.__name__)
            self.say(f"{step.__name__}: {said} ({time.monotonic() - begun:.1f} s, {shot.name})")

    # From outside

    def ask(self, question: Callable[[Any], Any]) -> Any:
        """An answer of the project file, which the program holds open: read-only."""
        with Project.open(self.project, read_only=True) as project:
            return question(project.store)

    def outlines(self) -> dict[str, shapely.MultiPolygon]:
        """Outlines of the sand pits by code."""

        def read(store: Any) -> dict[str, shapely.MultiPolygon]:
            table = store.table("sand_pits")
            return {
                str(c): table.row(int(f))["geometry"] for c, f in zip(table.column("code"), table.fids, strict=True)
            }

        found: dict[str, shapely.MultiPolygon] = self.ask(read)
        return found

    def on_screen(self, x: float, y: float) -> tuple[float, float]:
        """Where a place of the ground lies on the screen: the ring of the red line tells."""
        left, top, right, bottom = largest_of_colour(self.hands.settled(), RED, 40)
        west, south, east, north = place.RED_LINE
        scale = (right - left) / (east - west)
        return left + scale * (x - west), (top + bottom) / 2 - scale * (y - (north + south) / 2)

    def click_at(self, where: tuple[float, float]) -> None:
        """Click a place of the ground."""
        self.hands.click(*self.on_screen(*where))

    def differs(self, before: Image.Image, least: int = 200) -> Callable[[], bool]:
        """Whether at least so many pixels have changed since a picture."""

        def true() -> bool:
            return changed(self.hands.look(), before) >= least

        return true

    @staticmethod
    def inspector(picture: Image.Image) -> tuple[int, int, int, int]:
        """Where the inspector's lower part is."""
        return round(picture.width * 0.74), round(picture.height * 0.38), picture.width, picture.height

    # Steps

    def opened(self) -> str:
        """The map is drawn: the red line is to be seen once all is shown."""
        hands = self.hands
        hands.until("a window", lambda: any("p.gpkg" in t for t in hands.windows()), 60)
        hands.settled()
        hands.key("F7")  # more room for the map

        def seen() -> bool:
            hands.key("ctrl+0")
            try:
                left, _top, right, _bottom = largest_of_colour(hands.settled(), RED, 40)
            except Failure:
                return False
            return right - left > 250

        hands.until("the map with its red line", seen, 60)
        return "the map shows all of the project"

    def imports(self) -> str:
        """Ctrl+I, the file's name, Enter to look, Enter to take."""
        hands = self.hands
        before = len(hands.windows())
        hands.key("ctrl+i")
        hands.until("the import dialog", lambda: len(hands.windows()) > before)
        hands.settled()
        hands.write(str(self.outline))
        hands.key("Return")
        hands.until("an open button", lambda: has_colour(hands.look(), ACCENT, 2000))
        hands.shot("import_dialog")
        hands.key("Return")
        hands.until("the imported outline", lambda: place.PIT in self.outlines())
        hands.until("the closed dialog", lambda: len(hands.windows()) == before)
        area = self.outlines()[place.PIT].area
        return f"{place.PIT} is in the file with {area:.0f} m²"

    def corrects(self) -> str:
        """Two corners dragged near those of the neighbour land on them exactly."""
        hands = self.hands
        self.click_at((place.X + 60, place.Y - 60))
        hands.key("e")
        hands.settled()
        for wrong, right in zip(place.WRONG, place.CORNERS, strict=True):
            x, y = self.on_screen(*right)
            hands.drag(self.on_screen(*wrong), (x - 3, y + 2))  # near; snapping does the rest
            goal = shapely.Point(right)
            hands.until(
                f"the corner at {right}",
                lambda goal=goal: min(goal.distance(shapely.Point(p)) for p in self.ring()) < _EXACT_M,
            )
        overlap = self.outlines()[place.PIT].intersection(self.outlines()["SK-001"]).area
        if overlap > _EXACT_M:
            raise Failure(f"the corrected outline covers {overlap:.3f} m² of its neighbour")
        return "two corners lie on the neighbour's to the millimetre"

    def ring(self) -> list[tuple[float, float]]:
        """Vertices of the pit."""
        return [(p[0], p[1]) for p in self.outlines()[place.PIT].geoms[0].exterior.coords]

    def splits(self) -> str:
        """A line from above to below the outline; the larger piece keeps the code."""
        hands, whole = self.hands, self.outlines()[place.PIT]
        hands.key("x")
        for end in place.CUT:
            self.click_at(end)
        hands.key("Return")
        hands.until("the second piece", lambda: len(self.outlines()) == 3)
        pieces = self.outlines()
        (new,) = set(pieces) - {place.PIT, "SK-001"}
        sum_m2 = pieces[place.PIT].area + pieces[new].area
        if abs(sum_m2 - whole.area) > _GRID_M2 or pieces[new].area > pieces[place.PIT].area:
            raise Failure(f"pieces of {pieces[place.PIT].area} and {pieces[new].area} m² of {whole.area} m²")
        return f"{place.PIT} {pieces[place.PIT].area:.0f} m² + {new} {pieces[new].area:.0f} m² = {whole.area:.0f} m²"

    def levels(self) -> str:
        """The pit chosen, the level moved by keys and by the wheel over the map; what is shown is stored."""
        hands = self.hands
        hands.key("v")
        self.click_at((place.X + 60, place.Y - 60))
        hands.key("F9")
        before = hands.settled()
        hands.key("alt+Prior", times=2)
        hands.until("another picture after keys", self.differs(before))
        before = hands.settled()
        x, y = self.on_screen(place.X + 60, place.Y - 60)
        hands.wheel_with("alt", x, y, -8)
        hands.until("another picture after the wheel", self.differs(before))
        hands.shot("live_level")
        picture = hands.settled()
        left, top, *_end = self.inspector(picture)
        box = largest_of_colour(picture.crop(self.inspector(picture)), ACCENT)
        hands.click(left + (box[0] + box[2]) / 2, top + (box[1] + box[3]) / 2)
        hands.until("the stored estimate", lambda: bool(self.ask(lambda s: s.estimates([place.PIT]))))
        kept = self.ask(lambda s: s.estimates([place.PIT]))[0]
        level, fill = kept.reference.parameters.get("level_m"), kept.fill_m3
        if level is None:
            raise Failure(f"a level was shown, the surface {kept.reference.key} was stored")
        own = place.fill_below(self.outlines()[place.PIT], level)
        if abs(fill - own) > _SAME_SHARE * own:
            raise Failure(f"{fill:.1f} m³ stored, {own:.1f} m³ are below {level} m")
        return f"{fill:.0f} m³ below {level} m are in the file; cell by cell they are {own:.0f} m³"

    def cuts_section(self) -> str:
        """A line over the map; the section is drawn with its fill."""
        hands = self.hands
        hands.key("c")
        before = hands.settled()
        for end in place.ACROSS:
            self.click_at(end)
        hands.key("Return")
        hands.until("the section", self.differs(before, 2000))
        picture = hands.settled()
        box = largest_of_colour(picture.crop(self.inspector(picture)), _FILLED_RGB, _NEAR)
        wide, high = box[2] - box[0], box[3] - box[1]
        if wide < picture.width // 12 or high < picture.height // 12:
            raise Failure(f"the fill of the section is only {wide} × {high} pixels large")
        return f"the fill of the section is {wide} × {high} pixels large"

    def screens(self) -> str:
        """F4; the verdict is in the file."""
        hands = self.hands
        hands.key("v", "F4")
        hands.until("the verdict", lambda: bool(self.ask(lambda s: s.screenings(site=place.PIT))))
        verdict = self.ask(lambda s: s.screenings(site=place.PIT))[0]
        return f"{verdict.waste} for {verdict.site}: {verdict.verdict}, {len(verdict.findings)} findings"

    def prints(self) -> str:
        """Ctrl+P, Enter; the PDF has the code in its text."""
        hands = self.hands
        before = len(hands.windows())
        hands.key("ctrl+p")
        hands.until("the sheet dialog", lambda: len(hands.windows()) > before)
        hands.until("an open button", lambda: has_colour(hands.look(), ACCENT, 2000))
        hands.shot("sheet_dialog")
        hands.key("Return")  # under the name that the dialog offers, beside the project
        hands.until("the PDF", lambda: bool(self.pdfs()), 60)
        pdf = self.pdfs()[0]
        text = text_of(pdf)
        for word in (place.PIT, "一日之工"):
            if word not in text:
                raise Failure(f"{word} is not in the text of {pdf}: {text[:300]}")
        hands.key("Escape")
        hands.until("the closed dialog", lambda: len(hands.windows()) == before)
        return f"{pdf.stat().st_size // 1024} KiB with {place.PIT} in its text"

    def pdfs(self) -> list[Path]:
        """Sheets of the pit beside the project; what they are called after it is said in the window's language."""
        return sorted(self.folder.glob(f"{place.PIT}-*.pdf"))

    def undoes(self) -> str:
        """Ctrl+Z, step by step, until the project is as it was."""
        hands = self.hands

        def back() -> bool:
            hands.key("ctrl+z")
            hands.settled()
            return set(self.outlines()) == {"SK-001"}

        hands.until("the state before the import", back, 60)
        return "all steps are taken back"


def text_of(pdf: Path) -> str:
    """All words of a PDF, without spaces."""
    done = subprocess.run(["pdftotext", str(pdf), "-"], check=True, capture_output=True)
    return "".join(done.stdout.decode("utf8").split())
