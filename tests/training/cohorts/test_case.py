from __future__ import annotations

from dataclasses import replace

from training.cohorts import Case


def test_files_of_a_folder_are_its_images_and_the_mask_wherever_it_lies(tmp_path, add_study):
    folder = add_study("b", suffixes=["_t1", "_flair"])
    (folder / "signs.json").touch()
    mask = tmp_path / "a_seg.nii.gz"
    case = Case("b", "HGG", "p", "", "", folder, mask)
    assert case.files == [mask, folder / "b_flair.nii.gz", folder / "b_t1.nii.gz"]


def test_a_mask_among_the_images_is_one_file(add_study):
    folder = add_study("a")
    assert len(Case("a", "HGG", "p", "", "", folder, folder / "a_seg.nii.gz").files) == 5


def test_the_target_is_the_probability_where_it_is_known_and_else_the_grade(tmp_path):
    case = Case("a", "HGG", "p", "", "", tmp_path)
    assert (case.target, replace(case, grade="LGG").target, replace(case, p_hgg=0.3).target) == (1.0, 0.0, 0.3)


def test_files_of_a_manifest_are_those_that_it_names(tmp_path):
    source = {"t1": tmp_path / "y.nii", "flair": tmp_path / "x.nii"}
    assert Case("a", "HGG", "p", "", "", source).files == [tmp_path / "x.nii", tmp_path / "y.nii"]
