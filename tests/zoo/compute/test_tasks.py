"""What the compute process leaves behind: anonymous copies that grade like the originals."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace

import nibabel as nib
import numpy as np
import pytest

from fake_worker import write_regions
from region_finder import BrightOnFlair
from tests_support import brain_affine, brain_image
from zoo import Attribution, ExplainerSpec, Refused, Study
from zoo.compute import tasks
from zoo.compute.copies import copies
from zoo.inference.loaded import forget
from zoo.render.preparation_picture import preparation_picture
from zoo.report.store import preparation_file, region_map
from zoo.study.load import load_volumes
from zoo.study.save import save_nifti
from zoo.types import MODALITIES, PreparationView, ScannerGrid
from zoo.types.roles import DEFAULT_MODEL, SEGMENTER

NAME = b"Jane Doe"


def _ignore(fraction, text):
    pass


@pytest.fixture
def files(tmp_path):
    """Scans that carry a patient's name wherever a header has room for it."""
    paths = {}
    for modality in MODALITIES:
        image = nib.Nifti1Image(brain_image(modality, brain_affine()), brain_affine())
        for field in ("descrip", "aux_file", "intent_name", "db_name"):
            image.header[field] = NAME
        image.header.extensions.append(nib.nifti1.Nifti1Extension("comment", NAME))
        paths[modality] = tmp_path / f"Jane Doe_{modality}.nii.gz"
        nib.save(image, paths[modality])
    return paths


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "study-1234"
    folder.mkdir()
    return folder


def test_copies_hold_the_picture_and_nothing_else(files, folder):
    tasks.read(files, folder, _ignore)
    tasks.copy(folder, _ignore)
    original = load_volumes(tasks.registry().read(files))
    copy = load_volumes(Study("copy", copies(folder)))
    assert tasks.STUDIES.volumes(folder).id == "study-1234"
    np.testing.assert_allclose(copy.data, original.data, atol=original.data.max() / 60000)
    np.testing.assert_array_equal(copy.brain, original.brain)
    np.testing.assert_allclose(copy.affine, original.affine)
    for path in folder.iterdir():
        content = path.read_bytes()
        content = gzip.decompress(content) if path.suffix == ".gz" else content
        assert b"Jane" not in content
        assert b"Doe" not in path.name.encode()


def test_what_was_not_used_is_said_with_every_grade(files, folder):
    tasks.read(files, folder, _ignore, remarks=("Not used: a.nii.gz.",))
    assert [finding.message for finding in tasks.STUDIES.open(folder).findings][:1] == ["Not used: a.nii.gz."]


def test_grade_and_explain_work_on_the_session_folder(files, folder, tiny_spec, monkeypatch):
    from zoo.weights.load import TrainedModel
    from zoo.weights.record import TrainingRecord

    module = tiny_spec.build(**tiny_spec.options).eval()
    monkeypatch.setattr(tasks, "trained", lambda model_id: TrainedModel(tiny_spec, module, TrainingRecord("x"), "test"))
    tasks.read(files, folder, _ignore)
    grade = tasks.grade(folder, tiny_spec.id, _ignore)
    assert grade.study == "study-1234"
    assert 0 <= grade.p_hgg <= 1
    steps = []
    found = tasks.explain(folder, tiny_spec.id, "grad-cam", lambda fraction, text: steps.append(text))
    heat = nib.load(found.path)
    assert list(dict.fromkeys(steps)) == ["Grad-CAM of T1ce alone", "Drawing the map"]
    assert found.seconds > 0
    assert heat.shape == (80, 96, 80, 4)
    assert tasks.slice_curves(folder, tiny_spec.id, _ignore) == {}, "it has no attention"
    assert np.isfinite(heat.get_fdata()).all()
    own_grid = nib.load(tasks.explain_in_study_space(folder, tiny_spec.id, "grad-cam", _ignore).path)
    scan = nib.load(files["t1ce"])
    assert own_grid.shape == (*scan.shape, 4)
    np.testing.assert_allclose(own_grid.affine, scan.affine)
    assert own_grid.get_fdata().any()


@pytest.mark.parametrize("scanner", [{}, {"t1ce": ScannerGrid((9, 9, 9), np.eye(4), np.eye(4))}], ids=["", "raw"])
def test_regions_are_found_once_and_lie_on_the_grid_that_is_shown(files, folder, registry, monkeypatch, scanner):
    from zoo.weights.load import TrainedModel
    from zoo.weights.record import TrainingRecord

    finder = TrainedModel(registry.model("early-fusion"), BrightOnFlair(), TrainingRecord("made-up studies"), "made up")
    monkeypatch.setattr(tasks, "trained", lambda model_id: finder)
    monkeypatch.setattr(tasks, "load_study", lambda study, progress: replace(load_volumes(study), scanner=scanner))
    tasks.read(files, folder, _ignore)
    steps = []
    told = tasks.segment(folder, "early-fusion", lambda fraction, text: steps.append(text))
    assert steps == ["Finding the tumour's regions with Early fusion", "Writing the regions"]
    labels, scan = nib.load(region_map(folder, finder.spec.id)), nib.load(files["t1ce"])
    assert labels.shape == scan.shape
    np.testing.assert_allclose(labels.affine, scan.affine)
    voxels = np.count_nonzero(np.asarray(labels.dataobj) == 4)
    voxel_ml = abs(np.linalg.det(scan.affine[:3, :3])) / 1000
    assert told["regions"]["enhancing"]["ml"] == pytest.approx(voxels * voxel_ml)
    assert voxels > 100
    monkeypatch.setattr(tasks, "trained", None)
    assert tasks.segment(folder, "early-fusion", _ignore) == json.loads(json.dumps(told))
    monkeypatch.setattr(tasks, "trained", lambda model_id: finder)
    given = nib.load(tasks.segment_in_study_space(folder, "early-fusion", _ignore))
    assert given.shape == (scanner["t1ce"].shape if scanner else scan.shape)
    assert told["trained_on"] == "made-up studies"


