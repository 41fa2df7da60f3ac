from __future__ import annotations

import os
import pickle

import pytest

from training.cohorts import Case, CohortError, load_cohort

MAPPING_2019 = (
    "Grade,BraTS_2017_subject_ID,BraTS_2018_subject_ID,TCGA_TCIA_subject_ID,BraTS_2019_subject_ID",
    "HGG,Brats17_CBICA_AAB_1,Brats18_CBICA_AAB_1,NA,BraTS19_CBICA_AAB_1",
    "HGG,NA,NA,NA,BraTS19_TMC_06290_1",
    "LGG,Brats17_TCIA_623_1,Brats18_TCIA13_623_1,TCGA-HT-7473,BraTS19_TCIA13_623_1",
)
MAPPING_2020 = (
    f"{MAPPING_2019[0]},BraTS_2020_subject_ID",
    f"{MAPPING_2019[1]},BraTS20_Training_001",
    f"{MAPPING_2019[2]},BraTS20_Training_002",
    f"{MAPPING_2019[3]},BraTS20_Training_270",
    "HGG,NA,NA,TCGA-02-0006,NA,BraTS20_Training_355",
)
MAPPING_2021 = (
    "BraTS2021,Site No (represents the originating institution),BraTS2020,BraTS2019,BraTS2018,BraTS2017,Local ID ",
    "BraTS2021_00003,1,BraTS20_Training_001,BraTS19_CBICA_AAB_1,Brats18_CBICA_AAB_1,Brats17_CBICA_AAB_1,N/A",
    "BraTS2021_01476,7,N/A,N/A,N/A,N/A,TCGA-CS-4942",
    "BraTS2021_01999,7,N/A,N/A,N/A,N/A,N/A",
)


def _facts(cohort):
    return {case.id: (case.grade, case.patient, case.site, case.hospital, case.since) for case in cohort.cases}


@pytest.mark.parametrize("wrapper", ["", "MICCAI_BraTS_2018_Data_Training/"])
def test_brats_2018(tmp_path, add_study, wrapper):
    folder = add_study(f"{wrapper}HGG/Brats18_CBICA_AAB_1")
    add_study(f"{wrapper}HGG/Brats18_2013_10_1")
    add_study(f"{wrapper}LGG/Brats18_TCIA13_623_1")
    cohort = load_cohort(tmp_path)
    assert _facts(cohort) == {
        "Brats18_2013_10_1": ("HGG", "2013_10", "2013", "2013", 2018),
        "Brats18_CBICA_AAB_1": ("HGG", "CBICA_AAB", "CBICA", "CBICA", 2018),
        "Brats18_TCIA13_623_1": ("LGG", "TCIA_623", "TCIA13", "Case Western", 2018),
    }
    assert cohort.cases[1].source == folder
    assert cohort.cases[1].mask == folder / "Brats18_CBICA_AAB_1_seg.nii.gz"
    assert (cohort.root, cohort.left_out) == (tmp_path, ())


def test_brats_2019_knows_who_was_there_in_2018(tmp_path, add_study, write):
    for place in ("HGG/BraTS19_CBICA_AAB_1", "HGG/BraTS19_TMC_06290_1", "LGG/BraTS19_TCIA13_623_1"):
        add_study(place)
    alone = {case.since for case in load_cohort(tmp_path).cases}
    write("name_mapping.csv", *MAPPING_2019)
    cohort = load_cohort(tmp_path)
    assert alone == {2019}
    assert _facts(cohort) == {
        "BraTS19_CBICA_AAB_1": ("HGG", "CBICA_AAB", "CBICA", "CBICA", 2018),
        "BraTS19_TMC_06290_1": ("HGG", "TMC_06290", "TMC", "TMC", 2019),
        "BraTS19_TCIA13_623_1": ("LGG", "TCIA_623", "TCIA13", "Case Western", 2018),
    }
    assert cohort.left_out == ()


def test_brats_2020(tmp_path, add_study, write):
    for number in ("001", "002", "270"):
        add_study(f"BraTS20_Training_{number}", ending=".nii")
    odd = add_study("BraTS20_Training_355", ["_t1", "_t1ce", "_t2", "_flair"], ".nii") / "W39_1998.09.19_Segm.nii"
    odd.touch()
    write("name_mapping.csv", *MAPPING_2020)
    write("survival_info.csv", "Brats20ID,Age,Survival_days,Extent_of_Resection", "BraTS20_Training_001,60.463,289,GTR")
    cohort = load_cohort(tmp_path)
    assert _facts(cohort) == {
        "BraTS20_Training_001": ("HGG", "CBICA_AAB", "CBICA", "CBICA", 2018),
        "BraTS20_Training_002": ("HGG", "TMC_06290", "TMC", "TMC", 2019),
        "BraTS20_Training_270": ("LGG", "TCIA_623", "TCIA13", "Case Western", 2018),
        "BraTS20_Training_355": ("HGG", "TCGA-02-0006", "", "", 2020),
    }
    assert (cohort.cases[3].mask, cohort.left_out) == (odd, ())


