import numpy as np
import pytest

from training.simulation.simulators import SIMULATORS, simulator_of


@pytest.fixture(params=SIMULATORS)
def simulator(request):
    return request.param


@pytest.fixture
def simulate(simulator):
    return SIMULATORS[simulator].simulate


@pytest.fixture
def studies(simulator, studies_of):
    return studies_of(simulator)


@pytest.mark.parametrize("name", SIMULATORS)
def test_a_simulator_builds_the_study_that_it_names(name):
    simulator = SIMULATORS[name]
    study = simulator.simulate(5, 1, 6.0, None, None)
    assert (study.id, study.grade) == (simulator.study_id(5, 1), "HGG")
    assert simulator.version


def test_no_two_simulators_have_a_patient_of_the_same_name():
    assert len({simulator.study_id(5, 1) for simulator in SIMULATORS.values()}) == len(SIMULATORS)


@pytest.mark.parametrize("name", SIMULATORS)
def test_a_study_is_known_by_its_name_and_drawn_from_its_population(name):
    simulator = SIMULATORS[name]
    assert simulator_of(simulator.study_id(5, 1)) is simulator
    assert simulator.study_signs(5, 1).as_dict() == simulator.simulate(5, 1, 6.0).signs
    assert simulator.study_signs(5, 1).subtype in simulator.population.subtypes["HGG"]


def test_a_study_of_another_name_is_of_the_first():
    assert simulator_of("patient7") is SIMULATORS["template"]


def test_same_arguments_give_the_same_study(simulate, studies):
    again = simulate(7, 3, spacing_mm=4.0)
    np.testing.assert_array_equal(again.images, studies[3].images)
    np.testing.assert_array_equal(again.labels, studies[3].labels)
    assert again.signs == studies[3].signs


def test_seed_and_index_change_the_study(simulate, studies):
    assert (simulate(8, 3, spacing_mm=4.0).images != studies[3].images).any()
    assert len({study.images.sum() for study in studies}) == len(studies)


def test_background_is_zero_and_brain_positive_in_all_modalities(studies):
    for study in studies:
        brain = study.images > 0
        assert np.isfinite(study.images).all()
        assert (study.images >= 0).all()
        assert (brain == brain[0]).all()
        assert (study.labels[~brain[0]] == 0).all()
        assert not study.images[0][[0, -1]].any()


def test_enhancing_label_is_where_t1ce_exceeds_t1(studies):
    """Over all studies with enough of it; each volume divided by its own median first."""
    contrasts = []
    for study in studies:
        enhancing, rest = study.labels == 4, (study.labels == 1) | (study.labels == 2)
        if enhancing.sum() >= 10:
            t1, t1ce = (image / np.median(image[image > 0]) for image in study.images[:2])
            contrasts.append(np.median((t1ce - t1)[enhancing]) - np.median((t1ce - t1)[rest]))
    assert len(contrasts) >= 3
    assert np.median(contrasts) > 0.1
