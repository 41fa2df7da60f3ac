"""Nothing is computed twice, and nothing comes out otherwise."""

from __future__ import annotations

import pytest
import torch

from zoo.blocks import (
    GUIDANCE,
    ActivationCache,
    CachedModule,
    DualAttention,
    RMCEncoder,
    cached_activations,
    group_norm,
)


def _counted(encoder):
    calls = []
    encoder.stem[0].register_forward_hook(lambda *_: calls.append("stem"))
    encoder.layer4[0].register_forward_hook(lambda *_: calls.append("layer4"))
    return calls


def test_what_was_seen_is_not_computed_again_and_equal_bit_for_bit():
    torch.manual_seed(0)
    encoder = RMCEncoder(1, 8, 1, 2, group_norm).eval()
    first, second = torch.randn(2, 1, 1, 8, 32, 32)
    calls = _counted(encoder)
    with torch.inference_mode():
        expected = [encoder(first)[1], encoder(second)[1]]
        calls.clear()
        with cached_activations(encoder):
            found = [encoder(x)[1] for x in (first, second, first, second.clone())]
    assert calls == ["stem", "layer4"] * 2
    for index, value in enumerate(found):
        assert torch.equal(value, expected[index % 2])


def test_only_the_latest_are_kept():
    encoder = RMCEncoder(1, 8, 1, 2, group_norm).eval()
    calls = _counted(encoder)
    studies = torch.randn(3, 1, 1, 8, 32, 32)
    with torch.inference_mode():
        memory = ActivationCache()
        with cached_activations(encoder, memory):
            encoder(studies[0])
        calls.clear()
        with cached_activations(encoder, ActivationCache(2.5 * memory.held / 2**20)):
            for index in (0, 1, 0, 2, 0, 1):
                encoder(studies[index])
    assert calls.count("stem") == 4, "0, 1, 2, and 1 again, which was the oldest"


def test_afterwards_all_is_as_before():
    encoder = RMCEncoder(1, 8, 1, 2, group_norm).eval()
    with cached_activations(encoder):
        pass
    assert "forward" not in vars(encoder.stem)
    calls = _counted(encoder)
    x = torch.randn(1, 1, 8, 32, 32)
    encoder(x), encoder(x)
    assert calls.count("stem") == 2


def test_encoders_of_equal_weights_share_a_memory_and_others_do_not():
    torch.manual_seed(0)
    first, twin, other = (RMCEncoder(1, 8, 1, 2, group_norm).eval() for _ in range(3))
    twin.load_state_dict(first.state_dict())
    calls = {encoder: _counted(encoder) for encoder in (first, twin, other)}
    memory, x = ActivationCache(), torch.randn(1, 1, 8, 32, 32)
    with torch.inference_mode():
        expected = [encoder(x)[1] for encoder in calls]
        for encoder in calls:
            calls[encoder].clear()
            with cached_activations(encoder, memory):
                found = encoder(x)[1]
            assert torch.equal(found, expected.pop(0))
    assert [calls[encoder] for encoder in (first, twin, other)] == [["stem", "layer4"], [], ["stem", "layer4"]]


def test_a_memory_within_a_memory_gives_the_outer_one_back():
    encoder = RMCEncoder(1, 8, 1, 2, group_norm).eval()
    calls, x = _counted(encoder), torch.randn(1, 1, 8, 32, 32)
    with torch.inference_mode(), cached_activations(encoder):
        with cached_activations(encoder):
            encoder(x)
        encoder(x)
    assert calls.count("stem") == 1


def test_gradients_pass_by_what_was_remembered():
    encoder, memory = RMCEncoder(1, 8, 1, 2, group_norm).eval(), ActivationCache()
    x = torch.randn(1, 1, 8, 32, 32)
    with cached_activations(encoder, memory):
        with torch.inference_mode():
            encoder(x)
        x.requires_grad_()
        encoder(x)[1].sum().backward()
    assert x.grad.any()


def test_guidance_and_attention_remember_too_and_settings_tell_them_apart():
    torch.manual_seed(0)
    low, guide = torch.randn(1, 4, 4, 8, 8), torch.randn(1, 8, 4, 2, 2)
    guidance = GUIDANCE["concat"](8, 4, group_norm).eval()
    attentions = [DualAttention(8, combine=way).eval() for way in ("sum", "sequential")]
    for attention in attentions:
        attention.load_state_dict(attentions[0].state_dict())
        torch.nn.init.ones_(attention.slice.beta), torch.nn.init.ones_(attention.spatial.gamma)
    calls, memory = [], ActivationCache()
    guidance.reduce.register_forward_hook(lambda *_: calls.append("guidance"))
    with torch.inference_mode():
        expected = [guidance(low, guide), *(attention(guide) for attention in attentions)]
        calls.clear()
        for _ in range(2):
            found = []
            for block, inputs in ((guidance, (low, guide)), *((attention, (guide,)) for attention in attentions)):
                with cached_activations(block, memory):
                    found.append(block(*inputs))
            assert all(torch.equal(*pair) for pair in zip(found, expected, strict=True))
    assert calls == ["guidance"]
    assert not torch.equal(*found[1:])


def test_what_is_cached_within_goes_on_from_a_shared_memory():
    encoder, memory = RMCEncoder(1, 8, 1, 2, group_norm).eval(), ActivationCache()
    calls, x = _counted(encoder), torch.randn(1, 1, 8, 32, 32)
    for _ in range(2):
        with torch.inference_mode(), memory.shared(), cached_activations(encoder):
            encoder(x)
    assert calls.count("stem") == 1
    with torch.inference_mode(), cached_activations(encoder):
        encoder(x)
    assert calls.count("stem") == 2, "no longer shared"


@pytest.mark.parametrize("change", ["in place", "another tensor", "another storage"])
def test_changed_weights_are_noticed(change):
    torch.manual_seed(0)
    encoder, memory = RMCEncoder(1, 8, 1, 2, group_norm).eval().requires_grad_(False), ActivationCache()
    x, convolution = torch.randn(1, 1, 8, 32, 32), encoder.stem[0]
    with torch.inference_mode(), cached_activations(encoder, memory):
        encoder(x)
    if change == "in place":
        convolution.weight.mul_(2)
    elif change == "another tensor":
        convolution.weight = torch.nn.Parameter(2 * convolution.weight, requires_grad=False)
    else:
        convolution.weight.data = 2 * convolution.weight.data
    with torch.inference_mode():
        expected = encoder(x)[1]
        with cached_activations(encoder, memory):
            assert torch.equal(encoder(x)[1], expected)


def test_a_whole_model_that_asks_for_it_answers_from_memory():
    class Model(CachedModule):
        def __init__(self):
            super().__init__()
            self.linear = torch.nn.Linear(3, 2)
            self.calls = []

        def forward(self, x, present):
            self.calls.append(present)
            return self.linear(x)

    model, x = Model().eval(), torch.randn(1, 3)
    both, none = torch.tensor([[True]]), torch.tensor([[False]])
    with torch.inference_mode(), cached_activations(torch.nn.ModuleList([model])):
        found = [model(x, present) for present in (both, both, none)]
    assert model.calls == [both, none]
    assert all(torch.equal(each, model.linear(x)) for each in found)
