"""What is said of many patients' way from the scanner to a grade."""

from __future__ import annotations

import pytest

from training.scanner.figures import to_markdown

RIGHT = {"information": 0.8, "in_brain": 0.3, "mirrored_gain": -0.1, "inconsistency_mm": 0.2, "moved_mm": 9.0}


def _patient(
    index,
    *,
    error_mm=0.2,
    refused="",
    wrong=("mirrored", "they are mirrored", 60.0),
    lost=0.0,
    p=(0.4, 0.4, 0.5),
    edge=True,
):
    kind, doubt, off = wrong
    facts = {
        "id": f"Sim-{index}",
        "grade": ("LGG", "HGG")[index % 2],
        "refused": refused,
        "wrong": {"kind": kind, "doubt": doubt, "error_mm": off, "information": 0.5, "in_brain": 0.1},
    }
    if refused:
        return facts | {"p_hgg": {"simulated": {"guided": p[0]}}}
    brain = {"dice": 0.98, "brain_lost": 2 * lost, "lesion_lost": lost, "at_border": edge}
    return facts | {
        "series": {name: RIGHT | {"error_mm": error_mm} for name in ("t1", "t2", "flair")},
        "brain": dict.fromkeys(("t1", "t1ce", "t2", "flair"), brain),
        "p_hgg": {way: {"guided": one} for way, one in zip(("simulated", "known", "prepared"), p, strict=True)},
    }


def _row(patients, start):
    (line,) = [line for line in to_markdown(patients).splitlines() if line.startswith(f"| {start}")]
    return [cell.strip() for cell in line.split("|")[2:-1]]


def test_a_series_far_off_that_nobody_doubted_is_counted():
    patients = [_patient(0), _patient(1), _patient(2, error_mm=3.0)]
    assert _row(patients, "series laid on T1ce") == ["9"]
    assert _row(patients, "… least they share") == ["1.10"]
    assert _row(patients, "… most they share") == ["0.60"]
    assert _row(patients, "… error") == ["0.20, 3.00, 3.00"]
    assert _row(patients, "… more than 2 mm off, unnoticed") == ["3"]


def test_who_is_refused_has_no_series_that_count():
    patients = [_patient(0), _patient(1, refused="T2: could not be laid on T1ce")]
    assert _row(patients, "patients") == ["2, 1"]
    assert _row(patients, "series laid on T1ce") == ["3"]


def test_wrong_series_are_counted_by_kind():
    stranger = ("another patient", "too little in common", None)
    patients = [_patient(0), _patient(1, wrong=("mirrored", "", 60.0)), _patient(2, wrong=stranger)]
    assert _row(patients, "series mirrored: refused") == ["1 of 2"]
    assert _row(patients, "series of another patient: refused") == ["1 of 1"]


def test_a_series_that_is_laid_right_though_its_header_is_wrong_is_no_failure():
    patients = [_patient(0, wrong=("upside down", "", 0.3)), _patient(1, wrong=("upside down", "doubted", 70.0))]
    assert _row(patients, "series upside down: refused") == ["1 of 2, 1 laid right all the same"]


def test_another_patients_head_is_never_right():
    assert _row([_patient(0, wrong=("another patient", "", None))], "series of another") == ["0 of 1"]


def test_lost_lesions_are_counted_and_those_at_the_surface_apart():
    patients = [_patient(0, lost=0.02), _patient(1, lost=0.0, edge=False)]
    assert _row(patients, "brain on FLAIR") == ["0.980, 0.980; 4.0%"]
    assert _row(patients, "lesions: at most") == ["1 of 2 (worst 2.0%)"]
    assert _row(patients, "lesions at the brain's surface") == ["0 of 1 (worst 2.0%)"]


def test_models_are_compared_on_what_they_graded_each_way():
    answers = [(0.2, 0.1, 0.1), (0.8, 0.75, 0.9), (0.3, 0.71, 0.95), (0.7, 0.7, 0.8)]
    graded = [_patient(index, p=p) for index, p in enumerate(answers)]
    auc = _row([*graded, _patient(4, p=("refused", 0.1, 0.1))], "`guided`")
    assert auc[:3] == ["1.000", "0.750", "0.500"]
    assert auc[3].startswith("0.250 [")
    assert auc[4].startswith("0.250 [")
    assert auc[5:] == ["0.100, 0.650", "4 of 5"]


def test_one_grade_alone_has_no_auc():
    assert _row([_patient(0)], "`guided`")[:5] == ["–"] * 5


@pytest.mark.parametrize("patients", [[], [_patient(0, refused="no")]])
def test_nothing_prepared_is_a_table_too(patients):
    assert "| patients, of these refused |" in to_markdown(patients)
