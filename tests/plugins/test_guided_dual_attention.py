"""The paper's model in each of its readings: who guides whom, what is shared, what may be missing, how it trains."""

from __future__ import annotations

import json
from typing import get_args, get_type_hints

import pytest
import torch

from zoo import MODALITIES
from zoo.conformance import check_model
from zoo.plugins.guided_dual_attention import COMPACT, build
from zoo.plugins.guided_dual_attention.network import Donor
from zoo.plugins.guided_dual_attention.options import GuidedOptions

SHAPE = (8, 32, 32)
READINGS = [
    (name, value)
    for name, hint in get_type_hints(GuidedOptions).items()
    for value in get_args(hint)
    if isinstance(value, str) and value != getattr(COMPACT, name)
]


@pytest.fixture
def compact(registry):
    """compact(**options) -> the compact model's spec, smaller still."""
    return lambda **options: registry.model("guided-dual-attention").vary(**{"width": 4, **options})


def _module(spec):
    """Away from its start, where guidance and attention are silent."""
    torch.manual_seed(0)
    module = spec.build(**spec.options).eval()
    for parameter in module.parameters():
        parameter.data += 0.1 * torch.randn_like(parameter)
    return module


def _study():
    return torch.randn(1, 4, *SHAPE), torch.ones(1, 4, dtype=torch.bool)


@pytest.mark.parametrize(("name", "value"), [*READINGS, ("secondaries", ("t2",)), ("secondaries", ())])
def test_every_reading_keeps_the_contract(compact, name, value):
    changes = {name: value}
    if name == "primary":
        changes["secondaries"] = tuple(other for other in MODALITIES if other != value)
    broken = [outcome for outcome in check_model(compact(**changes), SHAPE) if outcome.problem]
    assert broken == []


def _what_moves(module, watched):
    """The modalities that a change of one at a time shows to matter for the watched one's features."""
    seen = []
    module.attention[watched].register_forward_hook(lambda layer, inputs, output: seen.append(output.detach()))
    x, present = _study()
    with torch.inference_mode():
        module(x, present)
        before = seen[-1]
        moved = []
        for index, name in enumerate(MODALITIES):
            changed = x.clone()
            changed[:, index] += torch.randn(SHAPE)
            module(changed, present)
            if not torch.allclose(seen[-1], before):
                moved.append(name)
    return moved


@pytest.mark.parametrize(
    ("options", "sources"),
    [
        ({}, ["t1ce", "flair"]),
        ({"guidance": "add"}, ["t1ce", "flair"]),
        ({"guidance": "gate"}, ["t1ce", "flair"]),
        ({"guidance": "none"}, ["flair"]),
        ({"guidance_source": "self"}, ["flair"]),
        ({"guidance_source": "shuffled"}, ["flair"]),
        ({"guidance_source": "accumulated"}, ["t1", "t1ce", "t2", "flair"]),
        ({"guidance_source": "accumulated", "secondaries": ("flair", "t1", "t2")}, ["t1ce", "flair"]),
        ({"primary": "t2", "secondaries": ("t1", "flair")}, ["t2", "flair"]),
    ],
)
def test_who_guides_flair(compact, options, sources):
    assert _what_moves(_module(compact(**options)), "flair") == sources


def test_accumulated_guidance_is_the_mean_of_the_present(compact):
    module = _module(compact(guidance_source="accumulated"))
    guides = []
    module.guidance["flair"].register_forward_hook(lambda layer, inputs, output: guides.append(inputs[1]))
    attended = {}
    for name, layer in module.attention.items():
        layer.register_forward_hook(lambda layer, inputs, output, name=name: attended.update({name: output}))
    x, present = _study()
    present[0, MODALITIES.index("t1")] = False
    module(x, present)
    torch.testing.assert_close(guides[0], (attended["t1ce"] + attended["t2"]) / 2)


def test_the_donor_is_another_study_and_stays_with_the_weights():
    donor = Donor(2, (2, 3, 3)).train()
    batch = torch.randn(3, 2, 2, 3, 3)
    torch.testing.assert_close(donor(batch), batch[[2, 0, 1]])
    single = torch.randn(1, 2, 2, 3, 3)
    torch.testing.assert_close(donor(single), batch[:1])
    kept = Donor(2, (2, 3, 3)).eval()
    kept.load_state_dict(donor.state_dict())
    torch.testing.assert_close(kept(batch), single.expand(3, -1, -1, -1, -1))


def test_one_donor_guides_all_secondaries_of_a_study(compact):
    """Even at batch size 1 in training, where the study itself is the next one's donor."""
    module = _module(compact(guidance_source="shuffled")).train()
    guides = []
    for layer in module.guidance.values():
        layer.register_forward_hook(lambda layer, inputs, output: guides.append(inputs[1]))
    module(*_study())
    kept = module.donor.features.clone()
    guides.clear()
    module(*_study())
    assert len(guides) == 3
    assert all(torch.equal(guide, kept) for guide in guides)


