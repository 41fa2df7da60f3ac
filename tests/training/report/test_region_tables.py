"""The report of regions says what is meant by each, and lists every study."""

from __future__ import annotations

import csv
from dataclasses import replace

import pytest

from made_up_regions import made_up_regions
from training.report.region_tables import to_csv, to_markdown, write_region_report
from training.report.result_tables import NO_PATIENT
from zoo import DISCLAIMER


@pytest.fixture(scope="module")
def text():
    return to_markdown(made_up_regions())


def test_regions_and_empty_ones_are_explained(text):
    words = " ".join(text.split())
    for told in ("labels 1, 2 and 4 (3 since 2023)", "both empty; where one", "Dice is 0", DISCLAIMER):
        assert told in words, told


def test_rows_are_regions_of_models(text):
    rows = [
        [cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if line.startswith("| `good`")
    ]
    assert [row[1] for row in rows] == [*("core", "oedema", "enhancing", "whole") * 2]
    assert rows[3][2] == "3"
    assert rows[3][3].startswith("0.67 [")
    assert rows[3][5:] == ["3", "0.70", "1", "0.40 b", "0", "0"]
    assert rows[7][3:5] == ["29.2", "18.3"]
    assert rows[6][5:] == ["6.0 [6.0, 6.0]", "6.0"]


def test_what_was_not_measured_is_named(text):
    assert "- left out: e: no grade given" in text
    assert "- not measured by `good`: d: no mask" in text
    assert "- not measured by `blind`: a and 3 more: needs T1" in text


def test_simulated_cohorts_say_nothing_about_patients(text):
    assert NO_PATIENT not in text
    results = made_up_regions()
    assert NO_PATIENT in to_markdown(replace(results, cohort={**results.cohort, "simulated": True}))


def test_every_study_has_its_rows():
    rows = list(csv.DictReader(to_csv(made_up_regions()).splitlines()))
    assert len(rows) == 3 * 4 + 1 + 4
    by_place = {(row["model"], row["case"], row["region"]): row for row in rows}
    assert by_place["good", "a", "oedema"]["dice"] == "0.6"
    assert by_place["good", "a", "oedema"]["distance_mm"] == "8"
    assert by_place["good", "b", "core"]["remark"] == "both empty"
    assert by_place["good", "b", "core"]["dice"] == ""
    assert by_place["good", "c", "core"]["remark"] == "one empty"
    assert by_place["good", "c", "core"]["dice"] == "0"
    assert by_place["good", "d", ""]["remark"] == "no mask"


def test_both_are_written(tmp_path):
    written = write_region_report(made_up_regions(), tmp_path / "regions")
    assert [path.name for path in written] == ["regions.md", "studies.csv"]
    assert written[0].read_text(encoding="utf-8") == to_markdown(made_up_regions())
