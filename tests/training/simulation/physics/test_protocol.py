import numpy as np
import pytest

from training.simulation.physics.protocol import draw_flair, draw_protocol
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
            assert not (isinstance(sequence, Mprage) and scan.slice_mm)
    thick = np.mean([scan.slice_mm > 0 for one in protocols for scan in one.scans])
    assert 0.4 < thick < 0.75


def test_flair_leaves_little_of_csf():
    for seed in range(50):
        flair = draw_flair(np.random.default_rng(seed), 3.0)
        assert abs(flair.signal(TISSUES["csf"])) < 0.5 * flair.signal(TISSUES["white"])
