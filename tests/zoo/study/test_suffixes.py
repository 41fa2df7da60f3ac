"""Which files are scans, by their names."""

from __future__ import annotations

import pytest

from zoo.study.suffixes import is_nifti, is_scan_file, stem_of, suffix_of

NAMES = {
    "a.nii": ("a", "nii"),
    "A.b.NII.GZ": ("A.b", "nii.gz"),
    "a.mha": ("a", "mha"),
    "a.hdr.gz": ("a", "hdr.gz"),
    "a.npy": ("a", "npy"),
    "._a.nii": ("", ""),
    ".nii": ("", ""),
    "a.nii.zip": ("", ""),
    "a.raw": ("", ""),
    "nii": ("", ""),
}


@pytest.mark.parametrize("name", NAMES)
def test_stem_and_suffix(name):
    assert (stem_of(name), suffix_of(name)) == NAMES[name]
    assert is_scan_file(name) == bool(NAMES[name][1])


def test_only_nifti_is_nifti():
    assert {name for name in NAMES if is_nifti(name)} == {"a.nii", "A.b.NII.GZ"}
