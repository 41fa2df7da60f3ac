from dataclasses import replace

import numpy as np
import pytest
from scipy import fft

from training.simulation.fields import Grid
from training.simulation.physics.kspace import Motion, Scan, draw_motion, moved_phase, scan, unsharp, window

GRID = Grid(4.0)
STILL = Motion(np.zeros((1, 3)))
PERFECT = Scan(
    plane=2, phase=0, slice_mm=0.0, gap=0.0, resolution_mm=(1.0, 1.0), filtered=False, noise=0.0, crosstalk=0.0
)


@pytest.fixture(scope="module")
def box():
    image = np.zeros(GRID.shape, np.float32)
    image[12:30, 15:38, 10:30] = 1
    return image


def scanned(box, motion=STILL, **changes):
    return scan(np.random.default_rng(0), box, replace(PERFECT, **changes), motion, GRID)


def test_a_perfect_scan_is_the_image(box):
    np.testing.assert_allclose(scanned(box), box, atol=1e-5)


def test_noise_has_the_said_size_and_is_positive_in_air(box):
    """A magnitude of pure complex noise has a mean of σ √(π/2): Rayleigh's."""
    seen = scanned(box, noise=0.4)
    sigma = 0.4 / GRID.spacing_mm
    assert seen[20:25, 20:30, 15:25].std() == pytest.approx(sigma, rel=0.1)
    assert seen[:8].mean() == pytest.approx(sigma * np.sqrt(np.pi / 2), rel=0.05)


def test_cutting_off_high_waves_rings_and_a_filter_calms_it(box):
    """Gibbs: an edge overshoots by about 9 %, however fine the sampling."""

    def overshoot(filtered):
        return scanned(box, resolution_mm=(4.0, 9.0), filtered=filtered)[:, 25, 20].max() - 1

    assert 0.05 < overshoot(False) < 0.15
    assert overshoot(True) < 0.03


def test_window_keeps_what_the_resolution_samples():
    waves = fft.fftfreq(100, 1.0)
    kept = window(waves, 2.0, False)
    np.testing.assert_array_equal(kept > 0, np.abs(waves) <= 0.25)
    assert window(waves, 2.0, True)[25] == pytest.approx(0, abs=1e-6)


def test_sharpening_overshoots_at_edges_and_leaves_what_is_even(box):
    plain, sharp = (scanned(box, sharpened=more)[:, 25, 20] for more in (0.0, 1.0))
    assert sharp[20] == pytest.approx(plain[20], abs=0.01)
    assert sharp.max() > 1.03
    assert sharp.min() == pytest.approx(plain.min(), abs=0.1)


def test_sharpening_makes_noise_louder_and_slices_are_sharpened_in_their_plane_only():
    waves = [fft.fftfreq(n, 1.0) for n in (8, 10, 12)]
    gain = unsharp(waves, 0.8, [0, 1])
    assert gain.shape == (8, 10, 1)
    assert gain[0, 0, 0] == 1
    assert gain.max() == pytest.approx(1.8, abs=0.01)


def test_a_head_that_lies_elsewhere_is_shifted(box):
    moved = scanned(box, Motion(np.array([[8.0, 0.0, -4.0]])))
    np.testing.assert_allclose(moved, np.roll(box, (2, -1), axis=(0, 2)), atol=1e-4)


def test_moving_between_segments_throws_ghosts_along_the_phase_axis(box):
    """Every other line from elsewhere: a faint copy, half the field of view away."""
    ghosts = scanned(box, Motion(np.array([[0.0, 0.0, 0.0], [0.0, 6.0, 0.0]]))) - box
    beside = ghosts[:, [2, -3], :]
    assert np.abs(ghosts[[0, -1], 15, 20]).max() > 0.05
    assert np.abs(ghosts[0]).max() > 5 * np.abs(beside).max()


def test_phase_has_unit_magnitude_and_is_1_at_the_middle_of_kspace():
    waves = [fft.fftfreq(n, 4.0) for n in (6, 8, 10)]
    phase = moved_phase(waves, Motion(np.array([[1.0, 2.0, 3.0]])), 0, [0, 1, 2])
    np.testing.assert_allclose(np.abs(phase), 1, rtol=1e-6)
    assert phase[0, 0, 0] == 1
    assert phase[1, 2, 3] == pytest.approx(np.exp(-2j * np.pi * (waves[0][1] + 2 * waves[1][2] + 3 * waves[2][3])))


def test_thick_slices_average_along_their_axis_only(box):
    seen = scanned(box, slice_mm=12.0)
    inside, edge = seen[20, 25, 20], seen[20, 25, 9:11]
    assert inside == pytest.approx(1, abs=0.02)
    assert edge.max() < 0.95
    np.testing.assert_allclose(seen[11:13, 25, 20], [0, 1], atol=0.02)


def test_slices_are_cut_off_in_their_plane_only():
    """A step from slice to slice rings in no slice."""
    layers = np.zeros(GRID.shape, np.float32)
    layers[:, :, 20:] = 1
    fine, coarse = (scanned(layers, slice_mm=4.0, resolution_mm=(mm, mm)) for mm in (1.0, 12.0))
    np.testing.assert_allclose(coarse, fine, atol=1e-4)


def test_every_other_slice_is_weaker(box):
    means = scanned(box, slice_mm=4.0, crosstalk=0.2)[15:28, 20:35, 12:28].mean(axis=(0, 1))
    assert means.max() - means.min() > 0.08


def test_most_lie_still_and_some_do_not():
    drawn = [draw_motion(np.random.default_rng(seed)).shifts_mm for seed in range(300)]
    restless = np.array([np.ptp(shifts, axis=0).max() > 0.3 for shifts in drawn])
    assert 0.06 < restless.mean() < 0.2
    assert all(shifts.shape[1] == 3 for shifts in drawn)
