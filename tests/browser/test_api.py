"""The library's README: its program against a running page, by Gradio's own client; no browser needed."""

from __future__ import annotations

import os
import re
from pathlib import Path

import nibabel
import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

ROOT = Path(__file__).parents[2]
README = (ROOT / "zoo" / "README.md").read_text(encoding="utf-8")
MODALITIES = ("t1", "t1ce", "t2", "flair")


@pytest.fixture(scope="module")
def client(site):
    return Client(site, verbose=False)


@pytest.fixture
def scans(make_study):
    folder = make_study(name="case1")
    return {name: handle_file(folder / f"case1_{name}.nii.gz") for name in MODALITIES}


def test_the_readmes_program_runs(site, make_study, tmp_path, monkeypatch, capsys):
    code = re.search(r"```python\n(from gradio_client.*?)```", README, re.DOTALL)[1]
    folder = make_study(name="p7").rename(tmp_path / "patient7")
    assert len(list(folder.iterdir())) == 4
    monkeypatch.chdir(tmp_path)
    shown = {}
    exec(code.replace("http://127.0.0.1:7860", site), shown)
    grade = shown["grade"]
    assert (grade["model"], grade["grade"]) == ("guided-dual-attention.compact", ("LGG", "HGG")[grade["p_hgg"] >= 0.5])
    assert "not a medical device" in capsys.readouterr().out
    assert f"{grade['p_hgg'] * 100:.1f} %" in shown["html"]


def test_models_are_listed(client):
    models = {row["id"]: row for row in client.predict(api_name="/models")}
    assert models["single-t1ce.compact"]["uses"] == ["t1ce"]
    assert models["single-t1ce.compact"]["trained"]
    assert not models["guided-dual-attention.paper"]["trained"]


def test_errors_are_our_sentences(client, scans):
    with pytest.raises(AppError, match="No model is called 'nobody'"):
        client.predict("nobody", **scans, api_name="/grade")
    with pytest.raises(AppError, match="not trained yet"):
        client.predict("guided-dual-attention.paper", **scans, api_name="/grade")
    with pytest.raises(AppError, match="needs T1ce"):
        client.predict("single-t1ce", t1=scans["t1"], api_name="/grade")
    with pytest.raises(AppError, match="No scans: give the NIfTI file of at least one of t1, t1ce, t2, flair"):
        client.predict("single-t1ce", api_name="/grade")


def test_the_argument_tells_the_modality_whatever_the_file_is_called(client, scans, tmp_path):
    unnamed = tmp_path / "scan.nii.gz"
    unnamed.write_bytes(Path(scans["t1ce"]["path"]).read_bytes())
    named = client.predict("single-t1ce", t1ce=scans["t1ce"], api_name="/grade")
    assert client.predict("single-t1ce", t1ce=handle_file(unnamed), api_name="/grade")["logit"] == named["logit"]


def test_a_model_that_fails_costs_its_own_answer(client, scans):
    good, bad = client.predict("single-t1ce, guided-dual-attention.paper", **scans, api_name="/compare")
    assert good["model"] == "single-t1ce.compact"
    assert "not trained yet" in bad["error"]


def test_all_trained_models_are_compared_unless_some_are_named(client, scans):
    trained = [row["id"] for row in client.predict(api_name="/models") if row["trained"]]
    answers = client.predict(**scans, api_name="/compare")
    assert [answer["model"] for answer in answers] == trained


def test_a_grade_is_explained_on_the_studys_grid_or_by_modality(client, scans, make_study):
    told, file = client.predict("single-t1ce", **scans, api_name="/explain")
    assert (told["model"], told["explainer"]) == ("single-t1ce.compact", "hires-cam")
    assert "not a medical device" in told["disclaimer"]
    heat, scan = nibabel.load(file), nibabel.load(scans["t1ce"]["path"])
    assert heat.shape == (*scan.shape, 4)
    np.testing.assert_allclose(heat.affine, scan.affine)
    strength = np.abs(heat.get_fdata()).max(axis=(0, 1, 2))
    assert [bool(value) for value in strength] == [False, True, False, False]
    told, file = client.predict("hemis-fusion", "modality-dropping", **scans, api_name="/explain")
    assert sum(told["values"].values()) == pytest.approx(told["facts"]["everything"], abs=1e-4)
    assert (list(told["values"]), file) == (list(MODALITIES), None)
    with pytest.raises(AppError, match="Slice attention can't explain T1ce alone: choose one of HiResCAM"):
        client.predict("single-t1ce", "slice-attention", **scans, api_name="/explain")


def test_regions_are_told_and_lie_on_the_studys_grid(client, scans):
    told, file = client.predict(**scans, api_name="/segment")
    assert told["model"] == "unet-radiomics.compact"
    assert "not a medical device" in told["disclaimer"]
    mask, scan = nibabel.load(file), nibabel.load(scans["t1ce"]["path"])
    assert mask.shape == scan.shape
    np.testing.assert_allclose(mask.affine, scan.affine)
    labels, voxel_ml = np.asarray(mask.dataobj), abs(np.linalg.det(scan.affine[:3, :3])) / 1000
    assert set(np.unique(labels)) <= {0, *told["numbers"].values()}
    assert told["regions"]["whole"]["ml"] == pytest.approx(np.count_nonzero(labels) * voxel_ml)
    grade = client.predict("single-t1ce", **scans, regions=True, api_name="/grade")
    assert grade["regions"]["regions"] == told["regions"]
    with pytest.raises(AppError, match="found one that only grades"):
        client.predict("volume-control", **scans, api_name="/segment")


def test_only_these_endpoints_are_offered(client):
    named = client.view_api(return_format="dict")["named_endpoints"]
    assert set(named) == {"/models", "/grade", "/compare", "/contributions", "/explain", "/segment", "/report"}
    assert os.sep not in "".join(named["/grade"].get("description", ""))
