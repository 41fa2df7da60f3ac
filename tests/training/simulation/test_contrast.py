import numpy as np
import pytest

from training.simulation.anatomy import build_anatomy, draw_deformation
from training.simulation.contrast import APPEARANCE, draw_values, render, tissue_fractions
from training.simulation.fields import Grid
from training.simulation.regions import CORE_TISSUES, Regions

T1, T1CE, T2, FLAIR = range(4)


@pytest.fixture(scope="module")
def patients():
    rng = np.random.default_rng(0)
    return [draw_values(rng) for _ in range(300)]


def values(patients, tissue):
    return np.array([patient[tissue][0] for patient in patients])


@pytest.mark.parametrize("tissue", APPEARANCE)
def test_medians_scatter_around_the_table(patients, tissue):
    look, drawn = APPEARANCE[tissue], np.median(values(patients, tissue), axis=0)
    for modality, expected in ((T1, look.t1), (T2, look.t2), (FLAIR, look.flair)):
        assert drawn[modality] == pytest.approx(expected, abs=0.08 + 0.12 * abs(expected - 1))


def test_nine_tenths_of_the_draws_span_nearly_all_of_eight_patients(patients):
    """Measured on real studies: oedema 1.31–1.98 on T2, core 0.46–0.92 on T1, CSF 1.68–3.80 on T2.

    CSF below 2.5 is a saturated receiver, which is `Acquisition.ceiling`.
    """
    for tissue, modality, low, high in (("oedema", T2, 1.4, 2.0), ("solid_core", T1, 0.5, 0.9), ("csf", T2, 2.5, 3.8)):
        drawn = values(patients, tissue)[:, modality]
        assert np.percentile(drawn, 5) < low, tissue
        assert np.percentile(drawn, 95) > high, tissue


def test_without_uptake_t1_and_t1ce_agree(patients):
    """Only sequence type differs, and not in sign; a tissue that takes up contrast stands out."""
    difference = {
        t: values(patients, t)[:, T1CE] - values(patients, t)[:, T1] for t in ("grey", "oedema", "solid_core")
    }
    assert max(np.abs(np.median(d)) for d in difference.values()) < 0.03
    assert max(d.std() for d in difference.values()) < 0.13
    assert np.median([p["enhancing"][1] for p in patients]) > 0.25


def test_nothing_but_bone_is_wetter_than_csf(patients):
    for tissue in set(APPEARANCE) - {"skull"}:
        assert (values(patients, tissue)[:, T1] >= values(patients, "csf")[:, T1]).all(), tissue
        assert (values(patients, tissue)[:, T2] <= values(patients, "csf")[:, T2]).all(), tissue


def test_fractions_of_all_tissues_sum_to_one_and_sulci_add_csf():
    grid = Grid(4.0)
    anatomy = build_anatomy(draw_deformation(np.random.default_rng(1)), grid)
    nothing = np.zeros(grid.shape, np.float32)
    fractions = tissue_fractions(np.random.default_rng(2), anatomy, Regions({"oedema": nothing}), grid)
    assert set(fractions) == set(APPEARANCE) - set(CORE_TISSUES) - {"solid_core"}
    np.testing.assert_allclose(sum(fractions.values()), 1, atol=1e-5)
    inside = anatomy.depth_mm > 8
    assert fractions["csf"][inside].mean() > 1.05 * anatomy.csf[inside].mean()


def test_white_matter_is_the_unit(patients):
    assert (values(patients, "white") == 1).all()


def test_render_mixes_tissues_and_adds_uptake_to_t1ce():
    grid = Grid(4.0)
    enhancing = np.zeros(grid.shape, np.float32)
    enhancing[20:30, 20:30, 15:25] = 1
    images = render(np.random.default_rng(1), {"enhancing": enhancing, "white": 1 - enhancing}, grid)
    assert images.dtype == np.float32
    assert images[:, enhancing == 0].mean(axis=1) == pytest.approx([1, 1, 1, 1], abs=0.05)
    uptake = images[T1CE] - images[T1]
    assert uptake[enhancing == 1].mean() > uptake[enhancing == 0].mean() + 0.1


def test_render_uses_the_contrast_it_is_given():
    grid = Grid(4.0)
    grey = np.zeros(grid.shape, np.float32)
    grey[:20] = 1
    strong = render(np.random.default_rng(1), {"grey": grey, "white": 1 - grey}, grid, lambda rng: np.full(4, 3.0))
    none = render(np.random.default_rng(1), {"grey": grey, "white": 1 - grey}, grid, lambda rng: np.zeros(4))
    assert np.abs(strong[T1, :20].mean() - 1) > 0.3
    assert np.abs(none[T1, :20].mean() - 1) < 0.2
