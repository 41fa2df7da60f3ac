"""Series of one exam are one study, wherever they lie, and never with those of another."""

from __future__ import annotations

from pathlib import Path

import pytest

from zoo.plugins.dicom.exam_folders import studies_of

TREES = {
    "an exam a folder": ({"a/s1": 0, "a/s2": 0, "b/s1": 1}, {"a": "a", "b/s1": "b/s1"}),
    "a level deeper": ({"a/x/s1": 0, "a/x/s2": 0, "a/y/s1": 1}, {"a/x": "a/x", "a/y/s1": "a/y/s1"}),
    "series side by side": ({"s1": 0, "s2": 0, "s3": 1}, {"s1": None, "s3": "s3"}),
    "a loose file above": ({"": 0, "a/s1": 0, "b/s1": 1}, {"a/s1": None, "b/s1": "b/s1"}),
    "one that tells nothing": ({"a/s1": 0, "b/s1": 1, "ct": None}, {"a/s1": "a/s1", "b/s1": "b/s1"}),
    "one exam": ({"s1": 0, "s2": None}, {"": ""}),
    "none that tells": ({"s1": None}, {"s1": "s1"}),
}


@pytest.mark.parametrize("kind", TREES)
def test_a_folder_stands_for_the_exam_that_has_it_alone(kind):
    exams, expected = TREES[kind]
    root = Path("/in")
    folders = {root / name: [root / name / "IM0001"] for name in exams}
    found = studies_of(folders, list(exams.values()))
    assert {study.place: study.folder for study in found} == {
        root / place: None if folder is None else root / folder for place, folder in expected.items()
    }
    files = [path for study in found for path in study.files]
    assert len(set(files)) == len(files)
