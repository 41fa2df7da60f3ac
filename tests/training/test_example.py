from __future__ import annotations

import nibabel as nib
import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

import training.example
from plugins.nifti import read_study
from training.__main__ import app
from training.example import to_eight_bits, write_example


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_example(tmp_path_factory.mktemp("examples"), seed=4, index=1, grade="LGG", spacing_mm=4.0)


def test_an_example_is_a_small_study_that_the_reader_knows(folder):
    assert folder.name == "simulated-lgg"
    study = read_study(folder)
    assert list(study.paths) == ["t1", "t1ce", "t2", "flair"]
    image = nib.load(study.paths["t1ce"])
    assert image.get_data_dtype() == np.uint8
    assert np.asarray(image.dataobj).max() > 200


def test_an_example_has_its_picture_beside_it(folder):
    assert np.asarray(Image.open(folder.with_suffix(".webp"))).max() > 200


def test_the_command_writes_what_the_page_offers(monkeypatch, tmp_path):
    monkeypatch.setattr(training.example, "write_example", lambda out, seed, index, grade: f"{grade} {seed} {index}")
    told = CliRunner().invoke(app, ["example", "--out", str(tmp_path), "--seed", "5", "--lgg", "8"]).stdout
    assert told.splitlines() == ["HGG 5 49", "LGG 5 8"]


def test_the_brain_stays_apart_from_the_background():
    image = np.concatenate([[0.0, 0.001], np.linspace(1, 1000, 2000), [1e6]])
    bits = to_eight_bits(image)
    assert bits[0] == 0
    assert (bits[1:] > 0).all()
    assert bits[-1] == 255
    np.testing.assert_allclose(bits[500:1900], image[500:1900] / 4, atol=1.5)
