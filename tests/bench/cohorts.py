"""Whole cohorts as commands: weights that are there grade one; models are trained and tested on its folds."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from bench.commands import python
from training.simulation import write_cohort

GRADED, TRAINED_ON = (24, 1.0), (60, 2.0)
"""How many studies, and their voxels in mm."""
MODELS = ("single-t1", "single-t1ce", "single-t2", "single-flair")
FOLDS, EPOCHS = 3, 3
JOBS = 2
LOCAL_JOBS = f"""
import training.jobs.slurm_engine as engine
from training.__main__ import main
engine.CLUSTER, engine.MOST_JOBS = "local", {JOBS}
main()
"""
"""The command with submitit's jobs on this machine, which starts all that there are at once."""


def given_weights(study: Path) -> tuple[float, float]:
    """Measure a study that `evaluate` grades by the embedded weights, and that time over the one `grade` takes for the
    same files; of a cohort, not of the study."""
    cohort = _cohort(*GRADED)
    evaluated = _evaluate("-m", "training", cohort=cohort, arguments=("--weights", "embedded"))
    graded = python("-m", "zoo", "grade", *_studies(cohort))
    return evaluated / GRADED[0], evaluated / graded


def cross_validation(study: Path) -> float:
    """Measure it as the command does it unasked: in one process before there were engines, now in one a core."""
    return _cross_validation("-m", "training")


def in_one_process(study: Path) -> float:
    """Measure the same trainings one after another, each on all cores."""
    return _cross_validation("-m", "training", arguments=("--processes", "1"))


def over_ray(study: Path) -> float:
    return _cross_validation("-m", "training", arguments=("--engine", "ray", "--processes", str(JOBS)))


def over_submitit(study: Path) -> float:
    return _cross_validation("-c", LOCAL_JOBS, arguments=("--engine", "slurm"))


def _cross_validation(*program: str, arguments: tuple[str, ...] = ()) -> float:
    size = ("--folds", str(FOLDS), "--epochs", str(EPOCHS), "--no-tracking")
    models = [word for model in MODELS for word in ("--model", model)]
    return _evaluate(*program, cohort=_cohort(*TRAINED_ON), arguments=(*size, *models, *arguments))


def _evaluate(*program: str, cohort: Path, arguments: tuple[str, ...]) -> float:
    with tempfile.TemporaryDirectory() as name:
        places = ("--cohort", cohort, "--run-dir", Path(name) / "runs", "--out", Path(name) / "results.json")
        return python(*program, "evaluate", *places, *arguments)


def _studies(cohort: Path) -> list[Path]:
    return sorted({scan.parent for scan in cohort.rglob("*_t1.nii*")})


@cache
def _cohort(studies: int, spacing_mm: float) -> Path:
    folder = Path(tempfile.mkdtemp()) / "cohort"
    write_cohort(folder, studies, seed=1, spacing_mm=spacing_mm)
    return folder
