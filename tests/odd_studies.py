"""Simulated studies, and the same spoilt on purpose: what a grader should not answer with confidence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

import numpy as np
from scipy import ndimage

from training.simulation import simulate_study
from training.simulation.physics import simulate_study as simulate_by_physics
from zoo import MODALITIES, Volumes
from zoo.study.background import clear_background

SEED = 777
ENHANCING = 4  # in the masks, as in BraTS


def simulated(index: int, tumour: bool = True) -> Volumes:
    """A study of the training simulator at 2 mm that no model was trained on."""
    return _simulated(index, tumour)[0]


@lru_cache(maxsize=128)
def simulated_by_physics(index: int) -> Volumes:
    """A study of the other simulator, which never trains a model."""
    study = simulate_by_physics(SEED, index, 2.0)
    return _volumes(study.images, study.affine)


def enhancing_ml(index: int) -> float:
    """Of the enhancing region, in truth."""
    return _simulated(index, True)[1]


@lru_cache(maxsize=128)
def _simulated(index: int, tumour: bool) -> tuple[Volumes, float]:
    """The study, which nobody changes, and its enhancing millilitres."""
    study = simulate_study(SEED, index, 2.0, tumour=tumour)
    millilitres = (study.labels == ENHANCING).sum() * abs(np.linalg.det(study.affine[:3, :3])) / 1000
    return _volumes(study.images, study.affine), float(millilitres)


def healthy(index: int) -> Volumes:
    return simulated(1000 + index, tumour=False)


def with_data(volumes: Volumes, data: np.ndarray) -> Volumes:
    return replace(volumes, data=data.astype(np.float32), brain=(data != 0).any(axis=0))


def in_every_slot(volumes: Volumes) -> Volumes:
    return with_data(volumes, np.stack([volumes.data[0]] * len(MODALITIES)))


def in_every_slot_rescaled(volumes: Volumes) -> Volumes:
    """T1 four times, each with a scale and noise of its own."""
    noise = np.random.default_rng(0).normal(0, 0.05 * volumes.data[0].std(), volumes.data.shape)
    scaled = volumes.data[0] * np.array([1, 0.7, 1.3, 0.5])[:, None, None, None] + noise
    return with_data(volumes, np.where(volumes.brain, np.maximum(scaled, 1e-3), 0))


def swapped(first: str, second: str) -> Callable[[Volumes], Volumes]:
    rows = [MODALITIES.index(first), MODALITIES.index(second)]

    def swap(volumes: Volumes) -> Volumes:
        data = volumes.data.copy()
        data[rows] = data[rows[::-1]]
        return with_data(volumes, data)

    return swap


def inverted(*names: str) -> Callable[[Volumes], Volumes]:
    def invert(volumes: Volumes) -> Volumes:
        data = volumes.data.copy()
        for row in map(MODALITIES.index, names):
            inside = data[row] != 0
            top = np.percentile(data[row][inside], 99.5)
            data[row][inside] = np.maximum(top - data[row][inside], 1e-3 * top)
        return with_data(volumes, data)

    return invert


def moved(name: str, shift_mm: float = 0.0, degrees: float = 0.0) -> Callable[[Volumes], Volumes]:
    """One modality shifted along the first axis and turned about the third, with its outline."""

    def move(volumes: Volumes) -> Volumes:
        angle = np.deg2rad(degrees)
        turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
        centre = (np.array(volumes.brain.shape) - 1) / 2
        shift = np.array([shift_mm / np.linalg.norm(volumes.affine[:3, 0]), 0, 0])
        data, row = volumes.data.copy(), MODALITIES.index(name)
        data[row] = ndimage.affine_transform(data[row], turn, centre - turn @ centre + shift, order=1)
        return with_data(volumes, data)

    return move


def noise(volumes: Volumes) -> Volumes:
    """Nothing but noise within the outline of a brain."""
    values = np.random.default_rng(0).uniform(1, 2, volumes.data.shape)
    return with_data(volumes, np.where(volumes.brain, values, 0))


def sphere(volumes: Volumes) -> Volumes:
    """A phantom: a ball in a ball, as bright as each modality pleases."""
    distance = np.linalg.norm(_from_centre_mm(volumes), axis=-1)
    levels = [(distance < 68) * (1 + 0.1 * row + 0.2 * (distance < 40) * (row + 1)) for row in range(len(MODALITIES))]
    grain = np.random.default_rng(0).normal(1, 0.02, volumes.data.shape)
    return with_data(volumes, np.stack(levels) * grain)


def checkerboard(volumes: Volumes) -> Volumes:
    cells = (_from_centre_mm(volumes) // 10).sum(axis=-1) % 2
    levels = [1 + contrast * cells for contrast in (0.5, 0.5, -0.4, -0.4)]
    return with_data(volumes, np.where(volumes.brain, np.stack(levels), 0))


def ellipsoids(volumes: Volumes) -> Volumes:
    """Eight random ellipsoids in a larger one, of random brightness on each modality."""
    generator, place = np.random.default_rng(0), _from_centre_mm(volumes)
    outer = np.linalg.norm(place / [60, 75, 55], axis=-1) < 1
    data = np.stack([outer * 1.0] * len(MODALITIES))
    for _ in range(8):
        centre, radii = generator.uniform(-35, 35, 3), generator.uniform(8, 30, 3)
        inside = (np.linalg.norm((place - centre) / radii, axis=-1) < 1) & outer
        data[:, inside] = generator.uniform(0.3, 2, (len(MODALITIES), 1))
    return with_data(volumes, data * generator.normal(1, 0.03, data.shape))


def with_skull(volumes: Volumes) -> Volumes:
    """A shell of bone, muscle and fat 4 to 16 mm outside the brain."""
    spacing = np.linalg.norm(volumes.affine[:3, :3], axis=0)
    distance = ndimage.distance_transform_edt(~volumes.brain, sampling=spacing)
    shell = (distance > 4) & (distance < 16)
    level = [np.median(scan[scan != 0]) for scan in volumes.data]
    return with_data(volumes, np.where(shell, np.array(level)[:, None, None, None] * 1.2, volumes.data))


def laid(*axes: int, flipped: tuple[int, ...] = ()) -> Callable[[Volumes], Volumes]:
    """The head with its voxels' axes in another order, and some reversed, under the affine of an upright one."""

    def lay(volumes: Volumes) -> Volumes:
        lying = [np.flip(scan.transpose(axes), flipped) for scan in volumes.data]
        return with_data(volumes, np.ascontiguousarray(np.stack(lying)))

    return lay


