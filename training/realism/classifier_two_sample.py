"""How well a small classifier tells real crops from simulated ones: 0.5 would be perfect realism."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import PredefinedSplit, cross_val_score

from ..cohorts import CohortError
from .intensities import CHANNELS
from .textures import FEATURES, feature_names

FOLDS = 4
TREES = 100
TELLING = 10


def c2st_auc(
    features: Sequence[np.ndarray], real: Sequence[bool], patients: Sequence[str], seed: int
) -> dict[str, Any]:
    """AUC over folds (mean, SD) with all features and with one channel's, and the features that tell most.

    features: of each study's crops, [n, 5, F]. No patient is in training and in test. Raises `CohortError` with fewer
    than two patients of a kind.
    """
    counts = [len(features_of) for features_of in features]
    x, y = np.concatenate(features), np.repeat(np.array(real, int), counts)
    folds = np.repeat(deal_patients(patients, real, seed), counts)
    return {
        "crops": {"real": int(y.sum()), "simulated": int((1 - y).sum())},
        "all": _auc(x.reshape(len(x), -1), y, folds, seed),
        "by_channel": {name: _auc(x[:, row], y, folds, seed) for row, name in enumerate(CHANNELS)},
        "by_feature": {name: _auc(x[:, :, row], y, folds, seed) for row, name in enumerate(FEATURES)},
        "most_telling": _most_telling(x.reshape(len(x), -1), y, seed),
    }


def deal_patients(patients: Sequence[str], real: Sequence[bool], seed: int) -> np.ndarray:
    """Fold of each study, int [N]: every fold gets its share of the patients of either kind.

    Who is in both cohorts has one fold in both, so that a cohort can be compared with itself.
    """
    names = {
        kind: {name for name, is_real in zip(patients, real, strict=True) if is_real == kind} for kind in (True, False)
    }
    found = [len(names[kind]) for kind in (True, False)]
    if min(found) < 2:
        raise CohortError(
            f"Expected at least two real and two simulated patients to tell apart, found {found[0]} and {found[1]}; "
            "add studies."
        )
    rng, folds = np.random.default_rng(seed), min(FOLDS, *found)
    dealt = [rng.permutation(sorted(group)) for group in (names[True], names[False] - names[True])]
    fold_of = {name: place % folds for group in dealt for place, name in enumerate(group)}
    return np.array([fold_of[name] for name in patients])


def _auc(x: np.ndarray, y: np.ndarray, folds: np.ndarray, seed: int) -> dict[str, float]:
    scores = cross_val_score(_forest(seed), x, y, cv=PredefinedSplit(folds), scoring="roc_auc")
    return {"value": float(scores.mean()), "sd": float(scores.std(ddof=1)), "folds": len(scores)}


def _most_telling(x: np.ndarray, y: np.ndarray, seed: int) -> list[str]:
    importance = _forest(seed).fit(x, y).feature_importances_
    return [feature_names()[index] for index in np.argsort(-importance)[:TELLING]]


def _forest(seed: int) -> RandomForestClassifier:
    return RandomForestClassifier(TREES, min_samples_leaf=3, class_weight="balanced", random_state=seed)
