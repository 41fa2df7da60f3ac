import numpy as np
import pytest

from training.simulation.physics.protocol import draw_flair, draw_protocol, draw_t1_weighted, draw_t2_weighted
from training.simulation.physics.sequences import InversionRecovery, Mprage, SpinEcho, SpoiledGradientEcho
from training.simulation.physics.tissues import TISSUES


@pytest.fixture(scope="module")
def protocols():
    return [draw_protocol(np.random.default_rng(seed)) for seed in range(200)]


def test_every_protocol_has_the_four_sequences(protocols):
    for one in protocols:
        assert isinstance(one.sequences[2], SpinEcho)
        assert isinstance(one.sequences[3], InversionRecovery)
        assert len(one.scans) == 4
    assert {type(one.sequences[0]) for one in protocols} == {SpinEcho, Mprage, SpoiledGradientEcho}
    assert {one.tesla for one in protocols} == {1.5, 3.0}


def test_before_and_after_agent_are_often_but_not_always_the_same_sequence(protocols):
    same = np.mean([one.sequences[0] == one.sequences[1] for one in protocols])
    assert 0.5 < same < 0.8


def test_phase_and_slices_have_axes_of_their_own_and_mprage_has_no_slices(protocols):
    for one in protocols:
        for sequence, scan in zip(one.sequences, one.scans, strict=True):
            assert scan.phase != scan.plane
            assert not (isinstance(sequence, Mprage | SpoiledGradientEcho) and scan.slice_mm)
    thick = np.mean([scan.slice_mm > 0 for one in protocols for scan in one.scans])
    assert 0.4 < thick < 0.75


def test_flair_leaves_little_of_csf():
    left = [of_white(draw_flair(np.random.default_rng(seed), 3.0), "csf") for seed in range(100)]
    assert max(left) < 0.5
    assert np.median(left) < 0.3


def of_white(sequence, name):
    return abs(sequence.signal(TISSUES[name])) / sequence.signal(TISSUES["white"])


@pytest.mark.parametrize("draw", [draw_t1_weighted, draw_t2_weighted])
def test_every_sequence_weights_as_it_is_called(draw):
    contrast = [of_white(draw(np.random.default_rng(seed)), "csf") for seed in range(100)]
    assert max(contrast) < 0.75 if draw is draw_t1_weighted else min(contrast) > 1.8


def test_scans_are_thick_and_sharp_smooth_and_sharpened_quiet_and_noisy(protocols):
    scans = [scan for one in protocols for scan in one.scans]
    assert {scan.slice_mm > 5 for scan in scans} == {scan.gap > 0.3 for scan in scans} == {True, False}
    assert 0.25 < np.mean([scan.sharpened > 0 for scan in scans]) < 0.45
    assert np.quantile([scan.noise for scan in scans], [0.05, 0.95]) == pytest.approx([0.013, 0.118], rel=0.2)


def test_noise_weighs_more_where_white_matter_is_dark(protocols):
    t1, _, t2, flair = np.median([[scan.noise for scan in one.scans] for one in protocols], axis=0)
    assert min(t2, flair) > 1.2 * t1


def test_hospitals_differ_in_dose_and_delay(protocols):
    assert len({one.injection for one in protocols}) == len(protocols)
