"""What is bright is told against white matter, which is sought where it is known to be bright."""

from __future__ import annotations

import numpy as np

from zoo.plugins.quality.grid import Coarse
from zoo.plugins.quality.sequences import contrast_gain


def test_a_gain_is_told_in_levels_of_white_matter():
    """The brighter half of T1, white matter with it, is twice as bright on T1ce: by that level it gains nothing."""
    t1 = np.linspace(0, 1, 1001).reshape(7, 11, 13).astype(np.float32)
    brighter = t1 > 0.5
    images = np.stack([t1, np.where(brighter, 2 * t1, t1), t1, t1])
    gain = contrast_gain(Coarse(images, t1 >= 0, t1 >= 0))
    assert np.ptp(gain[brighter.ravel()]) < 1e-5
    assert gain[~brighter.ravel()].min() < gain[brighter.ravel()].mean() - 0.3
