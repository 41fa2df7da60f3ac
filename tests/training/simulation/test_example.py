from __future__ import annotations

import nibabel as nib
import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from training.__main__ import app
from training.simulation import example as module
from training.simulation import simulate_study
from training.simulation.example import to_eight_bits, write_example, write_reference
from zoo.plugins.nifti import read_study


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


def test_a_reference_is_the_twin_of_a_study(tmp_path):
    folder = write_reference(tmp_path, seed=4, index=1, spacing_mm=6.0)
    assert folder.name == "reference-1"
    twin = simulate_study(4, 1, 6.0, tumour=False)
    scan = nib.load(read_study(folder).paths["flair"])
    np.testing.assert_array_equal(np.asarray(scan.dataobj), to_eight_bits(twin.images[3]))


def test_the_command_writes_the_references(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "write_reference", lambda out, seed, index: f"{out.name} {seed} {index}")
    told = CliRunner().invoke(app, ["references", "--out", str(tmp_path / "there"), "--count", "2"]).stdout
    assert told.splitlines() == ["there 6 0", "there 6 1"]


def test_the_command_writes_what_the_page_offers(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "write_example", lambda out, seed, index, grade: f"{grade} {seed} {index}")
    told = CliRunner().invoke(app, ["example", "--out", str(tmp_path), "--seed", "5", "--lgg", "8"]).stdout
    assert told.splitlines() == ["HGG 5 49", "LGG 5 8"]


def test_the_brain_stays_apart_from_the_background():
    image = np.concatenate([[0.0, 0.001], np.linspace(1, 1000, 2000), [1e6]])
    bits = to_eight_bits(image)
    assert bits[0] == 0
    assert (bits[1:] > 0).all()
    assert bits[-1] == 255
    np.testing.assert_allclose(bits[500:1900], image[500:1900] / 4, atol=1.5)
