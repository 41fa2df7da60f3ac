"""Every arm on every split: right answers, wherever and however often it is stopped."""

from __future__ import annotations

import multiprocessing
import shutil
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, replace

import numpy as np
import pytest
from scipy.special import expit
from sklearn.metrics import roc_auc_score

from training.cohorts import CohortError
from training.data.folds import Split
from training.evaluation import arms as arms_module
from training.evaluation import cross_validate as module
from training.evaluation.arms import Arm, ArmOnSplit
from training.evaluation.cross_validate import (
    SITE_CONTROL,
    NamedSplit,
    Protocol,
    cross_validate,
    known_folds,
    named_splits,
)
from training.evaluation.results import FOLDS, HOSPITALS, load_results, save_results
from training.options import FitOptions
from training.statistics.sites import site_control
from training.weights.split_run import SplitRun

PROTOCOL = Protocol(folds=2, hospitals=True)
OPTIONS = FitOptions(epochs=1)


@pytest.fixture(scope="module")
def arms(small, registry):
    return [Arm("headline", small("single-t1ce", width=4)), Arm("control", registry.model("delta-control"))]


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    return tmp_path_factory.mktemp("work")


@pytest.fixture(scope="module")
def results(arms, cohort, work):
    return cross_validate(arms, cohort, PROTOCOL, OPTIONS, work, "headline")


def _outcomes(results, model, scheme):
    return [outcome for outcome in results.outcomes if (outcome.model, outcome.scheme) == (model, scheme)]


@pytest.mark.parametrize("model", ["headline", "control", SITE_CONTROL])
def test_every_case_is_graded_once_under_each_scheme(results, model):
    for scheme in (FOLDS, HOSPITALS):
        graded = [case for outcome in _outcomes(results, model, scheme) for case in outcome.cases]
        assert sorted(graded) == sorted(case.id for case in results.cases)


def test_a_split_that_leaks_is_refused_before_anything_trains(arms, cohort, tmp_path, monkeypatch):
    rows = np.arange(len(cohort.cases))
    leaking = NamedSplit(FOLDS, 0, Split(rows[:8], rows[8:12], rows[7:]))
    monkeypatch.setattr(module, "named_splits", lambda cases, protocol: [leaking])
    with pytest.raises(CohortError, match="expected every patient on one side only, found 5 on two"):
        cross_validate(arms, cohort, PROTOCOL, OPTIONS, tmp_path, "headline")
    assert not list(tmp_path.iterdir())


def test_what_arms_share_is_trained_before_them_and_once(cohort, small, registry, tmp_path, monkeypatch):
    donor = small("single-t1ce", width=4)
    monkeypatch.setattr(module, "load_registry", lambda: replace(registry, models=registry.models | {donor.id: donor}))
    sharing = replace(small("early-fusion", width=4), encoders_from={"encoder": donor.id})
    arms, asked = [Arm("one", sharing), Arm("other", replace(sharing, epochs_factor=2))], []

    def execute(function, tasks):
        asked.append([type(task).__name__ for task in tasks])
        return [{"answers": {}, "seconds": 1.0} for _ in tasks]

    with pytest.raises(TypeError):  # there are no answers
        cross_validate(arms, cohort, Protocol(folds=2), OPTIONS, tmp_path, "one", execute=execute)
    assert asked == [["DonorOnSplit"] * 2, ["ArmOnSplit"] * 4]


def _in_three_phases(spec, alone):
    return replace(spec, phases=(replace(spec.phases[-1], share=0.3),) * 3)


def test_an_arm_is_trained_as_it_is_adapted_to_the_split(arms, cohort, work):
    split = next(named_splits(cohort.cases, PROTOCOL)).split
    task = _task(replace(arms[0], adapt=_in_three_phases), split, cohort, work)
    assert task.run()["answers"]["epochs"] == 3


def test_answers_are_those_of_the_weights_of_the_split(results, arms, cohort, work):
    outcome = _outcomes(results, "headline", FOLDS)[1]
    split = next(each.split for each in named_splits(cohort.cases, PROTOCOL) if each.split.name == outcome.split)
    run = SplitRun(replace(_task(arms[0], split, cohort, work).material), work / "splits")
    model = run.trained(arms[0].spec)
    log_odds = run.log_odds(model, "test")
    assert list(outcome.logit) == log_odds.tolist()
    np.testing.assert_allclose(outcome.p_hgg, expit(log_odds))
    assert outcome.cases == tuple(cohort.cases[row].id for row in split.test)
    y = run.material.cohort(arms[0].spec.recipe).y
    assert outcome.train_auc == roc_auc_score(y[split.train], run.log_odds(model, "train"))
    assert outcome.val_auc == roc_auc_score(y[split.val], run.log_odds(model, "val"))
    assert (outcome.train_cases, outcome.epochs, outcome.order) == (len(split.train), 2, ("t1ce",))


