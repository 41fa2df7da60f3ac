"""Grades become an SR of the source's patient and study, whose first words are the disclaimer; read back twice."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import highdicom
import numpy as np
import pydicom
import pytest

from dicom_files import ACQUISITIONS, PATIENT, SeriesMaker
from zoo import DISCLAIMER, Grade, ModelResult, StudyAnswers, StudyError
from zoo.render.grade_facts import grade_facts
from zoo.study.read import read_volumes

STORED = np.random.default_rng(1).integers(0, 3000, (17, 19, 23)).astype(np.uint16)
SPEC = SimpleNamespace(id="single-t1ce.compact", title="T1ce alone", uses=("t1ce",))
GRADE = Grade(
    study="case1", model=SPEC.id, grade="HGG", p_hgg=1 / 3, logit=-0.69, seconds=0.1, warnings=("Two – it differs.",),
    weights="abc123", calibration="calibrated", trained_on="1200 simulated gliomas", calibration_error=0.03,
)  # fmt: skip
ANSWERS = StudyAnswers("case1", (ModelResult(SPEC, GRADE), ModelResult(SPEC, problem="It needs T2.")))
MODALITIES = ("t1ce", "flair")
SCHEME = "99GLIOMAZOO"


@pytest.fixture
def encoded(registry, tmp_path):
    """encoded(tags, answers) → the path of an SR of a study of two series."""

    def encode(tags=None, answers=ANSWERS):
        for number, name in enumerate(MODALITIES):
            SeriesMaker(tags=ACQUISITIONS[name] | (tags or {}), uid=f"1.2.{number}").write(
                tmp_path / "in" / name, STORED
            )
        path = tmp_path / "grade.dcm"
        path.write_bytes(registry.encode_grades(answers, read_volumes(registry, tmp_path / "in").origins))
        return path

    return encode


def _sources(tmp_path, modality):
    return [pydicom.dcmread(path) for path in sorted((tmp_path / "in" / modality).iterdir())]


def _names(items):
    return [item.ConceptNameCodeSequence[0].CodeMeaning for item in items]


def test_the_disclaimer_comes_first(encoded):
    """As highdicom reads it, and as pydicom alone does."""
    path = encoded()
    first = highdicom.sr.srread(path).content[0].ContentSequence[0]
    assert (first.name.meaning, first.value) == ("Disclaimer", DISCLAIMER)
    told = pydicom.dcmread(path).ContentSequence[0]
    assert (told.ValueType, told.RelationshipType, told.TextValue) == ("TEXT", "CONTAINS", DISCLAIMER)
    assert DISCLAIMER.startswith("Research demonstration, not a medical device")


def test_every_fact_of_a_grade_is_told(encoded):
    """Each by its label, in the words of all faces, even with signs that the source's character set lacks."""
    _, graded, _ = pydicom.dcmread(encoded({"SpecificCharacterSet": "ISO_IR 100"})).ContentSequence
    told = dict(zip(_names(graded.ContentSequence), graded.ContentSequence, strict=True))
    facts = [fact for fact in grade_facts(GRADE, SPEC) if fact.text]
    assert list(told) == [fact.label for fact in facts]
    for fact in facts:
        code = told[fact.label].ConceptNameCodeSequence[0]
        assert code.CodingSchemeDesignator == SCHEME
        assert code.get("CodeValue", code.get("LongCodeValue")) == fact.key
        if fact.key != "p_hgg":
            assert told[fact.label].TextValue == fact.text
    assert "–" in told["Warnings"].TextValue


def test_the_probability_is_a_number(encoded):
    graded = highdicom.sr.srread(encoded()).content[0].ContentSequence[1]
    (number,) = (item for item in graded.ContentSequence if item.ValueType == "NUM")
    assert (number.value, number.unit.value, number.unit.scheme_designator) == (GRADE.p_hgg, "1", "UCUM")