def test_brats_2021_takes_grades_from_labels_and_names_from_the_mapping(tmp_path, add_study, write):
    add_study("BraTS2021_00003")
    add_study("BraTS2021_01476")
    write("labels.csv", "case,brats_grade", "BraTS2021_00003,hgg", "BraTS2021_01476,LGG")
    write("BraTS21-17_Mapping.csv", *MAPPING_2021)
    cohort = load_cohort(tmp_path)
    assert _facts(cohort) == {
        "BraTS2021_00003": ("HGG", "CBICA_AAB", "CBICA", "CBICA", 2018),
        "BraTS2021_01476": ("LGG", "TCGA-CS-4942", "", "", 2021),
    }
    assert cohort.left_out == ()


def test_time_points_of_brats_2023_are_one_patient_though_the_mapping_knows_only_the_first(tmp_path, add_study, write):
    suffixes = ["-t1n", "-t1c", "-t2w", "-t2f", "-seg"]
    cases = ["BraTS-GLI-00003-000", "BraTS-GLI-00003-001", "BraTS-GLI-01476-000"]
    folders = [add_study(f"TrainingData/{case}", suffixes) for case in cases]
    write(
        "TrainingData/labels.csv",
        "case,grade",
        *(f"{c},{g}" for c, g in zip(cases, ["HGG", "HGG", "LGG"], strict=True)),
    )
    write("GLI_Mapping.csv", "BraTS2023,BraTS2021,BraTS2018", f"{cases[0]},BraTS2021_00003,Brats18_CBICA_AAB_1")
    cohort = load_cohort(tmp_path)
    assert [case.patient for case in cohort.cases] == ["CBICA_AAB", "CBICA_AAB", "BraTS-GLI-01476"]
    assert [case.since for case in cohort.cases] == [2018, 2018, 2023]
    assert [case.mask for case in cohort.cases] == [folder / f"{folder.name}-seg.nii.gz" for folder in folders]


def test_explicit_columns_win_over_names(tmp_path, add_study, write):
    for case in ("Brats18_TCIA02_135_1", "Brats18_TCIA13_623_1", "a"):
        add_study(case)
    write(
        "labels.csv",
        "Case,Grade,Patient,Site,Hospital",
        "Brats18_TCIA02_135_1,HGG,p1,s1,",
        "Brats18_TCIA13_623_1,LGG,NA,,h2",
        "a,LGG,,TCIA10,",
    )
    assert _facts(load_cohort(tmp_path)) == {
        "Brats18_TCIA02_135_1": ("HGG", "p1", "s1", "s1", 2018),
        "Brats18_TCIA13_623_1": ("LGG", "TCIA_623", "TCIA13", "h2", 2018),
        "a": ("LGG", "a", "TCIA10", "Henry Ford", 0),
    }


@pytest.mark.parametrize("given", ["", "cohort.csv"])
def test_simulated_cohorts_have_a_manifest_which_is_complete(tmp_path, add_study, write, given):
    write("cohort.csv", "case,grade,patient,site,folder", "b,LGG,p,s,LGG/b", "a,HGG,q,s,HGG/a")
    first, second, _ = add_study("HGG/a"), add_study("LGG/b"), add_study("HGG/unlisted")
    cohort = load_cohort(tmp_path / given)
    assert cohort.cases == (
        Case("a", "HGG", "q", "s", "s", first, first / "a_seg.nii.gz"),
        Case("b", "LGG", "p", "s", "s", second, second / "b_seg.nii.gz"),
    )
    assert (cohort.root, cohort.left_out) == (tmp_path / given, ())


def test_a_manifest_of_files_may_lack_modalities_and_masks(tmp_path, write):
    for name in ("one/t1.nii", "one/post.nii.gz", "two/flair.nii", "one/tumour.nii", "b/b_seg.nii"):
        write(name)
    table = write(
        "mine.csv",
        "case,grade,patient,site,t1,t1ce,t2,flair,seg,hospital",
        "a,HGG,p,s,one/t1.nii,one/post.nii.gz,,NA,one/tumour.nii,h",
        f"b,LGG,,,,,,{tmp_path / 'two' / 'flair.nii'},,",
    )
    first, second = load_cohort(table).cases
    files = {"t1": tmp_path / "one" / "t1.nii", "t1ce": tmp_path / "one" / "post.nii.gz"}
    assert first == Case("a", "HGG", "p", "s", "h", files, tmp_path / "one" / "tumour.nii")
    assert second == Case("b", "LGG", "b", "", "", {"flair": tmp_path / "two" / "flair.nii"})
    assert pickle.loads(pickle.dumps(first)) == first


