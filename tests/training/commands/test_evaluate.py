"""One command from a cohort to a table that says what it found; killed and repeated, it ends with the same file."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from training.evaluation.results import load_results
from training.jobs.process_pool import ONE_THREAD, one_thread_each
from zoo.assets.leaderboard import LEADERBOARD, read_leaderboard

ROOT = Path(__file__).parents[3]
MODELS = ("single-t1ce", "delta-control", "volume-control")
ENVIRONMENT = os.environ | {"OMP_NUM_THREADS": "1", "COLUMNS": "200"}


def _command(*words):
    return [sys.executable, "-m", "training", *map(str, words)]


def _run(*words):
    return subprocess.run(_command(*words), cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False)


def _evaluation(cohort, folder, models=MODELS, *more):
    chosen = [word for model in models for word in ("--model", model)]
    options = ("--folds", 2, "--epochs", 1, "--no-tracking", "--run-dir", folder / "work", *more)
    return ("evaluate", "--cohort", cohort.root, "--out", folder / "results.json", *chosen, *options)


@pytest.fixture(scope="module")
def evaluated(cohort, tmp_path_factory):
    """Folder and output of an evaluation that nobody stopped."""
    folder = tmp_path_factory.mktemp("evaluated")
    run = _run(*_evaluation(cohort, folder, MODELS, "--leave-hospitals-out"))
    assert run.returncode == 0, run.stderr
    return folder, run


@pytest.mark.long
def test_the_table_has_intervals_and_controls(evaluated):
    _, run = evaluated
    table = run.stdout
    for words in ("cross-validation", "leave one hospital out", "site-control", "delta-control.compact", "95 %"):
        assert words in table.lower() or words in table, words
    assert "Research demonstration, not a medical device" in table
    assert "0.985" in table  # what the paper reports


@pytest.mark.long
def test_tables_and_plots_are_drawn_again_from_the_file_alone(evaluated, run_here, tmp_path):
    folder, _ = evaluated
    run = run_here("training", "report", folder / "results.json", "--out", tmp_path)
    assert run.status == 0, run.stderr
    for name in ("table.md", "table.csv", "roc.png", "reliability.svg", "auc-against-gflops.png"):
        assert (tmp_path / name).read_bytes() == (folder / "results" / name).read_bytes(), name


@pytest.mark.long
def test_killed_and_repeated_it_ends_with_the_same_file(evaluated, cohort, tmp_path):
    words = _evaluation(cohort, tmp_path, MODELS, "--leave-hospitals-out")
    with subprocess.Popen(
        _command(*words), cwd=ROOT, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        while not list(tmp_path.rglob("single-t1ce*.json")):
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
    assert not (tmp_path / "results.json").exists()
    assert _run(*words).returncode == 0
    assert _facts(tmp_path / "results.json") == _facts(evaluated[0] / "results.json")


@pytest.mark.long
def test_every_engine_ends_with_the_same_file(cohort, tmp_path, run_here, monkeypatch):
    monkeypatch.setattr("training.jobs.slurm_engine.CLUSTER", "local")
    monkeypatch.setattr("training.jobs.process_engine.one_thread_each", one_thread_each)
    for variable in ONE_THREAD:
        monkeypatch.setenv(variable, "1")
    found = []
    for asked in (("--processes", 1), ("--processes", 2), ("--engine", "ray"), ("--engine", "slurm")):
        folder = tmp_path / "-".join(map(str, asked))
        run = run_here("training", *_evaluation(cohort, folder, MODELS[1:2], *asked))
        assert run.status == 0, run.stderr
        found.append(_facts(folder / "results.json"))
    assert found == [found[0]] * 4


def _facts(path):
    """All but what differs from run to run, as text: digits and order count."""
    facts = json.loads(path.read_text(encoding="utf-8"))
    assert facts.pop("timing")
    return json.dumps(facts)


def test_given_weights_grade_a_folder_with_labels(run_here, cohort, tmp_path):
    root = tmp_path / "external"
    root.mkdir()
    for case in cohort.cases[:4]:
        (root / case.id).symlink_to(case.source)
    (root / "unlabelled").symlink_to(cohort.cases[5].source)
    grades = [f"{case.id},{case.grade}" for case in cohort.cases[:4]]
    (root / "labels.csv").write_text("\n".join(["case,brats_grade", *grades]))
    options = ("--weights", "embedded", "--model", "single-t1ce", "--run-dir", tmp_path / "work")
    result = run_here("training", "evaluate", "--cohort", root, "--out", tmp_path / "results.json", *options)
    assert result.status == 0, result.stderr
    assert "left out: unlabelled: no grade given" in result.stderr
    assert "look like several scans" not in result.stderr
    results = load_results(tmp_path / "results.json")
    assert [len(outcome.cases) for outcome in results.outcomes] == [4]
    assert results.cohort["left_out"] == {"unlabelled": "no grade given"}


def test_regions_are_measured_noted_and_drawn_again_from_the_file_alone(run_here, cohort, tmp_path, monkeypatch):
    board = Path(shutil.copy(LEADERBOARD, tmp_path))
    monkeypatch.setattr("training.commands.evaluate.LEADERBOARD", board)
    root = tmp_path / "masked"
    root.mkdir()
    for case in cohort.cases[:4]:
        (root / case.id).symlink_to(case.source)
    (root / "labels.csv").write_text(
        "\n".join(["case,grade", *(f"{case.id},{case.grade}" for case in cohort.cases[:4])])
    )
    options = ("--weights", "embedded", "--model", "early-fusion", "--segment", "--run-dir", tmp_path / "work")
    options += ("--note-as", "unseen")
    result = run_here("training", "evaluate", "--cohort", root, "--out", tmp_path / "regions.json", *options)
    assert result.status == 0, result.stderr
    assert "segmenting" in result.stderr
    assert "| `early-fusion.compact` | whole     |       4 |" in result.stdout
    assert read_leaderboard(board).models["early-fusion.compact"].regions["unseen"]["whole"].studies == 4
    again = run_here("training", "report", tmp_path / "regions.json", "--out", tmp_path / "again")
    assert again.status == 0, again.stderr
    for name in ("regions.md", "studies.csv"):
        assert (tmp_path / "again" / name).read_bytes() == (tmp_path / "regions" / name).read_bytes(), name


@pytest.fixture(scope="module")
def dry_runs(tmp_path_factory):
    """Keeps the small cohort for all experiments."""
    return tmp_path_factory.mktemp("dry-runs")


@pytest.mark.long
@pytest.mark.parametrize(("experiment", "cases"), [("paper", 16), ("shift", 4)])
def test_experiments_can_be_tried_on_a_small_simulated_cohort(run_here, dry_runs, experiment, cases, tmp_path):
    options = ("--dry-run", "--no-tracking", "--run-dir", dry_runs, "--model", "single-t1ce")
    run = run_here("training", "ablate", experiment, "--out", tmp_path / "results.json", *options)
    assert run.status == 0, run.stderr
    results = load_results(tmp_path / "results.json")
    assert results.protocol["experiment"] == experiment
    assert len(results.cases) == cases
    assert {outcome.model for outcome in results.outcomes} == {row.name for row in results.models}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ("ablate", "nonsense", "--out", "x.json"),
            "expected one of baselines, ablation, order, compact, paper, shift",
        ),
        (("ablate", "paper", "--out", "x.json"), "Say which cohort, or try --dry-run"),
        (("evaluate", "--cohort", "training", "--out", "x.json"), "expected studies of both grades"),
        (("evaluate", "--cohort", ".", "--out", "x.json", "--segment"), "expected --weights too"),
        (("evaluate", "--cohort", ".", "--out", "x.json", "--note-as", "unseen"), "expected --segment too"),
        (("report", "README.md"), "expected a results file of format 1"),
        (("evaluate", "--cohort", ".", "--out", "x.json", "--folds", 1), "Invalid value for '--folds'"),
    ],
)
def test_user_errors(run_here, words, told):
    result = run_here("training", *words)
    assert result.status == 2
    assert told in " ".join(result.stderr.replace("│", " ").split())
