"""Scans that look usual in their slots pass, however they look otherwise; those that would in others' are named."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from broad_appearance import broadened
from odd_studies import in_every_slot, inverted, noise, simulated, swapped, with_data
from zoo import MODALITIES, MODALITY_TITLES
from zoo.plugins.quality.grid import Coarse, standardised
from zoo.plugins.quality.sequences import check, contrast_gain


def signs(volumes):
    return [finding.message for finding in check(volumes, standardised(volumes))]


def test_a_gain_is_told_in_levels_of_white_matter():
    """The brighter half of T1, white matter with it, is twice as bright on T1ce: by that level it gains nothing."""
    t1 = np.linspace(0, 1, 1001).reshape(7, 11, 13).astype(np.float32)
    brighter = t1 > 0.5
    images = np.stack([t1, np.where(brighter, 2 * t1, t1), t1, t1])
    gain = contrast_gain(Coarse(images, t1 >= 0, t1 >= 0, np.ones(3)))
    assert np.ptp(gain[brighter.ravel()]) < 1e-5
    assert gain[~brighter.ravel()].min() < gain[brighter.ravel()].mean() - 0.3


@pytest.mark.parametrize("pair", [pair for pair in combinations(MODALITIES, 2) if pair != ("t1", "t1ce")])
def test_swapped_scans_are_named(pair):
    first, second = (MODALITY_TITLES[name] for name in pair)
    assert any(sign.startswith(f"{first} and {second} look swapped.") for sign in signs(swapped(*pair)(simulated(1))))


@pytest.mark.parametrize("name", MODALITIES)
def test_an_inverted_scan_is_not_called_swapped(name):
    found = signs(inverted(name)(simulated(1)))
    assert found
    assert not any("look swapped" in sign for sign in found)


def test_bright_fluid_on_flair_is_told():
    assert any(sign.startswith("Fluid is bright on FLAIR") for sign in signs(inverted("flair")(simulated(1))))


def test_bright_grey_matter_on_flair_is_usual():
    """As 3-D sequences show it, which the simulators' own FLAIRs never do."""
    study = simulated(1)
    t1, _, t2, flair = study.data / [[[[np.median(scan[scan > 0])]]] for scan in study.data]
    grey = (t1 < 0.95) & (t2 < 1.5) & study.brain
    assert signs(with_flair(study, np.where(grey, 1.4 * flair, flair))) == []


@pytest.mark.parametrize("index", range(3))
def test_a_broader_appearance_is_usual(index):
    assert signs(broadened(simulated(index), index)) == []


def with_flair(volumes, flair):
    data = volumes.data.copy()
    data[3] = flair
    return with_data(volumes, data)


def test_two_scans_are_enough_to_tell_that_they_are_swapped():
    study = simulated(1)
    pair = np.array([False, False, True, True])
    both = replace(study, data=study.data * pair[:, None, None, None], present=pair)
    assert signs(both) == []
    assert any(sign.startswith("T2 and FLAIR look swapped.") for sign in signs(swapped("t2", "flair")(both)))


SIGNS = {
    "T1 and T2 show the same picture (correlation 1.00).": in_every_slot,
    "T1 and T1ce don't look like the same head": noise,
    "What is dark on T1 is not bright on T2": inverted("t2"),
    "T1 is bright where a brain is dark there": inverted("t1"),
    "T1ce is bright where a brain is dark there": inverted("t1ce"),
    "T1 looks inverted.": inverted("t1"),
    "T2 looks inverted.": inverted("t2"),
    "T1ce is darker than T1 by up to 0.73 of white matter, and brighter by 0.30 only: swapped?": swapped("t1", "t1ce"),
}


@pytest.mark.parametrize("sign", SIGNS)
def test_what_is_odd_is_told_by_its_sign(sign):
    assert any(said.startswith(sign) for said in signs(SIGNS[sign](simulated(1))))


def test_t1_and_t1ce_swapped_are_told_by_that_alone():
    assert len(signs(swapped("t1", "t1ce")(simulated(1)))) == 1


def test_a_sound_study_has_no_signs_nor_has_one_scan_of_it():
    study = simulated(1)
    assert signs(study) == []
    for name in MODALITIES:
        alone = np.array([name == each for each in MODALITIES])
        assert signs(replace(study, data=study.data * alone[:, None, None, None], present=alone)) == []


@pytest.mark.parametrize(("lacking", "odd"), [(12, False), (20, True)])
def test_an_outline_of_no_brain_is_told(lacking, odd):
    """Of which so many slices are missing though none was cut when it was laid on the grid."""
    study = simulated(1)
    coarse = standardised(study)
    brain = coarse.brain.copy()
    brain[:lacking] = False
    found = [finding.message for finding in check(study, replace(coarse, brain=brain))]
    assert any(said.startswith("The outline is not that of a brain (it overlaps") for said in found) == odd


def test_a_flat_scan_is_like_no_other():
    study = simulated(1)
    flat = np.where(study.brain, 100, 0)
    assert all(np.isfinite([contrast_gain(standardised(study)).max()]))
    assert signs(with_flair(study, flat)) == []
