"""Scans numbered as nnU-Net does, case_0000.nii.gz to case_0003.nii.gz: its dataset.json tells which number is what."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from zoo.study.dataset_json import DATASET_JSON, channel_names, dataset_json_of
from zoo.study.sources import is_nifti, stem
from zoo.study.suffixes import scan_stem

from .scan_names import ScanName, modality_of, scan_name

NUMBERED = re.compile(r"(?P<study>.*?)[_-]?000(?P<channel>[0-9])")
UNNAMED = "numbered as nnU-Net does"


def channel_of(path: Path) -> tuple[str, int] | None:
    """The case and channel that a file's name tells, or None where it ends in no such number."""
    match = NUMBERED.fullmatch(scan_stem(path.name))
    return (match["study"], int(match["channel"])) if match else None


def with_channels(names: Mapping[Path, ScanName], tables: Sequence[Path]) -> dict[Path, ScanName]:
    """Tell files without a modality in their names by number and dataset.json; others keep what their names tell.

    tables: files given with them that are a dataset.json; else one beside a file or in the folder above it counts.
    """
    read = cache(channel_modalities)  # each once, for as long as this takes
    return {path: _with_channel(path, name, tables, read) for path, name in names.items()}


def _with_channel(
    path: Path, name: ScanName, tables: Sequence[Path], read: Callable[[Path], dict[int, str]]
) -> ScanName:
    numbered = channel_of(path)
    if name.modality or not numbered:
        return name
    study, channel = numbered
    table = dataset_json_of(path, tables, folders=())
    if table is None:
        return replace(name, study=study, why=UNNAMED)
    modality = read(table).get(channel)
    return ScanName(study, modality, "" if modality else f"{DATASET_JSON} calls it no modality", (str(channel),))


def named_by_channel(files: Sequence[Path], folder: Path) -> list[Path] | None:
    """Lay numbered scans of one or several cases into `folder`, under names that tell what a dataset.json among the
    files says; None where there is nothing to do."""
    tables = [path for path in files if path.name == DATASET_JSON]
    unnamed = {path: scan_name(path) for path in files if is_nifti(path.name) and scan_name(path).modality is None}
    told = {path: name for path, name in with_channels(unnamed, tables).items() if name.modality} if tables else {}
    if not told:
        return None
    return [_laid(path, told[path], folder / f"{index}") if path in told else path for index, path in enumerate(files)]


def _laid(path: Path, name: ScanName, folder: Path) -> Path:
    """A second name for a file, in a folder of its own: no other file has this one's."""
    label = re.sub(r"[^A-Za-z0-9]+", "-", name.study)
    named = folder / f"{int(name.acquisition[0]) + 1:02d}-{label}_{name.modality}{path.name[len(stem(path.name)) :]}"
    folder.mkdir(parents=True)
    shutil.copyfile(path, named)
    return named


def channel_modalities(table: Path) -> dict[int, str]:
    """The modality of each channel by a dataset.json; one of another name is left out. Raises `StudyError`."""
    told = {number: modality_of(f"{name}.nii") for number, name in channel_names(table).items()}
    return {number: modality for number, modality in told.items() if modality}
