"""A model's own attention as maps on the input's grid."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from zoo import MODALITIES, PluginError, Question
from zoo.blocks import AttentionReading

SHAPE = (8, 12, 10)


class Reader(torch.nn.Module):
    """T1ce looks at the first of its four slices, and in each slice at one position; FLAIR has no attention."""

    def attention_maps(self, x, present):
        positions = torch.zeros(1, 4, 3, 2)
        positions[:, :, 2, 1] = 1
        reading = AttentionReading(torch.tensor([[1.0, 0, 0, 0]]), torch.tensor([0.5]), positions, torch.tensor([0.25]))
        return {"t1ce": reading, "flair": AttentionReading(), "t2": reading}


def _explain(registry, explainer, module):
    present = torch.tensor([[True, True, False, True]])
    x = torch.zeros(1, 4, *SHAPE)
    question = Question(module, registry.model("single-t1ce"), x, present)
    return registry.explainer(explainer).explain(question, lambda fraction, text: None).values


def test_slice_curve_in_units_of_an_even_spread_times_its_effect(registry):
    values = _explain(registry, "slice-attention", Reader())
    t1ce = values[MODALITIES.index("t1ce")]
    assert values.shape == (4, *SHAPE)
    np.testing.assert_allclose(t1ce[0], 4 * 0.5)
    assert t1ce[4:].max() == 0
    assert (np.ptp(t1ce, axis=(1, 2)) < 1e-6).all()
    assert not values[[0, 2, 3]].any(), "absent, or without attention"


def test_spatial_map_lies_where_the_model_looked(registry):
    t1ce = _explain(registry, "spatial-attention", Reader())[1]
    assert t1ce.max() == pytest.approx(6 * 0.25)
    assert np.unravel_index(t1ce[0].argmax(), SHAPE[1:]) >= (8, 5)
    assert t1ce[:, :4].max() == 0


class StridedReader(torch.nn.Module):
    """Its features are each third slice, and of these each second row and fourth column; it looks at one place."""

    def attention_maps(self, x, present):
        features = x[:, :, ::3, ::2, ::4]
        slices, positions = torch.zeros(1, 3), torch.zeros(1, *features.shape[2:])
        slices[0, 1], positions[0, :, 3, 1] = 1, 1
        reading = AttentionReading(slices, torch.ones(1), positions, torch.ones(1), features)
        return dict.fromkeys(MODALITIES, reading)


def test_what_was_looked_at_lies_where_the_features_cells_are(registry):
    module = StridedReader()
    curve = _explain(registry, "slice-attention", module)[1].max(axis=(1, 2))
    assert np.flatnonzero(curve == curve.max()).tolist() == [3]
    places = _explain(registry, "spatial-attention", module)[1][3]
    assert np.argwhere(places == places.max()).tolist() == [[6, 4]]


@pytest.mark.parametrize("explainer", ["slice-attention", "spatial-attention"])
def test_a_model_without_attention_is_told_so(registry, explainer):
    with pytest.raises(PluginError, match="no attention of that kind"):
        _explain(registry, explainer, torch.nn.Identity())


@pytest.mark.parametrize("explainer", ["slice-attention", "spatial-attention"])
@pytest.mark.parametrize("model_id", ["guided-dual-attention", "single-t1ce-attention"])
def test_the_zoos_models_can_be_read(registry, explainer, model_id):
    spec = registry.model(model_id)
    module = spec.build(**spec.options).eval()
    for name, parameter in module.named_parameters():
        if name.endswith(("beta", "gamma")):
            parameter.data.fill_(0.5)
    x, present = torch.randn(1, 4, 8, 48, 40), torch.ones(1, 4, dtype=torch.bool)
    with torch.inference_mode():
        question = Question(module, spec, x, present)
        values = registry.explainer(explainer).explain(question, lambda fraction, text: None).values
    assert np.isfinite(values).all()
    assert [bool(values[MODALITIES.index(name)].any()) for name in spec.uses] == [True] * len(spec.uses)
