from __future__ import annotations

import pytest
from PIL import Image

from zoo.assets.examples import EXAMPLES
from zoo.plugins.nifti import read_study


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_an_example_is_a_complete_study_with_a_picture(example):
    assert list(read_study(example.folder).paths) == ["t1", "t1ce", "t2", "flair"]
    assert len(example.scans()) == 4
    assert Image.open(example.picture).format == "WEBP"
