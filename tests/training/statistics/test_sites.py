"""What hospitals tell: by hand, by brute force, and on the counts of BraTS 2018."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.model_selection import StratifiedKFold

from training.statistics.metrics import auc
from training.statistics.sites import Probed, probe_site, probe_summary, site_control, within_hospital_auc

HENRY_FORD, JEFFERSON, CASE_WESTERN = "Henry Ford", "Thomas Jefferson", "Case Western"
# Case-ID prefix in BraTS 2018 → its hospital, HGG cases, LGG cases.
BRATS_2018 = {
    "CBICA": ("CBICA", 88, 0),
    "TCIA01": ("TCIA01", 20, 0),
    "TCIA02": (HENRY_FORD, 34, 0),
    "TCIA03": ("TCIA03", 11, 0),
    "TCIA04": ("TCIA04", 9, 0),
    "TCIA05": ("TCIA05", 6, 0),
    "TCIA06": (CASE_WESTERN, 8, 0),
    "TCIA08": (JEFFERSON, 14, 0),
    "TCIA09": (JEFFERSON, 0, 11),
    "TCIA10": (HENRY_FORD, 0, 35),
    "TCIA12": (CASE_WESTERN, 0, 5),
    "TCIA13": (CASE_WESTERN, 0, 14),
    "2013": ("2013", 20, 10),
}


@pytest.fixture
def cases():
    """60 cases of three hospitals in four folds: grade, score with ties, hospital, fold."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 60)
    hospitals = rng.choice(["a", "b", "c"], 60, p=[0.5, 0.3, 0.2]).tolist()
    return y, (rng.normal(y, 1.0)).round(1), hospitals, rng.integers(0, 4, 60)


def brute_force(y, score, hospitals, folds):
    """Points of every pair that may be compared, by hospital."""
    points = {name: [] for name in hospitals}
    for i in np.flatnonzero(y == 1):
        for j in np.flatnonzero(y == 0):
            if hospitals[i] == hospitals[j] and folds[i] == folds[j]:
                points[hospitals[i]].append(1.0 if score[i] > score[j] else 0.5 if score[i] == score[j] else 0.0)
    return points


def test_within_hospital_auc_equals_a_loop_over_all_pairs(cases):
    points, result = brute_force(*cases), within_hospital_auc(*cases)
    together = [point for some in points.values() for point in some]
    assert result["pooled"] == pytest.approx(np.mean(together))
    assert result["macro"] == pytest.approx(np.mean([np.mean(some) for some in points.values()]))
    assert result["pairs"] == len(together)
    assert list(result["hospitals"]) == ["a", "b", "c"]
    for name, some in points.items():
        at = np.array(cases[2]) == name
        expected = {"auc": np.mean(some), "lgg": sum(at & (cases[0] == 0)), "hgg": sum(at & (cases[0] == 1))}
        assert result["hospitals"][name] == pytest.approx(expected | {"pairs": len(some)})


def test_a_hospital_can_be_left_out(cases):
    y, score, hospitals, folds = cases
    kept = np.array(hospitals) != "b"
    expected = within_hospital_auc(y[kept], score[kept], np.array(hospitals)[kept].tolist(), folds[kept])
    assert within_hospital_auc(*cases, leave_out=("b",)) == expected


def test_scores_of_different_folds_are_not_compared(cases):
    y, score, hospitals, folds = cases
    assert within_hospital_auc(y, score + 100 * folds, hospitals, folds) == within_hospital_auc(*cases)


def test_hospitals_with_one_grade_have_no_auc_and_no_say_in_the_mean():
    y, score = np.array([1, 0, 0, 1, 1]), np.array([0.9, 0.1, 0.95, 0.3, 0.2])
    result = within_hospital_auc(y, score, ["a", "a", "a", "b", "b"], np.zeros(5, int))
    assert result["hospitals"]["b"] == {"auc": None, "lgg": 0, "hgg": 2, "pairs": 0}
    assert (result["pooled"], result["macro"], result["pairs"]) == (0.5, 0.5, 2)
    nothing = within_hospital_auc(y, score, list("abcde"), np.zeros(5, int))
    assert (nothing["pooled"], nothing["macro"], nothing["pairs"]) == (None, None, 0)
    json.dumps([result, nothing], allow_nan=False)


def test_site_control_by_hand():
    y = np.array([1, 1, 0, 0, 1, 0, 1, 1])
    sites = ["a", "a", "a", "b", "b", "a", "b", "new"]
    train, test = np.arange(5), np.array([7, 5, 6])
    p_hgg = site_control(y, sites, [(train, test)])
    np.testing.assert_allclose(p_hgg, [np.nan] * 5 + [3 / 5, 2 / 4, 3 / 5])
    both = site_control(y, sites, [(train, test), (test, train)])
    np.testing.assert_allclose(both, [1 / 3, 1 / 3, 1 / 3, 2 / 3, 2 / 3, 3 / 5, 2 / 4, 3 / 5])


