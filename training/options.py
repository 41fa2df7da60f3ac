"""How a model is trained."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FitOptions:
    """epochs: over all phases together. learning_rate: peak of each phase's one-cycle schedule.

    region_weight: of the auxiliary loss on tumour masks, which teaches where to look. rare_region: how much a tumour
    voxel counts against one without.
    """

    epochs: int = 12
    batch_size: int = 8
    learning_rate: float = 3e-3
    weight_decay: float = 1e-2
    region_weight: float = 3.0
    rare_region: float = 6.0
    label_smoothing: float = 0.05
    seed: int = 0
