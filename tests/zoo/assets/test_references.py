"""The brains without a tumour."""

from __future__ import annotations

import numpy as np

from zoo import Recipe
from zoo.assets.references import HERE, load_references, reference_in_box


def test_four_brains_in_all_modalities_as_models_see_them():
    x = load_references(Recipe())
    assert x.shape == (4, 4, 40, 96, 80)
    assert x.dtype == np.float32
    brain = (x > -1).any(axis=1)
    litres = brain.sum(axis=(1, 2, 3)) * 16e-6
    assert ((litres > 1.0) & (litres < 2.2)).all()
    assert len({float(each.sum()) for each in x}) == 4


def test_flair_shows_no_tumour():
    """The eight real tumours have at least 20 ml brighter than 1.5 times white matter; age spots have few."""
    for flair in load_references(Recipe())[:, 3]:
        assert (flair > 0.5).sum() * 16e-3 < 15


def test_in_another_box_the_first_keeps_its_middle():
    recipe = Recipe()
    np.testing.assert_array_equal(reference_in_box(recipe, recipe.shape), load_references(recipe)[:1])
    np.testing.assert_allclose(
        reference_in_box(recipe, (20, 48, 40)), load_references(recipe)[:1, :, 10:30, 24:72, 20:60], atol=1e-5
    )


def test_they_are_small():
    assert sum(path.stat().st_size for path in HERE.rglob("*.nii.gz")) < 3_000_000
