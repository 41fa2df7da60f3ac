"""Regions become a SEG: each frame lies where its source does, and says the region of every pixel; read back twice."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace

import highdicom
import numpy as np
import pydicom
import pytest

from dicom_files import ACQUISITIONS, PATIENT, Placed, SeriesMaker
from enhanced_files import PER_FRAME, folded, save, write_enhanced
from zoo import REGION_LABELS, StudyError
from zoo.study.read import read_volumes

STORED = np.random.default_rng(1).integers(0, 3000, (17, 19, 23)).astype(np.uint16)
TILT = np.radians(20)
PLANES = {
    "axial": Placed(),
    "sagittal": Placed((0, 1, 0), (0, 0, -1)),
    "upside down": Placed((-1, 0, 0), (0, 1, 0)),
    "tilted": Placed((1, 0, 0), (0, float(np.cos(TILT)), float(np.sin(TILT)))),
}
NAMED = {"FrameOfReferenceUID": "1.2.826.7"}
LABELS = np.array([0, *REGION_LABELS.values()], np.uint8)
EMPTY = slice(-3, None)
STORED[EMPTY] &= 0xFFFC  # so that `_segments` finds nothing in the last slices


def _segments(stored):
    """Segment of each pixel in these tests, 0 to 3, by what the scanner stored there."""
    return stored.astype(int) % 4


@pytest.fixture
def encoded(registry, tmp_path):
    """encoded(tags, placed) → the path of a SEG of a T1ce series, with the regions of `_segments` or of none."""

    def encode(tags=NAMED, placed=PLANES["tilted"], source="series", segments=_segments, write=None):
        maker = SeriesMaker(placed, ACQUISITIONS["t1ce"] | tags)
        folder = tmp_path / source
        write(folder / "all", maker) if write else maker.write(folder, STORED)
        volumes = read_volumes(registry, folder)
        segmentation = _segmentation(LABELS[segments(volumes.data[1])], volumes)
        path = tmp_path / "regions.dcm"
        path.write_bytes(registry.encode_regions(segmentation, volumes.origins))
        return path

    return encode


def _segmentation(labels, volumes):
    return SimpleNamespace(
        study="case1", labels=labels, affine=volumes.affine, model="unet-radiomics.compact", weights="abc123"
    )


def _frames(path):
    """Segment, pixels, position and item of each frame, as pydicom alone reads them."""
    file = pydicom.dcmread(path)
    for pixels, item in zip(file.pixel_array, file.PerFrameFunctionalGroupsSequence, strict=True):
        number = item.SegmentIdentificationSequence[0].ReferencedSegmentNumber
        yield number, pixels, np.array(item.PlanePositionSequence[0].ImagePositionPatient, float), item


def _source_of(item):
    return item.DerivationImageSequence[0].SourceImageSequence[0]


@pytest.mark.parametrize("plane", PLANES)
def test_every_frame_lies_where_its_source_does(encoded, tmp_path, plane):
    """By pydicom: position and orientation within 0.01 mm, the file it refers to, and every pixel of every segment."""
    path = encoded(placed=PLANES[plane])
    sources = {file.SOPInstanceUID: file for file in map(pydicom.dcmread, (tmp_path / "series").iterdir())}
    shared = pydicom.dcmread(path).SharedFunctionalGroupsSequence[0]
    seen = Counter()
    for number, pixels, position, item in _frames(path):
        source = sources[_source_of(item).ReferencedSOPInstanceUID]
        np.testing.assert_allclose(position, source.ImagePositionPatient, atol=0.01)
        cosines = shared.PlaneOrientationSequence[0].ImageOrientationPatient
        np.testing.assert_allclose(cosines, source.ImageOrientationPatient, atol=1e-6)
        np.testing.assert_array_equal(pixels == 1, _segments(source.pixel_array) == number)
        seen[number] += 1
    assert seen == dict.fromkeys((1, 2, 3), len(STORED) - 3)
    np.testing.assert_allclose(shared.PixelMeasuresSequence[0].PixelSpacing, [1.5, 2.0])


@pytest.mark.parametrize("plane", PLANES)
def test_highdicom_reads_back_the_same_places(encoded, plane):
    volume = highdicom.seg.segread(encoded(placed=PLANES[plane])).get_volume(combine_segments=True)
    placed, segments = PLANES[plane], _segments(STORED)
    for index, row, column in ((0, 0, 0), (5, 18, 3), (13, 2, 22)):
        patient = placed.world_ras(row, column, index) * [-1, -1, 1]
        found = np.linalg.inv(volume.affine) @ [*patient, 1]
        np.testing.assert_allclose(found[:3], np.rint(found[:3]), atol=0.01 / 3)
        assert volume.array[tuple(np.rint(found[:3]).astype(int))] == segments[index, row, column]


@pytest.mark.parametrize("shared", [True, False])
def test_frames_of_an_enhanced_file_are_told_by_their_numbers(encoded, shared):
    """Whether orientation and spacing stand once or in each frame."""
    groups = PER_FRAME if shared else (*PER_FRAME, "PlaneOrientationSequence", "PixelMeasuresSequence")
    path = encoded(write=lambda file, maker: write_enhanced(file, maker, STORED, per_frame=groups))
    (source,) = (path.parent / "series").iterdir()
    frames, enhanced = 0, pydicom.dcmread(source)
    for number, pixels, position, item in _frames(path):
        index = _source_of(item).ReferencedFrameNumber - 1
        there = enhanced.PerFrameFunctionalGroupsSequence[index].PlanePositionSequence[0].ImagePositionPatient
        np.testing.assert_allclose(position, np.array(there, float), atol=0.01)
        np.testing.assert_array_equal(pixels == 1, _segments(enhanced.pixel_array[index]) == number)
        frames += 1
    assert frames == 3 * (len(STORED) - 3)


def test_segments_are_told_by_codes_of_the_standard(encoded):
    file = pydicom.dcmread(encoded())
    told = [
        (each.SegmentNumber, kind.CodingSchemeDesignator, kind.CodeValue)
        for each in file.SegmentSequence
        for kind in each.SegmentedPropertyTypeCodeSequence
    ]
    assert told == [(1, "SCT", "6574001"), (2, "SCT", "79654002"), (3, "NCIt", "C113842")]
    core = file.SegmentSequence[0]
    assert "necrosis and non-enhancing" in core.SegmentLabel
    assert "not a medical device" in core.SegmentDescription
    assert (core.SegmentAlgorithmType, core.SegmentAlgorithmName) == ("AUTOMATIC", "unet-radiomics.compact")
    assert (file.Modality, file.SegmentationType) == ("SEG", "BINARY")
    assert "not a medical device" in file.SeriesDescription


def test_it_belongs_to_the_patient_and_to_the_series(encoded, tmp_path):
    """Whatever is told or not told of the patient is repeated as it stands, in its own character set."""
    odd = {"PatientSex": "U", "PatientBirthDate": "1950", "SpecificCharacterSet": "ISO_IR 100", "StudyID": "7"}
    file = pydicom.dcmread(encoded(NAMED | odd | {"PatientName": "Müller^Jörg"}))
    source = pydicom.dcmread(next((tmp_path / "series").iterdir()))
    for name in ("PatientID", "PatientName", "StudyInstanceUID", "FrameOfReferenceUID", *odd):
        assert file[name].value == source[name].value, name
    assert file.ReferencedSeriesSequence[0].SeriesInstanceUID == source.SeriesInstanceUID
    assert file.AccessionNumber in (None, "")
    for made in (file.SOPInstanceUID, file.SeriesInstanceUID):
        assert made.startswith(pydicom.uid.PYDICOM_ROOT_UID)


def test_each_is_a_new_object_of_a_new_series(encoded):
    first, second = (pydicom.dcmread(encoded(source=name)) for name in ("first", "second"))
    assert first.SOPInstanceUID != second.SOPInstanceUID
    assert first.SeriesInstanceUID != second.SeriesInstanceUID


def test_distances_are_told_as_slices_lie(encoded):
    """Not as a field says that contradicts their places."""
    measures = pydicom.dcmread(encoded(NAMED | {"SpacingBetweenSlices": 0.3, "SliceThickness": None}))
    told = measures.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]
    assert (told.SpacingBetweenSlices, told.SliceThickness) == pytest.approx((3.0, 3.0))


def test_no_region_is_told_too(encoded):
    """As a file whose frames are all empty, which describes its segments."""
    path = encoded(segments=lambda values: np.zeros(values.shape, int))
    assert len(pydicom.dcmread(path).SegmentSequence) == 3
    assert not any(pixels.any() for _, pixels, *_ in _frames(path))


FAULTS = {
    "no frame of reference": (
        {"FrameOfReferenceUID": ""},
        "repeats FrameOfReferenceUID, which the series' headers lack",
    ),
    "no identity of its files": (NAMED | {"SOPInstanceUID": ""}, "repeats SOPInstanceUID"),
}


@pytest.mark.parametrize(("tags", "told"), FAULTS.values(), ids=FAULTS)
def test_series_that_can_t_be_referred_to_are_told(encoded, tags, told):
    with pytest.raises(StudyError, match=told) as caught:
        encoded(tags)
    assert PATIENT not in str(caught.value)


def test_two_frames_of_reference_in_one_series(registry, tmp_path):
    paths = SeriesMaker(tags=ACQUISITIONS["t1ce"] | NAMED).write(tmp_path / "in", STORED)
    slice_ = pydicom.dcmread(paths[4])
    slice_.FrameOfReferenceUID = "1.2.3"
    slice_.save_as(paths[4])
    volumes = read_volumes(registry, tmp_path / "in")
    with pytest.raises(StudyError, match="lies in one FrameOfReferenceUID; this series has 2"):
        registry.encode_regions(_segmentation(volumes.brain.astype(np.uint8), volumes), volumes.origins)


def test_a_series_in_several_enhanced_files(registry, tmp_path):
    maker = SeriesMaker(tags=ACQUISITIONS["t1ce"] | NAMED, uid="1.2.840.1")
    for number, file in enumerate(maker.datasets(STORED)):
        save(tmp_path / "in" / f"{number}", folded([file]))
    volumes = read_volumes(registry, tmp_path / "in")
    with pytest.raises(StudyError, match="can refer to one enhanced file; this series is in 17"):
        registry.encode_regions(_segmentation(volumes.brain.astype(np.uint8), volumes), volumes.origins)
