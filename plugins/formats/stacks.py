"""NIfTI files of several volumes, which a dataset.json names, as in the Medical Segmentation Decathlon."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import prod
from pathlib import Path

from zoo import StudyError
from zoo.study.dataset_json import DATASET_JSON, channel_names, dataset_json_of
from zoo.study.sources import is_nifti

from .conversion import Conversion

ONE_WORD = re.compile(r"[A-Za-z0-9+ _-]{1,40}")
ASK = "give that of its data set with it, or save each volume as a file of its own, named like patient7_t1ce.nii.gz"


def by_channel(files: Sequence[Path]) -> list[Conversion]:
    """The file of several volumes among these, and what each is called; none where other scans are there, and no names.

    Raises `StudyError` when nothing tells the names, and when there are several such files.
    """
    scans = [path for path in files if is_nifti(path.name)]
    stacks = {path: volumes for path in scans if (volumes := _volumes(path)) > 1}
    named = [_named(path, stacks[path], files) for path in stacks]
    found = [conversion for conversion in named if conversion]
    if len(found) > 1:
        names = ", ".join(conversion.files[0].name for conversion in found)
        raise StudyError(f"Found {len(found)} files of several volumes, expected one study: {names}. Give one of them.")
    if stacks and not found and len(stacks) == len(scans):
        path, volumes = next(iter(stacks.items()))
        raise StudyError(f"{path.name}: it holds {volumes} volumes, and no {DATASET_JSON} names them all; {ASK}.")
    return found


def _volumes(path: Path) -> int:
    """How many volumes a file has; 0 where that can't be told, which its reader will say."""
    from zoo.study.scan_file import read_header  # nibabel, which nobody needs who only lists models
    from zoo.study.scan_stream import NotAScanError

    try:
        return prod(read_header(path).shape[3:])
    except NotAScanError:
        return 0


def _named(path: Path, volumes: int, files: Sequence[Path]) -> Conversion | None:
    dataset = dataset_json_of(path, files)
    told = channel_names(dataset) if dataset else {}
    if len(told) != volumes or sorted(told) != list(range(len(told))):  # a damaged header can announce billions
        return None
    label = re.sub(r"[^A-Za-z0-9]+", "-", path.name.partition(".nii")[0])
    names = tuple(f"{number + 1:02d}-{label}_{_word(told[number])}" for number in range(volumes))
    return Conversion((path,), names, dataset)


def _word(name: str) -> str:
    """A channel's name as the last word of a file's; of T2* nothing is left out that would make it T2."""
    return re.sub(r"[ _-]", "", name) if ONE_WORD.fullmatch(name) else "unknown"
