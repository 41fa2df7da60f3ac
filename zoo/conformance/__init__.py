"""What a model or an explainer has to keep, as promises that can be checked: `python -m zoo check`, and pytest in a
plugin's own tests.

for outcome in check_model(spec):  # or check_explainer(spec)
    assert outcome.kept, f"{outcome.promise} {outcome.problem}"
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from zoo.conformance.absence import absent_voxels_do_not_matter, any_allowed_subset_is_graded, what_it_uses_matters
from zoo.conformance.contract import Outcome, Promise, check_all
from zoo.conformance.description import card_is_complete, modalities_agree, options_can_be_kept, phases_add_up
from zoo.conformance.explainer.answer import (
    absent_modalities_get_nothing,
    explanation_repeats_itself,
    facts_are_numbers,
    facts_are_put_in_words,
    it_explains,
)
from zoo.conformance.explainer.conduct import cancel_is_obeyed, progress_is_told, question_is_left_alone
from zoo.conformance.explainer.description import (
    cost_is_positive,
    it_travels,
    names_are_filled_in,
    output_is_known,
    suits_is_a_yes_or_no,
)
from zoo.conformance.explainer.specimen import EXPLAINED_SHAPE, ExplainerSpecimen
from zoo.conformance.grading import (
    batches_do_not_mix,
    input_is_left_alone,
    it_builds,
    it_repeats_itself,
    logits_are_two_a_study,
)
from zoo.conformance.layers_and_attention import attention_is_as_told, layers_can_be_mapped
from zoo.conformance.learning import (
    auxiliary_outputs_fit,
    every_parameter_can_learn,
    grade_is_taught,
    gradients_reach_the_input,
    measurements_fit_the_head,
    patches_teach_its_regions,
)
from zoo.conformance.precision import bfloat16_changes_little, float16_does_not_overflow
from zoo.conformance.specimen import Shape, Specimen
from zoo.conformance.storage import weights_can_be_stored
from zoo.registry import load_registry
from zoo.types import ExplainerSpec, ModelSpec, RegisteredModel

__all__ = ["CONTRACT", "EXPLAINER_CONTRACT", "Outcome", "Promise", "check_explainer", "check_model"]

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


EXPLAINER_CONTRACT = (
    Promise("Its id, its title and its description are filled in.", names_are_filled_in),
    Promise("It attributes to voxels or to modalities.", output_is_known, foundation=True),
    Promise("It travels between processes.", it_travels),
    Promise("It says of every model whether it suits it.", suits_is_a_yes_or_no, foundation=True),
    Promise("It costs something.", cost_is_positive),
    Promise("It gives finite values of the right shape for every model that it suits.", it_explains, foundation=True),
    Promise("It attributes nothing to absent modalities.", absent_modalities_get_nothing),
    Promise("It repeats itself on the same study.", explanation_repeats_itself),
    Promise("It leaves model and study as they were.", question_is_left_alone),
    Promise("It tells how far it is.", progress_is_told),
    Promise("It stops when it is cancelled.", cancel_is_obeyed),
    Promise("Its facts are numbers.", facts_are_numbers),
    Promise("It puts its facts in words.", facts_are_put_in_words),
)


def check_model(spec: ModelSpec, shape: Shape | None = None) -> Iterator[Outcome]:
    """Check one promise after the other, on random studies of the recipe's shape or of a smaller one [D, H, W].

    spec: as an author declares it, or as a registry holds it; one that is made of others needs a registry's.
    """
    return check_all(CONTRACT, Specimen(RegisteredModel.of(spec), shape or spec.recipe.shape))


def check_explainer(
    spec: ExplainerSpec, shape: Shape | None = None, models: Iterable[ModelSpec] | None = None
) -> Iterator[Outcome]:
    """Check one promise after the other, on random studies [D, H, W] and on tiny models of three kinds.

    models: those of the zoo, which it is asked about and of which it explains one where it suits no tiny model; all
    that are registered if not given.
    """
    zoo = load_registry().models.values() if models is None else models
    return check_all(EXPLAINER_CONTRACT, ExplainerSpecimen(spec, tuple(zoo), shape or EXPLAINED_SHAPE))
