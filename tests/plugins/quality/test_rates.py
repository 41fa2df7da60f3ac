"""How often the checks speak: of what should be graded hardly ever, of what should not nearly always."""

from __future__ import annotations

import re

import numpy as np
import pytest

from broad_appearance import broadened
from odd_studies import (
    BACKGROUNDS_AND_INTENSITIES,
    HARDER,
    SPOILT,
    enhancing_ml,
    healthy,
    simulated,
    simulated_by_physics,
    swapped,
)
from zoo.plugins.quality import _checks as checks
from zoo.plugins.quality import check_study
from zoo.plugins.quality.grid import standardised
from zoo.plugins.quality.sequences import contrast_gain
from zoo.study.prepare import prepare

HELD_OUT, HEALTHY, EACH = 60, 24, 12


def shares(studies) -> tuple[float, float]:
    """Of how many a check refuses, and of how many it speaks at all."""
    said = [{finding.severity for finding in check_study(study, prepare)} for study in studies]
    return float(np.mean(["refusal" in one for one in said])), float(np.mean([bool(one) for one in said]))


def noticed(studies) -> float:
    """Of how many a check speaks; the checks after that one can't change it."""
    return float(np.mean([any(checks(study, prepare)) for study in studies]))


@pytest.mark.parametrize("kind", SPOILT)
def test_a_spoilt_study_is_noticed(kind):
    assert check_study(SPOILT[kind](simulated(0)), prepare)


@pytest.mark.parametrize("index", range(3))
def test_a_sound_study_is_not(index):
    assert check_study(simulated(index), prepare) == []


@pytest.mark.long
@pytest.mark.parametrize("broad", [False, True], ids=["as simulated", "broadened"])
@pytest.mark.parametrize("simulate", [simulated, simulated_by_physics])
def test_studies_to_be_graded_pass(simulate, broad):
    studies = [simulate(index) for index in range(HELD_OUT)]
    if broad:
        studies = [broadened(study, index) for index, study in enumerate(studies)]
    refused, doubted = shares(studies)
    print(f"{simulate.__name__}, broadened: {broad} ({HELD_OUT}): refused {refused:.1%}, or doubted {doubted:.1%}")
    assert refused == 0
    assert doubted <= 0.05


@pytest.mark.long
@pytest.mark.parametrize("kind", HARDER)
def test_harder_ones_are_mostly_noticed(kind):
    found = noticed([HARDER[kind](simulated(index)) for index in range(HELD_OUT)])
    print(f"{kind} ({HELD_OUT}): {found:.0%}")
    assert found >= 0.85


@pytest.mark.long
@pytest.mark.parametrize("kind", SPOILT)
def test_spoilt_studies_are_noticed(kind):
    found = noticed([SPOILT[kind](simulated(index)) for index in range(EACH)])
    print(f"{kind} ({EACH}): {found:.0%}")
    assert found >= 0.95


@pytest.mark.parametrize("kind", BACKGROUNDS_AND_INTENSITIES)
def test_what_is_wrong_with_background_or_intensities_is_said_of_its_scan(kind):
    spoil, words = BACKGROUNDS_AND_INTENSITIES[kind]
    (finding,) = check_study(spoil(simulated(0)), prepare)
    assert finding.severity == "refusal"
    assert re.search(words, finding.message)


@pytest.mark.long
@pytest.mark.parametrize("kind", BACKGROUNDS_AND_INTENSITIES)
def test_backgrounds_and_intensities_are_noticed(kind):
    spoil, words = BACKGROUNDS_AND_INTENSITIES[kind]
    found = [check_study(spoil(simulated(index)), prepare) for index in range(EACH)]
    rightly = np.mean([any(re.search(words, finding.message) for finding in findings) for findings in found])
    print(f"{kind} ({EACH}): {rightly:.0%}")
    assert rightly >= 0.95


@pytest.mark.long
def test_brains_without_a_tumour_are_noticed():
    found = noticed([healthy(index) for index in range(HEALTHY)])
    print(f"healthy simulated brains ({HEALTHY}): {found:.0%}")
    assert found >= 0.95


@pytest.mark.long
def test_t1_and_t1ce_swapped_are_noticed_where_something_enhances():
    studies = [simulated(index) for index in range(HELD_OUT) if enhances(index)]
    found = noticed([swapped("t1", "t1ce")(study) for study in studies])
    print(f"T1 and T1ce swapped ({len(studies)} that enhance): {found:.0%}")
    assert found >= 0.95


def enhances(index: int) -> bool:
    """There is an enhancing region of 3 ml or more in truth, and a gain of 0.4 of white matter or more to be seen."""
    seen = np.percentile(contrast_gain(standardised(simulated(index))), 99.9) >= 0.4
    return seen and enhancing_ml(index) >= 3
