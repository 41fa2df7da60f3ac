"""Where the cells of a feature map lie in its input: measured once a model, since no rule holds for all.

Where a strided convolution is padded alike on both sides, cell i is centred at voxel stride · i, not in the middle of
the stride's voxels, where interpolation with half cells draws it. Kernels of even size, padding on one side, pooling
and upsampling each shift it otherwise, and training shifts it too: kernels learn to look to one side. So the cells'
fields are measured, as the gradient of what they hold by the input (effective receptive fields, Luo et al. 2016,
arXiv 1701.04128).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn

PROBES = 3  # along an axis
SEED = 0


@dataclass(frozen=True)
class Cells:
    """Places of a map's cells along slices, rows and columns: cell i is centred at voxel first + step · i."""

    first: tuple[float, ...]
    step: tuple[float, ...]

    def spread(self, values: Tensor, shape: Sequence[int]) -> Tensor:
        """Interpolate a map [d, h, w] linearly between its cells' centres, [D, H, W]; beyond the outermost as there."""
        for axis, (voxels, first, step) in enumerate(zip(shape, self.first, self.step, strict=True)):
            cells = values.shape[axis]
            places = ((torch.arange(voxels) - first) / step).clamp(0, cells - 1)
            weights = (1 - (places[:, None] - torch.arange(cells)).abs()).clamp(min=0).to(values)
            values = torch.tensordot(weights, values.movedim(axis, 0), 1).movedim(0, axis)
        return values


def evenly_spread(grid: Sequence[int], shape: Sequence[int]) -> Cells:
    """Cells [d, h, w] that divide their input [D, H, W] among them, each in the middle of its part."""
    step = tuple(voxels / cells for voxels, cells in zip(shape, grid, strict=True))
    return Cells(tuple((length - 1) / 2 for length in step), step)


def locate_cells(module: nn.Module, name: str, features: Callable[[Tensor], Tensor], study: Tensor) -> Cells:
    """Locate the cells of one of a module's maps; measured at the first call, then remembered by the map's name.

    features: from an input [1, 4, D, H, W] to the map [1, C, d, h, w]. study: float32 [1, 4, D, H, W], on which they
    are measured. Cells that don't depend on it, or not differentiably, are taken as evenly spread.
    """
    known = _known.setdefault(module, {})
    key = name, tuple(study.shape)
    if key not in known:
        known[key] = _measured(features, study)
    return known[key]


_known: WeakKeyDictionary[nn.Module, dict[tuple[str, tuple[int, ...]], Cells]] = WeakKeyDictionary()


def _measured(features: Callable[[Tensor], Tensor], study: Tensor) -> Cells:
    """Fit the first centre by the fields of a few cells far from one another: each has its part of the input."""
    with torch.inference_mode(False), torch.enable_grad():
        x = study.clone().requires_grad_()
        maps = features(x)
        probes = [_probes(cells) for cells in maps.shape[2:]]
        energy = _energy(maps, probes, x)
    grid, shape = maps.shape[2:], study.shape[2:]
    if not (energy.isfinite().all() and energy.any()):
        return evenly_spread(grid, shape)
    steps = [_step(*lengths) for lengths in zip(shape, grid, strict=True)]
    along = [energy.sum([other for other in range(3) if other != axis]) for axis in range(3)]
    return Cells(tuple(map(_first, along, probes, steps)), tuple(steps))


def _probes(cells: int) -> list[int]:
    """Cells in the middle of equal parts of an axis; of few cells, whose fields overlap, one."""
    parts = PROBES if cells >= PROBES**2 else 1
    return [(2 * part + 1) * cells // (2 * parts) for part in range(parts)]


def _energy(maps: Tensor, probes: Sequence[Sequence[int]], x: Tensor) -> Tensor:
    """Measure where the probed cells look, float64 [D, H, W]: their squared gradients by x, in one pass.

    All channels together with random signs; squared, what every cell sees a little of (where a map is normalised by its
    mean, say) hardly counts.
    """
    for axis, cells in enumerate(probes, start=2):
        maps = maps.index_select(axis, torch.tensor(cells, device=maps.device))
    signs = torch.randint(0, 2, maps.shape, generator=torch.Generator().manual_seed(SEED)) * 2 - 1
    if not maps.requires_grad:
        return torch.zeros(x.shape[2:])
    (gradient,) = torch.autograd.grad((maps * signs.to(maps)).sum(), x, materialize_grads=True)
    return gradient.double().square().sum((0, 1)).cpu()


def _first(along: Tensor, probes: Sequence[int], step: float) -> float:
    """Centre of cell 0 on one axis, as the mean over energy [V] of each voxel's distance from its probe's step."""
    voxels = torch.arange(len(along))
    nearest = torch.tensor(probes)[voxels * len(probes) // len(along)]
    return float((along * (voxels - step * nearest)).sum() / along.sum())


def _step(voxels: int, cells: int) -> float:
    """Voxels from cell to cell: a whole number, or a whole part of one voxel, since a remainder is the border's."""
    return float(round(voxels / cells)) if voxels > cells else 1 / round(cells / voxels)
