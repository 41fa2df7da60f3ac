"""Trained here, published, pulled by commit in a process that has nothing: the same probability."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from training.jobs.engine import Engine
from training.simulation import write_cohort
from zoo.inference.grade import grade_study
from zoo.study.load import load_volumes
from zoo.weights.load import load_weights

MODEL, REPO = "single-t1ce", "me/mine"


@pytest.fixture
def run(run_with_hub):
    """run(*words) -> what `python -m training *words` said, in this process."""

    def succeed(*words):
        told = run_with_hub(*words)
        assert told.status == 0, told.stderr
        return told.stdout

    return succeed


@pytest.mark.long
def test_what_was_trained_here_grades_the_same_everywhere(run, client, cohort, hub, registry, make_study, tmp_path):
    weights, results, clinic = tmp_path / "mine.safetensors", tmp_path / "clinic.json", tmp_path / "clinic"
    write_cohort(clinic, cases=8, seed=2, spacing_mm=6.0, engine=Engine(processes=1))
    work = ("--run-dir", tmp_path / "work", "--no-tracking")
    run("fit", MODEL, "--cohort", cohort.root, "--out", weights, "--epochs", 1, *work)
    run("evaluate", "--cohort", clinic, "--weights", weights, "--out", results, *work)
    *_, source = run("publish", MODEL, "--weights", weights, "--results", results, "--repo", REPO).split()
    assert source == f"hub:{REPO}@{hub.revisions(REPO)[-1]}"

    study, fresh = make_study(), str(tmp_path / "fresh")
    graded = client("-m", "zoo", "grade", study, "--model", source, "--json", HF_HOME=fresh)
    assert graded.returncode == 0, graded.stderr
    told = json.loads(graded.stdout)
    here = load_weights(replace(registry.model(MODEL), weights=weights))
    assert told["p_hgg"] == pytest.approx(grade_study(load_volumes(registry.read(study)), [], here).p_hgg, abs=1e-6)
    assert told["trained_on"] == here.record.trained_on
