"""What one file's name tells, and what it leaves open."""

from __future__ import annotations

import pytest

from zoo.plugins.nifti.scan_names import CONTRAST_UNCLEAR, NO_SCANS, NOTHING_TOLD, TWO_TOLD, scan_name

TOLD = {
    "AX_T1_FLAIR.nii.gz": "t1",
    "AX_T2_FLAIR.nii.gz": "flair",
    "x_T1wCE.nii.gz": "t1ce",
    "x_CT1.nii.gz": "t1ce",
    "x_T1_INJ.nii.gz": "t1ce",
    "x_T1_sans_INJ.nii.gz": "t1",
    "x_T1_mit_KM.nii.gz": "t1ce",
    "x_T1_injecté.nii.gz": "t1ce",
    "x_T1W_3D_TFE_GD_SENSE_5.nii.gz": "t1ce",
    "x_T1+C.nii.gz": "t1ce",
    "T1_FLAIR_POST.nii.gz": "t1ce",
    "post_contrast_t1.nii.gz": "t1ce",
    "pre_contrast_t1.nii.gz": "t1",
    "t1_no_contrast.nii.gz": "t1",
    "pre_t1ce.nii.gz": "t1ce",
    "t1ce_native.nii.gz": "t1ce",
    "flair_to_t1.nii.gz": "flair",
    "t1_to_t2_brain.nii.gz": "t1",
    "flair2t1.nii.gz": "flair",
    "flair_regT1.nii.gz": "flair",
    "case_12a_t1.nii.gz": "t1",
    "seg_007_t1.nii.gz": "t1",
    "sub-01_acq-post_T1w.nii.gz": "t1ce",
    "sub-01_acq-pre_T1w.nii.gz": "t1",
    "sub-01_ce-none_T1w.nii.gz": "t1",
    "sub-01_space-T1w_FLAIR.nii.gz": "flair",
    "02-AX-T1-PRE-POST_t1ce.nii": "t1ce",  # as we name a DICOM series
}
OPEN = {
    "post_t1.nii.gz": CONTRAST_UNCLEAR,
    "t1_pre_post.nii.gz": CONTRAST_UNCLEAR,
    "t1ce_pre.nii.gz": CONTRAST_UNCLEAR,
    "sub-01_acq-3Dpost_T1w.nii.gz": CONTRAST_UNCLEAR,
    "t2_t1.nii.gz": TWO_TOLD,
    "flair_t1.nii.gz": TWO_TOLD,
    "x_t1.nii/x_t2.nii": TWO_TOLD,
    "t1_mask.nii.gz": NO_SCANS["mask"],
    "mask_t1.nii.gz": NO_SCANS["mask"],
    "t1_to_t2_seg.nii.gz": NO_SCANS["mask"],
    "t2_star.nii.gz": NO_SCANS["other"],
    "adc_t2.nii.gz": NO_SCANS["other"],
    "sub-01_echo-1_T2w.nii.gz": NO_SCANS["other"],
    "sub-01_T1map.nii.gz": NO_SCANS["other"],
    "p_t2_Eq_1.nii.gz": NO_SCANS["leftover"],
    "p_t2_e2.nii.gz": NO_SCANS["leftover"],
    "p_t1a.nii.gz": NO_SCANS["leftover"],
    "p_t1_7b.nii.gz": NO_SCANS["leftover"],
    "p_t1_odd.nii.gz": NOTHING_TOLD,
    "case_0000.nii.gz": NOTHING_TOLD,
    "boot1.nii.gz": NOTHING_TOLD,
    "06-something_series.nii": NOTHING_TOLD,
    "x_t1.json": NOTHING_TOLD,
}


@pytest.mark.parametrize("name", TOLD)
def test_a_modality_is_told(name):
    assert scan_name(name).modality == TOLD[name]


@pytest.mark.parametrize("name", OPEN)
def test_what_is_none_or_not_clear_has_its_reason(name):
    told = scan_name(name)
    assert (told.modality, told.why) == (None, OPEN[name])


def test_what_was_done_to_a_scan_is_told_apart_from_which_it_is():
    plain, made = scan_name("p_AX_T1.nii.gz"), scan_name("p_AX_T1_N4_to_SRI_bet.nii.gz")
    assert (made.study, made.acquisition) == (plain.study, plain.acquisition) == ("p", ("ax", "t1"))
    assert (made.states, made.altered, plain.states, plain.altered) == ({"stripped", "placed"}, 1, frozenset(), 0)


def test_bids_entities_tell_whose_it_is_which_and_in_what_state():
    told = scan_name("sub-01_ses-2_run-1_space-MNI_desc-brain_T2w.nii.gz")
    assert (told.study, told.acquisition, told.states) == ("sub-01_ses-2", ("run-1", "t2w"), {"placed", "stripped"})


def test_t2_and_flair_after_contrast_stay_what_they_are():
    told = scan_name("sub-01_ce-gadolinium_FLAIR.nii.gz")
    assert (told.modality, told.with_agent) == ("flair", True)


def test_a_folder_stands_for_its_file():
    told = scan_name("BraTS2021_00714_flair.nii/00000377_brain_flair.nii")
    assert (told.study, told.modality) == ("BraTS2021_00714", "flair")
    assert scan_name("p_t1.nii/volume.nii").modality == "t1"
