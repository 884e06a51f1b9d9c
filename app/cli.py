"""The command line: every command, its errors and exit codes (DESIGN.md section 5)."""

from __future__ import annotations

import errno
import logging
import signal
import sys
from typing import Annotated

import typer

from app import __version__
from app.commands import (
    absences,
    assess,
    basemap,
    care,
    copies,
    data,
    deliver,
    figures,
    history,
    importing,
    judge,
    keeping,
    matrix,
    methods,
    package,
    photos,
    project,
    recipe,
    section,
    shifts,
)
from app.commands.common import remark
from app.i18n import LANGUAGES, _, set_language, system_language
from app.paths import log_file
from app.project import Project
from app.usage import usage_words
from models.errors import AppError, Cancelled, Unwritable
from models.notices import N_, Notice

_SYSTEM = {
    errno.EACCES: N_("no permission"),
    errno.EPERM: N_("no permission"),
    errno.EROFS: N_("the disk is read-only"),
    errno.ENOSPC: N_("the disk is full"),
    errno.EDQUOT: N_("the disk is full"),
    errno.ENOENT: N_("there is no such file or folder"),
    errno.EEXIST: N_("a file is in the way"),
    errno.ENOTDIR: N_("a part of the path is a file, not a folder"),
    errno.EISDIR: N_("this is a folder, not a file"),
    errno.ENAMETOOLONG: N_("the name is too long"),
}
DONE, FAILED, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130

cli = typer.Typer(
    name="huitian",
    help="Huitian: backfilling pits with clean waste; volumes, verdicts and approval sheets, offline.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
ROOMS = (
    project,
    care,
    importing,
    data,
    basemap,
    shifts,
    figures,
    methods,
    section,
    judge,
    assess,
    absences,
    recipe,
    matrix,
    deliver,
    package,
    history,
    copies,
    keeping,
    photos,
)
for room in ROOMS:
    room.register(cli)


@cli.callback()
def _language(
    lang: Annotated[str | None, typer.Option("--lang", metavar="zh_CN|en", help="language of messages")] = None,
) -> None:
    if lang is not None and lang not in LANGUAGES:
        raise typer.BadParameter(_("known languages: {known}").format(known=", ".join(LANGUAGES)), param_hint="--lang")
    set_language(lang or system_language())


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns its exit code. Never shows a traceback: that goes to the log."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    set_language(system_language())
    Project.on_notice = _notice
    _log_to_file()
    if arguments is None:  # a process of our own: being ended tidies up as Ctrl+C does
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    for argument in sys.argv[1:] if arguments is None else arguments:
        if not argument.isascii() and any("\ud800" <= c <= "\udfff" for c in argument):
            text = _("{name} is not written in UTF-8; rename the file or folder")
            return _refuse(text.format(name=argument.encode("utf8", "replace").decode("utf8")), FAILED)
    try:
        outcome = cli(args=arguments, standalone_mode=False)
    except AppError as error:
        return _refuse(error.sentence(_), INTERRUPTED if isinstance(error, Cancelled) else FAILED)
    except (typer.Abort, KeyboardInterrupt):
        outcome = INTERRUPTED
    except BrokenPipeError:  # the reader of our output went away, as with | head
        sys.stderr.close()
        return FAILED
    except OSError as error:
        logging.getLogger("huitian").exception("the system refused")
        return _refuse(_refused_by_system(error).sentence(_), FAILED)
    except Exception as error:
        if hasattr(error, "format_message"):  # typer carries a click of its own, whose classes it does not export
            return _wrong_usage(error.format_message())
        logging.getLogger("huitian").exception("unexpected")
        text = _("something unexpected went wrong; the project is as it was; the details are in {log}")
        return _refuse(text.format(log=log_file()), FAILED)
    if outcome == INTERRUPTED:  # typer keeps a Ctrl+C to itself and hands back only its code
        return _refuse(_("interrupted; nothing half done was kept"), INTERRUPTED)
    return outcome if isinstance(outcome, int) else DONE


def _notice(notice: Notice) -> None:
    remark(notice.render(_))


def _refused_by_system(error: OSError) -> Unwritable:
    """What the operating system said, in our words: a safety net below the verbs, which know more."""
    return Unwritable(
        "system.refused",
        _SYSTEM.get(error.errno or 0, N_("the system could not do it")),
        where=str(error.filename or ""),
        advice=N_("check the path, its permissions and the room on the disk"),
    )


def _wrong_usage(message: str) -> int:
    if "\n" in message:  # no arguments at all: the message is the help
        sys.stderr.write(message + "\n")
        return WRONG_USAGE
    return _refuse(usage_words(message, _), WRONG_USAGE)


def _refuse(text: str, code: int) -> int:
    sys.stderr.write(f"error: {' '.join(text.split())}\n")
    return code


def _log_to_file() -> None:
    """Library messages go to the log file; a folder that cannot be written is no reason to stop."""
    try:
        handler: logging.Handler = logging.FileHandler(log_file(), encoding="utf8", delay=True)
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(logging.Formatter(f"%(asctime)s {__version__} %(name)s %(levelname)s %(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.captureWarnings(capture=True)


def main_gui() -> int:
    """The entry point of the windowed program."""
    return main(["gui", *sys.argv[1:]])
