"""Promises about modalities: those that are absent, those that may be, and those that matter."""

from __future__ import annotations

import math

import torch

from zoo.conformance.specimen import Broken, NotApplicable, Specimen, apart, present, same, titles, without
from zoo.types import MODALITIES, MODALITY_TITLES

RUBBISH = (1e6, math.nan)
VISIBLE = 1e-6


def absent_voxels_do_not_matter(specimen: Specimen) -> None:
    for name in specimen.dispensable:
        here = present(without(name))
        if without(name) not in specimen.subsets():
            continue  # nothing that it uses would be left
        expected = specimen.logits(_filled(specimen, name, 0.0), here)
        for value in RUBBISH:
            logits = specimen.logits(_filled(specimen, name, value), here)
            if not same(logits, expected):
                raise Broken(
                    f"Expected the same logits whatever the voxels of absent {MODALITY_TITLES[name]} hold, found them "
                    f"{apart(logits, expected)} apart for {value:g}. Start forward with zoo.blocks.masked(x, present)."
                )


def _filled(specimen: Specimen, name: str, value: float) -> torch.Tensor:
    x = specimen.studies()
    x[:, MODALITIES.index(name)] = value
    return x


def any_allowed_subset_is_graded(specimen: Specimen) -> None:
    if not specimen.subsets():
        raise NotApplicable("It needs all modalities.")
    for names in specimen.subsets():
        absent = [name for name in MODALITIES if name not in names]
        x = specimen.studies()
        x[:, [MODALITIES.index(name) for name in absent]] = 0
        logits = specimen.logits(x, present(names))
        if not logits.isfinite().all():
            raise Broken(
                f"Expected finite logits without {titles(absent)}, found {logits.tolist()}. Add to needs what it "
                "can't do without."
            )


def what_it_uses_matters(specimen: Specimen) -> None:
    here = present(MODALITIES)
    expected = specimen.logits(specimen.studies(), here)
    for index, name in enumerate(MODALITIES):
        changed, used = specimen.studies(), name in specimen.spec.uses
        changed[:, index] = specimen.studies(2)[1:, index]  # another patient's, with a brain of another size
        if _visible(specimen.logits(changed, here), expected) != used:
            raise Broken(_expected_to_matter(name) if used else _expected_not_to_matter(name, "its voxels"))
        if not used and _visible(specimen.logits(specimen.studies(), present(without(name))), expected):
            raise Broken(_expected_not_to_matter(name, "its absence"))


def _visible(logits: torch.Tensor, expected: torch.Tensor) -> bool:
    return bool((logits - expected).abs().max() > VISIBLE * (1 + expected.abs().max()))


def _expected_to_matter(name: str) -> str:
    title = MODALITY_TITLES[name]
    return (
        f"Expected {title} to matter, found the same logits with another patient's {title}: read it, or don't use it."
    )


def _expected_not_to_matter(name: str, what: str) -> str:
    return f"Expected only what it uses to matter, found that {MODALITY_TITLES[name]} does, by {what}: add it to uses."
