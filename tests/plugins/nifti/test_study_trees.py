"""Folders of folders: one study in parts, or a data set."""

from __future__ import annotations

import pytest

from zoo.plugins.nifti.scan_names import scan_name
from zoo.plugins.nifti.study_trees import by_study, studies_below
from zoo.study.folder_tree import tree_of

FOUR = ("t1", "t1ce", "t2", "flair")
TABLE = '{"channel_names": {"0": "FLAIR", "1": "T1w", "2": "T1gd", "3": "T2w"}}'
EGD = ("1_T1/NIFTI/T1.nii.gz", "2_T1GD/NIFTI/T1GD.nii.gz", "3_T2/NIFTI/T2.nii.gz", "4_FLAIR/NIFTI/FLAIR.nii.gz")


def _found(root):
    return [(str(study.place.relative_to(root)), len(study.files)) for study in studies_below(tree_of(root))]


def test_a_modality_a_folder_is_one_study(plant):
    assert _found(plant(*EGD, "5_MASK/NIFTI/MASK.nii.gz")) == [(".", 4)]


def test_a_folder_for_each_file_as_in_brats_2015_is_one_study(plant):
    names = ["VSD.Brain.XX.O.MR_T1.54513", "VSD.Brain.XX.O.MR_T2.54515", "VSD.Brain_3more.XX.XX.OT.54517"]
    assert _found(plant(*(f"{name}/{name}.nii.gz" for name in names))) == [(".", 2)]


def test_the_same_in_each_of_several_folders_are_several(plant):
    root = plant(*(f"{case}/{name}" for case in ("EGD-1", "EGD-2") for name in EGD))
    assert _found(root) == [("EGD-1", 4), ("EGD-2", 4)]


@pytest.mark.parametrize("above", ["", "archive/", "archive/BraTS2021/"])
@pytest.mark.parametrize("suffix", [".nii.gz", ".nii/volume.nii"])
def test_kaggles_trees(plant, above, suffix):
    root = plant(*(f"{above}{case}/{case}_{name}{suffix}" for case in ("a1", "a2") for name in FOUR))
    assert _found(root) == [(f"{above}a1", 4), (f"{above}a2", 4)]


def test_folders_that_tell_nothing_are_none(plant):
    root = plant("ses-1/anat/sub-01_T1w.nii.gz", "ses-1/anat/sub-01_T2w.nii.gz", "ses-1/dwi/sub-01_dwi.nii.gz")
    assert _found(root) == [("ses-1/anat", 2)]


@pytest.mark.parametrize(
    "names",
    [
        ("p1/t1ce.nii.gz", "p2/t1ce.nii.gz"),
        ("p1/t1.nii.gz", "p2/t2.nii.gz"),
        ("p1/p1_t1.nii.gz", "p2/p2_t2.nii.gz"),
        ("T1/p1_t1.nii.gz", "T2/p2_t2.nii.gz"),
        ("ses-1/p_t1.nii.gz", "ses-2/p_t2.nii.gz"),
        ("T1/c_0000.nii.gz", "T2/c_0001.nii.gz"),
    ],
)
def test_scans_of_two_patients_or_sessions_are_never_joined(plant, names):
    assert len(_found(plant(*names))) == 2


def test_what_macos_leaves_is_not_looked_at(plant):
    assert _found(plant("__MACOSX/p_t1.nii.gz", ".hidden/p_t1.nii.gz", "a/p_t1.nii.gz")) == [("a", 1)]


def _grouped(plant, *names):
    root = plant(*names)
    groups = by_study({path: scan_name(path) for path in sorted(root.iterdir())})
    return {study: [path.name for path in files] for study, files in groups.items()}


def test_files_of_several_patients_are_grouped_with_their_masks(plant):
    names = [f"{case}_{word}.nii.gz" for case in ("p1", "p2") for word in ("flair", "t1", "seg")]
    assert _grouped(plant, *names, "odd.nii.gz") == {"p1": names[:3], "p2": names[3:]}


def test_two_candidates_of_one_study_are_no_two_studies(plant):
    assert _grouped(plant, "p1_t1.nii.gz", "p2_t1.nii.gz", "p1_t2.nii.gz") == {}


CASES = [f"case{case}_000{channel}.nii.gz" for case in (1, 2) for channel in range(4)]


@pytest.mark.parametrize("place", ["", "imagesTr/", "Dataset001/imagesTr/"])
@pytest.mark.parametrize("suffix", [".nii.gz", ".mha"])
def test_numbered_scans_are_a_study_a_case_where_a_table_explains_them(plant, place, suffix):
    names = [f"{place}{name.replace('.nii.gz', suffix)}" for name in CASES[:-1]]  # one of the second case is missing
    root = plant(*names, "labelsTr/case1.nii.gz")
    assert _found(root) == [(place.rstrip("/") or ".", 7)]
    ((root / place).parent if place else root).joinpath("dataset.json").write_text(TABLE)
    assert [(name.rpartition("/")[2], count) for name, count in _found(root)] == [("case1", 5), ("case2", 4)]


@pytest.mark.parametrize(("suffix", "whole"), [(".nii.gz", True), (".mha", False)])
def test_one_numbered_case_keeps_its_table(plant, suffix, whole):
    root = plant(*(name.replace(".nii.gz", suffix) for name in CASES[:4]), "case1_seg.nii.gz", "dataset.json")
    (study,) = studies_below(tree_of(root))
    assert (study.place, study.folder, root / "dataset.json" in study.files) == (root, root if whole else None, True)


def test_files_that_tell_nothing_are_a_study_each_where_a_table_names_their_channels(plant):
    root = plant("imagesTr/a.nii.gz", "imagesTr/b.nii.gz", "imagesTr/b_seg.nii.gz", "labelsTr/a.nii.gz", "x/a.nii.gz")
    assert _found(root) == []
    (root / "dataset.json").write_text(TABLE)
    assert _found(root) == [("imagesTr/a", 2), ("imagesTr/b", 2)]
    (root / "dataset.json").write_text('{"modality": {"0": "MRI"}}')
    assert _found(root) == []


@pytest.mark.parametrize("suffix", [".mha", ".nrrd", ".mgz", ".hdr"])
def test_scans_of_other_formats_are_told_by_the_same_names(plant, suffix):
    root = plant(*(f"{case}/{case}_{name}{suffix}" for case in ("p1", "p2") for name in FOUR))
    assert _found(root) == [("p1", 4), ("p2", 4)]
    assert [study.folder for study in studies_below(tree_of(root))] == [None, None]


def test_a_loose_scan_hides_no_two_studies_but_a_study_hides_what_is_below(plant):
    root = plant("mean_t1.nii.gz", *(f"{case}/{case}_{name}.nii.gz" for case in ("p1", "p2") for name in FOUR))
    assert _found(root) == [("p1", 4), ("p2", 4)]
    assert _found(plant("mean_t2.nii.gz")) == [(".", 2)]
    assert _found(plant("p1/raw/p1_t1.nii.gz") / "p1") == [(".", 4)]


def test_what_is_not_read_is_no_study(plant):
    root = plant("f_t1.npy", "f_t2.npy", "f_t1.mhd", *(f"{case}/{case}_t1.nii.gz" for case in ("p1", "p2")))
    assert _found(root) == [("p1", 1), ("p2", 1)]
