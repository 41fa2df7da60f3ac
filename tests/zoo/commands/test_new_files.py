"""Places of files are checked before anything is computed, and nothing is overwritten."""

from __future__ import annotations

import pytest
import typer

from zoo import StudyError
from zoo.commands.new_files import NIFTI, expect_new_file, expect_place, file_in


@pytest.mark.parametrize("name", ["mask.nii", "mask.nii.gz"])
def test_a_new_file_may_be_written(tmp_path, name):
    expect_new_file(tmp_path / name, NIFTI, "--out")
    expect_place(tmp_path / name, 1, "--out")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("mask.png", r"expected a name that ends in \.nii\.gz, found mask\.png"),
        ("there.nii.gz", "is there already: give another name"),
        ("gone/mask.nii.gz", "can't be written: give a file in a folder"),
    ],
)
def test_other_places_are_told(tmp_path, name, told):
    (tmp_path / "there.nii.gz").touch()
    with pytest.raises(typer.BadParameter, match=told):
        expect_new_file(tmp_path / name, NIFTI, "--out")


def test_several_studies_need_a_folder(tmp_path):
    expect_place(tmp_path, 3, "--out")
    expect_place(None, 3, "--out")
    with pytest.raises(typer.BadParameter, match="expected a folder for 3 studies"):
        expect_place(tmp_path / "mask.nii.gz", 3, "--out")


def test_files_in_a_folder_are_named_by_their_study(tmp_path):
    assert file_in(tmp_path, "p7/2020: a", "seg.nii.gz") == tmp_path / "p7-2020-a_seg.nii.gz"
    assert file_in(tmp_path / "mask.nii", "p7", "seg.nii.gz") == tmp_path / "mask.nii"


def test_a_file_that_is_there_is_told(tmp_path):
    (tmp_path / "p7_seg.nii.gz").touch()
    with pytest.raises(StudyError, match=r"^p7: .*p7_seg\.nii\.gz is there already; remove it, or give another folder"):
        file_in(tmp_path, "p7", "seg.nii.gz")
