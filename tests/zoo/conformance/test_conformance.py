"""Each promise of the contract catches a model that breaks it and no other, and tells it in a sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import pytest
import torch
from torch import nn
from torch.nn import functional

from zoo import MODALITIES, Card, ModelSpec, Phase, Recipe
from zoo.blocks import AttentionReading, LogisticHead, average_and_peak, masked
from zoo.conformance import CONTRACT, check_model
from zoo.conformance.precision import FastFloat16

SHAPE = (8, 16, 16)
CARD = Card("A test.", "None.", "To be checked.", "Knows nothing.")
T2, FLAIR = 2, 3
THREE = MODALITIES[:3]


class Good(nn.Module):
    """Keeps all promises; the faulty ones replace one step of it."""

    def __init__(self):
        super().__init__()
        self.stage = nn.Sequential(nn.Conv3d(4, 8, 3, 2, 1, bias=False), nn.GroupNorm(4, 8), nn.ReLU())
        self.dropout = nn.Dropout(0.2)
        self.head = nn.Linear(16, 2)

    def forward(self, x, present):
        return self.head(self.features(self.clean(x, present)))

    def clean(self, x, present):
        return masked(x, present)

    def features(self, x):
        return self.dropout(average_and_peak(self.stage(x)))


def spec_of(build=Good, uses=MODALITIES, **changes) -> ModelSpec:
    spec = ModelSpec("good", "Good", "test", (), uses, build, CARD, phases=(Phase("all", uses),))
    return replace(spec, **{"cam_layers": dict.fromkeys(uses, "stage"), **changes})


class ThreeLogits(Good):
    def forward(self, x, present):
        return super().forward(x, present)[:, [0, 1, 1]]


class NotFinite(Good):
    def forward(self, x, present):
        return super().forward(x, present) - x.sum() * torch.inf


class WholeNumbers(Good):
    def forward(self, x, present):
        return super().forward(x, present).round().long()


class Dice(Good):
    def features(self, x):
        return functional.dropout(super().features(x))


class Careless(Good):
    """Masks in place."""

    def clean(self, x, present):
        with torch.no_grad():
            x[~present] = 0
        return x


class CarelessOfPresence(Good):
    def clean(self, x, present):
        x = masked(x, present.clone())
        present[:] = True
        return x


class BatchStatistics(Good):
    def features(self, x):
        features = super().features(x)
        return features - features.mean(dim=0) / 2


class DecidesByBatch(Good):
    def forward(self, x, present):
        return super().forward(x, present) + present.any(dim=0).float().mean()


class Unmasked(Good):
    def clean(self, x, present):
        return x


class MaskedByProduct(Good):
    """0 · NaN is NaN."""

    def clean(self, x, present):
        return x * present[:, :, None, None, None]


class HelplessWithoutT1(Good):
    def forward(self, x, present):
        return super().forward(x, present) + present[:, :1] / present[:, :1]


class SpreadOfOne(Good):
    """Divides by the number of modalities less one."""

    def forward(self, x, present):
        others = present.sum(dim=1, keepdim=True) - 1
        return super().forward(x, present) + others / others


class BlindToT2(Good):
    """Its gradient pretends to see."""

    def clean(self, x, present):
        x = masked(x, present)
        return torch.cat([x[:, :T2], x[:, T2:FLAIR] - x[:, T2:FLAIR].detach(), x[:, FLAIR:]], dim=1)


class ThreeOfFour(Good):
    def clean(self, x, present):
        return functional.pad(masked(x, present)[:, :FLAIR], (0, 0) * 3 + (0, 1))


class CountsFour(ThreeOfFour):
    def forward(self, x, present):
        return super().forward(x, present) + present.sum(dim=1, keepdim=True)


class Detached(Good):
    def clean(self, x, present):
        x = masked(x, present)
        return torch.cat([x[:, :T2], x[:, T2:FLAIR].detach(), x[:, FLAIR:]], dim=1)


class SteepAtBackground(Good):
    def clean(self, x, present):
        return (masked(x, present) + 1).sqrt()


class Forgotten(Good):
    def __init__(self):
        super().__init__()
        self.second_head = nn.Linear(16, 2)


class Frozen(Good):
    """Learns in evaluation mode only."""

    def features(self, x):
        features = super().features(x)
        return features.detach() if self.training else features


class NormOfNothing(Good):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(2))

    def forward(self, x, present):
        return super().forward(x, present) * self.scale + (0 * self.scale).square().sum().sqrt()


class Auxiliary(Good):
    """Keeps all promises too."""

    def __init__(self):
        super().__init__()
        self.regions = nn.Conv3d(8, 3, 1)

    def forward(self, x, present):
        return self.grade_and_auxiliary(x, present)[0]

    def grade_and_auxiliary(self, x, present):
        features = self.stage(masked(x, present))
        return self.head(average_and_peak(features)), {"regions": self.regions(features)}


class TwoMinds(Auxiliary):
    def grade_and_auxiliary(self, x, present):
        logits, auxiliary = super().grade_and_auxiliary(x, present)
        return logits + 1, auxiliary

    def forward(self, x, present):
        return super().forward(x, present) - 2


class PooledRegions(Auxiliary):
    def grade_and_auxiliary(self, x, present):
        logits, auxiliary = super().grade_and_auxiliary(x, present)
        return logits, {"regions": auxiliary["regions"].mean((2, 3, 4))}


class Depths(Auxiliary):
    def __init__(self):
        super().__init__()
        self.depths = nn.Conv3d(3, 1, 1)

    def grade_and_auxiliary(self, x, present):
        logits, auxiliary = super().grade_and_auxiliary(x, present)
        return logits, auxiliary | {"depths": self.depths(auxiliary["regions"])}


class SameRegions(Auxiliary):
    """Keeps all promises too."""

    def region_logits(self, x, present):
        return self.regions(self.stage(masked(x, present)))


class MeasuredRegions(SameRegions):
    """Learns nothing but regions by gradient: keeps all promises too."""

    def __init__(self):
        super().__init__()
        self.head = LogisticHead(3)

    def grade_and_auxiliary(self, x, present):
        regions = self.region_logits(x, present)
        return self.head(regions.amax((2, 3, 4))), {"regions": regions}

    def measurements(self, x, present):
        return self.region_logits(x, present).amax((2, 3, 4))


class OtherRegions(Auxiliary):
    def region_logits(self, x, present):
        return self.regions(self.stage(x)) + 1


class Measured(Good):
    """Without phases: keeps all promises too."""

    measured = 4

    def __init__(self):
        super().__init__()
        del self.stage
        self.head = LogisticHead(self.measured)

    def measurements(self, x, present):
        return masked(x, present).mean((2, 3, 4))[:, : self.measured]

    def forward(self, x, present):
        return self.head(self.measurements(x, present))


class Mismeasured(Measured):
    def measurements(self, x, present):
        return functional.pad(super().measurements(x, present), (0, 1))

    def forward(self, x, present):
        return self.head(super().measurements(x, present))


class MeasuredBatch(Measured):
    def measurements(self, x, present):
        return super().measurements(x, present).flatten()

    def forward(self, x, present):
        return self.head(super().measurements(x, present))


class Forgetful(Good):
    def __init__(self):
        super().__init__()
        self.register_buffer("shift", torch.randn(2), persistent=False)

    def forward(self, x, present):
        return super().forward(x, present) + self.shift


class Cancelling(Good):
    """A difference of large numbers."""

    def forward(self, x, present):
        logits = functional.linear(self.features(self.clean(x, present)), self.head.weight, self.head.bias + 600)
        return 3 * (logits - 600)


class Overflowing(Good):
    def forward(self, x, present):
        return self.head(1e6 * self.features(self.clean(x, present))) / 1e6


class OneEncoderForAll(Good):
    def __init__(self):
        super().__init__()
        self.stage = nn.Sequential(nn.Conv3d(1, 4, 3, 2, 1, bias=False), nn.GroupNorm(4, 4), nn.ReLU())
        self.head = nn.Linear(32, 2)

    def features(self, x):
        return torch.cat([average_and_peak(self.stage(one[:, None])) for one in x.unbind(1)], dim=1)


class SideBranch(Good):
    def __init__(self):
        super().__init__()
        self.side = nn.Conv3d(4, 1, 1).requires_grad_(False)

    def clean(self, x, present):
        self.side(masked(x, present))
        return masked(x, present)


class OnlyT1ce(Good):
    """Is never asked to grade without T1ce, which is all that it uses; so it needn't mask it."""

    def clean(self, x, present):
        return functional.pad(x[:, 1:2], (0, 0) * 3 + (1, 2))


