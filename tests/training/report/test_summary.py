from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, brier_score_loss, f1_score, roc_auc_score

from made_up_results import ARMS, CONTROL, HEADLINE, Arm, made_up_results
from training.evaluation.results import FOLDS, HOSPITALS, WHOLE
from training.report.predictions import answers, outcomes_of
from training.report.summary import MEASURES, mean_of, summarise
from training.statistics.intervals import delong_interval, pooled_over_folds_interval, wilson_interval

DRAWS = 10


@pytest.fixture(scope="module")
def results():
    return made_up_results(repeats=2, schemes=(FOLDS, HOSPITALS, WHOLE))


@pytest.fixture(scope="module")
def summary(results):
    return summarise(results, DRAWS)


def _told(results, scheme, repeat=0):
    return answers(results, [row for row in outcomes_of(results, HEADLINE, scheme) if row.repeat == repeat])


def test_plain_json_and_the_same_every_time(results, summary):
    assert json.loads(json.dumps(summary, allow_nan=False)) == summary
    assert summarise(results, DRAWS) == summary


def test_over_folds_mean_and_sd_are_of_all_repeats(results, summary):
    told = [answers(results, [row]) for row in outcomes_of(results, HEADLINE, FOLDS)]
    aucs = [roc_auc_score(each.y, each.p_hgg) for each in told]
    f1 = [f1_score(each.y, each.p_hgg >= 0.5) for each in told]
    measures = summary["arms"][HEADLINE][FOLDS]["measures"]
    assert len(aucs) == 10
    assert (measures["auc"]["value"], measures["auc"]["sd"]) == pytest.approx((np.mean(aucs), np.std(aucs, ddof=1)))
    assert (measures["f1"]["value"], measures["f1"]["sd"]) == pytest.approx((np.mean(f1), np.std(f1, ddof=1)))
    assert [row["auc"] for row in summary["arms"][HEADLINE][FOLDS]["splits"]] == pytest.approx(aucs)


def test_pooled_figures_and_intervals_are_the_mean_of_the_repeats(results, summary):
    repeats = [_told(results, FOLDS, repeat) for repeat in (0, 1)]
    pooled = summary["arms"][HEADLINE][FOLDS]["pooled"]
    assert pooled["brier"]["value"] == pytest.approx(np.mean([brier_score_loss(r.y, r.p_hgg) for r in repeats]))
    assert pooled["auc"]["high"] == pytest.approx(np.mean([delong_interval(r.y, r.p_hgg).high for r in repeats]))
    over_folds = [pooled_over_folds_interval(r.y, r.p_hgg, r.split).low for r in repeats]
    assert summary["arms"][HEADLINE][FOLDS]["measures"]["auc"]["low"] == pytest.approx(np.mean(over_folds))


def test_a_whole_cohort_has_an_interval_for_each_measure_by_its_own_method(results, summary):
    told, measures = _told(results, WHOLE), summary["arms"][HEADLINE][WHOLE]["measures"]
    hgg, called = told.y == 1, told.p_hgg >= 0.5
    expected = {
        "accuracy": wilson_interval(called == hgg),
        "sensitivity": wilson_interval(called[hgg]),
        "specificity": wilson_interval(~called[~hgg]),
        "auc": delong_interval(told.y, told.p_hgg),
    }
    for name, interval in expected.items():
        assert (measures[name]["low"], measures[name]["high"]) == (interval.low, interval.high)
    assert measures["balanced_accuracy"]["value"] == pytest.approx(balanced_accuracy_score(told.y, called))
    for name in ("balanced_accuracy", "f1", "brier"):
        assert measures[name]["low"] < measures[name]["value"] < measures[name]["high"]
    assert measures["ece"]["low"] is None


def test_scans_of_one_patient_count_as_such(results):
    pairs = [replace(row, patient=f"p{number // 2}") for number, row in enumerate(results.cases)]
    told = _told(replace(results, cases=tuple(pairs)), WHOLE)
    measures = summarise(replace(results, cases=tuple(pairs)), draws=2)["arms"][HEADLINE][WHOLE]["measures"]
    right = (told.p_hgg >= 0.5) == told.y
    for name, interval in (
        ("auc", delong_interval(told.y, told.p_hgg, told.patients)),
        ("accuracy", wilson_interval(right, told.patients)),
    ):
        assert (measures[name]["low"], measures[name]["high"]) == (interval.low, interval.high)
    assert measures["auc"]["low"] != delong_interval(told.y, told.p_hgg).low


def test_each_split_is_graded_at_its_own_threshold():
    results = made_up_results({HEADLINE: Arm(0.9)}, folds=2)
    low, high = (replace(row, threshold=t) for row, t in zip(results.outcomes, (0.0, 1.1), strict=True))
    figures = summarise(replace(results, outcomes=(low, high)), DRAWS)["arms"][HEADLINE][FOLDS]
    assert [row["sensitivity"] for row in figures["splits"]] == [1, 0]
    assert figures["called_hgg"] == pytest.approx(len(low.cases) / 166)
    assert figures["pooled"]["sensitivity"]["value"] == pytest.approx(0.5, abs=0.02)
    assert figures["share_hgg"] == pytest.approx(103 / 166)


