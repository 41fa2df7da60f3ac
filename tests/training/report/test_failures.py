from __future__ import annotations

from dataclasses import replace

import pytest

from made_up_results import CONTROL, HEADLINE, Arm, made_up_results
from training.evaluation.results import FOLDS, WHOLE
from training.report.failures import failure_signs
from training.report.summary import summarise

FIGURES = f"{HEADLINE} (cross-validation): "
GOOD = {"value": 0.9, "sd": 0.05, "low": 0.8, "high": 0.95}
PROBED = {"balanced_accuracy": 0.45, "chance": 0.25, "sites": 4, "cases": 100}


def _figures(auc=GOOD, within=0.8, **changes):
    return {
        "measures": {"auc": auc},
        "train_gap": 0.1,
        "called_hgg": 0.5,
        "share_hgg": 0.6,
        "within_hospital": {"pooled": within, "macro": within, "pairs": 300},
        "site_probe": {"HGG": PROBED, "LGG": None},
    } | changes


def _signs(results=None, not_graded=None, **arms):
    results = results or made_up_results(schemes=())
    summary = {
        "headline": HEADLINE,
        "arms": {row.name: arms.get(row.name.replace("-", "_"), {}) for row in results.models},
        "not_graded": {row.name: (not_graded or {}).get(row.name, {}) for row in results.models},
    }
    return failure_signs(results, summary)


def _of_headline(**changes):
    signs = _signs(guided_dual_attention={FOLDS: _figures(**changes)}, site_control={FOLDS: _figures(auc=_auc(0.7))})
    return [sign.removeprefix(FIGURES) for sign in signs if sign.startswith(FIGURES)]


def _auc(value):
    return GOOD | {"value": value}


def test_on_the_verge_of_every_limit_nothing_is_said():
    assert _of_headline() == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"auc": GOOD | {"sd": 0.0501}}, ["varies between folds", "SD 0.050"]),
        ({"train_gap": 0.101}, ["0.101 higher on training cases", "overfitted"]),
        ({"within": 0.799}, ["AUC is 0.900, but 0.799 among patients of the same hospital"]),
        ({"called_hgg": 0.91}, ["91% of its cases are graded HGG, while 60% are HGG", "collapsed"]),
        ({"called_hgg": 0.09}, ["91% of its cases are graded LGG"]),
        ({"called_hgg": 1.0, "share_hgg": 0.8}, ["100% of its cases are graded HGG"]),
        ({"site_probe": {"HGG": PROBED | {"balanced_accuracy": 0.46}}}, ["within HGG", "0.46, chance 0.25"]),
    ],
)
def test_beyond_a_limit_one_sign_names_the_figure(changes, said):
    (sign,) = _of_headline(**changes)
    assert all(text in sign for text in said)


@pytest.mark.parametrize(
    "changes", [{"called_hgg": 1.0, "share_hgg": 0.81}, {"train_gap": None}, {"site_probe": None}, {"within": None}]
)
def test_what_is_rare_or_not_known_is_no_sign(changes):
    assert _of_headline(**changes) == []


def test_auc_that_falls_by_another_modality():
    results = made_up_results(schemes=())
    models = (replace(results.models[0], extends="single-t1ce"), *results.models[1:])
    results = replace(results, models=models)
    for fewer, expected in ((0.909, 0), (0.911, 1)):
        signs = _signs(
            results, guided_dual_attention={FOLDS: _figures()}, single_t1ce={FOLDS: _figures(auc=_auc(fewer))}
        )
        assert (
            sum("falls by 0.011, to 0.900, by the modality that single-t1ce doesn't see" in s for s in signs)
            == expected
        )


def test_a_control_that_does_as_well():
    for auc, expected in ((0.899, 0), (0.9, 1)):
        signs = _signs(guided_dual_attention={FOLDS: _figures()}, site_control={FOLDS: _figures(auc=_auc(auc))})
        assert sum("never saw an image does as well" in sign for sign in signs) == expected


