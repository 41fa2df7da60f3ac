"""A tumour that grows by reaction and diffusion, and the fluid that leaks from it."""

from dataclasses import dataclass, replace

import numpy as np
from scipy import fft

from ..anatomy import Anatomy
from ..fields import COARSE, Grid, smooth_field, soft_step, upsample
from ..growth import choose_site
from ..signs import Signs
from .brain import Head, build_brain
from .deformation import AXIS, at_mm

# Of tumour cells and of fluid, as ratios to white matter; cells cross grey matter, fluid hardly does.
CELL_DIFFUSIVITY = {"white": 1.0, "grey": 0.25}
FLUID_DIFFUSIVITY = {"white": 1.0, "grey": 0.03}
TIME_STEP = 0.15  # in voxels² per diffusivity of white matter; explicit steps are stable below 1/6
MOST_STEPS = 240
FLUID_STEPS = 160
CLUMP_MM = 5.0
TRACE = 1e-25  # density below which there is nothing


@dataclass(frozen=True)
class Lesion:
    """Fractions of each voxel, float32 [x, y, z]: `whole` contains `core`."""

    whole: np.ndarray
    core: np.ndarray


def grow(rng: np.random.Generator, head: Head, signs: Signs, grid: Grid) -> tuple[Anatomy, Lesion]:
    """Grow the tumour of `signs`: the brain that it displaced, and the lesion, both on `grid`."""
    brain = build_brain(head, COARSE)
    width_mm = rng.uniform(2.5, 4.0) if signs.sharp_margin else rng.uniform(5.0, 8.0)
    cells = _invade(rng, brain, signs, width_mm)
    fluid = _leak(rng, brain, _fullest(cells, signs.core_ml))
    pushed = COARSE.points_mm() - mass_effect(cells, brain.depth_mm, signs.mass_effect)
    levels = at_mm(np.log(np.maximum([cells / (1 - cells), fluid], TRACE)), pushed)
    log_cells, log_fluid = upsample(levels, grid)
    brain = build_brain(replace(head, points_mm=at_mm(head.points_mm, pushed)), grid)
    return brain, _borders(brain, log_cells, log_fluid, signs, width_mm, grid)


def _invade(rng, brain: Anatomy, signs: Signs, width_mm: float) -> np.ndarray:
    """Density of tumour cells, 0 … 1 on the coarse grid, when the tumour is about as large as drawn."""
    uneven = 0.35 if signs.sharp_margin else 0.8
    conducts = conductivity(brain, CELL_DIFFUSIVITY) * np.exp(uneven * smooth_field(rng, COARSE, 24) - uneven / 2)
    rate = (COARSE.spacing_mm / width_mm) ** 2
    size_ml = signs.core_ml + 0.25 * (signs.whole_tumour_ml - signs.core_ml)
    cells = _first_cells(rng, brain, signs)
    for _ in range(MOST_STEPS):
        cells = fisher_kpp_step(cells, np.minimum(conducts, 1.0), rate)
        if np.count_nonzero(cells > 0.5) * COARSE.voxel_ml >= size_ml:
            break
    return np.clip(cells, 0, 1 - 1e-6)


def _first_cells(rng, brain: Anatomy, signs: Signs) -> np.ndarray:
    """One full voxel in the white matter of the drawn lobe; a second focus is where a clump of cells has settled."""
    site = choose_site(rng, brain, signs.lobe)
    distance = np.linalg.norm(COARSE.points_mm() - site.reshape(AXIS), axis=0)
    cells = (distance == distance.min()).astype(np.float32)
    radius_mm = (0.75 * signs.core_ml * 1000 / np.pi) ** (1 / 3)
    apart = (distance > 1.6 * radius_mm + 8) & (distance < 1.6 * radius_mm + 35) & (brain.white > 0.6)
    candidates = np.flatnonzero(apart & (brain.template_mm[2] > -25))
    if signs.multifocal and len(candidates):
        settled = COARSE.points_mm().reshape(3, -1)[:, rng.choice(candidates)].reshape(AXIS)
        near = np.linalg.norm(COARSE.points_mm() - settled, axis=0) < CLUMP_MM
        cells[near] = rng.uniform(0.4, 1.0)
    return cells


