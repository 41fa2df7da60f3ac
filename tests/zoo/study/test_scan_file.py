"""A scan's file is read whatever its name says of compression, and refused by its suffix where that is another."""

from __future__ import annotations

import gzip
import re

import numpy as np
import pytest

from tests_support import brain_affine, brain_image
from zoo import Study, StudyError
from zoo.study.load import load_volumes

ONCE = gzip.compress
MISNAMED = {
    "a.nii.gz": ((), "isn't compressed"),
    "a.nii": ((ONCE,), "is compressed"),
    "b.nii": ((ONCE, ONCE), "is compressed twice"),
    "c.nii.gz": ((ONCE, ONCE), "is compressed twice"),
}


@pytest.mark.parametrize("name", MISNAMED)
def test_a_sound_file_of_a_wrong_name_is_read_with_a_remark(make_study, name):
    folder = make_study(("t1", "t2"))
    layers, words = MISNAMED[name]
    content = gzip.decompress((folder / "case1_t2.nii.gz").read_bytes())
    for compress in layers:
        content = compress(content)
    (folder / name).write_bytes(content)
    study = Study("a", {"t1": folder / "case1_t1.nii.gz", "t2": folder / name}, ("given",))
    volumes = load_volumes(study)
    np.testing.assert_array_equal(volumes.data[2], brain_image("t2", brain_affine()).astype(np.int16))
    assert volumes.remarks == ("given", f"T2: the file {words}, whatever its name says.")


def test_a_name_that_tells_of_two_gzips_needs_no_remark(make_study):
    path = make_study(("t2",)) / "case1_t2.nii.gz"
    path.write_bytes(ONCE(path.read_bytes()))
    volumes = load_volumes(Study("a", {"t2": path.rename(path.with_name("a.nii.gz.gz"))}))
    assert volumes.data[2].any()
    assert volumes.remarks == ()


def test_three_gzips_are_too_many(make_study):
    path = make_study() / "case1_t2.nii.gz"
    path.write_bytes(ONCE(ONCE(path.read_bytes())))
    with pytest.raises(StudyError, match="T2: not a readable NIfTI"):
        load_volumes(Study("a", {"t2": path}))


NOT_READ = {
    "a.mhd": "a .mhd file keeps its voxels in another file: save the scan as .nii.gz, .mha or .nrrd",
    "a.nhdr": "a .nhdr file keeps its voxels in another file",
    "a.npy": "a .npy file is an array without a voxel size or a place in space: save it as .nii.gz",
    "a.hdr": "half of a NIfTI pair",
    "a.img.gz": "half of a NIfTI pair",
}


@pytest.mark.parametrize("name", NOT_READ)
def test_other_formats_are_told_by_their_suffix(tmp_path, name):
    (tmp_path / name).write_bytes(b"whatever")
    with pytest.raises(StudyError, match=f"a: T1: {re.escape(NOT_READ[name])}"):
        load_volumes(Study("a", {"t1": tmp_path / name}))
