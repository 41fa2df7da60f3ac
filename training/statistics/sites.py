"""How much the hospital tells: where sites differ in their shares of HGG, a scanner detector passes for a grader."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple, TypedDict

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import recall_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from zoo import GRADES
from zoo.metrics import wins


class HospitalAuc(TypedDict):
    """AUC over the pairs of one hospital, None where there are none, and how many cases and pairs there are."""

    auc: float | None
    lgg: int
    hgg: int
    pairs: int


class WithinHospitals(TypedDict):
    """AUC within hospitals: of all pairs alike, and the mean over the hospitals; None where there are no pairs."""

    pooled: float | None
    macro: float | None
    pairs: int
    hospitals: dict[str, HospitalAuc]


def within_hospital_auc(
    y: np.ndarray, score: np.ndarray, hospitals: Sequence[str], folds: np.ndarray, leave_out: Collection[str] = ()
) -> WithinHospitals:
    """AUC over the pairs of an LGG and an HGG case of the same hospital and the same fold, int [N].

    Scores of different folds come from different models and don't compare. "pooled" weighs all "pairs" alike, "macro"
    all hospitals that have any; each of "hospitals" gives its "auc", "lgg", "hgg" and "pairs".
    leave_out: hospitals that don't count, such as "2013" of BraTS, which is no single hospital.
    """
    where, won = np.asarray(hospitals), wins(y, score)
    same_fold = np.equal.outer(folds[y == 1], folds[y == 0])
    rows: dict[str, HospitalAuc] = {}
    compared = [np.empty(0)]
    for name in sorted(set(hospitals) - set(leave_out)):
        hgg, lgg = (where == name)[y == 1], (where == name)[y == 0]
        pairs = won[np.logical_and.outer(hgg, lgg) & same_fold]
        rows[name] = {"auc": _mean(pairs), "lgg": int(lgg.sum()), "hgg": int(hgg.sum()), "pairs": len(pairs)}
        compared.append(pairs)
    pooled, macro = np.concatenate(compared), [row["auc"] for row in rows.values() if row["auc"] is not None]
    return {"pooled": _mean(pooled), "macro": _mean(macro), "pairs": len(pooled), "hospitals": rows}


def _mean(values: Sequence[float] | np.ndarray) -> float | None:
    return float(np.mean(values)) if len(values) else None


def site_control(y: np.ndarray, sites: Sequence[str], splits: Iterable[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """Grade by nothing but the site, p_hgg float64 [N]: what a model must beat to have seen a tumour.

    splits: (train, test) rows of each fold. A test case gets the share of HGG among the training cases of its site,
    (hgg + 1) / (n + 2), or among all of them if its site is new; NaN if it is in no test fold.
    """
    p_hgg, where = np.full(len(y), np.nan), np.asarray(sites)
    for train, test in splits:
        for site in np.unique(where[test]):
            known = y[train][where[train] == site]
            share = (known.sum() + 1) / (len(known) + 2) if len(known) else y[train].mean()
            p_hgg[test[where[test] == site]] = share
    return p_hgg


class Probed(NamedTuple):
    """Sites of held-out cases, str [n] each."""

    true: np.ndarray
    predicted: np.ndarray


def probe_site(
    train_features: np.ndarray,
    train_sites: Sequence[str],
    train_y: np.ndarray,
    test_features: np.ndarray,
    test_sites: Sequence[str],
    test_y: np.ndarray,
) -> dict[str, Probed | None]:
    """Read the site off a model's features, float64 [N, F], one grade at a time, by a linear classifier.

    By grade: the held-out cases' sites and the guesses. Only sites with two training cases of that grade or more
    count; None where fewer than two are left. Within one grade, telling sites apart says nothing of the tumour.
    """
    probed = {}
    for label, grade in enumerate(GRADES):
        train, test = train_y == label, test_y == label
        probed[grade] = _probe(
            train_features[train], np.asarray(train_sites)[train], test_features[test], np.asarray(test_sites)[test]
        )
    return probed


def _probe(
    train_features: np.ndarray, train_sites: np.ndarray, test_features: np.ndarray, test_sites: np.ndarray
) -> Probed | None:
    names, cases = np.unique(train_sites, return_counts=True)
    names = names[cases >= 2]
    train, test = np.isin(train_sites, names), np.isin(test_sites, names)
    if len(names) < 2 or not test.any():
        return None
    # Balanced, as the summary counts every site alike however many cases it has.
    classifier = make_pipeline(StandardScaler(), LogisticRegression(class_weight="balanced", max_iter=1000))
    classifier.fit(train_features[train], train_sites[train])
    return Probed(test_sites[test], classifier.predict(test_features[test]))


def probe_summary(folds: Sequence[dict[str, Probed | None]]) -> dict[str, dict[str, float | int] | None]:
    """Summarise folds, by grade: "balanced_accuracy" beside "chance" (1 / sites), the "sites" tested, the "cases".

    None where fewer than two sites were tested.
    """
    return {grade: _summary([found for fold in folds if (found := fold[grade]) is not None]) for grade in GRADES}


def _summary(probed: list[Probed]) -> dict[str, float | int] | None:
    true = np.concatenate([probe.true for probe in probed]) if probed else np.array([])
    sites = np.unique(true)
    if len(sites) < 2:
        return None
    predicted = np.concatenate([probe.predicted for probe in probed])
    recall = recall_score(true, predicted, labels=sites, average="macro", zero_division=0)
    return {"balanced_accuracy": float(recall), "chance": 1 / len(sites), "sites": len(sites), "cases": len(true)}
