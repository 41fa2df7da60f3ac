"""Each promise of an explainer catches one that breaks it and no other, and tells it in a sentence."""

from __future__ import annotations

import contextlib
import math
import re
from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch

from zoo import MODALITIES, Attribution, ExplainerSpec, PluginError
from zoo.conformance import EXPLAINER_CONTRACT, check_explainer
from zoo.conformance.explainer.tiny_models import tiny_models
from zoo.errors import Cancelled
from zoo.types import any_model

SHAPE = (4, 16, 12)


def gradient(question, progress):
    """Keeps all promises: input × gradient, by voxel."""
    progress(0.0, "Gradient")
    x = question.x.clone().requires_grad_()
    question.margin(x).sum().backward()
    progress(1.0, "Gradient")
    return Attribution((x.grad * question.x)[0].numpy(), {"passes": 1.0})


def by_modality(question, progress):
    """Keeps all promises: what is lost when a modality is made like white matter."""
    progress(0.0, "Modalities")
    with torch.inference_mode():
        whole = question.margin(question.x)
        values = [float(whole - question.margin(without(question.x, index))) for index in range(len(MODALITIES))]
    return Attribution(np.float32(values))


def without(x, index):
    x = x.clone()
    x[:, index] = 0
    return x


def has_gradients(model):
    return model.differentiable


def in_words(facts):
    return f"{facts['passes']:.0f} pass."


GOOD = ExplainerSpec(
    "gradient", "Gradient", 3, gradient, suits=has_gradients, description="A test.", format_diagnostics=in_words
)


def spec_of(explain=gradient, **changes) -> ExplainerSpec:
    return replace(GOOD, explain=explain, **changes)


def tensor(question, progress):
    return Attribution(torch.from_numpy(gradient(question, progress).values))


def bare(question, progress):
    return gradient(question, progress).values


def transposed(question, progress):
    found = gradient(question, progress)
    return replace(found, values=found.values.transpose(0, 3, 2, 1))


def not_finite(question, progress):
    found = gradient(question, progress)
    return replace(found, values=found.values * np.float32(np.nan))


def absent_too(question, progress):
    found = gradient(question, progress)
    return replace(found, values=found.values + 1)


def absent_too_where_one_is_left(question, progress):
    found = gradient(question, progress)
    return replace(found, values=found.values + (question.present.sum() == 1).numpy())


def dice(question, progress):
    found = gradient(question, progress)
    return replace(found, values=found.values * (1 + torch.rand(1).numpy()))


def dice_in_facts(question, progress):
    return replace(gradient(question, progress), facts={"passes": float(torch.rand(1))})


def in_place(question, progress):
    found = gradient(question, progress)
    question.x[:] = question.x / 2
    return found


def asks_for_gradients_of_x(question, progress):
    progress(0.0, "Gradient")
    question.x.requires_grad_()
    (slope,) = torch.autograd.grad(question.margin(question.x).sum(), question.x)
    return Attribution((slope * question.x)[0].detach().numpy(), {"passes": 1.0})


def leaves_training_on(question, progress):
    found = gradient(question, progress)
    question.module.train()
    return found


def leaves_a_hook(question, progress):
    question.module.register_forward_hook(lambda *_: None)
    return gradient(question, progress)


def changes_weights(question, progress):
    found = gradient(question, progress)
    question.module.head.weight.mul_(1.5)
    return found


def silent(question, progress):
    return gradient(question, lambda fraction, text: None)


def in_percent(question, progress):
    progress(50, "Gradient")
    return gradient(question, progress)


def wordless(question, progress):
    progress(0.5, "")
    return gradient(question, progress)


def deaf(question, progress):
    def tell(fraction, text):
        with contextlib.suppress(Cancelled):
            progress(fraction, text)

    return gradient(question, tell)


def deaf_in_the_end(question, progress):
    """Obeys at its first call, not at its last."""
    progress(0.0, "Gradient")
    return deaf(question, progress)


def translates(question, progress):
    try:
        return gradient(question, progress)
    except Cancelled as error:
        raise PluginError("It was cancelled.") from error


def float32_facts(question, progress):
    return replace(gradient(question, progress), facts={"passes": np.float32(1)})


def texts_as_facts(question, progress):
    return replace(gradient(question, progress), facts={"passes": "one"})


def unknown_facts(question, progress):
    return replace(gradient(question, progress), facts={"passes": math.nan})


def yes_or_nothing(model):
    return model.cam_layers


def nobody(model):
    return False


def free(model):
    return 0


def no_words(facts):
    return ""


@dataclass(frozen=True)
class Fault:
    """An explainer that breaks one promise, and words of the sentence that says so. also: what goes with it."""

    promise: str
    spec: ExplainerSpec
    words: str
    also: tuple[str, ...] = ()