def conductivity(brain: Anatomy, of: dict[str, float]) -> np.ndarray:
    """Diffusivity of cells or fluid, float32 [x, y, z]; nothing passes CSF, falx or skull."""
    falx = (np.abs(brain.template_mm[0]) < 3) & (brain.white < 0.4)
    tissue = (brain.csf < 0.5) & (brain.depth_mm > 0) & ~falx
    return (of["white"] * brain.white + of["grey"] * brain.grey) * tissue


def fisher_kpp_step(cells: np.ndarray, conducts: np.ndarray, rate: float) -> np.ndarray:
    """Step explicitly, ∂u/∂t = ∇·(D∇u) + ρu(1 − u) (Swanson et al. 2000; D, ρ in voxels and time steps of ours)."""
    return cells + TIME_STEP * (divergence_of_flux(cells, conducts) + rate * cells * (1 - cells))


def divergence_of_flux(density: np.ndarray, conducts: np.ndarray) -> np.ndarray:
    """Return ∇·(D∇u) in voxel units, without flux through the border; D between two voxels is their harmonic mean."""
    change = np.zeros_like(density)
    for axis in range(density.ndim):
        u, d, out = (np.moveaxis(volume, axis, 0) for volume in (density, conducts, change))
        flux = 2 * d[1:] * d[:-1] / (d[1:] + d[:-1] + 1e-9) * (u[1:] - u[:-1])
        out[:-1] += flux
        out[1:] -= flux
    return change


def _leak(rng, brain: Anatomy, core: np.ndarray) -> np.ndarray:
    """Concentration of vasogenic fluid, 1 in the core, that spreads along white matter."""
    uneven = np.exp(0.7 * smooth_field(rng, COARSE, 18))
    conducts = np.minimum(conductivity(brain, FLUID_DIFFUSIVITY) * uneven, 1.0)
    fluid = core.astype(np.float32)
    for _ in range(FLUID_STEPS):
        fluid = np.where(core, 1, fluid + TIME_STEP * divergence_of_flux(fluid, conducts))
    return fluid


def _fullest(density: np.ndarray, volume_ml: float) -> np.ndarray:
    """The coarse voxels, bool [x, y, z], that hold most and make up `volume_ml`."""
    count = max(1, int(volume_ml / COARSE.voxel_ml))
    return density >= np.partition(density.ravel(), -count)[-count]


def mass_effect(cells: np.ndarray, depth_mm: np.ndarray, strength: float) -> np.ndarray:
    """Displacement of tissue in mm, [3, x, y, z] on the coarse grid, that makes room for `strength` × the cells.

    The gradient of φ with ∇²φ = strength · u, solved by Fourier series; the skull doesn't give.
    """
    waves = np.meshgrid(*(2 * np.pi * fft.fftfreq(n, COARSE.spacing_mm) for n in COARSE.shape), indexing="ij")
    squared = np.square(waves).sum(axis=0)
    squared[0, 0, 0] = np.inf
    potential = fft.fftn(strength * cells) / -squared
    moved = np.stack([fft.ifftn(1j * wave * potential).real for wave in waves])
    return (moved * np.clip(depth_mm / 10, 0, 1)).astype(np.float32)


def _borders(brain: Anatomy, cells, fluid, signs: Signs, width_mm: float, grid: Grid) -> Lesion:
    """Cut log density of cells and fluid where they enclose the drawn volumes.

    In the tail of a front, log density falls by 1 every `width_mm`: a distance to the border, for the price of a log.
    """
    tissue = (brain.csf < 0.55) & (brain.depth_mm > 0)
    inside_mm = width_mm * (cells - _level(cells, tissue, signs.core_ml, grid))
    crisp = signs.sharp_margin or signs.enhancement == "ring"
    core = soft_step(inside_mm, 0.5 if crisp else 1.5) * tissue
    around = tissue & (core < 0.5)
    fluid = fluid - 4 * brain.grey  # spares the cortex
    level = _level(fluid, around, signs.whole_tumour_ml - signs.core_ml, grid)
    oedema = soft_step(fluid - level, 0.1 if signs.sharp_margin else 0.3) * tissue
    return Lesion(np.maximum(core, oedema).astype(np.float32), core.astype(np.float32))


def _level(values: np.ndarray, where: np.ndarray, volume_ml: float, grid: Grid) -> float:
    """What the highest `volume_ml` of `values` within `where` exceed; all that holds a trace, where that is less."""
    inside = values[where]
    count = min(max(1, int(volume_ml / grid.voxel_ml)), len(inside))
    return max(float(np.partition(inside, -count)[-count]), np.log(TRACE) + 1)
