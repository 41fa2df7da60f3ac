"""Each word on the smallest label maps that should and should not bring it forth."""

from __future__ import annotations

import numpy as np
import pytest

from tests_support import brain_affine, make_volumes
from zoo.regions import vasari
from zoo.regions.measure import measure_regions
from zoo.types import REGION_LABELS, WHOLE_TUMOUR, Plane, RegionMeasurements

AFFINE = np.diag([1.0, 1.0, 1.0, 1.0])
MIDLINE = Plane((1.0, 0.0, 0.0), 19.5)
CORE, OEDEMA, ENHANCING = 1, 2, 4


def _measured(labels, midline=MIDLINE):
    return measure_regions(labels, AFFINE, midline)


def _box(number, x, y=slice(10, 20), z=slice(4, 10)):
    labels = np.zeros((40, 30, 14), np.uint8)
    labels[x, y, z] = number
    return labels


@pytest.mark.parametrize(
    ("columns", "word", "value"),
    [(slice(0, 20), "left", -10), (slice(24, 40), "right", 12), (slice(12, 30), "centre", 1)],
)
def test_side_of_the_centre(columns, word, value):
    told = vasari.side(_measured(_box(CORE, columns))[WHOLE_TUMOUR], MIDLINE)
    assert (told.word, told.value, told.vasari) == (word, pytest.approx(value), "f2")


def test_side_is_not_told_without_a_tumour_or_a_midline():
    assert vasari.side(_measured(_box(0, slice(0)))[WHOLE_TUMOUR], MIDLINE).why == "no tumour was found"
    told = vasari.side(_measured(_box(CORE, slice(9)), None)[WHOLE_TUMOUR], None)
    assert (told.word, told.why) == (None, "no midline is clear")


@pytest.mark.parametrize(
    ("share", "word"),
    [
        (0.0, "none"),
        (0.001, "up to 5 %"),
        (0.05, "up to 5 %"),
        (0.06, "6–33 %"),
        (0.33, "6–33 %"),
        (0.34, "34–67 %"),
        (0.68, "68–95 %"),
        (0.97, "more than 95 %"),
        (1.0, "all"),
    ],
)
def test_proportions(share, word):
    told = vasari.proportion(vasari.ENHANCING, RegionMeasurements(1.0, share))
    assert (told.word, told.value) == (word, pytest.approx(100 * share))


def test_proportions_of_nothing_are_not_told():
    assert vasari.proportion(vasari.OEDEMA, RegionMeasurements(0.0)).why == "no tumour was found"


def test_foci():
    one = _box(CORE, slice(0, 10))
    both = one + _box(ENHANCING, slice(25, 35))
    assert [vasari.foci(labels, AFFINE).word for labels in (one, both)] == ["one", "multifocal or multicentric"]
    assert vasari.foci(both, AFFINE).value == 2
    told = vasari.foci(_box(OEDEMA, slice(0, 10)), AFFINE)
    assert (told.word, told.why) == (None, "no 0.5 ml of solid tumour were found in a place")


@pytest.mark.parametrize(("thickness", "word"), [(2, "thin"), (4, "thick")])
def test_margin(thickness, word):
    labels = _box(ENHANCING, slice(5, 35), slice(2, 28), slice(4, 4 + thickness))
    labels[5:35, 2:28, 8:14] = CORE
    told = vasari.margin(labels == ENHANCING, AFFINE, _measured(labels), 1.0)
    assert (told.word, told.value) == (word, pytest.approx(thickness, rel=0.15))


def test_a_thin_margin_is_not_told_from_coarse_cells():
    labels = _box(ENHANCING, slice(5, 35), slice(2, 28), slice(4, 6)) + _box(CORE, slice(5, 35), z=slice(6, 9))
    told = vasari.margin(labels == ENHANCING, AFFINE, _measured(labels), 4.0)
    assert told.word is None
    assert told.why.startswith("the model scores cells of 4 mm")
    assert told.value == pytest.approx(2, rel=0.15)


def test_a_solid_tumour_has_no_margin():
    labels = _box(ENHANCING, slice(5, 20))
    assert vasari.margin(labels == ENHANCING, AFFINE, _measured(labels), 4.0).word == "solid"
    assert vasari.margin(labels == 9, AFFINE, _measured(labels), 4.0).why.startswith("nothing that enhances was found")


@pytest.mark.parametrize(
    ("columns", "word", "value"), [(slice(0, 21), "no", 100 / 21), (slice(0, 22), "yes", 200 / 22)]
)
def test_crossing_the_midline(columns, word, value):
    told = vasari.crossing(vasari.CROSSING["oedema"], _measured(_box(OEDEMA, columns))["oedema"])
    assert (told.word, told.value, told.vasari) == (word, pytest.approx(value), "f15")


def test_crossing_is_not_told_of_nothing_or_without_a_midline():
    measured = _measured(_box(OEDEMA, slice(9)), None)
    assert vasari.crossing(vasari.CROSSING["core"], measured["core"]).why == "none was found"
    assert vasari.crossing(vasari.CROSSING["oedema"], measured["oedema"]).why == "no midline is clear"


@pytest.mark.parametrize(("flair", "word"), [(0.8, "possible"), (2.0, "no")])
def test_mismatch(flair, word):
    volumes = make_volumes(brain_affine())
    core = np.zeros_like(volumes.brain)
    core[20:30, 30:40, 20:30] = True
    levels = {2: 2.5, 3: flair}
    for row, gain in levels.items():
        volumes.data[row][core] = gain * np.median(volumes.data[row][volumes.brain])
    told = vasari.mismatch(core, volumes)
    assert (told.word, told.vasari) == (word, "")


def test_all_words_of_a_study_in_vasari_s_order():
    volumes = make_volumes(brain_affine())
    labels = np.zeros(volumes.brain.shape, np.uint8)
    labels[10:20, 30:40, 20:30], labels[12:18, 32:38, 22:28], labels[14:16, 34:36, 24:26] = OEDEMA, ENHANCING, CORE
    midline = Plane((1.0, 0.0, 0.0), 0.0)
    told = vasari.words_of(labels, measure_regions(labels, volumes.affine, midline), midline, volumes, 4.0)
    assert [word.vasari for word in told] == ["f1", "f2", "f5", "f6 + f7", "f9", "f11", "f14", "f15", "f22", "f23", ""]
    assert [word.feature for word in told if word.word is None] == ["lobe", "T2–FLAIR mismatch"]
    for word in told:
        assert bool(word.why) == (word.word is None)
        assert word.word is None or (word.unit and word.threshold and word.source)
    assert told[1].word == "right"
    assert set(REGION_LABELS.values()) == {CORE, OEDEMA, ENHANCING}


def test_words_of_nothing_are_not_told():
    volumes = make_volumes(brain_affine())
    nothing = np.zeros(volumes.brain.shape, np.uint8)
    told = vasari.words_of(nothing, measure_regions(nothing, volumes.affine, MIDLINE), MIDLINE, volumes, 4.0)
    assert not any(word.word for word in told)
