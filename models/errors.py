"""One root for every error that a person may see: what happened, where, what to do next."""

from __future__ import annotations

from typing import Any

from models.notices import Notice, Translate, _same


class AppError(Exception):
    """Root of the program's errors.

    `key` is stable and for programs ("terrain.no_crs"); `what` and `advice` are English templates marked with N_;
    `where` names the file, row, field or site and is never translated. Raw GDAL or SQLite text goes to the log
    (``raise ... from cause``), not into these.
    """

    def __init__(self, key: str, what: str, *, where: str = "", advice: str = "", **facts: Any) -> None:
        self.key = key
        self.what = Notice(key, what, **facts)
        self.where = where
        self.advice = Notice(key, advice, **facts)
        super().__init__(self.sentence())

    def sentence(self, translate: Translate = _same) -> str:
        """``what; where; what to do``, in the language of `translate`."""
        parts = [self.what.render(translate), self.where, self.advice.render(translate)]
        return translate("; ").join(" ".join(p.split()) for p in parts if p)

    def __str__(self) -> str:
        return self.sentence()

    def __reduce__(self) -> tuple[Any, ...]:
        # Exceptions cross process borders (child readers, workers); keyword-only arguments need this.
        return (_rebuild, (type(self), self.key, self.what.text, self.where, self.advice.text, dict(self.what.facts)))


def _rebuild(cls: type[AppError], key: str, what: str, where: str, advice: str, facts: dict[str, Any]) -> AppError:
    return cls(key, what, where=where, advice=advice, **facts)


class Refused(AppError, ValueError):
    """The input is understood and cannot be used as it is: wrong CRS, bad outline, value out of range."""


class Missing(AppError, LookupError):
    """A site, layer, terrain, file, waste or key that was named does not exist."""


class Unreadable(AppError, OSError):
    """A file cannot be read: damaged, wrong kind, no permission."""


class Unwritable(AppError, OSError):
    """A file or folder cannot be written: no permission, disk full, in use."""


class Cancelled(AppError):
    """The user asked a long job to stop. Nothing of it was kept."""

    def __init__(self) -> None:
        super().__init__("job.cancelled", "cancelled")

    def __reduce__(self) -> tuple[Any, ...]:
        return (Cancelled, ())
