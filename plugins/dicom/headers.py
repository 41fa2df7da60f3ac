"""What the headers of DICOM files say, as far as it is needed to tell series apart and to place their slices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from pydicom.filereader import read_file_meta_info
from pydicom.uid import DeflatedExplicitVRLittleEndian, MediaStorageDirectoryStorage

from zoo import StudyError

from .agent import AGENT_TAGS, agent_given
from .fields import number, numbers, terms, text
from .frames import ENHANCED_TAGS, FrameHeader, frame_headers
from .words import words_of

IDENTIFYING = (
    "PatientName", "PatientID", "PatientBirthDate", "OtherPatientIDs", "OtherPatientNames", "PatientAddress",
    "AccessionNumber", "ReferringPhysicianName", "PerformingPhysicianName", "OperatorsName", "InstitutionName",
)  # fmt: skip
NEEDED = (
    "SOPClassUID", "Modality", "StudyInstanceUID", "SeriesInstanceUID", "SeriesNumber", "SeriesDescription",
    "ProtocolName", "ImageType", "ScanningSequence", "RepetitionTime", "EchoTime", "InversionTime",
    "NumberOfFrames", "SamplesPerPixel", "Rows", "Columns", "PixelSpacing",
    "ImageOrientationPatient", "ImagePositionPatient",
)  # fmt: skip
TAGS = [*NEEDED, *AGENT_TAGS, *ENHANCED_TAGS, *IDENTIFYING]
IMAGE_TYPES = ("ImageType", "FrameType", "AcquisitionContrast", "ComplexImageComponent")
MAX_HEADER_BYTES = 2**20
MAX_LABEL = 40
SHORTEST_NAME = 2  # letters


@dataclass(frozen=True)
class Slice:
    """One file, or one frame of it. samples: values a pixel. echo_time: ms, None where not told.

    grid: rows, columns, spacing [2] mm, direction cosines [6]; position [3] mm; NaN where not told.
    """

    path: Path
    frame: int | None
    samples: int
    echo_time: float | None
    grid: tuple[float, ...]
    position: np.ndarray


@dataclass(frozen=True)
class Series:
    """The slices of one acquisition, and how it was made. Times in ms, None where not told.

    label: what the scanner calls it, without any word that has a part of the patient's identity in it.
    description, protocol: the words of what the scanner calls it, and calls the protocol that it is of.
    image_type: all terms for what kind of image it is. agent_given: whether a contrast agent was, None where not told.
    """

    label: str
    description: tuple[str, ...]
    protocol: tuple[str, ...]
    image_type: tuple[str, ...]
    sequence: str
    repetition_time: float | None
    echo_time: float | None
    inversion_time: float | None
    agent_given: bool | None
    slices: tuple[Slice, ...]


def read_series(files: Sequence[Path]) -> tuple[list[Series], list[str]]:
    """The MR series of one study, in the scanner's order, and the Modality of each other file.

    A DICOMDIR, which only lists what there is, is not counted. Raises `StudyError` when there is no study, or several.
    """
    headers = [(path, read_header(path)) for path in files]
    mr = [(path, header) for path, header in headers if text(header, "Modality") == "MR"]
    others = [kind for _, header in headers if (kind := text(header, "Modality")) not in ("", "MR")]
    if not mr:
        raise StudyError("The DICOM files are no MR images: expected the T1, T1ce, T2 and FLAIR series of one study.")
    if len({(text(header, "PatientID"), text(header, "StudyInstanceUID")) for _, header in mr}) > 1:
        raise StudyError("The DICOM files are of more than one study or patient: give those of one study.")
    groups: dict[str, list[tuple[Path, Any]]] = {}
    for path, header in mr:
        groups.setdefault(text(header, "SeriesInstanceUID"), []).append((path, header))
    ordered = sorted(groups.values(), key=lambda group: number(group[0][1], "SeriesNumber") or 0.0)
    return [_series(group) for group in ordered], others


def read_header(path: Path) -> Any:
    """What is needed of a file's header; raises `StudyError` when it is damaged."""
    damaged = StudyError("One of the DICOM files is damaged: export the study again.")
    try:
        deflated = read_file_meta_info(path).get("TransferSyntaxUID") == DeflatedExplicitVRLittleEndian
        if deflated:  # pydicom would inflate all of it, however much that is
            raise StudyError("The DICOM files are deflated as a whole: export them with another transfer syntax.")
        header = pydicom.dcmread(path, stop_before_pixels=True, defer_size=MAX_HEADER_BYTES, specific_tags=TAGS)
        is_directory = header.file_meta.get("MediaStorageSOPClassUID") == MediaStorageDirectoryStorage
    except StudyError:
        raise
    except Exception as error:  # pydicom raises almost anything then
        raise damaged from error
    if not is_directory and not text(header, "Modality"):
        raise damaged
    return header


def _series(group: Sequence[tuple[Path, Any]]) -> Series:
    frames = [(path, frame_headers(header)) for path, header in group]
    first = frames[0][1][0]
    return Series(
        label=_label(first),
        description=tuple(words_of(text(first, "SeriesDescription"))),
        protocol=tuple(words_of(text(first, "ProtocolName"))),
        image_type=tuple(term for name in IMAGE_TYPES for term in terms(first, name)),
        sequence="\\".join(terms(first, "ScanningSequence")),
        repetition_time=number(first, "RepetitionTime"),
        echo_time=number(first, "EchoTime"),
        inversion_time=number(first, "InversionTime"),
        agent_given=agent_given(first),
        slices=tuple(_slice(path, header, index) for path, headers in frames for index, header in enumerate(headers)),
    )


def _slice(path: Path, header: Any, index: int) -> Slice:
    grid = (
        *numbers(header, "Rows", 1),
        *numbers(header, "Columns", 1),
        *numbers(header, "PixelSpacing", 2),
        *numbers(header, "ImageOrientationPatient", 6),
    )
    return Slice(
        path,
        frame=index if isinstance(header, FrameHeader) else None,
        samples=int(number(header, "SamplesPerPixel") or 1),
        echo_time=number(header, "EchoTime"),
        grid=grid,
        position=np.array(numbers(header, "ImagePositionPatient", 3)),
    )


def _label(header: Any) -> str:
    identity = {word.lower() for name in IDENTIFYING for word in words_of(text(header, name))}
    secret = {word for word in identity if len(word) >= SHORTEST_NAME}
    words = dict.fromkeys(words_of(f"{text(header, 'SeriesDescription')} {text(header, 'ProtocolName')}"))
    told = (word for word in words if not any(part in word.lower() for part in secret))
    return "-".join(told)[:MAX_LABEL].strip("-") or "unnamed"
