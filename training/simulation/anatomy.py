"""A new brain: the ICBM152 tissue maps, deformed at random."""

import importlib.util
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import nibabel
import numpy as np
from scipy import ndimage

from .fields import BOX_CORNER_MM, COARSE, Grid, sample, smooth_field, soft_step, upsample

TEMPLATE_FILE = "datasets/data/mni_icbm152_{}_tal_nlin_sym_09a_converted.nii.gz"
TEMPLATE_CORNER_MM = np.array([-98.0, -134.0, -72.0])
VENTRICLE_CENTRE_MM = np.array([0.0, -15.0, 14.0])
VENTRICLE_EXTENT_MM = np.array([22.0, 32.0, 16.0])


@dataclass(frozen=True)
class Anatomy:
    """Tissue fractions of one brain; each float32 [x, y, z] on one grid.

    `grey` + `white` + `csf` = 1 everywhere. `depth_mm` is the distance to the brain's surface,
    negative outside. `template_mm` [3, x, y, z] is where in the MNI template a voxel comes from.
    """

    grey: np.ndarray
    white: np.ndarray
    csf: np.ndarray
    depth_mm: np.ndarray
    template_mm: np.ndarray


@dataclass(frozen=True)
class Deformation:
    """Maps the working box into the template: `points_mm` [3, x, y, z] on the coarse grid.

    `atrophy` multiplies the odds of CSF, `crispness` undoes the blur of the averaged template.
    """

    points_mm: np.ndarray
    atrophy: float
    crispness: float


def template_path(kind: str) -> Path:
    """File of nilearn's ICBM152 map `kind` (t1, gm or wm), found without importing nilearn."""
    found = importlib.util.find_spec("nilearn")
    if found is None or not found.submodule_search_locations:
        raise ImportError(
            "Simulated gliomas need the brain template that nilearn ships, and nilearn is not "
            'installed. Install it with: pip install "glioma-zoo[training]"'
        )
    return Path(found.submodule_search_locations[0]) / TEMPLATE_FILE.format(kind)


@dataclass(frozen=True)
class Template:
    """Template of a brain.

    `fractions` of grey, white and CSF are uint8 [3, x, y, z] from 0 to 255 (bytes, to save memory), averaged over
    blocks of `step_mm` (the voxels of the files are 1 mm), so that coarse grids don't alias. `depth_mm` is the signed
    distance to the surface, float32 [x, y, z], always at 2 mm.
    """

    fractions: np.ndarray
    depth_mm: np.ndarray
    step_mm: int


@lru_cache(maxsize=2)
def load_template(step_mm: int) -> Template:
    """Read nilearn's ICBM152 maps. Raises ImportError when nilearn is missing."""
    t1, grey, white = (
        np.asanyarray(nibabel.Nifti1Image.from_filename(template_path(kind)).dataobj).astype(np.uint8)
        for kind in ("t1", "gm", "wm")
    )
    brain = ndimage.binary_fill_holes(t1 > 5)
    csf = np.where(brain, 255 - np.minimum(grey.astype(np.int16) + white, 255), 0).astype(np.uint8)
    fractions = np.stack([_block_mean(tissue, step_mm) for tissue in (grey, white, csf)])
    return Template(fractions, _signed_depth(brain), step_mm)


