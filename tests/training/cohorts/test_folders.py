from __future__ import annotations

import pytest

from training.cohorts.folders import case_folders, find_masks, levels, nifti_files


def test_single_subfolders_are_unwrapped_down_to_the_studies(tmp_path, add_study):
    add_study("wrapped/MICCAI_BraTS_2018_Data_Training/HGG/a")
    (tmp_path / "__MACOSX").mkdir()
    (tmp_path / ".cache").mkdir()
    home = tmp_path / "wrapped" / "MICCAI_BraTS_2018_Data_Training"
    assert levels(tmp_path) == [tmp_path, home.parent, home]
    assert levels(home / "HGG") == [home / "HGG"]


def test_two_subfolders_are_not_unwrapped(tmp_path, add_study):
    add_study("training/a")
    add_study("validation/b")
    assert levels(tmp_path) == [tmp_path]


def test_the_folder_above_tells_the_grade(tmp_path, add_study):
    hgg, lgg, plain = add_study("HGG/a"), add_study("lgg/b"), add_study("c")
    assert case_folders(tmp_path) == [(hgg, "HGG"), (lgg, "LGG"), (plain, "")]


@pytest.mark.parametrize("name", ["a_seg.nii.gz", "a-seg.nii.gz", "a_SEG.NII", "W39_1998.09.19_Segm.nii"])
def test_the_mask_is_found(tmp_path, name):
    for other in ("a_t1.nii.gz", "._a_seg.nii.gz", "a_seg.json", name):
        (tmp_path / other).touch()
    assert find_masks(tmp_path) == [tmp_path / name]
    assert nifti_files(tmp_path) == sorted([tmp_path / "a_t1.nii.gz", tmp_path / name])


def test_there_may_be_no_mask_and_no_folder(tmp_path, add_study):
    assert find_masks(add_study("a", suffixes=["_t1", "_flair"])) == []
    assert nifti_files(tmp_path / "nowhere") == []


def test_of_a_brains_mask_and_a_tumours_the_latter_is_taken(add_study):
    suffixes = ["_T1", "_brain_segmentation", "_brain_parenchyma_segmentation", "_tumor_segmentation"]
    assert [path.name for path in find_masks(add_study("U", suffixes=suffixes))] == ["U_tumor_segmentation.nii.gz"]


def test_a_study_may_lie_in_folders_below(tmp_path, add_study):
    scans = [add_study(f"EGD-1/{name}/NIFTI", [""]) / "NIFTI.nii.gz" for name in ("1_T1", "2_T1GD")]
    kaggle = add_study("x_t1.nii", ["_seg"], ".nii")
    assert nifti_files(tmp_path / "EGD-1") == scans
    assert case_folders(tmp_path) == [(tmp_path / "EGD-1", "")]
    assert nifti_files(tmp_path) == find_masks(tmp_path) == [kaggle / "x_t1.nii_seg.nii"]
