import pytest

from training.simulation.families import FAMILIES


@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_builds_the_study_that_it_names(name):
    family = FAMILIES[name]
    study = family.simulate(5, 1, 6.0, None, None)
    assert (study.id, study.grade) == (family.study_id(5, 1), "HGG")
    assert family.version


def test_no_two_families_have_a_patient_of_the_same_name():
    assert len({family.study_id(5, 1) for family in FAMILIES.values()}) == len(FAMILIES)
