"""Scans numbered as nnU-Net does, case_0000.nii.gz to case_0003.nii.gz: its dataset.json tells which number is what."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from zoo.study.dataset_json import DATASET_JSON, channel_names
from zoo.study.sources import stem

from .scan_names import ScanName, modality_of

NUMBERED = re.compile(r"(?P<study>.*?)[_-]?000(?P<channel>[0-9])")
UNNAMED = "numbered as nnU-Net does"


def channel_of(path: Path) -> tuple[str, int] | None:
    """The case and channel that a file's name tells, or None where it ends in no such number."""
    match = NUMBERED.fullmatch(stem(path.name))
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
    beside = [path.parent / DATASET_JSON, path.parent.parent / DATASET_JSON]
    table = next((each for each in (*tables, *beside) if each.is_file()), None)
    if table is None:
        return replace(name, study=study, why=UNNAMED)
    modality = read(table).get(channel)
    return ScanName(study, modality, "" if modality else f"{DATASET_JSON} calls it no modality", (str(channel),))


def channel_modalities(table: Path) -> dict[int, str]:
    """The modality of each channel by a dataset.json; one of another name is left out. Raises `StudyError`."""
    told = {number: modality_of(f"{name}.nii") for number, name in channel_names(table).items()}
    return {number: modality for number, modality in told.items() if modality}
