import pytest

from training.simulation.simulators import SIMULATORS


@pytest.mark.parametrize("name", SIMULATORS)
def test_a_simulator_builds_the_study_that_it_names(name):
    simulator = SIMULATORS[name]
    study = simulator.simulate(5, 1, 6.0, None, None)
    assert (study.id, study.grade) == (simulator.study_id(5, 1), "HGG")
    assert simulator.version


def test_no_two_simulators_have_a_patient_of_the_same_name():
    assert len({simulator.study_id(5, 1) for simulator in SIMULATORS.values()}) == len(SIMULATORS)