def cut_box(*size_mm: float) -> Callable[[Volumes], Volumes]:
    """Only a box in the middle of the field of view kept, 0 around it."""

    def cut(volumes: Volumes) -> Volumes:
        inside = (np.abs(_from_centre_mm(volumes)) <= np.array(size_mm) / 2).all(axis=-1)
        return with_data(volumes, volumes.data * inside)

    return cut


def slices_too_close(volumes: Volumes) -> Volumes:
    """A raw head of which 25 thick slices claim to be 1 mm apart: 25 mm high, as large as a brain for all that."""
    return replace(with_skull(volumes), affine=volumes.affine @ np.diag([1, 1, 12.5 / volumes.brain.shape[2], 1]))


def cut_below(name: str, missing_mm: float, degrees: float = 0.0) -> Callable[[Volumes], Volumes]:
    """One scan without the lowest of the brain: it begins so far above the brain's end, and may be tilted."""
    return _cut_at_an_end(name, missing_mm, degrees, below=True, above=False)


def slab_of(name: str, missing_mm: float) -> Callable[[Volumes], Volumes]:
    """One scan without the lowest and the highest of the brain."""
    return _cut_at_an_end(name, missing_mm, 0.0, below=True, above=True)


def _cut_at_an_end(name: str, missing_mm: float, degrees: float, below: bool, above: bool):
    def cut(volumes: Volumes) -> Volumes:
        place = _from_centre_mm(volumes)
        height = place[..., 2] + np.tan(np.deg2rad(degrees)) * place[..., 1]
        heights = height[volumes.brain]
        shown = np.ones(volumes.brain.shape, bool)
        if below:
            shown &= height > heights.min() + missing_mm
        if above:
            shown &= height < heights.max() - missing_mm
        data = volumes.data.copy()
        data[MODALITIES.index(name)] *= shown
        return with_data(volumes, data)

    return cut


HARDER: dict[str, Callable[[Volumes], Volumes]] = {
    "T1 and FLAIR swapped": swapped("t1", "flair"),
    "T1ce and FLAIR swapped": swapped("t1ce", "flair"),
}
"""What only most of the time differs from what some patient's scans look like."""
SPOILT: dict[str, Callable[[Volumes], Volumes]] = {
    "noise in the shape of a brain": noise,
    "sphere": sphere,
    "checkerboard": checkerboard,
    "ellipsoids": ellipsoids,
    "a skull around it": with_skull,
    "T1 in every slot": in_every_slot,
    "T1 in every slot, rescaled, with noise": in_every_slot_rescaled,
    "T1 and T2 swapped": swapped("t1", "t2"),
    "T1ce and T2 swapped": swapped("t1ce", "t2"),
    "T2 and FLAIR swapped": swapped("t2", "flair"),
    "all inverted": inverted(*MODALITIES),
    "T1 inverted": inverted("t1"),
    "T1ce inverted": inverted("t1ce"),
    "T2 inverted": inverted("t2"),
    "FLAIR inverted": inverted("flair"),
    "upside down": laid(0, 1, 2, flipped=(2,)),
    "back to front": laid(0, 1, 2, flipped=(1,)),
    "turned by 90° about left–right": laid(0, 2, 1),
    "turned by 90° about front–back": laid(2, 1, 0),
    "turned by 90° about up–down": laid(1, 0, 2),
    "cropped to 128 mm each way": cut_box(128, 128, 128),
    "25 slices with a skull, said to be 1 mm apart": slices_too_close,
    "FLAIR without the lowest 35 mm": cut_below("flair", 35),
    "FLAIR without the lowest 35 mm, askew": cut_below("flair", 35, degrees=6),
    "T1ce without the lowest 35 mm": cut_below("t1ce", 35),
    "FLAIR a slab without 25 mm above and below": slab_of("flair", 25),
    "FLAIR shifted by 4 mm": moved("flair", shift_mm=4),
    "T1 turned by 6°": moved("t1", degrees=6),
}


