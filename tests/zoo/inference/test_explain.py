"""An explanation keeps its place: on disk it has the study's own geometry."""

from __future__ import annotations

from dataclasses import replace

import nibabel as nib
import numpy as np
import pytest

from tests_support import LESION_MM, SLOW_CONVOLUTION, kernels
from zoo import Attribution, ExplainerSpec, Explanation, PluginError
from zoo.inference.explain import along_slices, explain_study, save_for_viewer, save_in_study_space
from zoo.study.prepare import prepare
from zoo.types import RegisteredExplainer
from zoo.weights.load import TrainedModel
from zoo.weights.record import TrainingRecord


@pytest.fixture
def model(tiny_spec):
    return TrainedModel(tiny_spec, tiny_spec.build(**tiny_spec.options).eval(), TrainingRecord("nothing"), "test")


def _intensity(question, progress):
    """Attributes the grade to what is bright in each modality: the lesion, in T1ce, T2 and FLAIR."""
    progress(0.5, "looking")
    return Attribution(question.x[0].clamp(min=0.3).numpy() - 0.3, {"threshold": 0.3})


EXPLAINER = ExplainerSpec("intensity", "Intensity", 1, _intensity)


def test_progress_is_passed_on_and_the_map_keeps_its_place(volumes, model, tmp_path):
    seen = []
    explanation = explain_study(volumes, model, EXPLAINER, lambda fraction, text: seen.append((fraction, text)))
    assert seen == [(0.5, "looking")]
    assert explanation.facts == {"threshold": 0.3}
    for save, tolerance in ((save_in_study_space, 3.0), (save_for_viewer, 4.0)):
        path = tmp_path / "heat.nii.gz"
        save(explanation, *((volumes, path) if save is save_in_study_space else (path,)))
        heat = nib.load(path)
        voxel = np.unravel_index(np.argmax(heat.get_fdata()[..., 3]), heat.shape[:3])
        place = heat.affine @ [*voxel, 1]
        assert np.linalg.norm(place[:3] - LESION_MM) < 18 + tolerance


def test_an_explainers_passes_are_quick_without_its_doing(volumes, model):
    def by_gradient(question, progress):
        x = question.x.clone().requires_grad_()
        question.margin(x).backward()
        return Attribution(x.grad[0].numpy())

    model.module.requires_grad_(False)  # as `load_weights` leaves it
    explainer = replace(EXPLAINER, explain=by_gradient)
    assert SLOW_CONVOLUTION not in kernels(lambda: explain_study(volumes, model, explainer, lambda *update: None))


def test_outside_the_brain_nothing_is_explained(volumes, model):
    everywhere = replace(EXPLAINER, explain=lambda question, progress: Attribution(np.ones(question.x.shape[1:])))
    values = explain_study(volumes, model, everywhere, lambda fraction, text: None).values
    brain = (prepare(volumes, model.spec.recipe).x[0] > -1).any(axis=0)
    assert (values[:, brain] == 1).all()
    assert not values[:, ~brain].any()


def test_for_the_viewer_it_is_finer_but_in_the_same_place(tmp_path):
    """A ramp of world z comes out as the world z of the viewer's own voxels."""
    affine = np.array([[0, 0, 2.0, -80], [0, 2.0, 0, -90], [4.0, 0, 0, -70], [0, 0, 0, 1]])
    ramp = np.broadcast_to((4.0 * np.arange(40) - 70)[:, None, None], (4, 40, 96, 80)).astype(np.float32)
    save_for_viewer(Explanation("s", "m", "e", ramp, affine), tmp_path / "heat.nii.gz")
    heat = nib.load(tmp_path / "heat.nii.gz")
    assert heat.shape == (80, 96, 80, 4)
    z = heat.affine[2, 2] * np.arange(80) + heat.affine[2, 3]
    np.testing.assert_allclose(heat.get_fdata()[40, 48, 2:-2, 1], z[2:-2], atol=0.01)
    np.testing.assert_allclose(heat.affine[:2, :3], [[2, 0, 0], [0, 2, 0]])


def test_on_disk_it_has_the_studys_grid_and_stays_in_the_brain(volumes, model, tmp_path):
    values = np.ones((4, *model.spec.recipe.shape), np.float32)
    explanation = Explanation("s", "m", "e", values, prepare(volumes, model.spec.recipe).affine)
    save_in_study_space(explanation, volumes, tmp_path / "heat.nii.gz")
    heat = nib.load(tmp_path / "heat.nii.gz")
    assert heat.shape == (*volumes.brain.shape, 4)
    np.testing.assert_allclose(heat.affine, volumes.affine)
    assert not heat.get_fdata()[~volumes.brain].any()
    assert heat.get_fdata()[volumes.brain].mean() > 0.9


@pytest.mark.parametrize("values", [np.ones((4, 2, 2, 2)), np.full((4, 40, 96, 80), np.nan)])
def test_unusable_map_names_explainer_and_model(volumes, model, values):
    broken = replace(EXPLAINER, explain=lambda *arguments: Attribution(values))
    with pytest.raises(PluginError, match=r"intensity on single-t1ce\.compact: expected finite values"):
        explain_study(volumes, model, broken, lambda fraction, text: None)


def test_numbers_of_modalities_are_kept_as_they_are(volumes, model):
    numbers = replace(EXPLAINER, output="modalities", explain=lambda *arguments: Attribution(np.arange(4.0)))
    assert explain_study(volumes, model, numbers, lambda *update: None).values.tolist() == [0, 1, 2, 3]
    voxels = replace(EXPLAINER, explain=numbers.explain)
    with pytest.raises(PluginError, match=r"expected finite values of shape \(4, 40, 96, 80\), found shape \(4,\)"):
        explain_study(volumes, model, voxels, lambda *update: None)


def test_an_answer_of_another_kind_is_named(volumes, model):
    bare = replace(EXPLAINER, explain=lambda question, progress: question.x[0].numpy())
    with pytest.raises(PluginError, match="expected an Attribution, found ndarray"):
        explain_study(volumes, model, bare, lambda *update: None)


def test_a_failing_explainer_is_named_with_the_model(volumes, model):
    broken = RegisteredExplainer.of(replace(EXPLAINER, explain=lambda *arguments: 1 / 0), "somebody")
    words = r"intensity of the plugin somebody on single-t1ce\.compact: ZeroDivisionError: division by zero"
    with pytest.raises(PluginError, match=words):
        explain_study(volumes, model, broken, lambda fraction, text: None)


def test_a_map_along_slices_is_its_largest_value_at_each_height():
    values = np.zeros((4, 3, 2, 2), np.float32)
    values[1, :, 0, 1], values[1, 2, 1, 1] = (0.5, 1, 2), 3
    affine = np.zeros((4, 4))
    affine[2] = (4, 0, 0, -10)
    explanation = Explanation("s", "m", "slice-attention", values, affine)
    assert along_slices(explanation) == {"t1ce": [(-10, 0.5), (-6, 1), (-2, 3)]}
