"""Promises about logits."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from zoo.conformance.specimen import Broken, Specimen, apart, present, same, titles
from zoo.types import GRADES, MODALITIES


def it_builds(specimen: Specimen) -> None:
    """Building itself says what is wrong."""
    assert isinstance(specimen.module, nn.Module)


def logits_are_two_a_study(specimen: Specimen) -> None:
    batch = 3
    logits = specimen.logits(specimen.studies(batch), present(*[MODALITIES] * batch))
    if not isinstance(logits, Tensor) or logits.shape != (batch, len(GRADES)) or not logits.is_floating_point():
        raise Broken(
            f"Expected floating-point logits [{batch}, 2] of a batch of {batch}, found {_describe(logits)}. "
            "Return a logit for LGG and one for HGG, in this order."
        )
    if not logits.isfinite().all():
        raise Broken(f"Expected finite logits, found {logits.tolist()}: look for divisions by 0 and logarithms of 0.")


def _describe(value: object) -> str:
    return f"{value.dtype} {list(value.shape)}" if isinstance(value, Tensor) else f"a {type(value).__name__}"


def it_repeats_itself(specimen: Specimen) -> None:
    first, second = (specimen.logits(specimen.studies(), present(MODALITIES)) for _ in range(2))
    if not same(second, first):
        raise Broken(
            f"Expected the same logits twice in evaluation mode, found them {apart(second, first)} apart. Nothing may "
            "be drawn at random when grading: use nn.Dropout, not functional.dropout."
        )


def input_is_left_alone(specimen: Specimen) -> None:
    x, here = specimen.studies(2), present(MODALITIES, *(specimen.subsets() or [MODALITIES])[:1])
    kept_x, kept_here = x.clone(), here.clone()
    with torch.inference_mode():
        specimen.module(x, here)
    changed = [name for name, now, before in (("x", x, kept_x), ("present", here, kept_here)) if not now.equal(before)]
    if changed:
        raise Broken(
            f"Expected forward(x, present) to leave its arguments as they were, found {' and '.join(changed)} changed. "
            "Other models grade the same arrays: mask with torch.where, and let no first layer work in place."
        )


def batches_do_not_mix(specimen: Specimen) -> None:
    """Expect each study's own logits in a batch, also when another of it lacks what can be lacking."""
    for names in dict.fromkeys([MODALITIES, *specimen.subsets()]):
        x, here = specimen.studies(2), present(MODALITIES, names)
        together = specimen.logits(x, here)
        alone = torch.cat([specimen.logits(x[row : row + 1], here[row : row + 1]) for row in range(2)])
        if not same(together, alone):
            raise Broken(
                f"Expected each study's own logits in a batch of two, of which the second has {titles(names)}; found "
                f"them {apart(together, alone)} apart. Compute nothing over the batch, and decide by study what is "
                "absent."
            )
