"""A contract: promises that are checked one after the other, and what comes of each."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from zoo.conformance.specimen import Broken, NotApplicable, seeded

NOT_THE_AUTHORS = ("zoo", "torch", "captum")  # packages between whose frames the author's own code lies


@dataclass(frozen=True)
class Promise:
    """One line of a contract. foundation: when it is broken, nothing after it can be checked."""

    text: str
    check: Callable[[Any], None]
    foundation: bool = False


@dataclass(frozen=True)
class Outcome:
    """Whether a promise is kept. problem: what is wrong and what to do; skipped: why it wasn't checked."""

    promise: str
    problem: str | None = None
    skipped: str | None = None

    @property
    def kept(self) -> bool:
        return self.problem is None


def check_all(contract: Sequence[Promise], specimen: Any) -> Iterator[Outcome]:
    """One outcome a promise, in order; after a broken foundation the others are skipped."""
    broken_ground: str | None = None
    for promise in contract:
        if broken_ground:
            yield Outcome(promise.text, skipped=f"Not checked: it rests on “{broken_ground}”")
            continue
        outcome = _outcome(promise, specimen)
        yield outcome
        if promise.foundation and not outcome.kept:
            broken_ground = promise.text


def _outcome(promise: Promise, specimen: Any) -> Outcome:
    try:
        with seeded():
            promise.check(specimen)
    except NotApplicable as reason:
        return Outcome(promise.text, skipped=str(reason))
    except Broken as problem:
        return Outcome(promise.text, problem=str(problem))
    except (Exception, SystemExit) as error:  # an author's own code may raise anything
        return Outcome(promise.text, problem=f"It failed with {type(error).__name__}{_place(error)}: {error}")
    return Outcome(promise.text)


def _place(error: BaseException) -> str:
    """Where in the author's own code an error arose, if it was there."""
    folders = [Path(spec.origin).parent for name in NOT_THE_AUTHORS if (spec := find_spec(name)) and spec.origin]
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        path = Path(frame.filename)
        if not any(path.is_relative_to(folder) for folder in folders):
            return f" in {path.parent.name}/{path.name}, line {frame.lineno}"
    return ""
