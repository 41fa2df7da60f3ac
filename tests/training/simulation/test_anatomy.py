import importlib.util
from dataclasses import replace

import numpy as np
import pytest

from training.simulation.anatomy import (
    build_anatomy,
    deep_grey,
    draw_deformation,
    load_template,
    push_aside,
    sulci,
    template_path,
)
from training.simulation.fields import COARSE


@pytest.fixture(scope="module")
def deformation():
    return draw_deformation(np.random.default_rng(1))


def test_tissues_sum_to_one(deformation):
    anatomy = build_anatomy(deformation, COARSE)
    np.testing.assert_allclose(anatomy.grey + anatomy.white + anatomy.csf, 1, atol=1e-5)
    assert min(anatomy.grey.min(), anatomy.white.min(), anatomy.csf.min()) > -1e-5


@pytest.mark.parametrize("seed", range(6))
def test_a_brain_has_the_size_of_a_brain(seed):
    anatomy = build_anatomy(draw_deformation(np.random.default_rng(seed)), COARSE)
    assert 950 < (anatomy.depth_mm > 0).sum() * COARSE.voxel_ml < 1900


def test_atrophy_adds_csf(deformation):
    inside = build_anatomy(deformation, COARSE).depth_mm > 4
    little, much = (build_anatomy(replace(deformation, atrophy=a), COARSE).csf[inside].mean() for a in (0.7, 4.0))
    assert much > 1.5 * little


def test_mass_effect_moves_tissue_near_the_centre_only(deformation):
    pushed = push_aside(deformation, (30, -20, 20), 20, 0.4)
    moved = np.linalg.norm(pushed.points_mm - deformation.points_mm, axis=0)
    far = np.linalg.norm(COARSE.points_mm() - np.reshape((30, -20, 20), (3, 1, 1, 1)), axis=0) > 56
    assert moved[~far].max() > 2
    assert moved[far & (build_anatomy(deformation, COARSE).depth_mm > 0)].max() < 1e-3


def test_sulci_are_fractions_near_the_surface(deformation):
    anatomy = build_anatomy(deformation, COARSE)
    folds = np.mean([sulci(np.random.default_rng(seed), anatomy, COARSE) for seed in range(20)], axis=0)
    assert folds.min() >= 0
    assert folds.max() <= 1
    near, deep = (
        folds[inside].mean() for inside in ((anatomy.depth_mm > 0) & (anatomy.depth_mm < 5), anatomy.depth_mm > 35)
    )
    assert near > 0.05
    assert deep < 0.1 * near


def test_deep_grey_holds_the_basal_ganglia_and_no_cortex(deformation):
    anatomy = build_anatomy(deformation, COARSE)
    nuclei = deep_grey(anatomy)
    putamen = np.linalg.norm(np.abs(anatomy.template_mm) - np.reshape((26, 2, 2), (3, 1, 1, 1)), axis=0).argmin()
    assert nuclei.ravel()[putamen] > 0.8
    assert nuclei[(anatomy.depth_mm > 0) & (anatomy.depth_mm < 8)].mean() < 0.02


def test_template_depth_is_positive_inside():
    template = load_template(2)
    assert template.depth_mm[49, 58, 47] > 20
    assert template.depth_mm[0, 0, 0] < -20


def test_missing_nilearn_is_a_sentence_with_the_remedy(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ImportError, match=r'pip install "glioma-zoo\[training\]"'):
        template_path("t1")
