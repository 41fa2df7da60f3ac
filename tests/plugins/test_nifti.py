"""Names in the wild are recognised, and nothing is guessed."""

from __future__ import annotations

import pytest

from zoo import StudyError
from zoo.plugins.nifti import modality_of, read_study

NAMES = {
    "Brats18_TCIA02_135_1_t1.nii.gz": "t1",
    "Brats18_TCIA02_135_1_t1ce.nii.gz": "t1ce",
    "TCGA-DU-7294_t1c.nii.gz": "t1ce",
    "BraTS-GLI-00000-000-t1n.nii.gz": "t1",
    "BraTS-GLI-00000-000-t1c.nii.gz": "t1ce",
    "BraTS-GLI-00000-000-t2w.nii.gz": "t2",
    "BraTS-GLI-00000-000-t2f.nii.gz": "flair",
    "patient 7 T1post.nii": "t1ce",
    "x_t1gd.nii.gz": "t1ce",
    "X_T1Gd.NII.GZ": "t1ce",
    "X_FLAIR.nii": "flair",
    "flair.nii.gz": "flair",
    "t2_t1.nii.gz": "t1",
    "x_seg.nii.gz": None,
    "x_adc.nii.gz": None,
    "x_t1.nrrd": None,
    "boot1.nii.gz": None,
}


@pytest.mark.parametrize(("name", "modality"), NAMES.items())
def test_modality_is_told_by_the_last_part_of_the_name(name, modality):
    assert modality_of(name) == modality


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "case7"
    folder.mkdir()
    for name in ("case7_FLAIR.nii.gz", "case7-t1c.nii", "case7_seg.nii.gz", "._case7_t2.nii.gz", "notes.txt"):
        (folder / name).touch()
    return folder


def test_folder_is_a_study_of_what_is_there(folder):
    study = read_study(folder)
    assert study.id == "case7"
    assert {name: path.name for name, path in study.paths.items()} == {
        "t1ce": "case7-t1c.nii",
        "flair": "case7_FLAIR.nii.gz",
    }
    assert list(study.paths) == ["t1ce", "flair"]


def test_files_in_any_order_and_one_file(folder):
    files = sorted(folder.iterdir())
    assert read_study(files) == read_study(files[::-1])
    assert read_study(folder / "case7_FLAIR.nii.gz").paths.keys() == {"flair"}


def test_mapping_needs_no_names(tmp_path):
    study = read_study({"t2": tmp_path / "a.nii", "t1": str(tmp_path / "b.nii")})
    assert list(study.paths) == ["t1", "t2"]
    with pytest.raises(StudyError, match="expected modalities t1, t1ce, t2, flair, found adc"):
        read_study({"adc": tmp_path / "a.nii"})


def test_two_candidates_are_listed(folder):
    (folder / "case7_t1gd.nii.gz").touch()
    with pytest.raises(StudyError, match=r"one t1ce file, found 2: case7-t1c\.nii, case7_t1gd\.nii\.gz"):
        read_study(folder)


def test_no_modality_in_any_name(tmp_path):
    with pytest.raises(StudyError, match=r"patient7_t1ce\.nii\.gz"):
        read_study([tmp_path / "brain.nii.gz"])


@pytest.mark.parametrize("source", ["notes.txt", "."])
def test_not_ours(tmp_path, source):
    assert read_study(tmp_path / source) is None


def test_pairs_are_told_what_to_become(tmp_path):
    for name in ("x_t1.hdr", "x_t1.img"):
        (tmp_path / name).touch()
    with pytest.raises(StudyError, match=r"save each pair as one \.nii\.gz file"):
        read_study(tmp_path)
