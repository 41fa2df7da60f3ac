"""The loop learns what can be learned, and a stopped run ends where an unbroken one does."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from accelerate.state import AcceleratorState

from training.data.batches import predict, step_count
from training.data.folds import Split
from training.data.prepared_cohort import PreparedCohort
from training.data.tissue_maps import MAPS, TissueMaps
from training.fit.loop import fit, seeded, stages
from training.fit.optimizer import warm_cosine
from training.options import FitOptions
from zoo import MODALITIES, Phase, ZooError
from zoo.registry import load_registry
from zoo.weights.load import build_module

OPTIONS = FitOptions(epochs=3, batch_size=4, learning_rate=5e-3)
WHOLE = (Phase("all", ("t1ce",)),)
SPLIT = Split(train=np.arange(16), val=np.arange(16, 24), test=np.arange(0))
FEW = Split(train=np.arange(8), val=np.arange(16, 24), test=np.arange(0))


@pytest.fixture
def tiny_spec(tiny_spec):
    """In one phase, of whole studies."""
    return replace(tiny_spec, phases=WHOLE)


@pytest.fixture
def cohort():
    """The grade is the sign of a bright cube in T1ce."""
    rng = np.random.default_rng(0)
    y = np.arange(24) % 2
    x = rng.normal(0, 0.1, (24, 4, 8, 32, 32)).astype(np.float16)
    x[y == 1, 1, 2:5, 8:16, 8:16] += 1
    regions = np.zeros((24, 3, 8, 8, 8), np.float16)
    regions[y == 1, 2, 2:5, 2:4, 2:4] = 1
    return PreparedCohort(x, np.ones((24, 4), bool), regions, y, y)


def _fit_until(monkeypatch, epochs, *arguments):
    """Fit as if killed right after that many checkpoints."""
    with monkeypatch.context() as patch:
        _stop_after(patch, epochs)
        with pytest.raises(KeyboardInterrupt):
            fit(*arguments)


def _stop_after(monkeypatch, epochs):
    from training.fit import loop as module

    saved = []

    def save_and_count(*arguments):
        save(*arguments)
        saved.append(1)
        if len(saved) == epochs:
            raise KeyboardInterrupt

    save = module.save_checkpoint
    monkeypatch.setattr(module, "save_checkpoint", save_and_count)


def test_learns_an_easy_grade(tiny_spec, cohort, tmp_path):
    module = fit(tiny_spec, cohort, SPLIT, replace(OPTIONS, epochs=12), tmp_path / "c")
    margins = predict(module, cohort, np.arange(16, 24), tiny_spec.uses)
    assert margins.shape == (8,)
    assert ((margins > 0) == cohort.y[16:]).all()


@pytest.mark.parametrize("epochs", [1, 2, 3])
def test_a_stopped_run_ends_bit_for_bit_as_an_unbroken_one(tiny_spec, cohort, tmp_path, monkeypatch, epochs):
    phases = (Phase("one", ("t1ce",), 0.5), Phase("two", ("t1ce",), 0.5, {"encoder.": 0.1}))
    spec = replace(tiny_spec, phases=phases)
    unbroken = fit(spec, cohort, SPLIT, OPTIONS, tmp_path / "unbroken").state_dict()
    _fit_until(monkeypatch, epochs, spec, cohort, SPLIT, OPTIONS, tmp_path / "stopped")
    resumed = fit(spec, cohort, SPLIT, OPTIONS, tmp_path / "stopped").state_dict()
    assert all(torch.equal(unbroken[name], resumed[name]) for name in unbroken)


def test_a_stopped_run_of_painted_patches_ends_bit_for_bit_as_an_unbroken_one(cohort, tmp_path, monkeypatch):
    """Of looks, which are drawn anew in every epoch, a resumed run sees what an unbroken one does."""
    phases = (Phase("regions", MODALITIES, rates={"head": 0.0}, patches=True),)
    spec = replace(load_registry().model("unet-radiomics"), options={"width": 8}, phases=phases, epochs_factor=1)
    shares = np.random.default_rng(1).integers(0, 256, (24, MAPS, *cohort.x.shape[2:])).astype(np.uint8)
    tissues = TissueMaps(shares, (4.0, 2.0, 2.0))
    cohort = replace(cohort, regions=cohort.regions.repeat(2, 3).repeat(2, 4), tissues=tissues)
    split = Split(train=np.arange(2), val=np.arange(16, 18), test=np.arange(0))
    run = spec, cohort, split, replace(OPTIONS, epochs=2, painted=0.5, broad=0.5)
    unbroken = fit(*run, tmp_path / "unbroken").state_dict()
    _fit_until(monkeypatch, 1, *run, tmp_path / "stopped")
    resumed = fit(*run, tmp_path / "stopped").state_dict()
    assert all(torch.equal(unbroken[name], resumed[name]) for name in unbroken)


def test_a_finished_run_is_only_read(tiny_spec, cohort, tmp_path):
    options = replace(OPTIONS, epochs=1)
    first = fit(tiny_spec, cohort, FEW, options, tmp_path / "c").state_dict()
    again = fit(tiny_spec, cohort, FEW, options, tmp_path / "c")
    assert all(torch.equal(first[name], value) for name, value in again.state_dict().items())
    assert not again.training


def test_the_learning_rate_ends_where_its_schedule_does(tiny_spec, cohort, tmp_path):
    fit(tiny_spec, cohort, SPLIT, OPTIONS, tmp_path / "c")
    state = torch.load(tmp_path / "c", weights_only=True)
    steps = OPTIONS.epochs * step_count(SPLIT.train, OPTIONS)
    assert state["schedule"]["last_epoch"] == steps
    last = OPTIONS.learning_rate * warm_cosine(steps, OPTIONS.warm_up)(steps)
    assert state["optimizer"]["param_groups"][0]["lr"] == pytest.approx(last)


def test_a_checkpoint_of_another_run_is_not_gone_on_from(tiny_spec, cohort, tmp_path):
    fit(tiny_spec, cohort, FEW, replace(OPTIONS, epochs=1), tmp_path / "c")
    with pytest.raises(ZooError, match="expected a checkpoint of the run"):
        fit(tiny_spec, cohort, FEW, replace(OPTIONS, epochs=2), tmp_path / "c")
    otherwise = replace(tiny_spec, phases=(Phase("all", ("t1ce",), rates={"encoder.": 0.5}),))
    with pytest.raises(ZooError, match="expected a checkpoint of the run"):
        fit(otherwise, cohort, FEW, replace(OPTIONS, epochs=1), tmp_path / "c")


def test_a_frozen_part_stays_as_it_was(tiny_spec, cohort, tmp_path):
    spec = replace(tiny_spec, phases=(Phase("frozen", ("t1ce",), 1, {"encoder.": 0.0}),))
    torch.manual_seed(OPTIONS.seed)
    before = spec.build(**spec.options).state_dict()
    after = fit(spec, cohort, FEW, replace(OPTIONS, epochs=1), tmp_path / "c").state_dict()
    assert all(torch.equal(before[name], after[name]) == name.startswith("encoder.") for name in before)


def test_a_phase_in_which_nothing_learns_is_refused(tiny_spec, cohort, tmp_path):
    frozen = replace(tiny_spec, phases=(Phase("asleep", ("t1",), rates={"": 0.0}),))
    with pytest.raises(ZooError, match="expected parameters that learn"):
        fit(frozen, cohort, FEW, replace(OPTIONS, epochs=1), tmp_path / "c")


def test_every_epoch_has_draws_of_its_own_and_so_has_every_process():
    draws = []
    for epoch, process in ((0, 0), (1, 0), (0, 0), (0, 1)):
        generator = seeded(OPTIONS, epoch, process)
        draws.append((torch.randperm(64, generator=generator).tolist(), torch.rand(1).item()))
    assert draws[0] == draws[2]
    assert draws[0][0] == draws[3][0] != draws[1][0]
    assert len({draw for _, draw in draws}) == 3


def _history(path):
    return [json.loads(line) for line in path.with_suffix(".jsonl").read_text().splitlines()]


def test_each_phase_ends_with_its_best_epoch(tiny_spec, cohort, tmp_path, monkeypatch):
    from training.fit import loop as module

    seen, losses = [], iter([0.1, 0.2, 0.5, 0.3, 0.4])

    def validate(loss, *arguments):
        seen.append({name: value.clone() for name, value in loss.module.state_dict().items()})
        return next(losses)

    monkeypatch.setattr(module, "validation_loss", validate)
    spec = replace(tiny_spec, phases=(Phase("one", ("t1ce",), 0.4), Phase("two", ("t1ce",), 0.6)))
    ended = fit(spec, cohort, FEW, replace(OPTIONS, epochs=5), tmp_path / "c").state_dict()
    assert all(torch.equal(ended[name], value) for name, value in seen[3].items())
    assert not all(torch.equal(ended[name], value) for name, value in seen[4].items())


def test_a_phase_without_progress_ends_early_and_resumes_after_its_end(tiny_spec, cohort, tmp_path, monkeypatch):
    spec = replace(tiny_spec, phases=(Phase("stuck", ("t1ce",), 0.5, {"": 1e-30}), Phase("rest", ("t1ce",), 0.5)))
    options = replace(OPTIONS, epochs=12, patience=2)
    _fit_until(monkeypatch, 3, spec, cohort, SPLIT, options, tmp_path / "c")
    fit(spec, cohort, SPLIT, options, tmp_path / "c")
    epochs = [(row["phase"], row["epoch"]) for row in _history(tmp_path / "c")]
    assert epochs[:4] == [("stuck", 1), ("stuck", 2), ("stuck", 3), ("rest", 7)]


def test_the_history_has_each_epoch_once_however_often_it_was_stopped(tiny_spec, cohort, tmp_path, monkeypatch):
    _fit_until(monkeypatch, 2, tiny_spec, cohort, SPLIT, OPTIONS, tmp_path / "c")
    told = []
    fit(tiny_spec, cohort, SPLIT, OPTIONS, tmp_path / "c", lambda history: told.append(len(history)))
    history = _history(tmp_path / "c")
    assert [row["epoch"] for row in history] == [1, 2, 3]
    assert set(history[0]) == {"epoch", "phase", "loss", "val_loss", "seconds"}
    assert told == [3]


def test_a_checkpoint_of_the_first_version_is_gone_on_from(tiny_spec, cohort, tmp_path, monkeypatch):
    """It calls the validation loss by another name."""
    unbroken = fit(tiny_spec, cohort, FEW, OPTIONS, tmp_path / "unbroken").state_dict()
    _fit_until(monkeypatch, 1, tiny_spec, cohort, FEW, OPTIONS, tmp_path / "stopped")
    state = torch.load(tmp_path / "stopped", weights_only=True)
    for row in state["progress"]["history"]:
        row["inner_loss"] = row.pop("val_loss")
    torch.save(state, tmp_path / "stopped")
    resumed = fit(tiny_spec, cohort, FEW, OPTIONS, tmp_path / "stopped").state_dict()
    assert all(torch.equal(unbroken[name], resumed[name]) for name in unbroken)
    assert [row["val_loss"] for row in _history(tmp_path / "stopped")] == [
        row["val_loss"] for row in _history(tmp_path / "unbroken")
    ]


def test_accumulating_gradients_changes_nothing(tiny_spec, cohort, tmp_path):
    spec = replace(tiny_spec, options={**tiny_spec.options, "dropout": 0.0})
    options = replace(OPTIONS, precision="no")
    states = [
        fit(spec, cohort, SPLIT, replace(options, accumulate=pieces), tmp_path / str(pieces)).state_dict()
        for pieces in (1, 3)
    ]
    for name, value in states[0].items():
        assert (states[1][name] - value).norm() <= 1e-4 * value.norm(), name


@pytest.mark.parametrize("precision", ["no", "bf16"])
def test_in_either_precision_a_seed_says_what_comes_out(tiny_spec, cohort, tmp_path, precision):
    options = replace(OPTIONS, precision=precision)
    one, two = (fit(tiny_spec, cohort, FEW, options, tmp_path / name).state_dict() for name in ("one", "two"))
    assert all(torch.equal(one[name], two[name]) for name in one)


def test_bfloat16_is_for_arithmetic_alone_and_learns_alike(tiny_spec, cohort, tmp_path):
    """Without dropout, which draws otherwise in each precision, and on studies as they are: of made-up noise that is
    broadened an epoch learns next to nothing, and ends anywhere.
    """
    options = replace(OPTIONS, epochs=1, broad_graded=0)
    spec, losses = replace(tiny_spec, options={**tiny_spec.options, "dropout": 0.0}), {}
    for precision in ("no", "bf16"):
        AcceleratorState._reset_state()
        checkpoint = tmp_path / precision
        fit(spec, cohort, SPLIT, replace(options, precision=precision), checkpoint)
        losses[precision] = np.array([(row["loss"], row["val_loss"]) for row in _history(checkpoint)])
        state = torch.load(checkpoint, weights_only=True)
        moments = [value for values in state["optimizer"]["state"].values() for value in values.values()]
        assert {value.dtype for value in [*state["module"].values(), *moments]} == {torch.float32}
    assert not np.array_equal(losses["no"], losses["bf16"])
    np.testing.assert_allclose(losses["bf16"], losses["no"], rtol=0.03)


def test_a_checkpoint_of_an_optimizer_that_took_several_passes_is_gone_on_from(
    tiny_spec, cohort, tmp_path, monkeypatch
):
    """As AdamW was until 0.1."""
    _fit_until(monkeypatch, 1, tiny_spec, cohort, FEW, OPTIONS, tmp_path / "c")
    state = torch.load(tmp_path / "c", weights_only=True)
    for group in state["optimizer"]["param_groups"]:
        group["fused"] = None
    torch.save(state, tmp_path / "c")
    fit(tiny_spec, cohort, FEW, OPTIONS, tmp_path / "c")
    assert [row["epoch"] for row in _history(tmp_path / "c")] == [1, 2, 3]


def test_stages_share_the_epochs_and_each_gets_one(tiny_spec):
    phases = (Phase("a", MODALITIES, 0.01), Phase("b", MODALITIES, 0.4), Phase("c", MODALITIES, 0.59))
    spans = [(start, end) for _, start, end in stages(replace(tiny_spec, phases=phases), FitOptions(epochs=10))]
    assert spans == [(0, 1), (1, 5), (5, 11)]


def test_a_model_may_ask_for_more_epochs(tiny_spec):
    phases = (Phase("a", MODALITIES, 0.5), Phase("b", MODALITIES, 0.5))
    spec = replace(tiny_spec, phases=phases, epochs_factor=2)
    assert [(start, end) for _, start, end in stages(spec, FitOptions(epochs=8))] == [(0, 8), (8, 16)]


class Recorder(torch.nn.Module):
    """Notes which modalities it is shown."""

    def __init__(self):
        super().__init__()
        self.head, self.seen = torch.nn.Linear(4, 2), []

    def forward(self, x, present):
        self.seen.append(present.clone())
        return self.head(x.mean((2, 3, 4)))


def test_encoders_start_as_they_are_given(tiny_spec, cohort, tmp_path):
    donor = build_module(tiny_spec).encoder.state_dict()
    spec = replace(tiny_spec, phases=(Phase("frozen", ("t1ce",), 1, {"encoder.": 0.0}),))
    module = fit(spec, cohort, FEW, replace(OPTIONS, epochs=1), tmp_path / "c", encoders={"encoder": donor})
    for name, value in module.encoder.state_dict().items():
        torch.testing.assert_close(value, donor[name])


def test_patches_teach_regions_and_leave_the_rest(tiny_spec, cohort, tmp_path):
    spec = replace(tiny_spec, phases=(Phase("regions", ("t1ce",), patches=True),))
    torch.manual_seed(OPTIONS.seed)
    before = spec.build(**spec.options).state_dict()
    fitted = fit(spec, cohort, FEW, replace(OPTIONS, epochs=4), tmp_path / "c")
    behind = ("encoder.layer3", "encoder.layer4", "head")
    for name, value in fitted.state_dict().items():
        assert torch.equal(before[name], value) == name.startswith(behind), name
    with torch.inference_mode():
        scores = fitted.region_logits(torch.from_numpy(cohort.x[16:]).float(), torch.ones(8, 4, dtype=torch.bool))[:, 2]
    lesion = torch.from_numpy(cohort.regions[16:, 2]).float()
    lesion = torch.nn.functional.adaptive_avg_pool3d(lesion, scores.shape[1:]) > 0.4
    assert scores[lesion].mean() > scores[~lesion].mean() + 1


def test_phases_show_their_modalities_and_hide_some_at_random(tiny_spec, cohort, tmp_path):
    phases = (Phase("two", ("t1", "t2"), 0.5), Phase("any", MODALITIES, 0.5, modality_dropout=0.5))
    spec = replace(tiny_spec, build=Recorder, options={}, phases=phases)
    shown = torch.cat(
        fit(spec, cohort, replace(SPLIT, train=np.arange(24)), replace(OPTIONS, epochs=2), tmp_path / "c").seen
    )
    assert (shown[:24] == torch.tensor([True, False, True, False])).all()
    assert 0.3 < shown[24:].float().mean() < 0.8
    assert shown[24:].any(dim=1).all()
