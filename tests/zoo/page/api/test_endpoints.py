"""What programs are told, without a browser: an explanation's values or its file, and what it costs to ask wrongly."""

from __future__ import annotations

import shutil
from pathlib import Path

import gradio as gr
import nibabel as nib
import numpy as np
import pytest

from dicom_files import SeriesMaker, write_study
from fake_worker import FakeWorker
from scan_formats import save_metaimage
from zoo import DISCLAIMER, Explanation, Grade, PluginError, StudyError
from zoo.page.api.endpoints import Api
from zoo.page.compute_client import ComputeClient
from zoo.types import HeatMap
from zoo.types.roles import SEGMENTER

SINGLE = "single-t1ce.compact"


def _map(folder, model_id, explainer_id):
    path = folder / f"{model_id}.{explainer_id}.study.nii.gz"
    path.write_text("a map")
    return HeatMap(path, {"patches": 12.0}, 7.0)


def _values(folder, model_id, explainer_id):
    return Explanation("s", model_id, explainer_id, np.float32([0, 1.5, 0, 0]), np.eye(4), {"everything": 1.5}, 3.0)


@pytest.fixture
def scan(make_study):
    return str(make_study(("t1ce",)) / "case1_t1ce.nii.gz")


@pytest.fixture
def api(registry, tmp_path):
    """api(**answers of tasks)."""
    (tmp_path / "cache").mkdir()

    def make(**answers):
        worker = FakeWorker(**({"explain_in_study_space": _map, "contributions": _values} | answers))
        return Api(ComputeClient(registry, worker, tmp_path / "cache"))

    return make


def test_a_heat_map_outlasts_its_study_where_gradio_serves_it(api, scan):
    page = api()
    told, file = page.explain("single-t1ce", "occlusion", t1ce=scan)
    assert told == {
        "model": SINGLE,
        "explainer": "occlusion",
        "facts": {"patches": 12.0},
        "seconds": 7.0,
        "disclaimer": DISCLAIMER,
    }
    assert Path(file).name == f"{SINGLE}.occlusion.study.nii.gz"
    assert Path(file).read_text() == "a map"
    assert page.client.cache in Path(file).parents
    assert not list(page.client.cache.glob("study-*")), "the copies of the scans are gone"


def test_scans_of_other_formats_are_read_too(api, tmp_path):
    voxels = np.random.default_rng(0).integers(0, 3000, (16, 17, 18)).astype(np.int16)
    read = {}

    def note(files, **_):
        read.update({name: np.asarray(nib.load(path).dataobj) for name, path in files.items()})

    page = api(read=note)
    page.explain("single-t1ce", "occlusion", t1ce=str(save_metaimage(tmp_path / "a.mha", voxels, np.eye(4))))
    assert list(read) == ["t1ce"]
    np.testing.assert_array_equal(read["t1ce"], voxels)
    assert not list(page.client.cache.glob("scans-*")), "nothing converted stays"


def test_what_a_converter_leaves_out_is_said(api, tmp_path):
    """Of a scan as DICOM files in a zip, with a localizer in it."""
    folder = write_study(tmp_path / "export", np.ones((16, 17, 18), np.uint16), ("t1",))
    SeriesMaker(tags={"SeriesDescription": "localizer"}).write(folder / "loc", np.ones((3, 17, 18), np.uint16))
    told = []
    page = api(read=lambda remarks, **_: told.append(remarks), grade=StudyError("enough"))
    with pytest.raises(gr.Error, match="enough"):
        page.grade("single-t1ce", t1=shutil.make_archive(str(tmp_path / "case"), "zip", folder))
    ((remark,),) = told
    assert remark.startswith("case.zip: Not used: 02-localizer (it has 3 slices of 17×18, ")


def test_values_by_modality_come_without_a_file(api, scan):
    page = api()
    told, file = page.explain("single-t1ce", "modality-shapley", t1ce=scan)
    assert told["values"] == {"t1": 0, "t1ce": 1.5, "t2": 0, "flair": 0}
    assert (told["facts"], told["seconds"], told["disclaimer"]) == ({"everything": 1.5}, 3.0, DISCLAIMER)
    assert file is None
    assert page.client.worker.asked == ["read", "contributions"]


def test_a_label_map_outlasts_its_study_and_its_numbers_are_told(api, scan):
    page = api()
    told, file = page.segment(None, t1ce=scan)
    assert (told["model"], told["numbers"]) == (SEGMENTER, {"core": 1, "oedema": 2, "enhancing": 4})
    assert told["regions"]["whole"]["ml"] == 1
    assert page.client.cache in Path(file).parents
    assert Path(file).name == f"{SEGMENTER}.regions.nii.gz"
    assert page.segment("early-fusion", t1ce=scan)[0]["model"] == "early-fusion.compact"


def test_a_grade_has_regions_if_they_are_asked_for(api, scan):
    grade = Grade("s", SINGLE, "HGG", 0.9, 2.2, 0.1, (), "embedded:x", "uncalibrated", "nothing")
    page = api(grade=grade)
    assert "regions" not in page.grade("single-t1ce", t1ce=scan)
    assert "segment" not in page.client.worker.asked
    assert page.grade("single-t1ce", t1ce=scan, regions=True)["regions"]["regions"]["core"]["ml"] == 1
    told = api(grade=grade, segment=PluginError("out of cheese")).grade("single-t1ce", t1ce=scan, regions=True)
    assert (told["grade"], told["regions"]["error"]) == ("HGG", "out of cheese")


@pytest.mark.parametrize("left_out", [None, ""])
def test_the_default_explains_where_none_is_named(api, scan, left_out):
    told, _ = api().explain("single-t1ce", left_out, t1ce=scan)
    assert told["explainer"] == "hires-cam"


@pytest.mark.parametrize(
    ("model", "explainer", "words"),
    [
        ("nobody", None, "No model is called 'nobody'"),
        ("single-t1ce", "nothing", "No explainer is called 'nothing'; there are: .*modality-dropping"),
        ("volume-control", "hires-cam", "HiResCAM can't explain .*: choose one of Occlusion"),
    ],
)
def test_what_can_not_be_explained_is_told_before_anything_is_read(api, scan, model, explainer, words):
    page = api()
    with pytest.raises(gr.Error, match=words):
        page.explain(model, explainer, t1ce=scan)
    assert page.client.worker.asked == []


def test_a_failure_is_told_and_leaves_no_file(api, scan):
    page = api(explain_in_study_space=PluginError("out of cheese"))
    with pytest.raises(gr.Error, match="out of cheese"):
        page.explain("single-t1ce", None, t1ce=scan)
    assert list(page.client.cache.iterdir()) == []
