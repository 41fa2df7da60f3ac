from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from made_up_results import ARMS, HEADLINE, Arm, made_up_results
from training.evaluation.results import FOLDS, WHOLE
from training.report.headline import compare_with_headline
from training.report.predictions import answers, outcomes_of
from training.statistics.comparisons import bootstrap_test, delong_test, holm, nadeau_bengio_test
from training.statistics.metrics import auc


def _both(results, scheme):
    return (answers(results, outcomes_of(results, name, scheme)) for name in ("single-t1ce", HEADLINE))


def _figures(row):
    return row["difference"], row["low"], row["high"], row["p"]


def _same(found):
    return pytest.approx((found.difference, found.interval.low, found.interval.high, found.p_value))


def test_one_split_is_compared_by_delong():
    results = made_up_results(schemes=(WHOLE,))
    compared = compare_with_headline(results, WHOLE)
    ours, headline = _both(results, WHOLE)
    assert "DeLong" in compared["method"]
    assert _figures(compared["arms"]["single-t1ce"]) == _same(delong_test(ours.y, ours.p_hgg, headline.p_hgg))


def test_scans_of_one_patient_are_compared_as_such():
    results = made_up_results(schemes=(WHOLE,))
    pairs = tuple(replace(row, patient=f"p{number // 2}") for number, row in enumerate(results.cases))
    results = replace(results, cases=pairs)
    compared = compare_with_headline(results, WHOLE)
    ours, headline = _both(results, WHOLE)
    expected = delong_test(ours.y, ours.p_hgg, headline.p_hgg, ours.patients)
    assert _figures(compared["arms"]["single-t1ce"]) == _same(expected)
    assert expected.p_value != delong_test(ours.y, ours.p_hgg, headline.p_hgg).p_value


def test_folds_are_compared_by_a_paired_bootstrap_within_each():
    results = made_up_results()
    compared = compare_with_headline(results, FOLDS)
    row, (ours, headline) = compared["arms"]["single-t1ce"], _both(results, FOLDS)
    expected = bootstrap_test(ours.y, ours.p_hgg, headline.p_hgg, ours.patients.tolist(), ours.split)
    assert "bootstrap" in compared["method"]
    assert row["difference"] == pytest.approx(expected.difference)
    assert (row["low"], row["high"]) == pytest.approx((expected.interval.low, expected.interval.high), abs=0.02)


def test_repeats_are_compared_with_the_variance_of_nadeau_and_bengio():
    results = made_up_results(repeats=3)
    compared = compare_with_headline(results, FOLDS)
    ours, headline = _both(results, FOLDS)
    splits = [ours.split == split for split in range(15)]
    differences = [auc(ours.y[s], ours.p_hgg[s]) - auc(ours.y[s], headline.p_hgg[s]) for s in splits]
    share = np.mean([row.train_cases / 166 for row in results.outcomes])
    assert "Nadeau" in compared["method"]
    assert _figures(compared["arms"]["single-t1ce"]) == _same(nadeau_bengio_test(np.array(differences), share))


def test_only_cases_that_both_graded_count_whatever_their_order():
    results = made_up_results(schemes=(WHOLE,))
    row = results.outcomes[1]
    part = {name: getattr(row, name)[:50:-1] for name in ("cases", "logit", "p_hgg")}
    changed = replace(results, outcomes=(results.outcomes[0], replace(row, **part)))
    ours, headline = _both(results, WHOLE)
    expected = delong_test(ours.y[51:], ours.p_hgg[51:], headline.p_hgg[51:])
    found = compare_with_headline(changed, WHOLE)["arms"]["single-t1ce"]
    assert found["cases"] == 115
    assert _figures(found) == _same(expected)


def test_splits_that_only_one_arm_has_dont_count():
    results = made_up_results()
    kept = tuple(row for row in results.outcomes if row.model == HEADLINE or row.split != "fold 1 of 5")
    found = compare_with_headline(replace(results, outcomes=kept), FOLDS)["arms"]["single-t1ce"]
    assert found["cases"] == 166 - len(results.outcomes[0].cases)


def test_p_is_adjusted_for_all_arms():
    arms = ARMS | {"another": Arm(0.88), "yet another": Arm(0.9)}
    compared = compare_with_headline(made_up_results(arms, schemes=(WHOLE,)), WHOLE)["arms"]
    assert list(compared) == ["single-t1ce", "site-control", "another", "yet another"]
    p_values = [row["p"] for row in compared.values()]
    assert [row["p_holm"] for row in compared.values()] == holm(p_values) != p_values


def test_the_verdict_allows_for_the_number_of_arms():
    headline, other, _ = (results := made_up_results(ARMS | {"single-t1ce": Arm(0.78)}, schemes=(WHOLE,))).outcomes
    row = results.models[1]
    for arms, verdict in ((1, "worse"), (40, "no difference shown")):
        models = tuple(replace(row, name=str(index)) for index in range(arms))
        outcomes = (headline, *(replace(other, model=model.name) for model in models))
        changed = replace(results, models=(results.models[0], *models), outcomes=outcomes)
        found = compare_with_headline(changed, WHOLE)["arms"]["0"]
        assert found["p"] < 0.05
        assert found["verdict"] == verdict


@pytest.mark.parametrize(
    ("auc", "size", "verdict"),
    [(0.6, 4, "worse"), (0.99, 4, "better"), (0.85, 1, "no difference shown")],
)
def test_a_verdict_needs_evidence(auc, size, verdict):
    results = made_up_results({HEADLINE: Arm(0.9), "other": Arm(auc)}, size=size, schemes=(WHOLE,), seed=2)
    assert compare_with_headline(results, WHOLE)["arms"]["other"]["verdict"] == verdict


@pytest.mark.parametrize(("shift", "verdict"), [(0.03, "no difference shown"), (0.2, "worse")])
def test_a_difference_below_two_hundredths_is_none_however_certain(shift, verdict):
    headline, other, _ = (results := made_up_results(size=4, schemes=(WHOLE,))).outcomes
    shifted = tuple(p + shift * ("LGG" in case) for case, p in zip(headline.cases, headline.p_hgg, strict=True))
    changed = replace(results, outcomes=(headline, replace(other, p_hgg=shifted)))
    row = compare_with_headline(changed, WHOLE)["arms"]["single-t1ce"]
    assert row["p_holm"] < 0.001
    assert row["verdict"] == verdict


@pytest.mark.parametrize(
    ("auc", "size", "verdict"),
    [(0.97, 4, "loses at most 0.03"), (0.75, 4, "loses more than 0.03"), (0.9, 1, "a loss of 0.03 can't be told")],
)
def test_a_smaller_model_is_held_against_the_margin_that_was_said_in_advance(auc, size, verdict):
    results = made_up_results({HEADLINE: Arm(0.92), "smaller": Arm(auc)}, size=size, schemes=(WHOLE,))
    asked = replace(results, protocol=results.protocol | {"experiment": "compact"})
    assert compare_with_headline(asked, WHOLE)["arms"]["smaller"]["verdict"] == verdict


def test_equal_answers_show_no_difference_and_no_p():
    results = made_up_results(schemes=(WHOLE,))
    outcomes = tuple(replace(results.outcomes[0], model=row.model) for row in results.outcomes)
    row = compare_with_headline(replace(results, outcomes=outcomes), WHOLE)["arms"]["single-t1ce"]
    assert (row["difference"], row["p"], row["verdict"]) == (0, None, "no difference shown")


def test_nothing_to_compare():
    assert compare_with_headline(made_up_results(), WHOLE) is None
    assert compare_with_headline(replace(made_up_results(), headline="absent"), FOLDS) is None