class HelplessWithoutT1ce(OnlyT1ce):
    def forward(self, x, present):
        return super().forward(x, present) + present[:, 1:2] / present[:, 1:2]


class ZeroGate(Good):
    """At the start nothing is let through, forward or back."""

    def __init__(self):
        super().__init__()
        self.branch, self.gate = nn.Conv3d(4, 4, 1), nn.Parameter(torch.zeros(()))

    def clean(self, x, present):
        x = masked(x, present)
        return x + self.gate * self.branch(x)


class KeyBias(Good):
    """A softmax ignores its keys' bias: it can't learn, and needn't."""

    def __init__(self):
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(16, 16) for _ in range(3))

    def features(self, x):
        rows = torch.stack([average_and_peak(half) for half in self.stage(x).chunk(2, dim=2)], dim=1)
        scores = self.query(rows) @ functional.linear(rows, self.key.weight, self.key.bias.detach()).mT
        return (scores.softmax(dim=-1) @ self.value(rows)).sum(dim=1)


class MissingTokens(Good):
    """Parameters that only stand in for what is absent."""

    def __init__(self):
        super().__init__()
        self.tokens = nn.ParameterList([nn.Parameter(torch.zeros(())) for _ in MODALITIES])

    def clean(self, x, present):
        tokens = torch.stack(list(self.tokens))
        return torch.where(present[:, :, None, None, None], x, tokens[:, None, None, None])


