"""What of an exam is left out is named with the reason, every one; and no modality is lost."""

from __future__ import annotations

import numpy as np
import pytest

from dicom_files import ACQUISITIONS, SeriesMaker, write_study
from zoo import MODALITIES, StudyError
from zoo.plugins import dicom
from zoo.study.read import read_volumes

STORED = np.random.default_rng(1).integers(0, 3000, (17, 19, 23)).astype(np.uint16)
LOCALIZER = "it has 3 slices of 19×23, expected 16 to 512 along each axis"
OVER_TIME = "it has several images at one place, as a series over time has"
UNEVEN = "its slices are not evenly spaced: some are missing"


@pytest.fixture
def exam(tmp_path):
    """A study of four sound series."""
    return write_study(tmp_path / "exam", STORED)


def _write(exam, number, description, stored, times=1, **tags):
    """One more series, with as many images at each place as there are times."""
    tags = {"SeriesNumber": number, "SeriesDescription": description} | tags
    for time in range(times):
        SeriesMaker(tags=tags, uid=f"1.2.{number}").write(exam / f"S{number}-{time}", stored)


def _lose_a_slice(folder):
    SeriesMaker(tags=ACQUISITIONS[folder.name]).write(folder, STORED)[8].unlink()


def test_every_series_that_is_no_volume_is_named_with_its_reason(registry, exam):
    for number in (5, 6):
        _write(exam, number, "3-plane localizer", STORED[:3])
    _write(exam, 7, "DSC perfusion", STORED, times=2)
    colours = {"SamplesPerPixel": 3, "PhotometricInterpretation": "RGB", "PlanarConfiguration": 0}
    _write(exam, 8, "ADC colour map", STORED, **colours)
    volumes = read_volumes(registry, exam)
    assert volumes.modalities == MODALITIES
    assert volumes.remarks[0] == (
        f"Not used: 05-3-plane-localizer ({LOCALIZER}), 06-3-plane-localizer ({LOCALIZER}), "
        f"07-DSC-perfusion ({OVER_TIME}), 08-ADC-colour-map (it is in colours)."
    )


def test_a_second_series_of_a_modality_that_is_no_volume_is_named(registry, exam):
    _write(exam, 9, "SAG T2", STORED[:3], **{name: ACQUISITIONS["t2"][name] for name in ("RepetitionTime", "EchoTime")})
    volumes = read_volumes(registry, exam)
    assert volumes.remarks[0] == f"Not used: 05-SAG-T2 ({LOCALIZER})."
    assert volumes.modalities == MODALITIES


@pytest.mark.parametrize(
    ("kinds", "told"),
    [
        (["SR"], "a file that is no MR image (SR)"),
        (["SR", "OT", "SR"], "3 files that are no MR images (OT, SR)"),
        (["JANE"], "a file that is no MR image"),
    ],
)
def test_what_is_no_mr_image_is_counted_by_kind(registry, exam, kinds, told):
    for number, kind in enumerate(kinds):
        SeriesMaker(tags={"Modality": kind}).write(exam / f"report-{number}", STORED[:1])
    volumes = read_volumes(registry, exam)
    assert volumes.modalities == MODALITIES
    assert volumes.remarks[0] == f"Not used: {told}."


def test_an_exam_of_which_nothing_is_left_out_needs_no_word(registry, exam, tmp_path):
    assert registry.unpack(exam, tmp_path / "out").remarks == ()


def test_every_modality_that_would_be_lost_is_named(registry, tmp_path):
    """Also two of one modality, while what is another's, or nobody's, is not at fault."""
    write_study(tmp_path / "in", STORED, ("t1",))
    for folder in ("a/t2", "b/t2", "a/flair"):
        _lose_a_slice(tmp_path / "in" / folder)
    _write(tmp_path / "in", 9, "localizer", STORED[:3])
    with pytest.raises(StudyError, match="Export these series again, or leave them out") as caught:
        read_volumes(registry, tmp_path / "in")
    assert str(caught.value).count(UNEVEN) == 3
    assert [str(caught.value).count(word) for word in ("T2 (", "FLAIR (", "T1 (", "localizer")] == [2, 1, 0, 0]


def test_an_exam_without_a_volume_names_all_its_series(registry, tmp_path):
    for number in (1, 2):
        _write(tmp_path / "in", number, "localizer", STORED[:3])
    with pytest.raises(StudyError) as caught:
        read_volumes(registry, tmp_path / "in")
    first, second = (f"Series (0{number}-localizer): {LOCALIZER}" for number in (1, 2))
    assert str(caught.value) == f"{first}; {second}. Export these series again, or leave them out."


def test_no_more_files_are_taken_than_are_looked_at(registry, exam, monkeypatch):
    """Of pictures beside the series too, which would take the place of some of them."""
    monkeypatch.setattr(dicom, "MAX_FILES", 80)
    for number in range(30):
        (exam / f"a{number}.png").touch()
    with pytest.raises(StudyError, match="More than 80 files, with DICOM"):
        read_volumes(registry, exam)
