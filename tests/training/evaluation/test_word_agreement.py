"""Words of simulated studies are those that were drawn, where true masks are measured; agreement and kappa."""

from __future__ import annotations

import numpy as np
import pytest

from training.evaluation.word_agreement import Agreement, agreements, drawn_words, placed_words, ring_mm
from training.simulation.study import simulate_study
from zoo import Plane, Volumes, Word
from zoo.regions import vasari
from zoo.regions.measure import measure_regions

SIGNS = {
    "enhancement": "ring", "core_ml": 4 / 3 * np.pi * 8, "whole_tumour_ml": 80.0, "ring_thickness": 0.2,
    "multifocal": False, "flair_mismatch": True,
}  # fmt: skip
STUDIES = (1, 2, 8, 16)
"""A ring; nothing that enhances; patches and a ring with mismatch."""


@pytest.fixture(scope="module")
def simulated():
    return [simulate_study(5, index, spacing_mm=4.0) for index in STUDIES]


def _told(study, plane):
    volumes = Volumes(study.id, study.images, np.ones(4, bool), study.affine, study.images.any(axis=0))
    return vasari.words_of(study.labels, measure_regions(study.labels, study.affine, plane), plane, volumes)


def test_true_masks_bring_forth_what_was_drawn(simulated):
    midline = Plane((1.0, 0.0, 0.0), 0.0)
    expected = [drawn_words(study.signs) | placed_words(study.labels, study.affine) for study in simulated]
    told = [_told(study, midline) for study in simulated]
    found = {each.feature: each for each in agreements(zip(expected, told, strict=True))}
    assert len(found) == 9
    for word in (vasari.ENHANCING, vasari.SIDE, *vasari.CROSSING.values()):
        assert found[word.feature].agreed == 1, word.feature
    assert found[vasari.MISMATCH.feature].kappa >= 0.5  # of two studies with the sign one, none without


def test_words_that_signs_ask_for():
    words = drawn_words(SIGNS)
    assert ring_mm(SIGNS) == pytest.approx(4)
    assert words[vasari.MARGIN.feature] == "thick"
    assert drawn_words(SIGNS | {"ring_thickness": 0.1})[vasari.MARGIN.feature] == "thin"
    assert words[vasari.OEDEMA.feature] == "34–67 %"
    assert (words[vasari.FOCI.feature], words[vasari.MISMATCH.feature]) == ("one", "possible")
    without = drawn_words(SIGNS | {"enhancement": "none", "multifocal": True})
    assert without[vasari.ENHANCING.feature] == "none"
    assert without[vasari.FOCI.feature] == "multifocal or multicentric"
    assert vasari.MARGIN.feature not in without


def _yes_or_no(*words):
    return [(Word("crosses", "f15", word),) for word in words]


def test_agreement_is_of_studies_with_both_words():
    expected = [{"crosses": "yes"}, {"crosses": "no"}, {"crosses": "no"}, {"crosses": "yes"}, {}]
    (found,) = agreements(zip(expected, _yes_or_no("yes", "no", "yes", None, "no"), strict=True))
    assert found == Agreement("crosses", 3, 4, pytest.approx(2 / 3), pytest.approx(0.4))


def test_no_kappa_where_there_is_nothing_to_disagree_on():
    (found,) = agreements(zip([{"crosses": "no"}] * 2, _yes_or_no("no", "no"), strict=True))
    assert (found.agreed, found.kappa) == (1, None)
    (found,) = agreements(zip([{"crosses": "no"}] * 2, _yes_or_no(None, None), strict=True))
    assert (found.told, found.agreed, found.kappa) == (0, None, None)
