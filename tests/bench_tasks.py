"""Steps that take no time, of versions whose `zoo` is a file: for the tests of `bench`."""

from __future__ import annotations

import os
from pathlib import Path

import zoo


def note(study: Path) -> float:
    """Leave word of who was asked what; the figure of this version for this study."""
    print("a word that is no answer")
    with (study.parent / "turns").open("a") as turns:
        turns.write(f"{zoo.NAME} {study.name}\n")
    return zoo.FIGURES[study.name]


def two_rows(study: Path) -> tuple[float, float]:
    return 1.0, 2.0


def raise_before(study: Path) -> float:
    if zoo.NAME == "before":
        raise ValueError("there was no such thing")
    return note(study)


def crash_before(study: Path) -> float:
    if zoo.NAME == "before":
        os._exit(1)
    return note(study)
