"""Promises about how an explainer goes about it: what it leaves alone, what it tells, and that it stops."""

from __future__ import annotations

from zoo.conformance.explainer.specimen import ExplainerSpecimen
from zoo.conformance.specimen import Broken
from zoo.errors import Cancelled
from zoo.types import Progress


def question_is_left_alone(specimen: ExplainerSpecimen) -> None:
    for answer in specimen.answers:
        if answer.changed:
            changed = ", ".join(answer.changed)
            raise Broken(
                f"Expected the question as it was after explaining {answer.model.id}, found {changed} changed: work on "
                "x.clone(), and remove your hooks."
            )


def progress_is_told(specimen: ExplainerSpecimen) -> None:
    for answer in specimen.answers:
        if not answer.progress:
            raise Broken("Expected at least one call of progress(fraction, text), found none: tell what it begins.")
        for fraction, text in answer.progress:
            if not 0 <= fraction <= 1 or not isinstance(text, str) or not text.strip():
                raise Broken(
                    f"Expected a fraction from 0 to 1 and a text in progress, found {fraction!r} and {text!r}: divide "
                    "by how many steps there are, and say what it is doing."
                )


def cancel_is_obeyed(specimen: ExplainerSpecimen) -> None:
    """Expect `Cancelled` to end an explainer, at its first and at its last call of progress."""
    for calls in dict.fromkeys((1, len(specimen.answers[0].progress))):
        error = _end_of(specimen, _CancelAt(calls))
        if not isinstance(error, Cancelled):
            outcome = f"{type(error).__name__}: {error}" if error else "that it went on"
            raise Broken(
                f"Expected Cancelled to end it when progress raises it at call {calls}, found {outcome}: let it pass "
                "through, and catch only what you expect."
            )


def _end_of(specimen: ExplainerSpecimen, progress: Progress) -> Exception | None:
    """What ended it, if it did not go on to its answer."""
    try:
        specimen.spec.explain(specimen.question(specimen.models[0]), progress)
    except Exception as error:
        return error
    return None


class _CancelAt:
    """A progress that raises `Cancelled` at the given call, and at all later ones."""

    def __init__(self, call: int) -> None:
        self.left = call

    def __call__(self, fraction: float, text: str) -> None:
        self.left -= 1
        if self.left <= 0:
            raise Cancelled("Cancelled.")
