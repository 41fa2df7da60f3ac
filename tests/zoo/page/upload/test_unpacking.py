"""Zips and DICOM become entries of the table, and nothing else of them stays."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from dicom_files import ACQUISITIONS, SeriesMaker, write_study
from fake_worker import FakeWorker
from zoo import MODALITIES, StudyError
from zoo.page.compute_client import ComputeClient
from zoo.page.upload.unpacking import is_packed, unpacked
from zoo.page.upload.upload_handlers import Uploading
from zoo.page.upload.upload_widgets import StudyWidgets

STUDY = StudyWidgets(scans="scans", examples={}, table="table", slots=list(MODALITIES))
STORED = np.random.default_rng(0).integers(0, 3000, (16, 17, 18)).astype(np.uint16)


@pytest.fixture
def zipped(tmp_path):
    """A study whose T1ce was taken twice, and a series that nobody knows."""
    folder = write_study(tmp_path / "export", STORED)
    for number, description in ((8, "SAG T1 POST"), (9, "something")):
        tags = ACQUISITIONS["t1ce"] | {"SeriesDescription": description, "SeriesNumber": number}
        SeriesMaker(tags=tags | ({} if number == 8 else {"EchoTime": 40})).write(folder / str(number), STORED)
    return shutil.make_archive(str(tmp_path / "case"), "zip", folder)


@pytest.fixture
def page(registry, tmp_path):
    return Uploading(ComputeClient(registry, FakeWorker(), tmp_path / "cache"), STUDY, "card")


def _slots(updates):
    return [updates[name] for name in MODALITIES]


def test_the_series_of_a_zip_are_shown_for_confirmation(page, zipped, tmp_path):
    working, assigned = page.assign([zipped])
    assert "Unpacking" in working["card"]
    scans, slots = assigned["scans"], _slots(assigned)
    names = [scan.rpartition("/")[2] for scan in scans]
    assert names == [
        "01-AX-T1_t1.nii", "02-AX-T1-POST_t1ce.nii", "03-AX-T2_t2.nii", "04-AX-FLAIR_flair.nii",
        "05-SAG-T1-POST_t1ce.nii", "06-something_series.nii",
    ]  # fmt: skip
    assert [slot.value for slot in slots] == [names[0], None, names[2], names[3]]
    assert [[name for name, _ in slot.choices] for slot in slots] == [names] * 4
    assert assigned["table"].open
    assert "T1ce: 2 files could be it: 02-AX-T1-POST_t1ce.nii, 05-SAG-T1-POST_t1ce.nii" in assigned["card"]
    left = sorted(path for path in (tmp_path / "cache").rglob("*") if path.is_file())
    assert [str(path) for path in left] == sorted(scans)


def test_a_damaged_zip_is_one_sentence_and_leaves_nothing(page, tmp_path):
    (tmp_path / "bad.zip").write_text("no zip")
    *_, last = page.assign([str(tmp_path / "bad.zip")])
    assert "The zip file is damaged" in last["card"]
    assert not last["table"].open
    assert not any(slot.choices for slot in _slots(last))
    assert list((tmp_path / "cache").iterdir()) == []


def test_nifti_files_are_left_as_they_are(page, files):
    (assigned,) = page.assign(files)
    assert "scans" not in assigned
    assert [slot.value for slot in _slots(assigned)] == [f"case1_{name}.nii.gz" for name in MODALITIES]
    assert not assigned["table"].open


def test_files_that_are_no_scans_are_told_so(registry, tmp_path):
    (tmp_path / "a.dcm").write_text("no DICOM")
    assert is_packed([tmp_path / "a.dcm"])
    with pytest.raises(StudyError, match="No scans found: expected NIfTI files"):
        unpacked(registry, [tmp_path / "a.dcm"], tmp_path / "cache")
