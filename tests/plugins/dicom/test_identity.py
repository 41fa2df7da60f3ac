"""Whose a folder's files are is told by number, and by the first image that tells."""

from __future__ import annotations

import numpy as np

from dicom_files import SeriesMaker
from zoo.plugins.dicom.identity import exams_of

STORED = np.ones((1, 16, 16), np.uint16)


def test_the_same_patient_and_study_are_the_same_number(tmp_path):
    tags = [
        {"PatientID": "A"},
        {"PatientID": "B"},
        {"PatientID": "A", "SeriesInstanceUID": "1.2.3"},
        {"PatientID": "A", "StudyInstanceUID": "1.2.3"},
        {"PatientID": "A", "Modality": "CT"},
    ]
    folders = [SeriesMaker(tags=each).write(tmp_path / f"{n}", STORED) for n, each in enumerate(tags)]
    assert exams_of(folders) == [0, 1, 0, 2, None]
    damaged = tmp_path / "damaged"
    damaged.write_bytes(bytes(128) + b"DICM" + b"no")
    assert exams_of([[damaged], [damaged, *folders[4], *folders[1]], []]) == [None, 0, None]