def test_a_control_is_not_blamed_for_telling_hospitals():
    signs = _signs(guided_dual_attention={FOLDS: _figures()}, site_control={FOLDS: _figures(within=0.5)})
    assert not any("tell hospitals apart" in sign for sign in signs)


def test_cross_validation_without_a_control():
    missing = "No arm of the cross-validation is blind"
    assert any(missing in sign for sign in _signs(guided_dual_attention={FOLDS: _figures()}))
    assert not any(missing in sign for sign in _signs(guided_dual_attention={WHOLE: _figures()}))


def test_patients_that_may_be_counted_several_times_are_named():
    results = made_up_results(schemes=())
    assert not [sign for sign in _signs(results) if "several scans" in sign]
    twice = [
        replace(row, id=f"case{number // 2}_{number % 2}", patient=f"p{number}")
        for number, row in enumerate(results.cases)
    ]
    (sign,) = [sign for sign in _signs(replace(results, cases=tuple(twice))) if "several scans" in sign]
    assert sign.startswith("case0_0, case0_1, case10_0")


@pytest.mark.parametrize(("left", "said"), [(20, True), (285, False)])
def test_a_calibration_on_few_cases_is_doubted(left, said):
    """Of 166 cases 63 are LGG; what neither trains nor tests calibrates."""
    results = made_up_results(size=8)
    outcomes = [replace(row, train_cases=len(results.cases) - len(row.cases) - left) for row in results.outcomes]
    signs = [sign for sign in _signs(replace(results, outcomes=tuple(outcomes))) if "Platt's slope" in sign]
    assert bool(signs) is said
    assert all(f"on some {round(20 * 63 / 166)} cases of the rarer grade in each fold" in sign for sign in signs)


def test_what_was_left_out_or_not_graded_is_counted():
    results = made_up_results(schemes=())
    results = replace(results, cohort=results.cohort | {"left_out": {"a": "no T1", "b": "no grade", "c": "no T1"}})
    signs = _signs(results, {"single-t1ce": {"no brain": 1}}, guided_dual_attention={FOLDS: _figures()})
    assert signs[0].endswith("3 cases left out of the cohort before any arm saw them: no T1 (2); no grade (1).")
    assert "single-t1ce: 1 case not graded, so its figures flatter it: no brain (1)." in signs


def test_the_cohort():
    signs = failure_signs(results := made_up_results(), summarise(results, 2))
    assert any("one grade only (CBICA)" in sign for sign in signs)
    assert any("With 166 cases every ECE is biased upwards" in sign for sign in signs)
    assert not any("2019" in sign or "The headline" in sign for sign in signs)
    large = made_up_results({"a": Arm(0.9)}, size=13, schemes=())
    assert not any("ECE" in sign for sign in failure_signs(large, summarise(large, 2)))


@pytest.mark.parametrize("where", ["name", "ids"])
def test_2019_is_no_replication(where):
    results = made_up_results(size=1, schemes=())
    if where == "name":
        results = replace(results, cohort=results.cohort | {"name": "BraTS 2019"})
    else:
        results = replace(results, cases=(replace(results.cases[0], id="BraTS19_2013_0_1"), *results.cases[1:]))
    assert any("no independent replication of 2018" in sign for sign in failure_signs(results, summarise(results)))


def test_a_headline_that_graded_nothing():
    results = replace(made_up_results({"a": Arm(0.9), "site-control": CONTROL}), headline="absent")
    assert failure_signs(results, summarise(results, 2))[0].startswith("The headline, absent, graded nothing")


def test_an_arm_that_leans_on_the_hospital_is_caught_from_answers_to_sentence():
    results = made_up_results({HEADLINE: Arm(0.6, lean=4), "site-control": CONTROL}, size=4)
    signs = failure_signs(results, summarise(results, 2))
    assert any(sign.startswith(FIGURES) and "tell hospitals apart" in sign for sign in signs)
