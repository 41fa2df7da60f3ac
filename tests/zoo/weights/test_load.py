"""Weights load strictly, or say why not."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from zoo import Recipe, WeightsError
from zoo.weights.calibration import Calibration
from zoo.weights.load import CalibratedMember, load_weights, save_weights
from zoo.weights.metadata import CHECKSUMS, METADATA_KEY, identity, note_checksum
from zoo.weights.record import TrainingRecord

T1_ALONE = Calibration(0.5, 0.1, "10 of them, with T1 alone")
RECORD = TrainingRecord(
    "40 made-up studies", Calibration(1.5, -0.2, "10 of them"), details={"auc": 0.5}, subsets={"t1": T1_ALONE}
)


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


OLD = Path(__file__).parents[2] / "data" / "weights" / "single-t1ce-width-1.safetensors"


def test_a_file_of_an_earlier_version_loads_as_before(registry):
    """Written by commit c62b6f4, whose `zoo.weights` was one file, and graded by it as noted here.

    Its module was `spec.build(**spec.options)` after `torch.manual_seed(1)`, its record what is expected below.
    """
    spec = registry.model("single-t1ce")
    model = load_weights(replace(spec, options={**spec.options, "width": 1}, weights=OLD))
    x = torch.sin(torch.arange(2 * 4 * 8 * 16 * 16) / 7).reshape(2, 4, 8, 16, 16)
    with torch.inference_mode():
        logits = model.module(x, torch.ones(2, 4, dtype=torch.bool))
    torch.testing.assert_close(logits, torch.tensor([[-1.0402955, -0.3282071], [-1.1994759, -0.4857709]]))
    fitted, alone = Calibration(1.5, -0.2, "nothing"), Calibration(0.5)
    assert model.record == TrainingRecord("nothing", fitted, 0.4, {"held_out": {"ece": 0.125}}, {"t1ce": alone})
    assert model.revision == "embedded:a160bc95ea81"


def test_what_has_no_tied_tensors_is_written_as_before(registry, tmp_path):
    """Byte for byte, so that its sha256 stays what others have noted."""
    spec = registry.model("single-t1ce")
    spec = replace(spec, options={**spec.options, "width": 1}, weights=OLD)
    model = load_weights(spec)
    save_weights(tmp_path / "again.safetensors", spec, model.module, model.record)
    assert (tmp_path / "again.safetensors").read_bytes() == OLD.read_bytes()


def test_a_member_answers_with_calibrated_log_odds(saved):
    spec, _ = saved
    trained = load_weights(spec)
    x, present = torch.randn(2, 4, 8, 32, 32), torch.ones(2, 4, dtype=torch.bool)
    with torch.inference_mode():
        plain = trained.module(x, present)
        calibrated = CalibratedMember(trained.module, trained.record.calibration)(x, present)
    expected = 1.5 * (plain[:, 1] - plain[:, 0]) - 0.2
    torch.testing.assert_close(calibrated[:, 1] - calibrated[:, 0], expected)


def test_members_are_those_that_a_caller_has_already(registry, tmp_path):
    ensemble = registry.model("decision-mean")
    theirs = {member.id: load_weights(member) for member in ensemble.member_specs}
    model = load_weights(ensemble, load_member=lambda member: theirs[member.id])
    assert [member.module for member in model.module.members] == [member.module for member in theirs.values()]


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
    tensors = load_file(spec.weights)
    change(tensors)
    with safe_open(spec.weights, "pt") as file:
        metadata = file.metadata()
    save_file(tensors, spec.weights, metadata)
    note_checksum(spec.weights)


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
    spec, _ = saved
    spec.weights.write_bytes(content)
    note_checksum(spec.weights)
    with pytest.raises(WeightsError, match="not a weights file"):
        load_weights(spec)


def test_weights_from_elsewhere_keep_to_the_model_that_they_were_made_for(saved):
    spec, _ = saved
    pulled = replace(spec, id="mine@0123456", made_for=spec.id, source=f"hub:me/mine@{'0123456789' * 4}")
    model = load_weights(pulled)
    assert model.spec.id == "mine@0123456"
    assert model.revision == load_weights(spec).revision.replace("embedded", "hub:me/mine@0123456")
    with pytest.raises(WeightsError, match=r"mine@0123456.* another model: expected somebody"):
        load_weights(replace(pulled, made_for="somebody"))


@pytest.mark.parametrize(
    "changes",
    [
        {"calibration": {"slope": "<b>", "intercept": 0.0, "fitted_on": ""}},
        {"calibration": {"slope": float("nan"), "intercept": 0.0, "fitted_on": ""}},
        {"calibration": 7},
        {"trained_on": ["nothing"]},
        {"details": ["nothing"]},
        {"details": {"held_out": {"ece": "small"}}},
        {"details": {"members": [1]}},
        {"subsets": [1]},
        {"subsets": {"t1": {"slope": float("inf"), "intercept": 0.0, "fitted_on": ""}}},
        {"subsets": {"t1": {"slope": 1.0, "intercept": 0.0, "fitted_on": 7}}},
        {"details": {"subsets": 3}},
        {"details": {"subsets": {"t1": {"ece": "small"}}}},
        {"surprise": 1},
    ],
)
def test_a_record_that_says_nonsense_is_refused(saved, changes):
    """It is shown and computed with, and a file from elsewhere may say anything."""
    spec, _ = saved
    metadata = identity(spec) | {"record": asdict(RECORD) | changes}
    save_file(load_file(spec.weights), spec.weights, {METADATA_KEY: json.dumps(metadata)})
    note_checksum(spec.weights)
    with pytest.raises(WeightsError, match="record of their training can't be read"):
        load_weights(spec)
