from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.model_selection import StratifiedGroupKFold

from training.cohorts import Case, CohortError
from training.cohorts.names import hospital_of
from training.data.folds import (
    assign_folds,
    cross_validation,
    leave_one_hospital_out,
    require_no_leak,
    shared_patients,
    split_cohort,
)

FIRST_IN_2018 = {
    "HGG": {
        "CBICA": 88, "TCIA02": 34, "TCIA08": 14, "TCIA06": 8, "2013": 20, "TCIA01": 20, "TCIA03": 11, "TCIA04": 9,
        "TCIA05": 6,
    },
    "LGG": {"TCIA10": 35, "TCIA09": 11, "TCIA12": 5, "TCIA13": 14, "2013": 10},
}  # fmt: skip
FIRST_IN_2019 = {"HGG": {"CBICA": 41, "TMC": 8}, "LGG": {"TMC": 1}}
FIRST_IN_2020 = {"HGG": {"": 33}, "LGG": {"": 1}}


def _case(patient, grade="HGG", hospital="h", scan=0, since=0):
    return Case(f"{patient}-{scan}", grade, patient, hospital, hospital, Path(), since=since)


def _wave(counts, since):
    return [
        _case(f"{since}_{grade}_{site}_{number}", grade, hospital_of(site), since=since)
        for grade, sites in counts.items()
        for site, count in sites.items()
        for number in range(count)
    ]


YEARS = dict(
    zip(
        (2018, 2019, 2020),
        itertools.accumulate([_wave(FIRST_IN_2018, 2018), _wave(FIRST_IN_2019, 2019), _wave(FIRST_IN_2020, 2020)]),
        strict=True,
    )
)


def _by_patient(cases, folds):
    return {case.patient: int(fold) for case, fold in zip(cases, folds, strict=True)}


def _spread(cases, folds, kind, count=5):
    """For each kind of case the difference between the folds with most and with fewest."""
    tally = Counter((kind(case), fold) for case, fold in zip(cases, folds, strict=True))
    kinds = {kind(case) for case in cases}
    return max(np.ptp([tally[name, fold] for fold in range(count)]) for name in kinds)


def test_the_made_up_years_have_the_real_numbers():
    assert [len(cases) for cases in YEARS.values()] == [285, 335, 369]
    assert [sum(case.grade == "LGG" for case in cases) for cases in YEARS.values()] == [75, 76, 77]


@pytest.mark.parametrize("seed", range(5))
def test_patients_have_the_same_fold_in_every_year(seed):
    folds = {year: _by_patient(cases, assign_folds(cases, 5, seed)) for year, cases in YEARS.items()}
    assert folds[2018].items() <= folds[2019].items() <= folds[2020].items()


def test_patients_of_unknown_year_come_last():
    before = _by_patient(YEARS[2018], assign_folds(YEARS[2018], 5, seed=1))
    cases = [_case(f"new{n}", "HGG", "CBICA") for n in range(40)] + YEARS[2018]
    assert before.items() <= _by_patient(cases, assign_folds(cases, 5, seed=1)).items()


@pytest.mark.parametrize("seed", range(5))
def test_folds_are_balanced_within_one_patient(seed):
    cases = YEARS[2018]
    folds = assign_folds(cases, 5, seed)
    assert folds.dtype == np.int64
    assert _spread(cases, folds, lambda case: (case.grade, case.hospital)) <= 1
    assert _spread(cases, folds, lambda case: case.grade) <= 1
    assert _spread(cases, folds, lambda case: "all") <= 2


@pytest.mark.parametrize("year", [2019, 2020])
def test_later_years_stay_as_balanced_as_scikit_learn_would_have_them(year):
    cases = YEARS[year]
    labels, patients = [case.grade for case in cases], [case.patient for case in cases]
    reference = np.zeros(len(cases), int)
    kfold = StratifiedGroupKFold(5, shuffle=True, random_state=0)
    for fold, (_, test) in enumerate(kfold.split(labels, labels, patients)):
        reference[test] = fold
    folds = assign_folds(cases, 5, seed=1)
    assert _spread(cases, folds, lambda case: (case.grade, case.hospital)) <= 1
    assert _spread(cases, folds, lambda case: case.grade) <= _spread(cases, reference, lambda case: case.grade) + 1


def test_folds_do_not_depend_on_the_order_of_the_cases():
    cases = YEARS[2019]
    order = np.random.default_rng(0).permutation(len(cases))
    shuffled = [cases[index] for index in order]
    assert assign_folds(shuffled, 5, seed=1).tolist() == assign_folds(cases, 5, seed=1)[order].tolist()


def test_a_patient_of_many_studies_is_one_patient():
    once = YEARS[2018]
    again = [replace(case, id=f"{case.id}-again", hospital="another", since=2023) for case in once[::3]]
    for cases in (once + again, again + once):
        folds = _by_patient(cases, assign_folds(cases, 5, seed=1))
        assert folds == _by_patient(once, assign_folds(once, 5, seed=1))
        assert [folds[case.patient] for case in cases] == assign_folds(cases, 5, seed=1).tolist()