def _task(arm, split, cohort, work):
    return ArmOnSplit(
        arm, arms_module.Material(cohort.cases, split, OPTIONS, work / "prepared"), work / "splits", FOLDS
    )


def test_the_prefix_alone_learns_from_the_cases_that_are_not_held_out(results, cohort):
    (first, *_) = _outcomes(results, SITE_CONTROL, FOLDS)
    split = next(iter(named_splits(cohort.cases, PROTOCOL))).split
    y = np.array([case.grade == "HGG" for case in cohort.cases]).astype(int)
    learned = np.concatenate([split.train, split.val])
    expected = site_control(y, [case.site for case in cohort.cases], [(learned, split.test)])[split.test]
    assert list(first.p_hgg) == expected.tolist()


def test_folds_stand_beside_the_cases_and_can_be_kept(results, cohort, arms, work):
    for fold, outcome in enumerate(_outcomes(results, "headline", FOLDS)):
        assert {case.id for case in results.cases if case.folds == (fold,)} == set(outcome.cases)
    other_seed = Protocol(folds=2, seed=9, known=known_folds(results))
    kept = [each.split.test.tolist() for each in named_splits(cohort.cases, other_seed)]
    assert kept == [
        [row for row, case in enumerate(results.cases) if case.folds == (fold,)] for fold in range(2)
    ]  # fmt: skip


def test_repeats_have_folds_of_their_own(cohort):
    splits = list(named_splits(cohort.cases, Protocol(folds=2, repeats=2)))
    assert [(each.repeat, each.split.name) for each in splits] == [
        (repeat, f"fold {fold} of 2") for repeat in (0, 1) for fold in (1, 2)
    ]
    assert splits[0].split.test.tolist() != splits[2].split.test.tolist()


def test_the_site_probe_reads_held_out_cases_by_grade(results):
    (first, *_) = _outcomes(results, "headline", FOLDS)
    assert set(first.site_probe) == {"LGG", "HGG"}
    for true, predicted in filter(None, first.site_probe.values()):
        assert len(true) == len(predicted) > 0
        assert set(true) <= {"simulated-site-1", "simulated-site-2"}


def test_a_stopped_evaluation_ends_with_the_same_file(results, arms, cohort, tmp_path, monkeypatch):
    run, calls = ArmOnSplit.run, []

    def stop_at_the_third(task):
        calls.append(task)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return run(task)

    monkeypatch.setattr(ArmOnSplit, "run", stop_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        cross_validate(arms, cohort, PROTOCOL, OPTIONS, tmp_path, "headline")
    resumed = cross_validate(arms, cohort, PROTOCOL, OPTIONS, tmp_path, "headline")
    assert len(calls) == 1 + len(arms) * len(list(named_splits(cohort.cases, PROTOCOL)))
    assert _without_timing(resumed) == _without_timing(results)


def _without_timing(results):
    return asdict(replace(results, timing={}))


def test_tasks_can_be_done_elsewhere(results, arms, cohort, work, tmp_path):
    shutil.copytree(work / "prepared", tmp_path / "prepared")
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        found = cross_validate(arms, cohort, Protocol(folds=2), OPTIONS, tmp_path, "headline", execute=pool.map)
    expected = [outcome for outcome in results.outcomes if outcome.scheme == FOLDS]
    assert [outcome.cases for outcome in found.outcomes] == [outcome.cases for outcome in expected]
    for here, there in zip(expected, found.outcomes, strict=True):
        np.testing.assert_allclose(there.logit, here.logit, atol=1e-3)


def test_the_file_holds_it_all(results, tmp_path):
    save_results(tmp_path / "results.json", results)
    assert load_results(tmp_path / "results.json") == results
    assert results.protocol["training"] == asdict(OPTIONS)
    assert results.cohort["simulated"] is True
    assert set(results.timing) == {"versions", "hardware", "seconds"}
    assert [row.name for row in results.models] == ["headline", "control", SITE_CONTROL]
