from __future__ import annotations

import pytest

from training.cohorts.known_cases import KnownCases

KNOWN = KnownCases(
    [
        "UCSF-PDGM-0004_nifti",
        "UPENN-GBM-00001_11",
        "UPENN-GBM-00001_21",
        "BraTS2021_00007",
        "BraTS2021_00011",
        "case2_1",
        "nameless",
    ]
)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("UCSF-PDGM-004", ["UCSF-PDGM-0004_nifti"]),
        ("brats2021_7", ["BraTS2021_00007"]),
        ("BraTS2021_00007", ["BraTS2021_00007"]),
        ("UPENN-GBM-1", ["UPENN-GBM-00001_11", "UPENN-GBM-00001_21"]),
        ("UPENN-GBM-00001_21", ["UPENN-GBM-00001_21"]),
        ("00007", ["BraTS2021_00007"]),
        ("11", []),
        ("BraTS2020_00007", []),
        ("", []),
        ("_nifti", []),
    ],
)
def test_a_name_means_its_case_however_it_is_padded(name, meant):
    """A number alone means none where two end with it."""
    assert KNOWN.called(name) == meant


def test_an_exact_name_wins_over_one_alike():
    known = KnownCases(["sub-1", "sub-01"])
    assert [known.called(name) for name in ("sub-01", "SUB-1")] == [["sub-01"], ["sub-1"]]
    assert "Sub-01" in known
    assert "sub-001" not in known
