"""A head that lies otherwise than its affine says is doubted by name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from odd_studies import inverted, laid, simulated
from zoo import MODALITIES
from zoo.plugins.quality.grid import standardised
from zoo.plugins.quality.orientation import UPRIGHT, WAYS, check, fits_by_way


def checked(volumes):
    return check(volumes, standardised(volumes))


@pytest.mark.parametrize(
    ("axes", "flipped", "looks"),
    [
        ((0, 1, 2), (2,), "upside down"),
        ((0, 1, 2), (1,), "back to front"),
        ((0, 1, 2), (1, 2), "upside down and back to front"),
        ((0, 2, 1), (), "turned by 90° about its left–right axis"),
        ((2, 1, 0), (), "turned by 90° about its front–back axis"),
        ((1, 0, 2), (), "turned by 90° about its up–down axis"),
        ((2, 0, 1), (), "turned by 90° about two axes"),
    ],
)
def test_how_a_head_lies_is_told(axes, flipped, looks):
    (finding,) = checked(laid(*axes, flipped=flipped)(simulated(1)))
    assert finding.severity == "warning"
    assert f"The head looks {looks} (" in finding.message


@pytest.mark.parametrize("flipped", [(), (0,)])
def test_an_upright_head_passes_and_so_does_its_mirror_image(flipped):
    assert checked(laid(0, 1, 2, flipped=flipped)(simulated(1))) == []


def test_one_modality_is_enough():
    study = laid(0, 1, 2, flipped=(2,))(simulated(1))
    alone = replace(study, data=study.data * [[[[0]]], [[[1]]], [[[0]]], [[[0]]]], present=study.present & [0, 1, 0, 0])
    (finding,) = checked(alone)
    assert "upside down" in finding.message


def test_all_24_ways_are_tried_and_the_upright_one_fits_best():
    study = simulated(1)
    fits = fits_by_way(study, standardised(study))
    assert len(fits) == len(WAYS) == 24
    assert max(fits, key=fits.__getitem__) == UPRIGHT


def test_what_fits_no_way_at_all_is_not_called_turned():
    assert checked(inverted(*MODALITIES)(simulated(1))) == []


def test_scans_that_are_absent_make_no_fit_worse():
    study = simulated(1)
    alone = replace(study, data=study.data * [[[[1]]], [[[0]]], [[[0]]], [[[0]]]], present=study.present & [1, 0, 0, 0])
    whole, part = (fits_by_way(each, standardised(each))[UPRIGHT] for each in (study, alone))
    assert part == pytest.approx(whole, abs=0.05)
