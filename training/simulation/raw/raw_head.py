"""A head around the brain of a simulated study: what its tissues look like on the four contrasts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from ..acquisition import rician
from ..contrast import APPEARANCE, MODALITIES, Appearance
from ..fields import field_in_box, stretch
from ..study import SimulatedStudy
from .head_shape import HeadField, Tissue, draw_tissues, field_around

# As ratio to the brain, by what their relaxation times and protons make of them. CSF is the study's own.
LOOKS = {
    Tissue.DURA: Appearance(0.45, 0.35, 0.50, 0.50, spread=0.3),  # dark on the bone, but for what it takes up
    Tissue.SINUS: APPEARANCE["vessel"],
    Tissue.BONE: APPEARANCE["skull"],
    Tissue.MARROW: Appearance(1.35, 0.95, 0.90, 0.08, spread=0.3),
    Tissue.MUSCLE: Appearance(0.70, 0.45, 0.60, 0.10, spread=0.2),
    Tissue.FAT: Appearance(1.90, 1.60, 1.40, 0.03, spread=0.3),
    Tissue.SKIN: Appearance(0.85, 0.75, 0.85, 0.30, spread=0.3),
    Tissue.MUCOSA: Appearance(0.70, 2.00, 1.50, 0.90, spread=0.3),
    Tissue.VITREOUS: Appearance(0.38, 3.20, 0.35, 0.0, spread=0.1),
    Tissue.NERVE: Appearance(0.95, 1.10, 1.00, 0.02, spread=0.3),
}
# Where CSF lies among the intensities of a brain, in percent.
CSF_PERCENTILE = {"t1": 2, "t1ce": 2, "t2": 98.5, "flair": 2}
# How often a sequence suppresses fat, and what it leaves of it.
FAT_SUPPRESSED = {"t1": 0.0, "t1ce": 0.15, "t2": 0.2, "flair": 0.3}
LEFT_OF_FAT = 0.3


@dataclass(frozen=True)
class RawHead:
    """A head with its skull, upright, on the lattice of its study.

    `images` float32 [4, x, y, z] in the order t1, t1ce, t2, flair: noise in the air, and in the brain the study's own
    voxels. `mask` bool and `labels` uint8 (1 core, 2 oedema, 4 enhancing), both [x, y, z]: the true brain and lesion.
    `tissues` uint8 [x, y, z]: which `Tissue`. `affine` maps voxels to world mm (RAS).
    """

    images: np.ndarray
    mask: np.ndarray
    labels: np.ndarray
    tissues: np.ndarray
    affine: np.ndarray

    @property
    def centre_mm(self) -> np.ndarray:
        """Middle of the brain, world mm [3]: heads turn about it."""
        return self.affine[:3, :3] @ ndimage.center_of_mass(self.mask) + self.affine[:3, 3]


def draw_head(study: SimulatedStudy, seed: int) -> RawHead:
    """Draw a head around a study's brain; the same arguments give the same arrays.

    The study should be `well_stripped`: what a strip left or cut away is taken for brain, or for none.
    """
    rng = np.random.default_rng([seed, *b"raw head"])
    brain = study.images[0] > 0
    spacing_mm = float(study.affine[0, 0])
    field = field_around(brain, spacing_mm)
    mask = _in_head(brain, field)
    tissues = draw_tissues(rng, mask, field)
    coil = field_in_box(rng, field.size_mm, _few(field), 110)
    images = np.empty((len(MODALITIES), *field.shape), np.float32)
    for out, name, image, looks in zip(images, MODALITIES, study.images, _draw_looks(rng), strict=True):
        out[:] = _draw_image(rng, name, _in_head(image, field), tissues, looks, coil, field)
    affine = study.affine.copy()
    affine[:3, 3] += affine[:3, :3] @ field.start
    return RawHead(images, mask, _in_head(study.labels, field), tissues, affine)


def _in_head(volume: np.ndarray, field: HeadField) -> np.ndarray:
    """A study's voxels around its brain, [x, y, z], in the larger field of its head, 0 elsewhere."""
    out = np.zeros(field.shape, volume.dtype)
    inside = tuple(slice(first, last + 1) for first, last in field.brain_box)
    own = tuple(
        slice(first + at, last + at + 1) for (first, last), at in zip(field.brain_box, field.start, strict=True)
    )
    out[inside] = volume[own]
    return out


def _few(field: HeadField) -> tuple[int, int, int]:
    """Voxels of some 4 mm that fill the field: enough for what is smooth."""
    x, y, z = (int(n) for n in np.ceil(field.size_mm / 4))
    return x, y, z


def _draw_looks(rng: np.random.Generator) -> list[np.ndarray]:
    """Intensity of each tissue as a ratio to the brain, one [number of tissues] a modality."""
    dose = np.exp(rng.normal(0, 0.3))
    t1, t2, flair, uptake = (np.zeros(len(Tissue), np.float32) for _ in range(4))
    for tissue, look in LOOKS.items():
        own = np.exp(look.spread * rng.normal(0, 0.5, 4))
        t1[tissue], t2[tissue], flair[tissue] = look.t1 * own[0], look.t2 * own[1], look.flair * own[2]
        uptake[tissue] = look.uptake * dose * own[3]
    drawn = [t1, t1 + uptake, t2, flair]
    for name, looks in zip(MODALITIES, drawn, strict=True):
        if rng.random() < FAT_SUPPRESSED[name]:
            looks[[Tissue.FAT, Tissue.MARROW]] *= LEFT_OF_FAT
    return drawn


def _draw_image(rng, name: str, image: np.ndarray, tissues: np.ndarray, looks, coil, field: HeadField) -> np.ndarray:
    """One modality of the whole head, float32 [x, y, z], from its brain `image`."""
    mask = tissues == Tissue.BRAIN
    brain = image[mask]
    level = np.median(brain)
    values = looks * level
    values[Tissue.BRAIN] = level  # shows where it mixes with its neighbours only
    values[Tissue.CSF] = np.percentile(brain, CSF_PERCENTILE[name])
    head = ndimage.gaussian_filter(values[tissues], 0.55 / field.spacing_mm, truncate=2.0)
    head *= stretch(_draw_gain(rng, coil, field), field.shape)
    return np.where(mask, image, rician(rng, head, _noise(image, mask)))


def _draw_gain(rng, coil: np.ndarray, field: HeadField) -> np.ndarray:
    """Uneven gain and tissue on few voxels, around 1: a bias field, texture, and the coil's end at the neck."""
    few = coil.shape
    bias = rng.uniform(0.02, 0.15) * (coil + 0.5 * field_in_box(rng, field.size_mm, few, 90))
    texture = 1 + 0.09 * np.clip(field_in_box(rng, field.size_mm, few, 9), -2.5, 2.5)
    up = (np.arange(few[2]) + 0.5) / few[2] * field.size_mm[2]
    fade = np.clip(up / rng.uniform(25, 60), 0.0, 1.0) ** 1.5
    return (np.exp(bias) * texture * fade).astype(np.float32)


def _noise(image: np.ndarray, mask: np.ndarray) -> float:
    """Noise of a brain's image from how its neighbouring voxels differ, as a standard deviation."""
    both = mask[1:] & mask[:-1]
    steps = (image[1:] - image[:-1])[both]
    return float(1.4826 * np.median(np.abs(steps - np.median(steps))) / np.sqrt(2))
