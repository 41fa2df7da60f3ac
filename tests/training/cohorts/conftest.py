from __future__ import annotations

import pytest

SUFFIXES = ("_t1", "_t1ce", "_t2", "_flair", "_seg")


@pytest.fixture
def add_study(tmp_path):
    """Makes a study's folder of empty files, like add_study("HGG/Brats18_2013_10_1")."""

    def add(place, suffixes=SUFFIXES, ending=".nii.gz"):
        folder = tmp_path / place
        folder.mkdir(parents=True)
        for suffix in suffixes:
            (folder / f"{folder.name}{suffix}{ending}").touch()
        return folder

    return add


@pytest.fixture
def write(tmp_path):
    """Writes a file of lines, like write("labels.csv", "case,grade", "a,HGG")."""

    def to_file(name, *lines):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines), encoding="utf-8")
        return path

    return to_file
