"""What is in memory is graded from there; what left it, or was lost with its process, is found on disk."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

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


def test_a_study_is_checked_once_when_it_is_wanted(studies, opened, volumes, folders):
    studies.add(folders[0], volumes)
    assert not opened
    assert studies.open(folders[0]) is studies.open(folders[0]) is volumes
    assert len(opened) == 1


def test_one_that_left_memory_is_found_on_disk(studies, volumes, folders):
    for folder in folders:
        studies.add(folder, replace(volumes, id=folder.name))
    again = studies.open(folders[0])
    assert again.id == "study-0"
    np.testing.assert_array_equal(again.data, volumes.data)


def test_a_new_process_goes_on(studies, volumes, folders):
    studies.add(folders[0], volumes)
    np.testing.assert_array_equal(Studies(lambda volumes: volumes).open(folders[0]).data, volumes.data)


def test_the_one_looked_at_last_stays(studies, volumes, folders):
    studies.add(folders[0], volumes)
    studies.add(folders[1], replace(volumes))
    studies.volumes(folders[0])
    studies.add(folders[2], replace(volumes))
    assert studies.volumes(folders[0]) is volumes


def test_another_study_of_the_same_session_takes_its_place(studies, volumes, folders):
    studies.add(folders[0], volumes)
    studies.open(folders[0])
    other = replace(volumes, id="other")
    studies.add(folders[0], other)
    assert studies.open(folders[0]) is other
