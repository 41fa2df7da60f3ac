"""3-D class-activation maps from gradients, through Captum: one map for each encoder, in one forward and one backward.

Grad-CAM (Selvaraju et al. 2017, arXiv 1610.02391) weights a channel by its mean gradient, HiResCAM (Draelos & Carin
2020, arXiv 2011.08891) each of its cells by the cell's own. A cell is drawn where its field is, see
`zoo.inference.cell_centres`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from zoo import MODALITIES, Attribution, ExplainerSpec, ModelSpec, PluginError, Question, hookimpl
from zoo.types import Progress


@hookimpl
def register_explainers() -> list[ExplainerSpec]:
    spec = partial(ExplainerSpec, cost=3, suits=_has_layers)
    where = "Where features lie that speak for high grade"
    return [
        spec("grad-cam", "Grad-CAM", explain=partial(explain, "Grad-CAM", _of_the_channel), description=f"{where}."),
        spec(
            "hires-cam",
            "HiResCAM",
            explain=partial(explain, "HiResCAM", _of_the_cell),
            description=f"{where}, each cell of them weighted by its own gradient.",
        ),
    ]


def _has_layers(model: ModelSpec) -> bool:
    return bool(model.cam_layers)


def explain(title: str, weights: Callable[[Any], Any], question: Question, progress: Progress) -> Attribution:
    """Signed class-activation maps of logit(HGG) − logit(LGG): activations times weights, summed over channels.

    weights: from a layer's gradients [1, C, D, h, w] what its activations are multiplied by. Modalities that share a
    layer share its map; absent ones and those without a layer stay 0.
    """
    progress(0.1, title)
    cam_layers = question.spec.cam_layers
    shown = [name for index, name in enumerate(MODALITIES) if question.present[0, index] and name in cam_layers]
    if not shown:
        raise PluginError(f"{title} reads the layers that a model names in cam_layers; this model names none.")
    layers = sorted({cam_layers[name] for name in shown})
    maps = _layer_maps(question, layers, weights)
    placed = {layer: _placed(question, layer, cells[0, 0]) for layer, cells in zip(layers, maps, strict=True)}
    values = np.zeros(question.x.shape[1:], np.float32)
    for name in shown:
        values[MODALITIES.index(name)] = placed[cam_layers[name]]
    return Attribution(values)


def _placed(question: Question, layer: str, cells: Any) -> np.ndarray:
    """Spread a layer's map [d, h, w] over the voxels that its cells see, float32 [D, H, W]."""
    import torch

    from zoo.assets.references import reference_in_box
    from zoo.inference.cell_centres import locate_cells

    shape = question.x.shape[2:]
    study = torch.from_numpy(reference_in_box(question.spec.recipe, shape)).to(question.x.device)
    located = locate_cells(question.module, layer, partial(_features, question.module, layer), study)
    return located.spread(cells.float(), shape).cpu().numpy()


def _features(module: Any, layer: str, x: Any) -> Any:
    """Return what a layer gives for a study with all modalities, [1, C, d, h, w]."""
    import torch

    outputs: list[Any] = []
    hook = module.get_submodule(layer).register_forward_hook(lambda layer, inputs, output: outputs.append(output))
    try:
        module(x, torch.ones(x.shape[:2], dtype=torch.bool, device=x.device))
    finally:
        hook.remove()
    return _in_space(outputs[-1])


def _layer_maps(question: Question, layers: list[str], weights: Callable[[Any], Any]) -> list[Any]:
    """Return a map of each layer, [1, 1, D, h, w].

    Captum's LayerGradCam takes one layer a pass; what it is built on takes them all.
    """
    import torch
    from captum._utils.gradient import compute_layer_gradients_and_eval

    with torch.enable_grad():
        gradients, activations = compute_layer_gradients_and_eval(
            question.margin,
            [question.module.get_submodule(name) for name in layers],
            question.x.clone().requires_grad_(),
        )
    return [
        (weights(_in_space(gradient[0])) * _in_space(activation[0])).sum(1, keepdim=True).detach()
        for gradient, activation in zip(gradients, activations, strict=True)
    ]


def _in_space(features: Any) -> Any:
    """Lay features out as [1, C, D, h, w]; a layer that sees one slice at a time gives [D, C, h, w]."""
    return features if features.ndim == 5 else features.transpose(0, 1)[None]


def _of_the_channel(gradient: Any) -> Any:
    return gradient.mean((2, 3, 4), keepdim=True)


def _of_the_cell(gradient: Any) -> Any:
    return gradient
