import numpy as np
import pytest

from training.simulation.physics.agent import Injection
from training.simulation.physics.regions import CORE_TISSUES
from training.simulation.physics.tissues import (
    R1,
    TISSUES,
    Tissue,
    draw_relaxivity,
    draw_tissues,
    with_agent,
    with_water,
)


def test_every_lesion_tissue_is_known():
    assert {*CORE_TISSUES, "solid_core", "oedema", "white", "grey", "csf"} <= set(TISSUES)


def test_contrast_agent_adds_to_both_rates():
    """1 mmol/L at 5 L/(mmol·s) adds 5 per second: T1 of 1 s becomes 1/6 s."""
    after = with_agent(Tissue(1000, 100, 1.0, uptake=1.0), 5.0)
    assert after.t1_ms == pytest.approx(1000 / 6)
    assert after.t2_ms == pytest.approx(1000 / (10 + 6.5))
    assert with_agent(Tissue(1000, 100, 1.0), 5.0) == Tissue(1000, 100, 1.0)


def test_water_lengthens_both_times():
    wet = with_water(TISSUES["white"], 0.2)
    assert wet.t1_ms == pytest.approx(TISSUES["white"].t1_ms * np.exp(0.2))
    assert wet.t2_ms > TISSUES["white"].t2_ms
    assert wet.density > TISSUES["white"].density


def test_tissue_relaxes_faster_at_the_lower_field_but_water_does_not():
    low, high = ([draw_tissues(np.random.default_rng(seed), tesla) for seed in range(30)] for tesla in (1.5, 3.0))

    def ratio(name):
        return np.mean([one[name].t1_ms for one in low]) / np.mean([one[name].t1_ms for one in high])

    assert ratio("white") == pytest.approx(0.77, abs=0.01)
    assert ratio("csf") == pytest.approx(1.0, abs=0.01)


def test_patients_differ_and_the_dose_is_common_to_all_tissues():
    drawn = [draw_tissues(np.random.default_rng(seed), 3.0) for seed in range(300)]
    uptake = np.log([[one["enhancing"].uptake, one["vessel"].uptake] for one in drawn])
    assert 0.2 < np.corrcoef(uptake.T)[0, 1] < 0.8
    assert np.std([one["white"].t1_ms for one in drawn]) / 838 == pytest.approx(0.04, abs=0.01)
    assert all(one["white"].uptake == 0 for one in drawn)


def test_a_late_scan_shows_less_blood_and_more_leaked_agent():
    early, late = (draw_tissues(np.random.default_rng(0), 3.0, Injection(0.1, minutes)) for minutes in (2.0, 12.0))
    assert early["vessel"].uptake > late["vessel"].uptake
    assert early["enhancing"].uptake < late["enhancing"].uptake


def test_half_the_dose_is_half_of_what_every_tissue_takes_up():
    whole, half = (draw_tissues(np.random.default_rng(0), 3.0, Injection(dose, 5.0)) for dose in (0.1, 0.05))
    for name in TISSUES:
        assert half[name].uptake == pytest.approx(whole[name].uptake / 2)
        assert half[name].t1_ms == whole[name].t1_ms


def test_uptake_of_enhancing_tumour_differs_most_between_patients():
    drawn = [draw_tissues(np.random.default_rng(seed), 3.0) for seed in range(200)]
    spread = {name: np.std(np.log([one[name].uptake for one in drawn])) for name in ("enhancing", "dura", "vessel")}
    assert spread["enhancing"] > 1.1 * max(spread["dura"], spread["vessel"])


@pytest.mark.parametrize(("tesla", "column"), [(1.5, 0), (3.0, 1)])
def test_relaxivity_is_that_of_an_agent_at_this_field(tesla, column):
    drawn = {draw_relaxivity(np.random.default_rng(seed), tesla) for seed in range(40)}
    assert drawn == set(R1[:, column])
