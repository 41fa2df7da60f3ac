"""A file for each modality: the better of two states of one scan, none of two scans, and every other file by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from zoo.plugins.nifti.choice import choose
from zoo.plugins.nifti.scan_names import scan_name


def _choose(*names):
    return choose({Path(name): scan_name(name) for name in names}, lambda path: path.name)


@pytest.mark.parametrize(
    ("taken", "left", "why"),
    [
        ("p_t1_bet.nii.gz", "p_t1.nii.gz", "whose skull is off"),
        ("p_t1.nii.gz", "p_t1_unstripped.nii.gz", "not the one as the scanner gave it"),
        ("p_t1_to_SRI_brain.nii.gz", "p_t1_to_SRI.nii.gz", "whose skull is off"),
        ("p_t1_to_SRI_brain.nii.gz", "p_t1.nii.gz", "whose skull is off and which lies on a common grid"),
        ("p_t1_reg.nii.gz", "p_t1.nii.gz", "which lies on a common grid"),
        ("p_t1.nii.gz", "p_t1_bias.nii.gz", "whose intensities are as they were"),
        ("p_t1_n4_bet.nii.gz", "p_t1.nii.gz", "whose skull is off"),
    ],
)
def test_the_better_state_of_a_scan_wins_and_says_so(taken, left, why):
    for names in ((taken, left), (left, taken)):
        choice = _choose(*names)
        assert choice.paths == {"t1": Path(taken)}
        assert choice.remarks == [f"T1 is {taken}, {why}; not used: {left}."]


@pytest.mark.parametrize(
    "names",
    [
        ("p_t1_bet.nii.gz", "p_t1_reg.nii.gz"),
        ("p_t1_bet.nii.gz", "q_t1.nii.gz"),
        ("p_AX_T1.nii.gz", "p_SAG_T1.nii.gz"),
        ("sub-01_run-1_T1w.nii.gz", "sub-01_run-2_T1w.nii.gz"),
        ("p_t1c.nii.gz", "p_t1gd_bet.nii.gz"),
    ],
)
def test_between_two_scans_nothing_is_guessed(names):
    (clash,) = _choose(*names, "p_t2.nii.gz").clashes.values()
    assert sorted(map(str, clash)) == sorted(names)


def test_a_file_that_is_there_twice_is_one(tmp_path):
    files = [tmp_path / "p_t1.nii.gz", tmp_path / "p_t1 (1).nii.gz"]
    for path in files:
        path.write_bytes(b"the same")
    names = {path: scan_name(path) for path in files}
    choice = choose(names, lambda path: path.name)
    assert choice.paths == {"t1": files[0]}
    assert choice.remarks == ["T1 is p_t1.nii.gz, the same file twice; not used: p_t1 (1).nii.gz."]
    assert "t1" in choose({files[0]: scan_name("p_AX_t1.nii"), files[1]: scan_name("p_SAG_t1.nii")}, str).clashes
    files[1].write_bytes(b"another!")
    assert len(choose(names, lambda path: path.name).clashes["t1"]) == 2


def test_what_dcm2niix_left_beside_a_scan_tells_of_missing_slices():
    choice = _choose("p_t2.nii.gz", "p_t2_Eq_1.nii.gz", "p_t1.nii.gz", "q_t1_Eq_1.nii.gz")
    assert choice.remarks == [
        "p_t2.nii.gz may lack slices: dcm2niix wrote p_t2_Eq_1.nii.gz beside it, as it does where slices are missing "
        "or unevenly spaced. Export the series again."
    ]
    assert choice.paths["t2"] == Path("p_t2.nii.gz")


def test_a_flair_after_contrast_is_remarked_on():
    assert _choose("p_flair_gd.nii.gz").remarks == [
        "FLAIR is p_flair_gd.nii.gz, after contrast by its name; expected one before it."
    ]


def test_every_other_scan_is_named_with_its_reason():
    choice = _choose("p_t1.nii.gz", "p_seg.nii.gz", "p_adc.nii.gz", "p_t2_e2.nii.gz", "post_t1.nii.gz", "odd.nii.gz")
    assert choice.sentences(lambda path: path.name) == (
        "Not used: p_seg.nii.gz (a mask), p_adc.nii.gz (a map or another sequence), p_t2_e2.nii.gz (left by dcm2niix "
        "beside another), post_t1.nii.gz (whether before or after contrast is not clear), odd.nii.gz (its name tells "
        "no modality).",
    )
