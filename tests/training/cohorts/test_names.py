from __future__ import annotations

import pytest

from training.cohorts.names import doubt_about_patients, hospital_of, like_repeats, patient_of, since, site_of


@pytest.mark.parametrize(
    ("names", "patient", "site", "first"),
    [
        (["Brats18_CBICA_AAB_1"], "CBICA_AAB", "CBICA", 2018),
        (["BraTS19_CBICA_AAB_1"], "CBICA_AAB", "CBICA", 2019),
        (["brats19_cbica_aab_1", "brats18_cbica_aab_1"], "CBICA_AAB", "CBICA", 2018),
        (["Brats18_2013_10_1"], "2013_10", "2013", 2018),
        (["BraTS19_TMC_06290_1"], "TMC_06290", "TMC", 2019),
        (["Brats17_TCIA_623_1"], "TCIA_623", "", 2018),
        (["Brats18_TCIA13_623_1"], "TCIA_623", "TCIA13", 2018),
        (["Brats17_TCIA_623_1", "Brats18_TCIA13_623_1", "TCGA-HT-7473"], "TCIA_623", "TCIA13", 2018),
        (["BraTS20_Training_360", "BraTS19_TMC_06290_1", ""], "TMC_06290", "TMC", 2019),
        (["BraTS20_Training_270", "TCGA-02-0006"], "TCGA-02-0006", "", 2020),
        (["BraTS20_Training_271"], "BraTS20_Training_271", "", 2020),
        (["BraTS2021_01476", "tcga-cs-4942-01", "(TCGA-GBM)"], "TCGA-CS-4942", "", 2021),
        (["BraTS2021_01476", "BraTS20_Training_271"], "BraTS20_Training_271", "", 2020),
        (["BraTS2021_01476", "clear ring enhancement"], "BraTS2021_01476", "", 2021),
        (["BraTS-GLI-00005-001"], "BraTS-GLI-00005", "", 2023),
        (["BraTS-GLI-00005-000", "BraTS2021_00005"], "BraTS2021_00005", "", 2021),
        (["patient-7-1"], "patient-7-1", "", 0),
        (["TCGA-02-0006_1996.08.23"], "TCGA-02-0006", "", 0),
        (["UPENN-GBM-00001_21"], "UPENN-GBM-00001", "", 0),
        (["UCSF-PDGM-0429_FU003d"], "UCSF-PDGM-0429", "", 0),
        (["UCSF-PDGM-0429"], "UCSF-PDGM-0429", "", 0),
        (["RHUH-0007_2"], "RHUH-0007", "", 0),
        (["Patient-042_week-013-1"], "Patient-042", "", 0),
        (["sub-01_ses-02"], "sub-01", "", 0),
        (["sub-01"], "sub-01", "", 0),
        (["100001_time2"], "100001", "", 0),
    ],
)
def test_names_tell_patient_site_and_first_year(names, patient, site, first):
    for order in (names, names[::-1]):
        assert (patient_of(names[0], order), site_of(order), since(order)) == (patient, site, first)


def test_names_that_look_like_repeats_of_patients_are_found():
    names = ["case7_1", "case7_2", "case8_pre", "case8_post", "case9", "glioma_1", "glioma_2"]
    assert like_repeats({name: name for name in names}) == ["case7_1", "case7_2", "case8_post", "case8_pre"]
    assert like_repeats({"case7_1": "case7", "case7_2": "case7"}) == [], "they are counted as one patient"
    numbered = {f"BraTS20_Training_{number:03}": str(number) for number in range(50)}
    assert like_repeats(numbered) == []
    assert like_repeats({f"study7_{number}": str(number) for number in range(50)}) == [], "too many for one patient"


def test_a_doubt_about_patients_names_a_few_of_them():
    names = [f"id{number}_{scan}" for number in range(4) for scan in "ab"]
    assert doubt_about_patients({name: name for name in names}).startswith(
        "id0_a, id0_b, id1_a, id1_b, id2_a, id2_b and 2 more look"
    )
    assert doubt_about_patients({name: name[:3] for name in names}) == ""


def test_sites_of_one_hospital_are_merged():
    assert {hospital_of(site) for site in ("TCIA02", "TCIA10")} == {"Henry Ford"}
    assert {hospital_of(site) for site in ("TCIA08", "TCIA09")} == {"Thomas Jefferson"}
    assert {hospital_of(site) for site in ("TCIA06", "TCIA12", "TCIA13")} == {"Case Western"}
    alone = ["", "2013", "CBICA", "TMC", "TCIA01", "TCIA03", "TCIA04", "TCIA05"]
    assert [hospital_of(site) for site in alone] == alone
