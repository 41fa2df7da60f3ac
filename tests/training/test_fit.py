"""The loop learns what can be learned, and a stopped run ends where an unbroken one does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from training.batches import predict
from training.cache import PreparedCohort
from training.fit import fit, seeded, shuffled, stages
from training.options import FitOptions
from zoo import MODALITIES, Phase, ZooError

OPTIONS = FitOptions(epochs=3, batch_size=4, learning_rate=5e-3)


@pytest.fixture
def cohort():
    """The grade is the sign of a bright cube in T1ce."""
    rng = np.random.default_rng(0)
    y = np.arange(24) % 2
    x = rng.normal(0, 0.1, (24, 4, 8, 32, 32)).astype(np.float16)
    x[y == 1, 1, 2:5, 8:16, 8:16] += 1
    regions = np.zeros((24, 3, 8, 8, 8), np.float16)
    regions[y == 1, 2, 2:5, 2:4, 2:4] = 1
    return PreparedCohort(x, np.ones((24, 4), bool), regions, y)


def _stop_after(monkeypatch, epochs):
    """As if killed right after that many checkpoints."""
    from training import fit as module

    saved = []

    def save_and_count(*arguments):
        save(*arguments)
        saved.append(1)
        if len(saved) == epochs:
            raise KeyboardInterrupt

    save = module.save_checkpoint
    monkeypatch.setattr(module, "save_checkpoint", save_and_count)


def test_learns_an_easy_grade(tiny_spec, cohort, tmp_path):
    train = np.arange(16)
    module = fit(tiny_spec, cohort, train, replace(OPTIONS, epochs=12), tmp_path / "c")
    margins = predict(module, cohort, np.arange(16, 24), tiny_spec.uses)
    assert margins.shape == (8,)
    assert ((margins > 0) == cohort.y[16:]).all()


@pytest.mark.parametrize("epochs", [1, 2])
def test_a_stopped_run_ends_bit_for_bit_as_an_unbroken_one(tiny_spec, cohort, tmp_path, monkeypatch, epochs):
    phases = (Phase("one", ("t1ce",), 0.5), Phase("two", ("t1ce",), 0.5, {"encoder.": 0.1}))
    spec = replace(tiny_spec, phases=phases)
    train = np.arange(16)
    unbroken = fit(spec, cohort, train, OPTIONS, tmp_path / "unbroken").state_dict()
    with monkeypatch.context() as patch:
        _stop_after(patch, epochs)
        with pytest.raises(KeyboardInterrupt):
            fit(spec, cohort, train, OPTIONS, tmp_path / "stopped")
    resumed = fit(spec, cohort, train, OPTIONS, tmp_path / "stopped").state_dict()
    assert all(torch.equal(unbroken[name], resumed[name]) for name in unbroken)


def test_a_checkpoint_of_another_run_is_not_gone_on_from(tiny_spec, cohort, tmp_path):
    fit(tiny_spec, cohort, np.arange(8), replace(OPTIONS, epochs=1), tmp_path / "c")
    with pytest.raises(ZooError, match="expected a checkpoint of the run"):
        fit(tiny_spec, cohort, np.arange(8), replace(OPTIONS, epochs=2), tmp_path / "c")
    otherwise = replace(tiny_spec, phases=(Phase("all", ("t1ce",), rates={"encoder.": 0.5}),))
    with pytest.raises(ZooError, match="expected a checkpoint of the run"):
        fit(otherwise, cohort, np.arange(8), replace(OPTIONS, epochs=1), tmp_path / "c")


def test_a_frozen_part_stays_as_it_was(tiny_spec, cohort, tmp_path):
    spec = replace(tiny_spec, phases=(Phase("frozen", ("t1ce",), 1, {"encoder.": 0.0}),))
    torch.manual_seed(OPTIONS.seed)
    before = spec.build(**spec.options).state_dict()
    after = fit(spec, cohort, np.arange(8), replace(OPTIONS, epochs=1), tmp_path / "c").state_dict()
    assert all(torch.equal(before[name], after[name]) == name.startswith("encoder.") for name in before)


def test_every_epoch_has_an_order_and_a_dropout_of_its_own():
    draws = []
    for epoch in (0, 1, 0):
        order = shuffled(np.arange(64), OPTIONS, seeded(OPTIONS, epoch))
        draws.append((np.concatenate(order).tolist(), torch.rand(1).item()))
    assert draws[0] == draws[2]
    assert draws[0][0] != draws[1][0]
    assert draws[0][1] != draws[1][1]
    assert sorted(draws[0][0]) == list(range(64))


def test_stages_share_the_epochs_and_each_gets_one(tiny_spec):
    phases = (Phase("a", MODALITIES, 0.01), Phase("b", MODALITIES, 0.4), Phase("c", MODALITIES, 0.59))
    spans = [(start, end) for _, start, end in stages(replace(tiny_spec, phases=phases), FitOptions(epochs=10))]
    assert spans == [(0, 1), (1, 5), (5, 11)]


class Recorder(torch.nn.Module):
    """Notes which modalities it is shown."""

    def __init__(self):
        super().__init__()
        self.head, self.seen = torch.nn.Linear(4, 2), []

    def forward(self, x, present):
        self.seen.append(present.clone())
        return self.head(x.mean((2, 3, 4)))


def test_phases_show_their_modalities_and_hide_some_at_random(tiny_spec, cohort, tmp_path):
    phases = (Phase("two", ("t1", "t2"), 0.5), Phase("any", MODALITIES, 0.5, modality_dropout=0.5))
    spec = replace(tiny_spec, build=Recorder, options={}, phases=phases)
    shown = torch.cat(fit(spec, cohort, np.arange(24), replace(OPTIONS, epochs=2), tmp_path / "c").seen)
    assert (shown[:24] == torch.tensor([True, False, True, False])).all()
    assert 0.3 < shown[24:].float().mean() < 0.8
    assert shown[24:].any(dim=1).all()
