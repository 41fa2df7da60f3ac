"""What a segmentation says is the same in JSON, in a table and in words."""

from __future__ import annotations

import json

import numpy as np
import pytest

from zoo.regions.measure import measure_regions
from zoo.render.region_accuracy import NOT_MEASURED
from zoo.render.region_facts import segmentation_json, segmentation_row, segmentation_text
from zoo.types import DISCLAIMER, MEASURED, Plane, Segmentation, Word

MIDDLE = Plane((1.0, 0.0, 0.0), 0.0)
SAID = ("made up", "studies", ("Odd.",), ("Read.",))
WORDS = (
    Word("side", "f2", "left", -12.34, "mm", "centre: up to 5 mm", "VASARI"),
    Word("lobe", "f1", None, why="there is no atlas"),
    Word("mismatch", "", None, 2.0, "mm", why="cells are coarse"),
)


def _segmentation(labels, midline=MIDDLE):
    affine = np.diag([1.0, 1.0, 2.0, 1.0])
    affine[0, 3] = -30
    scores, measured = np.zeros((3, 2, 2, 2), np.float32), measure_regions(labels, affine, midline)
    return Segmentation("p7", "finder", labels, affine, scores, np.eye(4), midline, measured, *SAID, 0.5, WORDS)


@pytest.fixture
def labels():
    labels = np.zeros((60, 40, 20), np.uint8)
    labels[5:25, 10:30, 5:10], labels[10:14, 14:20, 6:8], labels[2, 2, 2] = 2, 4, 2
    return labels


def test_json_holds_every_measurement(labels):
    told = json.loads(json.dumps(segmentation_json(_segmentation(labels))))
    assert tuple(told["regions"]) == MEASURED
    assert told["regions"]["enhancing"]["ml"] == pytest.approx(0.096)
    assert told["regions"]["core"]["diameter_mm"] is None
    assert told["regions"]["whole"]["side"] == "left"
    assert told["midline"] == {"normal": [1, 0, 0], "offset": 0}
    assert (told["trained_on"], told["warnings"], told["remarks"]) == ("studies", ["Odd."], ["Read."])
    assert [word["word"] for word in told["words"]] == ["left", None, None]
    assert (told["words"][0]["value"], told["words"][1]["why"]) == (-12.34, "there is no atlas")
    assert told["accuracy"] == {}
    assert told["disclaimer"] == DISCLAIMER
    assert "checked" in told["source"]


def test_a_row_has_one_value_a_column_whatever_was_found(labels):
    full, empty = (segmentation_row(_segmentation(each)) for each in (labels, labels * 0))
    assert list(full) == list(empty)
    assert not any(isinstance(value, list | tuple | dict) for value in full.values())
    assert full["whole_extent_mm_z"] == pytest.approx(16)
    assert full["whole_ml"] == pytest.approx(4.002)
    assert (empty["whole_ml"], empty["whole_centre_mm_x"]) == (0, None)
    assert full["disclaimer"] == DISCLAIMER


def test_in_words(labels):
    told = segmentation_text(_segmentation(labels)).splitlines()
    assert told[0].startswith("p7: 4.0 ml of tumour by finder (regions that a network found and nobody has checked; ")
    assert "trained on studies" in told[0]
    assert told[1] == "  core: none"
    assert "2 parts" not in told[2]
    assert "1 part and 1 speck" in told[2]
    assert "left, 6 mm from the midline" in told[2]
    assert told[5:8] == [f"  {NOT_MEASURED}", "  warning: Odd.", "  remark: Read."]
    assert told[8] == "  in words (VASARI's, measured of these regions; nobody read the scans):"
    assert told[9:] == [
        "    side (f2): left (-12.3 mm; centre: up to 5 mm; VASARI)",
        "    lobe (f1): not told, there is no atlas",
        "    mismatch: not told, cells are coarse (measured 2.0 mm)",
    ]


def test_words_of_the_midline(labels):
    across = segmentation_text(_segmentation(labels, Plane((1.0, 0.0, 0.0), -15.0)))
    assert "on both sides, 50 % left, across the midline" in across
    assert "left, across the midline" in segmentation_text(_segmentation(labels, Plane((1.0, 0.0, 0.0), -6.4)))
    assert "midline not told" in segmentation_text(_segmentation(labels, None))
