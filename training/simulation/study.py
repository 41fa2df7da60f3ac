"""One simulated patient, from a seed to images, labels and signs."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from .acquisition import acquire, perfect_strip_mask, skull_strip_mask
from .anatomy import draw_deformation
from .contrast import APPEARANCE, render, tissue_fractions
from .fields import BOX_CORNER_MM, Grid
from .growth import grow
from .regions import divide
from .signs import Signs, draw_signs
from .site import ANYWHERE, assign_site, draw_site

# Goes up with every change that changes a voxel: results name it.
VERSION = "2.0"

# Field of view of a BraTS study, centred on the MNI brain.
FIELD_OF_VIEW_MM = np.array([240.0, 240.0, 155.0])
FIELD_CORNER_MM = np.array([-120.0, -138.0, -74.0])


@dataclass(frozen=True)
class SimulatedStudy:
    """A study in BraTS form, with the truth about it.

    `images` float32 [4, x, y, z] in the order t1, t1ce, t2, flair: 0 outside the brain, positive
    inside. `labels` uint8 [x, y, z]: 1 necrotic or non-enhancing core, 2 oedema, 4 enhancing.
    `affine` maps voxels to world mm (MNI, RAS). `signs` holds plain JSON values.
    """

    id: str
    grade: str
    images: np.ndarray
    labels: np.ndarray
    affine: np.ndarray
    signs: dict


def study_id(seed: int, index: int) -> str:
    """Name of a simulated study, such as Sim-s7-00012."""
    return f"Sim-s{seed}-{index:05d}"


def grade_of(index: int) -> str:
    """Grade a study by its index: even ones are LGG, odd ones HGG, so every cohort is balanced."""
    return ("LGG", "HGG")[index % 2]


def study_signs(seed: int, index: int, grade: str | None = None) -> Signs:
    """The signs that `simulate_study` draws for this patient, without the images."""
    return draw_signs(_stream(seed, index, "signs"), grade or grade_of(index))


def study_site(seed: int, index: int, sites: int, correlation: float) -> int:
    """Number of the site, 1 … `sites`, at which this patient was scanned; see `assign_site`."""
    return assign_site(_stream(seed, index, "site"), index, grade_of(index), sites, correlation)


def simulate_study(
    seed: int,
    index: int,
    spacing_mm: float = 2.0,
    grade: str | None = None,
    site: int | None = None,
    tumour: bool = True,
    well_stripped: bool = False,
) -> SimulatedStudy:
    """Simulate one patient; the same arguments give the same arrays.

    Another `spacing_mm` gives the same patient on another grid, but for voxel noise.
    `grade` is "HGG" or "LGG"; without it, grades alternate with `index`.
    `site` is the number, from 1, of one of the hospitals of `seed`; without it, every study has
    a scanner of its own. Without `tumour` it is the twin: the same brain, pushed aside and scanned
    alike, with normal tissue in the tumour's place. `well_stripped` leaves out what a strip does wrong: remnants, a
    ragged border, a cut-off bottom. Then the brain lies in CSF, as in a head, and all else of the patient is the same.
    """
    grid = Grid(spacing_mm)
    signs = study_signs(seed, index, grade)
    hospital = draw_site(_stream(seed, site, "hospital")) if site else ANYWHERE
    fractions, labels, mask = _patient(seed, index, signs, grid, tumour, well_stripped)
    images = render(_stream(seed, index, "contrast"), fractions, grid, hospital.contrast)
    images = acquire(_stream(seed, index, "scanner"), images, mask, grid, hospital.scanners, fades=not well_stripped)
    return assemble(study_id(seed, index), signs, images, labels, grid)


def _patient(seed: int, index: int, signs: Signs, grid: Grid, tumour: bool, well_stripped: bool = False):
    """Tissue fractions, labels and brain mask, each [x, y, z]: the patient before the scanner."""
    deformation = draw_deformation(_stream(seed, index, "anatomy"))
    anatomy, lesion = grow(_stream(seed, index, "growth"), deformation, signs, grid)
    regions = divide(_stream(seed, index, "regions"), lesion, signs, grid)
    strip = perfect_strip_mask if well_stripped else partial(skull_strip_mask, _stream(seed, index, "skull strip"))
    mask = strip(anatomy, lesion.whole, grid)
    regions = regions if tumour else regions.emptied()
    labels = regions.labels() * mask
    fractions = tissue_fractions(_stream(seed, index, "normal"), anatomy, regions, grid)
    if well_stripped:
        fractions["csf"] += fractions.pop("skull") + fractions.pop("fat")
    return fractions, labels, mask


def simulate_tissues(seed: int, index: int, spacing_mm: float) -> tuple[np.ndarray, np.ndarray]:
    """What `simulate_study` shows of a patient before any contrast is given to it, and where its brain is.

    Returns shares of the tissues of `APPEARANCE`, in its order, float32 [T, x, y, z], and bool [x, y, z], both in the
    field of view of `field_affine`.
    """
    grid = Grid(spacing_mm)
    fractions, _, mask = _patient(seed, index, study_signs(seed, index), grid, tumour=True)
    absent = np.zeros(grid.shape, np.float32)
    tissues = np.stack([fractions.get(name, absent) for name in APPEARANCE])
    return into_field_of_view(tissues, grid), into_field_of_view(mask[None], grid)[0]


def assemble(name: str, signs: Signs, images: np.ndarray, labels: np.ndarray, grid: Grid) -> SimulatedStudy:
    """Make a study in BraTS form of what fills the working box: images [4, x, y, z], labels [x, y, z]."""
    return SimulatedStudy(
        id=name,
        grade=signs.grade,
        images=into_field_of_view(images, grid),
        labels=into_field_of_view(labels[None], grid)[0],
        affine=field_affine(grid.spacing_mm),
        signs=signs.as_dict(),
    )


def field_affine(spacing_mm: float) -> np.ndarray:
    """Voxel → world mm of the output field of view, float64 [4, 4]."""
    affine = np.diag([spacing_mm, spacing_mm, spacing_mm, 1.0])
    affine[:3, 3] = FIELD_CORNER_MM + spacing_mm / 2
    return affine


def into_field_of_view(volumes: np.ndarray, grid: Grid) -> np.ndarray:
    """Place [C, x, y, z] of the working box into an empty BraTS field of view."""
    shape = np.ceil(FIELD_OF_VIEW_MM / grid.spacing_mm).astype(int)
    start = np.round((BOX_CORNER_MM - FIELD_CORNER_MM) / grid.spacing_mm).astype(int)
    stop = np.minimum(start + grid.shape, shape)
    field = np.zeros((len(volumes), *shape), volumes.dtype)
    inner = tuple(slice(0, n) for n in stop - start)
    field[(slice(None), *(slice(a, b) for a, b in zip(start, stop, strict=True)))] = volumes[(slice(None), *inner)]
    return field


def _stream(seed: int, index: int, part: str) -> np.random.Generator:
    """Independent random numbers for each part, so that one part's draws don't move another's."""
    return np.random.default_rng([seed, index, *part.encode()])
