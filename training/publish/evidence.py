"""What was measured of one model, and on which cases: what its card and its files on the Hub are filled from."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from zoo.weights.load import TrainedModel

from ..jobs.files import write_json

FORMAT = 1
DIGITS = 4
COLUMNS = ("case", "grade", "split", "p_hgg")


@dataclass(frozen=True)
class Prediction:
    """One case's answer. split: the set or the fold it was held out in."""

    case: str
    grade: str
    split: str
    p_hgg: float


@dataclass(frozen=True)
class TestSet:
    """Figures on cases that trained nothing of what answered them.

    these_weights: False where a cross-validation trained others of the same model, one a fold.
    figures: each measure with value, sd, low and high, None where unknown. predictions: by split, then case.
    hospitals: number of cases by grade, of each. same_hospital: AUC among patients of the same one, and on how many
    pairs; empty where no image comes with its hospital.
    """

    __test__ = False  # no test of pytest's

    name: str
    title: str
    fingerprint: str
    simulated: bool
    these_weights: bool
    figures: Mapping[str, Mapping[str, float | None]]
    predictions: tuple[Prediction, ...]
    hospitals: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    same_hospital: Mapping[str, float | None] = field(default_factory=dict)

    @property
    def cases(self) -> int:
        return len({row.case for row in self.predictions})

    @property
    def auc(self) -> float | None:
        return self.figures["auc"]["value"]


@dataclass(frozen=True)
class Evidence:
    """Evidence about one model.

    test_sets: the one to look at first comes first. versions: of the libraries that measured, by name.

    seconds: of one study's forward pass, None where nobody took the time. ceiling: AUC of a classifier that is told
    the true signs of the simulated studies, by test set, where it is known.
    """

    test_sets: tuple[TestSet, ...]
    parameters: int | None
    gflops: float | None
    seconds: float | None
    versions: Mapping[str, str]
    ceiling: Mapping[str, float] = field(default_factory=dict)


def write_results(path: Path, model: TrainedModel, evidence: Evidence) -> None:
    """Write figures and splits as JSON; the cases' own answers are in the file that `write_predictions` writes."""
    details = model.record.details or {}
    training = {name: details.get(name) for name in ("split_sizes", "epochs", "order", "seed", "split", "cohort")}
    write_json(
        path,
        {
            "format": FORMAT,
            "model": model.spec.id,
            "trained_on": model.record.trained_on,
            "training": training,
            "calibration": asdict(model.record.calibration),
            "threshold": model.record.threshold,
            "test_sets": [_test_set(one) for one in evidence.test_sets],
            "parameters": evidence.parameters,
            "gflops": evidence.gflops,
            "seconds": evidence.seconds,
            "ceiling": dict(evidence.ceiling),
            "versions": dict(evidence.versions),
        },
    )


def _test_set(one: TestSet) -> dict[str, Any]:
    told = asdict(one)
    del told["predictions"]
    return told | {"cases": one.cases, "splits": sorted({row.split for row in one.predictions})}


def write_predictions(path: Path, evidence: Evidence) -> None:
    """Write a CSV, one row a case of a test set."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(COLUMNS)
        for one in evidence.test_sets:
            rows.writerows((row.case, row.grade, row.split, f"{row.p_hgg:.{DIGITS}f}") for row in one.predictions)
