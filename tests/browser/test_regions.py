"""The tumour's regions after a grade, in a real browser: in the viewer, in the table, in the report, all the same."""

from __future__ import annotations

import gzip
import json
import re
from urllib.request import urlopen

import nibabel
import numpy as np
import pytest
from playwright.sync_api import expect

from page_actions import PATIENCE_MS, READY, card, heat_map, opacity, try_example
from zoo.render.colours import REGION_COLOURS
from zoo.types import REGION_LABELS

LONG_MS = 3 * PATIENCE_MS


def _mask(requests):
    """The label map that the viewer fetched."""
    url = next(url for url in requests if url.endswith(".regions.nii.gz"))
    with urlopen(url) as response:
        return nibabel.Nifti1Image.from_bytes(gzip.decompress(response.read()))


def _volumes(mask):
    """Ml of each region and of the whole."""
    labels, voxel_ml = np.asarray(mask.dataobj), abs(np.linalg.det(mask.affine[:3, :3])) / 1000
    voxels = {region: np.count_nonzero(labels == number) for region, number in REGION_LABELS.items()}
    return {region: count * voxel_ml for region, count in (voxels | {"whole": np.count_nonzero(labels)}).items()}


def _slices(mask, place):
    """Axial, coronal and sagittal slice at a place in the world, from 1, as the viewer counts them."""
    upright = nibabel.as_closest_canonical(mask)
    return (np.linalg.inv(upright.affine) @ [*place, 1])[2::-1] + 1


def _crosshair(page):
    """The same where the crosshair is."""
    shown = page.locator("#viewer [data-part=position]").inner_text()
    return [int(number) for number in re.findall(r"(\d+) of", shown)]


def _pixels(picture, region):
    return int((np.abs(picture.rgb - REGION_COLOURS[region]) < 6).all(axis=2).sum())


def test_a_grade_is_followed_by_regions_that_are_the_same_everywhere(visit, look, requests):
    try_example(visit)
    card(visit, "graded")
    heat_map(visit)
    table = visit.locator("#regions")
    expect(table.locator("[data-region]")).to_have_count(4, timeout=LONG_MS)
    expect(visit.locator("#viewer [data-part=regions]")).to_be_visible(timeout=LONG_MS)
    for words in ("a network found and nobody has checked", "not a medical device", "simulated gliomas"):
        expect(table).to_contain_text(words)

    visit.wait_for_selector(READY, timeout=LONG_MS)
    mask = _mask(requests)
    volumes = _volumes(mask)
    assert volumes["whole"] > 10
    for region, ml in volumes.items():
        row = table.locator(f"[data-region={region}]")
        assert float(row.get_attribute("data-ml")) == pytest.approx(ml, rel=1e-5)
        expect(row).to_contain_text(f"{ml:.1f} ml")

    asked = len(requests)
    row = table.locator("[data-region=enhancing] button")
    row.click()
    place = [float(mm) for mm in row.get_attribute("data-place").split(",")]
    np.testing.assert_allclose(_crosshair(visit), _slices(mask, place), atol=0.51)
    opacity(visit, 0)
    visit.locator("#viewer [data-style=filled]").click()
    visit.locator("#viewer [data-part=region-opacity]").fill("100")
    assert all(_pixels(look(visit, "#viewer canvas"), region) > 100 for region in REGION_COLOURS)
    visit.locator("#viewer [data-style=none]").click()
    assert not any(_pixels(look(visit, "#viewer canvas"), region) for region in REGION_COLOURS)
    assert len(requests) == asked, "switching and jumping ask the server for nothing"

    visit.click("#make-report")
    expect(visit.locator("#report a[download]")).to_have_count(3, timeout=LONG_MS)
    html, told = _download(visit, 0), _download(visit, 1)
    reported = json.loads(told)["regions"]["regions"]
    assert {region: reported[region]["ml"] for region in volumes} == pytest.approx(volumes, rel=1e-5)
    assert re.search(r"Outlines of the tumour.{1,6}s regions over T1ce", html)


def _download(page, place):
    with page.expect_download() as download:
        page.locator("#report a[download]").nth(place).click()
    return download.value.path().read_text(encoding="utf-8")
