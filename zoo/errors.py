"""What can go wrong, as one small family: every message says what was expected, what was found, what to do."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path


class ZooError(Exception):
    """Base of every error that this project raises on purpose; its text can be shown to a user as it is."""


class StudyError(ZooError):
    """The scans can't be read, or can't be one study."""


class SeveralGridsError(StudyError):
    """The scans lie on grids of their own, as a scanner leaves them."""


class SeveralStudiesError(StudyError):
    """The scans are of several studies: whoever can grades each by itself.

    studies: the source of each by its name. passed_over: scans that belong to none, as a user would name them.
    """

    def __init__(
        self, message: str, studies: Mapping[str, Path | Sequence[Path]] | None = None, passed_over: Sequence[str] = ()
    ) -> None:
        super().__init__(message)
        self.studies = studies or {}
        self.passed_over = passed_over


class WeightsError(ZooError):
    """The weights are missing, damaged, or belong to another model."""


class PluginError(ZooError):
    """A plugin can't be loaded, or failed, hung or ran out of memory at work."""


class Refused(ZooError):
    """The study is readable, but this model must not grade it."""


class Cancelled(ZooError):
    """The user asked to stop."""


def expect_one_of(choices: Collection[str], value: str, what: str) -> str:
    """Return `value` if it is one of `choices`. Raises a `ValueError` that lists them for any other."""
    if value not in choices:
        raise ValueError(f"{what}: expected one of {', '.join(choices)}; found {value!r}.")
    return value
