"""Scans numbered as nnU-Net does, case_0000.nii.gz to case_0003.nii.gz: its dataset.json tells which number is what."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path

from zoo import StudyError
from zoo.study.suffixes import stem_of

from .scan_names import ScanName, modality_of

DATASET = "dataset.json"
NUMBERED = re.compile(r"(?P<study>.*?)[_-]?000(?P<channel>[0-9])")
MAX_BYTES = 2**24  # it lists every training case
UNNAMED = "numbered as nnU-Net does"


def channel_of(path: Path) -> tuple[str, int] | None:
    """The case and channel that a file's name tells, or None where it ends in no such number."""
    match = NUMBERED.fullmatch(stem_of(path.name))
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
    beside = [path.parent / DATASET, path.parent.parent / DATASET]
    table = next((each for each in (*tables, *beside) if each.is_file()), None)
    if table is None:
        return replace(name, study=study, why=UNNAMED)
    modality = read(table).get(channel)
    return ScanName(study, modality, "" if modality else f"{DATASET} calls it no modality", (str(channel),))


def channel_modalities(table: Path) -> dict[int, str]:
    """The modality of each channel by a dataset.json of nnU-Net or the Medical Segmentation Decathlon.

    Channels of other names are left out. Raises `StudyError` where the file can't be read.
    """
    with suppress(OSError, ValueError, AttributeError, RecursionError):
        if table.stat().st_size <= MAX_BYTES:
            content = json.loads(table.read_text(encoding="utf-8"))
            said = content.get("channel_names") or content.get("modality") or {}
            told = {int(number): modality_of(f"{name}.nii") for number, name in said.items()}
            return {number: modality for number, modality in told.items() if modality}
    raise StudyError(f"{DATASET} can't be read: expected nnU-Net's own, whose channel_names tell each channel's name.")
