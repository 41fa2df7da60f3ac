"""Where the brain is: skull-stripped scans are 0 everywhere else."""

from __future__ import annotations

import numpy as np


def brain_mask(data: np.ndarray) -> np.ndarray:
    """Tell brain from background: True where some modality differs from 0, bool [x, y, z].

    data: [M, x, y, z], intensities as stored; zeros where a modality is absent. One modality, [1, x, y, z], gives its
    own outline.
    """
    return np.logical_or.reduce(data, axis=0)
