"""Reads studies from NIfTI files named the way BraTS and its relatives name them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from zoo import MODALITIES, Study, StudyError, hookimpl
from zoo.study.sources import files_of, is_nifti

from .modality_suffixes import modality_of, study_of

PAIRED_SUFFIXES = (".hdr", ".img")
EXPECTED = "expected names that end in _t1, _t1ce, _t2 or _flair, like patient7_t1ce.nii.gz"


@hookimpl(trylast=True)
def read_study(source: Any) -> Study | None:
    if isinstance(source, Mapping):
        return _checked(_common_id(source.values()), {name: [Path(path)] for name, path in source.items()})
    found = files_of(source)
    files = [path for path in found if is_nifti(path.name)]
    if not files and any(path.suffix.lower() in PAIRED_SUFFIXES for path in found):
        raise StudyError("Found NIfTI pairs of .hdr and .img, expected .nii.gz: save each pair as one .nii.gz file.")
    return _checked(_study_id(source, files), _assign(files)) if files else None


def _assign(files: list[Path]) -> dict[str, list[Path]]:
    candidates: dict[str, list[Path]] = {}
    for path in files:
        if modality := modality_of(path):
            candidates.setdefault(modality, []).append(path)
    return candidates


def _study_id(source: Any, files: list[Path]) -> str:
    is_folder = isinstance(source, str | Path) and Path(source).is_dir()
    return Path(source).resolve().name if is_folder else _common_id(files)


def _common_id(files: Iterable[Path | str]) -> str:
    return next((study_of(path) for path in files), "study")


def _checked(study_id: str, candidates: Mapping[str, list[Path]]) -> Study:
    unknown = set(candidates) - set(MODALITIES)
    if unknown:
        raise StudyError(
            f"{study_id}: expected modalities {', '.join(MODALITIES)}, found {', '.join(sorted(unknown))}."
        )
    for modality, paths in candidates.items():
        if len(paths) > 1:
            names = ", ".join(path.name for path in paths)
            raise StudyError(
                f"{study_id}: expected one {modality} file, found {len(paths)}: {names}. Keep one of them."
            )
    if not candidates:
        raise StudyError(f"{study_id}: no modality recognised in the files' names; {EXPECTED}.")
    return Study(study_id, {name: candidates[name][0] for name in MODALITIES if name in candidates})
