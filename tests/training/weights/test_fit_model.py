"""One call from a cohort's folder to a weights file, of a split that its options name."""

from __future__ import annotations

from dataclasses import replace

from training.data.folds import split_cohort
from training.options import FitOptions
from training.weights.fit_model import fit_model
from training.weights.make import describe
from zoo.weights.load import load_weights


def test_a_cohort_becomes_a_weights_file(small, cohort, tmp_path):
    spec = replace(small("volume-control"), weights=tmp_path / "volume.safetensors")
    record = fit_model(spec, cohort.root, FitOptions(epochs=1, seed=2), tmp_path / "runs", tracked=False)
    loaded = load_weights(spec).record
    assert loaded.trained_on == record.trained_on == describe(cohort.cases, split_cohort(cohort.cases, 2).train)
    assert loaded.details["seed"] == 2
    assert (tmp_path / "volume.md").is_file()
    assert not (tmp_path / "runs" / "trackio").exists()
