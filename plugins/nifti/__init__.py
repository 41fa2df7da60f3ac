"""Reads studies from scans named the way BraTS and its relatives name them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from zoo import MODALITIES, Study, StudyError, hookimpl
from zoo.study.sources import files_of
from zoo.study.suffixes import is_scan_file

from .modality_suffixes import modality_of, study_of

EXPECTED = "expected names that end in _t1, _t1ce, _t2 or _flair, like patient7_t1ce.nii.gz"


@hookimpl(trylast=True)
def read_study(source: Any) -> Study | None:
    if isinstance(source, Mapping):
        return _checked(_common_id(source.values()), {name: [Path(path)] for name, path in source.items()})
    files = [path for path in files_of(source) if is_scan_file(path.name)]
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
