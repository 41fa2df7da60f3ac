"""Which modality a file's name tells: the last word before .nii, in every spelling that is accepted."""

from __future__ import annotations

import re
from pathlib import Path

# BraTS 2018–2021, BraTS 2023+ and TCGA spellings of each modality, as the last part of a file's name.
SPELLINGS = {
    "t1": ("t1", "t1n", "t1w", "t1pre"),
    "t1ce": ("t1ce", "t1c", "t1gd", "t1post", "t1contrast"),
    "t2": ("t2", "t2w"),
    "flair": ("flair", "t2f", "t2flair", "fla"),
}
MODALITY_OF = {spelling: modality for modality, spellings in SPELLINGS.items() for spelling in spellings}
FILE_NAME = re.compile(r"(?:(?P<study>.*)[_\-. ])?(?P<word>[a-z0-9]+)\.nii(?:\.gz)?", re.IGNORECASE)


def modality_of(path: Path | str) -> str | None:
    """The modality that a file's name tells, or None."""
    match = FILE_NAME.fullmatch(Path(path).name)
    return MODALITY_OF.get(match["word"].lower()) if match else None


def study_of(path: Path | str) -> str:
    """The part of a file's name before the modality."""
    match = FILE_NAME.fullmatch(Path(path).name)
    return (match and match["study"]) or "study"
