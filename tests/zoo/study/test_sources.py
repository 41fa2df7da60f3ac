"""What users give, as files."""

from __future__ import annotations

import pytest

from zoo.study.sources import files_of, folders_in, is_folder, is_image, is_nifti, scans_in, stem, visible_in

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


def test_folders_files_and_lists(tmp_path):
    paths = [tmp_path / "a", tmp_path / "b"]
    for path in paths:
        path.touch()
    assert files_of(tmp_path) == files_of(str(tmp_path)) == files_of(map(str, paths)) == paths
    assert files_of(paths[0]) == paths[:1]
    assert files_of({"t1": paths[0]}) == []


def test_a_folder_named_like_a_file_stands_for_what_is_in_it(plant):
    folder = plant("x_t1.nii/x_t1.nii", "x_t2.nii")
    inside, beside = folder / "x_t1.nii" / "x_t1.nii", folder / "x_t2.nii"
    assert files_of(folder) == files_of([inside.parent, beside]) == [inside, beside]
    assert (is_folder(inside.parent), is_folder(folder)) == (False, True)


def test_a_folder_is_listed_without_what_macos_leaves(plant):
    folder = plant("a.nii", "b/c/d.nii", "._a.nii", "__MACOSX/a.nii", "e.nii/e.nii")
    assert visible_in(folder) == [folder / "a.nii", folder / "b", folder / "e.nii" / "e.nii"]
    assert scans_in(folder) == [folder / "a.nii", folder / "e.nii" / "e.nii"]
    assert folders_in(folder) == [folder / "b"]


@pytest.mark.parametrize("name", STEMS)
def test_the_name_without_suffix_and_copys_number(name):
    assert stem(name) == STEMS[name]
    assert is_nifti(name) == bool(STEMS[name])


@pytest.mark.parametrize("name", ["a.nii", "a.mgz", "a.IMG", "IM0001", "1.2.840.1", "a.dcm", "a.zip"])
def test_images_are_told_from_notes(name):
    assert is_image(name)


@pytest.mark.parametrize("name", ["a.json", "notes.txt", "README", "a.png", "DICOMDIR", ".DS_Store", "._a.nii"])
def test_notes_are_no_images(name):
    assert not is_image(name)
