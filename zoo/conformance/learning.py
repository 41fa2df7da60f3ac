"""Promises to training and to explainers: gradients arrive, and what is offered beside the logits fits."""

from __future__ import annotations

import re
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from zoo.blocks import (
    AUXILIARY_OUTPUTS,
    REGIONS,
    REGIONS_OUTPUT,
    SupportsAuxiliary,
    SupportsMeasurements,
    SupportsRegions,
)
from zoo.conformance.specimen import Broken, NotApplicable, Specimen, apart, present, same, titles
from zoo.types import MODALITIES, ModelSpec

# A softmax ignores what is added to all its scores, so an attention key's bias can't learn. Only the name can tell it
# from a layer that was forgotten.
KEY_BIAS = re.compile(r"(^|[._])(key|k_proj|to_k)\.bias$")


def gradients_reach_the_input(specimen: Specimen) -> None:
    if not specimen.spec.differentiable:
        raise NotApplicable("It says that it isn't differentiable.")
    x = specimen.studies().requires_grad_()
    logits = specimen.module(x, present(MODALITIES))
    (gradient,) = torch.autograd.grad(logits[:, 1].sum() - logits[:, 0].sum(), x)
    if not gradient.isfinite().all():
        raise Broken("Expected finite gradients of the input, found others: look for √0, 0/0 and norms of 0.")
    reached = gradient.abs().amax((0, 2, 3, 4)) > 0
    if missed := [name for name in specimen.spec.uses if not reached[MODALITIES.index(name)]]:
        raise Broken(
            f"Expected gradients of the logits in all that it uses, found none in {titles(missed)}. Let nothing cut "
            "the graph (detach, thresholds, argmax), or say differentiable=False."
        )


def every_parameter_can_learn(specimen: Specimen) -> None:
    """Expect a gradient at each parameter in training; what is 0 there by chance, behind dropout or before batch
    normalisation, may show in evaluation mode."""
    if not specimen.spec.phases:
        raise NotApplicable("It has no phases: it isn't trained by gradient.")
    module = specimen.build()
    in_use, in_training = _gradients(specimen, module.eval()), _gradients(specimen, module.train())
    for name, gradient in in_training.items():
        if gradient is not None and not gradient.isfinite().all():
            raise Broken(f"Expected finite gradients in training, found others at {name}: look for √0, 0/0, log 0.")
    silent = [name for name, gradient in in_training.items() if gradient is None or not _any(gradient, in_use[name])]
    if unlearnt := [name for name in silent if not KEY_BIAS.search(name)]:
        raise Broken(
            f"Expected a gradient at every trainable parameter, found none at {', '.join(unlearnt)}. Use them in "
            "forward, remove them, or say that they stay as they are: requires_grad_(False)."
        )


def _any(*gradients: Tensor | None) -> bool:
    return any(gradient is not None and bool(gradient.any()) for gradient in gradients)


def _gradients(specimen: Specimen, module: nn.Module) -> dict[str, Tensor | None]:
    """Gradients of what training minimises, by parameter, over batches of a complete and an incomplete study."""
    module.zero_grad()
    for names in _incomplete(specimen.spec):
        logits, auxiliary = _outputs(module, specimen.studies(2), present(MODALITIES, names))
        fitted = [auxiliary[name] for name in AUXILIARY_OUTPUTS if name in auxiliary]
        outputs = [logits, *(value for value in fitted if value.requires_grad)]
        torch.stack([(output * torch.rand_like(output)).sum() for output in outputs]).sum().backward()
    return {name: parameter.grad for name, parameter in module.named_parameters() if parameter.requires_grad}


def _incomplete(spec: ModelSpec) -> list[tuple[str, ...]]:
    """Studies in which, between them, each modality is absent that may be: some parameters stand in for those."""
    if spec.needs:
        return [spec.needs]
    first, *others = spec.uses
    return [(first,), tuple(others)] if others else [(first,)]


