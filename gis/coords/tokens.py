"""One line of pasted text as numbers with their marks: degrees, hemispheres, axis names. Nothing is judged here."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

from models.errors import Refused
from models.notices import N_

# What NFKC would spoil (″ becomes two ′, º becomes o), and Chinese words that stand for marks.
_BEFORE = str.maketrans({
    "º": "°", "˚": "°", "∘": "°", "度": "°", "′": "'", "’": "'", "‘": "'", "´": "'", "ʹ": "'", "分": "'", "″": '"',
    "”": '"', "“": '"', "ʺ": '"', "秒": '"', "−": "-", "–": "-", "—": "-", "﹣": "-", "－": "-", "、": ",",
    "\ufeff": "", "\u200b": "", "\u200e": "", "\u200f": "",
})  # fmt: skip
_WORDS = (
    ("北纬", " N "), ("南纬", " S "), ("东经", " E "), ("西经", " W "), ("纬°", " lat "), ("经°", " lon "),
    ("纬", " lat "), ("经", " lon "), ("北坐标", " X "), ("纵坐标", " X "), ("东坐标", " Y "), ("横坐标", " Y "),
)  # fmt: skip
# Thousands set apart by thin, narrow or no-break spaces, as this program and typesetters write them.
_THOUSANDS = re.compile(r"(?<=\d)[\u2009\u202f\u2007\u00a0](?=\d{3}(?!\d))")
_COMMAS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?")
_MILLIONS = re.compile(r"[+-]?\d{1,3}(?:,\d{3}){2,}(?:\.\d*)?")
_SPACED = re.compile(r"(?<![\d.])(\d{1,2}) (\d{3}) (\d{3}(?:\.\d+)?)(?![\d.])")
_SPACED_SHORT = re.compile(r"(?<![\d.])(\d{3}) (\d{3}(?:\.\d+)?)(?![\d.])")
_LOST = re.compile(r"\d[eE][+]?\d{1,2}(?!\d)")
_N = r"\d+(?:\.\d*)?|\.\d+"
_TOKEN = re.compile(
    rf"""
    (?P<marked>[+-]?\s*(?:{_N})\s*(?:°|d(?![a-z])|(?i:deg)))
  | (?P<parts>[+-]?\d{{1,3}}(?::\d{{1,2}}){{1,2}}(?:\.\d+)? | [+-]?\d{{1,3}}-\d{{1,2}}-\d{{1,2}}(?:\.\d+)?)
  | (?P<axis>(?i:latitude|longitude|lat|lon|lng|long|northing|easting)(?![A-Za-z])|[NSEWnsew](?![A-Za-z])
        |[XYBLxybl](?:\d{{1,3}}\s*[=:]|(?=\s*[=:]?\s*[+-]?\s*\d)))
  | (?P<number>[+-]?(?:{_N}))
  | (?P<word>[^\W\d_]+\d*)
    """,
    re.VERBOSE,
)
_MINUTES = re.compile(rf"\s*({_N})(?![\d.])\s*(?:'(?!')|m(?![a-z])|(?i:min))?(?!\s*(?:°|d(?![a-z])))")
_SECONDS = re.compile(rf"\s*({_N})(?![\d.])\s*(?:\"|''|s(?![a-z])|(?i:sec))?(?!\s*(?:°|'|d(?![a-z])))")
_AXES = {
    "n": "lat", "s": "lat", "e": "lon", "w": "lon", "lat": "lat", "latitude": "lat", "b": "lat", "lon": "lon",
    "lng": "lon", "long": "lon", "longitude": "lon", "l": "lon", "x": "x", "y": "y", "northing": "x", "easting": "y",
}  # fmt: skip


@dataclass(frozen=True)
class Value:
    """A number; `angle` if it was written as one; `axis` lat, lon, x, y or "" ; `letter` n, s, e, w or ""."""

    value: float
    angle: bool = False
    axis: str = ""
    letter: str = ""
    whole: bool = False
    """True if it was written without a decimal point: the 40 of “40 39 22.1”."""


def plain(text: str) -> str:
    """The text with full-width and typographic signs as ordinary ones."""
    text = _THOUSANDS.sub("", text.translate(_BEFORE))
    for word, mark in _WORDS:
        text = text.replace(word, mark)
    return unicodedata.normalize("NFKC", text)


def without_thousands(line: str) -> str:
    """The line with 4,503,012.31 and 4 503 012.31 as plain numbers, where a number of millions shows the habit.

    Without such a number a comma or a space parts two numbers.
    """
    words = [w.strip(",") for w in re.split(r"[\s;]+", line) if w.strip(",")]
    if any(_MILLIONS.fullmatch(re.sub(r"^[A-Za-z]+\d*[=:]?", "", w)) for w in words):
        line = _COMMAS.sub(lambda m: m[0].replace(",", ""), line)
    spaced = _SPACED.sub(r"\1\2\3", line)
    return _SPACED_SHORT.sub(r"\1\2", spaced) if spaced != line else line


def values(line: str) -> list[Value]:
    """The numbers of a line of `plain` text, in their order.

    Raises Refused where a spreadsheet has cut digits off (3.74E+07), and where minutes or seconds reach 60.
    """
    if lost := _LOST.search(line):
        raise Refused("coords.digits_lost", N_("digits were lost in {found}: it was copied in short form"),
                      advice=N_("widen the column, or format it as a number, and copy again"),
                      found=line[max(0, lost.start() - 6) : lost.end()])  # fmt: skip
    line = without_thousands(line)
    found: list[Value] = []
    waiting = ""  # an axis before its number
    before = True  # axis letters stand before their numbers in this line
    at = 0
    while match := _TOKEN.search(line, at):
        at = match.end()
        if match["axis"]:
            name = re.sub(r"[\d\s=:]", "", match["axis"]).lower()
            if not found:
                before = True
            elif not waiting and len(found) == 1 and not found[0].axis and name in "nsew":
                before = False
            if before:
                waiting = name
            elif found and not found[-1].axis:
                found[-1] = _named(found[-1], name)
            continue
        if match["word"]:
            continue
        if match["number"]:
            value = Value(float(match["number"]), whole="." not in match["number"])
        elif match["parts"]:
            value = _of_parts(match["parts"])
        else:
            value, at = _marked(match["marked"], line, at)
        found.append(_named(value, waiting) if waiting else value)
        waiting = ""
    return found


def _named(value: Value, name: str) -> Value:
    letter = name if name in "nsew" else ""
    sign = -1.0 if letter in ("s", "w") and value.value > 0 else 1.0
    return replace(value, value=value.value * sign, axis=_AXES[name], letter=letter)


def _marked(text: str, line: str, at: int) -> tuple[Value, int]:
    degrees_text = re.sub(r"[^\d.]", "", text)
    negative = text.lstrip().startswith("-")
    minutes = seconds = 0.0
    if "." not in degrees_text and (found := _MINUTES.match(line, at)):
        minutes, at = float(found[1]), found.end()
        if "." not in found[1] and (found := _SECONDS.match(line, at)):
            seconds, at = float(found[1]), found.end()
    return Value(angle_of(float(degrees_text), minutes, seconds, negative=negative), angle=True), at


def _of_parts(text: str) -> Value:
    negative = text.startswith("-")
    parts = [float(p) for p in re.split(r"[:-]", text.lstrip("+-"))]
    return Value(angle_of(*parts, *[0.0] * (3 - len(parts)), negative=negative), angle=True)


def angle_of(degrees: float, minutes: float, seconds: float, *, negative: bool = False) -> float:
    """Decimal degrees. Raises Refused where minutes or seconds reach 60."""
    if minutes >= 60 or seconds >= 60:
        raise Refused("coords.sixty", N_("{minutes:g}′ {seconds:g}″ is no angle: minutes and seconds stay below 60"),
                      minutes=minutes, seconds=seconds)  # fmt: skip
    value = degrees + minutes / 60 + seconds / 3600
    return -value if negative else value
