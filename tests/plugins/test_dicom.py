"""DICOM series become volumes: every voxel at its place with its value, and each series what it is."""

from __future__ import annotations

import itertools
import shutil
from io import BytesIO
from types import SimpleNamespace

import nibabel as nib
import numpy as np
import pydicom
import pytest
from pydicom.uid import RLELossless

from dicom_files import ACQUISITIONS, PATIENT, Placed, SeriesMaker, write_study
from zoo import MODALITIES, SeveralStudiesError, StudyError
from zoo.study.data_set import find_studies
from zoo.study.read import read_volumes

STORED = np.random.default_rng(1).integers(0, 3000, (17, 19, 23)).astype(np.uint16)
TILT = np.radians(20)
PLANES = {
    "axial": Placed(),
    "sagittal": Placed((0, 1, 0), (0, 0, -1)),
    "coronal": Placed((1, 0, 0), (0, 0, -1)),
    "upside down": Placed((-1, 0, 0), (0, 1, 0)),
    "tilted": Placed((1, 0, 0), (0, float(np.cos(TILT)), float(np.sin(TILT)))),
}


@pytest.fixture
def converted(registry, tmp_path):
    """converted(folder): the images made of its DICOM files, by the last word of their names."""

    def convert(folder):
        scans = registry.unpack(folder, tmp_path / "unpacked").scans
        return {path.stem.rpartition("_")[2]: nib.load(path) for path in scans}

    return convert


@pytest.mark.parametrize("plane", PLANES)
@pytest.mark.parametrize("number", ["u2", "i2", "u1"])
def test_every_voxel_is_at_its_place(converted, tmp_path, plane, number):
    stored = (STORED.astype(int) - 1000 * (number == "i2")).astype(number)
    SeriesMaker(PLANES[plane], ACQUISITIONS["t1"]).write(tmp_path / "in", stored)
    image = converted(tmp_path / "in")["t1"]
    to_voxel = np.linalg.inv(image.affine)
    for index, row, column in itertools.product((0, 8, 16), (0, 7, 18), (0, 11, 22)):
        voxel = to_voxel @ [*PLANES[plane].world_ras(row, column, index), 1]
        i, j, k = np.rint(voxel[:3]).astype(int)
        np.testing.assert_allclose(voxel[:3], [i, j, k], atol=1e-3)
        assert image.dataobj[i, j, k] == stored[index, row, column]
    assert sorted(image.shape) == sorted(stored.shape)
    assert sorted(nib.affines.voxel_sizes(image.affine).round(4)) == [1.5, 2.0, 3.0]


def test_each_slice_has_a_slope_of_its_own(converted, tmp_path):
    slopes = (1.0, 0.5, 1.75)  # a first slice of whole numbers, which must not become everybody's type
    SeriesMaker(tags=ACQUISITIONS["t2"], slopes=slopes, intercept=-100).write(tmp_path / "in", STORED)
    image = converted(tmp_path / "in")["t2"]
    for index in range(len(STORED)):
        i, j, k = np.rint(np.linalg.inv(image.affine) @ [*Placed().world_ras(3, 5, index), 1]).astype(int)[:3]
        assert image.dataobj[i, j, k] == STORED[index, 3, 5] * slopes[index % 3] - 100


def test_compressed_slices_are_read(converted, tmp_path):
    for path in SeriesMaker(tags=ACQUISITIONS["t1"]).write(tmp_path / "in", STORED):
        dataset = pydicom.dcmread(path)
        dataset.compress(RLELossless)
        dataset.save_as(path)
    image = converted(tmp_path / "in")["t1"]
    assert np.sort(np.asarray(image.dataobj).ravel()).tolist() == np.sort(STORED.ravel()).tolist()


def test_a_whole_study_from_a_folder_of_folders(registry, tmp_path):
    volumes = read_volumes(registry, write_study(tmp_path / "case9", STORED))
    assert volumes.id == "case9"
    assert volumes.modalities == MODALITIES
    for number, data in enumerate(volumes.data, start=1):
        assert np.sort(data.ravel()).tolist() == np.sort((STORED + number).ravel()).tolist()


