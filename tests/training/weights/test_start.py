"""What a training takes over from weights that were trained before, and what it then says of itself."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from training.options import FitOptions
from training.weights.fit_model import fit_model
from training.weights.make import make_weights
from training.weights.start import Start, at_rates
from zoo import WeightsError
from zoo.weights.load import load_weights

LEARN = ["regions.classify.bias", "head.bias"]
FROZEN = {**dict.fromkeys(LEARN, 1.0), "": 0.0}


@pytest.fixture
def released(small, material, tmp_path):
    """A model whose weights were trained on the material."""
    spec = replace(small("single-t1ce", width=4), weights=tmp_path / "released.safetensors")
    make_weights(spec, material, tmp_path / "released.checkpoint")
    return load_weights(spec)


def _fitted(start, spec, cohort, tmp_path, rates=FROZEN):
    spec = at_rates(replace(spec, weights=tmp_path / "mine.safetensors"), rates)
    fit_model(spec, cohort.root, FitOptions(epochs=1, seed=5), tmp_path / "runs", tracked=False, start=start)
    return load_weights(spec)


def _states(*models):
    return [model.module.state_dict() for model in models]


def test_what_is_frozen_is_what_was_released(released, cohort, tmp_path):
    mine, theirs = _states(_fitted(Start(released), released.spec, cohort, tmp_path), released)
    assert [name for name in theirs if not torch.equal(mine[name], theirs[name])] == LEARN


def test_a_head_is_drawn_anew_and_parts_are_taken_alone(released, cohort, tmp_path):
    mine, theirs = _states(_fitted(Start(released, new_head=True), released.spec, cohort, tmp_path), released)
    assert not torch.equal(mine["head.weight"], theirs["head.weight"])
    assert torch.equal(mine["encoder.stem.0.weight"], theirs["encoder.stem.0.weight"])
    (tmp_path / "mine.safetensors").unlink()
    mine, theirs = _states(_fitted(Start(released, ("head.",)), released.spec, cohort, tmp_path), released)
    assert torch.equal(mine["head.weight"], theirs["head.weight"])
    assert not torch.equal(mine["encoder.stem.0.weight"], theirs["encoder.stem.0.weight"])


def test_layers_learn_at_their_rates(released, cohort, tmp_path):
    fitted = _fitted(Start(released), released.spec, cohort, tmp_path, {"encoder.": 0.0})
    mine, theirs = _states(fitted, released)
    assert torch.equal(mine["encoder.stem.0.weight"], theirs["encoder.stem.0.weight"])
    assert not torch.equal(mine["head.weight"], theirs["head.weight"])


def test_the_file_says_what_it_began_as_and_whom_both_trainings_saw(released, cohort, tmp_path):
    record = _fitted(Start(released), released.spec, cohort, tmp_path).record
    first, then = record.trained_on.split(", then ")
    assert first == released.record.trained_on
    assert then.endswith("simulated gliomas, no patient")
    assert record.details["started_from"] == released.revision
    assert set(record.details["patients"]) > set(released.record.details["patients"])


@pytest.mark.parametrize("parts", [("decoder.",), ()])
def test_what_does_not_fit_is_refused(released, small, parts):
    wider = small("single-t1ce", width=4 if parts else 8)
    with pytest.raises(WeightsError, match=r"expected parameters that fit single-t1ce.compact.*It has encoder, head"):
        Start(released, parts).parameters(wider)


def test_donors_are_left_out_where_the_start_gives_their_encoders(registry, released):
    fusion = registry.model("feature-concat")
    start = Start(load_weights(fusion))
    assert start.needs_no_donor_of(fusion).encoders_from == {}
    assert Start(load_weights(fusion), ("head.",)).needs_no_donor_of(fusion).encoders_from == fusion.encoders_from


def test_asked_rates_come_before_those_of_the_model(registry):
    fusion = at_rates(registry.model("feature-concat"), {"encoders.t1ce": 0.1})
    assert [next(iter(phase.rates.items())) for phase in fusion.phases] == [("encoders.t1ce", 0.1)] * len(fusion.phases)
    assert all(phase.rates["encoders"] == 0 for phase in fusion.phases)


def test_other_weights_have_another_mark(released):
    marks = {start.mark() for start in (Start(released), Start(released, ("head.",)), Start(released, new_head=True))}
    assert len(marks) == 3
