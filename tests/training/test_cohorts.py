from __future__ import annotations

import pytest

from training.cohorts import Case, CohortError, load_cohort


def test_brats_folders(tmp_path):
    for name in ("HGG/b", "HGG/a", "LGG/c"):
        (tmp_path / name).mkdir(parents=True)
    cases = load_cohort(tmp_path)
    assert [(case.id, case.grade) for case in cases] == [("c", "LGG"), ("a", "HGG"), ("b", "HGG")]


def test_table_wins_over_folders(tmp_path):
    (tmp_path / "HGG" / "ignored").mkdir(parents=True)
    (tmp_path / "cohort.csv").write_text("case,grade,patient,site,folder\na,HGG,p1,s1,x/a\nb,LGG,p2,s2,x/b\n")
    assert load_cohort(tmp_path)[0] == Case("a", "HGG", "p1", "s1", tmp_path / "x" / "a")


def test_doubtful_grade_names_the_case(tmp_path):
    (tmp_path / "cohort.csv").write_text("case,grade,patient,site,folder\na,III,p1,s1,x/a\n")
    with pytest.raises(CohortError, match="a: expected the grade LGG or HGG, found 'III'"):
        load_cohort(tmp_path)


def test_no_cohort_says_what_was_expected(tmp_path):
    with pytest.raises(CohortError, match=r"HGG/ and LGG/.*found 0 studies.*training simulate"):
        load_cohort(tmp_path)