class BatchNormed(Good):
    """A bias before batch normalisation can't learn in training."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Sequential(nn.Linear(16, 16), nn.BatchNorm1d(16))

    def features(self, x):
        return self.embed(super().features(x)).square()


class HeavyDropout(Good):
    """A branch that gets no gradient in most steps of training."""

    def __init__(self):
        super().__init__()
        self.branch = nn.Linear(16, 16)

    def features(self, x):
        features = super().features(x)
        return features + functional.dropout(self.branch(features), 0.999, self.training)


class SliceBySlice(Good):
    def __init__(self):
        super().__init__()
        self.stage = nn.Sequential(nn.Conv2d(4, 8, 3, 2, 1, bias=False), nn.GroupNorm(4, 8), nn.ReLU())

    def features(self, x):
        maps = self.stage(x.transpose(1, 2).flatten(0, 1)).unflatten(0, (len(x), -1))
        return self.dropout(average_and_peak(maps.transpose(1, 2)))


class Tied(Good):
    """Two layers with one weight, and a layer that is meant to stay as it is."""

    def __init__(self):
        super().__init__()
        self.second_head = nn.Linear(16, 2)
        self.second_head.weight = self.head.weight
        self.fixed = nn.Linear(16, 16).requires_grad_(False)

    def features(self, x):
        features = self.fixed(super().features(x))
        return features + functional.pad(self.second_head(features), (0, 14))


class Attentive(Good):
    """It tells how much each slice counted."""

    def attention_maps(self, x, present):
        even = torch.full((len(x), x.shape[2]), 1 / x.shape[2])
        return {"t1ce": AttentionReading(slices=even, slice_effect=torch.ones(len(x)))}


class Thresholds(Measured):
    def measurements(self, x, present):
        return (masked(x, present) > 0.5).float().mean((2, 3, 4))


@dataclass(frozen=True)
class Fault:
    """A model that breaks one promise, and words of the sentence that says so. also: what goes with it."""

    promise: str
    spec: ModelSpec
    words: str
    also: tuple[str, ...] = ()


def _returns_a_function():
    return lambda x, present: x


def _crashes():
    raise ValueError("no such backbone")


REGIONAL = "patches_teach_its_regions"
SHARES = tuple(Phase(name, MODALITIES, share=0.7) for name in ("first", "second"))
PATCHES = (Phase("regions", MODALITIES, 0.5, patches=True), Phase("all", MODALITIES, 0.5))
FAULTS = [
    Fault("card_is_complete", spec_of(card=replace(CARD, limits=" ")), "nothing in card.limits: fill it in"),
    Fault("card_is_complete", spec_of(title=""), "nothing in title"),
    Fault("modalities_agree", spec_of(uses=("t1ce",), needs=("t1", "t1ce")), "needs T1, but uses only T1ce"),
    Fault("modalities_agree", spec_of(uses=()), "at least one modality in uses"),
    Fault("phases_add_up", spec_of(phases=(Phase("all", THREE),)), "T1, T1ce, T2, FLAIR; found T1, T1ce, T2"),
    Fault("phases_add_up", spec_of(phases=SHARES), "add up to 1 at most, found 1.4"),
    Fault(
        "options_can_be_kept",
        spec_of(lambda strides: Good(), options={"strides": {1, 2}}),
        "type set is not JSON serializable",
        also=("weights_can_be_stored",),
    ),
    Fault("it_builds", spec_of(_returns_a_function), "Expected a torch.nn.Module .* found <function"),
    Fault("it_builds", spec_of(_crashes), r"ValueError in conformance/test_conformance.py, line \d+: no such backbone"),
    Fault("logits_are_two_a_study", spec_of(ThreeLogits), r"\[3, 2\] of a batch of 3, found torch.float32 \[3, 3\]"),
    Fault("logits_are_two_a_study", spec_of(WholeNumbers), "floating-point .* found torch.int64"),
    Fault("logits_are_two_a_study", spec_of(NotFinite), "finite logits, found .*inf"),
    Fault("it_repeats_itself", spec_of(Dice), r"use nn\.Dropout"),
    Fault("input_is_left_alone", spec_of(Careless), r"found x changed.*mask with torch\.where"),
    Fault("input_is_left_alone", spec_of(CarelessOfPresence), "found present changed"),
    Fault("batches_do_not_mix", spec_of(BatchStatistics), "second has T1, T1ce, T2, FLAIR; .*nothing over the batch"),
    Fault("batches_do_not_mix", spec_of(DecidesByBatch), "decide by study what is absent"),
    Fault("absent_voxels_do_not_matter", spec_of(Unmasked), r"absent T1 hold.* for 1e\+06.*blocks\.masked"),
    Fault("absent_voxels_do_not_matter", spec_of(MaskedByProduct), "for nan"),
    Fault("any_allowed_subset_is_graded", spec_of(HelplessWithoutT1), "without T1, found .*Add to needs"),
    Fault("any_allowed_subset_is_graded", spec_of(SpreadOfOne), "without T1ce, T2, FLAIR, found"),
    Fault("what_it_uses_matters", spec_of(BlindToT2), "Expected T2 to matter"),
    Fault("what_it_uses_matters", spec_of(uses=THREE), "FLAIR does, by its voxels: add it to uses"),
    Fault("what_it_uses_matters", spec_of(CountsFour, uses=THREE), "FLAIR does, by its absence"),
    Fault("gradients_reach_the_input", spec_of(Detached), "found none in T2.*differentiable=False"),
    Fault("gradients_reach_the_input", spec_of(SteepAtBackground), "finite gradients of the input"),
    Fault("every_parameter_can_learn", spec_of(Forgotten), r"none at second_head\.weight, second_head\.bias"),
    Fault("every_parameter_can_learn", spec_of(Frozen), r"none at stage\.0\.weight"),
    Fault("every_parameter_can_learn", spec_of(NormOfNothing), "others at scale"),
    Fault("auxiliary_outputs_fit", spec_of(TwoMinds), "logits of forward from grade_and_auxiliary too"),
    Fault("auxiliary_outputs_fit", spec_of(PooledRegions), r"core, oedema, enhancing\), found \[2, 3\]"),
    Fault(
        "auxiliary_outputs_fit",
        spec_of(Depths),
        r"only what training fits \(regions\), found depths, which nothing would train: leave it out, or",
        also=("every_parameter_can_learn",),
    ),
    Fault(REGIONAL, spec_of(OtherRegions, phases=PATCHES), 'to give the "regions"'),
    Fault(REGIONAL, spec_of(Auxiliary, phases=PATCHES), "found none or others"),
    Fault(REGIONAL, spec_of(phases=PATCHES), "found none or others"),
    Fault("grade_is_taught", spec_of(OtherRegions, phases=PATCHES[:1]), "found one of patches", also=(REGIONAL,)),
    Fault("measurements_fit_the_head", spec_of(Mismeasured, phases=(), cam_layers={}), r"LogisticHead\(5\)"),
    Fault("measurements_fit_the_head", spec_of(MeasuredBatch, phases=(), cam_layers={}), r"\[2, K\].*found \[8\]"),
    Fault("weights_can_be_stored", spec_of(Forgetful), "loaded weights.*persistent buffer"),
    Fault("bfloat16_changes_little", spec_of(Cancelling), "bfloat16.*in float32"),
    Fault("float16_does_not_overflow", spec_of(Overflowing), "float16 ends at 65504"),
    Fault("layers_can_be_mapped", spec_of(cam_layers={"t1": "stage", "pet": "stage"}), "found one for T1, pet: make"),
    Fault(
        "layers_can_be_mapped", spec_of(cam_layers=dict.fromkeys(MODALITIES, "stag")), "found 'stag'; .* stage, drop"
    ),
    Fault(
        "layers_can_be_mapped", spec_of(cam_layers=dict.fromkeys(MODALITIES, "head")), r"head to give.* found \[1, 2\]"
    ),
    Fault("layers_can_be_mapped", spec_of(OneEncoderForAll), "found 4 runs, of which Grad-CAM would read the last"),
    Fault(
        "layers_can_be_mapped", spec_of(SideBranch, cam_layers=dict.fromkeys(MODALITIES, "side")), "at side, found none"
    ),
    Fault("attention_is_as_told", spec_of(attention=("slices",)), "since attention names slices; found none: write it"),
    Fault("attention_is_as_told", spec_of(Attentive), "to read nothing, as attention says; found slices: make them"),
    Fault("attention_is_as_told", spec_of(Attentive, attention=("slices", "positions")), "slices, positions, as"),
]


def outcomes_of(spec):
    """By the name of the check."""
    checks = [promise.check.__name__ for promise in CONTRACT]
    return dict(zip(checks, check_model(spec, SHAPE), strict=True))


def broken(spec):
    return {check: outcome.problem for check, outcome in outcomes_of(spec).items() if not outcome.kept}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.promise}-{fault.spec.build.__name__}")
def test_a_broken_promise_is_told(fault):
    found = broken(fault.spec)
    assert set(found) == {fault.promise, *fault.also}
    assert re.search(fault.words, found[fault.promise])


def test_every_promise_has_a_model_that_breaks_it():
    assert {fault.promise for fault in FAULTS} == {promise.check.__name__ for promise in CONTRACT}


INATTENTIVE = "attention_is_as_told"
NETWORK = {"auxiliary_outputs_fit", "measurements_fit_the_head", REGIONAL, INATTENTIVE}
LOGISTIC = {"phases_add_up", "every_parameter_can_learn", "auxiliary_outputs_fit", "layers_can_be_mapped", REGIONAL} | {
    INATTENTIVE,
    "grade_is_taught",
}
KEPT = [
    (spec_of(), NETWORK),
    (spec_of(needs=MODALITIES), NETWORK | {"any_allowed_subset_is_graded"}),
    (spec_of(ThreeOfFour, uses=THREE, needs=("t1ce",)), NETWORK),
    (spec_of(OnlyT1ce, uses=("t1ce",)), NETWORK),
    (spec_of(HelplessWithoutT1ce, uses=("t1ce",)), NETWORK),
    (spec_of(ZeroGate), NETWORK),
    (spec_of(KeyBias), NETWORK),
    (spec_of(MissingTokens), NETWORK),
    (spec_of(BatchNormed), NETWORK),
    (spec_of(HeavyDropout), NETWORK),
    (spec_of(SliceBySlice), NETWORK),
    (spec_of(Tied), NETWORK),
    (spec_of(cam_layers={}), NETWORK | {"layers_can_be_mapped"}),
    (spec_of(Attentive, attention=("slices",)), NETWORK - {INATTENTIVE}),
    (spec_of(Auxiliary), {"measurements_fit_the_head", REGIONAL, INATTENTIVE}),
    (spec_of(SameRegions, phases=PATCHES), {"measurements_fit_the_head", INATTENTIVE}),
    (spec_of(MeasuredRegions, phases=PATCHES[:1]), {INATTENTIVE}),
    (spec_of(Measured, phases=(), cam_layers={}), LOGISTIC),
    (
        spec_of(Thresholds, phases=(), cam_layers={}, differentiable=False),
        LOGISTIC | {"gradients_reach_the_input"},
    ),
]


@pytest.mark.parametrize(("spec", "spared"), KEPT, ids=lambda one: one.build.__name__ if hasattr(one, "build") else "")
def test_a_good_model_keeps_all_that_applies_to_it(spec, spared):
    found = outcomes_of(spec)
    assert {check: outcome.problem for check, outcome in found.items() if not outcome.kept} == {}
    assert {check for check, outcome in found.items() if outcome.skipped} == spared


def test_what_rests_on_a_broken_promise_is_not_checked():
    found = outcomes_of(spec_of(Dice))
    (skipped,) = {outcome.skipped for check, outcome in found.items() if outcome.skipped}
    assert skipped == "Not checked: it rests on “It repeats itself on the same study.”"
    assert found["it_repeats_itself"].problem
    assert found["it_builds"].kept
    assert not found["it_builds"].skipped


def test_the_callers_random_numbers_are_left_alone():
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    assert not broken(spec_of(Forgotten)).keys() - {"every_parameter_can_learn"}
    assert torch.equal(torch.rand(3), expected)


def test_studies_are_of_the_recipes_shape_unless_another_is_asked_for():
    seen = []

    class Curious(Good):
        def clean(self, x, present):
            seen.append(tuple(x.shape[2:]))
            return super().clean(x, present)

    spec = spec_of(Curious, recipe=Recipe(shape=(10, 18, 14)))
    list(check_model(spec))
    list(check_model(spec, SHAPE))
    assert list(dict.fromkeys(seen)) == [(10, 18, 14), SHAPE]


def test_fast_float16_is_float16():
    """On the processors that compute it themselves, but for the last bit."""
    torch.manual_seed(0)
    module, x, present = KeyBias().eval(), torch.randn(1, 4, *SHAPE), torch.ones(1, 4, dtype=torch.bool)
    with torch.no_grad(), torch.autocast("cpu", torch.float16):
        expected = module(x, present)
        with FastFloat16():
            found = module(x, present)
    assert found.dtype == expected.dtype == torch.float16
    torch.testing.assert_close(found, expected, rtol=0.01, atol=0.01)