def test_what_a_model_refuses_is_told_in_the_place_of_a_grade(encoded):
    *_, refused = pydicom.dcmread(encoded()).ContentSequence
    told = [
        (name, item.TextValue)
        for name, item in zip(_names(refused.ContentSequence), refused.ContentSequence, strict=True)
    ]
    assert told == [("Model", "T1ce alone (single-t1ce.compact)"), ("No grade", "It needs T2.")]


def test_volumes_are_in_millilitres_by_region(encoded):
    measurements = {
        name: SimpleNamespace(ml=ml)
        for name, ml in zip(("core", "oedema", "enhancing", "whole"), (1.5, 0.0, 2.25, 3.75), strict=True)
    }
    found = SimpleNamespace(
        model="m", trained_on="nothing", weights="w", remarks=(), warnings=("Large.",), measurements=measurements
    )
    *_, regions = highdicom.sr.srread(encoded(answers=StudyAnswers("case1", (), found))).content[0].ContentSequence
    volumes = {
        item.name.value: item.ContentSequence[0] for item in regions.ContentSequence if item.ValueType == "CONTAINER"
    }
    assert {name: volume.value for name, volume in volumes.items()} == {
        name: each.ml for name, each in measurements.items()
    }
    for volume in volumes.values():
        assert (volume.name.scheme_designator, volume.name.value, volume.unit.value) == ("SCT", "118565006", "mL")


def test_nobody_has_verified_it(encoded):
    file = pydicom.dcmread(encoded())
    assert (file.CompletionFlag, file.VerificationFlag, file.PreliminaryFlag) == (
        "PARTIAL",
        "UNVERIFIED",
        "PRELIMINARY",
    )
    assert (file.Modality, file.SOPClassUID.name) == ("SR", "Enhanced SR Storage")
    assert "not a medical device" in file.SeriesDescription


def test_it_belongs_to_the_patient_and_the_study(encoded, tmp_path):
    """Whatever is told or not told of them, in whatever character set."""
    odd = {"PatientSex": "U", "PatientBirthDate": "1950", "SpecificCharacterSet": "ISO_IR 100", "StudyID": "7"}
    file = pydicom.dcmread(encoded(odd | {"PatientName": "Müller^Jörg"}))
    source = _sources(tmp_path, "t1ce")[0]
    for name in ("PatientID", "PatientSex", "PatientBirthDate", "StudyID", "StudyInstanceUID"):
        assert file[name].value == source[name].value, name
    assert str(file.PatientName) == str(source.PatientName) == "Müller^Jörg"
    assert file.SeriesInstanceUID not in {"1.2.0", "1.2.1"}


def test_every_image_is_evidence(encoded, tmp_path):
    """Of all series that came as DICOM, T1ce's first."""
    evidence = highdicom.sr.srread(encoded()).get_evidence(current_procedure_only=True)
    sources = [file for name in MODALITIES for file in _sources(tmp_path, name)]
    expected = [
        (file.StudyInstanceUID, file.SeriesInstanceUID, file.SOPInstanceUID, file.SOPClassUID) for file in sources
    ]
    assert sorted(evidence) == sorted(expected)
    assert evidence[0][1] == sources[0].SeriesInstanceUID


def test_it_needs_no_frame_of_reference_but_names(encoded):
    encoded({"FrameOfReferenceUID": ""})
    with pytest.raises(StudyError, match="A DICOM SR repeats SOPInstanceUID, which the series' headers lack") as caught:
        encoded({"SOPInstanceUID": ""})
    assert PATIENT not in str(caught.value)


def test_files_of_a_zip_are_gone(registry):
    with pytest.raises(StudyError, match=r"^case1: a DICOM SR refers .* Unpack the zip, and give its folder"):
        registry.encode_grades(ANSWERS, {"t1ce": (Path("gone.dcm"),)})


def test_other_files_get_none(registry):
    with pytest.raises(StudyError, match="expected a study that came as DICOM, to which a DICOM SR could refer"):
        registry.encode_grades(ANSWERS, {})