@pytest.mark.parametrize("split", ["stem", "layer1", "layer2"])
def test_guidance_enters_after_the_low_level_features(compact, split):
    module = _module(compact(lfe_split=split))
    grids = []
    module.guidance["t2"].register_forward_hook(lambda layer, inputs, output: grids.append(output.shape[1:]))
    module(*_study())
    assert grids == [{"stem": (4, 4, 16, 16), "layer1": (4, 4, 16, 16), "layer2": (8, 4, 8, 8)}[split]]


def test_shared_encoders_have_fewer_parameters(compact):
    sizes = {
        share: sum(p.numel() for p in _module(compact(share_encoders=share)).encoders.parameters())
        for share in ("none", "high", "all")
    }
    assert sizes["none"] > sizes["high"] > sizes["all"] > sizes["none"] / 4


def test_an_absent_modality_has_no_vote_in_the_mean(compact):
    module = _module(compact(head="mean", dropout=0.0))
    x, present = _study()
    votes = [linear.weight.detach().clone() for linear in module.head.linears]
    present[0, 2:] = False
    with torch.inference_mode():
        before = module(x, present)
        for linear, weight in zip(module.head.linears[2:], votes[2:], strict=True):
            linear.weight.copy_(weight * 5 + 1)
        torch.testing.assert_close(module(x, present), before)
        module.head.linears[0].weight.copy_(votes[0] * 5 + 1)
        assert not torch.allclose(module(x, present), before)


def test_missing_says_what_a_study_may_lack(compact):
    assert compact(missing="none").needs == MODALITIES
    assert compact().needs == ("t1ce",)
    anything = compact(missing="any", secondaries=("t2",))
    assert (anything.needs, anything.uses) == ((), ("t1ce", "t2"))
    assert anything.phases[-1].modality_dropout > 0
    assert compact().phases[-1].modality_dropout == 0


def test_secondaries_join_one_by_one_in_their_order(compact):
    phases = compact(secondaries=("flair", "t1")).phases
    assert [phase.modalities for phase in phases] == [("t1ce",), ("t1ce", "flair"), ("t1ce", "flair", "t1")]
    assert phases[0].rates == {}
    assert all(phase.rates == {"encoders.t1ce": 0.1} for phase in phases[1:])
    (alone,) = compact(secondaries=()).phases
    assert alone.share == 1


def test_compact_encoders_start_as_those_of_single_modalities(registry):
    spec = registry.model("guided-dual-attention")
    assert spec.encoders_from == {f"encoders.{name}": f"single-{name}.compact" for name in MODALITIES}
    assert all(phase.rates == {"encoders": 0.0} for phase in spec.phases)
    module = spec.build(**spec.options)
    for name, donor in spec.encoders_from.items():
        single = registry.model(donor)
        module.get_submodule(name).load_state_dict(single.build(**single.options).encoder.state_dict())
    assert spec.vary(width=8).encoders_from == {} == spec.vary(share_encoders="all").encoders_from
    assert sum(phase.share for phase in spec.vary(width=8).phases) == pytest.approx(1)


def test_options_survive_json(registry):
    for model_id in ("guided-dual-attention.compact", "guided-dual-attention.paper"):
        options = json.loads(json.dumps(registry.model(model_id).options))
        with torch.device("meta"):
            assert build(**options).options.modalities == MODALITIES


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"guidance": "shout"}, "guidance: expected one of concat, add, gate, none; found 'shout'"),
        ({"primary": "t3"}, "primary: expected one of t1, t1ce, t2, flair; found 't3'"),
        ({"secondaries": ("t1ce",)}, "secondaries: expected one of t1, t2, flair; found 't1ce'"),
        ({"secondaries": ("t2", "t2")}, "each once"),
        ({"secondaries": "t2"}, "end it with a comma"),
    ],
)
def test_unknown_values_are_told(options, words):
    with pytest.raises(ValueError, match=words):
        GuidedOptions(**options)


def test_paper_preset_is_the_papers_reading(registry):
    """Pooled by the mean, no region scores, all slices kept; four trunks of 11.47 M."""
    spec = registry.model("guided-dual-attention.paper")
    with torch.device("meta"):
        module = spec.build(**spec.options)
    assert sum(p.numel() for p in module.encoders.parameters()) == pytest.approx(45.9e6, rel=0.01)
    assert module.regions is None
    assert module.head.linear.in_features == 4 * 512
    assert spec.recipe.shape == (64, 128, 128)