def test_seeing_only_the_prefix_beats_the_paper_on_brats():
    """AUC 0.994 in stratified 5-fold, 0.94 within hospitals: 1 but for "2013" (evaluation.md)."""
    sites = [site for site, (_, hgg, lgg) in BRATS_2018.items() for _ in range(hgg + lgg)]
    y = np.concatenate([np.repeat([1, 0], [hgg, lgg]) for _, hgg, lgg in BRATS_2018.values()])
    hospitals = [BRATS_2018[site][0] for site in sites]
    assert (sum(y == 1), sum(y == 0)) == (210, 75)
    assert within_hospital_auc(y, np.zeros(285), hospitals, np.zeros(285, int))["pairs"] == 1696
    aucs, within = [], []
    for seed in range(10):
        splits = list(StratifiedKFold(5, shuffle=True, random_state=seed).split(y, y))
        folds = np.zeros(285, int)
        for fold, (_, test) in enumerate(splits):
            folds[test] = fold
        p_hgg = site_control(y, sites, splits)
        aucs.append(np.mean([auc(y[test], p_hgg[test]) for _, test in splits]))
        result = within_hospital_auc(y, p_hgg, hospitals, folds)
        within.append(result["pooled"])
        assert result["hospitals"]["2013"]["auc"] == 0.5
        assert within_hospital_auc(y, p_hgg, hospitals, folds, leave_out=("2013",))["pooled"] == 1
    assert np.mean(aucs) == pytest.approx(0.994, abs=0.003)
    assert np.mean(within) == pytest.approx(0.941, abs=0.01)


def features_of(sites, y, told, seed=0):
    """float64 [N, 6]: noise, but that the second of them, a million wide, tells the site as far as `told`."""
    features = np.random.default_rng(seed).normal(0, 1, (len(y), 6))
    features[:, 1] = 1e6 * (features[:, 1] + told * np.unique(sites, return_inverse=True)[1])
    features[:, 2] += 10 * y
    return features


def halves(sites, y, told):
    features, train = features_of(sites, y, told), np.arange(len(y)) % 2 == 0
    sites = np.array(sites)
    return features[train], sites[train], y[train], features[~train], sites[~train], y[~train]


@pytest.fixture
def three_sites():
    """480 cases, both grades at each of three sites of very different size."""
    return np.repeat(["a", "b", "c"], [320, 120, 40]).tolist(), np.tile([0, 0, 1, 1], 120)


def test_the_probe_finds_a_site_that_features_tell(three_sites):
    summary = probe_summary([probe_site(*halves(*three_sites, told=6))])
    for grade in ("LGG", "HGG"):
        assert summary[grade]["balanced_accuracy"] > 0.95
        assert (summary[grade]["chance"], summary[grade]["sites"], summary[grade]["cases"]) == (1 / 3, 3, 120)


def test_the_probe_counts_small_sites_as_much_as_large_ones(three_sites):
    told, untold = (probe_summary([probe_site(*halves(*three_sites, told))])["HGG"] for told in (2, 0))
    assert told["balanced_accuracy"] > 0.73
    assert untold["balanced_accuracy"] == pytest.approx(1 / 3, abs=0.12)


def test_each_grade_is_probed_by_itself(three_sites):
    """A feature that tells the site in opposite ways in both grades, which no classifier of both could read."""
    sites, y = three_sites
    known, known_sites, known_y, new, new_sites, new_y = halves(sites, y, told=6)
    known[:, 1] *= 1 - 2 * known_y
    new[:, 1] *= 1 - 2 * new_y
    summary = probe_summary([probe_site(known, known_sites, known_y, new, new_sites, new_y)])
    assert all(summary[grade]["balanced_accuracy"] > 0.95 for grade in ("LGG", "HGG"))


def test_the_probe_leaves_out_rare_sites_and_grades_of_one_site():
    sites, y = np.array(["a"] * 4 + ["b"] * 4 + ["rare"] + ["a"] * 5), np.repeat([1, 0], [9, 5])
    features = features_of(sites, y, told=6)
    test_sites = np.array(["rare", "b", "a", "unseen", "a"])
    probed = probe_site(features, sites, y, features[:5], test_sites, np.array([1, 1, 1, 1, 0]))
    assert probed["LGG"] is None
    assert probed["HGG"].true.tolist() == ["b", "a"]
    assert set(probed["HGG"].predicted) <= {"a", "b"}
    nobody = probe_site(features, sites, y, features[:1], ["unseen"], np.ones(1, int))
    assert nobody == {"LGG": None, "HGG": None}


def test_the_summary_pools_folds():
    first = Probed(np.array(["a", "a", "b"]), np.array(["a", "b", "b"]))
    second = Probed(np.array(["a", "a", "b", "b"]), np.array(["a", "a", "c", "c"]))
    folds = [{"LGG": first, "HGG": None}, {"LGG": second, "HGG": Probed(np.array(["a"]), np.array(["a"]))}]
    summary = probe_summary([*folds, {"LGG": None, "HGG": None}])
    expected = {"balanced_accuracy": (3 / 4 + 1 / 3) / 2, "chance": 1 / 2, "sites": 2, "cases": 7}
    assert summary["LGG"] == pytest.approx(expected)
    assert summary["HGG"] is None
    assert probe_summary([]) == {"LGG": None, "HGG": None}
    json.dumps(summary, allow_nan=False)
