"""Networks that use a part of theirs under several names are saved once, loaded strictly, and stay as they are."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import nn

from zoo import WeightsError
from zoo.weights.load import load_weights, save_weights
from zoo.weights.metadata import METADATA_KEY, identity, note_checksum
from zoo.weights.record import TrainingRecord

RECORD = TrainingRecord("nothing")


class OneEncoder(nn.Module):
    """An encoder with BatchNorm, whose count of batches is an integer, under one name a modality."""

    def __init__(self, names):
        super().__init__()
        encoder = nn.Sequential(nn.Conv3d(1, 2, 3), nn.BatchNorm3d(2))
        for name in names:
            self.add_module(name, encoder)
        self.head = nn.Linear(2, 2)

    def forward(self, x, present):
        encoders = [module for name, module in self._modules.items() if name != "head"]
        return self.head(sum(each(x[:, :1]).mean((2, 3, 4)) for each in encoders))


class TiedLinear(nn.Module):
    def __init__(self, tied=True):
        super().__init__()
        self.coder, self.decoder = nn.Linear(2, 2), nn.Linear(2, 2)
        if tied:
            self.decoder.weight = self.coder.weight

    def forward(self, x, present):
        return self.decoder(self.coder(x[:, :2].mean((2, 3, 4))))


class Overlapping(nn.Module):
    """`part` is a piece of `whole`."""

    def __init__(self, part):
        super().__init__()
        self.register_buffer("whole", torch.arange(6))
        self.register_buffer("part", part(self.whole))


@pytest.fixture
def spec_of(tiny_spec):
    """spec_of(build) -> a spec of what it builds; its weights file is not there yet."""
    return lambda build: replace(tiny_spec, build=build, options={})


def answers(module, seed=0):
    torch.manual_seed(seed)
    with torch.inference_mode():
        return module(torch.randn(2, 4, 4, 4, 4), torch.ones(2, 4, dtype=torch.bool))


def rounded(module):
    """What a file of half precision can hold of it, which has seen a batch."""
    answers(module.train())
    with torch.no_grad():
        for value in module.state_dict().values():
            value.copy_(value.half() if value.is_floating_point() else value)
    return module.eval()


@pytest.mark.parametrize("names", [("t1", "t1ce"), ("t1", "t1ce", "flair")], ids=len)
def test_a_shared_encoder_is_saved_once_and_stays_shared(spec_of, names):
    spec = spec_of(lambda: OneEncoder(names))
    module = rounded(spec.build())
    save_weights(spec.weights, spec, module, RECORD)
    stored = load_file(spec.weights)
    assert {name.partition(".")[0] for name in stored} == {"t1", "head"}
    assert stored["t1.1.num_batches_tracked"] == len(names)
    loaded = load_weights(spec).module
    torch.testing.assert_close(answers(loaded, 1), answers(module, 1))
    assert len({id(getattr(loaded, name)) for name in names}) == 1
    assert len({loaded.state_dict()[f"{name}.1.running_mean"].data_ptr() for name in names}) == 1


def test_tied_weights_are_saved_once_and_stay_tied(spec_of):
    spec = spec_of(TiedLinear)
    module = rounded(spec.build())
    save_weights(spec.weights, spec, module, RECORD)
    assert load_file(spec.weights).keys() == {"coder.weight", "coder.bias", "decoder.bias"}
    loaded = load_weights(spec).module
    assert loaded.decoder.weight is loaded.coder.weight
    torch.testing.assert_close(answers(loaded, 1), answers(module, 1))


def _write(spec, tensors, **more):
    """A weights file, as an earlier version wrote it: every tensor under every name."""
    metadata = identity(spec) | {"record": {"trained_on": "nothing", "calibration": {}}} | more
    spec.weights.parent.mkdir(exist_ok=True)
    save_file(
        {name: value.half() for name, value in tensors.items()}, spec.weights, {METADATA_KEY: json.dumps(metadata)}
    )
    note_checksum(spec.weights)


def test_a_file_with_tied_weights_twice_loads(spec_of):
    spec = spec_of(TiedLinear)
    module = rounded(spec.build())
    _write(spec, module.state_dict())
    loaded = load_weights(spec).module
    assert loaded.decoder.weight is loaded.coder.weight
    torch.testing.assert_close(answers(loaded), answers(module))


def test_what_is_one_in_the_model_must_not_be_two_in_the_file(spec_of):
    spec = spec_of(TiedLinear)
    _write(spec, TiedLinear(tied=False).state_dict())
    with pytest.raises(
        WeightsError, match=r"coder\.weight and decoder\.weight are one in the model, but two in its wei"
    ):
        load_weights(spec)


@pytest.mark.parametrize(
    "tied", [7, ["a"], {"other": 3}, {"other": ["coder.bias"]}, {"other": "nobody"}, {"coder.weight": "decoder.weight"}]
)
def test_a_file_that_says_nonsense_about_its_ties_is_refused(spec_of, tied):
    spec = spec_of(lambda: TiedLinear(tied=False))
    _write(spec, spec.build().state_dict(), tied=tied)
    with pytest.raises(WeightsError, match="expected the weights to say which of their tensors have other names"):
        load_weights(spec)


def test_loading_stays_strict(spec_of):
    spec = spec_of(TiedLinear)
    tensors = spec.build().state_dict()
    del tensors["decoder.weight"]
    _write(spec, tensors)
    with pytest.raises(WeightsError, match=r"don't fit the model.*\n.*decoder\.weight"):
        load_weights(spec)
    _write(spec, tensors, tied={"decoder.weight": "coder.weight", "stranger": "coder.weight"})
    with pytest.raises(WeightsError, match=r"don't fit the model.*\n.*stranger"):
        load_weights(spec)


PARTS = {
    "piece": lambda whole: whole[2:4],
    "beginning": lambda whole: whole[:2],
    "other shape": lambda whole: whole.view(2, 3),
    "other type": lambda whole: whole.view(torch.float64),
}


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
def test_tensors_that_share_a_part_are_refused_in_our_words(spec_of, part):
    spec = spec_of(lambda: Overlapping(part))
    with pytest.raises(
        WeightsError, match=r"single-t1ce\.compact: (part and whole|whole and part) share a part of their"
    ):
        save_weights(spec.weights, spec, spec.build(), RECORD)
    assert not spec.weights.exists()


def test_neighbours_in_memory_share_nothing(spec_of):
    """As the weights of a recurrent layer on a GPU do, and tensors without elements, which have no place."""

    class Neighbours(nn.Module):
        def __init__(self):
            super().__init__()
            both = torch.arange(6)
            for name, value in {"a": both[:3], "b": both[3:], "c": both[:0], "d": both[:0]}.items():
                self.register_buffer(name, value)

    spec = spec_of(Neighbours)
    save_weights(spec.weights, spec, spec.build(), RECORD)
    with safe_open(spec.weights, "pt") as file:
        assert set(file.keys()) == {"a", "b", "c", "d"}
        assert "tied" not in json.loads(file.metadata()[METADATA_KEY])
    assert load_weights(spec).module.b.tolist() == [3, 4, 5]
