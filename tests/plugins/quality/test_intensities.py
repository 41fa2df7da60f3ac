"""Standardised scans are told by what lies below 0, and named."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from zoo import MODALITIES
from zoo.plugins.quality.intensities import check


def with_below_zero(volumes, shares):
    """Scans of which a share of the brain was made negative."""
    data = volumes.data.copy()
    for name, share in shares.items():
        row = MODALITIES.index(name)
        below = np.random.default_rng(0).random(volumes.brain.shape) < share
        data[row][below & volumes.brain] *= -1
    return replace(volumes, data=data)


def test_a_scan_above_0_passes(volumes):
    assert check(volumes) == []
    assert check(with_below_zero(volumes, dict.fromkeys(MODALITIES, 0.03))) == []


@pytest.mark.parametrize("name", MODALITIES)
def test_one_of_four_is_named(volumes, name):
    (finding,) = check(with_below_zero(volumes, {name: 0.45}))
    title = {"t1": "T1", "t1ce": "T1ce", "t2": "T2", "flair": "FLAIR"}[name]
    assert finding.severity == "refusal"
    assert f"unlike the other scans: expected a brain above 0, found below it of {title} 4" in finding.message


def test_of_all_it_is_said_that_all_are(volumes):
    (finding,) = check(with_below_zero(volumes, dict.fromkeys(MODALITIES, 0.55)))
    assert "unlike" not in finding.message
    assert all(title in finding.message for title in ("T1 5", "T1ce 5", "T2 5", "FLAIR 5"))


def test_what_is_absent_says_nothing(volumes):
    only = with_below_zero(volumes, {"t1ce": 0.5})
    present = np.array([name == "t1ce" for name in MODALITIES])
    (finding,) = check(replace(only, data=only.data * present[:, None, None, None], present=present))
    assert "found below it of T1ce" in finding.message
    assert "unlike" not in finding.message


@pytest.mark.parametrize(("share", "refused"), [(0.07, False), (0.13, True)])
def test_a_tenth_below_0_is_the_most(volumes, share, refused):
    assert bool(check(with_below_zero(volumes, {"flair": share}))) == refused


def test_two_of_three_are_named(volumes):
    odd = with_below_zero(volumes, {"t1ce": 0.5, "t2": 0.5})
    present = np.array([False, True, True, True])
    (finding,) = check(replace(odd, data=odd.data * present[:, None, None, None], present=present))
    assert "unlike the other scans: expected a brain above 0, found below it of T1ce 50%, T2 50%." in finding.message
