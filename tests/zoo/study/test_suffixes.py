"""Which files hold scans, by their names."""

from __future__ import annotations

import pytest

from zoo.study.suffixes import is_scan_file, split_suffix, why_not_read

NAMES = {
    "a.nii": ("a.nii", "", True),
    "a.nii.gz": ("a.nii.gz", "", True),
    "a.b.mha": ("a.b", "mha", True),
    "A.NRRD": ("A", "nrrd", True),
    "a.hdr.gz": ("a", "hdr.gz", True),
    "a.npy": ("a", "npy", True),
    "._a.mha": ("._a.mha", "", False),
    ".mha": (".mha", "", False),
    "a.raw": ("a.raw", "", False),
    "mha": ("mha", "", False),
}


@pytest.mark.parametrize("name", NAMES)
def test_what_a_name_tells(name):
    assert (*split_suffix(name), is_scan_file(name)) == NAMES[name]


def test_what_is_not_read_has_its_reason():
    refused = {name: why_not_read(name) for name in NAMES if why_not_read(name)}
    assert refused.keys() == {"a.hdr.gz", "a.npy"}
    assert refused["a.npy"].startswith("a .npy file is an array without a voxel size")
