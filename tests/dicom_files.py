"""DICOM series as a scanner would write them, made here from numbers, so that what a reader should find is known."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage, generate_uid

PATIENT = "Doe^Jane"
STUDY_UID = generate_uid(entropy_srcs=["study"])
ACQUISITIONS = {
    "t1": {"SeriesDescription": "AX T1", "RepetitionTime": 600, "EchoTime": 10, "ScanningSequence": "SE"},
    "t1ce": {
        "SeriesDescription": "AX T1 POST", "RepetitionTime": 600, "EchoTime": 10, "ScanningSequence": "SE",
        "ContrastBolusAgent": "Gadovist",
    },
    "t2": {"SeriesDescription": "AX T2", "RepetitionTime": 4000, "EchoTime": 100, "ScanningSequence": "SE"},
    "flair": {
        "SeriesDescription": "AX FLAIR", "RepetitionTime": 9000, "EchoTime": 120, "InversionTime": 2500,
        "ScanningSequence": ["SE", "IR"],
    },
}  # fmt: skip


@dataclass(frozen=True)
class Placed:
    """How slices lie in the patient: unit vectors to the patient's left, back and head (LPS), spacing in mm.

    along_row: the way to the next column. along_column: the way to the next row. origin: centre of the first voxel.
    """

    along_row: tuple[float, float, float] = (1.0, 0.0, 0.0)
    along_column: tuple[float, float, float] = (0.0, 1.0, 0.0)
    row_spacing: float = 1.5
    column_spacing: float = 2.0
    slice_spacing: float = 3.0
    origin: tuple[float, float, float] = (-20.0, -30.0, 10.0)

    @property
    def normal(self) -> np.ndarray:
        return np.cross(self.along_row, self.along_column)

    def world_ras(self, row: int, column: int, index: int) -> np.ndarray:
        """Where a voxel is, in mm to the right, front and head: DICOM's equation C.7.6.2.1-1, two signs changed."""
        lps = (
            np.array(self.origin)
            + np.array(self.along_row) * column * self.column_spacing
            + np.array(self.along_column) * row * self.row_spacing
            + self.normal * index * self.slice_spacing
        )
        return lps * [-1, -1, 1]


@dataclass
class SeriesMaker:
    """write(folder, stored) writes stored [slice, row, column] as one file a slice, in a shuffled order of names."""

    placed: Placed = field(default_factory=Placed)
    tags: dict[str, Any] = field(default_factory=dict)
    slopes: tuple[float, ...] = (1.0,)
    intercept: float = 0.0
    uid: str = ""
    seed: int = 0

    def write(self, folder: Path, stored: np.ndarray) -> list[Path]:
        folder.mkdir(parents=True, exist_ok=True)
        names = np.random.default_rng(self.seed).permutation(len(stored))
        paths = [folder / f"IM{name:04d}" for name in names]
        for path, dataset in zip(paths, self.datasets(stored, str(folder)), strict=True):
            dataset.save_as(path, enforce_file_format=True)
        return paths

    def datasets(self, stored: np.ndarray, source: str = "") -> list[Dataset]:
        """The slices as files' contents, in the order of their places; of another source it is another series."""
        uid = self.uid or generate_uid(entropy_srcs=[source, str(self.tags)])
        return [self._dataset(uid, index, pixels) for index, pixels in enumerate(stored)]

    def _dataset(self, series_uid: str, index: int, pixels: np.ndarray) -> Dataset:
        dataset = Dataset()
        dataset.file_meta = FileMetaDataset()
        dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = MRImageStorage
        dataset.SOPInstanceUID = generate_uid(entropy_srcs=[series_uid, str(index)])
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
        dataset.PatientName, dataset.PatientID, dataset.Modality = PATIENT, "JD1234", "MR"
        dataset.StudyInstanceUID, dataset.SeriesInstanceUID = STUDY_UID, series_uid
        dataset.SeriesNumber, dataset.InstanceNumber = 1, index + 1
        self._describe_pixels(dataset, index, pixels)
        for name, value in self.tags.items():
            setattr(dataset, name, value)
        return dataset

    def _describe_pixels(self, dataset: Dataset, index: int, pixels: np.ndarray) -> None:
        placed = self.placed
        dataset.Rows, dataset.Columns = pixels.shape
        dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
        dataset.BitsAllocated = dataset.BitsStored = 8 * pixels.itemsize
        dataset.HighBit, dataset.PixelRepresentation = dataset.BitsStored - 1, int(pixels.dtype.kind == "i")
        dataset.PixelSpacing = [placed.row_spacing, placed.column_spacing]
        dataset.SliceThickness = placed.slice_spacing
        dataset.ImageOrientationPatient = [f"{value:.10f}"[:16] for value in (*placed.along_row, *placed.along_column)]
        position = np.array(placed.origin) + placed.normal * index * placed.slice_spacing
        dataset.ImagePositionPatient = [f"{value:.9f}"[:16] for value in position]
        slope = self.slopes[index % len(self.slopes)]
        if slope != 1 or self.intercept:
            dataset.RescaleSlope, dataset.RescaleIntercept = slope, self.intercept
        dataset.PixelData = pixels.astype(pixels.dtype.newbyteorder("<")).tobytes()


def write_study(folder: Path, stored: np.ndarray, modalities: tuple[str, ...] = tuple(ACQUISITIONS)) -> Path:
    """One folder with a folder of DICOM files for each modality, all on one grid."""
    for number, name in enumerate(modalities, start=1):
        tags = ACQUISITIONS[name] | {"SeriesNumber": number}
        SeriesMaker(tags=tags, seed=number).write(folder / f"S{number}", stored + number)
    return folder
