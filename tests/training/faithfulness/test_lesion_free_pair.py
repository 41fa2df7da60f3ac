"""Study and twin differ where the lesion is."""

from __future__ import annotations

import numpy as np
import pytest

from training.faithfulness.lesion_free_pair import simulate_pairs
from training.simulation import simulate_study
from zoo import Recipe

RECIPE = Recipe(shape=(20, 48, 40), spacing=(8.0, 4.0, 4.0))


@pytest.fixture(scope="module")
def pair():
    return simulate_pairs(7, 0, 4.0, RECIPE)


def test_outside_the_lesion_they_are_alike_in_every_modality(pair):
    """With the twin's own levels of white matter T2 would differ by five hundredths all over the brain."""
    brain = (pair.x > -1).any(axis=0)
    far = brain & ~pair.lesion
    differences = np.abs(pair.x - pair.twin)
    assert (differences[:, far].mean(axis=1) < 0.01).all()
    assert (differences[:, pair.lesion].mean(axis=1) > 0.1).all()


def test_the_lesion_is_that_of_the_labels(pair):
    study = simulate_study(7, 0, 4.0)
    truth = (study.labels > 0).sum() * 4.0**3
    assert pair.lesion.sum() * 8.0 * 4.0 * 4.0 == pytest.approx(truth, rel=0.15)
    assert (pair.id, pair.grade) == (study.id, study.grade) == ("Sim-s7-00000", "LGG")


def test_the_question_is_about_the_study(pair, small_model):
    question = pair.question(small_model)
    np.testing.assert_array_equal(question.x[0], pair.x)
    np.testing.assert_array_equal(pair.infill(question)[0], pair.twin)
    assert question.present.all()
