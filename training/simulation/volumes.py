"""A simulated study as the zoo sees it once it was read from files."""

from __future__ import annotations

import numpy as np

from zoo import MODALITIES, Volumes
from zoo.study.brain import brain_mask

from .study import SimulatedStudy


def volumes_of(study: SimulatedStudy) -> Volumes:
    """Return what reading the files of a study would; its arrays are the study's own."""
    present = np.ones(len(MODALITIES), bool)
    return Volumes(study.id, study.images, present, study.affine, brain_mask(study.images))
