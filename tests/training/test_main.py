"""`python -m training`: what a user gets wrong is told in a sentence."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


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
def test_user_errors(run_here, arguments, words):
    result = run_here("training", *arguments)
    assert result.status == 2
    assert words in " ".join(result.stderr.replace("│", " ").split())


@pytest.mark.parametrize("wrong", [("--precision", "foo"), ("--seed", "-1")])
def test_a_bad_value_of_a_shared_option_is_bad_usage(run_here, wrong):
    result = run_here("training", "fit", "single-t1", "--cohort", "nowhere", *wrong)
    assert result.status == 2
    assert f"Invalid value for '{wrong[0]}'" in result.stderr


def test_a_process_of_its_own_ends_the_same_way():
    command = [sys.executable, "-m", "training", "simulate", "--out", "runs/x", "--simulator", "gan"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("simulator: expected template or physics")
    assert "Traceback" not in result.stderr
