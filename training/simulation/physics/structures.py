"""What else a head shows: vessels, dura and choroid plexus that take up contrast agent, and the white spots of age."""

import numpy as np

from ..anatomy import Anatomy
from ..fields import BOX_CORNER_MM, BOX_SIZE_MM, Grid, sample, smooth_field, soft_step
from .regions import islands

STRIDE_MM = 1.0
STRIDES = 90
SKULL_DEPTH_MM = -2.5
CHOROID_MM = np.array([21.0, -38.0, 8.0])  # right atrium of the lateral ventricle, in the template


def tissue_fractions(rng, brain: Anatomy, lesion: dict[str, np.ndarray], grid: Grid) -> dict[str, np.ndarray]:
    """Fractions of all tissues, {name: float32 [x, y, z]}, summing to 1: lesion first, then structures."""
    structures = {
        "skull": soft_step(SKULL_DEPTH_MM - brain.depth_mm, 0.4),
        "vessel": np.maximum(vessels(rng, brain, grid), _sagittal_sinus(rng, brain)),
        "dura": _dura(rng, brain, grid),
        "choroid": _choroid_plexus(rng, brain, grid),
        "white_lesion": islands(rng, brain.white, 10 ** rng.uniform(-4.5, -2.2), (1.5, 4.0), grid) * brain.white,
    }
    fractions, left = dict(lesion), 1 - sum(lesion.values())
    for name, structure in structures.items():
        fractions[name] = (structure * left).astype(np.float32)
        left = left - fractions[name]
    return fractions | {"csf": brain.csf * left, "grey": brain.grey * left, "white": brain.white * left}


def vessels(rng, brain: Anatomy, grid: Grid) -> np.ndarray:
    """Draw winding paths over the brain's surface, as the fraction of each voxel that they fill."""
    count = int(rng.integers(30, 130))
    radius_mm = rng.uniform(0.4, 1.5, count)
    target_mm = rng.choice([0.5, 3.0, 10.0], count, p=[0.6, 0.3, 0.1])
    paths = np.concatenate(list(_walk(rng, brain.depth_mm, target_mm, grid)), axis=1)
    voxel = np.floor((paths - BOX_CORNER_MM[:, None]) / grid.spacing_mm).astype(int)
    flat = np.ravel_multi_index(voxel, grid.shape, mode="clip")
    filled_mm3 = np.tile(np.pi * radius_mm**2 * STRIDE_MM, STRIDES)
    filled = np.bincount(flat, filled_mm3, minlength=int(np.prod(grid.shape))).reshape(grid.shape)
    return np.minimum(filled / grid.spacing_mm**3, 1).astype(np.float32)


def _walk(rng, depth_mm: np.ndarray, target_mm: np.ndarray, grid: Grid):
    """Places [3, walkers] in mm after each stride: straight on, turning a little, at about `target_mm` of depth."""
    centre = (BOX_CORNER_MM + BOX_SIZE_MM / 2)[:, None]
    place = centre + 75 * _unit(rng.standard_normal((3, len(target_mm))))
    heading = _unit(rng.standard_normal(place.shape))
    for _ in range(STRIDES):
        heading = _unit(heading + 0.25 * rng.standard_normal(place.shape))
        place = place + STRIDE_MM * heading
        (depth,) = sample(depth_mm[None], (place - BOX_CORNER_MM[:, None])[:, None] / grid.spacing_mm - 0.5)
        place = place + np.clip(depth - target_mm, -3, 3) * _unit(place - centre)
        yield place


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=0)


def _sagittal_sinus(rng, brain: Anatomy) -> np.ndarray:
    """The large vein along the midline, under the skull."""
    x, _, z = brain.template_mm
    return soft_step(rng.uniform(2, 4) - np.hypot(x, brain.depth_mm + 0.5), 0.5) * (z > 10)


def _dura(rng, brain: Anatomy, grid: Grid) -> np.ndarray:
    """The membrane around the brain, thicker in places, and the falx between its halves."""
    thickness = rng.uniform(0.2, 1.6) * np.exp(0.5 * smooth_field(rng, grid, 30))
    shell = soft_step(thickness - np.abs(brain.depth_mm + 1.0), 0.3)
    x, _, z = brain.template_mm
    falx = soft_step(rng.uniform(-0.6, 1.0) - np.abs(x), 0.3) * (brain.csf > 0.25) * (z > 0)
    return np.maximum(shell, falx * soft_step(rng.uniform(10, 30) - brain.depth_mm, 3))


def _choroid_plexus(rng, brain: Anatomy, grid: Grid) -> np.ndarray:
    """Tufts in both lateral ventricles."""
    x, y, z = brain.template_mm
    offset = np.stack([np.abs(x), y, z]) - CHOROID_MM.reshape(3, 1, 1, 1)
    distance = np.linalg.norm(offset / np.array([6, 12, 8]).reshape(3, 1, 1, 1), axis=0)
    tuft = soft_step(rng.uniform(0.5, 1.2) + 0.3 * smooth_field(rng, grid, 8) - distance, 0.1)
    return tuft * (brain.csf > 0.5) * (brain.depth_mm > 18)
