"""What the names of a case tell: the patient under one name for all BraTS years, the site, the first year."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping

# Brats18_CBICA_AAB_1: year, site, number of the patient at the site, study.
SITED = re.compile(r"brats(1[789])_([a-z0-9]+)_([a-z0-9]+)_\d+", re.IGNORECASE)
# BraTS20_Training_001 and BraTS2021_01476 tell their year; BraTS-GLI-00005-000 (patient, time point) is of 2023.
DATED = re.compile(r"brats(?:20)?(\d\d)_.+|brats-[a-z]+-\d+-\d+", re.IGNORECASE)
# Names of one scan of several: the patient is what stands before the time point.
TIMED = (
    r"(brats-[a-z]+-\d+)-\d+",  # BraTS since 2023
    r"(upenn-gbm-\d+)_\d+",  # 11 before, 21 after the operation
    r"(ucsf-pdgm-\d+)_fu.+",  # a follow-up
    r"(rhuh-\d+)[-_]\d+",
    r"(patient-\d+)[-_]week.+",  # LUMIERE
    r"(sub-[a-z0-9]+)_ses-.+",  # BIDS
    r"(.+?)[-_](?:time|tp|visit)[-_]?\d+",
)
TCGA = re.compile(r"(tcga-[a-z0-9]{2}-[a-z0-9]{4})([-_.].*)?", re.IGNORECASE)
# What ends a name that may be one scan of several: a few of these behind an id that has a number itself.
REPEAT = re.compile(r"(.*\d[^-_. ]*)[-_. ](\d{1,3}|[a-z]{1,4}\d{0,2})", re.IGNORECASE)
MOST_REPEATS, SHOWN = 9, 6

# Prefixes that are one hospital: the tissue source sites of the TCGA ids behind them (design, evaluation.md).
# Every other site is a hospital of its own.
HOSPITALS = {
    "TCIA02": "Henry Ford",
    "TCIA10": "Henry Ford",
    "TCIA08": "Thomas Jefferson",
    "TCIA09": "Thomas Jefferson",
    "TCIA06": "Case Western",
    "TCIA12": "Case Western",
    "TCIA13": "Case Western",
}


def hospital_of(site: str) -> str:
    return HOSPITALS.get(site, site)


def patient_of(case: str, names: Collection[str]) -> str:
    """Name a patient: site and number in BraTS 2017–2019, else TCGA id, else earliest BraTS id without time point.

    names: all that the case is called anywhere, `case` included.
    """
    if sited := _newest_sited(names):
        # TCIA_135 of BraTS 2017 is TCIA02_135 since 2018: the numbers are unique over all TCIA sites.
        return f"{re.sub(r'^TCIA[0-9]+$', 'TCIA', sited[2].upper())}_{sited[3].upper()}"
    if tcga := sorted(match[1].upper() for name in names if (match := TCGA.fullmatch(name))):
        return tcga[0]
    dated = [name for name in names if year_of(name)]
    return without_time_point(min(dated, key=lambda name: (year_of(name), name), default=case))


def site_of(names: Collection[str]) -> str:
    """Tell the site, the prefix in BraTS 2018 and 2019, like "TCIA02"; "" where no name tells it."""
    sited = _newest_sited(names)
    site = sited[2].upper() if sited else ""
    return "" if site == "TCIA" else site


def since(names: Collection[str]) -> int:
    """The first BraTS year with a name for the patient, 0 without any; 2017 and 2018 are the same 285 patients."""
    years = [year_of(name) for name in names if year_of(name)]
    return max(2018, min(years)) if years else 0


def year_of(name: str) -> int:
    """The BraTS year that a name belongs to, or 0."""
    match = DATED.fullmatch(name)
    return 0 if match is None else 2000 + int(match[1] or 23)


def without_time_point(name: str) -> str:
    """Name the patient of a scan that is called by patient and time point; any other name stays."""
    return next((match[1] for pattern in TIMED if (match := re.fullmatch(pattern, name, re.IGNORECASE))), name)


def like_repeats(patients: Mapping[str, str]) -> list[str]:
    """List names that look like several scans of one patient, but are counted as patients of their own.

    patients: the patient of each case.
    """
    alike: dict[str, list[str]] = defaultdict(list)
    for case in patients:
        if match := REPEAT.fullmatch(case):
            alike[match[1].lower()].append(case)
    several = [cases for cases in alike.values() if 1 < len(cases) <= MOST_REPEATS]
    return sorted(case for cases in several if len({patients[case] for case in cases}) > 1 for case in cases)


def doubt_about_patients(patients: Mapping[str, str]) -> str:
    """Say that some patients may be counted several times, "" where nothing looks like it; as `like_repeats`."""
    if not (found := like_repeats(patients)):
        return ""
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return (
        f"{', '.join(found[:SHOWN])}{more} look like several scans of one patient each, but are counted as patients of "
        "their own, who may train and test. Name each case's patient in a column `patient`."
    )


def _newest_sited(names: Collection[str]) -> re.Match[str] | None:
    """Return the newest name that tells a site, because BraTS 2017 names no TCIA site."""
    matches = [match for name in names if (match := SITED.fullmatch(name))]
    return max(matches, key=lambda match: (match[1], match[0]), default=None)
