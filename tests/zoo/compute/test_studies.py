"""What is in memory is graded from there; what leaves it, or is lost with its process, is found on disk."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from zoo import StudyError
from zoo.compute.copies import copies, write_copies
from zoo.compute.studies import MOST, Studies


@pytest.fixture
def folders(tmp_path):
    made = [tmp_path / f"study-{index}" for index in range(MOST + 1)]
    for folder in made:
        folder.mkdir()
    return made


@pytest.fixture
def opened():
    return []


@pytest.fixture
def studies(opened):
    return Studies(lambda volumes: opened.append(volumes) or volumes)


def test_a_study_is_in_memory_and_checked_once_when_it_is_wanted(studies, opened, volumes, folders):
    studies.keep(folders[0], volumes)
    assert not opened
    assert studies.open(folders[0]) is studies.open(folders[0]) is volumes
    assert len(opened) == 1
    assert not list(folders[0].iterdir()), "nothing is written for a grade"


def test_the_oldest_leaves_and_is_found_in_its_copies(studies, opened, volumes, folders):
    for folder in folders:
        studies.keep(folder, replace(volumes, id=folder.name))
    assert [bool(copies(folder)) for folder in folders] == [True, *[False] * MOST]
    again = studies.open(folders[0])
    assert again.id == "study-0"
    np.testing.assert_allclose(again.data, volumes.data, atol=volumes.data.max() / 60000)


def test_the_one_looked_at_last_stays(studies, volumes, folders):
    for folder in folders[:MOST]:
        studies.keep(folder, volumes)
    studies.volumes(folders[0])
    studies.keep(folders[MOST], volumes)
    assert not copies(folders[0])
    assert copies(folders[1])


def test_a_session_that_is_closed_leaves_nothing(studies, volumes, folders):
    folders[0].rmdir()
    for folder in folders:
        studies.keep(folder, volumes)
    assert not folders[0].exists()


def test_what_is_neither_in_memory_nor_copied_is_asked_for_again(studies, folders):
    with pytest.raises(StudyError, match="give its files again"):
        studies.open(folders[0])


def test_another_study_of_the_same_session_takes_its_place(studies, volumes, folders):
    studies.keep(folders[0], volumes)
    studies.open(folders[0])
    other = replace(volumes, id="other")
    studies.keep(folders[0], other)
    assert studies.open(folders[0]) is other


def test_a_copy_is_there_once_it_is_whole(volumes, folders, monkeypatch):
    def fail(path, data, affine):
        path.write_bytes(b"half")
        raise OSError("disk full")

    monkeypatch.setattr("zoo.compute.copies.save_nifti", fail)
    with pytest.raises(OSError, match="disk full"):
        list(write_copies(folders[0], volumes))
    assert not copies(folders[0])
