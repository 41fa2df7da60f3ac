"""Deletion and insertion curves (Petsiuk, Das & Saenko 2018, arXiv 1806.07421), with the lesion-free twin as infill."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from zoo import Question
from zoo.blocks import OneDNNConvolutions

from .maps import importance, random_map, scored_voxels

FRACTIONS = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32)
"""Shares of the brain's voxels in all modalities together; a lesion fills 2 to 10 %."""


def curves(question: Question, twin: torch.Tensor, values: np.ndarray) -> dict[str, list[float]]:
    """The margin, in logits, at each of `FRACTIONS` of the voxels that the map calls the most important.

    twin: float32 [1, 4, D, H, W]. values: float32 [4, D, H, W]. deletion: these voxels of the study are replaced by the
    twin's. insertion: these voxels of the study are put into the twin.
    """
    order = ranked(values, question)
    return {
        "deletion": margins_on_the_way(question, question.x, twin, order),
        "insertion": margins_on_the_way(question, twin, question.x, order),
    }


def ranked(values: np.ndarray, question: Question) -> np.ndarray:
    """Flat indices of the scored voxels, the most important first; equal ones in the order of the random map."""
    scored, spacing = scored_voxels(question), question.spec.recipe.spacing
    said, drawn = (importance(found * scored, spacing)[scored] for found in (values, random_map(values.shape)))
    return np.flatnonzero(scored)[np.lexsort((-drawn, -said))]


def margins_on_the_way(question: Question, start: torch.Tensor, end: torch.Tensor, order: np.ndarray) -> list[float]:
    """Margins of `start` with the first voxels of `order` taken from `end`, at each of `FRACTIONS`."""
    margins = []
    with torch.inference_mode(), OneDNNConvolutions():
        for fraction in FRACTIONS:
            moved = torch.from_numpy(order[: round(fraction * len(order))]).to(start.device)
            x = start.clone(memory_format=torch.contiguous_format)  # as `order` counts
            x.view(-1)[moved] = end.reshape(-1)[moved]
            margins.append(float(question.margin(x)))
    return margins


def gain(curve: Sequence[float], start: float, end: float) -> float:
    """Measure by how many logits the curve comes nearer to its end than its start is, in the mean over `FRACTIONS`.

    The fractions double, so this is an area over the logarithm of the fraction. It is that under the curve where the
    curve stays between start and end. What goes beyond the end counts as far as it is beyond: patches of lesion are
    nothing that a model has seen, and chance alone drives the margin far past that of the twin.
    """
    return float(abs(end - start) - np.abs(np.subtract(curve, end)).mean())


def normalised(found: Sequence[float], random: Sequence[float], lesion: Sequence[float]) -> float | None:
    """Scale studies' gains, (map − random) / (lesion − random): 0 as good as chance, 1 as the true lesion.

    Of their sums, so that a study counts as much as its lesion moves the model; None where the lesion is no better than
    chance.
    """
    known = float(np.sum(lesion) - np.sum(random))
    return float(np.sum(found) - np.sum(random)) / known if known > 0 else None
