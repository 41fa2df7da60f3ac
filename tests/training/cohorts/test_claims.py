"""Why a case is left out: every doubt is told in words."""

from __future__ import annotations

import pytest

from training.cohorts import LeftOut, load_cohort


@pytest.fixture
def left_out(tmp_path, add_study):
    """What is left out of a cohort that has two good studies beside the doubtful ones."""

    def load(manifest=""):
        add_study("HGG/good-1")
        add_study("LGG/good-2")
        cohort = load_cohort(tmp_path / manifest)
        assert {"good-1", "good-2"} <= {case.id for case in cohort.cases} <= {"a", "good-1", "good-2"}
        return {out.case: out.reason for out in cohort.left_out}

    return load


def test_a_good_cohort_leaves_nothing_out(left_out):
    assert left_out() == {}


@pytest.mark.parametrize("cell", ["", "NA"])
def test_no_grade(left_out, add_study, write, cell):
    add_study("a")
    add_study("b")
    write("labels.csv", "case,grade", f"a,{cell}")
    assert left_out() == {"a": "no grade given", "b": "no grade given"}


def test_the_grades_may_be_in_a_spreadsheet(left_out, add_study, write):
    add_study("a")
    write("BraTS2023_2017_GLI_Mapping.xlsx")
    assert left_out() == {"a": "no grade given; BraTS2023_2017_GLI_Mapping.xlsx is not read: save it as CSV"}


@pytest.mark.parametrize(
    ("given", "meant"),
    [("2", "LGG"), ("II", "LGG"), ("WHO grade 2", "LGG"), ("Grade IV", "HGG"), ("4.0", "HGG"), ("g4", "HGG")],
)
def test_grades_of_the_who_are_translated(left_out, tmp_path, add_study, write, given, meant):
    add_study("a")
    write("labels.csv", "id,WHO grade", f"a,{given}")
    assert left_out() == {}
    assert next(case.grade for case in load_cohort(tmp_path).cases if case.id == "a") == meant


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (
            "III",
            "WHO grade 3 is high-grade to the clinic and was LGG in BraTS: write HGG or LGG in a column brats_grade",
        ),
        ("1", "expected the grade LGG or HGG, or the WHO's 2 to 4, found '1'"),
        ("5", "expected the grade LGG or HGG, or the WHO's 2 to 4, found '5'"),
        ("oligo", "expected the grade LGG or HGG, or the WHO's 2 to 4, found 'oligo'"),
    ],
)
def test_what_a_grade_does_not_tell_is_not_guessed(left_out, add_study, write, given, reason):
    add_study("a")
    write("labels.csv", "case,grade", f"a,{given}")
    assert left_out() == {"a": reason}


def test_the_grade_of_brats_decides_what_grade_3_is(left_out, add_study, write):
    add_study("a")
    write("labels.csv", "case,who_grade,brats_grade", "a,3,LGG")
    assert left_out() == {}


def test_folder_and_table_disagree(left_out, add_study, write):
    add_study("HGG/a")
    write("name_mapping.csv", "case,grade", "a,LGG", "good-1,hgg")
    assert left_out() == {"a": "grade HGG by HGG/, but LGG by name_mapping.csv"}


def test_two_tables_disagree(left_out, add_study, write):
    add_study("a")
    write("labels.csv", "case,grade,site", "a,LGG,x")
    write("mapping.csv", "case,grade,site", "a,LGG,y")
    assert left_out() == {"a": "site x by labels.csv, but y by mapping.csv"}


def test_two_folders_of_one_name(left_out, tmp_path, add_study):
    add_study("HGG/a")
    add_study("LGG/A")
    assert left_out() == {
        "a": f"folder {tmp_path}/HGG/a by HGG/, but {tmp_path}/LGG/A by LGG/; grade HGG by HGG/, but LGG by LGG/"
    }


def test_one_row_twice_in_a_table_is_no_doubt(left_out, write):
    write("labels.csv", "case,grade", "good-1,HGG", "Good-1,HGG")
    assert left_out() == {}


def test_one_patient_with_both_grades(left_out, add_study, write):
    add_study("HGG/BraTS-GLI-00005-000")
    add_study("LGG/BraTS-GLI-00005-001")
    reason = "its patient BraTS-GLI-00005 has both grades"
    assert left_out() == {"BraTS-GLI-00005-000": reason, "BraTS-GLI-00005-001": reason}


def test_a_labelled_case_without_a_folder(left_out, tmp_path, write):
    write("labels.csv", "case,grade", "a,HGG")
    assert left_out() == {"a": f"its folder is not there: {tmp_path / 'a'}"}


def test_a_mapped_case_without_a_folder_goes_by_its_newest_name(left_out, tmp_path, write):
    write("name_mapping.csv", "Grade,B18,B19", "HGG,Brats18_X_1_1,BraTS19_X_1_1", "NA,Brats18_X_2_1,NA")
    assert left_out() == {"BraTS19_X_1_1": f"its folder is not there: {tmp_path / 'BraTS19_X_1_1'}"}


def test_a_folder_without_images(left_out, tmp_path, add_study):
    add_study("HGG/a", ending=".json")
    assert left_out() == {"a": f"no NIfTI file in its folder {tmp_path / 'HGG' / 'a'}"}


@pytest.mark.parametrize("column", ["t1ce", "seg"])
def test_a_manifest_names_a_file_that_is_not_there(left_out, tmp_path, write, column):
    write("cohort.csv", f"case,grade,folder,{column}", "good-1,HGG,HGG/good-1", "good-2,LGG,LGG/good-2", "a,HGG,,a.nii")
    assert left_out() == {"a": f"its files are not there: {tmp_path / 'a.nii'}"}


def test_a_grade_for_nobody(tmp_path, add_study, write):
    add_study("HGG/a")
    add_study("LGG/b")
    write("labels.csv", "case,grade", "a,HGG", ",HGG", ",")
    assert load_cohort(tmp_path).left_out == (LeftOut("row 3 of labels.csv", "a grade, but no case is named"),)


def test_two_masks_of_a_tumour(left_out, add_study):
    add_study("HGG/a", suffixes=["_t1", "_seg", "_oldseg"])
    assert left_out() == {"a": "several masks: a_oldseg.nii.gz, a_seg.nii.gz; keep one"}