FAULTS = [
    Fault("names_are_filled_in", spec_of(title=" ", description=""), "found nothing in title, description: fill it in"),
    Fault("output_is_known", spec_of(output="voxel"), r'"voxels" .* or "modalities" .*, found \'voxel\''),
    Fault("it_travels", spec_of(lambda question, progress: gradient(question, progress)), "can't be: .*no lambdas"),
    Fault("suits_is_a_yes_or_no", spec_of(suits=yes_or_nothing), r"found \{.*\} of tiny-any: say bool"),
    Fault("suits_is_a_yes_or_no", spec_of(suits=nobody), "some model that it suits, found none of"),
    Fault("cost_is_positive", spec_of(cost=0), "above 0 as cost, found 0"),
    Fault("cost_is_positive", spec_of(memory=math.inf), "as memory, found inf"),
    Fault("cost_is_positive", spec_of(cost_of=free), r"as cost_of\(tiny-any\), found 0"),
    Fault("it_explains", spec_of(tensor), "numpy array for tiny-any, found a Tensor: .*numpy"),
    Fault("it_explains", spec_of(bare), "an Attribution for tiny-any, found a ndarray"),
    Fault("it_explains", spec_of(transposed), r"values \[4, 4, 16, 12\] for tiny-any.*found \[4, 12, 16, 4\]"),
    Fault("it_explains", spec_of(by_modality), r'output is "voxels"; found \[4\]'),
    Fault(
        "it_explains", spec_of(output="modalities"), r'values \[4\] .* output is "modalities"; found \[4, 4, 16, 12\]'
    ),
    Fault("it_explains", spec_of(not_finite), "finite values for tiny-any, found others"),
    Fault("it_explains", spec_of(suits=any_model), r"RuntimeError in .*, line \d+: .*grad"),
    Fault("absent_modalities_get_nothing", spec_of(absent_too), "what a study of tiny-any lacks, .* absent T1:"),
    Fault("absent_modalities_get_nothing", spec_of(absent_too_where_one_is_left), "for absent T1, T1ce, T2:"),
    Fault("explanation_repeats_itself", spec_of(dice), "same values twice, found them .* apart.*seed"),
    Fault("explanation_repeats_itself", spec_of(dice_in_facts), "same facts twice, found"),
    Fault("question_is_left_alone", spec_of(in_place), r"found x changed: work on x\.clone"),
    Fault("question_is_left_alone", spec_of(asks_for_gradients_of_x), r"found x\.requires_grad changed"),
    Fault("question_is_left_alone", spec_of(leaves_training_on), "found the model's mode changed"),
    Fault("question_is_left_alone", spec_of(leaves_a_hook), "found the model's hooks changed"),
    Fault(
        "question_is_left_alone",
        spec_of(changes_weights),
        "found the model's weights changed",
        also=("explanation_repeats_itself",),
    ),
    Fault("progress_is_told", spec_of(silent), "at least one call of progress", also=("cancel_is_obeyed",)),
    Fault("progress_is_told", spec_of(in_percent), "from 0 to 1 .*, found 50 and 'Gradient': divide"),
    Fault("progress_is_told", spec_of(wordless), "found 0.5 and ''"),
    Fault("cancel_is_obeyed", spec_of(deaf), "progress raises it at call 1, found that it went on"),
    Fault("cancel_is_obeyed", spec_of(deaf_in_the_end), "progress raises it at call 3, found that it went on"),
    Fault("cancel_is_obeyed", spec_of(translates), "at call 1, found PluginError: It was cancelled"),
    Fault("facts_are_numbers", spec_of(float32_facts), r"found 'passes': .*\(float32\): say float"),
    Fault(
        "facts_are_numbers",
        spec_of(texts_as_facts, format_diagnostics=None),
        r"found 'passes': 'one' \(str\)",
    ),
    Fault("facts_are_numbers", spec_of(unknown_facts), "found passes nan"),
    Fault("facts_are_put_in_words", spec_of(format_diagnostics=no_words), "from format_diagnostics, found ''"),
]


def outcomes_of(spec, models=()):
    """By the name of the check."""
    checks = [promise.check.__name__ for promise in EXPLAINER_CONTRACT]
    return dict(zip(checks, check_explainer(spec, SHAPE, models), strict=True))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.promise}-{fault.spec.explain.__name__}")
def test_a_broken_promise_is_told(fault):
    found = {check: outcome.problem for check, outcome in outcomes_of(fault.spec).items() if not outcome.kept}
    assert set(found) == {fault.promise, *fault.also}
    assert re.search(fault.words, found[fault.promise]), found[fault.promise]


def test_every_promise_has_an_explainer_that_breaks_it():
    assert {fault.promise for fault in FAULTS} == {promise.check.__name__ for promise in EXPLAINER_CONTRACT}


@pytest.mark.parametrize(
    ("spec", "spared"),
    [
        (GOOD, set()),
        (spec_of(by_modality, output="modalities", format_diagnostics=None), {"facts_are_put_in_words"}),
    ],
    ids=["voxels", "modalities"],
)
def test_a_good_explainer_keeps_all_that_applies_to_it(spec, spared):
    found = outcomes_of(spec)
    assert {check: outcome.problem for check, outcome in found.items() if not outcome.kept} == {}
    assert {check for check, outcome in found.items() if outcome.skipped} == spared


def of_its_own_plugin(model):
    return model.id == "own"


def test_one_that_suits_no_tiny_model_is_tried_on_the_first_of_the_zoo_that_it_suits():
    first, second = (replace(tiny_models()[0], id=name) for name in ("other", "own"))
    seen = []

    def note_model(question, progress):
        seen.append(question.spec.id)
        return gradient(question, progress)

    found = outcomes_of(spec_of(note_model, suits=of_its_own_plugin), (first, second))
    assert [check for check, outcome in found.items() if not outcome.kept] == ["it_travels"]
    assert set(seen) == {"own"}


def needs_all(model):
    return model.id == "complete"


def test_where_nothing_may_be_absent_that_promise_is_spared():
    complete = replace(tiny_models()[0], id="complete", needs=MODALITIES)
    found = outcomes_of(spec_of(suits=needs_all), (complete,))
    assert found["absent_modalities_get_nothing"].skipped == "The models that it suits need all modalities."


def test_what_rests_on_a_broken_promise_is_not_checked():
    found = outcomes_of(spec_of(bare))
    after = list(found)[list(found).index("it_explains") + 1 :]
    assert all("it rests on" in found[check].skipped for check in after)
    assert len(after) == 7
