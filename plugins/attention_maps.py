"""What a model's own attention looked at, as maps: its slice curve and its spatial map."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from zoo import MODALITIES, Attribution, ExplainerSpec, ModelSpec, PluginError, Question, hookimpl
from zoo.types import Progress


@hookimpl
def register_explainers() -> list[ExplainerSpec]:
    return [
        _spec("slice-attention", "Slice attention", "slices", "slice_effect"),
        _spec("spatial-attention", "Spatial attention", "positions", "position_effect"),
    ]


def _spec(explainer_id: str, title: str, weights: str, effect: str) -> ExplainerSpec:
    return ExplainerSpec(
        explainer_id,
        title,
        cost=1,
        explain=partial(explain, weights, effect),
        suits=partial(_reads, weights),
        description=f"At which {weights} the model's own attention looked; it has no sign.",
        baseline="an even spread",
    )


def _reads(weights: str, model: ModelSpec) -> bool:
    return weights in model.attention


def explain(weights: str, effect: str, question: Question, progress: Progress) -> Attribution:
    """Read attention against an even spread (1 where it is average) times how much it mattered.

    Attention has no sign: it says where a model looked, not for which grade. Maps are 0 where the branch adds nothing
    (β or γ is 0) and for absent modalities.
    """
    from zoo.blocks import SupportsAttention

    progress(0.1, "Reading attention")
    module, x, present = question.module, question.x, question.present
    readings = module.attention_maps(x, present) if isinstance(module, SupportsAttention) else {}
    values = np.zeros(x.shape[1:], np.float32)
    found = False
    for index, name in enumerate(MODALITIES):
        reading = readings.get(name)
        if reading is None or getattr(reading, weights) is None or not present[0, index]:
            continue
        found = True
        values[index] = _on_grid(getattr(reading, weights)[0], x.shape[2:]) * float(getattr(reading, effect)[0])
    if not found:
        raise PluginError("This model has no attention of that kind to read: choose another explainer, or Grad-CAM.")
    return Attribution(values)


def _on_grid(weights: Any, shape: tuple[int, ...]) -> np.ndarray:
    """A slice curve [D] or a spatial map [D, h, w], in units of an even spread, brought to [D, H, W]."""
    from torch.nn import functional

    volume = weights.float()
    volume = volume[:, None, None] if volume.ndim == 1 else volume
    even = volume.shape[0] if weights.ndim == 1 else volume.shape[1] * volume.shape[2]
    upsampled = functional.interpolate(volume[None, None] * even, shape, mode="trilinear")
    return upsampled[0, 0].cpu().numpy()
