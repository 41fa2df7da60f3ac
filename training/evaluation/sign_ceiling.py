"""How well the drawn signs themselves tell the grade: what no model can exceed on a simulated cohort."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.feature_extraction import DictVectorizer
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline

from zoo.checkout import TRAINING

from ..cohorts import Case, CohortError
from ..simulation.ideal_observer import ideal_p_hgg
from ..simulation.simulators import simulator_of
from ..statistics.intervals import delong_interval

DRAWN_SEED = 4_000_000_007  # no cohort's: these patients are drawn to learn from, and never imaged
ANSWERS = ("grade", "subtype")

Signs = Mapping[str, Any]


def sign_ceiling(held_out: Sequence[Case], drawn: int = 4000) -> dict[str, Any]:
    """AUC on `held_out`, cases of a simulated cohort, of classifiers that are told the true signs.

    They learn from the signs of `drawn` other patients of the same simulator. Returns plain JSON values: {"cases": N,
    "ceiling": {"auc", "low", "high"} of all signs together, with DeLong's 95 % interval, "signs": {name: AUC of this
    sign alone}, "ideal": AUC of `ideal_p_hgg`, which need not learn}, best sign first. Raises `CohortError` where a
    case has no signs or a grade has no case.
    """
    signs, y = [_read(case) for case in held_out], np.array([case.grade == "HGG" for case in held_out], np.int64)
    if len(np.unique(y)) < 2:
        raise CohortError(f"Expected held-out cases of both grades, found {len(y)} of one; hold out more.")
    simulator = simulator_of(held_out[0].id)
    examples = [simulator.study_signs(DRAWN_SEED, index).as_dict() for index in range(drawn)]
    names = [name for name in examples[0] if name not in ANSWERS]
    score = _p_hgg(examples, signs, names)
    interval = delong_interval(y, score)
    assert interval is not None  # both grades are there
    alone = {name: float(roc_auc_score(y, _p_hgg(examples, signs, [name]))) for name in names}
    return {
        "cases": len(y),
        "ceiling": {"auc": float(roc_auc_score(y, score)), "low": interval.low, "high": interval.high},
        "signs": dict(sorted(alone.items(), key=lambda pair: -pair[1])),
        "ideal": float(roc_auc_score(y, np.array([ideal_p_hgg(each, simulator.population) for each in signs]))),
    }


def _read(case: Case) -> Signs:
    path = case.files[0].with_name(f"{case.id}_signs.json")
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CohortError(
            f"{case.id}: expected its drawn signs in {path}, found no such file; only cohorts made by "
            f"`{TRAINING} simulate` have them."
        ) from None


def _p_hgg(examples: Sequence[Signs], signs: Sequence[Signs], names: Sequence[str]) -> np.ndarray:
    """Probability of HGG, float64 [N], from the named signs alone; categories one-hot."""
    boosting = HistGradientBoostingClassifier(max_leaf_nodes=4, max_iter=150, random_state=0)
    model = make_pipeline(DictVectorizer(sparse=False), boosting)
    model.fit(_only(examples, names), [one["grade"] == "HGG" for one in examples])
    return model.predict_proba(_only(signs, names))[:, 1]


def _only(signs: Sequence[Signs], names: Sequence[str]) -> list[dict[str, Any]]:
    return [{name: one[name] for name in names} for one in signs]
