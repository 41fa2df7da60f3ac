"""What a model promises to explainers: layers for class-activation maps, and attention to read."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from zoo.blocks import SupportsAttention
from zoo.conformance.specimen import Broken, NotApplicable, Specimen, present, titles
from zoo.types import MODALITIES


def layers_can_be_mapped(specimen: Specimen) -> None:
    """Each gives one [B, C, D', H', W'] or, slice by slice, [B·D', C, H', W'], through which gradients pass."""
    layers, uses = specimen.spec.cam_layers, specimen.spec.uses
    if not layers:
        raise NotApplicable("It names no cam_layers: Grad-CAM is not offered for it.")
    if set(layers) != set(uses):
        raise Broken(
            f"Expected a layer for each modality that it uses, {titles(uses)}; found one for {titles(layers)}: make "
            "cam_layers agree with uses."
        )
    logits, outputs = _run(specimen, dict.fromkeys(layers.values()))
    for layer, maps in outputs.items():
        _expect_one_map(layer, maps)
        (gradient,) = torch.autograd.grad(logits[:, 1] - logits[:, 0], maps[0], retain_graph=True, allow_unused=True)
        if gradient is None:
            raise Broken(f"Expected gradients of the logits at {layer}, found none: name a layer that they depend on.")


def attention_is_as_told(specimen: Specimen) -> None:
    """Expect `attention_maps` to read each branch that the spec names, of some modality, and no other."""
    module = specimen.module
    declared = specimen.spec.attention
    if not isinstance(module, SupportsAttention):
        if declared:
            raise Broken(f"Expected attention_maps, since attention names {', '.join(declared)}; found none: write it.")
        raise NotApplicable("It has no attention to read.")
    with torch.inference_mode():
        readings = module.attention_maps(specimen.studies(), present(MODALITIES)).values()
    branches = [name for name in ("slices", "positions") if any(getattr(one, name) is not None for one in readings)]
    if sorted(branches) != sorted(declared):
        raise Broken(
            f"Expected attention_maps to read {', '.join(declared) or 'nothing'}, as attention says; found "
            f"{', '.join(branches) or 'nothing'}: make them agree."
        )


def _run(specimen: Specimen, layers: Iterable[str]) -> tuple[Tensor, dict[str, list[Any]]]:
    """The logits of one study, and what each layer gave at each of its runs."""
    outputs: dict[str, list[Any]] = {layer: [] for layer in layers}
    hooks = [
        _submodule(specimen.module, layer).register_forward_hook(partial(_keep, outputs[layer])) for layer in outputs
    ]
    try:
        return specimen.module(specimen.studies().requires_grad_(), present(MODALITIES)), outputs
    finally:
        for hook in hooks:
            hook.remove()


def _keep(outputs: list[Any], module: nn.Module, inputs: Any, output: Any) -> None:
    outputs.append(output)


def _submodule(module: nn.Module, layer: str) -> nn.Module:
    try:
        return module.get_submodule(layer)
    except AttributeError as error:
        names = ", ".join(name for name, _ in module.named_children())
        raise Broken(
            f"Expected cam_layers to name submodules, found {layer!r}; there are {names}, with theirs."
        ) from error


def _expect_one_map(layer: str, maps: list[Any]) -> None:
    if len(maps) != 1:
        raise Broken(
            f"Expected {layer} to run once a study, found {len(maps)} runs, of which Grad-CAM would read the last. "
            "Let it see all modalities at once, or give each modality a layer of its own."
        )
    if not isinstance(maps[0], Tensor) or maps[0].ndim not in (4, 5):
        shape = list(maps[0].shape) if isinstance(maps[0], Tensor) else type(maps[0]).__name__
        raise Broken(
            f"Expected {layer} to give [B, C, D, H, W] or, slice by slice, [B·D, C, H, W]; found {shape}. Name a "
            "convolution or a stage of them."
        )