def test_scans_are_looked_at_one_by_one_and_none_spoils_another(files, tmp_path):
    damaged, steps = tmp_path / "damaged.nii.gz", []
    damaged.write_bytes(b"no scan")
    seen = tasks.look([files["t1"], damaged], lambda share, step: steps.append((share, step)))
    assert seen[files["t1"].name].startswith(b"\x89PNG")
    assert seen["damaged.nii.gz"] is None
    assert steps == [(0, "Looking at Jane Doe_t1.nii.gz"), (0.5, "Looking at damaged.nii.gz")]


def test_how_raw_scans_were_prepared_is_left_as_a_picture(files, folder, monkeypatch):
    plane = np.ones((3, 3), np.float32)
    view = PreparationView({"t1": (plane,) * 3}, (plane > 0,) * 3)
    monkeypatch.setattr(tasks, "load_study", lambda study, progress: replace(load_volumes(study), preparation=view))
    tasks.read(files, folder, _ignore)
    assert preparation_file(folder).read_bytes() == preparation_picture(view)


def test_what_was_prepared_already_has_no_such_picture(files, folder):
    tasks.read(files, folder, _ignore)
    assert not preparation_file(folder).exists()


def test_what_would_not_be_graded_is_not_explained(files, folder):
    del files["t1ce"]
    tasks.read(files, folder, _ignore)
    for task in (tasks.explain, tasks.explain_in_study_space, tasks.contributions, tasks.segment):
        asked = {} if task in (tasks.contributions, tasks.segment) else {"explainer_id": "hires-cam"}
        with pytest.raises(Refused, match=r"single-t1ce\.compact needs T1ce"):
            task(folder, "single-t1ce", progress=_ignore, **asked)


def test_values_by_modality_are_of_the_explainer_asked_for_and_the_defaults_go_into_the_report(
    files, folder, tiny_spec, registry, monkeypatch
):
    from zoo.weights.load import TrainedModel
    from zoo.weights.record import TrainingRecord

    def by_gradient(question, progress):
        x = question.x.clone().requires_grad_()
        question.margin(x).backward()
        return Attribution(x.grad.abs().sum((0, 2, 3, 4)).numpy())

    module = tiny_spec.build(**tiny_spec.options).eval()
    monkeypatch.setattr(tasks, "trained", lambda model_id: TrainedModel(tiny_spec, module, TrainingRecord("x"), "test"))
    gradient = ExplainerSpec("by-gradient", "By gradient", 2, by_gradient, output="modalities")
    explainers = registry.explainers | {gradient.id: gradient}
    monkeypatch.setattr(tasks, "registry", lambda: replace(registry, explainers=explainers))
    tasks.read(files, folder, _ignore)
    shapley = tasks.contributions(folder, tiny_spec.id, _ignore)
    kept = (folder / f"{tiny_spec.id}.contributions.json").read_text()
    found = tasks.contributions(folder, tiny_spec.id, _ignore, "by-gradient")
    assert (shapley.explainer, found.explainer) == ("modality-shapley", "by-gradient")
    assert [value > 0 for value in found.values] == [False, True, False, False], "gradients pass by what is remembered"
    assert (folder / f"{tiny_spec.id}.contributions.json").read_text() == kept


def test_only_built_in_models_are_warmed_up_and_one_that_fails_stops_no_other(registry, monkeypatch):
    spec = registry.model("single-t1ce")
    models = {"first": spec, "outsider": replace(spec, id="outsider", plugin="somebody"), "last": spec}
    tried = []

    def fail(model_id):
        tried.append(model_id)
        raise RuntimeError("out of cheese")

    monkeypatch.setattr(tasks, "registry", lambda: replace(registry, models=models))
    monkeypatch.setattr(tasks, "trained", fail)
    tasks.warm_up(_ignore)
    assert tried == [spec.id, spec.id, DEFAULT_MODEL]


def test_a_report_comes_with_the_regions_if_they_were_found(files, folder):
    tasks.read(files, folder, _ignore)
    assert [path.suffix for path in tasks.report(folder, "today", _ignore)] == [".html", ".json"]
    write_regions(folder, SEGMENTER)
    save_nifti(region_map(folder, SEGMENTER), np.zeros(nib.load(files["t1"]).shape, np.uint8), np.eye(4))
    assert tasks.report(folder, "today", _ignore)[2] == region_map(folder, SEGMENTER)


def test_a_new_process_finds_what_was_pulled_before_it(published, files, folder):
    """The one that graded may have been killed; its successor knows the model by where it is on the Hub."""
    tasks.load(str(published), _ignore)
    tasks.read(files, folder, _ignore)
    assert tasks.grade(folder, str(published), _ignore).model == published.model_id
    forget()
    html, _ = tasks.report(folder, "today", _ignore)
    assert f"{published.in_short}:" in html.read_text(encoding="utf-8")
    forget()
