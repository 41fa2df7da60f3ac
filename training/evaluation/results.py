"""The results file: everything that a table or a plot is drawn from, so that neither ever needs training again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from zoo import ZooError
from zoo.checkout import TRAINING

from ..jobs.files import write_json

FORMAT = 1
FOLDS, HOSPITALS, WHOLE = "folds", "hospitals", "whole"


@dataclass(frozen=True)
class CaseRow:
    """One case of the cohort, without its files. folds: its fold in each repeat, empty where there were none."""

    id: str
    grade: str
    patient: str
    site: str
    hospital: str
    folds: tuple[int, ...] = ()


@dataclass(frozen=True)
class ModelRow:
    """One arm: a model in one variant, or a control. name: unique in the file.

    gflops: of one study; parameters and gflops are None where they can't be told, uses is empty where no image is seen.
    extends: name of the arm that sees one modality less and is otherwise the same, if there is one.
    trained_on: what its weights were trained on, where this evaluation did not train them.
    """

    name: str
    title: str
    family: str
    uses: tuple[str, ...]
    parameters: int | None = None
    gflops: float | None = None
    extends: str = ""
    trained_on: str = ""


@dataclass(frozen=True)
class Outcome:
    """What one arm answered on the held-out cases of one split.

    scheme: FOLDS (cross-validation), HOSPITALS (leave one hospital out) or WHOLE (given weights on a whole cohort).
    split: name of the split, such as "fold 2 of 5" or "Henry Ford". repeat: from 0.
    cases: ids, in the order of logit (calibrated log-odds of HGG) and p_hgg. train_cases: how many trained it.
    train_auc, val_auc: on the training and the validation cases. epochs: trained, of all phases.
    site_probe: for each grade (true, predicted) sites of a linear probe on its features.
    order: modalities in the order in which they joined the training. not_graded: reason by case id.
    """

    model: str
    scheme: str
    split: str
    repeat: int
    cases: tuple[str, ...]
    logit: tuple[float, ...]
    p_hgg: tuple[float, ...]
    threshold: float = 0.5
    train_cases: int = 0
    train_auc: float | None = None
    val_auc: float | None = None
    epochs: int = 0
    order: tuple[str, ...] = ()
    site_probe: Mapping[str, Any] = field(default_factory=dict)
    not_graded: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Outcome:
        """Read a row of a results file, or what an earlier evaluation kept, which may call `val_auc` inner_auc."""
        fields = _tuples(row)
        if "inner_auc" in fields:
            fields["val_auc"] = fields.pop("inner_auc")
        return cls(**fields)


@dataclass(frozen=True)
class Results:
    """One evaluation. cohort: name, fingerprint, simulated (bool), left_out (reason by case).

    protocol: folds, repeats, seed, training options, experiment. headline: the arm named in advance, to which all
    others are compared. timing: hardware, versions and seconds, the only part that differs from run to run.
    """

    cohort: Mapping[str, Any]
    protocol: Mapping[str, Any]
    headline: str
    cases: tuple[CaseRow, ...]
    models: tuple[ModelRow, ...]
    outcomes: tuple[Outcome, ...]
    timing: Mapping[str, Any] = field(default_factory=dict)


def save_results(path: Path, results: Results) -> None:
    """Write the file in one step; the order of keys and numbers' digits depend on nothing but the results."""
    write_json(path, {"format": FORMAT, **asdict(results)})


def load_results(path: Path) -> Results:
    """Read a results file; `ZooError` when it is none, or of another format."""
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if found.pop("format") != FORMAT:
            raise ValueError("another format")
        return Results(
            cases=tuple(CaseRow(**_tuples(row)) for row in found.pop("cases")),
            models=tuple(ModelRow(**_tuples(row)) for row in found.pop("models")),
            outcomes=tuple(Outcome.from_json(row) for row in found.pop("outcomes")),
            **found,
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ZooError(
            f"{path}: expected a results file of format {FORMAT}, as `{TRAINING} evaluate --out` writes it; "
            f"{error}. Evaluate again."
        ) from error


def _tuples(row: Mapping[str, Any]) -> dict[str, Any]:
    """Turn lists back into tuples, as JSON knows lists only."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
