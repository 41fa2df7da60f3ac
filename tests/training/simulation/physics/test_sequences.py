import numpy as np
import pytest

from training.simulation.physics.sequences import InversionRecovery, Mprage, SpinEcho, SpoiledGradientEcho
from training.simulation.physics.tissues import TISSUES, Tissue, with_agent

MPRAGE = Mprage(2000, 3, 950, 9, 7.5, 160)
T1_WEIGHTED = [SpinEcho(550, 10), MPRAGE, SpoiledGradientEcho(20, 4, 25)]


def test_spin_echo_by_hand():
    """TR = T1 and TE = T2: (1 − 1/e) / e of the protons."""
    seen = SpinEcho(tr=800, te=80).signal(Tissue(800, 80, 0.7))
    assert seen == pytest.approx(0.7 * (1 - np.exp(-1)) * np.exp(-1))


def test_inversion_nulls_t1_of_ti_over_ln_2():
    null = Tissue(2500 / np.log(2), 2000, 1.0)
    assert InversionRecovery(tr=1e6, te=100, ti=2500).signal(null) == pytest.approx(0, abs=1e-9)
    assert InversionRecovery(tr=1e6, te=100, ti=2200).signal(null) < -0.05
    assert InversionRecovery(tr=1e6, te=100, ti=2800).signal(null) > 0.05


def test_spoiled_gradient_echo_is_strongest_at_the_ernst_angle():
    tissue, tr = Tissue(800, 80, 0.7), 20.0
    ernst = np.degrees(np.arccos(np.exp(-tr / tissue.t1_ms)))
    best, less, more = (SpoiledGradientEcho(tr, 4, ernst + step).signal(tissue) for step in (0, -3, 3))
    assert best > max(less, more)
    full = SpoiledGradientEcho(1e6, 0, 90).signal(tissue)
    assert full == pytest.approx(0.7)


def test_mprage_agrees_with_a_simulation_flip_by_flip():
    tissue = TISSUES["grey"]
    m, seen = 1.0, 0.0
    for _ in range(30):
        m = 1 - (1 + m) * np.exp(-(MPRAGE.ti - 80 * 7.5) / tissue.t1_ms)
        for flip in range(160):
            if flip == 80:
                seen = m * np.sin(np.radians(MPRAGE.flip))
            m = 1 - (1 - m * np.cos(np.radians(MPRAGE.flip))) * np.exp(-7.5 / tissue.t1_ms)
        m = 1 - (1 - m) * np.exp(-(MPRAGE.tr - MPRAGE.ti - 80 * 7.5) / tissue.t1_ms)
    assert MPRAGE.signal(tissue) == pytest.approx(seen * tissue.density * np.exp(-3 / tissue.t2_ms), rel=1e-6)


def test_mprage_without_flips_is_plain_inversion_recovery():
    """Seen through a tiny angle that disturbs nothing."""
    tissue = Tissue(1200, 1e9, 1.0)
    plain = 1 - 2 * np.exp(-950 / 1200) / (1 + np.exp(-2000 / 1200))
    seen = Mprage(2000, 0, 950, 0.01, 7.5, 100).signal(tissue) / np.sin(np.radians(0.01))
    assert seen == pytest.approx(plain, rel=1e-3)


@pytest.mark.parametrize("sequence", T1_WEIGHTED, ids=["spin echo", "mprage", "gradient echo"])
def test_t1_weighting_orders_tissues_and_sees_contrast_agent(sequence):
    white, grey, csf = (abs(sequence.signal(TISSUES[name])) for name in ("white", "grey", "csf"))
    assert white > 1.1 * grey > 1.1 * csf
    tumour = TISSUES["enhancing"]
    assert sequence.signal(with_agent(tumour, 4.0)) > 1.15 * sequence.signal(tumour)


def test_t2_weighting_and_flair_order_tissues():
    t2, flair = SpinEcho(4500, 100), InversionRecovery(9000, 110, 2450)
    white, csf, oedema = (TISSUES[name] for name in ("white", "csf", "oedema"))
    assert t2.signal(csf) > t2.signal(oedema) > 1.4 * t2.signal(white)
    assert flair.signal(oedema) > 1.4 * flair.signal(white)
    assert abs(flair.signal(csf)) < 0.5 * flair.signal(white)
    mismatch = TISSUES["mismatch_core"]
    assert t2.signal(mismatch) > 2 * t2.signal(white)
    assert flair.signal(mismatch) < 0.8 * flair.signal(oedema)
