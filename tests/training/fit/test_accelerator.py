"""Accelerate: precision by choice, and several processes that end where one does."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from training.data.folds import Split
from training.data.prepared_cohort import PreparedCohort
from training.fit.accelerator import _precision, start_accelerator
from training.fit.loop import fit
from training.jobs.engine import Engine
from training.options import FitOptions
from training.simulation import write_cohort
from zoo import ZooError

ROOT = Path(__file__).parents[3]


def _processor(monkeypatch, **has):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": True, **has})


@pytest.mark.parametrize(
    ("precision", "matrix_units", "expected"),
    [("auto", False, "no"), ("auto", True, "bf16"), ("no", True, "no"), ("bf16", False, "bf16")],
)
def test_precision_is_as_chosen_or_what_the_processor_is_fast_in(precision, matrix_units, expected, monkeypatch):
    _processor(monkeypatch, amx_bf16=matrix_units)
    assert start_accelerator(FitOptions(precision=precision), 16).mixed_precision == expected


def test_a_processor_that_says_nothing_of_matrix_units_computes_in_float32(monkeypatch):
    _processor(monkeypatch)
    assert start_accelerator(FitOptions(), 16).mixed_precision == "no"


@pytest.mark.parametrize(("gpu_has_it", "expected"), [(True, "bf16"), (False, None)])
def test_where_there_is_a_gpu_its_abilities_count_alone(gpu_has_it, expected, monkeypatch):
    _processor(monkeypatch, amx_bf16=True)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: gpu_has_it)
    assert _precision(FitOptions()) == expected


def test_unknown_precision_is_refused():
    with pytest.raises(ValueError, match="precision: expected one of auto, no, bf16, fp16; found 'half'"):
        FitOptions(precision="half")


def test_steps_too_small_to_share_are_refused():
    with pytest.raises(ZooError, match=r"at least 4 studies in every step, .* in 4 pieces; found 3 .*Raise the batch"):
        start_accelerator(FitOptions(batch_size=3, accumulate=4), 9)
    assert start_accelerator(FitOptions(batch_size=4, accumulate=4), 8)


@pytest.fixture(scope="module")
def cohort(tmp_path_factory):
    root = tmp_path_factory.mktemp("cohort")
    write_cohort(root, cases=10, seed=3, spacing_mm=6.0, engine=Engine(processes=1))
    return root


def _words(cohort, folder):
    """What a training is asked for; pieces of a batch add up to it in float32, but for rounding."""
    chosen = [word for option in ("secondaries=t2,", "width=4", "dropout=0") for word in ("--option", option)]
    options = [*chosen, "--epochs", 2, "--batch-size", 4, "--no-tracking", "--precision", "no"]
    paths = ["--cohort", cohort, "--out", folder / "weights.safetensors", "--run-dir", folder]
    return [str(word) for word in ("fit", "guided-dual-attention", *paths, *options)]


def _launched(words):
    """Two processes of a training, as `accelerate launch` starts them: how they ended, and what they said."""
    options = ["--cpu", "--num_processes=2", "--num_machines=1", "--mixed_precision=no", "--dynamo_backend=no",
               "--main_process_port=0", "-m"]  # fmt: skip
    command = [sys.executable, "-m", "accelerate.commands.launch", *options, "training", *words]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.long
def test_two_processes_end_where_one_does(run_here, cohort, tmp_path):
    alone = run_here("training", *_words(cohort, tmp_path / "one"))
    assert (alone.status, alone.stdout.count("held out")) == (0, 1), alone.stderr
    shared = _launched(_words(cohort, tmp_path / "two"))
    assert (shared.returncode, shared.stdout.count("held out")) == (0, 1), shared.stderr
    one, two = (load_file(tmp_path / name / "weights.safetensors") for name in ("one", "two"))
    for name, value in one.items():
        torch.testing.assert_close(two[name].float(), value.float(), rtol=0.01, atol=0.003)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU here: mixed precision of the paper preset is not run")
@pytest.mark.parametrize("precision", ["bf16", "fp16"])
def test_the_papers_model_takes_a_step_in_mixed_precision(registry, tmp_path, precision):
    spec = registry.model("guided-dual-attention.paper")
    spec = replace(spec, phases=(replace(spec.phases[-1], share=1.0),))
    shape = (4, 4, *spec.recipe.shape)
    x = np.random.default_rng(0).normal(0, 1, shape).astype(np.float16)
    y, regions = np.arange(4) % 2, np.full((4, 3, 64, 32, 32), np.nan, np.float16)
    cohort = PreparedCohort(x, np.ones((4, 4), bool), regions, y, y)
    split = Split(np.arange(2), np.arange(2, 4), np.arange(0))
    told = []
    fit(spec, cohort, split, FitOptions(epochs=1, batch_size=2, precision=precision), tmp_path / "c", told.extend)
    assert np.isfinite([told[0]["loss"], told[0]["val_loss"]]).all()
