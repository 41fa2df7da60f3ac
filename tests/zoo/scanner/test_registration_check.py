"""What can't be a right registration."""

from __future__ import annotations

import numpy as np
import pytest

from zoo.scanner.registration import Registration
from zoo.scanner.registration_check import doubt


@pytest.mark.parametrize(
    ("information", "inconsistency", "mirrored", "was_stripped", "told"),
    [
        (0.74, 0.46, -0.1, False, ""),  # the worst right one of the simulated heads
        (0.60, 0.40, -0.1, False, "mutual information 0.60, expected 0.67"),
        (0.60, 0.40, -0.1, True, ""),
        (0.40, 0.40, -0.1, True, "mutual information 0.40, expected 0.45"),
        (0.80, 1.20, -0.1, False, "ends 1.2 mm from where it began"),
        (0.80, 1.20, -0.1, True, "ends 1.2 mm from where it began"),
        (0.80, 0.40, 0.01, False, "once one is mirrored"),
        (0.80, 0.40, 0.01, True, "once one is mirrored"),
    ],
)
def test_what_is_doubted(information, inconsistency, mirrored, was_stripped, told):
    found = doubt(Registration(np.eye(4), 5.0, information, inconsistency, mirrored), was_stripped)
    assert told in found
    assert bool(found) == bool(told)