def _outputs(module: nn.Module, x: Tensor, here: Tensor) -> tuple[Tensor, Mapping[str, Tensor]]:
    return module.grade_and_auxiliary(x, here) if isinstance(module, SupportsAuxiliary) else (module(x, here), {})


def auxiliary_outputs_fit(specimen: Specimen) -> None:
    """grade_and_auxiliary(x, present) -> the same logits, and {"regions": [B, 3, D', H', W']} or nothing."""
    if not isinstance(specimen.module, SupportsAuxiliary):
        raise NotApplicable("It has no grade_and_auxiliary: it is trained by its logits alone.")
    x, here = specimen.studies(2), present(MODALITIES, MODALITIES)
    with torch.inference_mode():
        logits, auxiliary = _outputs(specimen.module, x, here)
    expected = specimen.logits(x, here)
    if not same(logits, expected):
        raise Broken(
            f"Expected the logits of forward from grade_and_auxiliary too, found them {apart(logits, expected)} apart: "
            "let forward return grade_and_auxiliary(x, present)[0]."
        )
    if untrained := [name for name in auxiliary if name not in AUXILIARY_OUTPUTS]:
        raise Broken(
            f"Expected from grade_and_auxiliary only what training fits ({', '.join(AUXILIARY_OUTPUTS)}), found "
            f"{', '.join(untrained)}, which nothing would train: leave it out, or give it by a method of your own."
        )
    regions = auxiliary.get(REGIONS_OUTPUT)
    if regions is not None and (regions.ndim != 5 or regions.shape[:2] != (2, len(REGIONS))):
        raise Broken(
            f"Expected regions [2, {len(REGIONS)}, D', H', W'] of a batch of 2 ({', '.join(REGIONS)}), found "
            f"{list(regions.shape)}."
        )


def patches_teach_its_regions(specimen: Specimen) -> None:
    """region_logits(x, present) -> the regions of grade_and_auxiliary, where a phase shows patches."""
    if not any(phase.patches for phase in specimen.spec.phases):
        raise NotApplicable("No phase of it shows patches.")
    module = specimen.module
    x, here = specimen.studies(2), present(MODALITIES, MODALITIES)
    with torch.inference_mode():
        regions = _outputs(module, x, here)[1].get(REGIONS_OUTPUT)
        logits = module.region_logits(x, here) if isinstance(module, SupportsRegions) else None
    if regions is None or logits is None or regions.shape != logits.shape or not same(regions, logits):
        raise Broken(
            'Expected region_logits(x, present) to give the "regions" of grade_and_auxiliary, which phases of patches '
            "train; found none or others: offer both, or let no phase show patches."
        )


def grade_is_taught(specimen: Specimen) -> None:
    """Expect the last phase to teach the grade, or a logistic regression after it."""
    phases = specimen.spec.phases
    if not phases:
        raise NotApplicable("It has no phases: it isn't trained by gradient.")
    if phases[-1].patches and not isinstance(specimen.module, SupportsMeasurements):
        raise Broken(
            "Expected the last phase to teach the grade, found one of patches, which have none: add another, or let "
            "the module offer measurements(x, present), to which a logistic regression is fitted."
        )


def measurements_fit_the_head(specimen: Specimen) -> None:
    """measurements(x, present) -> [B, K], and a `head` that takes K (`zoo.blocks.LogisticHead`)."""
    module = specimen.module
    if not isinstance(module, SupportsMeasurements):
        raise NotApplicable("It has no measurements: no logistic regression is fitted to them.")
    with torch.inference_mode():
        measurements = module.measurements(specimen.studies(2), present(MODALITIES, MODALITIES))
    if measurements.ndim != 2 or len(measurements) != 2 or not measurements.isfinite().all():
        raise Broken(
            f"Expected finite measurements [2, K] of a batch of 2, found {list(measurements.shape)}: {measurements}."
        )
    weight = module.head.linear.weight
    if weight.shape != (1, measurements.shape[1]):
        raise Broken(
            f"Expected a head of {measurements.shape[1]} measurements, found one with weights {list(weight.shape)}: "
            f"make it zoo.blocks.LogisticHead({measurements.shape[1]})."
        )
