"""A copy for the viewer is there once it is whole."""

from __future__ import annotations

import nibabel as nib
import numpy as np
import pytest

from tests_support import brain_affine, make_volumes
from zoo.compute.copies import copies, write_copies


def test_there_is_one_of_each_modality(tmp_path):
    volumes = make_volumes(brain_affine(), modalities=("t1ce", "flair"))
    assert list(write_copies(tmp_path, volumes)) == ["t1ce", "flair"]
    found = copies(tmp_path)
    assert list(found) == ["t1ce", "flair"]
    np.testing.assert_allclose(nib.load(found["flair"]).get_fdata(), volumes.data[3], atol=0.01)


def test_half_a_copy_is_none(volumes, tmp_path, monkeypatch):
    def fail(path, data, affine):
        path.write_bytes(b"half")
        raise OSError("disk full")

    monkeypatch.setattr("zoo.compute.copies.save_nifti", fail)
    with pytest.raises(OSError, match="disk full"):
        list(write_copies(tmp_path, volumes))
    assert not copies(tmp_path)


def test_who_stops_half_way_leaves_none(volumes, tmp_path):
    """A study with one scan of four would else be shown as if it had no more."""
    writing = write_copies(tmp_path, volumes)
    assert next(writing) == "t1"
    writing.close()
    assert not copies(tmp_path)
    assert list(write_copies(tmp_path, volumes)) == list(copies(tmp_path)) == ["t1", "t1ce", "t2", "flair"]
