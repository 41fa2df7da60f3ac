from __future__ import annotations

import pickle

import numpy as np

from zoo.errors import StudyError
from zoo.scanner.preparation_error import PreparationError, view_of
from zoo.types import PreparationView


def test_what_is_to_be_seen_comes_through_from_another_process():
    view = PreparationView({"t1": (np.eye(2),) * 3}, (np.eye(2) > 0,) * 3)
    error = pickle.loads(pickle.dumps(PreparationError("T1: no brain.", view)))
    assert str(error) == "T1: no brain."
    np.testing.assert_array_equal(view_of(error).scans["t1"][2], np.eye(2))


def test_other_errors_have_nothing_to_see():
    assert view_of(StudyError("x")) is None
