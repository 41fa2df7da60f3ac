"""Promises about what an explainer answers: its values and its facts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from zoo.conformance.explainer.specimen import Answer, ExplainerSpecimen
from zoo.conformance.specimen import Broken, NotApplicable, titles
from zoo.types import MODALITIES, Attribution

TOLERANCE = 1e-5


def it_explains(specimen: ExplainerSpecimen) -> None:
    for answer in specimen.answers:
        _expect_attribution(answer)
        values, shape = answer.attribution.values, _shape(specimen)
        if values.shape != shape:
            raise Broken(
                f"Expected values {list(shape)} for {answer.model.id}, since its output is "
                f'"{specimen.spec.output}"; found {list(values.shape)}: bring them to the grid of the question\'s x, '
                "or give one number a modality."
            )
        if not np.isfinite(values).all():
            raise Broken(f"Expected finite values for {answer.model.id}, found others: look for 0/0 and log 0.")


def _expect_attribution(answer: Answer) -> None:
    attribution = answer.attribution
    if not isinstance(attribution, Attribution):
        raise Broken(
            f"Expected an Attribution for {answer.model.id}, found a {type(attribution).__name__}: return one."
        )
    if not isinstance(attribution.values, np.ndarray):
        raise Broken(
            f"Expected values in a numpy array for {answer.model.id}, found a {type(attribution.values).__name__}: of "
            "a tensor give values.detach().cpu().numpy()."
        )


def _shape(specimen: ExplainerSpecimen) -> tuple[int, ...]:
    count = (len(MODALITIES),)
    return count if specimen.spec.output == "modalities" else count + specimen.shape


def absent_modalities_get_nothing(specimen: ExplainerSpecimen) -> None:
    model = next((each for each in specimen.models if each.subsets()), None)
    if model is None:
        raise NotApplicable("The models that it suits need all modalities.")
    subsets = model.subsets()
    for names in dict.fromkeys((subsets[0], subsets[-1])):  # one is absent, and as many as can be
        values = specimen.spec.explain(specimen.question(model, names), _ignore).values
        wrong = [name for index, name in enumerate(MODALITIES) if name not in names and values[index].any()]
        if wrong:
            raise Broken(
                f"Expected 0 for what a study of {model.spec.id} lacks, found other values for absent {titles(wrong)}: "
                "attribute to modalities that question.present names."
            )


def explanation_repeats_itself(specimen: ExplainerSpecimen) -> None:
    model = specimen.models[0]
    first, second = (specimen.spec.explain(specimen.question(model), _ignore) for _ in range(2))
    apart = float(np.abs(second.values - first.values).max())
    if apart > TOLERANCE * (1 + float(np.abs(first.values).max())):
        raise Broken(
            f"Expected the same values twice, found them {apart:.2g} apart: draw random numbers, if any, from a "
            "generator with a seed of its own."
        )
    if _rounded(first.facts) != _rounded(second.facts):
        raise Broken(f"Expected the same facts twice, found {dict(first.facts)} and {dict(second.facts)}.")


def _rounded(facts: Mapping[str, Any]) -> dict[str, str]:
    """Facts as texts of three digits, so that the order of summation doesn't matter."""
    return {name: f"{value:.3g}" if isinstance(value, float) else str(value) for name, value in facts.items()}


def facts_are_numbers(specimen: ExplainerSpecimen) -> None:
    for answer in specimen.answers:
        for name, value in answer.attribution.facts.items():
            if not isinstance(name, str) or not isinstance(value, int | float) or isinstance(value, bool):
                raise Broken(
                    f"Expected facts that are Python numbers by name, found {name!r}: {value!r} "
                    f"({type(value).__name__}): say float(…) of it, and leave out what is no number."
                )
            if not math.isfinite(value):
                raise Broken(f"Expected finite facts, found {name} {value}: leave out what isn't known.")


def facts_are_put_in_words(specimen: ExplainerSpecimen) -> None:
    format_diagnostics = specimen.spec.format_diagnostics
    if format_diagnostics is None:
        raise NotApplicable("It has no format_diagnostics: its facts are told name by name.")
    for answer in specimen.answers:
        sentences = format_diagnostics(answer.attribution.facts)
        if not isinstance(sentences, str) or not sentences.strip():
            raise Broken(f"Expected sentences from format_diagnostics, found {sentences!r}: return a text.")


def _ignore(fraction: float, text: str) -> None:
    pass
