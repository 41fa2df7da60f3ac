"""A scanner's export dropped on the page: four series with skull become a grade that lies where the scanner saw it."""

from __future__ import annotations

import gzip

import nibabel
import numpy as np
import pytest
from playwright.sync_api import expect

from dicom_exam import write_exam
from page_actions import PATIENCE_MS, card, heat_map
from training.simulation.raw import RawTwin, raw_twin
from training.simulation.study import simulate_study
from zoo.types import MODALITIES

pytestmark = pytest.mark.long
LONG_MS = 4 * PATIENCE_MS
SEED, PATIENT = 28, 1


@pytest.fixture(scope="module")
def twin():
    return raw_twin(simulate_study(SEED, PATIENT, well_stripped=True), SEED)


def _drop(page, twin, folder):
    """Drop all files of an exam, and wait until it is told which series is which."""
    files = [path for path in write_exam(twin, folder).rglob("*") if path.is_file()]
    page.locator("#scans input[type=file]").set_input_files([str(path) for path in files])
    for name in twin.scans:
        expect(page.locator("#scans")).to_contain_text(f"_{name}", timeout=LONG_MS)
    page.locator("#assignment button").click()
    expect(page.locator("#series img")).to_have_count(len(twin.scans), timeout=LONG_MS)
    for name in twin.scans:
        expect(page.locator(f"#slot-{name} input")).not_to_have_value("")


def _downloaded(page, place):
    with page.expect_download() as download:
        page.locator("#report a[download]").nth(place).click()
    return download.value.path().read_bytes()


def test_raw_series_are_prepared_shown_and_graded_where_they_lie(visit, twin, tmp_path):
    _drop(visit, twin, tmp_path)
    visit.click("#grade")
    expect(visit.locator("#card")).to_contain_text("✓ Looking for the brain on T1ce", timeout=LONG_MS)
    picture = visit.locator("#preparation img")
    expect(picture).to_be_visible(timeout=LONG_MS)
    rows = 1 + 2 * (len(MODALITIES) - 1)
    assert picture.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [3 * 240, rows * 240]
    expect(visit.locator("#card [data-state=graded]")).to_be_visible(timeout=LONG_MS)
    said = card(visit, "graded")
    for words in ("moved onto T1ce", "the brain found on T1ce and T1 by deepbet", "not a medical device"):
        expect(said).to_contain_text(words)

    heat_map(visit)
    expect(visit.locator("#regions [data-region]")).to_have_count(4, timeout=LONG_MS)
    visit.click("#make-report")
    expect(visit.locator("#report a[download]")).to_have_count(3, timeout=LONG_MS)
    assert "How the scans were prepared" in _downloaded(visit, 0).decode()
    mask = nibabel.Nifti1Image.from_bytes(gzip.decompress(_downloaded(visit, 2)))
    series = twin.scans["t1ce"]
    assert sorted(mask.shape) == sorted(series.voxels.shape)
    np.testing.assert_allclose(np.sort(mask.header.get_zooms()), np.sort(_spacing(series.affine)), atol=1e-4)
    marked, true = (np.array(nibabel.affines.apply_affine(*each)).mean(axis=0) for each in (
        (mask.affine, np.argwhere(np.asarray(mask.dataobj) > 0)),
        (series.affine, np.argwhere(series.labels > 0)),
    ))  # fmt: skip
    assert np.linalg.norm(marked - true) < 15, "in mm, of the tumour's middle"


def test_another_s_series_is_refused_and_shown(visit, tmp_path):
    stranger = simulate_study(SEED, PATIENT + 500, well_stripped=True)
    twin = raw_twin(simulate_study(SEED, PATIENT, well_stripped=True), SEED, strangers={"t2": stranger})
    scans = {name: twin.scans[name] for name in ("t1ce", "t2")}
    _drop(visit, RawTwin(twin.id, scans), tmp_path)
    visit.click("#grade")
    expect(visit.locator("#card")).to_contain_text("T2: could not be laid on T1ce", timeout=LONG_MS)
    expect(visit.locator("#card img")).to_be_visible()


def _spacing(affine):
    return np.linalg.norm(affine[:3, :3], axis=0)