def _block_mean(volume: np.ndarray, step: int) -> np.ndarray:
    if step == 1:
        return volume
    x, y, z = (n // step for n in volume.shape)
    blocks = volume[: x * step, : y * step, : z * step].reshape(x, step, y, step, z, step)
    return blocks.mean(axis=(1, 3, 5), dtype=np.float32).round().astype(np.uint8)


def _signed_depth(brain: np.ndarray) -> np.ndarray:
    half = brain[::2, ::2, ::2]
    depth = ndimage.distance_transform_edt(half) - ndimage.distance_transform_edt(~half)
    return (2 * depth).astype(np.float32)


def draw_deformation(rng: np.random.Generator) -> Deformation:
    """Rotation, size, left–right flip, ventricle size and a smooth warp of one person."""
    points = COARSE.points_mm()
    centre = BOX_CORNER_MM + np.array([84.0, 104.0, 78.0])
    # The template is larger than most heads, hence sizes below 1.
    size = rng.uniform(0.84, 0.97) * rng.uniform(0.95, 1.05, 3)
    matrix = _rotation(rng.normal(0, 0.06, 3)) / size
    matrix[0] *= rng.choice([-1, 1])
    moved = np.tensordot(matrix, points - centre.reshape(3, 1, 1, 1), axes=1)
    moved += (centre + rng.normal(0, 2, 3)).reshape(3, 1, 1, 1)
    moved = _zoom_ventricles(moved, rng.uniform(-0.25, 0.65))
    for length_mm, shift_mm in ((70, rng.uniform(1, 4)), (30, rng.uniform(1, 2.5)), (11, 1.2)):
        moved += shift_mm * np.stack([smooth_field(rng, COARSE, length_mm) for _ in range(3)])
    return Deformation(
        points_mm=moved.astype(np.float32),
        atrophy=float(np.exp(rng.uniform(-0.3, 2.0))),
        crispness=float(rng.uniform(1.4, 3.5)),
    )


def _rotation(angles: np.ndarray) -> np.ndarray:
    matrix = np.eye(3)
    for (i, j), angle in zip(((0, 1), (0, 2), (1, 2)), angles, strict=True):
        turn = np.eye(3)
        turn[[i, j], [i, j]] = np.cos(angle)
        turn[i, j], turn[j, i] = -np.sin(angle), np.sin(angle)
        matrix = matrix @ turn
    return matrix


def _zoom_ventricles(points: np.ndarray, growth: float) -> np.ndarray:
    """Sample nearer to the ventricles' centre (growth > 0), which makes them wider."""
    offset = points - VENTRICLE_CENTRE_MM.reshape(3, 1, 1, 1)
    closeness = np.exp(-0.5 * ((offset / VENTRICLE_EXTENT_MM.reshape(3, 1, 1, 1)) ** 2).sum(0))
    return points - 0.6 * growth * closeness * offset


def push_aside(deformation: Deformation, centre_mm, radius_mm: float, strength: float):
    """Mass effect: tissue within twice `radius_mm` of `centre_mm` moves outwards.

    `strength` 0 leaves the brain as it is, 0.4 is a marked midline shift for a large tumour.
    """
    points = COARSE.points_mm()
    centre = np.asarray(centre_mm, dtype=np.float32).reshape(3, 1, 1, 1)
    distance = np.linalg.norm(points - centre, axis=0)
    shrink = 1 - strength * np.clip(1 - distance / (2.4 * radius_mm), 0, 1) ** 2
    source = centre + (points - centre) * shrink
    index = (source - BOX_CORNER_MM.reshape(3, 1, 1, 1)) / COARSE.spacing_mm - 0.5
    moved = sample(deformation.points_mm, index)
    return Deformation(moved, deformation.atrophy, deformation.crispness)


def build_anatomy(deformation: Deformation, grid: Grid) -> Anatomy:
    """Tissue fractions of the deformed template on `grid`."""
    template = load_template(1 if grid.spacing_mm < 2 else 2)
    points = upsample(deformation.points_mm, grid)
    from_corner = points - TEMPLATE_CORNER_MM.reshape(3, 1, 1, 1).astype(np.float32)
    (depth,) = sample(template.depth_mm[None], from_corner / 2)
    step = template.step_mm
    tissue = sample(template.fractions, (from_corner - (step - 1) / 2) / step)
    tissue /= 255
    tissue **= deformation.crispness
    tissue[2] *= deformation.atrophy
    tissue /= tissue.sum(axis=0) + 1e-6
    grey, white, _ = tissue
    return Anatomy(grey, white, 1 - grey - white, depth, points)


def sulci(rng: np.random.Generator, anatomy: Anatomy, grid: Grid) -> np.ndarray:
    """CSF in the folds of the cortex, which the averaged template has smoothed away; fractions, [x, y, z].

    A sheet runs where a random field is near zero; its thickness varies.
    """
    sheet = np.abs(smooth_field(rng, grid, rng.uniform(13, 20)))
    width = rng.uniform(-0.1, 0.3) + 0.15 * smooth_field(rng, grid, 30)
    near_surface = soft_step(rng.uniform(7, 18) - anatomy.depth_mm, 2)
    return soft_step(width - sheet, 0.06) * near_surface


def deep_grey(anatomy: Anatomy) -> np.ndarray:
    """Where grey matter is that of the basal ganglia, whose iron darkens T2; fractions, [x, y, z]."""
    x, y, z = np.abs(anatomy.template_mm[0]), anatomy.template_mm[1], anatomy.template_mm[2]
    return soft_step(np.minimum(30 - x, np.minimum(20 - np.abs(y), 11 - np.abs(z - 3))), 1.5)
