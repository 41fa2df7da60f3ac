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
        values[index] = _on_grid(question, name, reading, getattr(reading, weights)[0])
        values[index] *= float(getattr(reading, effect)[0])
    if not found:
        raise PluginError("This model has no attention of that kind to read: choose another explainer, or Grad-CAM.")
    return Attribution(values)


def _on_grid(question: Question, name: str, reading: Any, weights: Any) -> np.ndarray:
    """A slice curve [d] or a spatial map [d, h, w], in units of an even spread, brought to [D, H, W]."""
    volume = weights.float()
    volume = volume[:, None, None] if volume.ndim == 1 else volume
    even = volume.shape[0] if weights.ndim == 1 else volume.shape[1] * volume.shape[2]
    cells = _cells(question, name, reading, volume.shape)
    return cells.spread(volume * even, question.x.shape[2:]).detach().cpu().numpy()


def _cells(question: Question, name: str, reading: Any, grid: tuple[int, ...]) -> Any:
    """Where the cells lie that one modality's attention looked at."""
    import torch

    from zoo.assets.references import reference_in_box
    from zoo.inference.cell_centres import evenly_spread, locate_cells

    module: Any = question.module
    shape = question.x.shape[2:]
    if reading.features is None:
        return evenly_spread(grid, shape)

    def features(x: Any) -> Any:
        return module.attention_maps(x, torch.ones(x.shape[:2], dtype=torch.bool, device=x.device))[name].features

    study = torch.from_numpy(reference_in_box(question.spec.recipe, shape)).to(question.x.device)
    return locate_cells(module, f"attention to {name}", features, study)
