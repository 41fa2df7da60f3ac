"""From a cohort to a weights file: prepare, split, fit, calibrate, measure on the held-out cases, save."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score

from training.cache import fingerprint, prepare_cohort
from training.cohorts import Case, load_cohort
from training.fit import fit, predict
from training.folds import Split, split_cohort
from training.model_card import write_card
from training.options import FitOptions
from zoo import ModelSpec
from zoo.weights import Calibration, TrainingRecord, save_weights


def make_weights(spec: ModelSpec, root: Path, out: Path, options: FitOptions, work: Path) -> TrainingRecord:
    """Train `spec` on the cohort at `root`; write `out` and its card. `work` keeps what a later call goes on from."""
    cases = load_cohort(root)
    cohort = prepare_cohort(cases, spec.recipe, work / "prepared")
    split = split_cohort(cases, options.seed)
    module = fit(spec, cohort, split.train, options, work / f"{spec.id}.checkpoint")
    phase = spec.phases[-1]
    margins = {name: predict(module, cohort, getattr(split, name), phase) for name in ("inner", "held_out")}
    calibration = fit_calibration(margins["inner"], cohort.y[split.inner], describe(cases, split.inner))
    measured = measure(calibrated(margins["held_out"], calibration), cohort.y[split.held_out])
    record = TrainingRecord(
        trained_on=describe(cases, split.train),
        calibration=calibration,
        details={
            "held_out": measured,
            "split": sizes(split),
            "seed": options.seed,
            "epochs": options.epochs,
            "cohort": fingerprint(cases, spec.recipe),
        },
    )
    save_weights(out, spec, module, record)
    write_card(out, spec, record)
    return record


def fit_calibration(margins: np.ndarray, y: np.ndarray, fitted_on: str) -> Calibration:
    """Platt scaling: slope and intercept of a logistic regression of the grade on the margin."""
    model = LogisticRegression(C=1e6).fit(margins[:, None], y)
    return Calibration(float(model.coef_[0, 0]), float(model.intercept_[0]), fitted_on)


def calibrated(margins: np.ndarray, calibration: Calibration) -> np.ndarray:
    return 1 / (1 + np.exp(-(calibration.slope * margins + calibration.intercept)))


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
