"""One patient of the second simulator, from a seed to images, labels and signs."""

import numpy as np

from ..fields import Grid
from ..signs import Signs, draw_signs
from ..study import SimulatedStudy, assemble, grade_of
from .brain import draw_head
from .coils import draw_shading
from .deformation import draw_deformation
from .imaging import render
from .kspace import draw_motion, scan
from .patients import PATIENTS
from .protocol import Protocol, draw_protocol
from .regions import divide
from .strip import skull_strip_mask
from .structures import tissue_fractions
from .tumour import grow

# Goes up with every change that changes a voxel: results name it.
VERSION = "2.0"


def study_id(seed: int, index: int) -> str:
    """Name of a study of this simulator, such as SimPhysics-s7-00012: another patient than Sim-s7-00012."""
    return f"SimPhysics-s{seed}-{index:05d}"


def study_signs(seed: int, index: int, grade: str | None = None) -> Signs:
    """The signs that `simulate_study` draws for this patient, without the images."""
    return draw_signs(_stream(seed, index, "signs"), grade or grade_of(index), PATIENTS)


def simulate_study(
    seed: int, index: int, spacing_mm: float = 2.0, grade: str | None = None, site: int | None = None
) -> SimulatedStudy:
    """Simulate one patient; arguments and result as in `training.simulation.study.simulate_study`."""
    grid = Grid(spacing_mm)
    signs = study_signs(seed, index, grade)
    protocol = draw_protocol(_stream(seed, site, "hospital") if site else _stream(seed, index, "protocol"))
    fractions, labels, mask = _patient(seed, index, signs, grid)
    images = render(_stream(seed, index, "tissues"), fractions, grid, protocol)
    images = _scan_all(_stream(seed, index, "scanner"), images, mask, protocol, grid)
    return assemble(study_id(seed, index), signs, images, labels, grid)


def _patient(seed: int, index: int, signs: Signs, grid: Grid):
    """Tissue fractions, labels and brain mask, each [x, y, z]: the patient before the scanner."""
    rng = _stream(seed, index, "head")
    head = draw_head(rng, draw_deformation(rng))
    brain, lesion = grow(_stream(seed, index, "tumour"), head, signs, grid)
    regions = divide(_stream(seed, index, "regions"), lesion, signs, grid)
    mask = skull_strip_mask(_stream(seed, index, "strip"), brain, lesion.whole, grid)
    fractions = tissue_fractions(_stream(seed, index, "structures"), brain, regions.fractions, grid)
    return fractions, regions.labels() * mask, mask


def _scan_all(rng, images: np.ndarray, mask: np.ndarray, protocol: Protocol, grid: Grid) -> np.ndarray:
    """Scanned images in arbitrary units, float32 [4, x, y, z]: at least 1 inside the mask, 0 outside."""
    shading = draw_shading(rng, protocol.tesla, grid)
    for image, how in zip(images, protocol.scans, strict=True):
        gain = np.exp(rng.uniform(np.log(100), np.log(2000)))
        image[:] = gain * scan(rng, image * shading, how, draw_motion(rng), grid)
    return np.where(mask, np.maximum(images, 1.0), np.float32(0))


def _stream(seed: int, index: int, part: str) -> np.random.Generator:
    """Independent random numbers for each part, and others than the first simulator's."""
    return np.random.default_rng([seed, index, *f"physics {part}".encode()])
