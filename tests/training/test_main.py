"""`python -m training`: what a user gets wrong is told in a sentence."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def _run(*arguments):
    command = [sys.executable, "-m", "training", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("fit", "nonsense", "--cohort", "."), "No model is called 'nonsense'"),
        (("fit", "single-t1ce", "--cohort", "training"), "found 0 studies"),
        (("fit", "early-fusion", "--cohort", ".", "--option", "width=8"), "has no options to choose from"),
        (("fit", "slices-timm", "--cohort", ".", "--option", "backbone=resnet18"), "say where to write"),
        (("fit", "guided-dual-attention", "--cohort", ".", "--option", "guidance=shout"), "expected one of concat"),
        (("fit", "guided-dual-attention", "--cohort", ".", "--option", "depth=3"), "Options of guided-dual"),
        (("simulate", "--out", "runs/x", "--spacing", "9"), "Invalid value for '--spacing'"),
        (("simulate", "--out", "runs/x", "--simulator", "gan"), "simulator: expected template or physics"),
    ],
)
def test_user_errors(arguments, words):
    result = _run(*arguments)
    assert result.returncode == 2
    told = " ".join(result.stderr.replace("│", " ").split())
    assert words in told
    assert "Traceback" not in told


@pytest.mark.parametrize("wrong", [("--precision", "foo"), ("--seed", "-1")])
def test_a_bad_value_of_a_shared_option_is_bad_usage(wrong):
    result = _run("fit", "single-t1", "--cohort", "nowhere", *wrong)
    assert result.returncode == 2
    assert f"Invalid value for '{wrong[0]}'" in result.stderr
