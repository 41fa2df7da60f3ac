from __future__ import annotations

import re

import pytest

from training.cohorts import CohortError
from training.cohorts.known_cases import KnownCases
from training.cohorts.label_tables import read_labels, read_table, unread_spreadsheets


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_columns_are_found_in_any_case_behind_any_delimiter(write, delimiter):
    table = write(
        "labels.csv", *(line.replace(",", delimiter) for line in ("\ufeffCase , GRADE,Note", "a,HGG, x ", "b"))
    )
    rows = [dict(row.cells) for row in read_table(table, needed=("case", "grade"))]
    assert rows == [{"case": "a", "grade": "HGG", "note": "x"}, {"case": "b", "grade": "", "note": ""}]


def test_quoted_cells_may_hold_anything(write):
    table = write("labels.csv", "case,grade,note", 'a,HGG,"one, two;', 'three"', "b,LGG,")
    assert [row.cells["case"] for row in read_table(table)] == ["a", "b"]


@pytest.mark.parametrize("nothing", ["NA", "n/a", "NaN", "None", " "])
def test_not_available_is_nothing(write, nothing):
    assert read_table(write("labels.csv", "case,grade", f"a,{nothing}"))[0].cells["grade"] == ""


def test_the_grade_of_brats_wins_over_that_of_the_who(write):
    table = write("labels.csv", "case,brats_grade,grade", "a,HGG,4")
    assert read_table(table, needed=("case", "grade"))[0].cells["grade"] == "HGG"


@pytest.mark.parametrize("header", ["ID,WHO CNS Grade", "BraTS21ID;who_grade", "participant_id\tTumor Grade"])
def test_columns_of_public_tables_are_known(write, header):
    (row,) = read_table(write("labels.csv", header, re.sub(r"[\w ]+", "x", header)), needed=("case", "grade"))
    assert row.cells == {"case": "x", "grade": "x"}


def test_a_column_by_its_own_name_wins_over_one_that_is_called_otherwise(write):
    table = write("labels.csv", "id,case,grade,who_grade", "7,a,HGG,2")
    (row,) = read_table(table, needed=("case", "grade"))
    assert row.cells == {"id": "7", "case": "a", "grade": "HGG", "who_grade": "2"}
    (row,) = read_table(write("mapping.csv", "id,BraTS_2019", "7,b"))
    assert row.cases(KnownCases(["b"])) == ["b"], "in a mapping an id is none of a case"


def test_needed_columns_are_named(write):
    table = write("labels.csv", "name,tumour", "a,HGG")
    with pytest.raises(
        CohortError, match=r"expected the columns case and grade, found name, tumour; add case and grade"
    ):
        read_table(table, needed=("case", "grade"))
    with pytest.raises(CohortError, match=r"found none; add grade"):
        read_table(write("empty.csv"), needed=("grade",))


def test_other_encodings_are_refused(tmp_path):
    (tmp_path / "labels.csv").write_bytes("case,grade\nMüller,HGG".encode("latin-1"))
    with pytest.raises(CohortError, match=r"expected a CSV in UTF-8.*save it as CSV UTF-8"):
        read_table(tmp_path / "labels.csv")


def test_only_labels_and_mappings_are_read(tmp_path, write):
    for name in ("Labels.csv", "name_mapping.csv", "BraTS21-17_Mapping.csv", "survival_info.csv", "._labels.csv"):
        write(name, "case,grade", f"{name},HGG")
    assert {row.cells["case"] for row in read_labels([tmp_path])} == {
        "Labels.csv",
        "name_mapping.csv",
        "BraTS21-17_Mapping.csv",
    }


def test_labels_need_a_grade_but_a_mapping_needs_none(tmp_path, write):
    write("name_mapping.csv", "BraTS2021,BraTS2018", "BraTS2021_00001,NA")
    assert len(read_labels([tmp_path])) == 1
    write("labels.csv", "case,note", "a,b")
    with pytest.raises(CohortError, match="add grade"):
        read_labels([tmp_path])


def test_a_row_speaks_of_its_case_or_of_the_known_cells(write):
    table = write("labels.csv", "case,grade,also", "Q,HGG,a", ",HGG,a")
    assert [row.cases(KnownCases(["a"])) for row in read_table(table)] == [["Q"], []]
    lines = "HGG,Brats18_X_1_1,BraTS19_X_1_1", "NA,Brats18_X_2_1,BraTS19_X_2_1", "HGG,NA,NA"
    rows = read_table(write("mapping.csv", "Grade,BraTS_2018,BraTS_2019", *lines))
    assert [row.cases(KnownCases(["Brats18_X_1_1", "Brats18_X_2_1"])) for row in rows] == [
        ["Brats18_X_1_1"],
        ["Brats18_X_2_1"],
        [],
    ]
    assert [row.cases(KnownCases()) for row in rows] == [["BraTS19_X_1_1"], [], []]


def test_spreadsheets_without_a_csv_are_found(tmp_path, write):
    for name in ("BraTS2023_2017_GLI_Mapping.xlsx", "labels.xlsx", "labels.csv", "survival.xlsx"):
        write(name)
    assert unread_spreadsheets([tmp_path]) == ["BraTS2023_2017_GLI_Mapping.xlsx"]
