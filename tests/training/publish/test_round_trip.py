"""Trained here, published, pulled by commit in a process that has nothing: the same probability."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from zoo.inference.grade import grade_study
from zoo.study.load import load_volumes
from zoo.weights.load import load_weights

MODEL, REPO = "single-t1ce", "me/mine"


@pytest.fixture
def run(client):
    """run(package, *words, **environment) -> what its command said."""

    def succeed(*words, **environment):
        told = client("-m", *words, **environment)
        assert told.returncode == 0, told.stderr
        return told.stdout

    return succeed


@pytest.mark.long
def test_what_was_trained_here_grades_the_same_everywhere(run, hub, registry, make_study, tmp_path):
    training, clinic = tmp_path / "training", tmp_path / "clinic"
    weights, results = tmp_path / "mine.safetensors", tmp_path / "clinic.json"
    for cohort, seed in ((training, 1), (clinic, 2)):
        run("training", "simulate", "--out", cohort, "--cases", 12, "--spacing", 4, "--seed", seed)
    work = ("--run-dir", tmp_path / "work", "--no-tracking")
    run("training", "fit", MODEL, "--cohort", training, "--out", weights, "--epochs", 1, *work)
    run("training", "evaluate", "--cohort", clinic, "--weights", weights, "--out", results, *work)
    *_, source = run("training", "publish", MODEL, "--weights", weights, "--results", results, "--repo", REPO).split()
    assert source == f"hub:{REPO}@{hub.revisions(REPO)[-1]}"

    study, fresh = make_study(), {"HF_HOME": str(tmp_path / "fresh")}
    told = json.loads(run("zoo", "grade", study, "--model", source, "--json", **fresh))
    here = load_weights(replace(registry.model(MODEL), weights=weights))
    assert told["p_hgg"] == pytest.approx(grade_study(load_volumes(registry.read(study)), [], here).p_hgg, abs=1e-6)
    assert told["trained_on"] == here.record.trained_on
