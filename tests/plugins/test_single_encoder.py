"""One encoder sees the modalities that it is for, in the layout they lie in."""

from __future__ import annotations

import pytest
import torch

from zoo import MODALITIES
from zoo.weights.load import build_module

ALL = torch.ones(2, 4, dtype=torch.bool)


def _studies():
    x = torch.randn(2, 4, 8, 32, 32, generator=torch.Generator().manual_seed(0))
    return x.contiguous(memory_format=torch.channels_last_3d)


def _seen_by(module, x):
    seen = []
    module.encoder.stem.register_forward_pre_hook(lambda stem, inputs: seen.append(inputs[0]))
    module(x, ALL)
    return seen[0]


def test_early_fusion_reads_studies_as_they_lie(registry):
    """To choose all modalities by index would copy them, into a layout that convolutions copy once more."""
    x = _studies()
    seen = _seen_by(build_module(registry.model("early-fusion")), x)
    assert torch.equal(seen, x)
    assert seen.stride() == x.stride()


@pytest.mark.parametrize("modality", MODALITIES)
def test_a_single_encoder_reads_its_modality(registry, modality):
    x = _studies()
    seen = _seen_by(build_module(registry.model(f"single-{modality}")), x)
    assert torch.equal(seen, x[:, [MODALITIES.index(modality)]])
