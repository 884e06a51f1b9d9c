"""Words for keys that come from the engines, the same in commands, window and sheets. English msgids."""

from __future__ import annotations

from models.notices import N_

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
UNITS = {"months": N_("months")}
RELATIONS = {
    "inside": N_("inside"),
    "overlaps": N_("overlaps"),
    "contains": N_("contains"),
    "touches": N_("touches"),
    "clear": N_("clear"),
}
