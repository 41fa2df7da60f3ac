import numpy as np
import pytest

from training.simulation.physics.agent import (
    DECAYS,
    EARLIEST_MIN,
    LATEST_MIN,
    USUAL,
    Injection,
    concentration,
    draw_injection,
    relative_uptake,
)


def test_concentration_is_the_integral_of_what_flows_in_and_out():
    """dC/dt = k (C_p − C), stepped by Euler."""
    k, step, filled = 0.15, 0.001, 0.0
    for minute in np.arange(0, USUAL.delay_min, step):
        filled += step * k * (concentration(Injection(USUAL.dose, minute), np.inf) - filled)
    assert concentration(USUAL, k) == pytest.approx(filled, rel=1e-3)


def test_agent_leaves_the_blood_and_fills_leaky_tissue():
    early, late = Injection(0.1, 2.0), Injection(0.1, 12.0)
    assert concentration(early, np.inf) > concentration(late, np.inf) > 0
    assert concentration(early, 0.15) < concentration(late, 0.15)
    assert concentration(late, 0.15) < concentration(Injection(0.1, 0.0), np.inf)


def test_what_exchanges_at_once_is_as_blood():
    assert concentration(USUAL, 1000.0) == pytest.approx(concentration(USUAL, np.inf), rel=0.01)


@pytest.mark.parametrize("exchange", [0.05, 0.15, 1.0, np.inf])
def test_the_usual_injection_is_the_unit_and_dose_a_factor(exchange):
    assert relative_uptake(USUAL, exchange) == pytest.approx(1)
    assert relative_uptake(Injection(0.2, USUAL.delay_min), exchange) == pytest.approx(2)


def test_most_get_a_single_dose_and_delays_are_those_of_clinics():
    drawn = [draw_injection(np.random.default_rng(seed)) for seed in range(400)]
    doses, delays = np.array([(one.dose, one.delay_min) for one in drawn]).T
    assert 0.6 < np.mean(np.abs(doses / 0.1 - 1) < 0.25) < 0.9
    assert doses.min() < 0.06
    assert doses.max() > 0.17
    assert EARLIEST_MIN <= delays.min() < 2
    assert 12 < delays.max() <= LATEST_MIN


def test_no_exchange_is_as_fast_as_plasma_decays():
    """There the formula divides by nothing."""
    assert not {0.05, 0.15, 0.5, 1.0} & set(DECAYS)
