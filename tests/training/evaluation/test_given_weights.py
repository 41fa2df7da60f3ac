"""Given weights grade a cohort as the page would, and what they can't grade is said."""

from __future__ import annotations

import shutil
from dataclasses import asdict, replace

import nibabel
import numpy as np
import pytest

from training.evaluation.corruptions import corrupt
from training.evaluation.given_weights import UNCHANGED, Change, GradeCase, grade_cohort, models_from
from training.evaluation.results import WHOLE
from training.weights.split_run import SplitRun
from zoo import WeightsError
from zoo.inference.grade import grade_study
from zoo.registry import load_registry
from zoo.study.load import load_volumes

NOISY = Change("noise", 2)


@pytest.fixture(scope="module")
def models(registry):
    return models_from("embedded", ["single-t1ce"])


@pytest.fixture(scope="module")
def few(cohort):
    return replace(cohort, cases=cohort.cases[:3])


@pytest.fixture(scope="module")
def results(models, few, tmp_path_factory):
    return grade_cohort(models, few, tmp_path_factory.mktemp("work"), models[0].spec.id, (UNCHANGED, NOISY), seed=4)


def test_answers_are_those_of_the_page(results, models, few):
    volumes = load_volumes(load_registry().read(few.cases[1].source))
    (plain, noisy) = results.outcomes
    assert (plain.model, noisy.model) == ("single-t1ce.compact", "single-t1ce.compact · noise 2")
    assert plain.scheme == noisy.scheme == WHOLE
    assert plain.p_hgg[1] == grade_study(volumes, [], models[0]).p_hgg
    assert noisy.p_hgg[1] == grade_study(corrupt(volumes, "noise", 2, 4), [], models[0]).p_hgg
    assert results.models[0].trained_on == models[0].record.trained_on


def test_a_study_that_cannot_be_graded_is_named_and_the_others_go_on(models, few, tmp_path):
    broken = tmp_path / "broken"
    shutil.copytree(few.cases[0].source, broken)
    next(broken.glob("*_t1ce.nii.gz")).unlink()
    cases = (replace(few.cases[0], id="broken", source=broken), few.cases[1])
    found = grade_cohort(models, replace(few, cases=cases), tmp_path, "x", (UNCHANGED,))
    (outcome,) = found.outcomes
    assert outcome.cases == (few.cases[1].id,)
    assert "needs T1ce" in outcome.not_graded["broken"]


def test_unreadable_studies_and_impossible_changes_have_their_reason(models, few, tmp_path):
    folder = tmp_path / "damaged"
    shutil.copytree(few.cases[0].source, folder)
    next(folder.glob("*_t2.nii.gz")).write_bytes(b"")
    damaged = replace(few.cases[0], source=folder, mask=None)
    answers = GradeCase(damaged, tuple(models), (UNCHANGED,), 0).run()["answers"]
    assert "T2: the file is empty" in answers["single-t1ce.compact"]["reason"]
    without_mask = replace(few.cases[0], mask=None)
    answers = GradeCase(without_mask, tuple(models), (Change("lesion swap", 1),), 0).run()["answers"]
    assert "expected a tumour mask" in answers["single-t1ce.compact · lesion swap 1"]["reason"]


def test_a_mask_is_laid_where_its_header_puts_it(models, few, tmp_path):
    """Its voxels run the other way than the scans'."""
    case, change = few.cases[0], Change("lesion swap", 4)
    image = nibabel.load(case.mask)
    mirrored = tmp_path / "mirrored_seg.nii.gz"
    turned = image.affine @ np.diag([-1, 1, 1, 1])
    turned[:3, 3] += image.affine[:3, 0] * (image.shape[0] - 1)
    nibabel.save(nibabel.Nifti1Image(np.asarray(image.dataobj)[::-1], turned), mirrored)
    told, again = (
        GradeCase(each, tuple(models), (change,), 0).run()["answers"] for each in (case, replace(case, mask=mirrored))
    )
    assert again == told
    assert all("logit" in answer for answer in told.values())


def test_weights_do_not_grade_the_patients_they_were_trained_on(material, small, cohort, tmp_path):
    trained = SplitRun(material, tmp_path).trained(small("single-t1ce", width=4))
    found = grade_cohort([trained], cohort, tmp_path, "x")
    split = material.split
    known = {cohort.cases[row].id for row in (*split.train, *split.val)}
    (outcome,) = found.outcomes
    assert set(outcome.not_graded) == known
    assert set(outcome.not_graded.values()) == {"these weights were trained on this patient"}
    assert set(outcome.cases) == {cohort.cases[row].id for row in split.test}


def test_a_stopped_grading_goes_on(models, few, results, tmp_path, monkeypatch):
    calls, run = [], GradeCase.run

    def stop_at_the_second(task):
        calls.append(task.case.id)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return run(task)

    monkeypatch.setattr(GradeCase, "run", stop_at_the_second)
    arguments = (models, few, tmp_path, models[0].spec.id, (UNCHANGED, NOISY), 4)
    with pytest.raises(KeyboardInterrupt):
        grade_cohort(*arguments)
    again = grade_cohort(*arguments)
    assert calls == [few.cases[index].id for index in (0, 1, 1, 2)]
    assert asdict(replace(again, timing={})) == asdict(replace(results, timing={}))


def test_weights_come_from_the_zoo_a_file_or_a_folder(registry, tmp_path):
    spec = registry.model("single-t1ce")
    for name in ("single-t1ce.compact.safetensors", "SHA256SUMS", "early-fusion.compact.safetensors"):
        shutil.copy(spec.weights.parent / name, tmp_path)
    ids = [model.spec.id for model in models_from("embedded")]
    assert ids == [spec.id for spec in registry.models.values() if spec.is_trained]
    (of_file,) = models_from(str(tmp_path / "single-t1ce.compact.safetensors"))
    assert of_file.revision == models_from("embedded", ["single-t1ce"])[0].revision
    of_folder = models_from(str(tmp_path))
    assert [model.spec.id for model in of_folder] == ["early-fusion.compact", "single-t1ce.compact"]
    assert [model.spec.id for model in models_from(str(tmp_path), ["early-fusion"])] == ["early-fusion.compact"]


def test_weights_in_another_reading_bring_their_options(registry, material, tmp_path):
    varied = registry.model("guided-dual-attention").vary(guidance="none", secondaries=("t2",))
    model = SplitRun(material, tmp_path).trained(replace(varied, phases=varied.phases[:1]))
    (loaded,) = models_from(str(model.spec.weights))
    assert loaded.spec.options["guidance"] == "none"
    assert loaded.spec.uses == ("t1ce", "t2")


@pytest.mark.parametrize(
    ("weights", "wanted", "words"),
    [
        ("embedded", ["guided-dual-attention.paper"], r"weights of guided-dual-attention\.paper, found .*single-t1ce"),
        ("nowhere", [], "expected weights of a model, found none"),
    ],
)
def test_missing_weights_are_named(weights, wanted, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nowhere").mkdir()
    with pytest.raises(WeightsError, match=words):
        models_from(weights, wanted)


def test_changes_name_their_arms():
    assert UNCHANGED.arm("m") == "m"
    assert NOISY.arm("m") == "m · noise 2"
