"""What the headers of DICOM files say, as far as it is needed to tell series apart and to place their slices."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from pydicom.filereader import read_file_meta_info
from pydicom.uid import DeflatedExplicitVRLittleEndian, MediaStorageDirectoryStorage

from zoo import StudyError

IDENTIFYING = (
    "PatientName", "PatientID", "PatientBirthDate", "OtherPatientIDs", "OtherPatientNames", "PatientAddress",
    "AccessionNumber", "ReferringPhysicianName", "PerformingPhysicianName", "OperatorsName", "InstitutionName",
)  # fmt: skip
NEEDED = (
    "SOPClassUID", "Modality", "StudyInstanceUID", "SeriesInstanceUID", "SeriesNumber", "SeriesDescription",
    "ProtocolName", "ImageType", "ScanningSequence", "RepetitionTime", "EchoTime", "InversionTime",
    "ContrastBolusAgent", "NumberOfFrames", "SamplesPerPixel", "Rows", "Columns", "PixelSpacing",
    "ImageOrientationPatient", "ImagePositionPatient",
)  # fmt: skip
MAX_HEADER_BYTES = 2**20
MAX_LABEL = 40
SHORTEST_NAME = 2  # letters


@dataclass(frozen=True)
class Slice:
    """One file. grid: rows, columns, spacing [2] mm, direction cosines [6]; position [3] mm; NaN where not told."""

    path: Path
    frames: int
    samples: int
    grid: tuple[float, ...]
    position: np.ndarray


@dataclass(frozen=True)
class Series:
    """The slices of one acquisition, and how it was made. Times in ms, None where not told.

    words: what the scanner calls it, without any word that has a part of the patient's identity in it.
    """

    words: tuple[str, ...]
    image_type: str
    sequence: str
    repetition_time: float | None
    echo_time: float | None
    inversion_time: float | None
    contrast_agent: str
    slices: tuple[Slice, ...]

    @property
    def label(self) -> str:
        return "-".join(self.words)[:MAX_LABEL].strip("-") or "unnamed"


def read_series(files: Sequence[Path]) -> list[Series]:
    """The MR series of one study, in the scanner's order; raises `StudyError` when there is no study, or several."""
    datasets = [(path, _header(path)) for path in files]
    mr = [(path, header) for path, header in datasets if header.get("Modality") == "MR"]
    if not mr:
        raise StudyError("The DICOM files are no MR images: expected the T1, T1ce, T2 and FLAIR series of one study.")
    if len({(_text(header, "PatientID"), _text(header, "StudyInstanceUID")) for _, header in mr}) > 1:
        raise StudyError("The DICOM files are of more than one study or patient: give those of one study.")
    groups: dict[str, list[tuple[Path, Any]]] = {}
    for path, header in mr:
        groups.setdefault(_text(header, "SeriesInstanceUID"), []).append((path, header))
    ordered = sorted(groups.values(), key=lambda group: _number(group[0][1], "SeriesNumber") or 0.0)
    return [_series(group) for group in ordered]


def _header(path: Path) -> Any:
    damaged = StudyError("One of the DICOM files is damaged: export the study again.")
    try:
        deflated = read_file_meta_info(path).get("TransferSyntaxUID") == DeflatedExplicitVRLittleEndian
        if deflated:  # pydicom would inflate all of it, however much that is
            raise StudyError("The DICOM files are deflated as a whole: export them with another transfer syntax.")
        header = pydicom.dcmread(
            path, stop_before_pixels=True, defer_size=MAX_HEADER_BYTES, specific_tags=[*NEEDED, *IDENTIFYING]
        )
        is_directory = header.file_meta.get("MediaStorageSOPClassUID") == MediaStorageDirectoryStorage
    except StudyError:
        raise
    except Exception as error:  # pydicom raises almost anything then
        raise damaged from error
    if not is_directory and not _text(header, "Modality"):
        raise damaged
    return header


def _series(group: Sequence[tuple[Path, Any]]) -> Series:
    _, first = group[0]
    return Series(
        words=_words_said(first),
        image_type=_text(first, "ImageType").upper(),
        sequence=_text(first, "ScanningSequence").upper(),
        repetition_time=_number(first, "RepetitionTime"),
        echo_time=_number(first, "EchoTime"),
        inversion_time=_number(first, "InversionTime"),
        contrast_agent=_text(first, "ContrastBolusAgent"),
        slices=tuple(_slice(path, header) for path, header in group),
    )


def _slice(path: Path, header: Any) -> Slice:
    grid = (
        *_numbers(header, "Rows", 1),
        *_numbers(header, "Columns", 1),
        *_numbers(header, "PixelSpacing", 2),
        *_numbers(header, "ImageOrientationPatient", 6),
    )
    frames, samples = (int(_number(header, name) or 1) for name in ("NumberOfFrames", "SamplesPerPixel"))
    return Slice(path, frames, samples, grid, np.array(_numbers(header, "ImagePositionPatient", 3)))


def _words_said(header: Any) -> tuple[str, ...]:
    """Words of description and protocol: letters, digits and "+" only."""
    described = f"{_text(header, 'SeriesDescription')} {_text(header, 'ProtocolName')}"
    identity = {word.lower() for name in IDENTIFYING for word in words_of(_text(header, name))}
    secret = {word for word in identity if len(word) >= SHORTEST_NAME}
    words = dict.fromkeys(words_of(described))
    return tuple(word for word in words if not any(part in word.lower() for part in secret))


def words_of(text: str) -> list[str]:
    return re.findall(r"[^\W_]+\+?|\+[^\W_]+", text)


def _text(header: Any, name: str) -> str:
    try:
        return str(header.get(name) or "")
    except Exception:
        return ""


def _number(header: Any, name: str) -> float | None:
    (value,) = _numbers(header, name, 1)
    return value if np.isfinite(value) else None


def _numbers(header: Any, name: str, count: int) -> tuple[float, ...]:
    """Read `count` numbers, NaN where the header doesn't tell."""
    try:
        found = np.array(header.get(name), float).reshape(count)
    except Exception:
        return (float("nan"),) * count
    return tuple(found.tolist())
