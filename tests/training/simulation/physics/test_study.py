import json

import numpy as np
import pytest
from scipy import ndimage

from training.simulation.fields import Grid
from training.simulation.physics import simulate_study
from training.simulation.physics import study as study_module
from training.simulation.physics.patients import PATIENTS
from training.simulation.physics.protocol import draw_protocol
from training.simulation.physics.study import study_id, study_signs
from training.simulation.study import simulate_study as other_simulator
from training.simulation.study import study_id as other_id


@pytest.fixture
def studies(studies_of):
    return studies_of("physics")


def test_layout_is_that_of_the_first_simulator(studies):
    other = other_simulator(7, 0, spacing_mm=4.0)
    for study in studies:
        assert (study.images.shape, study.images.dtype) == (other.images.shape, np.float32)
        assert (study.labels.shape, study.labels.dtype) == (other.labels.shape, np.uint8)
        np.testing.assert_array_equal(study.affine, other.affine)
    assert set(studies[0].signs) == set(other.signs)


def test_patients_are_others_than_those_of_the_first_simulator(studies):
    assert studies[3].id == study_id(7, 3) == "SimPhysics-s7-00003" != other_id(7, 3)
    assert studies[3].signs != other_simulator(7, 3, spacing_mm=4.0).signs


def test_signs_and_labels_tell_the_same(studies):
    for study in studies:
        measured = (study.labels > 0).sum() * 0.064
        assert 0.7 * study.signs["whole_tumour_ml"] < measured < 1.2 * study.signs["whole_tumour_ml"]
        if study.signs["enhancement"] == "none":
            assert (study.labels == 4).sum() == 0
        if study.signs["enhancement"] == "ring":
            assert (study.labels == 4).sum() > 0
    assert {study.signs["enhancement"] for study in studies} == {"ring", "patchy", "none"}


def test_signs_are_those_of_its_own_patients(studies):
    assert studies[3].signs == study_signs(7, 3).as_dict()
    drawn = {study_signs(7, index).subtype for index in range(200)}
    assert drawn == {subtype for shares in PATIENTS.subtypes.values() for subtype in shares}


def test_a_site_gives_the_same_patient_another_look(studies):
    one, other = (simulate_study(7, 3, spacing_mm=4.0, site=site) for site in (1, 2))
    for study in (one, other):
        np.testing.assert_array_equal(study.labels, studies[3].labels)
        assert study.signs == studies[3].signs
    assert (one.images != other.images).any()


def test_another_spacing_gives_the_same_patient(studies):
    fine, coarse = simulate_study(7, 4, spacing_mm=2.0), studies[4]
    one, other = (np.argwhere(s.labels > 0).mean(axis=0) * s.affine[0, 0] for s in (fine, coarse))
    assert np.abs(one - other).max() < 4
    blocks = fine.images[2, :, :, :78].reshape(60, 2, 60, 2, 39, 2).mean(axis=(1, 3, 5))
    both = (blocks > 0) & (coarse.images[2] > 0)
    assert np.corrcoef(blocks[both], coarse.images[2][both])[0, 1] > 0.7


def test_what_the_strip_took_away_has_no_label(monkeypatch):
    monkeypatch.setattr(study_module, "skull_strip_mask", lambda rng, brain, lesion, grid: grid.points_mm()[2] > 90)
    assert not simulate_study(7, 3, spacing_mm=4.0).labels.any()


def test_coils_shade_all_images_of_a_session_alike():
    grid = Grid(4.0)
    flat, everywhere = np.ones((4, *grid.shape), np.float32), np.ones(grid.shape, bool)
    protocol = draw_protocol(np.random.default_rng(0))
    scanned = study_module._scan_all(np.random.default_rng(1), flat, everywhere, protocol, grid)
    smooth = [ndimage.gaussian_filter(image, 2)[4:-4, 4:-4, 4:-4].ravel() for image in scanned]
    assert np.corrcoef(smooth).min() > 0.7


def test_signs_are_plain_json_and_grades_alternate(studies):
    assert json.loads(json.dumps(studies[2].signs)) == studies[2].signs
    assert [study.grade for study in studies] == ["LGG", "HGG"] * 6
    assert simulate_study(7, 0, 6.0, grade="HGG").grade == "HGG"
