"""Words for keys that come from the engines, the same in commands, window and sheets. English msgids."""

from __future__ import annotations

from collections.abc import Mapping

from app import format as fmt
from models.notices import N_, Translate
from models.terrain import SOURCES

# A verdict is a word and a shape, then a colour (it must survive a black and white print).
MARKS = {"accept": "✔", "assess": "◐", "reject": "✖", "cannot_judge": "?"}
VERDICTS = {
    "accept": N_("acceptable"),
    "assess": N_("needs assessment"),
    "reject": N_("not acceptable"),
    "cannot_judge": N_("cannot judge"),
}
OUTCOMES = {
    "does_not_meet": N_("does not meet"),
    "cannot_judge": N_("cannot judge"),
    "requires": N_("requires"),
    "meets": N_("meets"),
    "not_applicable": N_("not applicable"),
}
# The tags of screening-rules.md section 0; what is recalled is never shown as verified.
CONFIDENCES = {
    "V": N_("verified in the official text"),
    "V*": N_("verified in a secondary source only"),
    "R": N_("recalled, not verified"),
    "U": N_("uncertain, or a practice figure"),
    "D": N_("decision of this program, not from a standard"),
}
SEVERITIES = {"error": N_("error"), "warning": N_("warning")}
CRS_BASES = {"file": N_("as the file says"), "stated": N_("as stated"), "guessed": N_("guessed")}
SPILL_ENDS = {
    "edge": N_("to where the terrain ends"),
    "hollow": N_("into a hollow"),
    "limit": N_("and further"),
}
UNITS = {"months": N_("months")}
RELATIONS = {
    "inside": N_("inside"),
    "overlaps": N_("overlaps"),
    "contains": N_("contains"),
    "touches": N_("touches"),
    "clear": N_("clear"),
}
STANDINGS = {"shipped": N_("shipped"), "mended": N_("mended here"), "own": N_("of this project")}
COMPARATORS = {
    "<=": N_("at most"),
    "<": N_("less than"),
    ">=": N_("at least"),
    ">": N_("more than"),
    "between": N_("from … to, ends included"),
    "inside": N_("from … to, ends excluded"),
    "not_detected": N_("not detectable"),
}
RULE_FIELDS = {
    "title": N_("what it asks"),
    "title_zh": N_("what it asks, in Chinese"),
    "check": N_("what is checked"),
    "consequence": N_("what follows"),
    "parameters": N_("parameter"),
    "medium": N_("measured in"),
    "comparator": N_("comparison"),
    "limit": N_("limit"),
    "unit": N_("unit"),
    "confidence": N_("confidence"),
    "source": N_("source"),
    "clause": N_("clause"),
    "note": N_("note"),
    "words": N_("words"),
    "kinds": N_("kinds of waste"),
    "exempt_kinds": N_("exempt kinds of waste"),
    "missing": N_("when it is missing"),
}
MEDIA = {
    "corrosivity": N_("corrosivity"),
    "solid": N_("the solid itself"),
    "groundwater": N_("groundwater"),
    "soil": N_("soil"),
    "unknown": N_("not stated"),
}
COLUMN_ROLES = {
    "waste": N_("waste"),
    "sample": N_("sample"),
    "date": N_("date"),
    "method": N_("method"),
    "parameter": N_("parameter"),
    "value": N_("value"),
    "unit": N_("unit"),
    "place": N_("place"),
    "lab": N_("laboratory"),
    "cma": N_("CMA mark"),
    "detection_limit": N_("detection limit"),
    "values": N_("values of a sample"),
}
LAYINGS = {
    "mixed": N_("blended into one material"),
    "layers": N_("in layers, bottom first"),
    "zones": N_("in zones side by side"),
}
ASSESSED = {"acceptable": N_("risk acceptable"), "not_acceptable": N_("risk not acceptable")}

PHOTO_STATES = {
    "here": N_("in place"),
    "missing": N_("file missing"),
    "changed": N_("file changed"),
    "outside": N_("path not followed"),
}

CAUSES = {
    "terrain_m3": N_("Terrain heights"),
    "outline_m3": N_("Outline"),
    "reference_m3": N_("Reference surface"),
    "bias_m3": N_("All heights off together"),
    "spanned_m3": N_("Gaps between points"),
    "offset_m3": N_("What noise shifts"),
    "datum_m3": N_("Datum"),
    "model_m3": N_("Model"),
    "density_share": N_("Density"),
}
_LEAST = 0.01


def cause_words(shares: Mapping[str, float], say: Translate, most: int = 5) -> str:
    """The causes by their share, the greatest first, those of a per cent or more; "" where there are none."""
    ranked = sorted(((v, k) for k, v in shares.items() if v >= _LEAST), reverse=True)[:most]
    return say(N_("; ")).join(f"{say(CAUSES.get(k, k))} {fmt.percent(v, 0)}" for v, k in ranked)


_BASES = {
    "stated": N_("stated"),
    "cross-validation": N_("cross-validation"),
    "default": N_("usual for {source}"),
    "edited": N_("edited, for {source}"),
}


def basis_words(basis: str, say: Translate) -> str:
    """Who says the error figures of a terrain: "default:lidar" and the like in words."""
    said = []
    for part in filter(None, basis.split(";")):
        kind, _colon, source = part.partition(":")
        text = say(_BASES.get(kind, part))
        said.append(text.format(source=say(SOURCES.get(source, source))) if source else text)
    return say(N_("; ")).join(said) or say(N_("not stated"))
