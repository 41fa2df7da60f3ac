"""What a model has to keep, as promises that can be checked: `python -m zoo check`, and pytest in a plugin's own tests.

for outcome in check_model(spec):
    assert outcome.kept, f"{outcome.promise} {outcome.problem}"
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch

from zoo.conformance.absence import absent_voxels_do_not_matter, any_allowed_subset_is_graded, what_it_uses_matters
from zoo.conformance.description import card_is_complete, modalities_agree, options_can_be_kept, phases_add_up
from zoo.conformance.explaining import attention_is_as_told, layers_can_be_mapped
from zoo.conformance.grading import (
    batches_do_not_mix,
    input_is_left_alone,
    it_builds,
    it_repeats_itself,
    logits_are_two_a_study,
)
from zoo.conformance.learning import (
    auxiliary_outputs_fit,
    every_parameter_can_learn,
    grade_is_taught,
    gradients_reach_the_input,
    measurements_fit_the_head,
    patches_teach_its_regions,
)
from zoo.conformance.precision import bfloat16_changes_little, float16_does_not_overflow
from zoo.conformance.specimen import Broken, NotApplicable, Specimen, seeded
from zoo.conformance.storage import weights_can_be_stored
from zoo.types import ModelSpec, RegisteredModel

NOT_THE_MODELS = (Path(__file__).parents[1], Path(torch.__file__).parent)


@dataclass(frozen=True)
class Promise:
    """One line of the contract. foundation: when it is broken, nothing after it can be checked."""

    text: str
    check: Callable[[Specimen], None]
    foundation: bool = False


@dataclass(frozen=True)
class Outcome:
    """Whether a model keeps a promise. problem: what is wrong and what to do; skipped: why it wasn't checked."""

    promise: str
    problem: str | None = None
    skipped: str | None = None

    @property
    def kept(self) -> bool:
        return self.problem is None


CONTRACT = (
    Promise("Its names and its card are filled in.", card_is_complete),
    Promise("What it needs is part of what it uses.", modalities_agree, foundation=True),
    Promise("Its training ends with all that it uses, and the shares of the phases add up to 1.", phases_add_up),
    Promise("Its options can be kept with its weights.", options_can_be_kept),
    Promise("It builds a torch module.", it_builds, foundation=True),
    Promise("It gives two finite logits a study.", logits_are_two_a_study, foundation=True),
    Promise("It repeats itself on the same study.", it_repeats_itself, foundation=True),
    Promise("It leaves its input as it was.", input_is_left_alone),
    Promise("A study gets the same logits alone and in a batch.", batches_do_not_mix),
    Promise("Voxels of an absent modality don't matter.", absent_voxels_do_not_matter),
    Promise("It grades studies that lack what it doesn't need.", any_allowed_subset_is_graded),
    Promise("All that it uses matters, and nothing else.", what_it_uses_matters),
    Promise("Gradients reach all that it uses of the input.", gradients_reach_the_input),
    Promise("Every trainable parameter can learn.", every_parameter_can_learn),
    Promise("What it offers to training beside its logits fits.", auxiliary_outputs_fit),
    Promise("What patches teach is what it finds in studies.", patches_teach_its_regions),
    Promise("Its training teaches the grade.", grade_is_taught),
    Promise("Its measurements fit the head that is fitted to them.", measurements_fit_the_head),
    Promise("Its weights give the same logits when they were saved and loaded.", weights_can_be_stored),
    Promise("bfloat16 changes its logits little.", bfloat16_changes_little),
    Promise("float16 doesn't overflow.", float16_does_not_overflow),
    Promise("Grad-CAM can read the layers that it names.", layers_can_be_mapped),
    Promise("Its attention can be read as it says.", attention_is_as_told),
)


def check_model(spec: ModelSpec, shape: tuple[int, int, int] | None = None) -> Iterator[Outcome]:
    """Check one promise after the other, on random studies of the recipe's shape or of a smaller one [D, H, W].

    spec: as an author declares it, or as a registry holds it; one that is made of others needs a registry's.
    """
    registered = spec if isinstance(spec, RegisteredModel) else RegisteredModel.of(spec)
    specimen = Specimen(registered, shape or spec.recipe.shape)
    broken_ground: str | None = None
    for promise in CONTRACT:
        if broken_ground:
            yield Outcome(promise.text, skipped=f"Not checked: it rests on “{broken_ground}”")
            continue
        outcome = _outcome(promise, specimen)
        yield outcome
        if promise.foundation and not outcome.kept:
            broken_ground = promise.text


def _outcome(promise: Promise, specimen: Specimen) -> Outcome:
    try:
        with seeded():
            promise.check(specimen)
    except NotApplicable as reason:
        return Outcome(promise.text, skipped=str(reason))
    except Broken as problem:
        return Outcome(promise.text, problem=str(problem))
    except (Exception, SystemExit) as error:  # a model's own code may raise anything
        return Outcome(promise.text, problem=f"It failed with {type(error).__name__}{_place(error)}: {error}")
    return Outcome(promise.text)


def _place(error: BaseException) -> str:
    """Where in the model's own code an error arose, if it was there."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        path = Path(frame.filename)
        if not any(path.is_relative_to(folder) for folder in NOT_THE_MODELS):
            return f" in {path.parent.name}/{path.name}, line {frame.lineno}"
    return ""
