"""How long each step of a task took."""

from __future__ import annotations

from itertools import pairwise


class StepTimes:
    """The steps of one task in their order, each with when it began, in seconds of a clock."""

    def __init__(self) -> None:
        self._began: dict[str, float] = {}

    def before(self, step: str, now: float) -> list[tuple[str, int]]:
        """Note that a step is at work, and return those done that took a second at least, with their seconds."""
        self._began.setdefault(step, now)
        taken = [(name, int(end - begin)) for (name, begin), (_, end) in pairwise(self._began.items())]
        return [(name, seconds) for name, seconds in taken if seconds]