def test_no_word_of_the_patient_is_left(registry, tmp_path, capfd):
    tags = ACQUISITIONS["t1"] | {
        "SeriesDescription": "AX T1 Doe Jane", "ProtocolName": "brain_jd1234", "PatientComments": PATIENT,
        "ImageComments": PATIENT, "InstitutionName": "Saint Elsewhere",
    }  # fmt: skip
    SeriesMaker(tags=tags).write(tmp_path / "in", STORED)
    perfusion = SeriesMaker(tags=tags | {"SeriesNumber": 2, "SeriesDescription": "Perfusion Doe Jane"}, uid="1.2.3")
    for time in range(2):
        perfusion.write(tmp_path / "in" / f"Jane{time}", STORED)
    SeriesMaker(tags={"Modality": "DOE"}).write(tmp_path / "in" / "reports", STORED[:2])
    unpacked = registry.unpack(tmp_path / "in", tmp_path / "out")
    (scan,) = unpacked.scans
    assert unpacked.remarks == (
        "Not used: 02-Perfusion-brain (it has several images at one place, as a series over time has), "
        "2 files that are no MR images.",
    )
    assert scan.name == "01-AX-T1-brain_t1.nii"
    content = scan.read_bytes().lower()
    assert not any(word in content for word in (b"doe", b"jane", b"jd1234", b"elsewhere"))
    assert capfd.readouterr() == ("", "")


def test_two_candidates_are_named_by_the_scanners_words(registry, tmp_path):
    write_study(tmp_path / "in", STORED)
    again = ACQUISITIONS["t1ce"] | {"SeriesDescription": "SAG T1 POST", "SeriesNumber": 9}
    SeriesMaker(tags=again).write(tmp_path / "in" / "S9", STORED)
    with pytest.raises(StudyError, match=r"one t1ce file, found 2: 02-AX-T1-POST_t1ce\.nii, 05-SAG-T1-POST_t1ce\.nii"):
        read_volumes(registry, tmp_path / "in")


def _missing(paths):
    paths[8].unlink()


def _twice(paths):
    paths[8].with_name("copy").write_bytes(paths[8].read_bytes())


def _cut(paths):
    """The last slice, which no gap would tell."""
    paths[-1].write_bytes(paths[-1].read_bytes()[:300])


def _without_pixels(paths):
    paths[3].write_bytes(paths[3].read_bytes()[:-500])


FAULTS = {
    _missing: r"T1 \(01-AX-T1\): its slices are not evenly spaced: some are missing\. Export",
    _twice: r"T1 \(01-AX-T1\): it has several images at one place",
    _cut: "One of the DICOM files is damaged",
    _without_pixels: "can't be decoded",
}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_faulty_series_are_refused_in_one_sentence(registry, tmp_path, fault):
    fault(SeriesMaker(tags=ACQUISITIONS["t1"]).write(tmp_path / "in", STORED))
    with pytest.raises(StudyError, match=FAULTS[fault]) as caught:
        read_volumes(registry, tmp_path / "in")
    assert str(tmp_path) not in str(caught.value)


@pytest.mark.parametrize(
    ("tags", "words"),
    [
        ({"Modality": "CT"}, "no MR images"),
        ({"NumberOfFrames": 3}, "missing from its header"),
        ({"PixelSpacing": None}, "missing from its header"),
        ({"ImageOrientationPatient": [1, 0, 0, 1, 0, 0]}, "not at right angles"),
        ({"Rows": 60000}, "expected 16 to 512 along each axis"),
    ],
)
def test_other_dicom_is_told_what_is_expected(registry, tmp_path, tags, words):
    SeriesMaker(tags=ACQUISITIONS["t1"] | tags).write(tmp_path / "in", STORED)
    with pytest.raises(StudyError, match=words):
        read_volumes(registry, tmp_path / "in")


def _patients(folder, *names, modalities=("t1",)):
    """An exam a patient, each in a folder of its own with one for each series."""
    for patient, name in itertools.product(names, modalities):
        tags = ACQUISITIONS[name] | {"PatientID": patient, "StudyInstanceUID": f"1.2.{names.index(patient)}"}
        SeriesMaker(tags=tags).write(folder / patient / name, STORED)
    return folder


def test_two_patients_in_one_folder_or_list_are_no_study(registry, tmp_path):
    files = sorted(path for path in _patients(tmp_path / "in", "one", "two").rglob("*") if path.is_file())
    (tmp_path / "flat").mkdir()
    for number, path in enumerate(files):
        path.rename(tmp_path / "flat" / f"{number:03d}")
    for source in (tmp_path / "flat", sorted((tmp_path / "flat").iterdir())):
        with pytest.raises(StudyError, match="more than one study or patient"):
            read_volumes(registry, source)


def test_a_folder_of_exams_is_a_study_each(registry, tmp_path):
    exams = _patients(tmp_path / "in", "one", "two", modalities=("t1", "t2"))
    with pytest.raises(SeveralStudiesError, match="in: expected one study, found 2: one, two") as caught:
        read_volumes(registry, exams)
    assert caught.value.studies == {name: exams / name for name in ("one", "two")}
    assert read_volumes(registry, exams / "two").modalities == ("t1", "t2")


