"""The size of a brain is checked in litres, whatever the voxels; the scan that is too large is named, and why."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from zoo.plugins.quality.skull_stripping import check
from zoo.types import ScannerGrid


def with_flair(volumes, scan):
    data = volumes.data.copy()
    data[3] = scan
    return replace(volumes, data=data, brain=(data != 0).any(axis=0))


def test_a_brain_passes(volumes):
    assert check(volumes) == []


def test_a_whole_head_or_a_fragment_is_refused(volumes):
    head = replace(volumes, brain=np.ones_like(volumes.brain))
    fragment = replace(volumes, affine=np.diag([1.0, 1.0, 1.0, 1.0]))
    for odd, litres in ((head, "5.14"), (fragment, "0.05")):
        (finding,) = check(odd)
        assert finding.severity == "refusal"
        assert f"found {litres} litres" in finding.message


def test_whoever_gave_scans_with_skull_is_told_to_look_at_the_outline_found_here(volumes):
    grids = {"t1ce": ScannerGrid((9, 9, 9), np.eye(4), np.eye(4))}
    (finding,) = check(replace(volumes, brain=np.ones_like(volumes.brain), scanner=grids))
    assert "look at its outline in the picture" in finding.message


def test_a_fragment_is_not_told_to_lose_its_skull(volumes):
    (finding,) = check(replace(volumes, affine=np.diag([1.0, 1.0, 1.0, 1.0])))
    assert "skull-stripped" in finding.message
    assert "Strip the skull" not in finding.message


def head_of(volumes):
    """Grey values all over the middle of the box, of some 3 litres."""
    head = np.zeros(volumes.brain.shape, np.float32)
    head[4:-4, 4:-4, 8:-8] = np.random.default_rng(0).uniform(50, 300, head[4:-4, 4:-4, 8:-8].shape)
    return head


def test_one_scan_with_its_skull_is_named(volumes):
    (finding,) = check(with_flair(volumes, head_of(volumes)))
    assert finding.message.startswith("FLAIR: expected a skull-stripped brain")
    assert "Strip the skull" in finding.message


def test_no_scan_is_named_where_all_have_theirs(volumes):
    data = np.stack([head_of(volumes)] * 4)
    (finding,) = check(replace(volumes, data=data, brain=data[0] != 0))
    assert finding.message.startswith("expected a skull-stripped brain")


OTHER_REASONS = {
    "a second background: set it to 0": lambda brain, noise: np.where(brain == 0, (noise > -2) * 70.0, brain),
    "There is no background of one value": lambda brain, noise: np.where(brain == 0, 30 * noise, brain),
    "the background is speckled": lambda brain, noise: np.where((brain == 0) & (noise > 0.4), 150, brain),
}


@pytest.mark.parametrize("words", OTHER_REASONS)
def test_a_brain_without_its_skull_is_not_told_to_lose_it(volumes, words):
    noise = np.random.default_rng(0).normal(size=volumes.brain.shape).astype(np.float32)
    (finding,) = check(with_flair(volumes, OTHER_REASONS[words](volumes.data[3], noise)))
    assert finding.message.startswith("FLAIR: ")
    assert words in finding.message
    assert "HD-BET" not in finding.message


def test_scans_that_are_too_large_together_are_told_to_be_laid_on_each_other(volumes):
    data = volumes.data.copy()
    data[0], data[1] = np.roll(data[0], 12, 0), np.roll(data[1], -12, 0)
    (finding,) = check(replace(volumes, data=data, brain=(data != 0).any(axis=0)))
    assert "co-register" in finding.message


@pytest.mark.parametrize(("litres", "refused"), [(0.7, True), (0.9, False), (1.9, False), (2.2, True)])
def test_a_brain_has_08_to_2_litres_by_voxels_of_either_hand(volumes, litres, refused):
    scale = np.cbrt(litres / (volumes.brain.sum() * 27e-6))
    for hand in (1, -1):
        sized = replace(volumes, affine=volumes.affine @ np.diag([hand * scale, scale, scale, 1]))
        assert bool(check(sized)) == refused


def test_the_second_background_and_the_largest_scan_are_told(volumes):
    noise = np.random.default_rng(0).normal(size=volumes.brain.shape)
    (finding,) = check(with_flair(volumes, np.where(volumes.brain, volumes.data[3], (noise > -2) * 700)))
    largest = np.count_nonzero(volumes.brain | (noise > -2)) * 27e-6
    assert f"found {largest:.2f} litres. Much of it is 700, a second background" in finding.message
