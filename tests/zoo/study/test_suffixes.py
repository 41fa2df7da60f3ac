"""Which files are scans, by their names."""

from __future__ import annotations

import pytest

from zoo.study.suffixes import is_image, is_scan_file, stem_of

STEMS = {
    "a.nii": "a",
    "A.b.NII.GZ": "A.b",
    "a (1).nii.gz": "a",
    "a.nii(2).gz": "a",
    "a - Copy.nii": "a",
    "a copy.nii.gz": "a",
    "a.nii.gz.gz": "a",
    "._a.nii": "",
    ".nii": "",
    "a.nii.zip": "",
    "a.json": "",
}


@pytest.mark.parametrize("name", STEMS)
def test_the_name_without_suffix_and_copys_number(name):
    assert stem_of(name) == STEMS[name]
    assert is_scan_file(name) == bool(STEMS[name])


@pytest.mark.parametrize("name", ["a.nii", "a.mgz", "a.IMG", "IM0001", "1.2.840.1", "a.dcm", "a.zip"])
def test_images_are_told_from_notes(name):
    assert is_image(name)


@pytest.mark.parametrize("name", ["a.json", "notes.txt", "README", "a.png", "DICOMDIR", ".DS_Store", "._a.nii"])
def test_notes_are_no_images(name):
    assert not is_image(name)