def test_a_series_of_another_patient_in_the_folder_of_an_exam_is_never_mixed_in(registry, tmp_path):
    exams = _patients(tmp_path / "in", "one", "two", modalities=("t1", "t2"))
    (exams / "two" / "t2").rename(exams / "one" / "t2 of two")
    found = find_studies(registry, exams)
    assert list(found.studies) == ["one/t1", "one/t2 of two"]
    patients = [{pydicom.dcmread(path).PatientID for path in files} for files in found.studies.values()]
    assert patients == [{"one"}, {"two"}]


def test_one_file_of_another_patient_in_a_series_refuses_that_exam_alone(registry, tmp_path):
    exams = _patients(tmp_path / "in", "one", "two")
    sorted((exams / "two" / "t1").iterdir())[-1].rename(exams / "one" / "t1" / "IM9999")
    found = find_studies(registry, exams).studies
    assert list(found) == ["one/t1", "two/t1"]
    with pytest.raises(StudyError, match="more than one study or patient"):
        read_volumes(registry, found["one/t1"])


def test_a_broken_localizer_does_not_stop_the_others(registry, tmp_path):
    write_study(tmp_path / "in", STORED, ("t1",))
    SeriesMaker(tags={"SeriesDescription": "T1 localizer"}).write(tmp_path / "in" / "loc", STORED[:3])
    volumes = read_volumes(registry, tmp_path / "in")
    assert volumes.modalities == ("t1",)
    (remark,) = volumes.remarks
    assert remark.startswith("Not used: 02-T1-localizer (it has 3 slices of 19×23, expected 16 to 512 along each axis)")


def test_nifti_beside_dicom_wins_in_a_folder_and_joins_in_a_list(registry, make_study, tmp_path):
    folder = make_study(("flair",))
    SeriesMaker(tags=ACQUISITIONS["t1"]).write(folder, STORED)
    assert registry.unpack(folder, tmp_path / "out").scans is folder
    names = {path.name for path in registry.unpack(sorted(folder.iterdir()), tmp_path / "out").scans}
    assert names == {"case1_flair.nii.gz", "01-AX-T1_t1.nii"}


@pytest.fixture
def refers_to(registry, tmp_path):
    """refers_to(source) → the description of the series that a SEG of no regions at all refers to."""
    frame = {"FrameOfReferenceUID": "1.2.826.7"}
    for number, name in enumerate(("t1", "t1ce", "flair"), start=1):
        tags = ACQUISITIONS[name] | frame | {"SeriesNumber": number}
        SeriesMaker(tags=tags, uid=f"1.2.{number}").write(tmp_path / "in" / name, STORED)

    def refer(source):
        volumes = read_volumes(registry, source)
        empty = np.zeros(volumes.brain.shape, np.uint8)
        segmentation = SimpleNamespace(study="in", labels=empty, affine=volumes.affine, model="m", weights="w")
        content = registry.encode_regions(segmentation, volumes.origins)
        return pydicom.dcmread(BytesIO(content)).ReferencedSeriesSequence[0].SeriesInstanceUID

    return refer


def test_regions_refer_to_t1ce_or_what_comes_next(refers_to, tmp_path):
    assert refers_to(tmp_path / "in") == "1.2.2"
    assert refers_to(sorted((tmp_path / "in").rglob("IM*"))) == "1.2.2"
    shutil.rmtree(tmp_path / "in" / "t1ce")
    assert refers_to(tmp_path / "in") == "1.2.1"


def test_regions_of_a_zip_s_study_need_its_folder(refers_to, tmp_path):
    packed = shutil.make_archive(str(tmp_path / "in"), "zip", tmp_path / "in")
    with pytest.raises(StudyError, match=r"in: .* no longer there, .* Unpack the zip, and give its folder\."):
        refers_to(packed)


def test_regions_of_other_files_are_no_seg(refers_to, make_study):
    with pytest.raises(StudyError, match="expected a study that came as DICOM"):
        refers_to(make_study())


def test_what_writes_a_seg_may_not_be_installed(refers_to, tmp_path, monkeypatch):
    monkeypatch.setattr("zoo.plugins.dicom.find_spec", lambda name: None)
    with pytest.raises(
        StudyError, match=r"highdicom, which is not installed\. Install it: pip install -e '\.\[dicom\]'"
    ):
        refers_to(tmp_path / "in")
