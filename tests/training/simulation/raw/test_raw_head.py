from dataclasses import replace

import numpy as np
import pytest

from training.simulation.contrast import MODALITIES
from training.simulation.raw import draw_head, raw_head
from training.simulation.raw.head_shape import Tissue


@pytest.fixture(scope="module")
def levels(study):
    """levels[modality][tissue]: medians as ratios to the brain's, of three heads where no sequence suppresses fat."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(raw_head, "FAT_SUPPRESSED", dict.fromkeys(MODALITIES, 0.0))
        return _levels([draw_head(study, seed) for seed in range(3)])


def _levels(heads):
    return {
        name: {
            tissue: np.mean(
                [np.median(h.images[k][h.tissues == tissue]) / np.median(h.images[k][h.mask]) for h in heads]
            )
            for tissue in Tissue
        }
        for k, name in enumerate(MODALITIES)
    }


def test_the_brain_keeps_the_studys_own_voxels_at_their_place(study, head):
    own = study.images[0] > 0
    assert head.mask.sum() == own.sum()
    np.testing.assert_array_equal(head.images[:, head.mask], study.images[:, own])
    np.testing.assert_array_equal(head.labels[head.mask], study.labels[own])
    assert not head.labels[~head.mask].any()
    for here, there in ((head.mask, own), (head.labels > 0, study.labels > 0)):
        places = [affine[:3, :3] @ np.argwhere(part)[0] + affine[:3, 3] for part, affine in
                  ((here, head.affine), (there, study.affine))]  # fmt: skip
        np.testing.assert_allclose(*places)


def test_heads_turn_about_the_middle_of_their_brain(head):
    assert np.abs(head.centre_mm - (0, -17, 5)).max() < 6


def test_what_is_dark_and_bright_is_as_physics_says(levels):
    for name, seen in levels.items():
        assert seen[Tissue.BONE] < 0.4, name
        assert seen[Tissue.AIR] < 0.1, name
        assert seen[Tissue.FAT] > seen[Tissue.MUSCLE], name
    for name in ("t1", "t1ce"):
        seen = levels[name]
        assert seen[Tissue.FAT] > 1.3 > 1 > seen[Tissue.MUSCLE] > seen[Tissue.CSF]
        assert seen[Tissue.VITREOUS] < 0.6
        assert seen[Tissue.MARROW] > seen[Tissue.MUSCLE]
    assert min(levels["t2"][wet] for wet in (Tissue.CSF, Tissue.VITREOUS)) > 1.8
    assert levels["t2"][Tissue.MUSCLE] < 0.7
    assert max(levels["flair"][wet] for wet in (Tissue.CSF, Tissue.VITREOUS)) < 0.7


def test_contrast_medium_lights_up_mucosa_dura_and_veins(levels):
    uptake = {tissue: levels["t1ce"][tissue] - levels["t1"][tissue] for tissue in Tissue}
    assert min(uptake[lit] for lit in (Tissue.MUCOSA, Tissue.SINUS)) > 0.3
    assert uptake[Tissue.DURA] > 0.1  # thinner than these voxels
    assert abs(uptake[Tissue.NERVE]) < 0.15
    assert uptake[Tissue.MUSCLE] < 0.25


def test_suppressed_fat_is_dark(study, levels, monkeypatch):
    monkeypatch.setattr(raw_head, "FAT_SUPPRESSED", dict.fromkeys(MODALITIES, 1.0))
    suppressed = _levels([draw_head(study, seed) for seed in range(3)])
    for name in MODALITIES:
        assert suppressed[name][Tissue.FAT] < 0.5 * levels[name][Tissue.FAT]
        assert suppressed[name][Tissue.MUSCLE] == pytest.approx(levels[name][Tissue.MUSCLE], rel=0.1)


def test_air_holds_noise_alone_and_as_much_as_the_brain(study, head):
    top = head.images[:, :, :, -4:]
    for values, brain in zip(top, head.images[:, head.mask], strict=True):
        assert values.min() > 0
        assert np.median(values) < 0.1 * np.median(brain)
        # A Rayleigh distribution: noise of sigma has a mean of 1.25 and a standard deviation of 0.66 sigma.
        assert values.std() / values.mean() == pytest.approx(0.523, abs=0.03)
    rough = 0.15 * np.random.default_rng(1).standard_normal(study.images.shape, dtype=np.float32)
    noisy = draw_head(replace(study, images=study.images * np.maximum(1 + rough, 0.1)), 1)
    assert noisy.images[0, :, :, -4:].mean() > 3 * top[0].mean()


def test_the_neck_fades_at_the_end_of_the_coil(head):
    muscle = np.where(head.tissues == Tissue.MUSCLE, head.images[0], np.nan)
    assert np.nanmedian(muscle[:, :, 1]) < 0.3 * np.nanmedian(muscle[:, :, 20])


def test_the_same_seed_gives_the_same_head_and_another_another(study, head):
    again, other = draw_head(study, 1), draw_head(study, 2)
    np.testing.assert_array_equal(again.images, head.images)
    np.testing.assert_array_equal(again.tissues, head.tissues)
    assert (other.tissues != head.tissues).any()
    np.testing.assert_array_equal(other.images[:, other.mask], head.images[:, head.mask])
