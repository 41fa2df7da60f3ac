"""Uploaded files find their modality by name, or the user is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from zoo import StudyError
from zoo.page.upload.assignment import candidates, complaints, remarks_on, settle, unambiguous

T1, T1CE, T1GD, FLAIR, ODD = (Path(f"x_{word}.nii.gz") for word in ("t1", "t1ce", "t1gd", "flair", "brain"))


def test_clear_names_are_assigned_without_question(registry):
    files = [FLAIR, T1CE, T1]
    found = candidates(registry, files)
    chosen = unambiguous(registry, found)
    assert chosen == {"t1": T1, "t1ce": T1CE, "flair": FLAIR}
    assert complaints(files, found, chosen) == []
    assert settle(registry, files, {"t1": None}) == chosen


def test_the_table_wins_over_the_names(registry):
    assert settle(registry, [T1, ODD], {"t1": ODD.name, "t2": None}) == {"t1": ODD}


def test_a_table_of_an_earlier_upload_is_not_believed(registry):
    assert settle(registry, [T1, FLAIR], {"t1": "old.nii.gz", "t2": "gone.nii.gz"}) == {"t1": T1, "flair": FLAIR}


def test_a_name_typed_into_the_table_is_refused(registry):
    with pytest.raises(StudyError, match="Not among the scans of this study: typed"):
        settle(registry, [T1, FLAIR], {"t1": FLAIR.name, "t2": "typed"})


def test_two_candidates_are_never_guessed_between(registry):
    files = [T1CE, T1GD, FLAIR]
    found = candidates(registry, files)
    chosen = unambiguous(registry, found)
    assert chosen == {"flair": FLAIR}
    (question,) = complaints(files, found, chosen)
    assert question == "T1ce: 2 files could be it: x_t1ce.nii.gz, x_t1gd.nii.gz. Choose one."
    with pytest.raises(StudyError, match="More than one file could be T1ce"):
        settle(registry, files, {"flair": FLAIR.name})
    assert settle(registry, files, {"t1ce": T1GD.name})["t1ce"] == T1GD


def test_the_stripped_one_of_two_is_taken_and_that_is_said(registry):
    files = [T1, T1.with_name("x_t1_bet.nii.gz"), FLAIR]
    chosen = settle(registry, files, {})
    assert chosen == {"t1": files[1], "flair": FLAIR}
    assert remarks_on(registry, files, chosen) == ("T1 is x_t1_bet.nii.gz, whose skull is off; not used: x_t1.nii.gz.",)


def test_what_the_table_leaves_out_is_named(registry):
    files = [T1, FLAIR, ODD]
    assert remarks_on(registry, files, {"t1": ODD}) == ("Not used: x_t1.nii.gz, x_flair.nii.gz.",)
    assert remarks_on(registry, files[:2], {"t1": T1, "flair": FLAIR}) == ()


def test_unknown_names_are_asked_about_until_assigned(registry):
    files = [FLAIR, ODD]
    found = candidates(registry, files)
    (question,) = complaints(files, found, unambiguous(registry, found))
    assert "x_brain.nii.gz" in question
    assert complaints(files, found, {"flair": FLAIR, "t1": ODD}) == []


@pytest.mark.parametrize(
    ("files", "table", "words"),
    [
        ([], {}, "No scans yet"),
        ([ODD], {}, "No file is assigned"),
        ([T1], {"t1": T1.name, "t2": T1.name}, "assigned to two modalities"),
        ([T1, Path("elsewhere") / T1.name], {}, "same name"),
    ],
)
def test_unusable_assignments(registry, files, table, words):
    with pytest.raises(StudyError, match=words):
        settle(registry, files, table)
