"""Each fusion against its formula, written down directly in float64."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from zoo.plugins.feature_fusion.fusions import (
    Concatenation,
    GatedMultimodalUnit,
    ModalityTransformer,
    Moments,
    moments,
    pooled,
)
from zoo.plugins.feature_fusion.network import FeatureFusionGrader

PRESENT = torch.tensor([[True, True, True, True], [False, True, False, True], [False, False, True, False]])


@pytest.fixture
def maps():
    """[3, 4, 5, 2, 3, 3], 0 where a modality is absent."""
    torch.manual_seed(0)
    return torch.randn(3, 4, 5, 2, 3, 3, dtype=torch.float64) * PRESENT[:, :, None, None, None, None]


def test_pooled_is_mean_and_maximum_of_each_map(maps):
    expected = np.concatenate([maps.numpy().mean((3, 4, 5)), maps.numpy().max((3, 4, 5))], axis=2)
    np.testing.assert_allclose(pooled(maps).numpy(), expected)
    torch.testing.assert_close(Concatenation(4, 5)(maps, PRESENT), torch.from_numpy(expected).flatten(1))


def test_gated_multimodal_unit_follows_arevalo(maps):
    torch.manual_seed(1)
    unit = GatedMultimodalUnit(4, 5, hidden=6).double()
    z = pooled(maps).numpy()
    for study in range(3):
        expected = np.zeros(6)
        for m in np.flatnonzero(PRESENT[study]):
            (v, b), (w, c) = (
                [p.detach().numpy() for p in layers[m].parameters()] for layers in (unit.transforms, unit.gates)
            )
            expected += 1 / (1 + np.exp(-(w @ z[study].ravel() + c))) * np.tanh(v @ z[study, m] + b)
        np.testing.assert_allclose(unit(maps, PRESENT)[study].detach().numpy(), expected)


def test_moments_are_those_of_the_present_modalities(maps):
    found = moments(maps, PRESENT).numpy()
    for study in range(3):
        there = maps[study][PRESENT[study]].numpy()
        variance = there.var(axis=0, ddof=1) if len(there) > 1 else np.zeros_like(there[0])
        np.testing.assert_allclose(found[study], np.concatenate([there.mean(axis=0), variance]), atol=1e-12)


def test_moments_do_not_care_which_modality_is_which(maps):
    fusion = Moments(4, 5).double()
    order = [2, 0, 3, 1]
    torch.testing.assert_close(fusion(maps[:, order], PRESENT[:, order]), fusion(maps, PRESENT))


def test_transformer_leaves_absent_tokens_out_altogether(maps):
    """The same as a transformer that is given the present tokens only."""
    torch.manual_seed(2)
    fusion = ModalityTransformer(4, 5, width=8, heads=2).double().eval()
    tokens = torch.einsum("of,bmf->bmo", fusion.embed.weight, pooled(maps)) + fusion.embed.bias + fusion.modality
    for study in range(3):
        own = torch.cat([fusion.class_token[None], tokens[study][PRESENT[study]]])[None]
        torch.testing.assert_close(fusion(maps, PRESENT)[study], fusion.layers(own)[0, 0])


@pytest.mark.parametrize("fusion", ["concat", "gated", "transformer", "moments"])
def test_work_for_modalities_that_nobody_has_is_spared(fusion):
    module = FeatureFusionGrader(fusion, width=4, blocks=1, slice_stride=2).eval()
    asked = []
    for name, encoder in module.encoders.items():
        encoder.register_forward_hook(lambda layer, inputs, output, name=name: asked.append(name))
    module(torch.randn(2, 4, 8, 32, 32), torch.tensor([[False, True, False, False], [False, True, False, True]]))
    assert asked == ["t1ce", "flair"]


def test_unknown_fusion_lists_the_known_ones():
    with pytest.raises(ValueError, match="concat, gated, transformer, moments; found 'blend'"):
        FeatureFusionGrader("blend", width=4, blocks=1, slice_stride=2)
