"""What the command line's library says of wrong usage, in the reader's language: it speaks English only."""

from __future__ import annotations

import re

from models.notices import N_, Translate

# Patterns of typer's messages (0.29), each with our msgid; named groups are its placeholders.
_WHOLE: tuple[tuple[str, str], ...] = (
    (r"Missing (argument|option) '(?P<name>.+)'\.", N_("{name} is missing")),
    (r"No such option: (?P<name>\S+) \(Possible options: (?P<near>.+)\)",
     N_("no such option: {name}; there are {near}")),
    (r"No such option: (?P<name>\S+) Did you mean (?P<near>.+)\?", N_("no such option: {name}; did you mean {near}?")),
    (r"No such option: (?P<name>\S+)", N_("no such option: {name}")),
    (r"No such command '(?P<name>.+)'\. Did you mean '(?P<near>.+)'\?",
     N_("no such command: {name}; did you mean {near}?")),
    (r"No such command '(?P<name>.+)'\.", N_("no such command: {name}; --help lists them")),
    (r"Option '(?P<name>.+)' requires an argument\.", N_("{name} needs a value")),
    (r"Option '(?P<name>.+)' does not take a value\.", N_("{name} takes no value")),
    (r"Got unexpected extra argument(s|\(s\))? \((?P<name>.+)\)", N_("one thing too many: {name}")),
    (r"Invalid value for '?(?P<name>[^:']+)'?: (?P<reason>.+)", N_("{name}: {reason}")),
    (r"Invalid value: (?P<reason>.+)", "{reason}"),
)  # fmt: skip
_REASONS: tuple[tuple[str, str], ...] = (
    (r"Input should be a valid number.*", N_("this is no number")),
    (r"Input should be a valid integer.*", N_("this is no whole number")),
    (r"Input should be greater than or equal to (?P<limit>\S+)", N_("it must be at least {limit}")),
    (r"Input should be less than or equal to (?P<limit>\S+)", N_("it must be at most {limit}")),
    (r"(Value error, )?'(?P<name>.+)' is not one of (?P<known>.+?)\.?", N_("“{name}” is none of {known}")),
    (r"(Value error, )?'(?P<name>.+)' does not match the formats? '%Y-%m-%d'\.?",
     N_("“{name}” is no date like 2026-05-01")),
)  # fmt: skip


def usage_words(message: str, say: Translate) -> str:
    """A message of the library in our words; what is not known stays as it is."""
    found = _said(_WHOLE, message, say)
    return message if found is None else found


def _said(table: tuple[tuple[str, str], ...], message: str, say: Translate) -> str | None:
    for pattern, text in table:
        if (match := re.fullmatch(pattern, message)) is not None:
            facts = match.groupdict()
            if "reason" in facts:
                facts["reason"] = _said(_REASONS, facts["reason"], say) or facts["reason"]
            return say(text).format(**facts)
    return None
