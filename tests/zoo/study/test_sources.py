"""What users give, as files."""

from __future__ import annotations

import pytest

from zoo.study.sources import files_of, is_nifti


def test_folders_files_and_lists(tmp_path):
    paths = [tmp_path / "a", tmp_path / "b"]
    for path in paths:
        path.touch()
    assert files_of(tmp_path) == files_of(str(tmp_path)) == files_of(map(str, paths)) == paths
    assert files_of(paths[0]) == paths[:1]
    assert files_of({"t1": paths[0]}) == []


@pytest.mark.parametrize(
    ("name", "told"), [("a.nii", True), ("A.NII.GZ", True), ("._a.nii", False), ("a.nii.zip", False), (".nii", False)]
)
def test_nifti_is_told_by_the_name(name, told):
    assert is_nifti(name) == told
