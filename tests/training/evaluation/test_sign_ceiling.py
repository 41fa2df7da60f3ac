"""The drawn signs as a grader: better together than alone, and never told the answer."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from training.cohorts import Case, CohortError
from training.evaluation.sign_ceiling import ANSWERS, sign_ceiling
from training.simulation.signs import Signs
from training.simulation.simulators import SIMULATORS
from training.simulation.study import grade_of, study_id, study_signs

CASES = 800


@pytest.fixture(scope="module")
def held_out(tmp_path_factory) -> list[Case]:
    """Cases of seed 5 whose folders hold an empty image and the signs."""
    root = tmp_path_factory.mktemp("signs")
    return [_written(root, study_signs(5, i), i) for i in range(CASES)]


def _written(root, signs: Signs, index: int, named: Callable[[int, int], str] = study_id) -> Case:
    name = named(5, index)
    folder = root / name
    folder.mkdir(parents=True)
    (folder / f"{name}_t1.nii.gz").touch()
    (folder / f"{name}_signs.json").write_text(json.dumps(signs.as_dict()))
    return Case(name, grade_of(index), name, "simulated", "simulated", folder)


@pytest.fixture(scope="module")
def found(held_out):
    return sign_ceiling(held_out)


def test_all_signs_together_exceed_each_alone(found):
    ceiling = found["ceiling"]
    assert 0.94 < ceiling["auc"] < 0.985
    assert ceiling["low"] < ceiling["auc"] < ceiling["high"] < 1
    assert max(found["signs"].values()) < ceiling["auc"] - 0.05


def test_the_ideal_observer_needs_no_examples(found):
    assert found["ceiling"]["auc"] - 0.005 < found["ideal"] < 0.985


def test_signs_are_ordered_and_none_is_the_answer(found):
    alone = found["signs"]
    assert next(iter(alone)) == "enhancement"
    assert list(alone.values()) == sorted(alone.values(), reverse=True)
    assert set(alone) == set(study_signs(5, 0).as_dict()) - set(ANSWERS)


def test_a_sign_that_is_drawn_alike_in_both_grades_tells_nothing(found):
    assert abs(found["signs"]["mass_effect"] - 0.5) < 0.08


def test_values_are_plain_json_and_the_same_again(found, held_out):
    assert json.loads(json.dumps(found)) == found
    assert found["cases"] == CASES
    assert sign_ceiling(held_out) == found


def test_it_judges_by_the_signs_in_the_files(held_out, tmp_path):
    """Signs of the other grade in the folders turn the answer round."""
    swapped = [_written(tmp_path, study_signs(5, i, grade_of(i + 1)), i) for i in range(200)]
    assert sign_ceiling(swapped, drawn=1000)["ceiling"]["auc"] < 0.1


def test_the_other_simulators_patients_are_judged_by_their_own_rates(found, tmp_path):
    simulator = SIMULATORS["physics"]
    cases = [_written(tmp_path, simulator.study_signs(5, i), i, simulator.study_id) for i in range(CASES)]
    theirs = sign_ceiling(cases)
    judged_as_the_first = [_written(tmp_path / "renamed", simulator.study_signs(5, i), i) for i in range(CASES)]
    assert sign_ceiling(judged_as_the_first, drawn=200)["ideal"] + 0.01 < theirs["ideal"] < found["ideal"] - 0.01
    assert theirs["ceiling"]["auc"] == pytest.approx(theirs["ideal"], abs=0.015)


def test_a_cohort_without_signs_is_refused(tmp_path):
    (tmp_path / "a_t1.nii.gz").touch()
    with pytest.raises(CohortError, match="a: expected its drawn signs"):
        sign_ceiling([Case("a", "HGG", "a", "", "", tmp_path)])


def test_one_grade_is_refused(held_out):
    with pytest.raises(CohortError, match="of both grades, found 3 of one"):
        sign_ceiling(held_out[:6:2])
