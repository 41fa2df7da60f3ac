"""Folders of DICOM files that are of several exams: which of them are one study, so that no two patients are mixed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os.path import commonpath
from pathlib import Path

from zoo import FoundStudy


def studies_of(folders: Mapping[Path, Sequence[Path]], exams: Sequence[int | None]) -> list[FoundStudy]:
    """The exams in folders of files, each a study. exams: a number for each folder, None where nothing tells.

    Where there is one exam only, all folders are taken for it, and its reader finds out.
    """
    groups: dict[int, list[Path]] = {}
    for folder, exam in zip(folders, exams, strict=True):
        if exam is not None:
            groups.setdefault(exam, []).append(folder)
    if len(groups) < 2:
        return [_study(list(folders), folders, [])]
    told = [folder for own in groups.values() for folder in own]
    return [_study(own, folders, [folder for folder in told if folder not in own]) for own in groups.values()]


def _study(own: Sequence[Path], folders: Mapping[Path, Sequence[Path]], others: Sequence[Path]) -> FoundStudy:
    """One exam, for which the folder stands that it shares with no other; else its files must be given."""
    files = tuple(path for folder in own for path in folders[folder])
    shared = Path(commonpath(own))
    if any(folder.is_relative_to(shared) for folder in others):
        return FoundStudy(max(own, key=lambda folder: len(folder.parts)), files)
    return FoundStudy(shared, files, shared)
