"""Cross-validation: every arm on every split of a cohort, into one results file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import logit

from zoo import GRADES

from ..cohorts import Case, Cohort
from ..data.folds import Split, cross_validation, leave_one_hospital_out, require_no_leak
from ..jobs.parallel_tasks import Execute, run_tasks
from ..options import FitOptions
from ..statistics.sites import site_control
from ..weights.make import Material
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

    run_dir: keeps prepared cohorts and the weights of every split. headline: the arm named in advance.
    """
    splits = list(named_splits(cohort.cases, protocol))
    for each in splits:
        require_no_leak(cohort.cases, each.split)
    prepared, folder = run_dir / "prepared", run_dir / "splits"
    tasks = [
        ArmOnSplit(
            arm, Material(cohort.cases, each.split, options, prepared), folder, each.scheme, each.repeat, dashboard
        )
        for each in splits
        for arm in arms
    ]
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
