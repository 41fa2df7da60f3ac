"""What all signs together tell of the grade, against how often the grade was so."""

from __future__ import annotations

import numpy as np
import pytest

from training.simulation.ideal_observer import ideal_p_hgg
from training.simulation.study import study_signs

DRAWN = 6000


@pytest.fixture(scope="module")
def drawn():
    signs = [study_signs(77, index).as_dict() for index in range(DRAWN)]
    return signs, np.array([ideal_p_hgg(each) for each in signs]), np.array([s["grade"] == "HGG" for s in signs])


def test_of_patients_given_a_probability_so_many_are_high_grade(drawn):
    _, p_hgg, high = drawn
    for least in np.arange(0, 1, 0.2):
        these = (p_hgg >= least) & (p_hgg <= least + 0.2)
        error = np.sqrt((p_hgg[these] * (1 - p_hgg[these])).sum()) / these.sum()
        assert abs(high[these].mean() - p_hgg[these].mean()) < 4 * error


@pytest.mark.parametrize(
    "name", ["enhancement", "flair_mismatch", "oedema_dominant", "sharp_margin", "cyst", "haemorrhage", "lobe"]
)
def test_whatever_a_sign_shows_the_probability_has_allowed_for_it(drawn, name):
    signs, p_hgg, high = drawn
    for value in {each[name] for each in signs}:
        these = np.array([each[name] == value for each in signs])
        error = np.sqrt((p_hgg[these] * (1 - p_hgg[these])).sum()) / these.sum()
        assert abs(high[these].mean() - p_hgg[these].mean()) < 4 * error


def test_it_is_told_neither_grade_nor_subtype(drawn):
    signs, p_hgg, _ = drawn
    without = {name: value for name, value in signs[0].items() if name not in ("grade", "subtype")}
    assert ideal_p_hgg(without) == p_hgg[0]


def test_one_patient_by_hand(drawn):
    """No enhancement, nothing else: the product of what each subtype lacks."""
    nothing = dict.fromkeys(drawn[0][0], False) | {"enhancement": "none", "lobe": "parietal"}
    high = 0.09 * 0.98 * 0.80 * 0.70 * 0.96 * 0.35 * 0.70 * 0.90 * 0.14
    astrocytoma = 0.58 * 0.67 * 0.94 * 0.94 * 0.95 * 0.88 * 0.42 * 0.85 * 0.12
    oligodendroglioma = 0.42 * 0.98 * 0.94 * 0.91 * 0.80 * 0.88 * 0.45 * 0.88 * 0.12
    wildtype = 0.40 * 0.97 * 0.90 * 0.92 * 0.96 * 0.82 * 0.55 * 0.92 * 0.15
    low = 0.5 * astrocytoma + 0.3 * oligodendroglioma + 0.2 * wildtype
    assert ideal_p_hgg(nothing) == pytest.approx(high / (high + low))


def test_a_ring_hides_cysts(drawn):
    """Nothing but a ring: no factor for the cyst that cannot be seen."""
    ring = dict.fromkeys(drawn[0][0], False) | {"enhancement": "ring", "lobe": "parietal"}
    high = 0.78 * 0.98 * 0.80 * 0.70 * 0.96 * 0.35 * 0.70 * 0.14
    astrocytoma = 0.06 * 0.67 * 0.94 * 0.94 * 0.95 * 0.88 * 0.42 * 0.12
    oligodendroglioma = 0.05 * 0.98 * 0.94 * 0.91 * 0.80 * 0.88 * 0.45 * 0.12
    wildtype = 0.15 * 0.97 * 0.90 * 0.92 * 0.96 * 0.82 * 0.55 * 0.15
    low = 0.5 * astrocytoma + 0.3 * oligodendroglioma + 0.2 * wildtype
    assert ideal_p_hgg(ring) == pytest.approx(high / (high + low))
