"""What is typed as studies: folders, zips, files, and whole data sets."""

from __future__ import annotations

from zoo import StudyError
from zoo.commands.shared_options import StudySource, studies_in
from zoo.study.read import read_volumes

FOUR = ("t1", "t1ce", "t2", "flair")


def test_each_folder_and_zip_is_one_and_loose_files_are_one_more(registry, plant):
    root = plant("a/a_t1.nii.gz", "b.zip", "c_t1.nii.gz", "c_t2.nii/c_t2.nii", "d/IM0001")
    given = [root / name for name in ("c_t1.nii.gz", "a", "b.zip", "c_t2.nii", "d")]
    expected = [root / "a", root / "b.zip", root / "d", [given[0], given[3]]]
    assert [study.source for study in studies_in(registry, given)] == expected
    assert [study.label for study in studies_in(registry, given)] == ["a", "b.zip", "d", "c_t1.nii.gz"]


def test_a_data_set_is_each_study_in_it_by_its_place(registry, plant, capsys):
    scans = (f"EGD/{case}/{name}/NIFTI/{name}.nii.gz" for case in ("p1", "p2") for name in FOUR)
    root = plant(*scans, "EGD/odd/x.nii.gz")
    expected = [StudySource(root / "EGD" / case, case) for case in ("p1", "p2")]
    assert studies_in(registry, [root / "EGD"]) == expected
    assert capsys.readouterr().err == "EGD: Not used: odd/x.nii.gz.\n"


def test_files_of_two_patients_are_two(registry, plant):
    root = plant(*(f"{case}_{name}.nii.gz" for case in ("p1", "p2") for name in FOUR))
    found = studies_in(registry, [root])
    assert [(study.name, len(study.source)) for study in found] == [("p1", 4), ("p2", 4)]
    assert studies_in(registry, sorted(root.iterdir())) == found


def test_what_was_found_is_not_looked_for_again(registry, make_study, monkeypatch):
    """Neither of a study alone nor of those of a data set: of DICOM it costs a process."""
    folders = [make_study(FOUR, name) for name in ("p1", "p2")]
    studies = [*studies_in(registry, folders[:1]), *studies_in(registry, [folders[0].parent])]
    monkeypatch.setattr("zoo.study.read.find_studies", None)
    read = [read_volumes(registry, study.source, study.name, study.found) for study in studies]
    assert [volumes.id for volumes in read] == ["p1", "p1", "p2"]


def test_a_folder_of_zips_is_each_of_them(registry, plant):
    root = plant("z/a.zip", "z/b.zip", "z/.hidden", "dicom/a.zip", "dicom/IM0001")
    assert [study.source for study in studies_in(registry, [root / "z"])] == [
        root / "z" / name for name in ("a.zip", "b.zip")
    ]
    assert [study.source for study in studies_in(registry, [root / "dicom"])] == [root / "dicom"]


def test_an_error_names_the_study_of_a_data_set(tmp_path):
    study = StudySource(tmp_path, "site/p1")
    assert study.in_its_name(StudyError("p1: no scans")) == "site/p1: p1: no scans"
    assert study.in_its_name(StudyError("site/p1: no scans")) == "site/p1: no scans"
    assert StudySource(tmp_path).in_its_name(StudyError("no scans")) == "no scans"