def standardised(*names: str) -> Callable[[Volumes], Volumes]:
    """Scans z-scored inside the brain, 0 outside, as for training networks."""

    def z_score(volumes: Volumes) -> Volumes:
        data = volumes.data.copy()
        for row in map(MODALITIES.index, names):
            inside = data[row] != 0
            data[row][inside] = (data[row][inside] - data[row][inside].mean()) / data[row][inside].std()
        return with_data(volumes, data)

    return z_score


def standardised_and_rescaled(*names: str) -> Callable[[Volumes], Volumes]:
    """Scans z-scored inside the brain and then brought to 0 to 1, all of the box, as they are read."""

    def rescale(volumes: Volumes) -> Volumes:
        data = standardised(*names)(volumes).data
        for row in map(MODALITIES.index, names):
            data[row] = (data[row] - data[row].min()) / np.ptp(data[row])
            clear_background(data[row])
        return with_data(volumes, data)

    return rescale


def speckled(name: str, share: float = 0.03) -> Callable[[Volumes], Volumes]:
    """One scan with specks in its background, as bright as a brain."""

    def speckle(volumes: Volumes) -> Volumes:
        data, row = volumes.data.copy(), MODALITIES.index(name)
        specks = (np.random.default_rng(0).random(volumes.brain.shape) < share) & ~volumes.brain
        data[row][specks] = np.median(data[row][volumes.brain])
        return with_data(volumes, data)

    return speckle


def skull_on(name: str) -> Callable[[Volumes], Volumes]:
    """One scan with its skull among three without."""

    def put_on(volumes: Volumes) -> Volumes:
        data, row = volumes.data.copy(), MODALITIES.index(name)
        data[row] = with_skull(volumes).data[row]
        return with_data(volumes, data)

    return put_on


def two_backgrounds(volumes: Volumes) -> Volumes:
    """FLAIR on a background of one value, in a larger box of zeros."""
    data = volumes.data.copy()
    field = np.zeros(volumes.brain.shape, bool)
    field[6:-6, 6:-6, 6:-6] = True
    data[3][field & ~volumes.brain] = 0.2 * np.median(data[3][volumes.brain])
    return with_data(volumes, data)


BACKGROUNDS_AND_INTENSITIES: dict[str, tuple[Callable[[Volumes], Volumes], str]] = {
    "all z-scored": (standardised(*MODALITIES), "standardised intensities: .* T1 .*, T1ce .*, T2 .*, FLAIR "),
    "T1ce z-scored": (standardised("t1ce"), "standardised intensities, unlike the other scans: .* of T1ce "),
    "T2 and FLAIR z-scored": (standardised("t2", "flair"), "standardised intensities, unlike .* of T2 .*, FLAIR "),
    "all z-scored, then 0 to 1": (
        standardised_and_rescaled(*MODALITIES),
        "standardised intensities: .* T1 .*, T1ce .*, T2 .*, FLAIR ",
    ),
    "T1ce z-scored, then 0 to 1": (
        standardised_and_rescaled("t1ce"),
        "standardised intensities, unlike the other scans: .* of T1ce ",
    ),
    "specks in FLAIR's background": (speckled("flair"), "FLAIR: the background is speckled"),
    "many specks in T2's background": (speckled("t2", 0.3), "T2: .*the background is speckled"),
    "T2's skull not stripped": (skull_on("t2"), "T2: expected a skull-stripped brain"),
    "two backgrounds of FLAIR": (two_backgrounds, "FLAIR: .* a second background"),
}
"""What was done to a study, and what is said of it."""


def _volumes(images: np.ndarray, affine: np.ndarray) -> Volumes:
    return Volumes("odd", images, np.ones(len(MODALITIES), bool), affine, (images != 0).any(axis=0))


def _from_centre_mm(volumes: Volumes) -> np.ndarray:
    """[x, y, z, 3]"""
    shape = volumes.brain.shape
    voxels = np.moveaxis(np.indices(shape), 0, -1) - (np.array(shape) - 1) / 2
    return voxels * np.linalg.norm(volumes.affine[:3, :3], axis=0)