@pytest.mark.parametrize("count", [5, 8])
def test_what_one_grade_has_too_many_the_other_makes_up_for(count):
    cases = [_case(f"{grade}{n}", grade) for grade in ("LGG", "HGG") for n in range(count + 1)]
    assert _spread(cases, assign_folds(cases, count, seed=1), lambda case: "all", count) == 1


def test_each_grade_is_balanced_though_the_other_is_not():
    hgg = [_case(f"HGG{n}", hospital="x") for n in range(20)]
    lgg = [_case(f"LGG{n}", "LGG", hospital=f"h{n}") for n in range(10)]
    folds = assign_folds(hgg + lgg, 5, seed=1, known={case.patient: 0 for case in hgg})
    assert Counter(folds[20:].tolist()) == dict.fromkeys(range(5), 2)


def test_folds_are_the_same_on_every_machine():
    cases = [_case(f"{grade}{n}", grade) for grade in ("LGG", "HGG") for n in range(6)]
    assert assign_folds(cases, 3, seed=1).tolist() == [2, 2, 0, 1, 0, 1, 0, 2, 1, 1, 2, 0]


def test_the_seed_decides():
    cases = YEARS[2018]
    assert assign_folds(cases, 5, seed=1).tolist() != assign_folds(cases, 5, seed=2).tolist()


def test_known_folds_are_kept_and_the_rest_is_balanced_around_them():
    cases = YEARS[2018]
    known = {case.patient: 4 for case in cases if case.hospital == "2013"} | {"not here": 3}
    folds = _by_patient(cases, assign_folds(cases, 5, seed=1, known=known))
    assert {folds[case.patient] for case in cases if case.hospital == "2013"} == {4}
    others = Counter(fold for patient, fold in folds.items() if patient not in known)
    assert others[4] < min(others[fold] for fold in range(4))


def test_known_folds_are_counted_before_the_others_are_dealt_out():
    earlier = [_case(f"{grade}{n}", grade, since=2018) for grade in ("LGG", "HGG") for n in range(20)]
    later = [_case(f"later{n}", since=2019) for n in range(5)]
    folds = assign_folds(earlier + later, 5, seed=1, known={case.patient: 4 for case in later})
    assert _spread(earlier + later, folds, lambda case: case.grade) == 0


def test_a_known_fold_that_is_not_there():
    known = {YEARS[2018][0].patient: 5}
    with pytest.raises(CohortError, match=r"known folds from 0 to 4, found 5 for 2018_HGG_CBICA_0; ask for as many"):
        assign_folds(YEARS[2018], 5, seed=1, known=known)


def test_too_few_patients_for_so_many_folds():
    cases = [_case(f"{grade}{n % 4}", grade, scan=n) for grade in ("LGG", "HGG") for n in range(8)]
    assert set(assign_folds(cases, 4, seed=1)) == {0, 1, 2, 3}
    with pytest.raises(
        CohortError, match="at least 5 patients of each grade for 5 folds, found 4 LGG; choose fewer folds"
    ):
        assign_folds(cases[:8] + YEARS[2018][:9], 5, seed=1)


def _assert_sound(cases, splits):
    for split in splits:
        require_no_leak(cases, split)
        sides = [split.train, split.val, split.test]
        assert len(np.unique(np.concatenate(sides))) == sum(map(len, sides))
        assert all(side.dtype == np.int64 and (np.diff(side) > 0).all() for side in sides)


def test_every_case_tests_in_one_fold():
    cases = YEARS[2019] + [replace(case, id=f"{case.id}-again") for case in YEARS[2019][::7]]
    splits = cross_validation(cases, 5, seed=1)
    _assert_sound(cases, splits)
    folds = assign_folds(cases, 5, seed=1)
    for number, split in enumerate(splits):
        assert split.name == f"fold {number + 1} of 5"
        assert split.test.tolist() == np.flatnonzero(folds == number).tolist()
        assert len(split.train) + len(split.val) + len(split.test) == len(cases)


def test_a_stratified_fifth_of_the_rest_validates():
    cases = YEARS[2018]
    for split in cross_validation(cases, 5, seed=1):
        rest = len(split.train) + len(split.val)
        assert len(split.val) == pytest.approx(rest / 5, abs=2)
        hgg = sum(cases[index].grade == "HGG" for index in split.val)
        assert hgg == pytest.approx(len(split.val) * 210 / 285, abs=1)


def test_validation_cases_differ_between_folds():
    splits = cross_validation(YEARS[2018], 5, seed=1)
    assert len({index for split in splits for index in split.val}) > 150


def test_cross_validation_keeps_known_folds():
    cases = YEARS[2018]
    splits = cross_validation(cases, 5, seed=1, known={case.patient: 2 for case in cases[:40]})
    assert set(range(40)) <= set(splits[2].test)


def test_small_cohorts_have_a_larger_validation_part():
    cases = [_case(f"{grade}{n}", grade) for grade in ("LGG", "HGG") for n in range(4)]
    splits = cross_validation(cases, 2, seed=1)
    assert [(len(split.train), len(split.val), len(split.test)) for split in splits] == [(2, 2, 4)] * 2
    with pytest.raises(CohortError, match=r"at least 2 patients .* calibration outside fold 1 of 2, found 1 "):
        cross_validation(cases[1:3] + cases[5:7], 2, seed=1)


