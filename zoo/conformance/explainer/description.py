"""Promises about an explainer's spec as data: nothing is explained."""

from __future__ import annotations

import math
import pickle

from zoo.conformance.explainer.specimen import ExplainerSpecimen
from zoo.conformance.specimen import Broken

OUTPUTS = ("voxels", "modalities")


def names_are_filled_in(specimen: ExplainerSpecimen) -> None:
    spec = specimen.spec
    texts = {"id": spec.id, "title": spec.title, "description": spec.description}
    if empty := [name for name, text in texts.items() if not text.strip()]:
        raise Broken(f"Expected a text in each field, found nothing in {', '.join(empty)}: fill it in.")


def output_is_known(specimen: ExplainerSpecimen) -> None:
    if specimen.spec.output not in OUTPUTS:
        raise Broken(
            f'Expected output "voxels" (a map for each modality) or "modalities" (a number for each), found '
            f"{specimen.spec.output!r}: say which of them it gives."
        )


def it_travels(specimen: ExplainerSpecimen) -> None:
    try:
        pickle.loads(pickle.dumps(specimen.spec))
    except Exception as error:  # whatever an author's own objects raise
        raise Broken(
            f"Expected a spec that can be pickled, found that it can't be: {error}. Use functions of a module and "
            "functools.partial of them, no lambdas and no functions within functions."
        ) from error


def suits_is_a_yes_or_no(specimen: ExplainerSpecimen) -> None:
    for model in specimen.candidates:
        answer = specimen.spec.suits(model)
        if not isinstance(answer, bool):
            raise Broken(
                f"Expected True or False from suits, found {answer!r} of {model.id}: say bool(…) of what it looks at."
            )
    if not specimen.suitable:
        raise Broken(
            f"Expected some model that it suits, found none of {len(specimen.candidates)}: let suits say True of those "
            "that it can explain."
        )


def cost_is_positive(specimen: ExplainerSpecimen) -> None:
    """Expect a finite cost above 0, of the memory and by model too."""
    spec = specimen.spec
    costs = {"cost": spec.cost, "memory": spec.memory}
    costs |= {f"cost_of({model.id})": spec.passes(model) for model in specimen.suitable}
    for name, cost in costs.items():
        if not (cost > 0 and math.isfinite(cost)):
            raise Broken(
                f"Expected a finite number above 0 as {name}, found {cost}: tell how many forward passes it takes, and "
                "how many times the memory of one."
            )
