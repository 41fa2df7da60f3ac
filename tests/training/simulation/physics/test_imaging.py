from dataclasses import replace

import numpy as np
import pytest

from training.simulation.physics.imaging import render, responses
from training.simulation.physics.protocol import Protocol, draw_protocol
from training.simulation.physics.sequences import InversionRecovery, SpinEcho
from training.simulation.physics.tissues import TISSUES, with_agent

SAME = SpinEcho(550, 12)
PROTOCOL = Protocol(3.0, (SAME, SAME, SpinEcho(4500, 100), InversionRecovery(9000, 110, 2450)), ())
NAMES = ("white", "grey", "csf", "oedema", "enhancing", "solid_core")


@pytest.fixture(scope="module")
def medians(grid):
    """Of every tissue on the four images, [seed, tissue, 4]: slabs of pure tissue, 40 protocols."""
    slabs = np.array_split(np.arange(grid.shape[0]), len(NAMES))
    fractions = {name: np.zeros(grid.shape, np.float32) for name in NAMES}
    for name, slab in zip(NAMES, slabs, strict=True):
        fractions[name][slab] = 1
    found = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        images = render(rng, fractions, grid, draw_protocol(rng))
        found.append([np.median(images[:, slab], axis=(1, 2, 3)) for slab in slabs])
    return np.array(found)


def of(medians, name, modality):
    return medians[:, NAMES.index(name), ("t1", "t1ce", "t2", "flair").index(modality)]


def test_images_are_in_units_of_white_matter(medians):
    np.testing.assert_allclose(medians[:, 0], 1, atol=0.03)


def test_tissues_have_the_order_that_every_radiologist_knows(medians):
    assert (of(medians, "grey", "t1") < 0.95).all()
    assert (of(medians, "csf", "t1") < of(medians, "grey", "t1")).all()
    assert (of(medians, "csf", "t2") > of(medians, "grey", "t2")).all()
    assert (of(medians, "grey", "t2") > 1).all()
    assert (of(medians, "csf", "flair") < 0.7).all()
    assert (of(medians, "oedema", "flair") > 1.15).mean() > 0.95


def test_contrast_agent_shows_on_t1ce_in_leaky_tissue_only(medians):
    gain = {name: np.median(of(medians, name, "t1ce") - of(medians, name, "t1")) for name in NAMES}
    assert 0.15 < gain["enhancing"] < 0.7
    assert all(abs(gain[name]) < 0.1 for name in ("white", "grey", "csf", "oedema", "solid_core"))


def test_agent_does_not_leak_alike_everywhere(grid):
    fractions = {"enhancing": np.ones(grid.shape, np.float32)}
    t1, t1ce, *_ = render(np.random.default_rng(0), fractions, grid, PROTOCOL)
    assert t1ce.std() / t1ce.mean() > 1.3 * t1.std() / t1.mean()


def test_a_magnitude_is_shown_where_the_signal_is_inverted(grid):
    """CSF before its null is negative, hence bright."""
    early = replace(PROTOCOL, sequences=(*PROTOCOL.sequences[:3], InversionRecovery(9000, 110, 800)))
    fractions = {"csf": np.ones(grid.shape, np.float32)}
    assert render(np.random.default_rng(0), fractions, grid, early)[3].min() > 0.5


def test_responses_are_what_a_small_change_does():
    sequence, tissue = SpinEcho(550, 12), TISSUES["enhancing"]

    def seen(one):
        return sequence.signal(with_agent(one, 4.0))

    base, water, t2, uptake = responses(seen, tissue)
    assert base == seen(tissue)
    assert water < 0  # wetter is darker on T1
    assert t2 > 0
    assert uptake > 0
    assert responses(sequence.signal, tissue)[3] == 0  # before contrast agent
