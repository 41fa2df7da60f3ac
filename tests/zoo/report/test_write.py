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
from zoo.report import gather, store_contributions, store_grade, to_html, to_json
from zoo.study.save import save_nifti
from zoo.types import Explanation
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
