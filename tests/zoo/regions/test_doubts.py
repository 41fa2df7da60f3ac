"""Regions that can't be a glioma's are doubted with the figure; sound ones are not."""

from __future__ import annotations

import numpy as np
import pytest

from zoo.regions.doubts import LARGEST_ML, MOST_SPECKS, findings_of, mirrored_share
from zoo.regions.measure import measure_regions
from zoo.types import Plane, Segmentation

AFFINE = np.diag([4.0, 4.0, 4.0, 1.0])
AFFINE[:3, 3] = -78, -98, -70
MIDLINE = Plane((1.0, 0.0, 0.0), 0.0)
CORE, OEDEMA = 1, 2


@pytest.fixture
def brain():
    """Some 1,430 ml in voxels of 4 mm."""
    x, y, z = np.ogrid[:40, :50, :36]
    return ((x - 19.5) / 17) ** 2 + ((y - 24.5) / 21) ** 2 + ((z - 17.5) / 15) ** 2 < 1


@pytest.fixture
def sound(brain):
    labels = np.zeros(brain.shape, np.uint8)
    labels[5:14, 20:32, 12:24] = OEDEMA
    labels[7:12, 22:28, 14:20] = CORE
    return labels * brain


def _said(labels, brain, midline=MIDLINE):
    scores, measured = np.zeros((3, 2, 2, 2), np.float32), measure_regions(labels, AFFINE, midline)
    found = Segmentation("p7", "finder", labels, AFFINE, scores, AFFINE, midline, measured, "made up", "nothing")
    findings = findings_of(found, brain)
    assert {finding.severity for finding in findings} <= {"warning"}
    return [finding.message for finding in findings]


def test_a_sound_tumour_is_not_doubted(sound, brain):
    assert _said(sound, brain) == []
    assert _said(sound, brain, None) == []


def test_too_much_of_it(sound, brain):
    much = sound.copy()
    much[:18] = CORE
    (said,) = _said(much * brain, brain)
    assert "ml of tumour were found" in said
    assert f"expected up to {LARGEST_ML:.0f} ml and" in said


def test_too_much_of_a_small_brain(sound, brain):
    small = brain.copy()
    small[18:], small[:, :18], small[:, 34:] = False, False, False
    (said,) = _said(sound * small, small)
    assert "% of the brain" in said


def test_nothing_at_all_or_only_specks(sound, brain):
    assert _said(sound * 0, brain)[0].startswith("No tumour was found.")
    specks = np.zeros_like(sound)
    specks[10, 20, 15] = specks[20, 20, 15] = CORE
    assert _said(specks, brain)[0].startswith("No tumour was found, only 2 specks.")


def test_hundreds_of_specks(sound, brain):
    specks = sound.copy()
    specks[22:34:2, 10:40:3, 8:28:3] = CORE
    (said,) = _said(specks * brain, brain)
    assert f"specks were found beside the regions' parts (expected up to {MOST_SPECKS})" in said


def test_the_same_on_both_sides(sound, brain):
    (said,) = _said(np.maximum(sound, sound[::-1]), brain)
    assert said.startswith("100 % of the tumour's places have tumour opposite")


def test_mirrored_share_in_an_askew_midline():
    mask = np.zeros((40, 40, 40), bool)
    mask[4:10, 6:10, 10:20] = True
    turned = mask | mask.transpose(1, 0, 2)
    plane = Plane((2**-0.5, -(2**-0.5), 0.0), 0.0)
    assert mirrored_share(turned, np.eye(4), plane) == 1
    assert mirrored_share(mask, np.eye(4), plane) == pytest.approx((mask & mask.transpose(1, 0, 2)).sum() / mask.sum())
