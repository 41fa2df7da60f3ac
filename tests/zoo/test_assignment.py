"""Uploaded files find their modality by name, or the user is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from zoo import StudyError
from zoo.assignment import candidates, complaints, settle, unambiguous

T1, T1CE, T1GD, FLAIR, ODD = (Path(f"x_{word}.nii.gz") for word in ("t1", "t1ce", "t1gd", "flair", "brain"))


def test_clear_names_are_assigned_without_question(registry):
    files = [FLAIR, T1CE, T1]
    found = candidates(registry, files)
    chosen = unambiguous(found)
    assert chosen == {"t1": T1, "t1ce": T1CE, "flair": FLAIR}
    assert complaints(files, found, chosen) == []
    assert settle(registry, files, chosen) == chosen


def test_two_candidates_are_never_guessed_between(registry):
    files = [T1CE, T1GD, FLAIR]
    found = candidates(registry, files)
    chosen = unambiguous(found)
    assert chosen == {"flair": FLAIR}
    (question,) = complaints(files, found, chosen)
    assert question == "T1ce: 2 files could be it: x_t1ce.nii.gz, x_t1gd.nii.gz. Choose one."
    with pytest.raises(StudyError, match="More than one file could be T1ce"):
        settle(registry, files, chosen)
    assert settle(registry, files, chosen | {"t1ce": T1GD})["t1ce"] == T1GD


def test_unknown_names_are_asked_about_until_assigned(registry):
    files = [FLAIR, ODD]
    found = candidates(registry, files)
    (question,) = complaints(files, found, unambiguous(found))
    assert "x_brain.nii.gz" in question
    assert complaints(files, found, {"flair": FLAIR, "t1": ODD}) == []


@pytest.mark.parametrize(
    ("files", "chosen", "words"),
    [
        ([], {}, "No scans yet"),
        ([ODD], {}, "No file is assigned"),
        ([T1], {"t1": T1, "t2": T1}, "assigned to two modalities"),
    ],
)
def test_unusable_assignments(registry, files, chosen, words):
    with pytest.raises(StudyError, match=words):
        settle(registry, files, chosen)
