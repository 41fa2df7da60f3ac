"""What each tissue looks like: intensities of four contrasts, tied to tissue, never to grade."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .anatomy import Anatomy, deep_grey, sulci
from .fields import Grid, smooth_field, soft_step
from .regions import Regions

MODALITIES = ("t1", "t1ce", "t2", "flair")
Contrast = Callable[[np.random.Generator], np.ndarray]


@dataclass(frozen=True)
class Appearance:
    """Median intensity of a tissue as a ratio to white matter, and its texture.

    `uptake` is Δ = T1ce − T1 in the same unit; `texture` the standard deviation within one
    patient on T1, T2 and FLAIR; `spread` how much the median differs between patients
    (standard deviation of the log of its distance to white matter).
    """

    t1: float
    t2: float
    flair: float
    uptake: float = 0.0
    texture: tuple[float, float, float] = (0.0, 0.0, 0.0)
    spread: float = 0.25


# Ranges checked against eight real studies (see the model cards); nothing is fitted to them.
APPEARANCE = {
    "white": Appearance(1.0, 1.0, 1.0, 0.0, (0.03, 0.06, 0.06)),
    "grey": Appearance(0.79, 1.24, 1.05, 0.02, (0.03, 0.07, 0.07), spread=0.4),
    "deep_grey": Appearance(0.88, 0.95, 0.93, 0.02, (0.03, 0.06, 0.06), spread=0.5),
    "csf": Appearance(0.42, 3.3, 0.24, 0.0, (0.03, 0.25, 0.06), spread=0.15),
    "oedema": Appearance(0.83, 1.76, 1.78, 0.01, (0.11, 0.40, 0.34)),
    "solid_core": Appearance(0.70, 2.25, 1.70, 0.01, (0.10, 0.38, 0.32), spread=0.45),
    "mismatch_core": Appearance(0.55, 2.70, 0.85, 0.01, (0.06, 0.25, 0.12)),
    "necrosis": Appearance(0.68, 2.55, 1.55, 0.02, (0.10, 0.50, 0.42), spread=0.35),
    "enhancing": Appearance(0.85, 1.90, 1.80, 0.42, (0.09, 0.42, 0.38), spread=0.35),
    "haemorrhage": Appearance(1.45, 1.40, 1.70, 0.03, (0.15, 0.40, 0.40), spread=0.5),
    "calcification": Appearance(0.80, 0.60, 0.60, 0.05, (0.10, 0.20, 0.20), spread=0.5),
    "vessel": Appearance(0.80, 0.70, 0.65, 0.75, (0.10, 0.30, 0.20), spread=0.35),
    "dura": Appearance(0.75, 0.85, 0.90, 0.65, (0.10, 0.30, 0.25), spread=0.35),
    "choroid": Appearance(0.60, 2.20, 1.00, 0.80, (0.05, 0.30, 0.20), spread=0.4),
    "skull": Appearance(0.10, 0.15, 0.10, 0.0, (0.05, 0.08, 0.05), spread=0.1),
    "fat": Appearance(1.70, 1.60, 1.50, 0.05, (0.20, 0.25, 0.20), spread=0.5),
    "white_lesion": Appearance(0.85, 1.60, 1.60, 0.0, (0.04, 0.10, 0.10)),
}


def tissue_fractions(rng, anatomy: Anatomy, regions: Regions, grid: Grid) -> dict[str, np.ndarray]:
    """Fractions of all tissues, {name: float32 [x, y, z]}, summing to 1: the lesion comes first."""
    healthy = _healthy(rng, anatomy, grid)
    extras = _distractors(rng, anatomy, grid)
    fractions = dict(regions.fractions)
    left = 1 - sum(fractions.values())
    for name, extra in extras.items():
        fractions[name] = (extra * left).astype(np.float32)
        left = left - fractions[name]
    return fractions | {name: tissue * left for name, tissue in healthy.items()}


def _healthy(rng, anatomy: Anatomy, grid: Grid) -> dict[str, np.ndarray]:
    folds, nuclei = sulci(rng, anatomy, grid), deep_grey(anatomy)
    return {
        "csf": anatomy.csf + anatomy.grey * folds,
        "deep_grey": anatomy.grey * (1 - folds) * nuclei,
        "grey": anatomy.grey * (1 - folds) * (1 - nuclei),
        "white": anatomy.white,
    }


def _distractors(rng, anatomy: Anatomy, grid: Grid) -> dict[str, np.ndarray]:
    """Normal structures that are bright on T1ce, old-age lesions on FLAIR, dark skull and bright fat."""
    outside = soft_step(-0.5 - anatomy.depth_mm, 0.3)
    fat = soft_step(smooth_field(rng, grid, 20) - rng.uniform(0.3, 2.5), 0.2)
    return {
        "fat": outside * fat,
        "skull": outside * (1 - fat),
        "vessel": _vessels(rng, anatomy, grid),
        "dura": _dura(rng, anatomy, grid),
        "choroid": _choroid_plexus(rng, anatomy, grid),
        "white_lesion": _white_matter_lesions(rng, anatomy, grid),
    }


def _vessels(rng, anatomy: Anatomy, grid: Grid) -> np.ndarray:
    """Tubes, where two random fields are both near zero; most of them near the surface."""
    tube = smooth_field(rng, grid, 13) ** 2 + smooth_field(rng, grid, 13) ** 2
    near_surface = soft_step(rng.uniform(3, 12) - anatomy.depth_mm, 1.5)
    return soft_step(rng.uniform(0.01, 0.08) - tube, 0.01) * (0.85 * near_surface + 0.15)


def _dura(rng, anatomy: Anatomy, grid: Grid) -> np.ndarray:
    """Patches of dura that the skull strip left, and the falx with its sinuses."""
    patchy = smooth_field(rng, grid, 22)
    dura = soft_step(rng.uniform(-1.7, 1.2) + 2.2 * patchy - anatomy.depth_mm, 0.5)
    falx = soft_step(rng.uniform(-0.5, 1.3) - np.abs(anatomy.template_mm[0]), 0.4)
    falx = falx * soft_step(rng.uniform(4, 16) - anatomy.depth_mm, 2) * (anatomy.csf > 0.1)
    return np.maximum(dura, falx * soft_step(anatomy.template_mm[2] - 15, 3))


def _choroid_plexus(rng, anatomy: Anatomy, grid: Grid) -> np.ndarray:
    x, y, _ = anatomy.template_mm
    ventricle = (anatomy.csf > 0.6) & (anatomy.depth_mm > 22) & (y < 5) & (np.abs(x) > 3)
    return soft_step(smooth_field(rng, grid, 9) - rng.uniform(0.3, 1.2), 0.15) * ventricle


def _white_matter_lesions(rng, anatomy: Anatomy, grid: Grid) -> np.ndarray:
    """Small spots of age; many in some people, none in most."""
    spots = smooth_field(rng, grid, 8) - rng.uniform(1.5, 4.2)
    return soft_step(spots, 0.15) * (anatomy.white > 0.6)


def draw_contrast(rng: np.random.Generator) -> np.ndarray:
    """Draw how strong the contrast of each of the four sequences is, [4], around 1."""
    t1 = np.exp(rng.uniform(-0.5, 0.45))
    return np.array([t1, t1 * np.exp(rng.normal(0, 0.22)), *np.exp(rng.uniform([-0.5, -0.5], [0.65, 0.5]))])


def render(
    rng: np.random.Generator, fractions: dict[str, np.ndarray], grid: Grid, contrast: Contrast = draw_contrast
) -> np.ndarray:
    """Noiseless images in units of white matter, float32 [4, x, y, z] in `MODALITIES` order.

    `contrast` draws how strong the contrast of each sequence is. Empties `fractions`.

    T1 and T1ce share tissue values and texture, so that T1ce − T1 is uptake and, weakly, the
    difference between two T1-weighted sequences: what a radiologist reads from the pair.
    """
    values = draw_values(rng, contrast)
    strength = float(np.exp(rng.uniform(-1.0, 0.3)))
    coarseness = float(np.exp(rng.uniform(-0.2, 0.8)))
    shared = smooth_field(rng, grid, 12 * coarseness) + 0.6 * smooth_field(rng, grid, 5)
    textures = [_texture(rng, shared, sign, coarseness, grid) for sign in (-1, 1, 1)]
    uneven = smooth_field(rng, grid, 6) + 0.5 * smooth_field(rng, grid, 14)
    uptake_texture = np.clip(1 + rng.uniform(0.3, 0.7) * uneven, 0.05, 2.5)
    images = np.zeros((4, *grid.shape), np.float32)
    while fractions:  # emptied as it is used: at 1 mm the maps are most of the memory
        name, fraction = fractions.popitem()
        medians, uptake = values[name]
        for image, median, k in zip(images, medians, (0, 0, 1, 2), strict=True):
            sd = strength * APPEARANCE[name].texture[k]
            image += fraction * (float(median) + sd * textures[k])
        images[1] += fraction * (uptake * uptake_texture)
    return np.maximum(images, 0.03, out=images)


def _texture(rng, shared: np.ndarray, sign: int, coarseness: float, grid: Grid) -> np.ndarray:
    own = smooth_field(rng, grid, 9 * coarseness) + 0.5 * smooth_field(rng, grid, 4)
    return (0.6 * sign * shared + 0.6 * own).astype(np.float32)


def draw_values(rng: np.random.Generator, contrast: Contrast = draw_contrast) -> dict[str, tuple[np.ndarray, float]]:
    """Median of each tissue on the four modalities, [4], and its uptake, for one patient.

    One contrast strength per modality scales all distances to white matter alike, so that the
    order of the tissues survives the randomisation.
    """
    strength = contrast(rng)
    dose = np.exp(rng.normal(0, 0.4))
    values = {name: _draw_tissue(rng, look, strength, dose) for name, look in APPEARANCE.items()}
    water, _ = values["csf"]
    return {name: (_no_wetter(medians, water, name), uptake) for name, (medians, uptake) in values.items()}


def _no_wetter(medians: np.ndarray, water: np.ndarray, name: str) -> np.ndarray:
    """Keep tissues from being darker than CSF on T1 or brighter on T2; bone is dark for want of protons."""
    if name == "skull":
        return medians
    return np.array([*np.maximum(medians[:2], water[:2]), min(medians[2], water[2]), medians[3]])


def _draw_tissue(rng, look: Appearance, strength: np.ndarray, dose: float):
    if look.t1 == look.t2 == look.flair == 1.0:
        return np.ones(4), 0.0
    distance = np.array([look.t1, look.t1, look.t2, look.flair]) - 1
    own = np.exp(rng.normal(0, look.spread, 3))
    medians = 1 + distance * strength * own[[0, 0, 1, 2]]
    medians += rng.normal(0, [0.06, 0.015, 0.10, 0.10])
    medians[1] += medians[0] - (1 + distance[0] * strength[0] * own[0])
    uptake = look.uptake * dose * np.exp(rng.normal(0, look.spread))
    return np.maximum(medians, [0.06, 0.06, 0.2, 0.05]), float(uptake)
