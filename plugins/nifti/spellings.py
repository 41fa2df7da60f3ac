"""The words of file names: the one table of what each means, and a file of every naming scheme that is known.

Both stand in plugins/README.md, and a test compares them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """Words of one meaning, in lower case. kind: what the reader makes of them. meaning: for people."""

    kind: str
    meaning: str
    words: tuple[str, ...]


TABLE = (
    Words("t1", "T1", ("t1", "t1n", "t1w", "t1wi", "t1pre", "t1native", "mprage", "t1mprage")),
    Words(
        "t1ce", "T1ce",
        ("t1ce", "t1c", "t1gd", "t1gad", "t1gado", "t1post", "t1contrast", "t1km", "t1inj", "t1c+", "t1+c", "t1+gd",
         "t1wce", "t1wc", "t1wgd", "t1w+c", "ct1", "ct1w", "cet1", "cet1w", "gdt1"),
    ),
    Words("t2", "T2", ("t2", "t2w", "t2wi", "t2tse", "t2fse")),
    Words("flair", "FLAIR", ("flair", "t2f", "t2flair", "fla", "fl", "flairw", "tirm", "darkfluid")),
    Words(
        "agent", "T1 with these is T1ce",
        ("ce", "gd", "gad", "gado", "gadolinium", "contrast", "postcontrast", "postgd", "postgad", "enhanced", "inj",
         "injected", "injecte", "injecté", "injection", "km", "mdc", "+c", "c+", "+gd", "+ce", "+"),
    ),
    Words("after", "… and with this behind it, not before it, where it can mean an operation", ("post",)),
    Words(
        "before", "T1 with these is T1",
        ("pre", "precontrast", "pregd", "native", "nativ", "plain", "noncontrast", "nonenhanced", "unenhanced", "no",
         "non", "without", "wo", "sans", "ohne", "senza", "sin"),
    ),
    Words(
        "stripped", "its skull is off",
        ("bet", "betted", "brain", "stripped", "skullstripped", "skullstrip", "strip", "hdbet", "synthstrip", "noskull",
         "deskulled", "masked"),
    ),
    Words(
        "placed", "it lies on another grid; so does what follows `to`, `into`, `onto` or `in`: `t1_to_t2` is a T1",
        ("reg", "registered", "coreg", "coregistered", "aligned", "warped", "resampled", "resliced", "sri", "sri24",
         "mni", "mni152", "atlas", "r2s", "rai"),
    ),
    Words(
        "altered", "its intensities were changed",
        ("bias", "biascorr", "biascorrected", "bfc", "n4", "n4itk", "corrected", "norm", "normalized",
         "normalised", "zscore", "zscored", "denoised", "preproc"),
    ),
    Words(
        "untouched", "as the scanner gave it", ("unstripped", "raw", "orig", "original")
    ),
    Words("half", "half of a word above, as in `skull_strip` and `hd_bet`", ("skull", "hd")),
    Words(
        "neutral", "planes, sequences and the like, which tell two scans of a modality apart",
        ("ax", "axial", "tra", "trans", "transverse", "sag", "sagittal", "cor", "coronal", "2d", "3d", "se", "tse",
         "fse", "spgr", "fspgr", "bravo", "vibe", "tfl", "tfe", "fl3d", "ir", "mpr", "sense", "drive", "clear",
         "stealth", "head", "vol", "cube", "vista", "blade", "propeller", "fs", "fatsat", "iso", "isotropic", "1mm",
         "dark", "fluid", "space", "weighted", "mr", "mri", "preop", "postop", "copy", "iv", "with", "mit", "avec",
         "con"),
    ),
    Words(
        "mask", "a mask, never a scan",
        ("seg", "segm", "segs", "segmentation", "segmentations", "dseg", "probseg", "mask", "masks", "brainmask",
         "tumormask", "tumourmask", "parenchyma", "label", "labels", "labelmap", "roi", "gt", "glistrboost",
         "manuallycorrected", "prediction", "annotation"),
    ),
    Words(
        "other", "a map or another sequence, no modality",
        ("map", "star", "adc", "dwi", "dti", "swi", "asl", "dsc", "dce", "perf", "perfusion", "epi", "ep2d", "bold",
         "sub", "subtraction", "diff", "phase", "tof", "mra", "mip", "pd", "stir", "localizer", "scout", "gre", "hemo",
         "medic", "fl2d", "t1map", "t2map", "t2star", "t2starw", "t1sub"),
    ),
    Words(
        "leftover", "dcm2niix leaves it: `Eq` where slices are missing or uneven, `e1` of several echoes, `a` of files "
        "that would have had one name",
        ("eq", "e1", "e2", "e3", "e4", "ph", "real", "imaginary", "crop", "tilt"),
    ),
)  # fmt: skip
KIND_OF = {word: row.kind for row in TABLE for word in row.words}

SCHEMES: dict[str, dict[str, str]] = {
    "BraTS 2012–2016": {
        "t1": "VSD.Brain.XX.O.MR_T1.54513.nii", "t1ce": "VSD.Brain.XX.O.MR_T1c.54514.nii",
        "t2": "VSD.Brain.XX.O.MR_T2.54515.nii", "flair": "VSD.Brain.XX.O.MR_Flair.54512.nii",
    },
    "BraTS 2017–2021, FeTS": {
        "t1": "BraTS2021_00000_t1.nii.gz", "t1ce": "BraTS2021_00000_t1ce.nii.gz",
        "t2": "FeTS2022_00000_t2.nii.gz", "flair": "Brats18_CBICA_AAB_1_flair.nii.gz",
        "a mask": "BraTS2021_00000_seg.nii.gz",
    },
    "BraTS 2023 and later": {
        "t1": "BraTS-GLI-00000-000-t1n.nii.gz", "t1ce": "BraTS-GLI-00000-000-t1c.nii.gz",
        "t2": "BraTS-GLI-00000-000-t2w.nii.gz", "flair": "BraTS-GLI-00000-000-t2f.nii.gz",
        "a mask": "BraTS-GLI-00000-000-seg.nii.gz",
    },
    "Kaggle: a folder where a file should be": {
        "t1": "BraTS2021_00714_t1.nii/00000377_brain_t1.nii",
        "t1ce": "UCSF-PDGM-0004_T1c_bias.nii/UCSF-PDGM-0004_T1gad_bias.nii",
        "t2": "BraTS20_Training_001_t2.nii/volume.nii", "flair": "BraTS2021_00714_flair.nii/00000377_brain_flair.nii",
    },
    "FeTS tool, CaPTk": {
        "t1": "T1_to_SRI_brain.nii.gz", "t1ce": "T1CE_to_SRI_brain.nii.gz", "t2": "T2_rai_n4.nii.gz",
        "flair": "FL_to_SRI_brain.nii.gz", "a mask": "brainMask_SRI.nii.gz",
    },
    "TCGA-GBM, TCGA-LGG": {
        "t1": "TCGA-02-0003_1997.06.08_t1.nii.gz", "t1ce": "TCGA-02-0003_1997.06.08_t1Gd.nii.gz",
        "t2": "TCGA-02-0003_1997.06.08_t2.nii.gz", "flair": "TCGA-02-0003_1997.06.08_flair.nii.gz",
        "a mask": "TCGA-02-0003_1997.06.08_GlistrBoost_ManuallyCorrected.nii.gz",
    },
    "UCSF-PDGM": {
        "t1": "UCSF-PDGM-0004_T1.nii.gz", "t1ce": "UCSF-PDGM-0004_T1c_bias.nii.gz",
        "t2": "UCSF-PDGM-0004_T2_bias.nii.gz", "flair": "UCSF-PDGM-0004_FLAIR_bias.nii.gz",
        "a mask": "UCSF-PDGM-0004_brain_parenchyma_segmentation.nii.gz",
    },
    "UPENN-GBM": {
        "t1": "UPENN-GBM-00001_11_T1.nii.gz", "t1ce": "UPENN-GBM-00001_11_T1GD.nii.gz",
        "t2": "UPENN-GBM-00001_11_T2_unstripped.nii.gz", "flair": "UPENN-GBM-00001_11_FLAIR.nii.gz",
        "a mask": "UPENN-GBM-00001_11_automated_approx_segm.nii.gz",
    },
    "EGD": {
        "t1": "MR_EGD-0001/1_T1/NIFTI/T1.nii.gz", "t1ce": "MR_EGD-0001/2_T1GD/NIFTI/T1GD.nii.gz",
        "t2": "MR_EGD-0001/3_T2/NIFTI/T2.nii.gz", "flair": "MR_EGD-0001/4_FLAIR/NIFTI/FLAIR.nii.gz",
        "a mask": "MR_EGD-0001/5_MASK/NIFTI/MASK.nii.gz",
    },
    "LUMIERE, HD-GLIO, DeepBraTumIA": {
        "t1": "T1_r2s_bet.nii.gz", "t1ce": "CT1_r2s_bet_regT1.nii.gz", "t2": "T2_r2s_bet_reg.nii.gz",
        "flair": "flair_skull_strip.nii.gz", "a mask": "T1_r2s_bet_mask.nii.gz",
    },
    "BIDS": {
        "t1": "sub-01_ses-1_acq-axial_run-1_T1w.nii.gz", "t1ce": "sub-01_ce-gadolinium_T1w.nii.gz",
        "t2": "sub-01_space-MNI152_desc-brain_T2w.nii.gz", "flair": "sub-01_rec-norm_FLAIR.nii.gz",
        "a mask": "sub-01_desc-brain_mask.nii.gz",
    },
    "HD-BET, BrainLes": {
        "t1": "p7_t1_bet.nii.gz", "t1ce": "p7_t1c_reg_brain.nii.gz", "t2": "p7_t2_to_SRI_stripped.nii.gz",
        "flair": "p7_fla_normalized_bet.nii.gz", "a mask": "p7_t1_bet_mask.nii.gz",
    },
    "dcm2niix": {
        "t1": "DICOM_AX_T1_FLAIR_20190101101010_7.nii.gz", "t1ce": "DICOM_SAG_T1_MPRAGE_INJ_9.nii.gz",
        "t2": "DICOM_AX_T2_TSE_4.nii.gz", "flair": "DICOM_t2_tirm_tra_dark-fluid_5.nii.gz",
    },
    "downloaded twice": {
        "t1": "p7_t1 (1).nii.gz", "t1ce": "p7_t1ce.nii(1).gz", "t2": "p7_t2.nii.gz.gz",
        "flair": "p7_flair - Copy.nii.gz",
    },
}  # fmt: skip
"""A file of each modality, and of its mask, by scheme."""
