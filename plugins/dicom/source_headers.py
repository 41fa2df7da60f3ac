"""Headers of the files that a SEG or an SR refers to, and the identity of patient and study that it repeats.

highdicom asks for fields that de-identified series lack, and refuses values that archives hold: it gets blanks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pydicom
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

from zoo import StudyError

from .fields import text

IDENTITY = (
    "SpecificCharacterSet", "PatientID", "PatientName", "PatientBirthDate", "PatientSex", "AccessionNumber", "StudyID",
    "StudyDate", "StudyTime", "ReferringPhysicianName",
)  # fmt: skip
NAMED = ("StudyInstanceUID", "SOPInstanceUID")
MAKER = "GliomaZoo"


@dataclass(frozen=True)
class SourceHeaders:
    """Headers of files, one each and without identity. identity: the first file's, as it stands there."""

    headers: tuple[Dataset, ...]
    identity: tuple[DataElement, ...]


def source_headers(files: Iterable[Path], written: str, named: Sequence[str] = ()) -> SourceHeaders:
    """Read the headers of files, each once; raises `StudyError` where they lack what must be repeated.

    written: what is to refer to them, such as "DICOM SEG". named: fields that it repeats beside those of all.
    """
    headers = tuple(pydicom.dcmread(path, stop_before_pixels=True) for path in dict.fromkeys(files))
    for name in (*NAMED, *named):
        if not all(text(header, name) for header in headers):
            raise StudyError(f"A {written} repeats {name}, which the series' headers lack. Export the study anew.")
    identity = tuple(deepcopy(headers[0][name]) for name in IDENTITY if name in headers[0])
    for header in headers:
        for name in IDENTITY:
            setattr(header, name, "")
        del header.SpecificCharacterSet
    return SourceHeaders(headers, identity)


def file_content(made: Dataset, identity: Iterable[DataElement]) -> bytes:
    """Write what was made here, with the identity, as a DICOM file."""
    for element in identity:
        made[element.tag] = element
    content = BytesIO()
    made.save_as(content, enforce_file_format=True)
    return content.getvalue()