def test_each_hospital_with_both_grades_is_left_out_and_then_all_others():
    cases = YEARS[2019]
    splits = leave_one_hospital_out(cases, seed=1)
    _assert_sound(cases, splits)
    names = ["2013", "Case Western", "Henry Ford", "TMC", "Thomas Jefferson", "other hospitals"]
    assert [split.name for split in splits] == names
    held_out = [{cases[index].hospital for index in split.test} for split in splits]
    assert held_out == [*({name} for name in names[:-1]), {"CBICA", "TCIA01", "TCIA03", "TCIA04", "TCIA05"}]
    for split in splits:
        assert len(split.train) + len(split.val) + len(split.test) == len(cases)
        assert len(split.val) == pytest.approx((len(split.train) + len(split.val)) / 5, abs=2)


def test_patients_of_unknown_hospital_are_on_no_side():
    for split in leave_one_hospital_out(YEARS[2020], seed=1):
        sides = np.concatenate([split.train, split.val, split.test])
        assert sorted(sides) == list(range(335))


def test_a_patient_seen_at_two_hospitals_is_left_out_with_one_of_them():
    moved = [replace(case, id="again", hospital="TMC") for case in YEARS[2018] if case.hospital == "2013"]
    cases = YEARS[2019] + moved
    _assert_sound(cases, leave_one_hospital_out(cases, seed=1))


def test_no_hospital_with_both_grades():
    cases = [_case(f"{grade}{n}", grade, hospital=grade) for grade in ("LGG", "HGG") for n in range(9)]
    for unsuitable in (cases, [replace(case, hospital="") for case in cases]):
        with pytest.raises(CohortError, match="a hospital with studies of both grades, found none"):
            leave_one_hospital_out(unsuitable, seed=1)


def test_nobody_is_left_to_train_outside_the_only_hospital():
    cases = [_case(f"{grade}{n}", grade) for grade in ("LGG", "HGG") for n in range(9)]
    with pytest.raises(CohortError, match="outside h, found 0 "):
        leave_one_hospital_out(cases, seed=1)


def test_one_patient_on_two_sides_is_a_leak():
    cases = YEARS[2018]
    split = cross_validation(cases, 5, seed=1)[0]
    patient = cases[split.test[0]].patient
    for side in (split.train, split.val):
        leaky = list(cases)
        leaky[side[0]] = replace(cases[side[0]], patient=patient)
        with pytest.raises(CohortError, match=f"fold 1 of 5: .* on one side only, found 1 on two: {patient};"):
            require_no_leak(leaky, split)
    with pytest.raises(CohortError, match=cases[split.train[0]].patient):
        require_no_leak(cases, replace(split, val=np.append(split.val, split.train[0])))


def test_a_patient_of_another_year_is_a_leak_too():
    of_2018, of_2019 = YEARS[2018], [replace(case, id=f"2019-{case.id}") for case in YEARS[2019]]
    split = cross_validation(of_2018, 5, seed=1)[3]
    folds = assign_folds(of_2019, 5, seed=1)
    same_fold = [case for case, fold in zip(of_2019, folds, strict=True) if fold == 3]
    require_no_leak(of_2018, split, same_fold, of_2019[285:])
    for side in (split.train, split.val):
        leak = [case for case in of_2019 if case.patient == of_2018[side[0]].patient]
        with pytest.raises(CohortError, match=f"found 1 on two: {leak[0].patient};"):
            require_no_leak(of_2018, split, same_fold, leak)


def test_shared_patients():
    one = [_case("a"), _case("b"), _case("b", scan=1)]
    assert shared_patients(one, [_case("b", scan=2), _case("c")]) == {"b"}
    assert shared_patients(one, iter(())) == set()


@pytest.mark.parametrize("parts", [8, 4])
def test_a_single_split_has_one_part_to_validate_and_one_to_test(parts):
    cases = YEARS[2019] + [replace(case, id=f"{case.id}-again") for case in YEARS[2019]]
    split = split_cohort(cases, seed=1, parts=parts)
    _assert_sound(cases, [split])
    assert len(split.train) + len(split.val) + len(split.test) == len(cases)
    for side in (split.val, split.test):
        assert len(side) == pytest.approx(len(cases) / parts, abs=6)
        assert sum(cases[index].grade == "LGG" for index in side) == pytest.approx(2 * 76 / parts, abs=2)
    assert split.test.tolist() != split_cohort(cases, seed=2, parts=parts).test.tolist()


def test_a_single_split_of_few_patients():
    cases = [_case(f"{grade}{n}", grade) for grade in ("LGG", "HGG") for n in range(3)]
    split = split_cohort(cases, seed=0)
    assert [len(side) for side in (split.train, split.val, split.test)] == [2, 2, 2]
    with pytest.raises(CohortError, match=r"at least 3 patients of each grade .*, found 2 HGG"):
        split_cohort([*cases[:5], replace(cases[4], id="again")], seed=0)
