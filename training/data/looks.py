"""How a patch looks when regions are learned from it: as stored, painted anew, and for a share wider than life.

And how a whole study looks to another scanner, where grades are learned or judged.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ..options import FitOptions
from .augment import shift_slices
from .broaden import broaden
from .paint import paint
from .patches import patch
from .tissue_maps import TissueMaps


def patch_seen(
    row: int,
    x: Tensor,
    present: Tensor,
    regions: Tensor,
    tissues: TissueMaps | None,
    options: FitOptions,
    generator: torch.Generator,
) -> tuple[Tensor, Tensor]:
    """Cut a patch of a study as `patch` does, and give it the look that is drawn for it.

    row: of the study in its cohort, x: [4, D, H, W] as it is stored there. present: bool [4], which modalities are
    shown.
    """
    broad = _drawn(options.broad, generator)
    if tissues is not None and _drawn(options.painted, generator):
        maps, regions = patch(torch.from_numpy(tissues.shares[row]), regions, generator)
        x = paint(maps, tissues.spacing, broad, generator, present.tolist())
    else:
        x, regions = patch(x, regions, generator)
    return broaden(x.float(), generator) if broad else x, regions


def graded_seen(x: Tensor, regions: Tensor, options: FitOptions, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Shift a whole study, [4, D, H, W], as `shift_slices` does, and show a share of them to another scanner."""
    x, regions = shift_slices(x, regions, generator)
    return study_seen(x, generator) if _drawn(options.broad_graded, generator) else x, regions


def study_seen(x: Tensor, generator: torch.Generator) -> Tensor:
    """Show a study, float [4, D, H, W] as prepared, wider than life, but T1ce − T1, which tells the grade, as it is.

    generator: of the CPU.
    """
    return broaden(x.float(), generator, uptake=0.0)


def _drawn(share: float, generator: torch.Generator) -> bool:
    return share > 0 and torch.rand((), generator=generator).item() < share
