"""Real studies in the page, where there are any, one of each source: tests/test_real_cases.py grades them all."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from page_actions import card, heat_map, opacity, upload
from zoo.plugins.nifti import modality_of

ROOT = os.environ.get("GLIOMA_ZOO_REAL_CASES")
CASES = sorted(path for path in Path(ROOT).iterdir() if path.is_dir()) if ROOT else []
OF_EACH_SOURCE = list({re.split(r"[\d_-]", case.name)[0]: case for case in CASES}.values())

pytestmark = pytest.mark.skipif(not ROOT, reason="GLIOMA_ZOO_REAL_CASES is not set: no real studies to show")


@pytest.mark.parametrize("folder", OF_EACH_SOURCE or [None], ids=[case.name for case in OF_EACH_SOURCE] or ["unset"])
def test_the_viewer_shows_study_and_heat_map(visit, look, folder):
    upload(visit, sorted(path for path in folder.iterdir() if modality_of(path)))
    visit.click("#grade")
    card(visit, "graded")
    heat_map(visit)
    opacity(visit, 100)
    picture = look(visit)
    assert picture.lit > 5000
    assert picture.warm + picture.cool > 20
