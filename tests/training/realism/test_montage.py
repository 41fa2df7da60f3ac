"""Pictures show the slice of largest tumour, real on the left."""

from __future__ import annotations

import numpy as np
from PIL import Image

from training.realism.montage import Slices, draw_montages, largest_slice


def test_the_slice_has_the_most_tumour(make_normalised):
    study = make_normalised()
    slices = largest_slice(study)
    level = max(range(study.tumour.shape[0]), key=lambda z: study.tumour[z].sum())
    np.testing.assert_array_equal(slices.images, study.images[:, level])
    assert slices.name == "case0 (HGG)"


def test_pages_hold_all_and_real_is_on_the_left(tmp_path):
    bright, dark = (Slices("x", np.full((4, 30, 20), value)) for value in (9.0, 0.0))
    pages = draw_montages([bright] * 5, [dark] * 3, tmp_path)
    assert [page.name for page in pages] == ["montage-1.png", "montage-2.png"]
    picture = np.asarray(Image.open(pages[0]).convert("L"))
    left, right = np.split(picture[:, : picture.shape[1] // 2 * 2], 2, axis=1)
    assert (left > 250).mean() > 0.2 > 0.02 > (right > 250).mean()
