"""What models answer on prepared studies is what the page would answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from training.data.batches import predict
from training.data.prepared_cohort import prepare_cohort
from training.data.shifted import shifted_cohort
from training.evaluation.results import WHOLE
from training.whole_zoo import grading
from training.whole_zoo.grading import grade_prepared
from zoo.inference.grade import grade_study
from zoo.registry import load_registry
from zoo.study.load import load_volumes


def test_prepared_studies_get_the_grades_of_the_page(whole, models, tmp_path):
    few = replace(whole.unseen_cohort, cases=whole.unseen_cohort.cases[:3])
    results = grade_prepared(models, few, tmp_path, models[0].spec.id)
    for model, outcome in zip(models, results.outcomes, strict=True):
        assert (outcome.model, outcome.scheme) == (model.spec.id, WHOLE)
        for case, p_hgg in zip(few.cases, outcome.p_hgg, strict=True):
            volumes = load_volumes(load_registry().read(case.source))
            assert p_hgg == pytest.approx(grade_study(volumes, [], model).p_hgg, abs=2e-3)


def test_what_was_graded_is_not_graded_again(whole, models, tmp_path, monkeypatch):
    few = replace(whole.unseen_cohort, cases=whole.unseen_cohort.cases[:3])
    first = grade_prepared(models, few, tmp_path, models[0].spec.id)
    monkeypatch.setattr(grading, "predict", None)
    assert grade_prepared(models, few, tmp_path, models[0].spec.id).outcomes == first.outcomes


def test_shifted_studies_are_graded_as_other_scanners_would_have_given_them(whole, models, tmp_path, monkeypatch):
    few = replace(whole.unseen_cohort, cases=whole.unseen_cohort.cases[:3])
    plain = grade_prepared(models, few, tmp_path, models[0].spec.id)
    graded = []
    monkeypatch.setattr(
        grading, "predict", lambda module, ready, *rest: graded.append(ready) or predict(module, ready, *rest)
    )
    shifted = grade_prepared(models, few, tmp_path, models[0].spec.id, shifted=True)
    recipe, prepared = models[0].spec.recipe, tmp_path / "prepared"
    expected = shifted_cohort(prepare_cohort(few.cases, recipe, prepared), recipe, prepared)
    assert all((ready.x == expected.x).all() for ready in graded)
    assert len(graded) == len(models)
    assert all(a.p_hgg != b.p_hgg for a, b in zip(plain.outcomes, shifted.outcomes, strict=True))
    monkeypatch.setattr(grading, "predict", None)
    assert grade_prepared(models, few, tmp_path, models[0].spec.id, shifted=True).outcomes == shifted.outcomes
    assert grade_prepared(models, few, tmp_path, models[0].spec.id).outcomes == plain.outcomes


def test_other_looks_of_a_later_version_are_graded_anew(whole, models, tmp_path, monkeypatch):
    task = grading.GradeWithModel(
        models[0].spec, models[0].revision, whole.unseen_cohort.cases[:1], tmp_path, shifted=True
    )
    before = task.name
    monkeypatch.setattr(grading, "SHIFT_VERSION", -1)
    assert task.name != before
