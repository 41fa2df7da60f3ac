"""Names in the wild are recognised, and nothing is guessed."""

from __future__ import annotations

import pytest

from zoo import SeveralStudiesError, StudyError
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
    "t2_t1.nii.gz": None,
    "x_seg.nii.gz": None,
    "x_adc.nii.gz": None,
    "x_t1.nrrd": "t1",
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
    assert read_study(files).paths == read_study(files[::-1]).paths
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


def test_what_is_not_used_is_named(folder):
    (folder / "case7_t2.mgz").touch()
    (folder / "IM0001").touch()
    (folder / "native").mkdir()
    (folder / "native" / "case7_t2.nii.gz").touch()
    assert read_study(folder).remarks == (
        "Not used: case7_seg.nii.gz (a mask), IM0001 (not NIfTI), case7_t2.mgz (not NIfTI), native/case7_t2.nii.gz (in "
        "a folder below).",
    )
    files = [path for path in sorted(folder.iterdir()) if path.is_file()]
    assert read_study(files).remarks == (
        "Not used: case7_seg.nii.gz (a mask), IM0001 (not NIfTI), case7_t2.mgz (not NIfTI).",
    )


def test_a_study_in_folders_below_is_named_as_the_folder_given(tmp_path):
    for place in ("1_T1/NIFTI/T1.nii.gz", "3_T2/NIFTI/T2.nii.gz", "5_MASK/NIFTI/MASK.nii.gz"):
        (tmp_path / "EGD-1" / place).parent.mkdir(parents=True)
        (tmp_path / "EGD-1" / place).touch()
    study = read_study(tmp_path / "EGD-1")
    assert (study.id, list(study.paths)) == ("EGD-1", ["t1", "t2"])
    assert study.remarks == ("Not used: 5_MASK/NIFTI/MASK.nii.gz (a mask).",)


def test_a_data_set_is_no_study_and_tells_which_there_are(tmp_path):
    for place in ("a/p1/x_t1.nii.gz", "a/p2/x_t1.nii.gz", "a/p2/sub/x_t2.nii.gz", "a/odd/brain.nii.gz"):
        (tmp_path / place).parent.mkdir(parents=True)
        (tmp_path / place).touch()
    with pytest.raises(SeveralStudiesError, match="expected one study, found 2: a/p1, a/p2") as caught:
        read_study(tmp_path)
    assert caught.value.studies == {name: tmp_path / name for name in ("a/p1", "a/p2")}
    assert caught.value.passed_over == ("a/odd/brain.nii.gz",)


def test_files_of_two_patients_are_no_study(tmp_path):
    files = [tmp_path / f"{case}_{name}.nii.gz" for case in ("p1", "p2") for name in ("t1", "t2")]
    with pytest.raises(SeveralStudiesError, match="found 2: p1, p2") as caught:
        read_study(files)
    assert caught.value.studies == {"p1": files[:2], "p2": files[2:]}


def test_two_runs_are_told_apart_by_the_user(tmp_path):
    files = [tmp_path / f"sub-01_{name}.nii.gz" for name in ("run-1_T1w", "run-2_T1w", "T2w")]
    with pytest.raises(StudyError, match=r"found 2: sub-01_run-1_T1w\.nii\.gz, sub-01_run-2_T1w\.nii\.gz. Keep one"):
        read_study(files)


def test_numbers_alone_are_asked_about(tmp_path):
    with pytest.raises(StudyError, match=r"numbered as nnU-Net does \(c_0000\.nii\.gz\), and no dataset\.json"):
        read_study([tmp_path / "c_0000.nii.gz"])


def test_why_no_name_tells_is_said(tmp_path):
    with pytest.raises(StudyError, match=r"post_t1\.nii\.gz \(whether before or after contrast is not clear\)"):
        read_study([tmp_path / "post_t1.nii.gz"])
