"""Cross-validation: every arm on every split of a cohort, into one results file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from operator import methodcaller
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import logit

from zoo import GRADES
from zoo.registry import load_registry
from zoo.types import RegisteredModel

from ..cohorts import Case, Cohort
from ..data.folds import Split, cross_validation, leave_one_hospital_out, require_no_leak
from ..jobs.engine import Execute
from ..jobs.parallel_tasks import run_tasks
from ..options import FitOptions
from ..statistics.sites import site_control
from ..weights.donors import donor_waves
from ..weights.make import Material
from ..weights.split_run import SplitRun, variant_name
from .arms import Arm, ArmOnSplit
from .cohort_facts import case_rows, cohort_facts
from .environment import describe_environment
from .results import FOLDS, HOSPITALS, ModelRow, Outcome, Results

SITE_CONTROL = "site-control"


@dataclass(frozen=True)
class Protocol:
    """Splits of a cross-validation: folds, repeats; hospitals: whether to leave one hospital out, too.

    known: patient → fold of an earlier evaluation, kept in the first repeat. seed: of the folds; the next repeats take
    the next ones.
    """

    folds: int = 5
    repeats: int = 1
    hospitals: bool = False
    seed: int = 0
    known: Mapping[str, int] | None = None


@dataclass(frozen=True)
class NamedSplit:
    """A split in its scheme, FOLDS or HOSPITALS."""

    scheme: str
    repeat: int
    split: Split


@dataclass(frozen=True)
class DonorOnSplit:
    """A task: train what arms of one split are made of."""

    run_of_split: SplitRun
    spec: RegisteredModel

    @property
    def name(self) -> str:
        return f"{self.run_of_split.home.name}/{variant_name(self.spec)}"

    def run(self) -> None:
        self.run_of_split.trained(self.spec)


def cross_validate(
    arms: Sequence[Arm],
    cohort: Cohort,
    protocol: Protocol,
    options: FitOptions,
    run_dir: Path,
    headline: str,
    dashboard: Path | None = None,
    execute: Execute = map,
    experiment: str = "baselines",
) -> Results:
    """Train and test every arm on every split, going on where an earlier call was stopped.

    run_dir: keeps prepared cohorts and the weights of every split. headline: the arm named in advance. execute: does
    the work, several trainings side by side where it can.
    """
    splits = list(named_splits(cohort.cases, protocol))
    for each in splits:
        require_no_leak(cohort.cases, each.split)
    folder = run_dir / "splits"
    materials = [Material(cohort.cases, each.split, options, run_dir / "prepared") for each in splits]
    tasks = [
        ArmOnSplit(arm, material, folder, each.scheme, each.repeat, dashboard)
        for each, material in zip(splits, materials, strict=True)
        for arm in arms
    ]
    _train_donors([task for task in tasks if not task.is_done], execute)
    found = run_tasks(tasks, folder, execute)
    outcomes = [task.outcome(result["answers"]) for task, result in zip(tasks, found, strict=True)]
    return Results(
        cohort=cohort_facts(cohort),
        protocol={"experiment": experiment, **_facts(protocol), "training": asdict(options)},
        headline=headline,
        cases=case_rows(cohort.cases, _folds(cohort.cases, splits)),
        models=(*(arm.row() for arm in arms), ModelRow(SITE_CONTROL, "Prefix of the case's name", "sees no image", ())),
        outcomes=(*outcomes, *site_outcomes(cohort.cases, splits)),
        timing=describe_environment()
        | {"seconds": {task.name: result["seconds"] for task, result in zip(tasks, found, strict=True)}},
    )


def _train_donors(tasks: Sequence[ArmOnSplit], execute: Execute) -> None:
    """Prepare the cohort here, and train what arms of one split share, each once, before they ask for it."""
    first = {task.arm.name: task for task in tasks}.values()
    for task in first:
        task.material.cohort_to_train(task.arm.spec)
    runs = {task.run_of_split.home: task.run_of_split for task in tasks}.values()
    for wave in donor_waves([(task.arm.spec, task.arm.adapt) for task in first], load_registry().model):
        list(execute(methodcaller("run"), [DonorOnSplit(run, spec) for run in runs for spec in wave]))


def _facts(protocol: Protocol) -> dict[str, Any]:
    facts = asdict(protocol)
    return facts | {"known": "given" if facts["known"] else "none"}


def named_splits(cases: Sequence[Case], protocol: Protocol) -> Iterator[NamedSplit]:
    for repeat in range(protocol.repeats):
        known = (protocol.known or {}) if repeat == 0 else {}
        for split in cross_validation(cases, protocol.folds, protocol.seed + repeat, known):
            yield NamedSplit(FOLDS, repeat, split)
    if protocol.hospitals:
        for split in leave_one_hospital_out(cases, protocol.seed):
            yield NamedSplit(HOSPITALS, 0, split)


def site_outcomes(cases: Sequence[Case], splits: Sequence[NamedSplit]) -> Iterator[Outcome]:
    """What a grader says that sees nothing but the prefix of the case's name, on the same splits."""
    y = np.array([GRADES.index(case.grade) for case in cases])
    sites = [case.site for case in cases]
    for each in splits:
        test = each.split.test
        learned = np.concatenate([each.split.train, each.split.val])
        p_hgg = site_control(y, sites, [(learned, test)])[test]
        yield Outcome(
            SITE_CONTROL,
            each.scheme,
            each.split.name,
            each.repeat,
            tuple(cases[row].id for row in test),
            tuple(logit(p_hgg).tolist()),
            tuple(p_hgg.tolist()),
            train_cases=len(learned),
        )


def _folds(cases: Sequence[Case], splits: Sequence[NamedSplit]) -> list[tuple[int, ...]]:
    """The fold of each case in each repeat."""
    found: list[list[int]] = [[] for _ in cases]
    numbers: Counter[int] = Counter()
    for each in splits:
        if each.scheme == FOLDS:
            for row in each.split.test:
                found[row].append(numbers[each.repeat])
            numbers[each.repeat] += 1
    return [tuple(folds) for folds in found]


def known_folds(results: Results) -> dict[str, int]:
    """Patient → fold, to be kept by another evaluation."""
    return {case.patient: case.folds[0] for case in results.cases if case.folds}
