"""What a weights file says of itself is read without torch, and only taken when it fits a model."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
import torch
from safetensors.torch import save_file

from zoo import WeightsError
from zoo.weights.metadata import METADATA_KEY, identity, spec_of

RECORD = {"trained_on": "nothing"}


@pytest.fixture
def write(tmp_path):
    """write(metadata) -> a weights file that says this of itself."""

    def to_file(metadata):
        path = tmp_path / "model.safetensors"
        save_file({"a": torch.zeros(1)}, path, {METADATA_KEY: json.dumps(metadata)})
        return path

    return to_file


def test_the_spec_is_the_files_reading_of_the_model(registry, write):
    reading = registry.model("guided-dual-attention").vary(guidance="gate")
    path = write(identity(reading) | {"record": RECORD})
    spec = spec_of(path, registry.model)
    assert (spec.options["guidance"], spec.weights, spec.plugin) == ("gate", path, "zoo.plugins.guided_dual_attention")


@pytest.mark.parametrize("changes", [{"guidance": "magic"}, {"surprise": 1}, {"secondaries": 3}])
def test_options_that_the_model_does_not_know(registry, write, changes):
    told = identity(registry.model("guided-dual-attention"))
    path = write(told | {"options": told["options"] | changes, "record": RECORD})
    with pytest.raises(WeightsError, match=r"guided-dual-attention\.compact: the weights were made"):
        spec_of(path, registry.model)


@pytest.mark.parametrize(
    "metadata", [[], "model", {"model": "single-t1ce.compact"}, {"model": ["single-t1ce.compact"]}]
)
def test_metadata_of_another_shape(registry, write, metadata):
    with pytest.raises(WeightsError, match=r"model\.safetensors is not a weights file of this project"):
        spec_of(write(metadata), registry.model)


def test_it_needs_no_torch():
    check = "import zoo.weights.metadata, sys; print('torch' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"
