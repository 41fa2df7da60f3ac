"""What the four reference brains share: where a head's outline, its tissues and its fluid are expected.

It is measured once and kept in a file, since to do so takes longer than all checks. `python -m
plugins.quality.common_brain` in a checkout measures it anew.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from zoo import MODALITIES, Volumes
from zoo.assets.references import read_references
from zoo.study.prepare import white_matter_levels

from .grid import Coarse, standardised

FILE = Path(__file__).with_suffix(".npz")
FLUID_ON_T1, FLUID_ON_T2 = 0.65, 1.7  # of white matter: at most, at least


@dataclass(frozen=True)
class CommonBrain:
    """What the reference brains share, on the coarse grid.

    images: float32 [4, D, H, W], each modality of mean 0 and deviation 1. brain: bool [D, H, W]. fluid: how much of
    each voxel is fluid, float32 [D, H, W], 0 to 1.
    """

    images: np.ndarray
    brain: np.ndarray
    fluid: np.ndarray


@lru_cache(maxsize=1)
def common_brain() -> CommonBrain:
    """Read what was measured of the references."""
    with np.load(FILE) as stored:
        return CommonBrain(stored["images"].astype(np.float32), stored["brain"], stored["fluid"].astype(np.float32))


def measure() -> CommonBrain:
    """Lay the references on each other."""
    references = [standardised(_with_fluid(volumes)) for volumes in read_references()]
    brain = np.mean([each.brain for each in references], axis=0) >= 0.5
    fluid = np.mean([each.images[-1] for each in references], axis=0)
    return CommonBrain(np.mean([_scaled(each) for each in references], axis=0), brain, fluid)


def store(common: CommonBrain, file: Path) -> None:
    """Write a common brain, its numbers to half precision."""
    images, fluid = common.images.astype(np.float16), common.fluid.astype(np.float16)
    np.savez_compressed(file, images=images, brain=common.brain, fluid=fluid)


def _with_fluid(volumes: Volumes) -> Volumes:
    """Append to a sound study's scans where fluid is: dark on T1 and bright on T2, against white matter."""
    t1, _, t2, _ = volumes.data / white_matter_levels(volumes)[:, None, None, None]
    fluid = volumes.brain & (t1 < FLUID_ON_T1) & (t2 > FLUID_ON_T2)
    return replace(volumes, data=np.concatenate([volumes.data, fluid[None].astype(np.float32)]))


def _scaled(coarse: Coarse) -> np.ndarray:
    scans = coarse.images[: len(MODALITIES)]
    inside = scans[:, coarse.brain]
    mean, deviation = (value(axis=1)[:, None, None, None] for value in (inside.mean, inside.std))
    return np.where(coarse.brain, (scans - mean) / deviation, 0)


if __name__ == "__main__":
    store(measure(), FILE)
