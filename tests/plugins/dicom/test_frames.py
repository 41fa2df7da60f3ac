"""Enhanced multi-frame files are read as the slices that they hold: each frame at its place, with its own slope."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import nibabel as nib
import numpy as np
import pydicom
import pytest
from pydicom.uid import RLELossless

from dicom_files import ACQUISITIONS, PATIENT, Placed, SeriesMaker
from enhanced_files import GROUPS, PER_FRAME, folded, save, write_enhanced
from zoo import MODALITIES, StudyError
from zoo.plugins.dicom.headers import read_series
from zoo.study.read import read_volumes

STORED = np.random.default_rng(1).integers(0, 3000, (17, 19, 23)).astype(np.uint16)
COUNT = len(STORED)
TILT = np.radians(20)
TILTED = Placed((1, 0, 0), (0, float(np.cos(TILT)), float(np.sin(TILT))))
SLOPES = (1.0, 0.5, 1.75)  # a first slice of whole numbers, which must not become everybody's type
T2 = SeriesMaker(TILTED, ACQUISITIONS["t2"], SLOPES, -100)


@pytest.fixture
def convert(registry, tmp_path):
    """convert(path): the one image made of a file or folder."""

    def image(path):
        (scan,) = registry.unpack(path, tmp_path / "unpacked").scans
        assert scan.name == "01-AX-T2_t2.nii"
        return nib.load(scan)

    return image


def _expect_all_in_place(image, maker=T2, stored=STORED):
    assert sorted(image.shape) == sorted(stored.shape)
    assert sorted(nib.affines.voxel_sizes(image.affine).round(4)) == [1.5, 2.0, 3.0]
    to_voxel = np.linalg.inv(image.affine)
    for index, row, column in product(range(len(stored)), (0, 7, 18), (0, 11, 22)):
        voxel = (to_voxel @ [*maker.placed.world_ras(row, column, index), 1])[:3]
        np.testing.assert_allclose(voxel, np.rint(voxel), atol=1e-3)
        slope = maker.slopes[index % len(maker.slopes)]
        assert image.dataobj[tuple(np.rint(voxel).astype(int))] == stored[index, row, column] * slope + maker.intercept


@pytest.mark.parametrize("order", [range(COUNT), range(COUNT - 1, -1, -1), ()], ids=["up", "down", "shuffled"])
@pytest.mark.parametrize("per_frame", [PER_FRAME, tuple(GROUPS)], ids=["what must be", "all"])
def test_frames_lie_by_place_each_with_its_slope(convert, tmp_path, order, per_frame):
    _expect_all_in_place(convert(write_enhanced(tmp_path / "in", T2, STORED, order, per_frame)))


def test_one_slope_is_shared_and_none_is_1(convert, tmp_path):
    shared = SeriesMaker(TILTED, ACQUISITIONS["t2"], (0.5,), 3)
    _expect_all_in_place(convert(write_enhanced(tmp_path / "a" / "in", shared, STORED, (), PER_FRAME[:1])), shared)


def test_no_slope_is_1_and_numbers_may_be_signed(convert, tmp_path):
    plain, stored = SeriesMaker(TILTED, ACQUISITIONS["t2"]), (STORED.astype(int) - 1000).astype(np.int16)
    _expect_all_in_place(convert(write_enhanced(tmp_path / "in", plain, stored)), plain, stored)


def test_compressed_frames_are_read(convert, tmp_path):
    path = write_enhanced(tmp_path / "in", T2, STORED)
    dataset = pydicom.dcmread(path)
    dataset.compress(RLELossless)
    dataset.save_as(path)
    _expect_all_in_place(convert(path))


def test_a_series_may_be_cut_into_files(convert, tmp_path):
    slices = T2.datasets(STORED)
    for name, part in (("a", slices[9:]), ("b", slices[:8]), ("c", slices[8:9])):
        save(tmp_path / "in" / name, folded(part))
    _expect_all_in_place(convert(tmp_path / "in"))


def test_a_whole_study_of_four_files(registry, tmp_path):
    for name in MODALITIES:
        write_enhanced(tmp_path / "in" / name, SeriesMaker(tags=ACQUISITIONS[name]), STORED)
    assert read_volumes(registry, tmp_path / "in").modalities == MODALITIES


def test_what_a_frame_tells_of_its_acquisition_is_found(tmp_path):
    (series,), _ = read_series([write_enhanced(tmp_path / "in", SeriesMaker(tags=ACQUISITIONS["flair"]), STORED)])
    assert (series.repetition_time, series.echo_time, series.inversion_time) == (9000, 120, 2500)
    (series,), _ = read_series([write_enhanced(tmp_path / "in", SeriesMaker(tags=ACQUISITIONS["t1ce"]), STORED)])
    assert (series.sequence, series.agent_given) == ("SE", True)


def _missing(slices):
    return folded([*slices[:5], *slices[6:]])


def _several_times(slices):
    return folded([*slices, *slices])


def _several_echoes(slices):
    later = replace(T2, tags=ACQUISITIONS["t2"] | {"EchoTime": 180}).datasets(STORED)
    return folded([*slices, *later], [*PER_FRAME, "MREchoSequence"])


def _turned(slices):
    slices[3].ImageOrientationPatient = [0, 1, 0, 0, 0, -1]
    return folded(slices, [*PER_FRAME, "PlaneOrientationSequence"])


def _fewer_frames_told(slices):
    file = folded(slices)
    del file.PerFrameFunctionalGroupsSequence[-1]
    return file


def _a_slope_missing(slices):
    file = folded(slices)
    del file.PerFrameFunctionalGroupsSequence[4].PixelValueTransformationSequence
    return file


def _no_groups(slices):
    slices[0].NumberOfFrames = COUNT
    slices[0].PixelData = b"".join(each.PixelData for each in slices)
    return slices[0]


def _fewer_pixels(slices):
    file = folded(slices)
    file.PixelData = file.PixelData[:-500]
    return file


FAULTS = {
    _missing: "its slices are not evenly spaced: some are missing",
    _several_times: "several images at one place, as a series over time has",
    _several_echoes: r"several images at one place, of 2 echo times \(100 to 180 ms\); each must be a series",
    _turned: "its slices differ in size or orientation",
    _fewer_frames_told: "size, place or scale of a slice or frame is missing",
    _a_slope_missing: "size, place or scale of a slice or frame is missing",
    _no_groups: "size, place or scale of a slice or frame is missing",
    _fewer_pixels: "can't be decoded",
}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_faulty_files_are_refused_in_one_sentence(registry, tmp_path, fault):
    save(tmp_path / "in", fault(T2.datasets(STORED)))
    with pytest.raises(StudyError, match=FAULTS[fault]) as caught:
        read_volumes(registry, tmp_path / "in")
    assert str(tmp_path) not in str(caught.value)


def test_no_word_of_the_patient_is_left(convert, tmp_path):
    file = folded(T2.datasets(STORED))
    file.PatientComments = file.PerFrameFunctionalGroupsSequence[0].ImageComments = PATIENT
    convert(save(tmp_path / "in", file))
    (scan,) = (tmp_path / "unpacked").rglob("*.nii")
    content = scan.read_bytes().lower()
    assert not any(word in content for word in (b"doe", b"jane", b"jd1234"))
    assert [*scan.parent.iterdir()] == [scan]