def test_within_hospitals_a_leaning_arm_is_seen_through_and_2013_can_be_left_out():
    results = made_up_results({HEADLINE: Arm(0.6, lean=4), "site-control": CONTROL}, size=4)
    leaning, control = (summarise(results, DRAWS)["arms"][name][FOLDS] for name in (HEADLINE, "site-control"))
    assert control["measures"]["auc"]["value"] > 0.75
    assert control["within_hospital"]["pooled"] == control["within_hospital"]["macro"] == 0.5
    assert leaning["measures"]["auc"]["value"] - leaning["within_hospital"]["pooled"] > 0.1
    assert leaning["within_hospital"]["pairs"] - leaning["within_hospital_without_2013"]["pairs"] == 40 * 80 // 5


def test_each_hospital_held_out(results, summary):
    told, figures = _told(results, HOSPITALS), summary["arms"][HEADLINE][HOSPITALS]
    own = told.at(told.hospitals == "Henry Ford")
    row = figures["hospitals"]["Henry Ford"]
    assert (row["lgg"], row["hgg"], row["pairs"]) == (34, 35, 34 * 35)
    assert row["auc"] == pytest.approx(roc_auc_score(own.y, own.p_hgg))
    assert (row["low"], row["high"]) == pytest.approx(tuple(vars(delong_interval(own.y, own.p_hgg)).values()))
    assert figures["hospitals"]["CBICA"]["auc"] is figures["hospitals"]["CBICA"]["low"] is None
    assert figures["measures"]["auc"]["value"] == pytest.approx(roc_auc_score(told.y, told.p_hgg))
    assert figures["within_hospital"]["pairs"] == 34 * 35 + 19 * 8 + 10 * 20
    assert "hospitals" not in summary["arms"][HEADLINE][FOLDS]


def test_gap_to_the_training_cases_and_site_probe(summary):
    figures = summary["arms"][HEADLINE][FOLDS]
    assert figures["train_gap"] == pytest.approx(0.95 - figures["measures"]["auc"]["value"])
    assert figures["site_probe"]["HGG"]["balanced_accuracy"] == pytest.approx(0.7, abs=0.1)
    assert (figures["site_probe"]["HGG"]["chance"], figures["site_probe"]["LGG"]["chance"]) == (1 / 4, 1 / 3)
    assert summary["arms"][HEADLINE][WHOLE]["train_gap"] is None
    assert summary["arms"]["site-control"][FOLDS]["site_probe"] is None


def test_what_was_not_graded_is_counted_once_by_reason_and_an_arm_that_graded_nothing_has_no_figures():
    results = made_up_results(repeats=2)
    outcomes = [
        replace(row, cases=(), logit=(), p_hgg=(), not_graded={"a": "no brain", "b": "no lesion", "c": "no brain"})
        if row.model == "single-t1ce"
        else row
        for row in results.outcomes
    ]
    summary = summarise(replace(results, outcomes=tuple(outcomes)), DRAWS)
    assert summary["not_graded"] == {HEADLINE: {}, "single-t1ce": {"no brain": 2, "no lesion": 1}, "site-control": {}}
    assert summary["arms"]["single-t1ce"] == {}
    assert list(summary["comparisons"][FOLDS]["arms"]) == ["site-control"]


def test_one_grade_alone_leaves_what_is_not_defined_empty():
    results = made_up_results(ARMS, schemes=(WHOLE,))
    hgg = {row.id for row in results.cases if row.grade == "HGG"}
    row = results.outcomes[0]
    kept = [index for index, case in enumerate(row.cases) if case in hgg]
    alone = replace(
        row, **{name: tuple(getattr(row, name)[index] for index in kept) for name in ("cases", "logit", "p_hgg")}
    )
    figures = summarise(replace(results, outcomes=(alone,)), DRAWS)["arms"][HEADLINE][WHOLE]
    undefined = {name for name in MEASURES if figures["measures"][name]["value"] is None}
    assert undefined == {"auc", "balanced_accuracy", "specificity"}
    assert figures["within_hospital"] == {"pooled": None, "macro": None, "pairs": 0}


def test_mean_of_structures_skips_what_is_not_known():
    assert mean_of([{"a": 1, "b": {"c": None}}, {"a": 4, "b": {"c": 2}}, None]) == {"a": 2.5, "b": {"c": 2}}
    assert mean_of([0, 2]) == 1
    assert mean_of([]) is mean_of([None]) is None


def test_patients_of_unknown_hospitals_are_not_of_one():
    known = made_up_results()
    unknown = replace(known, cases=tuple(replace(row, hospital="") for row in known.cases))
    (figures,) = summarise(unknown, DRAWS)["arms"][HEADLINE].values()
    assert figures["within_hospital"]["pairs"] == 0
    assert figures["within_hospital"]["pooled"] is None
