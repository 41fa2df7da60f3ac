"""What users give, as files."""

from __future__ import annotations

import pytest

from zoo.study.sources import files_of, folders_in, is_folder, is_image, is_nifti, scans_below, scans_in, stem

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


@pytest.fixture
def plant(tmp_path):
    """plant(*names) → the paths of files that are there then."""

    def make(*names):
        for name in names:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).touch()
        return [tmp_path / name for name in names]

    return make


def test_folders_files_and_lists(tmp_path):
    paths = [tmp_path / "a", tmp_path / "b"]
    for path in paths:
        path.touch()
    assert files_of(tmp_path) == files_of(str(tmp_path)) == files_of(map(str, paths)) == paths
    assert files_of(paths[0]) == paths[:1]
    assert files_of({"t1": paths[0]}) == []


def test_a_folder_named_like_a_file_stands_for_what_is_in_it(plant, tmp_path):
    inside, beside = plant("x_t1.nii/x_t1.nii", "x_t2.nii")
    assert files_of(tmp_path) == files_of([inside.parent, beside]) == [inside, beside]
    assert (is_folder(inside.parent), is_folder(tmp_path)) == (False, True)


def test_scans_and_folders_without_what_macos_leaves(plant, tmp_path):
    scan, deeper, *_ = plant("a.nii", "b/c/d.nii", "b/notes.txt", "._a.nii", "__MACOSX/a.nii", "e.nii/e.nii")
    wrapped = tmp_path / "e.nii" / "e.nii"
    assert scans_in(tmp_path) == [scan, wrapped]
    assert folders_in(tmp_path) == [tmp_path / "b"]
    assert scans_below(tmp_path) == [scan, wrapped, deeper]
    assert scans_below(tmp_path, depth=1) == [scan, wrapped]


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
