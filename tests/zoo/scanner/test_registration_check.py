"""What can't be a right registration."""

from __future__ import annotations

import numpy as np
import pytest

from zoo.scanner.registration import Registration
from zoo.scanner.registration_check import doubt


@pytest.mark.parametrize(
    ("information", "in_brain", "inconsistency", "mirrored", "was_stripped", "told"),
    [
        (0.742, 0.106, 0.44, -0.08, False, ""),  # the least that a right one of the simulated heads shares
        (0.70, 0.11, 0.40, -0.1, False, "mutual information 0.81, expected 0.83"),  # the most of another patient's
        (0.60, 0.09, 0.40, -0.1, True, ""),
        (0.40, 0.40, 0.40, -0.1, True, "mutual information 0.40, expected 0.45"),
        (0.80, 0.20, 1.20, -0.1, False, "ends 1.2 mm from where it began"),
        (0.80, 0.20, 1.20, -0.1, True, "ends 1.2 mm from where it began"),
        (0.80, 0.20, 0.40, 0.01, False, "once one is mirrored"),
        (0.80, 0.20, 0.40, 0.01, True, "once one is mirrored"),
    ],
)
def test_what_is_doubted(information, in_brain, inconsistency, mirrored, was_stripped, told):
    found = doubt(Registration(np.eye(4), 5.0, information, inconsistency, mirrored), in_brain, was_stripped)
    assert told in found
    assert bool(found) == bool(told)
