"""From a cohort to a weights file: prepare, split, fit, calibrate, measure on the held-out cases, save."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score
from torch import nn

from training.batches import best_device, predict
from training.cache import PreparedCohort, fingerprint, prepare_cohort
from training.cohorts import Case, load_cohort
from training.fit import fit
from training.folds import Split, split_cohort
from training.logistic import fit_head
from training.model_card import write_card
from training.options import FitOptions
from zoo import ModelSpec, WeightsError
from zoo.weights import Calibration, TrainedModel, TrainingRecord, build_module, load_weights, save_weights


def make_weights(spec: ModelSpec, root: Path, out: Path, options: FitOptions, work: Path) -> TrainingRecord:
    """Train `spec` on the cohort at `root`; write `out` and its card. `work` keeps what a later call goes on from."""
    cases = load_cohort(root)
    cohort = prepare_cohort(cases, spec.recipe, work / "prepared")
    split = split_cohort(cases, options.seed)
    made_of = {"cohort": fingerprint(cases, spec.recipe), "seed": options.seed}
    members = trained_members(spec, made_of)
    module = train(spec, members, cohort, split, options, work / f"{spec.id}.checkpoint")
    margins = {name: predict(module, cohort, getattr(split, name), spec.uses) for name in ("inner", "held_out")}
    calibration = fit_calibration(margins["inner"], cohort.y[split.inner], describe(cases, split.inner))
    measured = measure(calibrated(margins["held_out"], calibration), cohort.y[split.held_out])
    record = TrainingRecord(
        trained_on=describe(cases, split.train),
        calibration=calibration,
        details={
            "held_out": measured,
            "split": sizes(split),
            "epochs": options.epochs if spec.phases else 0,
            "members": [member.revision for member in members],
            **made_of,
        },
    )
    save_weights(out, spec, module, record)
    write_card(out, spec, record)
    return record


def trained_members(spec: ModelSpec, made_of: Mapping[str, Any]) -> list[TrainedModel]:
    """The models that this one is made of; raises unless they left out the same cases in training."""
    untrained = [part.id for part in spec.untrained_parts() if part.id != spec.id]
    members = [] if untrained else [load_weights(member) for member in spec.member_specs]
    foreign = [
        member.spec.id for member in members if any((member.record.details or {}).get(k) != made_of[k] for k in made_of)
    ]
    if untrained or foreign:
        raise WeightsError(
            f"{spec.id} is made of {', '.join(spec.members)}: expected each trained on this cohort with seed "
            f"{made_of['seed']}, since what they were trained on must not judge them. "
            f"{'Not trained yet: ' + ', '.join(untrained) if untrained else 'Trained otherwise: ' + ', '.join(foreign)}"
            ". Train them first with `python -m training fit ID --cohort DIR`."
        )
    return members


def train(
    spec: ModelSpec,
    members: Sequence[TrainedModel],
    cohort: PreparedCohort,
    split: Split,
    options: FitOptions,
    checkpoint: Path,
) -> nn.Module:
    """By gradient where the spec has phases; else by logistic regression where the module has measurements."""
    if spec.phases:
        return fit(spec, cohort, split.train, options, checkpoint)
    module = build_module(spec, members).to(best_device()).eval()
    if hasattr(module, "measurements"):
        # What members have learned by heart would flatter them: a stacker is fitted to cases they have not seen.
        fit_head(spec, module, cohort, split.inner if members else split.train)
    return module


def fit_calibration(margins: np.ndarray, y: np.ndarray, fitted_on: str) -> Calibration:
    """Platt scaling: slope and intercept of a logistic regression of the grade on the margin."""
    model = LogisticRegression(C=1e6).fit(margins[:, None], y)
    return Calibration(float(model.coef_[0, 0]), float(model.intercept_[0]), fitted_on)


def calibrated(margins: np.ndarray, calibration: Calibration) -> np.ndarray:
    return 1 / (1 + np.exp(-calibration.log_odds(margins)))


def measure(p_hgg: np.ndarray, y: np.ndarray) -> dict[str, float]:
    """AUC, accuracy at 0.5 and Brier score, with the number of cases."""
    return {
        "cases": len(y),
        "auc": round(float(roc_auc_score(y, p_hgg)), 4),
        "accuracy": round(float(((p_hgg >= 0.5) == y).mean()), 4),
        "brier": round(float(brier_score_loss(y, p_hgg)), 4),
    }


def describe(cases: Sequence[Case], rows: np.ndarray) -> str:
    """What stands beside every probability: how many studies, and whether all of them were simulated."""
    simulated = all(cases[row].site.startswith("simulated") for row in rows)
    return f"{len(rows)} simulated gliomas, no patient" if simulated else f"{len(rows)} studies"


def sizes(split: Split) -> dict[str, Any]:
    return {name: len(getattr(split, name)) for name in ("train", "inner", "held_out")}
