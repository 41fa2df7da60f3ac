"""What stops raw scans on their way to a study, and how far they had come."""

from __future__ import annotations

from zoo.errors import StudyError
from zoo.types import PreparationView


class PreparationError(StudyError):
    """Raw scans can't be made a study. view: how far they had come, if there is something to see."""

    def __init__(self, message: str, view: PreparationView | None = None) -> None:
        super().__init__(message)
        self.view = view


def view_of(error: Exception) -> PreparationView | None:
    """How far raw scans had come when an error stopped them, if it is one of theirs."""
    return error.view if isinstance(error, PreparationError) else None
