"""How a model is trained."""

from __future__ import annotations

from dataclasses import dataclass

from zoo import expect_one_of

PRECISIONS = ("auto", "no", "bf16", "fp16")


@dataclass(frozen=True)
class FitOptions:
    """Options of a training.

    epochs: at the most, over phases whose shares add up to 1. learning_rate: peak of each phase's cosine.

    patience: a phase ends after so many epochs without a better loss on the validation cases. warm_up: share of a phase
    that the rate rises for.
    batch_size: studies in one step of the optimizer, over all processes. accumulate: in how many pieces each process
    takes its share, to save memory; it changes nothing but speed.
    precision: of the arithmetic, not of the parameters. "auto" is bfloat16 on a GPU that has it and on a CPU with
    matrix units for it (Intel's AMX), else none but float32 ("no"), as for networks that bfloat16 would slow down.
    region_weight: of the auxiliary loss on tumour masks, which teaches where to look; overlap_weight: of the soft Dice
    loss on them, in which small regions don't drown in the background. rare_region: how much a tumour voxel counts
    against one without.
    painted: of the patches from which regions are learned, the share that is given a new appearance at every look,
    where patients are simulated; broad: the share whose appearance is wider than life. Neither changes what a grade is
    learned from.
    broad_graded: of the studies from which a grade is learned, the share that is seen as other scanners would have
    given it, T1ce − T1 kept; unless 0, epochs are chosen, measurements fitted and probabilities calibrated by such
    looks, too.
    """

    epochs: int = 12
    patience: int = 8
    batch_size: int = 4
    accumulate: int = 1
    precision: str = "auto"
    learning_rate: float = 3e-3
    warm_up: float = 0.2
    weight_decay: float = 1e-2
    region_weight: float = 3.0
    overlap_weight: float = 0.5
    rare_region: float = 6.0
    label_smoothing: float = 0.05
    seed: int = 0
    painted: float = 0.33
    broad: float = 0.67
    broad_graded: float = 0.5

    def __post_init__(self) -> None:
        expect_one_of(PRECISIONS, self.precision, "precision")
        for name in ("painted", "broad", "broad_graded"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name}: expected a share from 0 to 1, found {getattr(self, name)}.")
