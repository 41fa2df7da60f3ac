"""Specks in a background are told from a brain by how short they are, in mm, along the finest axis."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from zoo.plugins.quality.speckles import check, share_in_specks


def speckled(volumes, share):
    data = volumes.data.copy()
    data[2][np.random.default_rng(0).random(volumes.brain.shape) < share] = 50
    return replace(volumes, data=data, brain=(data != 0).any(axis=0))


def test_a_brain_has_none(volumes):
    assert check(volumes) == []


def test_the_speckled_scan_is_named(volumes):
    (finding,) = check(speckled(volumes, 0.03))
    assert finding.severity == "refusal"
    assert finding.message.startswith("T2: the background is speckled")
    assert "which file is which" not in finding.message


def test_few_specks_are_let_pass(volumes):
    assert check(speckled(volumes, 0.0005)) == []


@pytest.mark.parametrize("finest", range(3))
def test_runs_are_measured_along_the_finest_axis(finest):
    spacing = [4.0, 4.0, 4.0, 1.0]
    spacing[finest] = 1.0
    mask = np.zeros((40, 40, 40), bool)
    mask[10:30, 10:30, 10:30] = True
    assert share_in_specks(mask, np.diag(spacing)) == 0
    lone = np.moveaxis(np.zeros_like(mask), finest, 2)
    lone[::2, ::2, 5:9], lone[:, :, 20:30] = True, True
    share = share_in_specks(np.moveaxis(lone, 2, finest), np.diag(spacing))
    assert share == pytest.approx(0.25 * 4 / (0.25 * 4 + 10), abs=0.08)


def test_nothing_is_no_speck():
    assert share_in_specks(np.zeros((20, 20, 20), bool), np.eye(4)) == 0


def test_few_specks_in_each_scan_may_be_many_together(volumes):
    data, generator = volumes.data.copy(), np.random.default_rng(0)
    for scan in data:
        scan[generator.random(volumes.brain.shape) < 0.006] = 50
    (finding,) = check(replace(volumes, data=data, brain=(data != 0).any(axis=0)))
    assert finding.message.startswith("T1, T1ce, T2, FLAIR: the background is speckled")


@pytest.mark.parametrize(("share", "refused"), [(0.008, False), (0.03, True)])
def test_the_worst_share_is_told_of_the_scans_there_are(volumes, share, refused):
    present = np.array([False, False, True, True])
    odd = speckled(replace(volumes, data=volumes.data * present[:, None, None, None], present=present), share)
    found = check(odd)
    assert bool(found) == refused
    if refused:
        told = round(100 * share_in_specks(odd.data[2] != 0, odd.affine))
        assert found[0].message.startswith(
            f"T2: the background is speckled: expected 0 outside the brain, found {told}% of"
        )


@pytest.mark.parametrize(("length_mm", "speck"), [(3, True), (6, False)])
def test_a_run_is_short_in_millimetres(length_mm, speck):
    mask = np.zeros((40, 40, 60), bool)
    mask[::2, ::2, 3 : 3 + 2 * length_mm] = True
    assert share_in_specks(mask, np.diag([1, 1, 0.5, 1])) == speck
