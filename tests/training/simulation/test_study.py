import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import binary_dilation, binary_erosion

from training.simulation import simulate_study
from training.simulation import study as study_module
from training.simulation.fields import Grid
from training.simulation.site import ANYWHERE, draw_site
from training.simulation.study import grade_of, into_field_of_view, study_signs, study_site


@pytest.fixture
def studies(studies_of):
    return studies_of("template")


def test_layout(studies):
    for study in studies:
        assert study.images.shape == (4, 60, 60, 39)
        assert study.images.dtype == np.float32
        assert study.labels.shape == (60, 60, 39)
        assert study.labels.dtype == np.uint8
        assert study.affine.dtype == np.float64
    assert studies[3].id == "Sim-s7-00003"


def test_the_brain_lies_within_the_field_of_view(studies):
    for study in studies:
        centre = np.append(np.argwhere(study.images[0] > 0).mean(axis=0), 1)
        assert np.abs((study.affine @ centre)[:3] - (0, -18, 8)).max() < 15
        assert not study.images[0][[0, -1]].any()


def test_labels_are_brats_labels_of_a_plausible_volume(studies):
    for study in studies:
        assert set(np.unique(study.labels)) <= {0, 1, 2, 4}
        measured = (study.labels > 0).sum() * 0.064
        assert 0.5 * study.signs["whole_tumour_ml"] < measured < 1.2 * study.signs["whole_tumour_ml"]


def test_no_enhancing_label_without_enhancement(studies):
    assert all((study.labels == 4).sum() == 0 for study in studies if study.signs["enhancement"] == "none")


def test_a_twin_differs_only_where_the_tumour_was(studies):
    for index in (2, 3):
        study, twin = studies[index], simulate_study(7, index, spacing_mm=4.0, tumour=False)
        assert not twin.labels.any()
        assert twin.signs == study.signs
        np.testing.assert_array_equal(twin.images > 0, study.images > 0)
        brain, tumour = study.images[0] > 0, study.labels > 0
        far = brain & ~binary_dilation(tumour, iterations=3)
        levels = [np.median(images[3][far]) for images in (study.images, twin.images)]
        differences = [np.abs(twin.images[3] / levels[1] - study.images[3] / levels[0])[part] for part in (tumour, far)]
        assert np.median(differences[0]) > 0.2
        assert np.median(differences[1]) < 0.02


def test_grades_alternate_unless_told(studies):
    assert [study.grade for study in studies] == ["LGG", "HGG"] * 6
    assert grade_of(0) == "LGG"
    assert study_signs(7, 0, "HGG").grade == "HGG"


def test_signs_are_plain_json_and_are_those_of_the_study(studies):
    assert json.loads(json.dumps(studies[2].signs)) == studies[2].signs == study_signs(7, 2).as_dict()


def test_another_spacing_gives_the_same_patient(studies):
    fine = simulate_study(7, 4, spacing_mm=2.0)
    coarse = studies[4]
    assert fine.signs == coarse.signs
    one, other = (np.argwhere(s.labels > 0).mean(axis=0) * s.affine[0, 0] for s in (fine, coarse))
    assert np.abs(one - other).max() < 4
    blocks = fine.images[2, :, :, :78].reshape(60, 2, 60, 2, 39, 2).mean(axis=(1, 3, 5))
    both = (blocks > 0) & (coarse.images[2] > 0)
    assert np.corrcoef(blocks[both], coarse.images[2][both])[0, 1] > 0.8


@pytest.mark.parametrize(("spacing", "shape"), [(1.0, (240, 240, 155)), (2.0, (120, 120, 78)), (3.0, (80, 80, 52))])
def test_field_of_view_is_that_of_brats(spacing, shape):
    grid = Grid(spacing)
    assert into_field_of_view(np.ones((1, *grid.shape), np.uint8), grid).shape == (1, *shape)


def test_well_stripped_is_the_same_patient_with_the_whole_brain_in_its_csf(studies):
    cut = [index for index in range(12) if (studies[index].images[0] > 0).sum() < 14000]
    for index in cut[:2]:
        study, whole = studies[index], simulate_study(7, index, spacing_mm=4.0, well_stripped=True)
        stripped, brain = study.images[0] > 0, whole.images[0] > 0
        assert whole.signs == study.signs
        assert brain.sum() > stripped.sum()
        inside = binary_erosion(brain & stripped, iterations=3)
        np.testing.assert_array_equal(whole.labels[inside], study.labels[inside])
        np.testing.assert_allclose(whole.images[:, inside], study.images[:, inside], rtol=1e-4)
        rim = brain & ~binary_erosion(brain)
        assert np.median(whole.images[2][rim]) > 1.2 * np.median(whole.images[2][inside])


def test_a_site_gives_the_same_patient_another_look(studies):
    one, other = (simulate_study(7, 3, spacing_mm=4.0, site=site) for site in (1, 2))
    for study in (one, other):
        np.testing.assert_array_equal(study.labels, studies[3].labels)
        np.testing.assert_array_equal(study.images > 0, studies[3].images > 0)
        assert study.signs == studies[3].signs
        assert (study.images != studies[3].images).any()
    assert (one.images != other.images).any()
    np.testing.assert_array_equal(simulate_study(7, 3, spacing_mm=4.0, site=1).images, one.images)


@pytest.mark.parametrize("part", ["contrast", "scanners"])
def test_contrast_and_scanners_of_a_site_are_both_used(studies, monkeypatch, part):
    monkeypatch.setattr(
        study_module, "draw_site", lambda rng: replace(ANYWHERE, **{part: getattr(draw_site(rng), part)})
    )
    assert (simulate_study(7, 3, spacing_mm=4.0, site=1).images != studies[3].images).any()


def test_another_seed_has_other_hospitals():
    assert [study_site(7, i, 4, 0.5) for i in range(40)] == [study_site(7, i, 4, 0.5) for i in range(40)]
    assert [study_site(7, i, 4, 0.5) for i in range(40)] != [study_site(8, i, 4, 0.5) for i in range(40)]
