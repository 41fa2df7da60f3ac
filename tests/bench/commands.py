"""Commands as they are typed: seconds of a process of its own, the start of Python with it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from bench.timing import seconds
from zoo.types.roles import HEADLINE_MODEL


def import_torch(study: Path) -> float:
    return python("-c", "import torch")


def models(study: Path) -> float:
    return _zoo("models")


def grade(study: Path) -> float:
    return _zoo("grade", study)


def grade_by_one(study: Path) -> float:
    return _zoo("grade", study, "--model", HEADLINE_MODEL)


def further_study(study: Path) -> float:
    """Measure what each study after the first adds, the start of Python left out."""
    studies = sorted(study.parent.iterdir())
    return (_zoo("grade", *studies) - _zoo("grade", study)) / (len(studies) - 1)


def _zoo(*arguments: str | Path) -> float:
    return python("-m", "zoo", *arguments)


def python(*arguments: str | Path) -> float:
    """Measure the seconds of a Python process with these arguments; raises `CalledProcessError` where it fails."""
    return seconds(lambda: subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True))
