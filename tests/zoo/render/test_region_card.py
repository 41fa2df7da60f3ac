"""A card of regions says what was measured, and whose regions they are."""

from __future__ import annotations

import re
from dataclasses import asdict

import numpy as np
import pytest

from zoo.regions.measure import measure_regions
from zoo.render.region_card import regions_card
from zoo.render.region_facts import segmentation_json
from zoo.types import DISCLAIMER, MEASURED, Segmentation, Word

NASTY = "<script>alert('x')</script>"


@pytest.fixture
def told():
    """Oedema of 30 × 20 × 5 mm around a speck that enhances."""
    labels = np.zeros((60, 40, 20), np.uint8)
    labels[5:35, 10:30, 5:10], labels[10, 14, 6] = 2, 4
    affine = np.diag([1.0, 1.0, 2.0, 1.0])
    scores, measured = np.zeros((3, 2, 2, 2), np.float32), measure_regions(labels, affine)
    return segmentation_json(
        Segmentation("p7", NASTY, labels, affine, scores, affine, None, measured, "made up", "some studies", (NASTY,))
    )


def _row(card, region):
    return re.search(f'<tr data-region="{region}".*?</tr>', card, re.DOTALL)[0]


def test_a_row_a_region_with_volume_share_and_diameters(told):
    card, oedema = regions_card(told), told["regions"]["oedema"]
    diameters = f"{oedema['diameter_mm']:.0f} × {oedema['perpendicular_mm']:.0f} mm"
    assert re.findall('<tr data-region="([a-z]+)"', card) == list(MEASURED)
    assert f"<td>6.0 ml</td><td>100 %</td><td>{diameters}</td>" in _row(card, "oedema")
    assert 'data-ml="5.998000"' in _row(card, "oedema")
    assert "<td>0.0 ml</td><td>0 %</td><td>–</td>" in _row(card, "enhancing")
    assert "<td>none</td><td>–</td><td>–</td>" in _row(card, "core")


def test_a_name_leads_to_the_slice_of_its_diameters_or_to_its_middle(told):
    card = regions_card(told)
    (*_, height) = map(float, re.search('data-place="(.*?)"', _row(card, "oedema"))[1].split(","))
    assert height in (10, 12, 14, 16, 18)
    assert 'data-place="10.00,14.00,12.00"' in _row(card, "enhancing"), "a speck has no diameters"
    assert "<button" not in _row(card, "core")
    assert "<button" not in regions_card(told, linked=False)


def test_words_have_their_measurement_limit_and_source_or_the_reason_why_not(told):
    share = Word("proportion of oedema", "f14", "34–67 %", 54.321, "% of the whole", "5, 33 %", "VASARI & others")
    lobe = Word("lobe", "f1", None, why=NASTY)
    card = regions_card(told | {"words": [asdict(share), asdict(lobe)]})
    assert "<td>proportion of oedema (f14)</td><td>34–67 %</td><td>54.3 % of the whole</td>" in card
    assert "<td>5, 33 %; VASARI &amp; others</td>" in card
    assert "<td>lobe (f1)</td><td>not told</td><td>–</td><td>&lt;script" in card
    assert "nobody read the scans" in card


def test_words_are_folded_on_the_page_and_open_in_a_report(told):
    with_words = told | {"words": [asdict(Word("lobe", "f1", None, why="no atlas"))]}
    assert '<details class="zoo-words">' in regions_card(with_words)
    assert '<details class="zoo-words" open>' in regions_card(with_words, linked=False)
    assert "<details" not in regions_card(told)


def test_how_good_they_are_stands_below_or_that_nobody_knows(told):
    assert "How good such regions are was not measured with these weights." in regions_card(told)
    figures = {"studies": 9, "dice": {"value": 0.5, "low": 0.4, "high": 0.6}, "correlation": None, "distance_mm": None}
    card = regions_card(told | {"accuracy": {"unseen": {"core": figures}}})
    assert "<summary>How good such regions are</summary>" in card
    assert "<th>9 studies of another simulator</th>" in card
    assert "<td>Core</td><td>Dice 0.50 [0.40, 0.60]</td>" in card


def test_doubts_the_source_and_the_disclaimer_stand_below(told):
    card = regions_card(told)
    for words in ("regions that a network found and nobody has checked", "trained on", "some studies", DISCLAIMER):
        assert words in card
    assert "zoo-warning" in card
    assert "<script" not in card
