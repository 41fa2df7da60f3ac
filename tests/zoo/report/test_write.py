"""The report says all of it, once, in one file, and lets no text become markup."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import re

import numpy as np
import pytest

from tests_support import brain_affine, make_volumes
from zoo import DISCLAIMER, Finding, Grade
from zoo.regions.measure import measure_regions
from zoo.render.region_facts import segmentation_json
from zoo.report.contents import gather
from zoo.report.store import preparation_file, region_map, store_contributions, store_grade, store_regions
from zoo.report.write import to_html, to_json
from zoo.study.save import save_nifti
from zoo.types import Explanation, Segmentation
from zoo.types.roles import SEGMENTER
from zoo.weights.metadata import file_digests

MODELS = ("single-t1ce.compact", "ensemble.compact")
NASTY = "<script>alert('x')</script>"


@pytest.fixture
def report(registry, tmp_path):
    volumes = make_volumes(brain_affine())
    for model_id in MODELS:
        grade = Grade("s", model_id, "HGG", 0.9, 2.2, 0.1, (NASTY,), "embedded:x", "uncalibrated", "nothing", 0.05)
        store_grade(tmp_path, grade, 1234, grade.model)
    facts = {"nothing": 0.5, "spread": 0.1, "everything": 2.0}
    found = Explanation("s", MODELS[0], "modality-shapley", np.float32([0, 1.5, 0, 0]), np.eye(4), facts)
    store_contributions(tmp_path, found)
    heat = np.zeros((*volumes.brain.shape, 4), np.float32)
    heat[30, 30, 25, 1] = 1
    save_nifti(tmp_path / f"{MODELS[0]}.grad-cam.nii.gz", heat, volumes.affine)
    return gather(tmp_path, volumes, [Finding("warning", NASTY)], registry, "2026-11-25 12:00+00:00")


def test_how_raw_scans_were_prepared_is_shown_if_they_were(registry, report, tmp_path):
    assert "How the scans were prepared" not in to_html(report)
    preparation_file(tmp_path).write_bytes(b"PNG")
    html = to_html(gather(tmp_path, make_volumes(brain_affine()), [], registry, "2026-11-30 12:00+00:00"))
    assert html.count("How the scans were prepared") == 1
    assert "data:image/png;base64,UE5H" in html


def test_html_is_complete_in_itself(report):
    html = to_html(report)
    for text in (
        DISCLAIMER,
        "90.0 %",
        "56 × 68 × 50",
        "Grad-CAM over T1ce",
        "What each modality adds",
        "Limits",
        "<p>embedded:x</p>",
        "torch",
    ):
        assert text in html
    assert "<script" not in html
    assert not re.search(r"""(src|href)=["'](?!data:)""", html), "nothing is fetched from elsewhere"
    assert "@media print" in html


def test_json_holds_the_same_and_no_identity(report, registry):
    told = json.loads(to_json(report))
    assert told["disclaimer"] == DISCLAIMER
    assert [answer["model"] for answer in told["answers"]] == list(MODELS)
    first, ensemble = told["answers"]
    assert first["modality_shapley"]["values"] == {"t1": 0, "t1ce": 1.5, "t2": 0, "flair": 0}
    assert ensemble["sha256"] == file_digests(registry.model(MODELS[1]))
    weights = registry.model(MODELS[1]).weights
    assert ensemble["sha256"][weights.name] == hashlib.sha256(weights.read_bytes()).hexdigest()
    assert told["versions"]["torch"] == importlib.metadata.version("torch")
    assert len(ensemble["sha256"]) == 5, "its own, and its four members'"
    assert all(re.fullmatch("[0-9a-f]{64}", digest) for digest in ensemble["sha256"].values())
    assert told["study"]["spacing_mm"] == [3, 3, 3]
    assert "study" not in first


@pytest.fixture
def segmented(registry, tmp_path):
    """segmented(labels) → the report of a study with these regions."""

    def report(volumes, labels):
        measured = measure_regions(labels, volumes.affine)
        said = ("made up", "some studies", (NASTY,))
        scores = np.zeros((3, 2, 2, 2), np.float32)
        found = Segmentation("s", SEGMENTER, labels, volumes.affine, scores, np.eye(4), None, measured, *said)
        save_nifti(region_map(tmp_path, SEGMENTER), labels, volumes.affine)
        store_regions(tmp_path, segmentation_json(found))
        return gather(tmp_path, volumes, [], registry, "2026-11-25 12:00+00:00")

    return report


def test_regions_are_outlined_and_told_in_numbers(segmented):
    volumes = make_volumes(brain_affine())
    labels = np.zeros(volumes.brain.shape, np.uint8)
    labels[30:40, 36:44, 20:25] = 2
    report = segmented(volumes, labels)
    html, told = to_html(report), json.loads(to_json(report))
    assert told["regions"]["regions"]["oedema"]["ml"] == pytest.approx(400 * 0.027)
    assert "<td>10.8 ml</td>" in html
    assert "Outlines of the tumour&#x27;s regions over T1ce, in the slice with most of them" in html
    assert html.count("<figure>") == 1
    assert "nobody has checked" in html
    assert not any(tag in html for tag in ("<script", "<button"))


def test_where_no_region_was_found_there_is_no_picture(segmented, report):
    assert json.loads(to_json(report))["regions"] is None, "nobody asked"
    assert "Tumour regions" not in to_html(report)
    volumes = make_volumes(brain_affine())
    html = to_html(segmented(volumes, np.zeros(volumes.brain.shape, np.uint8)))
    assert html.count("<td>none</td>") == 4
    assert "Outlines" not in html