def test_a_manifest_may_know_the_probability_of_high_grade(tmp_path, add_study, write):
    for name in "abcd":
        add_study(name)
    write("cohort.csv", "case,grade,p_hgg", "a,HGG,0.25", "b,LGG,", "c,HGG,1.5", "d,LGG,likely")
    cohort = load_cohort(tmp_path)
    assert [(case.id, case.p_hgg) for case in cohort.cases] == [("a", 0.25), ("b", None)]
    assert {out.case: out.reason for out in cohort.left_out} == {
        "c": "expected p_hgg from 0 to 1, found '1.5'",
        "d": "expected p_hgg from 0 to 1, found 'likely'",
    }


def test_labels_given_as_the_manifest_find_folders_beside_them(tmp_path, add_study, write):
    folders = [add_study("a"), add_study("b")]
    table = write("labels.csv", "case,grade", "a,HGG", "b,LGG")
    assert [case.source for case in load_cohort(table).cases] == folders


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ((), r"found 0 studies \(0 LGG and 0 HGG\) and 0 that"),
        (("case,grade", "a,HGG"), r"found 1 studies \(0 LGG and 1 HGG\) and 0 that"),
        (("case,grade", "a,IX"), r"found 0 studies .* and 1 that can't be used; a: expected the grade .* found 'IX'"),
    ],
)
def test_a_cohort_without_both_grades(tmp_path, add_study, write, lines, found):
    if lines:
        add_study("a")
        write("labels.csv", *lines)
    with pytest.raises(
        CohortError, match=rf"HGG/ and LGG/.*{found}.*`python -m training simulate --out cohorts/simulated`"
    ):
        load_cohort(tmp_path)


def test_names_that_do_not_match_are_told_of_both_sides(tmp_path, add_study, write):
    for name in ("first", "second"):
        add_study(name)
    write("labels.csv", "case,grade", "one,HGG", "two,LGG")
    with pytest.raises(CohortError, match=r"tables speak of one, two; folders are called first, second\. Mend"):
        load_cohort(tmp_path)


def test_the_folder_that_holds_the_studies_is_named(tmp_path, add_study, write):
    for name in ("data/a", "data/b", "docs/pictures"):
        add_study(name, ["_t1", "_t2"] if name.startswith("data") else [])
    write("labels.csv", "case,grade", "a,HGG", "b,LGG")
    with pytest.raises(CohortError, match=rf"Studies seem to lie in {tmp_path / 'data'}: give that folder\."):
        load_cohort(tmp_path)


def test_ids_may_be_padded_otherwise_and_mean_all_scans_of_a_patient(tmp_path, add_study, write):
    for name in ("UCSF-PDGM-0004_nifti", "UPENN-GBM-00001_11", "UPENN-GBM-00001_21"):
        add_study(name)
    write("labels.csv", "\ufeffID;WHO CNS Grade", "UCSF-PDGM-004;2", "UPENN-GBM-1;4")
    cases = load_cohort(tmp_path).cases
    assert [(case.patient, case.grade) for case in cases] == [
        ("UCSF-PDGM-0004_nifti", "LGG"), ("UPENN-GBM-00001", "HGG"), ("UPENN-GBM-00001", "HGG"),
    ]  # fmt: skip


def test_a_manifest_may_come_from_a_spreadsheet_on_windows(tmp_path, add_study, write):
    add_study("data/a")
    add_study("data/b")
    write("cohort.csv", "case;grade;folder;p_hgg", "a;HGG;data\\a;0,75", "b;LGG;data\\b;0,25")
    assert [(case.id, case.p_hgg) for case in load_cohort(tmp_path).cases] == [("a", 0.75), ("b", 0.25)]


def test_a_spreadsheet_for_a_mapping(tmp_path, add_study, write):
    add_study("BraTS2021_00003")
    path = write("BraTS21-17_Mapping.xlsx")
    with pytest.raises(
        CohortError, match=r"BraTS2021_00003: no grade given; .*Mapping\.xlsx is not read: save it as CSV"
    ):
        load_cohort(tmp_path)
    with pytest.raises(CohortError, match=r"expected a folder or a manifest CSV.*save it as CSV"):
        load_cohort(path)


def test_nothing_there(tmp_path):
    with pytest.raises(CohortError, match="found nothing; check the path"):
        load_cohort(tmp_path / "nowhere")


def test_a_manifest_without_its_columns(write):
    with pytest.raises(CohortError, match="expected the columns case and grade, found case, folder; add grade"):
        load_cohort(write("mine.csv", "case,folder", "a,b"))


def test_each_of_1251_folders_is_looked_into_a_few_times_only(tmp_path, add_study, write, monkeypatch):
    for number in range(1251):
        add_study(f"BraTS2021_{number:05}", suffixes=["_t1", "_seg"])
    write("labels.csv", "case,grade", *(f"BraTS2021_{number:05},{'LH'[number % 2]}GG" for number in range(1251)))
    listed, listdir = [], os.listdir
    monkeypatch.setattr("os.listdir", lambda path: listed.append(path) or listdir(path))
    assert len(load_cohort(tmp_path).cases) == 1251
    assert 1251 <= len(listed) < 4 * 1251
