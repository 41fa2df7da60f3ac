"""A zip from a clinic, dropped on the page."""

from __future__ import annotations

import shutil

import numpy as np
from playwright.sync_api import expect

from dicom_files import ACQUISITIONS, Placed, SeriesMaker
from page_actions import PATIENCE_MS, card, choose, upload
from tests_support import brain_affine, brain_image


def _export(folder):
    """The synthetic brain as DICOM: T1ce twice, in the axial slices and directions of `brain_affine` (LPS).

    And a localizer.
    """
    affine = brain_affine()
    origin = tuple(affine[:3, 3] * [-1, -1, 1])
    placed = Placed(row_spacing=3.0, column_spacing=3.0, slice_spacing=3.0, origin=origin)
    for number, (name, word) in enumerate([*((name, "AX") for name in ACQUISITIONS), ("t1ce", "AGAIN")], start=1):
        tags = ACQUISITIONS[name] | {"SeriesNumber": number}
        tags["SeriesDescription"] = tags["SeriesDescription"].replace("AX", word)
        stored = brain_image(name, affine).astype(np.uint16).transpose(2, 1, 0)
        SeriesMaker(placed, tags).write(folder / str(number), np.ascontiguousarray(stored))
    localizer = {"SeriesDescription": "3-plane localizer", "SeriesNumber": 9}
    SeriesMaker(placed, localizer).write(folder / "9", np.ascontiguousarray(stored[:3]))
    return folder


def test_a_zip_of_dicom_is_graded_once_the_series_are_settled(visit, tmp_path):
    packed = shutil.make_archive(str(tmp_path / "case"), "zip", _export(tmp_path / "export"))
    upload(visit, [packed])
    expect(card(visit, "question")).to_contain_text("T1ce: 2 files could be it")
    expect(visit.locator("#scans")).to_contain_text("05-AGAIN-T1-POST_t1ce")
    expect(visit.locator("#series img")).to_have_count(5, timeout=PATIENCE_MS)
    choose(visit, "slot-t1ce", "05-AGAIN-T1-POST_t1ce.nii")
    visit.click("#grade")
    graded = card(visit, "graded")
    expect(graded).to_contain_text("Research demonstration, not a medical device.")
    expect(graded).to_contain_text("Not used: 06-3-plane-localizer (it has 3 slices of ")


def test_a_scan_taken_away_leaves_the_table(visit, make_study):
    upload(visit, sorted(make_study().iterdir()))
    visit.get_by_role("button", name="Which file is which").click()
    flair = visit.locator("#slot-flair input")
    expect(flair).to_have_value("case1_flair.nii.gz")
    visit.locator("#scans").get_by_label("Remove this file").first.click()
    expect(flair).to_have_value("")
    expect(visit.locator("#slot-t2 input")).to_have_value("case1_t2.nii.gz")
    visit.locator("#scans").get_by_label("Clear").click()
    expect(visit.locator("#slot-t2 input")).to_have_value("")
