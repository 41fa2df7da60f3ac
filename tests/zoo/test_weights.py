"""Weights load strictly, or say why not."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from safetensors.torch import load_file, save_file

from zoo import Recipe, WeightsError
from zoo.weights import CHECKSUMS, CalibratedMember, Calibration, TrainingRecord, load_weights, save_weights

RECORD = TrainingRecord("40 made-up studies", Calibration(1.5, -0.2, "10 of them"), details={"auc": 0.5})


@pytest.fixture
def saved(tiny_spec):
    torch.manual_seed(0)
    module = tiny_spec.build(**tiny_spec.options)
    save_weights(tiny_spec.weights, tiny_spec, module, RECORD)
    return tiny_spec, module


def test_what_is_saved_is_loaded(saved):
    spec, module = saved
    model = load_weights(spec)
    assert model.record == RECORD
    assert not model.module.training
    assert model.revision.startswith("embedded:")
    for name, value in model.module.state_dict().items():
        torch.testing.assert_close(value, module.state_dict()[name].half().float())


def test_a_member_answers_with_calibrated_log_odds(saved):
    spec, _ = saved
    trained = load_weights(spec)
    x, present = torch.randn(2, 4, 8, 32, 32), torch.ones(2, 4, dtype=torch.bool)
    with torch.inference_mode():
        plain = trained.module(x, present)
        calibrated = CalibratedMember(trained.module, trained.record.calibration)(x, present)
    expected = 1.5 * (plain[:, 1] - plain[:, 0]) - 0.2
    torch.testing.assert_close(calibrated[:, 1] - calibrated[:, 0], expected)


def test_untrained_model_says_how_to_train_it(tiny_spec):
    with pytest.raises(WeightsError, match=r"not trained yet.*python -m training fit single-t1ce\.compact"):
        load_weights(tiny_spec)


def test_other_recipe_or_options_are_named(saved):
    spec, _ = saved
    with pytest.raises(WeightsError, match="made for another recipe"):
        load_weights(replace(spec, recipe=Recipe(shape=(8, 8, 8))))
    with pytest.raises(WeightsError, match="made for another options"):
        load_weights(replace(spec, options={**spec.options, "width": 8}))
    with pytest.raises(WeightsError, match="made for another model"):
        load_weights(replace(spec, id="impostor"))


def test_changed_byte_is_found_by_its_checksum(saved):
    spec, _ = saved
    raw = bytearray(spec.weights.read_bytes())
    raw[-1] ^= 1
    spec.weights.write_bytes(raw)
    with pytest.raises(WeightsError, match="sha256"):
        load_weights(spec)


def test_weights_without_a_checksum_are_refused(saved):
    spec, _ = saved
    (spec.weights.parent / CHECKSUMS).unlink()
    with pytest.raises(WeightsError, match="sha256"):
        load_weights(spec)


def _resave(spec, change, monkeypatch):
    """Write changed tensors under the same metadata, with a checksum that fits: the next line of defence must hold."""
    from zoo import weights

    tensors = load_file(spec.weights)
    change(tensors)
    with weights.safe_open(spec.weights, "pt") as file:
        metadata = file.metadata()
    save_file(tensors, spec.weights, metadata)
    weights.note_checksum(spec.weights)


def test_missing_tensor(saved, monkeypatch):
    spec, _ = saved
    _resave(spec, lambda tensors: tensors.pop("head.bias"), monkeypatch)
    with pytest.raises(WeightsError, match=r"head\.bias"):
        load_weights(spec)


def test_non_finite_number(saved, monkeypatch):
    spec, _ = saved
    _resave(spec, lambda tensors: tensors["head.bias"].fill_(float("nan")), monkeypatch)
    with pytest.raises(WeightsError, match=r"finite.*head\.bias"):
        load_weights(spec)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 a pickle", b"\xff" * 64])
def test_foreign_file(saved, content):
    from zoo import weights

    spec, _ = saved
    spec.weights.write_bytes(content)
    weights.note_checksum(spec.weights)
    with pytest.raises(WeightsError, match="not a weights file"):
        load_weights(spec)
